// Milepost on the command line, by an API key of one challenge.
// Exit code: 0 done, 1 refused or failed, 2 wrong usage.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { apiClient } from "./lib/api-client.mjs";
import { Failure, runMain } from "./lib/failure.mjs";
import { printReport } from "./lib/import-report.mjs";
import { loadRules } from "./lib/load-rules.mjs";
import {
  WRONG_USAGE,
  amountOf,
  boardOf,
  numberOf,
  queryOf,
  textOf,
  wrongUsage,
} from "./lib/milepost-values.mjs";
import { readOptions } from "./lib/options.mjs";
import { progressOn } from "./lib/progress.mjs";

/** Rows of one call: where all of them move points, more are too many in a large challenge. */
const CHUNK = 50;

const CONNECTION = /** @type {const} */ ({
  url: { type: "string", value: "URL", help: "of the HTTP API; else MILEPOST_URL" },
  "key-file": { type: "string", value: "FILE", help: "holds the key; else MILEPOST_API_KEY" },
  json: { type: "boolean", help: "print JSON instead of text" },
});
const PAGE = /** @type {const} */ ({
  limit: { type: "string", value: "N", default: "25", help: "rows" },
  cursor: { type: "string", value: "TEXT", help: "of the page before, to go on" },
});

const BOARD = /** @type {const} */ ({
  week: { type: "string", value: "N", help: "the board of the week with this number" },
  category: { type: "string", value: "NAME", help: "the board of this category" },
});

/** @typedef {ReturnType<typeof apiClient>} Call */
/** @typedef {import("./lib/milepost-values.mjs").Values} Values */
/** @typedef {{call: Call, values: Values, file: string | undefined}} Setting */
/**
 * @typedef {object} Command
 * @property {string} help
 * @property {string} [file] name of the argument that is a file
 * @property {Record<string, import("./lib/options.mjs").Option>} options
 * @property {(setting: Setting) => Promise<number | void>} run
 */

/** Prints the answer, as JSON or by `print`. @template Answer @param {Values} values @param {Answer} answer @param {(answer: Answer) => void} print */
function show({ json }, answer, print) {
  if (json === true) console.log(JSON.stringify(answer));
  else print(answer);
}

/** The calendar day of the key's person. @param {{timezone?: string}} me @param {{timezone: string}} challenge */
async function todayOf(me, challenge) {
  const { dayOfInstant } = await loadRules();
  return dayOfInstant(Date.now(), me.timezone ?? challenge.timezone);
}

/** @param {Call} call */
async function placeOf(call) {
  const me = await call("GET", "/me");
  const path = `/challenges/${encodeURIComponent(me.challengeId)}`;
  return { me, path };
}

/** The id of an activity type given by name or id. @param {Call} call @param {string} path @param {string} wanted */
async function typeIdOf(call, path, wanted) {
  /** @type {{items: Array<{activityTypeId: string, name: string}>}} */
  const { items } = await call("GET", `${path}/activity-types`);
  const type = items.find(
    ({ activityTypeId, name }) =>
      activityTypeId === wanted || name.toLowerCase() === wanted.toLowerCase(),
  );
  if (type !== undefined) return type.activityTypeId;
  const names = items.map(({ name }) => name).join(", ");
  throw new Failure(`There is no activity type "${wanted}" here. There are: ${names}.`);
}

/** @param {Setting} setting */
async function log({ call, values }) {
  const wanted = textOf(values, "type");
  if (wanted === undefined) throw wrongUsage("--type is missing.");
  const lengths = ["km", "mile", "m", "foot"];
  const times = ["minute", "hour", "second"];
  const metrics = {
    distance: amountOf(textOf(values, "distance"), "distance", lengths),
    elevation: amountOf(textOf(values, "elevation"), "elevation", ["m", "foot"]),
    duration: amountOf(textOf(values, "duration"), "duration", times),
    moving: amountOf(textOf(values, "moving"), "moving", times),
    count: numberOf(values, "count"),
    steps: numberOf(values, "steps"),
    units: numberOf(values, "units"),
  };
  const { me, path } = await placeOf(call);
  const loggedDate = textOf(values, "date") ?? (await todayOf(me, await call("GET", path)));
  const activityTypeId = await typeIdOf(call, path, wanted);
  const words = { notes: textOf(values, "notes"), variant: textOf(values, "option") };
  const body = { activityTypeId, loggedDate, metrics, ...words };
  const answer = await call("POST", `${path}/activities`, body);
  show(values, answer, ({ pointsEarned, totalPoints, activityId }) => {
    console.log(
      `${pointsEarned} points on ${loggedDate}; ${totalPoints} in total (${activityId}).`,
    );
  });
}

/** @param {Setting} setting */
async function list({ call, values }) {
  const { path } = await placeOf(call);
  const query = queryOf({ limit: textOf(values, "limit"), cursor: textOf(values, "cursor") });
  const answer = await call("GET", `${path}/activities${query}`);
  show(values, answer, ({ items, nextCursor }) => {
    for (const row of items) {
      const gone = row.deletedAt === undefined ? "" : "  (removed)";
      const points = String(row.pointsEarned).padStart(7);
      console.log(
        `${row.loggedDate ?? "          "}${points}  ${row.typeName}${gone}  ${row.activityId}`,
      );
    }
    if (nextCursor !== null) console.log(`More: --cursor ${nextCursor}`);
  });
}

/** @param {Setting} setting */
async function board({ call, values }) {
  const wanted = boardOf(values);
  const { me, path } = await placeOf(call);
  const today = await todayOf(me, await call("GET", path));
  const paging = { limit: textOf(values, "limit"), cursor: textOf(values, "cursor") };
  const page = { ...paging, ...wanted, today };
  const answer = await call("GET", `${path}/leaderboard${queryOf(page)}`);
  show(values, answer, ({ items, nextCursor }) => {
    for (const { rank, totalPoints, displayName, currentStreak } of items) {
      const streak = currentStreak > 0 ? `  (${currentStreak} days)` : "";
      console.log(
        `${String(rank).padStart(5)}  ${String(totalPoints).padStart(9)}  ${displayName}${streak}`,
      );
    }
    if (nextCursor !== null) console.log(`More: --cursor ${nextCursor}`);
  });
}

/** @param {Setting} setting */
async function standing({ call, values }) {
  const wanted = boardOf(values);
  const { me, path } = await placeOf(call);
  const today = await todayOf(me, await call("GET", path));
  const answer = await call("GET", `${path}/standing${queryOf({ ...wanted, today })}`);
  show(values, answer, ({ rank, totalPoints, activityCount, currentStreak, longestStreak }) => {
    console.log(`Rank ${rank ?? "-"} with ${totalPoints} points by ${activityCount} activities.`);
    console.log(`Streak of ${currentStreak} days, longest ${longestStreak}.`);
  });
}

/** @param {Setting} setting */
async function events({ call, values }) {
  const { path } = await placeOf(call);
  const query = queryOf({ limit: textOf(values, "limit"), cursor: textOf(values, "cursor") });
  const answer = await call("GET", `${path}/points/events${query}`);
  show(values, answer, ({ items, nextCursor }) => {
    for (const { seq, kind, pointsBefore, pointsAfter, totalAfter } of items) {
      const change = pointsAfter - pointsBefore;
      const signed = `${change < 0 ? "" : "+"}${change}`.padStart(7);
      console.log(
        `${String(seq).padStart(5)}${signed} = ${String(totalAfter).padStart(7)}  ${kind}`,
      );
    }
    if (nextCursor !== null) console.log(`More: --cursor ${nextCursor}`);
  });
}

/** @param {Setting} setting */
async function checkKey({ call, values }) {
  const answer = await call("GET", "/me");
  show(values, answer, ({ displayName, challengeId, scopes }) => {
    console.log(`A key of ${displayName} for challenge ${challengeId}: ${scopes.join(", ")}.`);
  });
}

/** @param {string} file */
function readText(file) {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Failure(`Cannot read ${file}: ${error instanceof Error ? error.message : "?"}`);
  }
}

/** @param {Setting} setting */
async function importFile({ call, values, file = "" }) {
  const text = readText(file);
  const rules = await loadRules();
  const { me, path } = await placeOf(call);
  const challenge = await call("GET", path);
  const zone = me.timezone ?? challenge.timezone;
  const archive = rules.parseArchive(text, { zone });
  if (!archive.ok) throw new Failure(`${file} cannot be read: ${archive.problem}`);
  const isDry = values["dry-run"] === true;
  const today = rules.dayOfInstant(Date.now(), zone);
  const results = [];
  const progress = progressOn(process.stderr, "rows");
  for (let from = 0; from < archive.rows.length; from += CHUNK) {
    const rows = archive.rows.slice(from, from + CHUNK);
    const allowDuplicates = values["allow-duplicates"] === true;
    const body = { source: "archive", rows, allowDuplicates };
    const answer = isDry
      ? await call("POST", `${path}/imports/preview`, { ...body, today })
      : await call("POST", `${path}/imports`, body);
    results.push(...answer.results);
    progress(results.length, archive.rows.length);
  }
  const { refused, adjusted } = archive;
  const named = results.map((result, index) => ({ ...result, sport: archive.rows[index]?.sport }));
  const who = { challenge: challenge.name, person: me.displayName, zone };
  const report = { file: basename(file), ...who, dryRun: isDry, refused, adjusted, results: named };
  printReport(report, values.json === true);
  return refused.length > 0 ? 1 : 0;
}

/** @type {Record<string, Command>} */
const COMMANDS = {
  log: {
    help: "log an activity",
    options: {
      type: { type: "string", value: "NAME", help: "name or id of the activity type" },
      date: { type: "string", value: "YYYY-MM-DD", help: "day it was done; else today" },
      distance: { type: "string", value: "AMOUNT", help: '"5 km", "3.1 mile", "400 m"' },
      duration: { type: "string", value: "AMOUNT", help: '"30 minute", "1.5 hour"' },
      moving: { type: "string", value: "AMOUNT", help: "moving time, as duration" },
      elevation: { type: "string", value: "AMOUNT", help: '"350 m", "1100 foot"' },
      count: { type: "string", value: "N", help: "how many" },
      steps: { type: "string", value: "N", help: "how many steps" },
      units: { type: "string", value: "N", help: "how many units" },
      option: { type: "string", value: "KEY", help: "of the type, where it has options" },
      notes: { type: "string", value: "TEXT", help: "kept with the activity" },
    },
    run: log,
  },
  list: { help: "list one's activities, newest day first", options: PAGE, run: list },
  import: {
    help: "import the activities.csv of a Strava bulk export",
    file: "activities.csv",
    options: {
      "dry-run": { type: "boolean", help: "say what would happen, write nothing" },
      "allow-duplicates": { type: "boolean", help: "also rows that look like a logged activity" },
    },
    run: importFile,
  },
  board: { help: "show a leaderboard", options: { ...BOARD, ...PAGE }, run: board },
  standing: { help: "show one's rank, points and streak", options: BOARD, run: standing },
  events: { help: "show one's ledger, newest event first", options: PAGE, run: events },
  me: { help: "check the key: whose it is, and what for", options: {}, run: checkKey },
};

function usage() {
  const rows = Object.entries(COMMANDS).map(
    ([name, { help, file }]) => `  ${`${name}${file ? ` <${file}>` : ""}`.padEnd(26)}${help}`,
  );
  return `milepost <command> [options]\n\n${rows.join("\n")}\n\nmilepost <command> --help shows a command's options.`;
}

/** @param {Values} values */
function connectionOf(values) {
  const url = (textOf(values, "url") ?? process.env.MILEPOST_URL)?.replace(/\/+$/, "");
  if (url === undefined) throw wrongUsage("Say where the API is: --url, or MILEPOST_URL.");
  const file = textOf(values, "key-file");
  const key = (file === undefined ? process.env.MILEPOST_API_KEY : readText(file))?.trim();
  if (!key) throw wrongUsage("The key is missing: set MILEPOST_API_KEY, or give --key-file.");
  return apiClient({ url, key });
}

/** @param {string[]} argv */
async function main([name, ...rest]) {
  if (name === undefined || name === "--help") {
    console.log(usage());
    return name === undefined ? WRONG_USAGE : 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined)
    throw new Failure(`There is no command "${name}".\n\n${usage()}`, WRONG_USAGE);
  const isFileFirst =
    command.file !== undefined && rest[0] !== undefined && !rest[0].startsWith("-");
  const file = isFileFirst ? rest[0] : undefined;
  const values = readValues(name, command, isFileFirst ? rest.slice(1) : rest);
  if (values === null) return 0;
  if (command.file !== undefined && file === undefined)
    throw wrongUsage(`Name the file: milepost ${name} <${command.file}>.`);
  return await command.run({ call: connectionOf(values), values, file });
}

/** @param {string} name @param {Command} command @param {string[]} argv @returns {Values | null} */
function readValues(name, { options, file }, argv) {
  const line = `milepost ${name}${file === undefined ? "" : ` <${file}>`} [options]`;
  try {
    return readOptions(line, { ...options, ...CONNECTION }, argv);
  } catch (error) {
    throw error instanceof Failure ? new Failure(error.message, WRONG_USAGE) : error;
  }
}

await runMain(() => main(process.argv.slice(2)));
