import { ConvexClient } from "convex/browser";
import { api } from "@milepost/backend/api";
import { connect } from "../lib/client.mjs";
import { ranksSettled } from "./cells.mjs";
import { HISTORY } from "./contender.mjs";
import { serverCpuMs } from "./processor-time.mjs";
import { dayAfter } from "./workload.mjs";

/** @typedef {import("./cells.mjs").Loaded} Loaded */

const METRES_PER_POINT = 100;

/**
 * What the doors of the product are given, for each thing that is measured.
 * @param {Loaded} loaded
 */
export function callsOf({ challengeId, activityTypeId, today, week, userIds }) {
  /** @param {number} person */
  const userOf = (person) => {
    const userId = userIds[person];
    if (userId === undefined) throw new Error(`there is no person ${person}`);
    return userId;
  };
  /** @param {number} points */
  const metrics = (points) => ({ distance_m: points * METRES_PER_POINT });
  const { activities, leaderboards, profiles } = api.queries;
  return {
    userOf,
    /** @param {number} points */
    log: (points) => ({
      fn: api.mutations.activities.log,
      args: { challengeId, activityTypeId, loggedDate: today, metrics: metrics(points) },
    }),
    /** @param {string} id @param {number} points */
    edit: (id, points) => ({
      fn: api.mutations.activities.edit,
      args: { activityId: activityIdOf(id), metrics: metrics(points) },
    }),
    /** @param {string} id */
    remove: (id) => ({
      fn: api.mutations.activities.remove,
      args: { activityId: activityIdOf(id) },
    }),
    // Answers are kept by what was asked; the day it is for the asker changes nothing of the work.
    /** @param {number} nonce */
    page: (nonce) => ({
      fn: leaderboards.page,
      args: { challengeId, today: dayAfter(today, nonce) },
    }),
    /** @param {number} nonce */
    week: (nonce) => ({
      fn: leaderboards.page,
      args: {
        challengeId,
        board: /** @type {const} */ ("week"),
        key: String(week),
        today: dayAfter(today, nonce),
      },
    }),
    total: () => ({ fn: leaderboards.ownRow, args: { challengeId, today } }),
    rank: () => ({ fn: leaderboards.standing, args: { challengeId, today } }),
    history: () => ({
      fn: activities.history,
      args: { challengeId, paginationOpts: { numItems: HISTORY, cursor: null } },
    }),
    /** @param {number} person */
    profile: (person) => ({
      fn: profiles.get,
      args: { challengeId, userId: userOf(person), today },
    }),
  };
}

/** @param {string} id */
const activityIdOf = (id) =>
  /** @type {import("convex/values").GenericId<"activities">} */ (/** @type {unknown} */ (id));

/**
 * The product on the embedded deployment, through its own clients.
 * @param {import("../lib/embedded.mjs").Deployment} deployment @param {Loaded} loaded
 * @returns {import("./contender.mjs").Contender}
 */
export function milepostContender(deployment, loaded) {
  const connection = connect(deployment);
  const calls = callsOf(loaded);
  /** @param {number} person */
  const as = (person) => connection.as(calls.userOf(person));
  /** @param {{page: Array<{totalPoints: number}>}} board */
  const totalsOf = ({ page }) => page.map(({ totalPoints }) => totalPoints);
  return {
    name: "Milepost",
    cpuMs: () => serverCpuMs(deployment.child.pid),
    async log(person, points) {
      const { fn, args } = calls.log(points);
      const { activityId: id } = await as(person).mutation(fn, args);
      return { id, person, points };
    },
    async edit({ id, person }, points) {
      const { fn, args } = calls.edit(id, points);
      await as(person).mutation(fn, args);
    },
    async remove({ id, person }) {
      const { fn, args } = calls.remove(id);
      await as(person).mutation(fn, args);
    },
    async page(nonce) {
      const { fn, args } = calls.page(nonce);
      return totalsOf(await connection.admin.query(fn, args));
    },
    async week(nonce) {
      const { fn, args } = calls.week(nonce);
      return totalsOf(await connection.admin.query(fn, args));
    },
    async total(person) {
      const { fn, args } = calls.total();
      return (await as(person).query(fn, args))?.totalPoints ?? 0;
    },
    async rank(person) {
      const { fn, args } = calls.rank();
      return (await as(person).query(fn, args)).rank ?? 0;
    },
    async history(person) {
      const { fn, args } = calls.history();
      return await as(person).query(fn, args);
    },
    async profile(person) {
      const { fn, args } = calls.profile(person);
      return await as(person).query(fn, args);
    },
    async watch(moved) {
      const client = new ConvexClient(deployment.url, { logger: false });
      const { fn, args } = calls.page(0);
      const first = new Promise((resolve) => {
        client.onUpdate(fn, args, (board) => {
          moved(totalsOf(board));
          resolve(null);
        });
      });
      await first;
      return async () => await client.close();
    },
    settled: async () => await ranksSettled(connection, loaded.challengeId),
    close: async () => {},
  };
}
