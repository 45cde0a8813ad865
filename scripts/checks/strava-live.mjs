// The real backend on the embedded deployment against a made-up Strava, over HTTP: subscribe, connect, create, update,
// delete, a forged delete, a refused request, and the end of a connection.
import { api } from "@milepost/backend/api";
import { Checklist } from "../lib/checklist.mjs";
import { connect } from "../lib/client.mjs";
import { createCrowd } from "../lib/crowd.mjs";
import { Failure, runMain } from "../lib/failure.mjs";
import { connectAthlete, deliver as deliverTo, withStrava } from "../lib/strava-world.mjs";
import { pagesOf, verifyChallenge } from "../lib/verify.mjs";

const ATHLETE = "1001";
const PATIENCE_MS = 15_000;

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Waits until something is so; answers what was last seen.
 * @template T @param {() => Promise<T>} look @param {(seen: T) => boolean} isSo
 */
async function until(look, isSo) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (isSo(seen) || Date.now() > end) return seen;
    await pause(100);
  }
}

/** @param {string} today @param {number} id @param {number} distance */
const run = (today, id, distance) => ({
  id,
  sport_type: "Run",
  name: `Run ${id}`,
  start_date: `${today}T00:00:01Z`,
  start_date_local: `${today}T00:00:01Z`,
  distance,
  moving_time: 1500,
  elapsed_time: 1500,
});

/** @param {Checklist} list @param {import("../lib/strava-world.mjs").StravaWorld} world */
async function play(list, { deployment, fake }) {
  const connection = connect(deployment);
  const crowd = await createCrowd(connection, { people: 1, name: "Strava" });
  const { challengeId, today } = crowd;
  const [userId] = crowd.userIds;
  if (userId === undefined) throw new Failure("There is nobody to connect.");
  const person = connection.as(userId);
  list.that("the webhook is subscribed, with its handshake", fake.subscription !== null);

  const distances = async () => {
    const rows = await pagesOf((paginationOpts) =>
      person.query(api.queries.activities.history, { challengeId, paginationOpts }),
    );
    const live = rows.filter((row) => row.source === "strava" && row.deletedAt === undefined);
    return live.map(({ metrics }) => metrics.distance_m ?? 0).sort((a, b) => a - b);
  };
  /** @param {number[]} expected */
  const settled = async (expected) =>
    await until(distances, (seen) => JSON.stringify(seen) === JSON.stringify(expected));
  /** @param {string} id @param {"create" | "update" | "delete"} aspect @param {Record<string, string>} [updates] */
  const deliver = async (id, aspect, updates) =>
    await deliverTo(fake, fake.event(ATHLETE, id, aspect, updates));

  fake.put(ATHLETE, run(today, 1, 5_000));
  await connectAthlete(person, ATHLETE);
  list.equal("connecting brings the last weeks in", await settled([5_000]), [5_000]);

  fake.put(ATHLETE, run(today, 2, 7_000));
  list.equal("an event is answered 200", await deliver("2", "create"), 200);
  list.equal("a new activity counts", await settled([5_000, 7_000]), [5_000, 7_000]);
  fake.put(ATHLETE, run(today, 2, 8_000));
  await Promise.all([deliver("2", "update"), deliver("2", "update"), deliver("2", "update")]);
  list.equal("a change counts once", await settled([5_000, 8_000]), [5_000, 8_000]);
  await deliver("1", "delete");
  await deliver(ATHLETE, "update", { authorized: "false" });
  const inbox = async () =>
    await until(
      () => person.query(api.queries.strava.status, {}),
      ({ oldestWaitingAt }) => oldestWaitingAt === null,
    );
  const status = await inbox();
  list.that("forged ends are not believed", status.connection !== null, status);
  list.equal("and delete nothing", await distances(), [5_000, 8_000]);
  fake.remove(ATHLETE, "1");
  await deliver("1", "delete", { title: "again" });
  list.equal("a real delete takes the points away", await settled([8_000]), [8_000]);
  fake.fail("limit");
  fake.put(ATHLETE, run(today, 3, 9_000));
  await deliver("3", "create");
  const refused = await until(
    () => person.query(api.queries.strava.status, {}),
    ({ budget }) => budget?.quarter.left === 0,
  );
  list.equal("a 429 stops all requests of its window", refused.budget?.quarter.left, 0);
  await person.mutation(api.mutations.strava.disconnect, { points: "remove" });
  list.equal("disconnecting with `remove` takes all points", await settled([]), []);
  const ended = await until(
    () => person.query(api.queries.strava.status, {}),
    ({ lastDisconnection }) => lastDisconnection?.finishedAt !== null,
  );
  list.equal("and leaves a receipt", ended.lastDisconnection?.removed, 1);
  const { findings } = await verifyChallenge(connection, challengeId);
  list.equal("verify finds nothing wrong", findings, []);
}

await runMain(async () => {
  const list = new Checklist();
  await withStrava((world) => play(list, world));
  return list.finish();
});
