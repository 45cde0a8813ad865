import { makeFunctionReference } from "convex/server";
import { connect } from "../../lib/client.mjs";
import { serverCpuMs } from "../processor-time.mjs";
import { dayAfter } from "../workload.mjs";

/** @param {string} name @returns {import("convex/server").FunctionReference<"query">} */
const queryOf = (name) => makeFunctionReference(`benchnaive:${name}`);

/**
 * Functions on the same deployment and the same rows that read all of them and add up. They have no answer of their own
 * for what the product answers from an index, so that is left out.
 * @param {import("../../lib/embedded.mjs").Deployment} deployment @param {import("../cells.mjs").Loaded} loaded
 * @param {string} weekStart first day of the measured week
 * @returns {Pick<import("../contender.mjs").Contender, "name" | "cpuMs" | "page" | "week" | "total" | "rank" | "settled" | "close">}
 */
export function naiveContender(deployment, { challengeId, userIds }, weekStart) {
  const { admin } = connect(deployment);
  const weekEnd = dayAfter(weekStart, 6);
  let nonce = 0;
  /** @param {string} name @param {object} args */
  const ask = async (name, args) =>
    await admin.query(queryOf(name), { challengeId, nonce: (nonce += 1), ...args });
  return {
    name: "Convex .collect()",
    cpuMs: () => serverCpuMs(deployment.child.pid),
    page: async () => await ask("board", { days: null }),
    week: async () => await ask("board", { days: { from: weekStart, to: weekEnd } }),
    total: async (person) => await ask("total", { userId: userIds[person] }),
    rank: async (person) => await ask("rank", { userId: userIds[person] }),
    settled: async () => {},
    close: async () => {},
  };
}
