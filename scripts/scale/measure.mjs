// What each operation of the product reads, writes and calls, and what logs of different people have in common.
import { api } from "@milepost/backend/api";
import { connect, inParallel } from "../lib/client.mjs";
import { createCrowd, fill, logCall } from "../lib/crowd.mjs";
import { deployBackend } from "../lib/deploy.mjs";
import { withFolder } from "../lib/temporary.mjs";
import { packed } from "./contention.mjs";
import { sumOf, withRecorder } from "./recorder.mjs";

/** @typedef {import("./recorder.mjs").Cost} Cost */
/** @typedef {import("./recorder.mjs").Recorded} Recorded */
/** @typedef {import("./recorder.mjs").Recorder} Recorder */

/** People who are asked, of whom the middle one counts. */
const SAMPLES = 5;
/** Logs whose read and write sets are compared, each with each. */
export const RECORDED = 96;
/** Few enough at once that the ranks' worker stays awake from the first to the last. */
const WIDTH = 8;
/** Few enough for a busy machine to import within the second that a function has. */
const ROWS_PER_IMPORT = 10;

/**
 * One size of a challenge. `scheduled` and `afterwards`: functions that ran because of one log while nothing else
 * happened, and what they read and wrote; `perLog`: the same for each of many logs at once.
 * @typedef {object} Cell
 * @property {number} people @property {number} activities
 * @property {Record<string, Cost>} operations
 * @property {{alone: {scheduled: number, afterwards: Cost}, perLog: {scheduled: number, afterwards: Cost}}} ranks
 * @property {{conflicts: string, met: Record<string, number>, waking: number, behind: number}} contention
 *   met: shares of pairs that meet in a table; waking: the share of logs that a log which wakes the worker meets;
 *   behind: the share of logs that an awake worker's runs meet
 * @property {{total: number, stored: number}} reruns shares of logs that run the first page of 25 again: of the total,
 *   whose sums are read from the tree, and of a category, whose points are stored
 */

/** The middle one by what is read. @param {Cost[]} costs */
const middle = (costs) =>
  costs.toSorted((a, b) => a.bytesRead - b.bytesRead)[costs.length >> 1] ?? sumOf([]);

/** @param {Cost} cost @param {number} share @returns {Cost} */
function scaled(cost, share) {
  const entries = Object.entries(cost).map(([name, value]) => [name, Math.round(value * share)]);
  return /** @type {Cost} */ (Object.fromEntries(entries));
}

/** @param {Cost} all @param {Cost} part */
const without = (all, part) => sumOf([all, scaled(part, -1)]);

/** @param {Recorded} mutation @param {string} table */
const wrote = ({ tables }, table) => [...tables.values()].includes(table);
const WORKER = "standingsRank/batchWorker/workers";

/** The first page of the board of the only category. @param {import("../lib/crowd.mjs").Crowd} crowd @param {ReturnType<typeof connect>} connection */
async function storedPage({ challengeId, today }, { admin }) {
  const { categories } = await admin.query(api.queries.leaderboards.boards, { challengeId });
  const board = /** @type {const} */ ("category");
  return { challengeId, today, board, key: categories[0] ?? "", limit: 25 };
}

/** @param {Recorder} recorder @param {() => Promise<unknown>} ask @returns {Promise<Cost>} */
async function costOfQuery(recorder, ask) {
  recorder.record();
  await ask();
  return recorder.total("query");
}

/**
 * The queries of the page of a board, as packages/web asks them, and some others.
 * @param {Recorder} recorder @param {import("../lib/crowd.mjs").Crowd} crowd
 */
async function measureQueries(recorder, crowd) {
  const { challengeId, today, userIds } = crowd;
  const connection = connect(recorder.server);
  const { queries } = api;
  /** @type {Record<string, Cost[]>} */
  const costs = {};
  for (const userId of userIds.slice(0, SAMPLES)) {
    const as = connection.as(userId);
    const paginationOpts = { numItems: 20, cursor: null };
    /** @type {Record<string, () => Promise<unknown>>} */
    const asked = {
      viewer: () => as.query(queries.viewer.get, {}),
      "unread notices": () => as.query(queries.notifications.unread, {}),
      challenge: () => as.query(queries.challenges.get, { challengeId }),
      "own row": () => as.query(queries.leaderboards.ownRow, { challengeId, today }),
      "own rank": () =>
        as.query(queries.leaderboards.around, { challengeId, userId, count: 1, today }),
      "history of 20": () => as.query(queries.activities.history, { challengeId, paginationOpts }),
      profile: () => as.query(queries.profiles.get, { challengeId, userId, today }),
    };
    for (const [name, ask] of Object.entries(asked)) {
      (costs[name] ??= []).push(await costOfQuery(recorder, ask));
    }
  }
  const { admin } = connection;
  const shared = { challengeId, today };
  const stored = await storedPage(crowd, connection);
  const { boards, page } = queries.leaderboards;
  return {
    ...Object.fromEntries(Object.entries(costs).map(([name, all]) => [name, middle(all)])),
    boards: await costOfQuery(recorder, () => admin.query(boards, { challengeId })),
    "page of 10": await costOfQuery(recorder, () => admin.query(page, { ...shared, limit: 10 })),
    "page of 25": await costOfQuery(recorder, () => admin.query(page, { ...shared, limit: 25 })),
    "stored page of 25": await costOfQuery(recorder, () => admin.query(page, stored)),
  };
}

/**
 * Mutations one by one, each with nothing else going on.
 * @param {Recorder} recorder @param {import("../lib/crowd.mjs").Crowd} crowd
 */
async function measureMutations(recorder, crowd) {
  const connection = connect(recorder.server);
  const { log, edit, remove } = api.mutations.activities;
  /** @type {Record<string, Cost[]>} */
  const costs = {};
  /** @type {Array<{scheduled: number, afterwards: Cost}>} */
  const alone = [];
  /** @template T @param {string} name @param {() => Promise<T>} run */
  const measured = async (name, run) => {
    recorder.record();
    const answer = await run();
    const own = recorder.commits[0]?.cost ?? sumOf([]);
    const scheduled = await recorder.settle();
    (costs[name] ??= []).push(own);
    if (name === "log") alone.push({ scheduled, afterwards: without(recorder.total(), own) });
    return answer;
  };
  for (const [index, userId] of crowd.userIds.slice(0, SAMPLES).entries()) {
    const as = connection.as(userId);
    const call = logCall(crowd, index, crowd.today);
    await measured("log", () => as.mutation(log, call));
    const { activityId } = await measured("another log of the day", () => as.mutation(log, call));
    await measured("edit", () => as.mutation(edit, { activityId, metrics: { distance_m: 9_000 } }));
    await measured("remove", () => as.mutation(remove, { activityId }));
  }
  const operations = Object.entries(costs).map(([name, all]) => [name, middle(all)]);
  const byRuns = alone.toSorted((a, b) => a.scheduled - b.scheduled);
  return { operations: Object.fromEntries(operations), alone: byRuns[byRuns.length >> 1] };
}

/**
 * Many people log at once, each the first time that day; everybody's reads are compared with everybody's writes.
 * @param {Recorder} recorder @param {import("../lib/crowd.mjs").Crowd} crowd
 */
async function measureContention(recorder, crowd) {
  const connection = connect(recorder.server);
  const { page } = api.queries.leaderboards;
  const { challengeId, today, userIds } = crowd;
  const storedArgs = await storedPage(crowd, connection);
  recorder.record();
  await connection.admin.query(page, { challengeId, today, limit: 25 });
  const total = recorder.queried();
  recorder.record();
  await connection.admin.query(page, storedArgs);
  const stored = recorder.queried();

  // Spread over the crowd, without those who have logged today. The first one wakes the worker.
  const others = userIds.slice(SAMPLES);
  const people = Array.from({ length: RECORDED + 1 }, (_, index) => {
    const at = Math.floor((index * others.length) / (RECORDED + 1));
    return /** @type {(typeof userIds)[number]} */ (others[at]);
  });
  recorder.record();
  const send = (/** @type {(typeof userIds)[number]} */ userId, /** @type {number} */ index) =>
    connection.as(userId).mutation(api.mutations.activities.log, logCall(crowd, index, today));
  await send(/** @type {(typeof userIds)[number]} */ (people[0]), 0);
  await inParallel(people.slice(1), WIDTH, send);
  const scheduled = await recorder.settle();

  const logs = recorder.commits.filter((one) => wrote(one, "activities"));
  const awake = logs.filter((one) => !wrote(one, WORKER));
  const [waker] = logs.filter((one) => wrote(one, WORKER));
  const runs = recorder.commits.filter((one) => !wrote(one, "activities") && !wrote(one, WORKER));
  /** @type {Record<string, number>} */
  const met = {};
  const conflicts = awake.map((reader) =>
    awake.map((writer) => {
      if (reader === writer) return false;
      const tables = recorder.metIn(reader.readSet, writer);
      for (const table of tables) met[table] = (met[table] ?? 0) + 1;
      return tables.length > 0;
    }),
  );
  const pairs = awake.length * (awake.length - 1);
  /** @param {import("./recorder.mjs").ReadSet} readSet */
  const rerunShare = (readSet) =>
    awake.filter(({ commit }) => recorder.overlaps(readSet, commit)).length / awake.length;
  const hit = (/** @type {Recorded[]} */ writers) =>
    awake.filter(({ readSet }) => writers.some(({ commit }) => recorder.overlaps(readSet, commit)));
  const own = sumOf(logs.map(({ cost }) => cost));
  const afterwards = scaled(without(recorder.total(), own), 1 / logs.length);
  return {
    perLog: { scheduled: scheduled / logs.length, afterwards },
    contention: {
      conflicts: packed(conflicts),
      met: Object.fromEntries(Object.entries(met).map(([table, count]) => [table, count / pairs])),
      waking: waker === undefined ? 0 : hit([waker]).length / awake.length,
      behind: hit(runs).length / awake.length,
    },
    reruns: { total: rerunShare(total), stored: rerunShare(stored) },
  };
}

/**
 * Measures a challenge of a size of its own.
 * @param {{people: number, perPerson: number}} size
 * @param {(deployment: {url: string, adminKey: string}) => Promise<void>} [deploy] another backend than the product's
 * @returns {Promise<Cell>}
 */
export const measureCell = async ({ people, perPerson }, deploy = deployBackend) =>
  await withFolder((dataDir) =>
    withRecorder(dataDir, async (recorder) => {
      await deploy(recorder.server);
      const connection = connect(recorder.server);
      const crowd = await createCrowd(connection, { people, name: "Scale" });
      for (let from = 0; from < perPerson; from += ROWS_PER_IMPORT) {
        const to = Math.min(perPerson, from + ROWS_PER_IMPORT);
        await fill(connection, crowd, { from, to });
      }
      await recorder.settle();
      const queries = await measureQueries(recorder, crowd);
      const { operations, alone } = await measureMutations(recorder, crowd);
      const { perLog, contention, reruns } = await measureContention(recorder, crowd);
      if (alone === undefined) throw new Error("nobody logged");
      return {
        people,
        activities: people * perPerson,
        operations: { ...operations, ...queries },
        ranks: { alone, perLog },
        contention,
        reruns,
      };
    }),
  );
