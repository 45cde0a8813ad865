import { api, internal } from "@milepost/backend/api";
import { inParallel } from "./client.mjs";

/** Calls in flight while a crowd is made. */
const WIDTH = 8;
const DAY_MS = 86_400_000;

/**
 * People of one challenge, for checks and measurements under load.
 * @typedef {object} Crowd
 * @property {import("convex/values").GenericId<"challenges">} challengeId
 * @property {import("convex/values").GenericId<"activityTypes">} activityTypeId a run, by distance
 * @property {string} organiserId
 * @property {Array<import("convex/values").GenericId<"users">>} userIds the organiser is not among them
 * @property {string} today
 */

/** @param {number} days after today */
export const dayFromToday = (days) =>
  new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

/**
 * Makes a public challenge, six weeks around today, with made-up people in it.
 * @param {ReturnType<typeof import("./client.mjs").connect>} connection
 * @param {{people: number, name: string}} options
 * @returns {Promise<Crowd>}
 */
export async function createCrowd(connection, { people, name }) {
  const createPerson = internal.mutations.admin.createPerson;
  const organiser = await connection.admin.mutation(createPerson, { displayName: "Organiser" });
  const caller = connection.as(organiser.userId);
  const { challengeId } = await caller.mutation(api.mutations.challenges.create, {
    name,
    startsOn: dayFromToday(-28),
    endsOn: dayFromToday(13),
    timezone: "UTC",
    visibility: "public",
    backdateDays: 42,
    starterTypes: ["run"],
  });
  const [type] = await caller.query(api.queries.activityTypes.list, { challengeId });
  if (type === undefined) throw new Error("the challenge has no activity type");
  const numbers = Array.from({ length: people }, (_, index) => index + 1);
  const userIds = await inParallel(numbers, WIDTH, async (number) => {
    const displayName = `Person ${number}`;
    const { userId } = await connection.admin.mutation(createPerson, { displayName });
    await connection.as(userId).mutation(api.mutations.challenges.join, { challengeId });
    return userId;
  });
  const { activityTypeId } = type;
  return {
    challengeId,
    activityTypeId,
    organiserId: organiser.userId,
    userIds,
    today: dayFromToday(0),
  };
}

/**
 * Adds activities until everybody has `perPerson`, by everybody's own archive imports.
 * @param {ReturnType<typeof import("./client.mjs").connect>} connection @param {Crowd} crowd @param {{from: number, to: number}} perPerson
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
 * A log of a run on a day.
 * @param {Pick<Crowd, "challengeId" | "activityTypeId">} crowd @param {number} index @param {string} day
 */
export function logCall({ challengeId, activityTypeId }, index, day) {
  return { challengeId, activityTypeId, loggedDate: day, metrics: { distance_m: 4_000 + index } };
}
