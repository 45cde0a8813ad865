import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { ConvexClient } from "convex/browser";
import { makeFunctionReference } from "convex/server";
import { connect, inParallel } from "../lib/client.mjs";
import { seededRandom } from "../lib/random.mjs";
import { quantile } from "../lib/statistics.mjs";
import { CHALLENGE, userName } from "./embedded-load.mjs";

/** @typedef {import("../lib/embedded.mjs").Deployment} Deployment */
/** @typedef {import("./embedded-load.mjs").Row} Row */
/** @typedef {{challenge: string, users: string[]}} Users */
/**
 * @template {import("convex/server").DefaultFunctionArgs} Args
 * @template Answer
 * @typedef {import("convex/server").FunctionReference<"query", "public", Args, Answer>} Query
 */
/** @typedef {import("convex/server").FunctionReference<"mutation", "public", Row, null>} Write */

/** @type {Write} */
const log = makeFunctionReference("activities:log");
/** @type {Write} */
const plain = makeFunctionReference("activities:plain");
/** @type {Query<Users, number[]>} */
const sumBatch = makeFunctionReference("activities:sumBatch");
/** @type {Query<Users, number>} */
const sumBatchReads = makeFunctionReference("activities:sumBatchReads");
/** @type {Query<{user: string}, Row[]>} */
const recent = makeFunctionReference("activities:recent");
/** @type {Query<{challenge: string}, number>} */
const count = makeFunctionReference("activities:count");

/**
 * What operations took: how many a second, how long each (milliseconds), and the server's processor time for each, all
 * its threads together (milliseconds).
 * @typedef {{perSecond: number, p50: number, p95: number, cpuMs: number}} Figures
 */

/** Of /proc/<pid>/stat: processor time is counted in hundredths of a second. */
const TICK_MS = 10;

/** Processor time of a process, milliseconds. @param {number} pid */
function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Memory of a process that is not a mapped file, MiB. @param {number | undefined} pid */
export function memoryMiB(pid) {
  const [, kib] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kib) / 1024;
}

/**
 * Runs an operation `times` times, `width` at once.
 * @param {Deployment} deployment @param {{times: number, width: number}} size
 * @param {(index: number) => Promise<unknown>} operation
 * @returns {Promise<Figures>}
 */
async function measure({ child }, { times, width }, operation) {
  const pid = child.pid ?? 0;
  await inParallel(Array.from({ length: Math.ceil(times / 5) }), width, (_, i) => operation(i));
  /** @type {number[]} */
  const took = [];
  const cpuBefore = cpuMs(pid);
  const start = performance.now();
  await inParallel(Array.from({ length: times }), width, async (_, index) => {
    const sent = performance.now();
    await operation(index);
    took.push(performance.now() - sent);
  });
  const perSecond = (times * 1000) / (performance.now() - start);
  const cpu = (cpuMs(pid) - cpuBefore) / times;
  return { perSecond, p50: quantile(took, 0.5), p95: quantile(took, 0.95), cpuMs: cpu };
}

/**
 * From a log's mutation by one client until another client's query shows it, both over WebSocket.
 * @param {Deployment} deployment @param {number} times
 * @param {(client: ConvexClient, user: string, shown: () => void) => void} watch
 * @param {string} user who logs
 */
async function measureLive(deployment, times, watch, user) {
  const [writer, watcher] = [new ConvexClient(deployment.url), new ConvexClient(deployment.url)];
  /** @type {() => void} */
  let shown = () => {};
  const first = new Promise((resolve) => (shown = () => resolve(null)));
  watch(watcher, user, () => shown());
  await first;
  try {
    return await measure(deployment, { times, width: 1 }, async () => {
      const arrived = new Promise((resolve) => (shown = () => resolve(null)));
      await writer.mutation(log, { challenge: CHALLENGE, user, points: 1 });
      await arrived;
    });
  } finally {
    await Promise.all([writer.close(), watcher.close()]);
  }
}

/**
 * Measures everything on a loaded deployment.
 * @param {Deployment} deployment @param {{users: number, share: number}} size share: of the usual number of operations
 */
export async function measureAll(deployment, { users, share }) {
  const { admin } = connect(deployment);
  const random = seededRandom("operations");
  const someone = () => userName(Math.floor(random() * users));
  /** @param {number} length */
  const some = (length) => ({ challenge: CHALLENGE, users: Array.from({ length }, someone) });
  const row = () => ({ challenge: CHALLENGE, user: someone(), points: 1 });
  /** @param {number} times @param {number} width @param {() => Promise<unknown>} operation */
  const each = (times, width, operation) =>
    measure(deployment, { times: Math.ceil(times * share), width }, operation);
  const board = some(25);
  const page = some(50);
  const [user = ""] = page.users;
  return {
    logAlone: await each(300, 1, () => admin.mutation(log, row())),
    log: await each(2000, 16, () => admin.mutation(log, row())),
    plain: await each(3000, 16, () => admin.mutation(plain, row())),
    sumBatch50: await each(150, 1, () => admin.query(sumBatch, some(50))),
    sumBatch25: await each(200, 1, () => admin.query(sumBatch, some(25))),
    recent: await each(1000, 1, () => admin.query(recent, { user: someone() })),
    cached: await each(1000, 1, () => admin.query(sumBatch, board)),
    liveSums: await measureLive(
      deployment,
      Math.ceil(100 * share),
      (client, _, shown) => void client.onUpdate(sumBatch, page, shown),
      user,
    ),
    liveRecent: await measureLive(
      deployment,
      Math.ceil(200 * share),
      (client, whose, shown) => void client.onUpdate(recent, { user: whose }, shown),
      user,
    ),
    reads50: await admin.query(sumBatchReads, some(50)),
    rows: await admin.query(count, { challenge: CHALLENGE }),
  };
}
