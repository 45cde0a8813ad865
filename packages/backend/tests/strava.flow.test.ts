import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import { accountOf, standAtNoon } from "./ledger.setup";
import {
  connect,
  counted,
  deliver,
  drained,
  events,
  later,
  newStravaScene,
  run,
  stravaRows,
  tasks,
} from "./strava.setup";

/** What the webhook says, what Strava says, and what is counted. */

beforeEach(() => standAtNoon());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

const ATHLETE = "77";

test("a connection brings the last two weeks in", async () => {
  const scene = await newStravaScene();
  scene.fake.put(ATHLETE, run(1));
  scene.fake.put(ATHLETE, run(2, { distance: 3210 }));
  await connect(scene, scene.ada, ATHLETE);
  expect(await counted(scene, scene.ada)).toEqual([
    ["1", 50],
    ["2", 32],
  ]);
});

test("A1 an event delivered three times, twice at once, is one row, one activity and one change", async () => {
  const scene = await newStravaScene();
  await connect(scene, scene.ada, ATHLETE);
  scene.fake.put(ATHLETE, run(1));
  const event = scene.fake.event(ATHLETE, "1", "create");
  const answers = await Promise.all([deliver(scene, event), deliver(scene, event)]);
  await drained(scene.t);
  answers.push(await deliver(scene, event));
  await drained(scene.t);
  expect(answers).toEqual([200, 200, 200]);
  expect(await events(scene.t)).toMatchObject([{ deliveries: 3 }]);
  expect(await counted(scene, scene.ada)).toEqual([["1", 50]]);
  const { events: ledger } = await accountOf(scene, scene.ada);
  expect(ledger.filter(({ actor }) => actor.kind === "strava")).toHaveLength(2);
  expect(scene.fake.counts.reads).toBe(2);
});

test("A2 an update before its create, and a create after it, end with Strava's state", async () => {
  const scene = await newStravaScene();
  await connect(scene, scene.ada, ATHLETE);
  scene.fake.put(ATHLETE, run(1, { distance: 8000 }));
  await deliver(scene, scene.fake.event(ATHLETE, "1", "update", { title: "Longer" }));
  await drained(scene.t);
  await deliver(scene, scene.fake.event(ATHLETE, "1", "create"));
  await drained(scene.t);
  expect(await counted(scene, scene.ada)).toEqual([["1", 80]]);
});

test("A3 a delete before a late create leaves nothing", async () => {
  const scene = await newStravaScene();
  await connect(scene, scene.ada, ATHLETE);
  await deliver(scene, scene.fake.event(ATHLETE, "1", "delete"));
  await drained(scene.t);
  await deliver(scene, scene.fake.event(ATHLETE, "1", "create"));
  await drained(scene.t);
  expect(await stravaRows(scene, scene.ada)).toEqual([]);
  expect((await tasks(scene.t)).find(({ objectId }) => objectId === "1")).toMatchObject({
    status: "done",
    outcome: "gone",
  });
});

test("A4 an activity that went and came back counts once, with its points of now", async () => {
  const scene = await newStravaScene();
  scene.fake.put(ATHLETE, run(1));
  await connect(scene, scene.ada, ATHLETE);
  scene.fake.remove(ATHLETE, "1");
  await deliver(scene, scene.fake.event(ATHLETE, "1", "delete"));
  await drained(scene.t);
  expect(await counted(scene, scene.ada)).toEqual([]);
  scene.fake.put(ATHLETE, run(1, { distance: 6000 }));
  await deliver(scene, scene.fake.event(ATHLETE, "1", "create"));
  await drained(scene.t);
  expect(await counted(scene, scene.ada)).toEqual([["1", 60]]);
  const { standing, events: ledger, rows } = await accountOf(scene, scene.ada);
  const [row] = rows.filter(({ source }) => source === "strava");
  const net = ledger
    .filter(({ activityId }) => activityId === row?._id)
    .reduce((sum, { pointsBefore, pointsAfter }) => sum + pointsAfter - pointsBefore, 0);
  expect(net).toBe(60);
  expect(standing.activityCount).toBe(1);
});

test("A4 what its person removed here stays removed whatever Strava says", async () => {
  const scene = await newStravaScene();
  scene.fake.put(ATHLETE, run(1));
  await connect(scene, scene.ada, ATHLETE);
  const [row] = await stravaRows(scene, scene.ada);
  if (row === undefined) throw new Error("no row");
  await scene.ada.as.mutation(api.mutations.activities.remove, { activityId: row._id });
  await deliver(scene, scene.fake.event(ATHLETE, "1", "update"));
  await drained(scene.t);
  expect(await counted(scene, scene.ada)).toEqual([]);
});

test("A5 a forged delete and a forged deauthorize change nothing and are counted", async () => {
  const scene = await newStravaScene();
  scene.fake.put(ATHLETE, run(1));
  await connect(scene, scene.ada, ATHLETE);
  const before = await accountOf(scene, scene.ada);
  await deliver(scene, scene.fake.event(ATHLETE, "1", "delete"));
  await deliver(scene, scene.fake.event(ATHLETE, ATHLETE, "update", { authorized: "false" }));
  await drained(scene.t);
  expect(await accountOf(scene, scene.ada)).toEqual(before);
  const { connection } = await scene.ada.as.query(api.queries.strava.status, {});
  expect(connection).not.toBeNull();
  const budget = await scene.t.run(async (ctx) => await ctx.db.query("stravaBudgets").first());
  expect(budget?.unconfirmed).toBe(1);
});

test("a confirmed deauthorize ends the connection and erases what Strava told", async () => {
  const scene = await newStravaScene();
  scene.fake.put(ATHLETE, run(1));
  await connect(scene, scene.ada, ATHLETE);
  scene.fake.revoke(ATHLETE);
  await deliver(scene, scene.fake.event(ATHLETE, ATHLETE, "update", { authorized: "false" }));
  await drained(scene.t);
  const { connection, lastDisconnection } = await scene.ada.as.query(api.queries.strava.status, {});
  expect(connection).toBeNull();
  expect(lastDisconnection).toMatchObject({ points: "keep", erased: 1, removed: 0 });
  expect(lastDisconnection?.finishedAt).not.toBeNull();
  const [row] = await stravaRows(scene, scene.ada);
  expect(row?.pointsEarned).toBe(50);
  expect(row?.title).toBeUndefined();
});

test("A6 an event of one athlete about another's activity changes nothing of either", async () => {
  const scene = await newStravaScene();
  scene.fake.put("88", run(1));
  await connect(scene, scene.ada, ATHLETE);
  await connect(scene, scene.bob, "88");
  await deliver(scene, scene.fake.event(ATHLETE, "1", "create"));
  await drained(scene.t);
  // And where Strava would show somebody else's public activity.
  scene.fake.activitiesOf(ATHLETE).set("1", { ...run(1), athlete: { id: 88, resource_state: 1 } });
  await deliver(scene, scene.fake.event(ATHLETE, "1", "update", { title: "x" }));
  await drained(scene.t);
  expect(await counted(scene, scene.ada)).toEqual([]);
  expect(await counted(scene, scene.bob)).toEqual([["1", 50]]);
});

test("A11 failures back off and end with a dead task that an admin replays", async () => {
  const scene = await newStravaScene();
  await connect(scene, scene.ada, ATHLETE);
  scene.fake.put(ATHLETE, run(1));
  for (const fault of ["server", "timeout", "truncated"] as const) scene.fake.fail(fault);
  await deliver(scene, scene.fake.event(ATHLETE, "1", "create"));
  await drained(scene.t);
  for (let hour = 0; hour < 4; hour++) await later(scene.t, 60 * 60_000);
  expect(await counted(scene, scene.ada)).toEqual([["1", 50]]);
  scene.fake.put(ATHLETE, run(2));
  scene.fake.fail("server", 8);
  await deliver(scene, scene.fake.event(ATHLETE, "2", "create"));
  await drained(scene.t);
  for (let hour = 0; hour < 12; hour++) await later(scene.t, 60 * 60_000);
  const [dead] = (await tasks(scene.t)).filter(({ status }) => status === "dead");
  if (dead === undefined) throw new Error("no dead task");
  expect(dead).toMatchObject({ objectId: "2", error: "SERVER_ERROR", attempts: 8 });
});
