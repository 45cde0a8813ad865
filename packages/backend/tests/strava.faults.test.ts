import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { newChallenge, refusalFrom, snapshotTables } from "./backend.setup";
import { accountOf, log, standAtNoon, TODAY, TYPES } from "./ledger.setup";
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

/** What goes wrong between Strava and a challenge. */

beforeEach(() => standAtNoon());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const ATHLETE = "77";
const HOUR = 60 * 60_000;

test("the handshake answers who knows the token, under the secret path only", async () => {
  const { t, hookPath } = await newStravaScene();
  const ask = (path: string, token: string) =>
    t.fetch(`${path}?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=abc`);
  const answer = await ask(hookPath, "verify%20me");
  expect([answer.status, await answer.json()]).toEqual([200, { "hub.challenge": "abc" }]);
  expect((await ask(hookPath, "wrong")).status).toBe(403);
  expect((await ask("/strava/webhook/AAAA", "verify%20me")).status).toBe(404);
});

test("A7 what is not for us is dropped, and asks for no work", async () => {
  const scene = await newStravaScene();
  await connect(scene, scene.ada, ATHLETE);
  const before = await tasks(scene.t);
  const good = scene.fake.event(ATHLETE, "1", "create");
  const dropped = [
    { ...good, subscription_id: 1 },
    { ...good, aspect_type: "explode" },
    { ...good, object_type: "segment" },
    { ...good, owner_id: 424_242 },
    { ...good, extra: true },
    { ...good, object_id: -1 },
    "{",
    "[]",
    " ".repeat(5_000_000),
  ];
  for (const event of dropped) expect(await deliver(scene, event)).toBe(200);
  const elsewhere = { ...scene, hookPath: "/strava/webhook/AAAA" };
  expect(await deliver(elsewhere, good)).toBe(404);
  await drained(scene.t);
  expect(await tasks(scene.t)).toEqual(before);
  const kept = await events(scene.t);
  expect(kept.filter(({ rejected }) => rejected === undefined)).toEqual([]);
  expect(new Set(kept.map(({ rejected }) => rejected))).toEqual(
    new Set(["wrongSubscription", "badShape", "notForUs", "unknownAthlete", "notJson", "tooLong"]),
  );
});

test("A7 numeric strings are read like numbers", async () => {
  const scene = await newStravaScene();
  await connect(scene, scene.ada, ATHLETE);
  scene.fake.put(ATHLETE, run(1));
  const event = scene.fake.event(ATHLETE, "1", "create");
  const texts = {
    object_id: "1",
    owner_id: ATHLETE,
    subscription_id: String(event.subscription_id),
  };
  await deliver(scene, { ...event, ...texts });
  await deliver(scene, event);
  await drained(scene.t);
  expect(await events(scene.t)).toMatchObject([{ deliveries: 2 }]);
  expect(await counted(scene, scene.ada)).toEqual([["1", 50]]);
});

test("A7 a flood is turned away with 429 beyond 100 a second, and does not close the door for long", async () => {
  const scene = await newStravaScene();
  await connect(scene, scene.ada, ATHLETE);
  scene.fake.put(ATHLETE, run(1));
  const event = scene.fake.event(ATHLETE, "1", "create");
  const elsewhere = { ...scene, hookPath: "/strava/webhook/AAAA" };
  for (let count = 0; count < 300; count++) expect(await deliver(elsewhere, event)).toBe(404);
  const answers: number[] = [];
  for (let count = 0; count < 150; count++) answers.push(await deliver(scene, event));
  const taken = answers.filter((status) => status === 200).length;
  expect(new Set(answers)).toEqual(new Set([200, 429]));
  expect(taken).toBeLessThanOrEqual(100);
  expect(taken).toBeGreaterThan(50);
  expect(await events(scene.t)).toMatchObject([{ deliveries: taken }]);
  vi.setSystemTime(Date.now() + 1_000);
  expect(await deliver(scene, event)).toBe(200);
});

test("A8 an event that cannot be stored is answered 500 and leaves nothing", async () => {
  const scene = await newStravaScene();
  await connect(scene, scene.ada, ATHLETE);
  // Scheduling fails, after the event was inserted.
  const before = await snapshotTables(scene.t);
  const scheduling = vi.spyOn(globalThis, "setTimeout").mockImplementation(() => {
    throw new Error("nothing can be scheduled");
  });
  const body = `{"aspect_type":"create","event_time":1,"object_id":1,"object_type":"activity","owner_id":${ATHLETE},"subscription_id":${scene.fake.subscription?.id}}`;
  expect(await deliver(scene, body)).toBe(500);
  expect(scheduling).toHaveBeenCalled();
  scheduling.mockRestore();
  expect(await snapshotTables(scene.t)).toEqual(before);
  expect(await deliver(scene, body)).toBe(200);
});

test("A9 A10 work whose worker was lost is given to another, and takes effect once", async () => {
  const scene = await newStravaScene();
  await connect(scene, scene.ada, ATHLETE);
  scene.fake.put(ATHLETE, run(1));
  const handle = scene.fake.handle.bind(scene.fake);
  const lost = vi.spyOn(scene.fake, "handle").mockImplementationOnce(async (request) => {
    await handle(request);
    // The process dies here: fetched, nothing written, never heard of again.
    return await new Promise(() => {});
  });
  await deliver(scene, scene.fake.event(ATHLETE, "1", "create"));
  for (let step = 0; step < 20; step++) {
    vi.advanceTimersByTime(250);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const stuck = (await tasks(scene.t)).find(({ objectId }) => objectId === "1");
  expect(stuck?.status).toBe("processing");
  lost.mockRestore();
  vi.setSystemTime(Date.now() + 6 * 60_000);
  await scene.t.mutation(internal.mutations.stravaWebhook.pump, {});
  const taken = (await tasks(scene.t)).find(({ objectId }) => objectId === "1");
  expect(taken).toMatchObject({ lease: (stuck?.lease ?? 0) + 1, status: "processing" });
  // The pool's own worker is the lost one: the task's new worker is run here.
  if (taken === undefined) throw new Error("no task");
  const held = { taskId: taken._id, lease: taken.lease };
  await scene.t.action(internal.integrations.strava.work, held);
  await scene.t.action(internal.integrations.strava.work, held);
  await scene.t.action(internal.integrations.strava.work, { ...held, lease: held.lease - 1 });
  expect(await counted(scene, scene.ada)).toEqual([["1", 50]]);
  const { events: ledger } = await accountOf(scene, scene.ada);
  expect(ledger.filter(({ pointsAfter }) => pointsAfter === 50)).toHaveLength(1);
});

test("A11 a 429 waits for the end of the window, without counting as a failure", async () => {
  const scene = await newStravaScene();
  await connect(scene, scene.ada, ATHLETE);
  scene.fake.put(ATHLETE, run(1));
  scene.fake.fail("limit");
  await deliver(scene, scene.fake.event(ATHLETE, "1", "create"));
  await drained(scene.t);
  const waiting = (await tasks(scene.t)).find(({ objectId }) => objectId === "1");
  expect(waiting).toMatchObject({ status: "waiting", error: "RATE_LIMITED", attempts: 0 });
  expect(waiting?.dueAt).toBeGreaterThanOrEqual(Date.parse("2026-06-10T12:15:00Z"));
  expect(waiting?.dueAt).toBeLessThan(Date.parse("2026-06-10T12:16:00Z"));
  await later(scene.t, 16 * 60_000);
  expect(await counted(scene, scene.ada)).toEqual([["1", 50]]);
});

test("A11 events that wait for the window ask for the pump once, and not once each", async () => {
  const scene = await newStravaScene({}, { readQuarter: 20, readDay: 1_000 });
  await connect(scene, scene.ada, ATHLETE);
  const deliverRuns = async (first: number, count: number) => {
    for (let id = first; id < first + count; id++) {
      scene.fake.put(ATHLETE, run(id, { distance: 1_000 + 500 * id }));
      await deliver(scene, scene.fake.event(ATHLETE, String(id), "create"));
    }
  };
  const pumps = async () => {
    const all = await scene.t.run((ctx) => ctx.db.system.query("_scheduled_functions").collect());
    return all.filter(({ name }) => name === "mutations/stravaWebhook:pump").length;
  };
  const before = await pumps();
  await deliverRuns(1, 10);
  expect(await pumps()).toBe(before + 1);
  await deliverRuns(11, 15);
  await drained(scene.t);
  const full = await pumps();
  await deliverRuns(26, 5);
  await drained(scene.t);
  expect(await pumps()).toBe(full);
  await later(scene.t, 16 * 60_000);
  await later(scene.t, 16 * 60_000);
  expect(await counted(scene, scene.ada)).toHaveLength(30);
  expect(scene.fake.counts.refused).toBe(0);
});

test("A11 a dead task is shown to admins of the platform, who replay it", async () => {
  const scene = await newStravaScene();
  await connect(scene, scene.ada, ATHLETE);
  scene.fake.put(ATHLETE, run(1));
  scene.fake.fail("server", 8);
  await deliver(scene, scene.fake.event(ATHLETE, "1", "create"));
  await drained(scene.t);
  for (let hour = 0; hour < 9; hour++) await later(scene.t, HOUR);
  await scene.t.mutation(internal.mutations.admin.createPerson, {
    displayName: "Root",
    email: "root@example.org",
  });
  const { userId } = await scene.t.mutation(internal.mutations.admin.createPerson, {
    displayName: "Chief",
    email: "chief@example.org",
  });
  await scene.t.mutation(internal.mutations.admin.makePlatformAdmin, {
    email: "chief@example.org",
  });
  const chief = scene.t.withIdentity({ subject: `${userId}|s` });
  const paginationOpts = { numItems: 10, cursor: null };
  const { page } = await chief.query(api.queries.strava.inbox, { status: "dead", paginationOpts });
  expect(page).toMatchObject([{ error: "SERVER_ERROR", attempts: 8 }]);
  const [dead] = page;
  if (dead === undefined) throw new Error("no dead task");
  await chief.mutation(api.mutations.stravaWebhook.replay, { taskId: dead.taskId });
  await drained(scene.t);
  expect(await counted(scene, scene.ada)).toEqual([["1", 50]]);
  const { taskId } = dead;
  const again = refusalFrom(chief.mutation(api.mutations.stravaWebhook.replay, { taskId }));
  expect(await again).toEqual({ code: "NOT_FOUND", what: "stravaTask" });
});

test("A16 another sport, no distance, and a day outside take the points away, each with its event", async () => {
  const scene = await newStravaScene({ startsOn: "2026-06-05", endsOn: "2026-06-30" });
  const say = async (fields: Parameters<typeof run>[1]) => {
    scene.fake.put(ATHLETE, run(1, fields));
    const title = JSON.stringify(fields);
    await deliver(scene, scene.fake.event(ATHLETE, "1", "update", { title }));
    await drained(scene.t);
    const { events: ledger } = await accountOf(scene, scene.ada);
    const own = ledger.filter(({ reason }) => reason !== "streakChanged");
    return { points: (await counted(scene, scene.ada))[0]?.[1] ?? null, seen: own.length };
  };
  scene.fake.put(ATHLETE, run(1));
  await connect(scene, scene.ada, ATHLETE);
  expect(await say({ distance: 7000 })).toEqual({ points: 70, seen: 2 });
  expect(await say({ sport_type: "Kitesurf" })).toEqual({ points: null, seen: 3 });
  // Back, and scored anew.
  expect(await say({ distance: 9000 })).toEqual({ points: 90, seen: 5 });
  expect(await say({ distance: 0 })).toEqual({ points: null, seen: 6 });
  expect(await say({ distance: 3000 })).toEqual({ points: 30, seen: 8 });
  const outside = { start_date: "2026-06-04T23:00:00Z", start_date_local: "2026-06-04T23:00:00Z" };
  expect(await say({ distance: 3000, ...outside })).toEqual({ points: null, seen: 9 });
});

test("A17 a challenge that fails stops none of the others, and is tried again alone", async () => {
  const scene = await newStravaScene();
  const made = await newChallenge(scene.ada.as, { name: "Second" });
  await scene.ada.as.mutation(api.mutations.activityTypes.create, {
    challengeId: made.challengeId,
    ...TYPES.run,
  });
  await connect(scene, scene.ada, ATHLETE);
  scene.fake.put(ATHLETE, run(1));
  // Damage: in the first challenge their standing is somebody else's, so its verb refuses what cannot be.
  const { standing } = await accountOf(scene, scene.ada);
  const give = (userId: Id<"users">) =>
    scene.t.run(async (ctx) => await ctx.db.patch("standings", standing._id, { userId }));
  await give(scene.bob.userId);
  await deliver(scene, scene.fake.event(ATHLETE, "1", "create"));
  await drained(scene.t);
  expect(await stravaRows(scene, scene.ada, made.challengeId)).toMatchObject([
    { pointsEarned: 50 },
  ]);
  const open = (await tasks(scene.t)).find(({ objectId }) => objectId === "1");
  expect(open).toMatchObject({ status: "waiting", challengeIds: [scene.challengeId] });
  await give(scene.ada.userId);
  await later(scene.t, HOUR);
  expect(await counted(scene, scene.ada)).toEqual([["1", 50]]);
  expect(await stravaRows(scene, scene.ada, made.challengeId)).toHaveLength(1);
});

test("A19 what does not count is not counted, with the reason for its person", async () => {
  const scene = await newStravaScene({ backdateDays: 3 });
  const at = (day: string) => ({
    start_date: `${day}T08:00:00Z`,
    start_date_local: `${day}T08:00:00Z`,
  });
  scene.fake.put(ATHLETE, run(1, at("2026-06-02")));
  scene.fake.put(ATHLETE, run(2, { ...at("2026-06-09"), sport_type: "Kitesurf" }));
  scene.fake.put(ATHLETE, run(3, at("2026-05-30")));
  await connect(scene, scene.ada, ATHLETE);
  await connect(scene, scene.bob, "88");
  await scene.bob.as.mutation(api.mutations.challenges.leave, { challengeId: scene.challengeId });
  scene.fake.put("88", run(4));
  await deliver(scene, scene.fake.event("88", "4", "create"));
  await drained(scene.t);
  expect(await counted(scene, scene.ada)).toEqual([]);
  expect(await counted(scene, scene.bob)).toEqual([]);
  const paginationOpts = { numItems: 10, cursor: null };
  const { page } = await scene.ada.as.query(api.queries.strava.skipped, { paginationOpts });
  expect(page.map(({ externalId, reason }) => `${externalId} ${reason}`).toSorted()).toEqual([
    "1 OUTSIDE_CHALLENGE_DATES",
    "2 UNMAPPED_SPORT",
  ]);
});

test("a sport nobody decided about waits in sight, and a decision brings it in", async () => {
  const scene = await newStravaScene();
  scene.fake.put(ATHLETE, run(1, { sport_type: "Kitesurf" }));
  await connect(scene, scene.ada, ATHLETE);
  const { challengeId, types } = scene;
  const waiting = async () =>
    (await scene.admin.as.query(api.queries.strava.unmapped, { challengeId })).sports;
  expect(await waiting()).toEqual([{ sport: "Kitesurf", waiting: 1 }]);
  await scene.admin.as.mutation(api.mutations.imports.setMapping, {
    challengeId,
    label: "Kitesurf",
    activityTypeId: types.run,
  });
  await drained(scene.t);
  expect(await waiting()).toEqual([]);
  expect(await counted(scene, scene.ada)).toEqual([["1", 50]]);
});

test("A16 a type that is retired keeps what it has, follows its changes, and takes nothing new", async () => {
  const scene = await newStravaScene();
  for (const id of [1, 2, 3]) scene.fake.put(ATHLETE, run(id));
  await connect(scene, scene.ada, ATHLETE);
  const { admin, types } = scene;
  const { update } = api.mutations.activityTypes;
  await admin.as.mutation(update, { activityTypeId: types.run, isRetired: true });
  scene.fake.put(ATHLETE, run(2, { distance: 8000 }));
  scene.fake.remove(ATHLETE, "3");
  scene.fake.put(ATHLETE, run(4));
  await scene.t.mutation(internal.mutations.stravaWebhook.reconcile, { after: 0 });
  await drained(scene.t);
  expect((await counted(scene, scene.ada)).map(String)).toEqual(["1,50", "2,80"]);
  const paginationOpts = { numItems: 10, cursor: null };
  const { page } = await scene.ada.as.query(api.queries.strava.skipped, { paginationOpts });
  expect(page).toMatchObject([{ externalId: "4", reason: "UNMAPPED_SPORT" }]);
  // What Strava had taken away and has again is no new one.
  scene.fake.put(ATHLETE, run(3));
  await deliver(scene, scene.fake.event(ATHLETE, "3", "create"));
  await drained(scene.t);
  expect((await counted(scene, scene.ada)).map(([id]) => id)).toEqual(["1", "2", "3"]);
  // Offered again, it takes what came meanwhile.
  await admin.as.mutation(update, { activityTypeId: types.run, isRetired: false });
  await drained(scene.t);
  expect((await counted(scene, scene.ada)).map(([id]) => id)).toEqual(["1", "2", "3", "4"]);
});

test("A15 a workout logged by hand too is not counted twice silently", async () => {
  const scene = await newStravaScene();
  await log(scene, scene.ada, { loggedDate: "2026-06-09", metrics: { distance_m: 5000 } });
  scene.fake.put(ATHLETE, run(1));
  await connect(scene, scene.ada, ATHLETE);
  expect(await counted(scene, scene.ada)).toEqual([]);
});

test("lost events are found by the night's list: new ones, and those that went", async () => {
  const scene = await newStravaScene();
  scene.fake.put(ATHLETE, run(1));
  await connect(scene, scene.ada, ATHLETE);
  scene.fake.remove(ATHLETE, "1");
  scene.fake.put(ATHLETE, run(2));
  await scene.t.mutation(internal.mutations.stravaWebhook.reconcile, { after: 0 });
  await drained(scene.t);
  expect(await counted(scene, scene.ada)).toEqual([["2", 50]]);
});

test("E9 an activity counts for the local day Strava names, whatever day it is in UTC", async () => {
  const scene = await newStravaScene();
  scene.fake.put(
    ATHLETE,
    run(1, { start_date: "2026-06-09T03:30:00Z", start_date_local: "2026-06-08T20:30:00Z" }),
  );
  scene.fake.put(
    ATHLETE,
    run(2, { start_date: `${TODAY}T00:00:01Z`, start_date_local: `${TODAY}T00:00:01Z` }),
  );
  await connect(scene, scene.ada, ATHLETE);
  const rows = await stravaRows(scene, scene.ada);
  expect(
    rows.map(({ externalId, loggedDate }) => `${externalId} ${loggedDate}`).toSorted(),
  ).toEqual(["1 2026-06-08", `2 ${TODAY}`]);
});

test("raw fields are erased a week after they were fetched, and the points stay", async () => {
  const scene = await newStravaScene();
  scene.fake.put(ATHLETE, run(1));
  await connect(scene, scene.ada, ATHLETE);
  const erase = internal.mutations.stravaWebhook.eraseRawFields;
  vi.setSystemTime(Date.now() + 6 * 24 * HOUR);
  await scene.t.mutation(erase, {});
  expect((await stravaRows(scene, scene.ada))[0]?.title).toBe("Run 1");
  vi.setSystemTime(Date.now() + 25 * HOUR);
  await scene.t.mutation(erase, {});
  const [row] = await stravaRows(scene, scene.ada);
  expect(row).toMatchObject({ pointsEarned: 50, metrics: {} });
  expect(row?.title).toBeUndefined();
  expect(row?.startedAtMs).toBeUndefined();
});
