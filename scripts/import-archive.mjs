// Imports the activities.csv of a Strava bulk export for a participant, in the name of the challenge's admin.
// Exit code: 0 done, 2 done but some rows could not be read, 1 nothing or not everything was done.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { api, internal } from "@milepost/backend/api";
import { connect, patiently, refusalText } from "./lib/client.mjs";
import { readAdminKey } from "./lib/embedded.mjs";
import { Failure, runMain } from "./lib/failure.mjs";
import { printReport } from "./lib/import-report.mjs";
import { loadRules } from "./lib/load-rules.mjs";
import { readOptions } from "./lib/options.mjs";
import { progressOn } from "./lib/progress.mjs";
import { readState } from "./lib/start-state.mjs";

// A call takes 100 rows, but where all of them move points that are too many in a challenge of a million activities.
const CHUNK = 50;

const OPTIONS = /** @type {const} */ ({
  file: { type: "string", value: "FILE", help: "activities.csv of the export" },
  challenge: { type: "string", value: "ID", help: "id of the challenge" },
  person: { type: "string", value: "WHO", help: "e-mail address or user id of the participant" },
  "dry-run": { type: "boolean", help: "say what would happen, write nothing" },
  "allow-duplicates": {
    type: "boolean",
    help: "import rows that look like a logged activity, which are held otherwise",
  },
  json: { type: "boolean", help: "print one JSON object instead of text" },
  "data-dir": {
    type: "string",
    value: "DIR",
    default: ".milepost",
    help: "of the running Milepost",
  },
  url: { type: "string", value: "URL", help: "another deployment, with --admin-key-file" },
  "admin-key-file": { type: "string", value: "FILE", help: "its admin key" },
});

/** @typedef {NonNullable<ReturnType<typeof readOptions<typeof OPTIONS>>>} Options */
/** @typedef {import("../packages/backend/lib/rules/archive").ArchiveRow} ArchiveRow */
/** @typedef {{externalId: string, status: string, reason?: string | undefined}} RowResult */

/** @param {string | undefined} value @param {string} option */
function required(value, option) {
  if (value === undefined)
    throw new Failure(`--${option} is missing. Run with --help to see the options.`);
  return value;
}

/**
 * Where the deployment is, and its key.
 * @param {Options} options
 */
async function findDeployment(options) {
  const dataDir = resolve(options["data-dir"]);
  const url = options.url ?? readState(dataDir).url ?? "http://127.0.0.1:3210";
  const keyFile = options["admin-key-file"];
  const adminKey =
    keyFile === undefined ? readAdminKey(dataDir) : readFileSync(keyFile, "utf8").trim();
  const headers = { Authorization: `Convex ${adminKey}` };
  const response = await fetch(`${url}/api/v1/get_canonical_urls`, { headers }).catch(() => null);
  if (response === null)
    throw new Failure(`Nothing answers at ${url}. Is Milepost running (npm start)?`);
  if (!response.ok) throw new Failure(`${url} refuses the admin key (${response.status}).`);
  return { url, siteUrl: (await response.json()).convexSiteUrl, adminKey };
}

/**
 * The participant, the challenge and the admin in whose name it is done.
 * @param {ReturnType<typeof connect>} connection @param {string} challenge @param {string} who
 */
async function findPlaces(connection, challenge, who) {
  const by = who.includes("@") ? { email: who } : { userId: who };
  const person = await connection.admin.query(internal.queries.admin.findPerson, by);
  if (person === null) throw new Failure(`Nobody here is ${who}.`);
  const challengeId = /** @type {import("convex/values").GenericId<"challenges">} */ (challenge);
  const { userId } = await connection.admin
    .query(internal.queries.admin.challengeAdmin, { challengeId })
    .catch((error) => {
      const isForeign = error instanceof Error && /ArgumentValidationError/.test(error.message);
      throw isForeign ? new Failure(`"${challenge}" is not the id of a challenge.`) : error;
    });
  const admin = connection.as(userId);
  const { name, timezone } = await admin.query(api.queries.challenges.get, { challengeId });
  const viewer = await connection.as(person.userId).query(api.queries.viewer.get, {});
  return { admin, challengeId, name, person, zone: viewer?.timezone ?? timezone };
}

/** @param {string} file */
function readArchiveFile(file) {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Failure(`Cannot read ${file}: ${String(error)}`);
  }
}

/**
 * Sends the rows in chunks and answers what became of each.
 * @param {Awaited<ReturnType<typeof findPlaces>>} places @param {ArchiveRow[]} rows
 * @param {{dryRun: boolean, allowDuplicates: boolean, today: string, progress: boolean}} options
 */
async function sendRows(
  { admin, challengeId, person },
  rows,
  { dryRun, allowDuplicates, today, progress },
) {
  /** @type {RowResult[]} */
  const results = [];
  const show = progressOn(process.stdout, "rows");
  for (let from = 0; from < rows.length; from += CHUNK) {
    const chunk = rows.slice(from, from + CHUNK);
    const shared = {
      challengeId,
      source: /** @type {const} */ ("archive"),
      rows: chunk,
      allowDuplicates,
    };
    const onBehalfOf = person.userId;
    const requestId = randomUUID();
    const answer = await patiently(() =>
      dryRun
        ? admin.query(api.queries.imports.preview, { ...shared, onBehalfOf, today })
        : admin.mutation(api.mutations.imports.importActivities, {
            ...shared,
            onBehalfOf,
            requestId,
            reason: "Archive imported by an organiser",
          }),
    );
    results.push(...answer.results);
    if (progress) show(results.length, rows.length);
  }
  return results;
}

/** @param {Options} options */
async function importArchive(options) {
  const file = required(options.file, "file");
  const challenge = required(options.challenge, "challenge");
  const who = required(options.person, "person");
  const text = readArchiveFile(file);
  const rules = await loadRules();
  const places = await findPlaces(connect(await findDeployment(options)), challenge, who);
  const archive = rules.parseArchive(text, { zone: places.zone });
  if (!archive.ok) throw new Failure(`${file} cannot be read: ${archive.problem}`);
  const results = await sendRows(places, archive.rows, {
    dryRun: options["dry-run"],
    allowDuplicates: options["allow-duplicates"],
    today: rules.dayOfInstant(Date.now(), places.zone),
    progress: !options.json,
  });
  printReport(
    {
      file: basename(file),
      challenge: places.name,
      person: places.person.displayName,
      zone: places.zone,
      dryRun: options["dry-run"],
      refused: archive.refused,
      adjusted: archive.adjusted,
      results: results.map((result, index) => ({ ...result, sport: archive.rows[index]?.sport })),
    },
    options.json,
  );
  return archive.refused.length > 0 ? 2 : 0;
}

await runMain(async () => {
  const options = readOptions(
    "node scripts/import-archive.mjs [options]",
    OPTIONS,
    process.argv.slice(2),
  );
  if (options === null) return 0;
  try {
    return await importArchive(options);
  } catch (error) {
    const refusal = refusalText(error);
    throw refusal === null ? error : new Failure(`Refused: ${refusal}`);
  }
});
