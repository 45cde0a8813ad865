import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { makeFunctionReference } from "convex/server";
import { api, internal } from "@milepost/backend/api";
import { connect, inParallel } from "../lib/client.mjs";
import { startEmbedded } from "../lib/embedded.mjs";
import { Failure } from "../lib/failure.mjs";
import { hashInputs } from "../lib/inputs.mjs";
import { CACHE } from "../lib/paths.mjs";
import { progressOn } from "../lib/progress.mjs";
import { verifyChallenge } from "../lib/verify.mjs";
import { deployMeasuredBackend } from "./measured-backend.mjs";
import { untilCalm } from "./processor-time.mjs";
import { dayAfter, historiesOf, LOGGED_DAYS } from "./workload.mjs";

/** @typedef {import("./workload.mjs").Cell} Cell */
/** @typedef {ReturnType<typeof connect>} Connection */
/** @typedef {import("convex/values").GenericId<"users">} UserId */

/**
 * A cell that is loaded. `today` is the day after the last one people logged on; the measured logs are of that day.
 * @typedef {object} Loaded
 * @property {Cell} cell
 * @property {import("convex/values").GenericId<"challenges">} challengeId
 * @property {import("convex/values").GenericId<"activityTypes">} activityTypeId
 * @property {string} today
 * @property {number} week the one `today` is in
 * @property {UserId[]} userIds
 * @property {number} rowsPerSecond how fast it was loaded
 * @property {number} verified people whose totals were verified, without a finding
 * @property {string} code hash of the code that verified it
 */

const MODULES = ["history", "measured", "naive"].map((name) => ({
  from: `${name}.ts`,
  as: `bench${name}.ts`,
}));

/** What decides what is loaded, and how it lies on the disk. */
const INPUTS = [
  "packages/embedded/src/store/format.ts",
  "packages/embedded/src/codec",
  "scripts/bench/workload.mjs",
  "scripts/bench/history.ts",
];
/** What is deployed with it. A change of that does not load it again: it is deployed to what is kept, which is verified again. */
const CODE = [
  "packages/backend",
  "packages/embedded/src",
  ...MODULES.map(({ from }) => `scripts/bench/${from}`),
];

/** In the folder of a cell: the deployment's data, the rows for the others, and what is known of it. */
const [DATA, ROWS, CELL] = ["data", "rows.tsv", "cell.json"];
const DAYS_OF_CHALLENGE = 366;
/** What one transaction takes: rows within its 4,096 ranges, people within its time. */
const ROWS_AT_ONCE = 100;
const PEOPLE_AT_ONCE = 25;
const WIDTH = 3;

/** @param {string} name @returns {import("convex/server").FunctionReference<"mutation">} */
const mutationOf = (name) => makeFunctionReference(`benchhistory:${name}`);
/** @param {string} name @returns {import("convex/server").FunctionReference<"query">} */
const queryOf = (name) => makeFunctionReference(`benchhistory:${name}`);

/** @param {Cell} cell */
export const nameOf = ({ people, activities }) => `${people}x${activities}`;

/** Where a cell is kept. @param {Cell} cell */
function folderOf(cell) {
  const key = createHash("sha256").update(hashInputs(INPUTS)).update(JSON.stringify(cell));
  return join(CACHE, "bench-cells", `${nameOf(cell)}-${key.digest("hex").slice(0, 12)}`);
}

/**
 * Makes the challenge of a cell with its people: public, a year long, one type that gives ten points a kilometre and
 * counts for the streak, and one award for the third activity of nine kilometres or more.
 * @param {Connection} connection @param {Cell} cell
 */
async function createPeople({ admin, as }, { people }) {
  const organiser = await admin.mutation(internal.mutations.admin.createPerson, {
    displayName: "Organiser",
    timezone: "UTC",
  });
  const caller = as(organiser.userId);
  const today = new Date().toISOString().slice(0, 10);
  const startsOn = dayAfter(today, -LOGGED_DAYS);
  const { challengeId } = await caller.mutation(api.mutations.challenges.create, {
    name: "Bench",
    startsOn,
    endsOn: dayAfter(startsOn, DAYS_OF_CHALLENGE - 1),
    timezone: "UTC",
    visibility: "public",
    backdateDays: DAYS_OF_CHALLENGE,
  });
  const { activityTypeId } = await caller.mutation(api.mutations.activityTypes.create, {
    challengeId,
    name: "Run",
    catalogueKey: "run",
    category: "Cardio",
    contributesToStreak: true,
    scoring: { kind: "perUnit", metric: "distance_m", unit: "km", pointsPerUnit: 10 },
  });
  const measure = /** @type {const} */ ({ metric: "distance_m", unit: "km", atLeast: 9 });
  await caller.mutation(api.mutations.achievements.create, {
    challengeId,
    name: "Three long ones",
    criteria: { kind: "count", activityTypeIds: [activityTypeId], times: 3, measure },
    frequency: "oncePerChallenge",
    points: 50,
  });
  const names = Array.from({ length: people }, (_, index) => `Person ${index + 1}`);
  const made = await inParallel(chunks(names, PEOPLE_AT_ONCE), WIDTH, async (some) =>
    admin.mutation(mutationOf("join"), { challengeId, names: some }),
  );
  const week = 1 + Math.floor(LOGGED_DAYS / 7);
  return { challengeId, activityTypeId, today, week, userIds: made.flat() };
}

/** @template T @param {T[]} items @param {number} size @returns {T[][]} */
function chunks(items, size) {
  const all = [];
  for (let from = 0; from < items.length; from += size) all.push(items.slice(from, from + size));
  return all;
}

/**
 * What is loaded by one transaction each: parts of histories, at most so many rows together.
 * @param {import("./workload.mjs").Row[][]} histories @param {UserId[]} userIds @param {string} today
 */
function loadsOf(histories, userIds, today) {
  const parts = histories.flatMap((history, person) =>
    chunks(history, ROWS_AT_ONCE).map((rows, index) => ({
      userId: userIds[person],
      first: index * ROWS_AT_ONCE,
      rows: rows.map(({ day, ...row }) => ({ ...row, day: dayAfter(today, -day) })),
    })),
  );
  /** @type {Array<typeof parts>} */
  const loads = [];
  let room = 0;
  for (const part of parts) {
    if (part.rows.length > room) {
      loads.push([]);
      room = ROWS_AT_ONCE;
    }
    loads.at(-1)?.push(part);
    room -= part.rows.length;
  }
  return loads;
}

/**
 * Loads everybody's history through the ledger. Answers the rows per second.
 * @param {Connection} connection @param {Omit<Loaded, "rowsPerSecond" | "verified" | "code">} loaded
 */
async function loadHistories({ admin }, { cell, challengeId, userIds, today }) {
  const loads = loadsOf(historiesOf(cell), userIds, today);
  const show = progressOn(process.stderr, `activities of ${cell.people} people`);
  const start = performance.now();
  let [done, shown] = [0, 0];
  await inParallel(loads, WIDTH, async (histories) => {
    await admin.mutation(mutationOf("load"), { challengeId, histories });
    done += histories.reduce((sum, { rows }) => sum + rows.length, 0);
    if (done - shown < cell.activities / 20 && done < cell.activities) return;
    shown = done;
    show(done, cell.activities);
  });
  return (cell.activities * 1000) / (performance.now() - start);
}

/** Waits until the worker of the ranks has nothing to do. @param {Connection} connection @param {Loaded["challengeId"]} challengeId */
export async function ranksSettled({ admin }, challengeId) {
  while (!(await admin.query(queryOf("settled"), { challengeId })))
    await new Promise((resolve) => setTimeout(resolve, 200));
}

/**
 * Answers how many people's totals agree with their rows and everything derived from them; refuses a single finding.
 * @param {Connection} connection @param {Loaded["challengeId"]} challengeId
 */
export async function verified(connection, challengeId) {
  await ranksSettled(connection, challengeId);
  const { checked, findings } = await verifyChallenge(connection, challengeId);
  if (findings.length > 0)
    throw new Failure(`The loaded cell is not as the product says: ${JSON.stringify(findings[0])}`);
  return checked;
}

/**
 * Writes the rows the product has into a file, for the others to be filled with: person, day, points, deleted.
 * @param {Connection} connection @param {Pick<Loaded, "challengeId" | "userIds">} loaded @param {string} file
 */
async function exportRows({ admin }, { challengeId, userIds }, file) {
  const numbers = new Map(userIds.map((userId, index) => [userId, index]));
  const out = createWriteStream(file);
  /** @type {string | null} */
  let cursor = null;
  for (;;) {
    /** @type {{page: Array<[UserId, string | null, number, boolean]>, isDone: boolean, continueCursor: string}} */
    const page = await admin.query(queryOf("rows"), { challengeId, cursor });
    const lines = page.page.map(
      ([userId, day, points, isDeleted]) =>
        `${numbers.get(userId)}\t${day ?? ""}\t${points}\t${isDeleted ? 1 : 0}\n`,
    );
    out.write(lines.join(""));
    if (page.isDone) break;
    cursor = page.continueCursor;
  }
  out.end();
  await once(out, "finish");
}

/**
 * Runs `body` on a deployment of a data folder that has today's code and the measuring modules.
 * @param {string} dataDir @param {(connection: Connection) => Promise<void>} body
 */
async function withCode(dataDir, body) {
  const deployment = await startEmbedded({ dataDir, quiet: true });
  try {
    await deployMeasuredBackend(deployment, MODULES);
    await body(connect(deployment));
    await untilCalm(deployment.child.pid);
  } finally {
    await deployment.stop();
  }
}

/** @param {Cell} cell @param {string} folder */
async function build(cell, folder) {
  const building = `${folder}.building`;
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building, { recursive: true });
  const code = hashInputs(CODE);
  await withCode(join(building, DATA), async (connection) => {
    const made = { cell, ...(await createPeople(connection, cell)) };
    const rowsPerSecond = await loadHistories(connection, made);
    const checked = await verified(connection, made.challengeId);
    await exportRows(connection, made, join(building, ROWS));
    keep(building, { ...made, rowsPerSecond, verified: checked, code });
  });
  renameSync(building, folder);
}

/** @param {string} folder @param {Loaded} loaded */
const keep = (folder, loaded) => writeFileSync(join(folder, CELL), JSON.stringify(loaded));
/** @param {string} folder @returns {Loaded} */
const kept = (folder) => JSON.parse(readFileSync(join(folder, CELL), "utf8"));

/**
 * Deploys today's code to a kept cell and verifies it, once.
 * @param {string} folder
 */
async function renew(folder) {
  const loaded = kept(folder);
  const code = hashInputs(CODE);
  if (loaded.code === code) return;
  console.error(`Verifying what is kept of ${nameOf(loaded.cell)} with the code of today ...`);
  await withCode(join(folder, DATA), async (connection) => {
    const checked = await verified(connection, loaded.challengeId);
    keep(folder, { ...loaded, verified: checked, code });
  });
}

/**
 * A cell, loaded now or kept from before, with today's code and verified with it: its data folder, and the file of its rows.
 * @param {Cell} cell
 */
export async function loadedCell(cell) {
  const folder = folderOf(cell);
  if (existsSync(folder)) await renew(folder);
  else await build(cell, folder);
  return { loaded: kept(folder), dataDir: join(folder, DATA), rows: join(folder, ROWS) };
}
