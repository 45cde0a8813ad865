// A storm of webhook deliveries against the real backend on the embedded deployment: duplicates, disorder, forgeries and
// losses, while athletes go on, rate limits fill up and days pass. What counts in the end is compared with what Strava
// has, by arithmetic that shares nothing with the backend.
import { api, internal } from "@milepost/backend/api";
import { planStorm } from "../fake-strava/storm.mjs";
import { Checklist } from "../lib/checklist.mjs";
import { connect, inParallel } from "../lib/client.mjs";
import { createCrowd, dayFromToday } from "../lib/crowd.mjs";
import { Failure, runMain } from "../lib/failure.mjs";
import { readOptions } from "../lib/options.mjs";
import { connectAthlete, deliver, withStrava } from "../lib/strava-world.mjs";
import { pagesOf, verifyChallenge } from "../lib/verify.mjs";

/** @typedef {import("../lib/strava-world.mjs").StravaWorld} StravaWorld */
/** @typedef {ReturnType<typeof connect>} Connection */
/** @typedef {import("../lib/client.mjs").Caller} Caller */

const USAGE = "node scripts/checks/strava-storm.mjs [options]";
const OPTIONS = /** @type {const} */ ({
  events: { type: "string", value: "COUNT", default: "1000", help: "things athletes do" },
  seed: { type: "string", value: "NUMBER", default: "20260610", help: "for the same storm again" },
});
/** The higher of the limits Strava publishes. */
const LIMITS = { readQuarter: 200, readDay: 2_000, quarter: 400, day: 4_000 };
const QUARTER_MS = 15 * 60_000;
/** Behind the end of a window, so that all work that waits for it has begun to wait no more. */
const INTO_QUARTER_MS = 21_000;
/** Events between two quarter hours: more than can be read in one, so that work piles up; small storms have four waves. */
const waveOf = (/** @type {number} */ events) => Math.min(500, Math.ceil(events / 4));
/** Deliveries under way at once. */
const WIDTH = 8;
/** Of a delivery that is not answered. */
const ATTEMPTS = 3;
const EVENTS_PER_ATHLETE = 100;
const OPEN = /** @type {const} */ (["received", "waiting", "processing"]);

const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * People in a challenge, each connected to an athlete.
 * @param {Connection} connection @param {number} people
 */
async function connectEverybody(connection, people) {
  const crowd = await createCrowd(connection, { people, name: "Storm" });
  const { challengeId, activityTypeId } = crowd;
  const scoring = /** @type {const} */ ({
    kind: "perUnit",
    metric: "distance_m",
    unit: "km",
    pointsPerUnit: 10,
  });
  const organiser = connection.as(crowd.organiserId);
  await organiser.mutation(api.mutations.activityTypes.update, { activityTypeId, scoring });
  const athletes = crowd.userIds.map((userId, index) => ({
    userId,
    athleteId: `${7_000 + index}`,
  }));
  for (const { userId, athleteId } of athletes)
    await connectAthlete(connection.as(userId), athleteId);
  return { challengeId, athletes };
}

/** Somebody who may look into the inbox. @param {Connection} connection */
async function platformAdmin(connection) {
  const email = "admin@storm.test";
  const { createPerson, makePlatformAdmin } = internal.mutations.admin;
  await connection.admin.mutation(createPerson, { displayName: "Admin", email });
  const { userId } = await connection.admin.mutation(makePlatformAdmin, { email });
  return connection.as(userId);
}

/** How many tasks are in a state, 100 at most. @param {Caller} admin @param {(typeof OPEN)[number] | "dead"} status */
async function countTasks(admin, status) {
  const paginationOpts = { numItems: 100, cursor: null };
  const { page } = await admin.query(api.queries.strava.inbox, { status, paginationOpts });
  return page.length;
}

/**
 * Waits until nothing moves: no worker is on its way, and no request went out for a while.
 * @param {StravaWorld} world @param {Caller} admin
 */
async function quiet({ fake }, admin) {
  for (let still = 0, before = -1; still < 3;) {
    await pause(100);
    const isStill = fake.counts.reads === before && (await countTasks(admin, "processing")) === 0;
    still = isStill ? still + 1 : 0;
    before = fake.counts.reads;
  }
}

/** Lets time pass to the next window of the rate limits, and all work be done that it allows. @param {StravaWorld} world @param {Caller} admin */
async function nextQuarter(world, admin) {
  await quiet(world, admin);
  await world.pass(QUARTER_MS - (world.now() % QUARTER_MS) + INTO_QUARTER_MS);
  await quiet(world, admin);
}

/**
 * Lets time pass until no work is left; answers how many quarter hours that took.
 * @param {StravaWorld} world @param {Caller} admin @param {number} most
 */
async function settle(world, admin, most) {
  await quiet(world, admin);
  for (let quarters = 0; quarters <= most; quarters++) {
    const open = await Promise.all(OPEN.map((status) => countTasks(admin, status)));
    if (open.every((count) => count === 0)) return quarters;
    await nextQuarter(world, admin);
  }
  throw new Failure("The storm does not end.");
}

/**
 * Sends deliveries, each again as long as it is turned away, and up to three times when nobody answers, as Strava does;
 * answers the statuses seen.
 * @param {StravaWorld} world @param {unknown[]} deliveries
 */
async function send({ fake }, deliveries) {
  /** @type {Set<number>} */
  const statuses = new Set();
  await inParallel(deliveries, WIDTH, async (event) => {
    for (let status = 429, attempt = 1; status === 429; statuses.add(status)) {
      status = await deliver(fake, event).catch((error) => {
        if (attempt++ === ATTEMPTS) throw error;
        return 429;
      });
      if (status === 429) await pause(200);
    }
  });
  return statuses;
}

/**
 * What Strava has, as rows of 10 points a kilometre: half a point up, and what nobody mapped not at all.
 * @param {StravaWorld} world @param {string} athleteId
 */
const expectedOf = ({ fake }, athleteId) =>
  [...fake.activitiesOf(athleteId).values()]
    .filter(({ sport_type }) => sport_type === "Run")
    .map(({ start_date, distance = 0 }) =>
      rowText(start_date, distance, Math.floor(distance / 100 + 0.5)),
    )
    .sort();

const rowText = (
  /** @type {string} */ date,
  /** @type {number} */ distance,
  /** @type {number} */ points,
) => `${date.slice(0, 10)} ${distance} m ${points} points`;

/**
 * The live rows of Strava a person has, as their own history shows them.
 * @param {Caller} person @param {import("convex/values").GenericId<"challenges">} challengeId
 */
async function countedOf(person, challengeId) {
  const rows = await pagesOf((paginationOpts) =>
    person.query(api.queries.activities.history, { challengeId, paginationOpts }),
  );
  return rows
    .filter(({ source, deletedAt }) => source === "strava" && deletedAt === undefined)
    .map((row) => rowText(row.loggedDate ?? "", row.metrics.distance_m ?? 0, row.pointsEarned))
    .sort();
}

/**
 * Lets athletes do things in waves, with a quarter hour after each; answers what there was of everything, and the
 * statuses seen.
 * @param {StravaWorld} world @param {Caller} admin
 * @param {{events: number, seed: number, athleteIds: string[]}} options
 */
async function rage(world, admin, { events, seed, athleteIds }) {
  const days = [-6, -5, -4, -3, -2, -1].map(dayFromToday);
  const size = waveOf(events);
  /** @type {Record<string, number>} */
  const counts = {};
  /** @type {Set<number>} */
  const statuses = new Set();
  for (let before = 0; before < events; before += size) {
    const options = { seed, athleteIds, days, before };
    const plan = planStorm(world.fake, { ...options, events: Math.min(size, events - before) });
    const wave = { ...plan.counts, deliveries: plan.deliveries.length };
    for (const [name, count] of Object.entries(wave)) counts[name] = (counts[name] ?? 0) + count;
    for (const status of await send(world, plan.deliveries)) statuses.add(status);
    await nextQuarter(world, admin);
  }
  return { counts, statuses };
}

/** @param {StravaWorld} world @param {Checklist} list @param {{events: number, seed: number}} size */
async function storm(world, list, { events, seed }) {
  const { deployment, fake } = world;
  const connection = connect(deployment);
  const admin = await platformAdmin(connection);
  const people = Math.max(10, Math.ceil(events / EVENTS_PER_ATHLETE));
  const { challengeId, athletes } = await connectEverybody(connection, people);
  await settle(world, admin, events);

  const athleteIds = athletes.map(({ athleteId }) => athleteId);
  const { counts, statuses } = await rage(world, admin, { events, seed, athleteIds });
  const quarters = await settle(world, admin, events);
  // What was lost is found by the night's lists.
  await connection.admin.mutation(internal.mutations.stravaWebhook.reconcile, { after: 0 });
  const quartersOfLists = await settle(world, admin, events);
  console.log(JSON.stringify({ seed, ...counts, ...fake.counts, quarters, quartersOfLists }));

  let live = 0;
  for (const { userId, athleteId } of athletes) {
    const person = connection.as(userId);
    const counted = await countedOf(person, challengeId);
    live += counted.length;
    list.equal(`athlete ${athleteId}: as Strava has it`, counted, expectedOf(world, athleteId));
    const { connection: kept } = await person.query(api.queries.strava.status, {});
    if (kept === null) list.that(`athlete ${athleteId} is still connected`, false);
  }
  list.that(`${live} activities count`, live > 0);
  statuses.delete(429);
  list.equal("every delivery was answered 200 in the end", [...statuses], [200]);
  list.equal("no request went over a limit", fake.counts.refused, 0);
  const { mostInQuarter, mostInDay } = fake.counts;
  list.that("no quarter hour had more reads than allowed", mostInQuarter <= LIMITS.readQuarter);
  list.that("no day had more reads than allowed", mostInDay <= LIMITS.readDay);
  list.equal("no work was given up", await countTasks(admin, "dead"), 0);
  const { checked, findings } = await verifyChallenge(connection, challengeId);
  list.equal(`verify finds nothing wrong with ${checked} people`, findings, []);
}

await runMain(async () => {
  const options = readOptions(USAGE, OPTIONS, process.argv.slice(2));
  if (options === null) return 0;
  const size = { events: Number(options.events), seed: Number(options.seed) };
  if (!(size.events > 0) || !Number.isSafeInteger(size.seed))
    throw new Failure("--events and --seed are whole numbers.");
  const list = new Checklist();
  await withStrava((world) => storm(world, list, size), { hasMovableClock: true, limits: LIMITS });
  return list.finish();
});
