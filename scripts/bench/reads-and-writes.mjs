import { getFunctionName, makeFunctionReference } from "convex/server";
import { connect } from "../lib/client.mjs";
import { callsOf } from "./milepost.mjs";

/** @typedef {import("./cells.mjs").Loaded} Loaded */
/** @typedef {import("convex/server").TransactionMetrics} Metrics */

/**
 * What one transaction read and wrote, nested components included.
 * @typedef {{documentsRead: number, documentsWritten: number, ranges: number, bytesRead: number, bytesWritten: number}} Cost
 */

/** A share of one of Convex's limits. @typedef {{limit: string, share: number}} Closest */

/** How many people each cost is the most of. */
const SAMPLES = 5;

/** @type {import("convex/server").FunctionReference<"mutation", "public", {name: string, args: unknown}, {answer: {activityId?: string}, metrics: Metrics}>} */
const measuredMutation = makeFunctionReference("benchmeasured:mutation");
/** @type {import("convex/server").FunctionReference<"query", "public", {name: string, args: unknown}, {metrics: Metrics}>} */
const measuredQuery = makeFunctionReference("benchmeasured:query");

const LIMITS = /** @type {const} */ ({
  documentsRead: "documents read",
  documentsWritten: "documents written",
  databaseQueries: "index ranges read",
  bytesRead: "bytes read",
  bytesWritten: "bytes written",
});

/** @param {Metrics} metrics @returns {Cost} */
const costOf = (metrics) => ({
  documentsRead: metrics.documentsRead.used,
  documentsWritten: metrics.documentsWritten.used,
  ranges: metrics.databaseQueries.used,
  bytesRead: metrics.bytesRead.used,
  bytesWritten: metrics.bytesWritten.used,
});

/** The limit a transaction came closest to. @param {Metrics} metrics @returns {Closest} */
function closestLimit(metrics) {
  const shares = Object.entries(LIMITS).map(([name, limit]) => {
    const { used, remaining } = metrics[/** @type {keyof typeof LIMITS} */ (name)];
    return { limit, share: used / (used + remaining) };
  });
  return shares.reduce((most, one) => (one.share > most.share ? one : most));
}

/** Of each part the most. @param {Array<{cost: Cost, closest: Closest}>} samples */
function most(samples) {
  const [first, ...others] = samples;
  if (first === undefined) throw new Error("nothing was measured");
  return others.reduce((so, { cost, closest }) => {
    const parts = /** @type {Array<keyof Cost>} */ (Object.keys(cost));
    const merged = { ...so.cost };
    for (const part of parts) merged[part] = Math.max(merged[part], cost[part]);
    return { cost: merged, closest: closest.share > so.closest.share ? closest : so.closest };
  }, first);
}

/** @typedef {ReturnType<typeof most>} Costs */

/**
 * What each operation of the product reads and writes, of several people the most: `log` on a day its person had not
 * logged on, `again` a second one that day.
 * @param {import("../lib/embedded.mjs").Deployment} deployment @param {Loaded} loaded
 * @param {number[]} people numbers of those it is measured with, who have logged nothing on the measured day
 * @returns {Promise<Record<string, Costs>>}
 */
export async function measureCosts(deployment, loaded, people) {
  const connection = connect(deployment);
  const calls = callsOf(loaded);
  /** @type {Record<string, Array<{cost: Cost, closest: Closest}>>} */
  const found = {};
  /** @param {string} key @param {Metrics} metrics */
  const keep = (key, metrics) =>
    (found[key] ??= []).push({ cost: costOf(metrics), closest: closestLimit(metrics) });
  for (const person of people.slice(0, SAMPLES)) {
    const caller = connection.as(calls.userOf(person));
    /** @param {string} key @param {{fn: import("convex/server").FunctionReference<"query">, args: unknown}} call */
    const read = async (key, { fn, args }) => {
      const call = { name: getFunctionName(fn), args };
      keep(key, (await caller.query(measuredQuery, call)).metrics);
    };
    /** @param {string} key @param {{fn: import("convex/server").FunctionReference<"mutation">, args: unknown}} call */
    const write = async (key, { fn, args }) => {
      const call = { name: getFunctionName(fn), args };
      const { answer, metrics } = await caller.mutation(measuredMutation, call);
      keep(key, metrics);
      return answer.activityId ?? "";
    };
    await read("page", calls.page(0));
    await read("week", calls.week(0));
    await read("total", calls.total());
    await read("rank", calls.rank());
    await read("history", calls.history());
    await read("profile", calls.profile(person));
    const id = await write("log", calls.log(40));
    const second = await write("again", calls.log(41));
    await write("edit", calls.edit(second, 60));
    await write("remove", calls.remove(id));
  }
  return Object.fromEntries(Object.entries(found).map(([key, samples]) => [key, most(samples)]));
}
