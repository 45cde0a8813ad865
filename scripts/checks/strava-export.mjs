// Imports a real Strava export (290 rows, 2015 to 2020) through a running deployment into one challenge a year, by the
// command an organiser would use, and compares the totals with an independent computation.
import { existsSync, readFileSync } from "node:fs";
import { api, internal } from "@milepost/backend/api";
import { makeFunctionReference } from "convex/server";
import { Checklist } from "../lib/checklist.mjs";
import { connect, patiently } from "../lib/client.mjs";
import { deployBackend } from "../lib/deploy.mjs";
import { runMain } from "../lib/failure.mjs";
import { loadRules } from "../lib/load-rules.mjs";
import { inRoot } from "../lib/paths.mjs";
import { runNode } from "../lib/processes.mjs";
import { withDeployment } from "../lib/temporary.mjs";
import { pagesOf, verifyChallenge } from "../lib/verify.mjs";
import { readExport, totalOf } from "./archive-model.mjs";

const SHARED = inRoot("..", "shared", "data", "strava_export");
const FILE = `${SHARED}/en-us_2020-12_78col_eoinlees.csv`;
const EXPECTED_ROWS = { 2015: 3, 2016: 2, 2017: 3, 2018: 0, 2019: 83, 2020: 199 };
const EMAIL = "archive.owner@check.invalid";

/** @typedef {import("convex/values").GenericId<"challenges">} ChallengeId */
/** @typedef {{year: string, challengeId: ChallengeId, viewKey?: string | undefined}} YearChallenge */
/** @typedef {ReturnType<typeof connect>} Connection */
/** @typedef {import("../lib/client.mjs").Caller} Caller */

/**
 * Types for every label of the file: the starter types where they fit, and three of the check's own, so that fixed and
 * tiered rules are met as well. One swim of the file has no distance, so swims count by elapsed time.
 * @param {Caller} organiser @param {ChallengeId} challengeId
 */
async function mapEveryLabel(organiser, challengeId) {
  /** @type {Array<[string, import("../../packages/backend/tables/scoring").Scoring, boolean]>} */
  const own = [
    ["Swim", { kind: "perUnit", metric: "duration_s", unit: "minute", pointsPerUnit: 0.5 }, true],
    ["Surfing", { kind: "fixed", points: 20 }, false],
    [
      "Stand Up Paddling",
      {
        kind: "tiered",
        metric: "moving_s",
        unit: "minute",
        tiers: [{ atMost: 30, points: 10 }, { points: 25 }],
      },
      true,
    ],
  ];
  for (const [label, scoring, contributesToStreak] of own) {
    const type = { challengeId, name: `${label} session`, scoring, contributesToStreak };
    const { activityTypeId } = await organiser.mutation(api.mutations.activityTypes.create, type);
    await organiser.mutation(api.mutations.imports.setMapping, {
      challengeId,
      label,
      activityTypeId,
    });
  }
  const types = await organiser.query(api.queries.activityTypes.list, { challengeId });
  const workout = types.find(({ catalogueKey }) => catalogueKey === "lowIntensity");
  const activityTypeId = workout?.activityTypeId ?? null;
  const mapping = { challengeId, label: "Workout", activityTypeId };
  await organiser.mutation(api.mutations.imports.setMapping, mapping);
}

/**
 * One challenge for each year, with an organiser of its own, whose imports the rate limit counts; 2019 is private, so
 * that both kinds are met.
 * @param {Connection} connection @param {Caller} participant @param {string} year
 * @returns {Promise<YearChallenge>}
 */
async function createYear(connection, participant, year) {
  const { userId } = await connection.admin.mutation(internal.mutations.admin.createPerson, {
    displayName: `Organiser of ${year}`,
  });
  const organiser = connection.as(userId);
  const { challengeId, joinCode } = await organiser.mutation(api.mutations.challenges.create, {
    name: `Year ${year}`,
    startsOn: `${year}-01-01`,
    endsOn: `${year}-12-31`,
    timezone: "UTC",
    visibility: year === "2019" ? "private" : "public",
    starterTypes: ["run", "ride", "walk", "strength", "lowIntensity"],
  });
  await mapEveryLabel(organiser, challengeId);
  await participant.mutation(api.mutations.challenges.join, { joinCode });
  const { viewKey } = await participant.query(api.queries.challenges.get, { challengeId });
  return { year, challengeId, viewKey };
}

/**
 * Runs scripts/import-archive and answers its JSON report.
 * @param {import("../lib/embedded.mjs").Deployment} deployment @param {YearChallenge} year @param {string[]} [more]
 */
async function runImport(deployment, { challengeId }, more = []) {
  const where = [`--url=${deployment.url}`, `--admin-key-file=${deployment.dataDir}/admin-key`];
  const what = [`--file=${FILE}`, `--challenge=${challengeId}`, `--person=${EMAIL}`, "--json"];
  const args = [...where, ...what, ...more];
  const { code, output } = await runNode("scripts/import-archive.mjs", args, { capture: true });
  if (code !== 0) throw new Error(`import-archive ended with ${code}:\n${output}`);
  /** @type {import("../lib/import-report.mjs").ImportReport & {counts: Array<{status: string, reason: string, rows: number}>}} */
  const report = JSON.parse(output);
  return report;
}

/**
 * Everything the participant can see of a year: standing, board row and every row of the history.
 * @param {Caller} participant @param {YearChallenge} year @param {string} userId
 */
async function lookAt(participant, { challengeId, viewKey }, userId) {
  const person = /** @type {import("convex/values").GenericId<"users">} */ (userId);
  const profile = await participant.query(api.queries.profiles.get, {
    challengeId,
    viewKey,
    userId: person,
  });
  const { page } = await participant.query(api.queries.leaderboards.page, { challengeId, viewKey });
  const history = await pagesOf((paginationOpts) =>
    participant.query(api.queries.activities.history, { challengeId, paginationOpts }),
  );
  return { profile, boardRow: page.find((row) => row.userId === userId), history };
}

/** @type {import("convex/server").FunctionReference<"query", "public", {tableName: string}, number>} */
const tableSize = makeFunctionReference("_system/cli/tableSize:default");

/** How many documents the ledger's tables hold. @param {Connection} connection */
async function tableSizes({ admin }) {
  const tables = ["activities", "pointEvents", "standings", "dayTotals"];
  return await Promise.all(tables.map((tableName) => admin.query(tableSize, { tableName })));
}

/**
 * @param {Checklist} list @param {YearChallenge} year @param {import("./archive-model.mjs").Row[]} rows of the year
 * @param {Awaited<ReturnType<typeof lookAt>>} seen
 */
function checkTotals(list, { year }, rows, seen) {
  const model = totalOf(rows);
  const { profile, boardRow, history } = seen;
  const { total, streakBonus, longestStreak } = model;
  list.equal(
    `${year}: ${total} points, ${streakBonus} of them for streaks, as computed independently`,
    profile.totalPoints,
    total,
  );
  list.equal(
    `${year}: streak bonus and longest streak agree`,
    [profile.streakBonusPoints, profile.longestStreak],
    [streakBonus, longestStreak],
  );
  list.equal(`${year}: the board shows ${total} points`, boardRow?.totalPoints, total);
  const ids = history.filter((row) => row.source === "archive" && row.deletedAt === undefined);
  list.equal(`${year}: the history holds ${rows.length} imported rows`, ids.length, rows.length);
}

/**
 * @param {Checklist} list @param {{deployment: import("../lib/embedded.mjs").Deployment, connection: Connection, userId: string, years: YearChallenge[]}} setting
 */
async function importByOrganiser(list, { deployment, connection, userId, years }) {
  const rows = readExport(readFileSync(FILE, "utf8"));
  list.equal("the independent reading finds 290 rows", rows.length, 290);
  const participant = connection.as(userId);
  /** @type {Map<string, number>} */
  const createdIn = new Map();
  for (const year of years) {
    const ofYear = rows.filter(({ day }) => day.startsWith(year.year));
    const dryRun = await runImport(deployment, year, ["--dry-run"]);
    const first = await runImport(deployment, year);
    list.equal(`${year.year}: the dry run said what happened`, dryRun.counts, first.counts);
    const created = first.results.filter(({ status }) => status === "created");
    for (const { externalId } of created)
      createdIn.set(externalId, (createdIn.get(externalId) ?? 0) + 1);
    const expected = EXPECTED_ROWS[/** @type {keyof typeof EXPECTED_ROWS} */ (Number(year.year))];
    list.equal(`${year.year}: ${expected} created`, created.length, expected);
    const outside =
      first.counts.find(({ reason }) => reason === "OUTSIDE_CHALLENGE_DATES")?.rows ?? 0;
    list.equal(
      `${year.year}: the other ${290 - expected} skipped as OUTSIDE_CHALLENGE_DATES`,
      outside,
      290 - expected,
    );
    const seen = await lookAt(participant, year, userId);
    checkTotals(list, year, ofYear, seen);
    const sizes = await tableSizes(connection);
    const second = await runImport(deployment, year);
    const statuses = second.results.filter(({ reason }) => reason !== "OUTSIDE_CHALLENGE_DATES");
    list.that(
      `${year.year}: a second import finds every row there`,
      statuses.length === expected && statuses.every(({ status }) => status === "exists"),
      second.counts,
    );
    list.equal(`${year.year}: and writes no row and no event`, await tableSizes(connection), sizes);
    list.equal(
      `${year.year}: and changes nothing, row for row`,
      await lookAt(participant, year, userId),
      seen,
    );
    const { checked, findings } = await verifyChallenge(connection, year.challengeId);
    list.that(
      `${year.year}: verify is clean (${checked} participations)`,
      checked === 2 && findings.length === 0,
      findings,
    );
  }
  list.that(
    "every row was created in exactly one challenge",
    createdIn.size === 290 && [...createdIn.values()].every((n) => n === 1),
    createdIn.size,
  );
}

/**
 * A participant is not an organiser: the years are long over.
 * @param {Checklist} list @param {{connection: Connection, userId: string, years: YearChallenge[]}} setting
 * @param {Awaited<ReturnType<typeof loadRules>>} rules
 */
async function importByParticipant(list, { connection, userId, years }, rules) {
  const archive = rules.parseArchive(readFileSync(FILE, "utf8"), { zone: "UTC" });
  if (!archive.ok) throw new Error(archive.problem);
  for (const { year, challengeId } of years) {
    const results = [];
    for (let from = 0; from < archive.rows.length; from += 100) {
      const rows = archive.rows.slice(from, from + 100);
      const call = { challengeId, source: /** @type {const} */ ("archive"), rows };
      const answer = await patiently(() =>
        connection.as(userId).mutation(api.mutations.imports.importActivities, call),
      );
      results.push(...answer.results);
    }
    const created = results.filter(({ status }) => status !== "exists" && status !== "skipped");
    const unexplained = results.filter(({ status, reason }) => status === "skipped" && !reason);
    list.that(
      `${year}: the participant's own import creates 0 of ${results.length} rows, each skip with a reason`,
      created.length === 0 && unexplained.length === 0 && results.length === 290,
      { created, unexplained },
    );
  }
}

/** @param {Checklist} list @param {Awaited<ReturnType<typeof loadRules>>} rules */
function readOtherGenerations(list, rules) {
  /** @param {string} name */
  const read = (name) =>
    rules.parseArchive(readFileSync(`${SHARED}/${name}`, "utf8"), { zone: "UTC" });
  const english = read("en-us_2024-08_94col_geoplayground.csv");
  const [row] = english.ok ? english.rows : [];
  const facts = row && [row.loggedDate, row.metrics.distance_m, row.metrics.duration_s];
  list.equal("the export of 94 columns is read: a run of 3,323 m on 2022-05-29", facts, [
    "2022-05-29",
    3322.95,
    1428,
  ]);
  const german = read("headeronly_de_2024-06_92col.csv");
  const language = german.ok
    ? [german.generation.language, german.generation.columns]
    : german.problem;
  list.equal("the German header of 92 columns is known", language, ["de", 92]);
}

await runMain(async () => {
  const list = new Checklist();
  if (!existsSync(FILE)) {
    console.log(`skipped: ${FILE} is not here`);
    return list.finish();
  }
  const rules = await loadRules();
  readOtherGenerations(list, rules);
  await withDeployment(async (deployment) => {
    await deployBackend(deployment);
    const connection = connect(deployment);
    const { userId } = await connection.admin.mutation(internal.mutations.admin.createPerson, {
      displayName: "Archive Owner",
      email: EMAIL,
      timezone: "UTC",
    });
    /** @type {YearChallenge[]} */
    const years = [];
    for (const year of Object.keys(EXPECTED_ROWS)) {
      years.push(await createYear(connection, connection.as(userId), year));
    }
    const setting = { deployment, connection, userId, years };
    await importByOrganiser(list, setting);
    await importByParticipant(list, setting, rules);
  });
  return list.finish();
});
