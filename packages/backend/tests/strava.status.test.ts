import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { refusalFrom, refusedUnchanged } from "./backend.setup";
import { type Member, standAtNoon } from "./ledger.setup";
import {
  connect,
  consent,
  counted,
  deliver,
  drained,
  later,
  newStravaScene,
  run,
  type StravaScene,
  tasks,
} from "./strava.setup";

/** What people see of their connection, and what they can ask for again. */

beforeEach(() => standAtNoon());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

const ATHLETE = "77";
const HOUR = 60 * 60_000;
const paginationOpts = { numItems: 50, cursor: null };

const statusOf = async ({ as }: Member) => await as.query(api.queries.strava.status, {});
const skippedOf = async ({ as }: Member) =>
  (await as.query(api.queries.strava.skipped, { paginationOpts })).page;

async function platformAdmin({ t }: StravaScene) {
  const email = "chief@example.org";
  const wish = { displayName: "Chief", email };
  const { userId } = await t.mutation(internal.mutations.admin.createPerson, wish);
  await t.mutation(internal.mutations.admin.makePlatformAdmin, { email });
  return t.withIdentity({ subject: `${userId}|s` });
}

/** Lets work fail until it is given up. */
async function giveUp({ t }: StravaScene): Promise<void> {
  for (let hour = 0; hour < 9; hour++) await later(t, HOUR);
}

test("a connection is told from none, and from one that was taken back at Strava", async () => {
  const scene = await newStravaScene();
  expect((await statusOf(scene.ada)).state).toBe("notConnected");
  await connect(scene, scene.ada, ATHLETE);
  const connected = await statusOf(scene.ada);
  expect(connected).toMatchObject({ state: "connected", connection: { athleteId: ATHLETE } });
  expect((await statusOf(scene.bob)).connection).toBeNull();
  scene.fake.revoke(ATHLETE);
  await deliver(scene, scene.fake.event(ATHLETE, ATHLETE, "update", { authorized: "false" }));
  await drained(scene.t);
  const revoked = await statusOf(scene.ada);
  expect(revoked).toMatchObject({ state: "revoked", lastDisconnection: { cause: "revoked" } });
  await connect(scene, scene.ada, ATHLETE);
  expect((await statusOf(scene.ada)).state).toBe("connected");
  await scene.ada.as.mutation(api.mutations.strava.disconnect, { points: "keep" });
  await drained(scene.t);
  const asked = await statusOf(scene.ada);
  expect(asked).toMatchObject({ state: "notConnected", lastDisconnection: { cause: "asked" } });
});

test("a connection whose tokens Strava refuses asks to be made anew", async () => {
  const scene = await newStravaScene();
  await connect(scene, scene.ada, ATHLETE);
  vi.stubEnv("STRAVA_CLIENT_SECRET", "another secret");
  await later(scene.t, 7 * HOUR);
  scene.fake.put(ATHLETE, run(1));
  await deliver(scene, scene.fake.event(ATHLETE, "1", "create"));
  await drained(scene.t);
  expect((await statusOf(scene.ada)).state).toBe("connected");
  await giveUp(scene);
  expect(await statusOf(scene.ada)).toMatchObject({ state: "needsReconnect", failed: 1 });
  vi.stubEnv("STRAVA_CLIENT_SECRET", "client secret");
  const ticket = (await consent(scene, scene.ada.as, ATHLETE)).searchParams.get("ticket") ?? "";
  await scene.ada.as.mutation(api.mutations.strava.confirmConnect, { ticket });
  expect((await statusOf(scene.ada)).state).toBe("connected");
  await drained(scene.t);
  expect(await counted(scene, scene.ada)).toEqual([["1", 50]]);
});

test("a night's list that works ends it as well", async () => {
  const scene = await newStravaScene();
  await connect(scene, scene.ada, ATHLETE);
  await scene.t.run(async (ctx) => {
    const connection = await ctx.db.query("stravaConnections").first();
    if (connection) await ctx.db.patch("stravaConnections", connection._id, { brokenAt: 1 });
  });
  expect((await statusOf(scene.ada)).state).toBe("needsReconnect");
  await scene.t.mutation(internal.mutations.stravaWebhook.reconcile, { after: 0 });
  await drained(scene.t);
  expect((await statusOf(scene.ada)).state).toBe("connected");
});

test("work that was given up is shown to its person alone, who tries it again", async () => {
  const scene = await newStravaScene();
  await connect(scene, scene.ada, ATHLETE);
  await connect(scene, scene.bob, "88");
  scene.fake.put(ATHLETE, run(1));
  scene.fake.fail("server", 8);
  await deliver(scene, scene.fake.event(ATHLETE, "1", "create"));
  await drained(scene.t);
  await giveUp(scene);
  const workOf = async ({ as }: Member) =>
    (await as.query(api.queries.strava.work, { status: "dead", paginationOpts })).page;
  const [dead] = await workOf(scene.ada);
  expect(dead).toMatchObject({ kind: "activity", externalId: "1", error: "SERVER_ERROR" });
  expect(await workOf(scene.bob)).toEqual([]);
  expect(await workOf(scene.admin)).toEqual([]);
  if (dead === undefined) throw new Error("nothing failed");
  const { taskId } = dead;
  const { retryWork } = api.mutations.strava;
  const byBob = () => scene.bob.as.mutation(retryWork, { taskId });
  expect(await refusedUnchanged(scene.t, "NOT_FOUND", byBob)).toMatchObject({ what: "stravaTask" });
  await scene.ada.as.mutation(retryWork, { taskId });
  const twice = () => scene.ada.as.mutation(retryWork, { taskId });
  await refusedUnchanged(scene.t, "NOT_FOUND", twice);
  await drained(scene.t);
  expect(await counted(scene, scene.ada)).toEqual([["1", 50]]);
  expect((await statusOf(scene.ada)).failed).toBe(0);
});

test("what did not count is fetched again when its person asks, and counts once", async () => {
  const scene = await newStravaScene({ backdateDays: 0 });
  const { challengeId } = scene;
  scene.fake.put(ATHLETE, run(1));
  await connect(scene, scene.ada, ATHLETE);
  await connect(scene, scene.bob, "88");
  const [skip] = await skippedOf(scene.ada);
  expect(skip).toMatchObject({ externalId: "1", reason: "OUTSIDE_CHALLENGE_DATES" });
  expect(await skippedOf(scene.bob)).toEqual([]);
  if (skip === undefined) throw new Error("it counted");
  const { skipId } = skip;
  const { retry } = api.mutations.strava;
  for (const somebody of [scene.bob, scene.admin]) {
    const asked = () => somebody.as.mutation(retry, { skipId });
    await refusedUnchanged(scene.t, "NOT_FOUND", asked);
  }
  await scene.admin.as.mutation(api.mutations.challenges.update, { challengeId, backdateDays: 7 });
  const before = (await tasks(scene.t)).length;
  for (let times = 0; times < 3; times += 1) await scene.ada.as.mutation(retry, { skipId });
  expect((await tasks(scene.t)).length).toBe(before + 1);
  await drained(scene.t);
  expect(await counted(scene, scene.ada)).toEqual([["1", 50]]);
  expect(await skippedOf(scene.ada)).toEqual([]);
});

test("who asks too often is told when to come back, and nothing is asked for", async () => {
  const scene = await newStravaScene({ backdateDays: 0 });
  scene.fake.put(ATHLETE, run(1));
  await connect(scene, scene.ada, ATHLETE);
  const [skip] = await skippedOf(scene.ada);
  if (skip === undefined) throw new Error("it counted");
  const ask = () => scene.ada.as.mutation(api.mutations.strava.retry, { skipId: skip.skipId });
  for (let times = 0; times < 30; times += 1) await ask();
  await refusedUnchanged(scene.t, "RATE_LIMITED", ask);
});

test("sports that wait are listed page by page, without those that were decided", async () => {
  const scene = await newStravaScene();
  const { challengeId, admin } = scene;
  const labels = Array.from({ length: 23 }, (_, at) => `Sport${String.fromCharCode(65 + at)}`);
  for (const [at, sport_type] of labels.entries())
    scene.fake.put(ATHLETE, run(at + 1, { sport_type }));
  await connect(scene, scene.ada, ATHLETE);
  const { setMapping } = api.mutations.imports;
  await admin.as.mutation(setMapping, { challengeId, label: "SportB", activityTypeId: null });
  const { unmapped } = api.queries.strava;
  const first = await admin.as.query(unmapped, { challengeId });
  expect(first.continueAfter).toBe("SportT");
  const after = first.continueAfter ?? "";
  const second = await admin.as.query(unmapped, { challengeId, after });
  expect(second.continueAfter).toBeNull();
  const listed = [...first.sports, ...second.sports];
  expect(listed.map(({ sport }) => sport)).toEqual(labels.filter((label) => label !== "SportB"));
  expect(new Set(listed.map(({ waiting }) => waiting))).toEqual(new Set([1]));
});

test("admins of the platform see the limits, the work and nothing of anybody", async () => {
  const scene = await newStravaScene();
  const chief = await platformAdmin(scene);
  const { overview } = api.queries.stravaOperations;
  const before = await chief.query(overview, {});
  expect(before).toMatchObject({ missing: [], isSubscribed: true, budget: null, unconfirmed: 0 });
  await connect(scene, scene.ada, ATHLETE);
  scene.fake.put(ATHLETE, run(1));
  scene.fake.fail("server");
  await deliver(scene, scene.fake.event(ATHLETE, "1", "create"));
  await drained(scene.t, 5_000);
  const after = await chief.query(overview, {});
  expect(after.budget?.readDay).toMatchObject({ limit: 1000, used: 2 });
  expect(after.work).toContainEqual({ status: "waiting", count: 1 });
  expect(JSON.stringify(after)).not.toContain(ATHLETE);
  const byAda = refusalFrom(scene.ada.as.query(overview, {}));
  expect(await byAda).toEqual({ code: "NOT_PLATFORM_ADMIN" });
});
