import { cpSync } from "node:fs";
import { join } from "node:path";
import { inParallel, connect } from "../lib/client.mjs";
import { startEmbedded } from "../lib/embedded.mjs";
import { withFolder } from "../lib/temporary.mjs";
import { loadedCell, nameOf, verified } from "./cells.mjs";
import { milepostContender } from "./milepost.mjs";
import { AT_ONCE, measureAll } from "./operations.mjs";
import { naiveContender } from "./peers/naive.mjs";
import { postgresContender } from "./peers/postgres.mjs";
import { sumsDesign, totalsDesign } from "./peers/postgres-sql.mjs";
import { redisContender } from "./peers/redis.mjs";
import { untilCalm } from "./processor-time.mjs";
import { partsOf, profileOf, topOf } from "./profile.mjs";
import { measureCosts } from "./reads-and-writes.mjs";
import { castOf, rowsIn } from "./rows.mjs";
import { dayAfter, LOGGED_DAYS } from "./workload.mjs";

/** @typedef {import("./cells.mjs").Cell} Cell */
/** @typedef {import("./contender.mjs").Contender} Contender */
/** @typedef {import("./operations.mjs").Measured} Measured */
/** @typedef {{postgres: import("./peers/postgres.mjs").Postgres | null, redis: import("./peers/redis.mjs").Redis | null}} Servers */

/** Lines of a profile. */
const TOP = 12;

/** The first day of the measured week. @param {import("./cells.mjs").Loaded} loaded */
const weekStartOf = ({ today, week }) => dayAfter(today, -LOGGED_DAYS + 7 * (week - 1));

/**
 * Those the product is compared with, filled with the product's rows; who is not there is left out.
 * @param {Servers} servers @param {import("./cells.mjs").Loaded} loaded @param {string} file of the rows
 * @returns {Promise<Contender[]>}
 */
async function peersOf({ postgres, redis }, loaded, file) {
  const { cell, today } = loaded;
  const weekStart = weekStartOf(loaded);
  const rows = () => rowsIn(file);
  const contenders = [];
  if (postgres !== null) {
    const sums = { name: "PostgreSQL SUM", design: sumsDesign(weekStart), today };
    const totals = { name: "PostgreSQL totals", design: totalsDesign(weekStart), today };
    const database = `cell_${nameOf(cell)}`;
    contenders.push(
      await postgresContender(postgres, { ...sums, database: `${database}_sums` }, rows()),
      await postgresContender(postgres, { ...totals, database: `${database}_totals` }, rows()),
    );
  }
  if (redis !== null) contenders.push(await redisContender(redis, { today, weekStart }, rows()));
  return contenders;
}

/**
 * Everybody shows the same totals before anything is measured.
 * @param {import("../lib/checklist.mjs").Checklist} list @param {Contender[]} contenders
 */
async function compare(list, [product, ...peers]) {
  if (product === undefined) return;
  for (const board of /** @type {const} */ (["page", "week"])) {
    const wanted = await product[board](0);
    for (const peer of peers)
      list.equal(`${peer.name} has the totals of the ${board} board`, await peer[board](0), wanted);
  }
}

/** A profile, short enough to read. @typedef {{parts: import("./profile.mjs").ProfileLine[], top: import("./profile.mjs").ProfileLine[]}} ShortProfile */

/**
 * Where the time of the product goes: of what a goal could be missed for, by the key of the operation.
 * @param {import("../lib/embedded.mjs").Deployment} deployment @param {Contender} product
 * @param {{people: number, repetitions: import("./operations.mjs").Repetitions}} options
 */
async function profiles(deployment, product, { people, repetitions }) {
  const reads = Array.from({ length: repetitions.reads * 5 }, (_, index) => index);
  // Each takes so little that a hundred of them are a few samples.
  const quick = Array.from({ length: reads.length * 10 });
  const logs = Array.from({ length: repetitions.logsAtOnce }, (_, index) => index % people);
  const first = logs.slice(0, AT_ONCE);
  /** @type {Record<string, () => Promise<unknown>>} */
  const works = {
    page: () => inParallel(reads, 1, (index) => product.page(-1 - index)),
    cached: () => inParallel(quick, 1, () => product.page(0)),
    logs: () => inParallel(logs, AT_ONCE, (person) => product.log(person, 1)),
  };
  /** @type {Record<string, ShortProfile>} */
  const found = {};
  for (const [key, work] of Object.entries(works)) {
    // The first logs make every answer stale that was kept before: that is no part of what a log takes.
    if (key === "logs") await inParallel(first, AT_ONCE, (person) => product.log(person, 1));
    const profile = await profileOf(deployment, work);
    found[key] = { parts: partsOf(profile), top: topOf(profile, TOP) };
  }
  return found;
}

/**
 * One cell, measured with everybody.
 * @param {Cell} cell
 * @param {{repetitions: import("./operations.mjs").Repetitions, servers: Servers, list: import("../lib/checklist.mjs").Checklist, isProfiled: boolean}} options
 */
export async function runCell(cell, { repetitions, servers, list, isProfiled }) {
  const { loaded, rows, ...kept } = await loadedCell(cell);
  const { people } = cell;
  return await withFolder(async (run) => {
    const dataDir = join(run, "data");
    // What is measured writes, and the next run begins with the same rows.
    cpSync(kept.dataDir, dataDir, { recursive: true });
    const deployment = await startEmbedded({ dataDir, quiet: true, hasProfiler: true });
    /** @type {Contender[]} */
    const contenders = [];
    try {
      const connection = connect(deployment);
      const product = milepostContender(deployment, loaded);
      contenders.push(product, ...(await peersOf(servers, loaded, rows)));
      const naive = naiveContender(deployment, loaded, weekStartOf(loaded));
      await compare(list, contenders);
      await untilCalm(deployment.child.pid);
      const { best, busiest, quietest } = await castOf(rowsIn(rows), people);
      /** @type {Record<string, Measured>} */
      const measured = {};
      for (const contender of [naive, ...contenders])
        measured[contender.name] = await measureAll(contender, { people, best, repetitions });
      const others = Array.from({ length: people }, (_, index) => people - 1 - index);
      const costs = await measureCosts(deployment, loaded, others);
      const flat = [];
      for (const { person, activities } of [quietest, busiest]) {
        const { again } = await measureCosts(deployment, loaded, [person]);
        flat.push({ activities, documentsRead: again?.cost.documentsRead ?? 0 });
      }
      const checked = await verified(connection, loaded.challengeId);
      list.that(`${nameOf(cell)}: ${checked} people verified after all of it`, checked > people);
      const options = { people, repetitions };
      return {
        cell,
        rowsPerSecond: loaded.rowsPerSecond,
        measured,
        costs,
        flat,
        profiles: isProfiled ? await profiles(deployment, product, options) : null,
      };
    } finally {
      for (const contender of contenders) await contender.close();
      await deployment.stop();
    }
  });
}

/** @typedef {Awaited<ReturnType<typeof runCell>>} CellResult */
