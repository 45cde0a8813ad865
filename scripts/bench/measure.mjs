import { performance } from "node:perf_hooks";
import { ConvexClient } from "convex/browser";
import { makeFunctionReference } from "convex/server";
import { api } from "@milepost/backend/api";
import { inParallel, openClient } from "../lib/client.mjs";
import { dayFromToday } from "../lib/crowd.mjs";
import { quantile } from "../lib/statistics.mjs";

/** @typedef {ReturnType<typeof import("../lib/client.mjs").connect>} Connection */
/** @typedef {import("../lib/crowd.mjs").Crowd} Crowd */
/** @typedef {{documentsRead: number, documentsWritten: number}} Documents */

const SAMPLES = 9;

/** @type {import("convex/server").FunctionReference<"mutation", "public", {call: unknown}, {metrics: import("convex/server").TransactionMetrics}>} */
const measuredLog = makeFunctionReference("measured:log");
/** @type {import("convex/server").FunctionReference<"query", "public", {call: unknown}, import("convex/server").TransactionMetrics>} */
const measuredPage = makeFunctionReference("measured:page");

/**
 * Adds activities until everybody has `perPerson`, by everybody's own archive imports.
 * @param {Connection} connection @param {Crowd} crowd @param {{from: number, to: number}} perPerson
 */
export async function fill(connection, crowd, { from, to }) {
  const indexes = Array.from({ length: to - from }, (_, index) => from + index);
  await inParallel(crowd.userIds, 4, async (userId, person) => {
    // Of the 28 days before today each gets its share; today stays for the logs that are measured.
    const rows = indexes.map((index) => {
      const loggedDate = dayFromToday(-1 - ((index * 5 + person) % 28));
      return {
        externalId: `${index}`,
        sport: "Run",
        startedAt: Date.parse(`${loggedDate}T06:00:00Z`) + index * 60_000,
        loggedDate,
        metrics: { distance_m: 3_000 + ((person * 7 + index * 131) % 9_000) },
      };
    });
    const { challengeId } = crowd;
    const chunk = { challengeId, source: /** @type {const} */ ("archive"), rows };
    await connection.as(userId).mutation(api.mutations.imports.importActivities, chunk);
  });
}

/**
 * @param {Pick<Crowd, "challengeId" | "activityTypeId">} crowd @param {number} index @param {string} day
 */
export function logCall({ challengeId, activityTypeId }, index, day) {
  return { challengeId, activityTypeId, loggedDate: day, metrics: { distance_m: 4_000 + index } };
}

/** @param {import("convex/server").TransactionMetrics} metrics @returns {Documents} */
function documentsOf({ documentsRead, documentsWritten }) {
  return { documentsRead: documentsRead.used, documentsWritten: documentsWritten.used };
}

/** @param {Documents[]} samples @returns {Documents} */
function worst(samples) {
  return {
    documentsRead: Math.max(...samples.map((sample) => sample.documentsRead)),
    documentsWritten: Math.max(...samples.map((sample) => sample.documentsWritten)),
  };
}

/**
 * Documents of a log that starts a counting day (the streak bonus changes), of a second log of that day, and of the
 * first board page; of several people each, the most.
 * @param {Connection} connection @param {Crowd} crowd @param {number} round another group of people each time
 */
export async function measureDocuments(connection, crowd, round) {
  const people = crowd.userIds.slice(round * SAMPLES, (round + 1) * SAMPLES);
  /** @type {Documents[][]} */
  const [streak, plain] = [[], []];
  for (const [index, userId] of people.entries()) {
    const call = logCall(crowd, index, crowd.today);
    const caller = connection.as(userId);
    streak?.push(documentsOf((await caller.mutation(measuredLog, { call })).metrics));
    plain?.push(documentsOf((await caller.mutation(measuredLog, { call })).metrics));
  }
  const call = { challengeId: crowd.challengeId };
  const page = documentsOf(await connection.admin.query(measuredPage, { call }));
  return { streakLog: worst(streak ?? []), plainLog: worst(plain ?? []), page };
}

/**
 * Acknowledged, and therefore durable, logs per second over HTTP with `width` in flight, and how long each took.
 * @param {Connection} connection @param {Crowd} crowd
 * @param {{width: number, count: number, firstPerson: number}} options
 */
export async function measureLogs(connection, crowd, { width, count, firstPerson }) {
  /** @type {number[]} */
  const times = [];
  const people = crowd.userIds.slice(firstPerson, firstPerson + count);
  const start = performance.now();
  await inParallel(people, width, async (userId, index) => {
    const sent = performance.now();
    const call = logCall(crowd, index, crowd.today);
    await connection.as(userId).mutation(api.mutations.activities.log, call);
    times.push(performance.now() - sent);
  });
  const seconds = (performance.now() - start) / 1000;
  return {
    perSecond: people.length / seconds,
    p50: quantile(times, 0.5),
    p95: quantile(times, 0.95),
  };
}

/** People of the first board page who log in turn, and how often each: within the rate limit. */
const WRITERS = 10;
const LOGS_PER_WRITER = 6;

/**
 * Milliseconds from sending a log until another client's open board shows it, both over WebSocket.
 * @param {import("../lib/embedded.mjs").Deployment} deployment @param {Connection} connection @param {Crowd} crowd
 */
export async function measureLiveUpdate(deployment, connection, crowd) {
  const board = { challengeId: crowd.challengeId };
  const { page } = await connection.admin.query(api.queries.leaderboards.page, board);
  const writers = page.slice(0, WRITERS).map(({ userId }) => ({
    userId,
    client: openClient(deployment, userId),
  }));
  const watcher = new ConvexClient(deployment.url);
  /** @type {Map<string, number>} */
  let shown = new Map();
  /** @type {() => void} */
  let moved = () => {};
  watcher.onUpdate(api.queries.leaderboards.page, board, (update) => {
    shown = new Map(update.page.map((row) => [row.userId, row.totalPoints]));
    moved();
  });
  /** @type {(userId: string, before: number | undefined) => Promise<number>} */
  const changed = (userId, before) =>
    new Promise((resolve) => {
      moved = () => {
        if (shown.has(userId) && shown.get(userId) !== before) resolve(performance.now());
      };
      moved();
    });
  /** @type {number[]} */
  const times = [];
  for (let round = 0; round < LOGS_PER_WRITER; round++) {
    for (const { userId, client } of writers) {
      const before = shown.get(userId) ?? (await changed(userId, undefined), shown.get(userId));
      const sent = performance.now();
      const arrived = changed(userId, before);
      await client.mutation(api.mutations.activities.log, logCall(crowd, round, crowd.today));
      times.push((await arrived) - sent);
    }
  }
  await Promise.all(
    [watcher, ...writers.map(({ client }) => client)].map((client) => client.close()),
  );
  return { p50: quantile(times, 0.5), p95: quantile(times, 0.95) };
}
