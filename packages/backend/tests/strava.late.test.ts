import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { refusedUnchanged } from "./backend.setup";
import { accountOf, type Member, standAtNoon, uuid } from "./ledger.setup";
import {
  connect,
  consent,
  counted,
  deliver,
  drained,
  later,
  newStravaScene,
  run,
} from "./strava.setup";
import {
  arrives,
  ATHLETE,
  closed,
  DAY,
  decide,
  listed,
  listFor,
  mineOf,
  onlyLate,
  paginationOpts,
  totalOf,
} from "./stravaLate.setup";

/** What arrives from Strava after a challenge closed: nothing counts by itself, and nothing is dropped silently. */

beforeEach(() => standAtNoon());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

describe.each([
  ["after grace", false],
  ["after the freeze", true],
])("E11 an activity that arrives %s", (_, isFinal) => {
  test("changes nothing, and is listed for organisers and for its person", async () => {
    const scene = await closed(isFinal);
    const before = await accountOf(scene, scene.ada);
    await arrives(scene, 2, { distance: 7000, moving_time: 2400, elapsed_time: 2400 });
    expect(await accountOf(scene, scene.ada)).toEqual(before);
    const [late] = await listFor(scene, scene.admin);
    expect(late).toMatchObject({
      userId: scene.ada.userId,
      displayName: "Ada",
      typeName: "Run",
      loggedDate: "2026-06-09",
      status: "open",
      isLikelyDuplicate: false,
    });
    expect(late?.arrivedAt).toBeGreaterThan(Date.parse("2026-06-14T00:00:00Z"));
    expect(await mineOf(scene.ada)).toMatchObject([{ externalId: "2", points: 70, answer: null }]);
    expect(await mineOf(scene.bob)).toEqual([]);
    const { page } = await scene.ada.as.query(api.queries.strava.skipped, { paginationOpts });
    expect(page).toEqual([]);
  });

  test("is told to organisers once a day, however much arrives", async () => {
    const scene = await closed(isFinal);
    const toldTo = async ({ as }: Member) => {
      const { page } = await as.query(api.queries.notifications.mine, { paginationOpts });
      return page.filter(({ news }) => news.kind === "lateArrived").length;
    };
    await arrives(scene, 2);
    await arrives(scene, 2, { name: "Evening" }, "update");
    await decide(scene, { lateId: await onlyLate(scene), isAccepted: false });
    await arrives(scene, 3);
    expect([await toldTo(scene.admin), await toldTo(scene.ada)]).toEqual([1, 0]);
    await later(scene.t, DAY);
    await arrives(scene, 4);
    expect(await toldTo(scene.admin)).toBe(2);
  });

  test("is told to no other participant, and its points to nobody but its person", async () => {
    const scene = await closed(isFinal);
    await arrives(scene, 2, { distance: 43_210, moving_time: 9_000, elapsed_time: 9_000 });
    expect((await mineOf(scene.ada))[0]?.points).toBe(432);
    expect(JSON.stringify(await listFor(scene, scene.admin))).not.toMatch(/\b432\b/);
    await expect(listFor(scene, scene.ada)).rejects.toThrow("NOT_CHALLENGE_ADMIN");
    await decide(scene, { lateId: await onlyLate(scene), isAccepted: true });
    const { challengeId, ada, admin } = scene;
    const about = { challengeId, userId: ada.userId, paginationOpts };
    const history = await admin.as.query(api.queries.activities.history, about);
    const entry = history.page.find(({ source }) => source === "adjustment");
    expect(entry).toMatchObject({ pointsEarned: 0, isHidden: true });
    const ledger = await admin.as.query(api.queries.points.events, about);
    expect(ledger.page[0]).toMatchObject({ pointsBefore: 0, pointsAfter: 0, isHidden: true });
    const own = await ada.as.query(api.queries.points.events, { challengeId, paginationOpts });
    expect(own.page[0]).toMatchObject({
      pointsAfter: 432,
      reason: "adminCorrection",
      isHidden: false,
    });
  });

  test("takes the days of who has nothing else of Strava from others once it is accepted", async () => {
    const scene = await closed(isFinal);
    const { t, challengeId, bob } = scene;
    const about = { challengeId, userId: bob.userId };
    const daysOfBob = async () => (await t.query(api.queries.profiles.points, about))?.days;
    expect(await daysOfBob()).toEqual([{ day: "2026-06-09", points: 50 }]);
    scene.fake.put("88", run(5, { distance: 43_210, moving_time: 9_000, elapsed_time: 9_000 }));
    await connect(scene, bob, "88");
    await decide(scene, { lateId: await onlyLate(scene), isAccepted: true });
    expect(await daysOfBob()).toBeUndefined();
    const board = await t.query(api.queries.leaderboards.page, {
      challengeId,
      today: "2026-06-09",
    });
    expect(board.page.find(({ userId }) => userId === bob.userId)).not.toHaveProperty(
      "pointsToday",
    );
  });

  test("gives its points once when it is accepted, with who and why", async () => {
    const scene = await closed(isFinal);
    await arrives(scene, 2, { distance: 7000 });
    const total = await totalOf(scene, scene.ada);
    const wish = { lateId: await onlyLate(scene), isAccepted: true, requestId: uuid(7) };
    for (let times = 0; times < 3; times += 1) await decide(scene, wish);
    expect(await totalOf(scene, scene.ada)).toBe(total + 70);
    const { requestId: __, ...again } = wish;
    await refusedUnchanged(scene.t, "NOT_FOUND", () => decide(scene, again));
    await refusedUnchanged(scene.t, "NOT_FOUND", () =>
      decide(scene, { ...again, isAccepted: false }),
    );
    const { events } = await accountOf(scene, scene.ada);
    expect(events.at(-1)).toMatchObject({
      actor: { kind: "challengeAdmin", userId: scene.admin.userId },
      pointsAfter: 70,
    });
    const answers = [{ status: "accepted", answer: "Phone was flat" }];
    expect(await mineOf(scene.ada)).toMatchObject(answers);
    const logged = await scene.t.run((ctx) => ctx.db.query("moderationLog").collect());
    expect(logged).toMatchObject([{ action: "lateAccepted", note: "Phone was flat" }]);
    // The same event, another one, and the nightly list.
    await arrives(scene, 2, { distance: 9000 }, "update");
    await listed(scene);
    expect(await totalOf(scene, scene.ada)).toBe(total + 70);
    expect(await mineOf(scene.ada)).toMatchObject(answers);
  });

  test("never counts when it is dismissed, however often it comes", async () => {
    const scene = await closed(isFinal);
    await arrives(scene, 2);
    const total = await totalOf(scene, scene.ada);
    await decide(scene, { lateId: await onlyLate(scene), isAccepted: false });
    await arrives(scene, 2, { distance: 9000 }, "update");
    expect(await totalOf(scene, scene.ada)).toBe(total);
    expect(await listFor(scene, scene.admin)).toEqual([]);
    expect(await mineOf(scene.ada)).toMatchObject([{ status: "dismissed", points: 50 }]);
    const told = await scene.ada.as.query(api.queries.notifications.mine, { paginationOpts });
    expect(told.page[0]?.news).toEqual({ kind: "lateDismissed", loggedDate: "2026-06-09" });
  });

  test("is priced anew when it changes, and is gone when Strava has it no more", async () => {
    const scene = await closed(isFinal);
    await arrives(scene, 2);
    const [first] = await mineOf(scene.ada);
    await arrives(scene, 2, { distance: 8000 }, "update");
    const [second] = await mineOf(scene.ada);
    expect(second).toMatchObject({
      points: 80,
      lateId: first?.lateId,
      arrivedAt: first?.arrivedAt,
    });
    scene.fake.remove(ATHLETE, "2");
    await deliver(scene, scene.fake.event(ATHLETE, "2", "delete"));
    await drained(scene.t);
    expect(await mineOf(scene.ada)).toEqual([]);
  });

  test("A15 says that it looks like what was logged by hand", async () => {
    const scene = await closed(isFinal);
    scene.fake.put("88", run(5));
    await connect(scene, scene.bob, "88");
    const [late] = await listFor(scene, scene.admin);
    expect(late).toMatchObject({ userId: scene.bob.userId, isLikelyDuplicate: true });
    expect(await mineOf(scene.bob)).toMatchObject([{ externalId: "5", points: 50 }]);
  });

  test("that would not have counted in time is no late one: its person reads why", async () => {
    const scene = await closed(isFinal);
    await arrives(scene, 2, { distance: 0 });
    await arrives(scene, 3, { sport_type: "Kitesurf" });
    const after = "2026-06-11T12:00:00Z";
    await arrives(scene, 4, { start_date: after, start_date_local: after });
    expect(await listFor(scene, scene.admin)).toEqual([]);
    const { page } = await scene.ada.as.query(api.queries.strava.skipped, { paginationOpts });
    expect(page.map(({ externalId, reason }) => `${externalId} ${reason}`).toSorted()).toEqual([
      "2 INVALID_INPUT",
      "3 UNMAPPED_SPORT",
    ]);
    const { challengeId, types } = scene;
    const mapping = { challengeId, label: "Kitesurf", activityTypeId: types.run };
    await scene.admin.as.mutation(api.mutations.imports.setMapping, mapping);
    await drained(scene.t);
    expect(await mineOf(scene.ada)).toMatchObject([{ externalId: "3", points: 50 }]);
  });

  test("leaves what counted already as it is", async () => {
    const scene = await closed(isFinal);
    await arrives(scene, 1, { distance: 9000 }, "update");
    expect(await counted(scene, scene.ada)).toEqual([["1", 50]]);
    expect(await listFor(scene, scene.admin)).toEqual([]);
  });

  test("gives its points to one account when its athlete is moved, and to nobody when they go", async () => {
    const scene = await closed(isFinal);
    const { ada, bob } = scene;
    await arrives(scene, 2, { distance: 7000 });
    await decide(scene, { lateId: await onlyLate(scene), isAccepted: true });
    const total = await totalOf(scene, ada);
    const ticket = (await consent(scene, bob.as, ATHLETE)).searchParams.get("ticket") ?? "";
    await bob.as.mutation(api.mutations.strava.confirmConnect, { ticket, move: true });
    await drained(scene.t);
    // Final standings stay as they are, and so nobody else has the same points there.
    expect(await totalOf(scene, ada)).toBe(isFinal ? total : 0);
    const late = (await mineOf(bob)).map(({ externalId }) => externalId).toSorted();
    expect(late).toEqual(isFinal ? [] : ["1", "2"]);
    await bob.as.mutation(api.mutations.strava.disconnect, { points: "remove" });
    await drained(scene.t);
    expect(await mineOf(bob)).toEqual([]);
    const { challengeId } = scene;
    const verify = await scene.t.query(internal.queries.maintenance.verifyPage, { challengeId });
    expect(verify.findings).toEqual([]);
  });

  test("waits no longer when its person disconnects; what was decided stays", async () => {
    const scene = await closed(isFinal);
    await arrives(scene, 2);
    await decide(scene, { lateId: await onlyLate(scene), isAccepted: true });
    await arrives(scene, 3);
    const total = await totalOf(scene, scene.ada);
    await scene.ada.as.mutation(api.mutations.strava.disconnect, { points: "keep" });
    await drained(scene.t);
    expect(await mineOf(scene.ada)).toMatchObject([{ externalId: "2", status: "accepted" }]);
    expect(await totalOf(scene, scene.ada)).toBe(total);
  });
});

test("K9 an accepted one makes the next version of the final standings", async () => {
  const scene = await closed(true);
  const { t, challengeId, ada } = scene;
  await arrives(scene, 2, { distance: 7000 });
  const final = async (version?: number) => {
    const answer = await t.query(api.queries.standings.final, { challengeId, version });
    const own = answer?.page.find(({ userId }) => userId === ada.userId);
    return [answer?.version, own?.totalPoints];
  };
  const [, total = 0] = await final();
  await decide(scene, { lateId: await onlyLate(scene), isAccepted: true });
  await drained(t);
  expect(await final()).toEqual([2, total + 70]);
  expect(await final(1)).toEqual([1, total]);
  const verify = await t.query(internal.queries.maintenance.verifyPage, { challengeId, limit: 50 });
  expect(verify.findings).toEqual([]);
});

test("a refused decision changes nothing", async () => {
  const scene = await closed(true);
  await arrives(scene, 2);
  const lateId = await onlyLate(scene);
  const wish = { lateId, isAccepted: true, reason: "Because" };
  const by = ({ as }: Member) => as.mutation(api.mutations.stravaLate.decide, wish);
  await refusedUnchanged(scene.t, "NOT_CHALLENGE_ADMIN", () => by(scene.ada));
  await refusedUnchanged(scene.t, "INVALID_INPUT", () => decide(scene, { ...wish, reason: " " }));
  await refusedUnchanged(scene.t, "INVALID_INPUT", () =>
    decide(scene, { ...wish, requestId: "1" }),
  );
});

test("one that waited counts by itself where the organisers let the challenge take it again", async () => {
  const scene = await closed(false);
  const { challengeId, admin, ada } = scene;
  await arrives(scene, 2);
  const longer = { challengeId, graceHours: 720, backdateDays: 30 };
  await admin.as.mutation(api.mutations.challenges.update, longer);
  await listed(scene);
  expect(await counted(scene, ada)).toEqual([
    ["1", 50],
    ["2", 50],
  ]);
  expect(await listFor(scene, admin)).toEqual([]);
});

test.each([true, false])(
  "one that was decided is not counted again there (%s)",
  async (isAccepted) => {
    const scene = await closed(false);
    const { challengeId, admin, ada } = scene;
    await arrives(scene, 2);
    await decide(scene, { lateId: await onlyLate(scene), isAccepted });
    const total = await totalOf(scene, ada);
    const longer = { challengeId, graceHours: 720, backdateDays: 30 };
    await admin.as.mutation(api.mutations.challenges.update, longer);
    await listed(scene);
    expect(await counted(scene, ada)).toEqual([["1", 50]]);
    expect(await totalOf(scene, ada)).toBe(total);
  },
);

test("E11 a day that was out of reach while the challenge was open is not late after it", async () => {
  const dates = { startsOn: "2026-06-01", endsOn: "2026-06-10", backdateDays: 1 };
  const scene = await newStravaScene(dates);
  const at = "2026-06-05T12:00:00Z";
  scene.fake.put(ATHLETE, run(1, { start_date: at, start_date_local: at }));
  await connect(scene, scene.ada, ATHLETE);
  const skipped = async () => {
    const { page } = await scene.ada.as.query(api.queries.strava.skipped, { paginationOpts });
    return page.map(({ externalId, reason }) => [externalId, reason]);
  };
  const reason = [["1", "OUTSIDE_CHALLENGE_DATES"]];
  expect(await skipped()).toEqual(reason);
  await later(scene.t, 4 * DAY);
  // What comes only now was never out of reach.
  scene.fake.put(ATHLETE, run(2, { start_date: at, start_date_local: at }));
  await listed(scene);
  expect(await skipped()).toEqual(reason);
  expect(await mineOf(scene.ada)).toMatchObject([{ externalId: "2" }]);
});
