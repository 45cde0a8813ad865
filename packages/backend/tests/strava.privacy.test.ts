import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { km, log, standAtNoon } from "./ledger.setup";
import {
  connect,
  counted,
  deliver,
  drained,
  newStravaScene,
  run,
  type StravaScene,
} from "./strava.setup";

/** What others see of activities that came from Strava: totals and ranks, and nothing of one activity. */

beforeEach(() => standAtNoon());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

const ATHLETE = "77";
const paginationOpts = { numItems: 50, cursor: null };
/** Numbers and words that only this activity has. */
const SECRETS = ["43210", "432", "Dawn patrol", "2718"];

async function sceneWithRun(): Promise<StravaScene> {
  const scene = await newStravaScene();
  // 5 points by hand, so that the total is not the activity's.
  await log(scene, scene.ada, { type: "stretch", loggedDate: "2026-06-06" });
  const secret = { name: "Dawn patrol", distance: 43_210, moving_time: 2_718, elapsed_time: 2_718 };
  scene.fake.put(ATHLETE, run(1, secret));
  await connect(scene, scene.ada, ATHLETE);
  expect(await counted(scene, scene.ada)).toEqual([["1", 432]]);
  return scene;
}

const secretsIn = (answer: unknown) => {
  const text = JSON.stringify(answer);
  return SECRETS.filter((secret) => new RegExp(`\\b${secret}\\b`).test(text));
};

test("its person sees all of it", async () => {
  const { ada, challengeId } = await sceneWithRun();
  const { page } = await ada.as.query(api.queries.activities.history, {
    challengeId,
    paginationOpts,
  });
  expect(secretsIn(page)).toEqual(SECRETS);
  expect(page.some(({ isHidden }) => isHidden)).toBe(false);
});

test("an organiser sees in the history that it is there, its type and its day", async () => {
  const { admin, ada, challengeId } = await sceneWithRun();
  const args = { challengeId, userId: ada.userId, paginationOpts };
  const { page } = await admin.as.query(api.queries.activities.history, args);
  expect(secretsIn(page)).toEqual([]);
  const row = page.find(({ source }) => source === "strava");
  expect(row).toMatchObject({
    typeName: "Run",
    loggedDate: "2026-06-09",
    pointsEarned: 0,
    metrics: {},
    isHidden: true,
  });
  const { activityId } = row ?? {};
  if (activityId === undefined) throw new Error("no row");
  expect(secretsIn(await admin.as.query(api.queries.activities.get, { activityId }))).toEqual([]);
  // What was logged by hand is shown as before.
  expect(page.find(({ source }) => source === "manual")?.pointsEarned).toBe(5);
});

test("participants and visitors see totals only", async () => {
  const { t, bob, ada, challengeId } = await sceneWithRun();
  const { userId } = ada;
  const answers = [
    await bob.as.query(api.queries.profiles.get, { challengeId, userId }),
    await t.query(api.queries.profiles.get, { challengeId, userId }),
    await bob.as.query(api.queries.leaderboards.standing, { challengeId, userId }),
    await bob.as.query(api.queries.achievements.list, { challengeId }),
  ];
  expect(secretsIn(answers)).toEqual([]);
  const today = "2026-06-09";
  const { page } = await t.query(api.queries.leaderboards.page, { challengeId, today });
  const rowOf = (whose: typeof userId) => page.find((row) => row.userId === whose);
  expect([rowOf(userId)?.pointsToday, rowOf(bob.userId)?.pointsToday]).toEqual([undefined, 0]);
  expect(await t.query(api.queries.profiles.points, { challengeId, userId })).toBeNull();
  const recent = await t.query(api.queries.profiles.recent, { challengeId, userId });
  // That there is one, with its day and type, tells beside the boards what it gave.
  expect(recent.map(({ loggedDate, points }) => [loggedDate, points])).toEqual([["2026-06-06", 5]]);
  for (const query of [api.queries.activities.history, api.queries.points.events]) {
    const asked = bob.as.query(query, { challengeId, userId, paginationOpts });
    await expect(asked).rejects.toThrow("NOT_CHALLENGE_ADMIN");
  }
});

test("an organiser's preview tells nothing of the rows of Strava it would re-price", async () => {
  const scene = await newStravaScene();
  const { admin, ada, challengeId, types } = scene;
  const limits = { maxPointsPerDay: 440 };
  const rule = { activityTypeId: types.run, limits };
  await admin.as.mutation(api.mutations.activityTypes.update, rule);
  const deed = { loggedDate: "2026-06-09", metrics: { distance_m: 1000 } };
  const { activityId } = await log(scene, ada, deed);
  scene.fake.put(ATHLETE, run(1, { distance: 43_210, moving_time: 9_000 }));
  await connect(scene, ada, ATHLETE);
  const wish = { challengeId, activityTypeId: types.run, activityId, today: "2026-06-10", ...deed };
  const edit = { ...wish, metrics: { distance_m: 3000 } };
  const previewFor = async ({ as }: typeof ada) =>
    await as.query(api.queries.activities.previewPoints, edit);
  expect((await previewFor(ada)).others).toMatchObject([{ pointsBefore: 430, pointsAfter: 410 }]);
  expect((await previewFor(admin)).others).toEqual([]);
});

test.each([false, true])(
  "an organiser's preview of an edit tells nothing of the row of Strava itself (expired: %s)",
  async (isExpired) => {
    const scene = await sceneWithRun();
    const { t, admin, ada, challengeId, types } = scene;
    if (isExpired) {
      vi.setSystemTime(Date.now() + 8 * 24 * 60 * 60_000);
      await t.mutation(internal.mutations.stravaWebhook.eraseRawFields, {});
    }
    const about = { challengeId, userId: ada.userId, paginationOpts };
    const { page } = await admin.as.query(api.queries.activities.history, about);
    const row = page.find(({ source }) => source === "strava");
    if (row?.loggedDate === undefined || row.loggedDate === null) throw new Error("no row");
    const { activityId, loggedDate } = row;
    // Nothing can be changed of one that expired.
    const metrics = isExpired ? {} : km(1);
    const deed = { challengeId, activityTypeId: types.run, loggedDate, metrics };
    const today = isExpired ? "2026-06-18" : "2026-06-10";
    const wish = { ...deed, activityId, today };
    const previewFor = async ({ as }: typeof ada) =>
      await as.query(api.queries.activities.previewPoints, wish);
    expect((await previewFor(ada)).pointsEarned).not.toBe(0);
    expect(await previewFor(admin)).toEqual({
      pointsEarned: 0,
      lines: [],
      others: [],
      awards: [],
      awardsFollow: false,
      streakBonusChange: 0,
    });
  },
);

test("a preview of a rule tells nothing of an activity of Strava, whatever rule is asked about", async () => {
  const scene = await newStravaScene();
  const { t, admin, ada, challengeId, types } = scene;
  await log(scene, ada, { loggedDate: "2026-06-09" });
  await log(scene, ada, { loggedDate: "2026-06-08" });
  scene.fake.put(ATHLETE, run(1, { distance: 7321 }));
  await connect(scene, ada, ATHLETE);
  const ask = async (atLeast: number) => {
    const bonus = { kind: "threshold", metric: "distance_m", unit: "m", points: 9 } as const;
    const rule = {
      bonuses: [{ ...bonus, atLeast, label: "Far" }],
      limits: { maxPointsPerDay: 80 },
    };
    const wish = { activityTypeId: types.run, ...rule };
    const { jobId } = await admin.as.mutation(api.mutations.activityTypes.preview, wish);
    await drained(t);
    const about = { challengeId, jobId };
    const { activities, points, people } = await admin.as.query(
      api.queries.maintenance.impact,
      about,
    );
    const found = await admin.as.query(api.queries.maintenance.findings, {
      ...about,
      paginationOpts,
    });
    return [activities, points, people, found.page.length];
  };
  expect(await ask(7320)).toEqual(await ask(7322));
  // By the same rule it is told what becomes of other days.
  expect((await ask(1000))[0]).toBe(1);
});

test("organisers who judge an activity, and admins of the platform who mind the inbox, learn no more", async () => {
  const scene = await sceneWithRun();
  const { admin, challengeId, types } = scene;
  await admin.as.mutation(api.mutations.imports.setMapping, {
    challengeId,
    label: "Kitesurf",
    activityTypeId: types.run,
  });
  scene.fake.put(ATHLETE, run(2, { sport_type: "Curling", name: "Dawn patrol" }));
  await deliver(scene, scene.fake.event(ATHLETE, "2", "create"));
  await drained(scene.t);
  const unmapped = await admin.as.query(api.queries.strava.unmapped, { challengeId });
  expect(unmapped.sports).toEqual([{ sport: "Curling", waiting: 1 }]);
  const flags = await admin.as.query(api.queries.moderation.flags, { challengeId, paginationOpts });
  expect(secretsIn(flags)).toEqual([]);
  const { userId } = scene.ada;
  const held = await admin.as.query(api.queries.moderation.held, { challengeId, userId });
  expect(secretsIn(held)).toEqual([]);
});

test("A20 a row whose raw fields expired keeps its points, whatever Strava says of it later", async () => {
  const scene = await sceneWithRun();
  vi.setSystemTime(Date.now() + 8 * 24 * 60 * 60_000);
  await scene.t.mutation(internal.mutations.stravaWebhook.eraseRawFields, {});
  scene.fake.put(ATHLETE, run(1, { name: "Dusk patrol", distance: 43_210, moving_time: 2_718 }));
  await deliver(scene, scene.fake.event(ATHLETE, "1", "update", { title: "Dusk patrol" }));
  await drained(scene.t);
  expect(await counted(scene, scene.ada)).toEqual([["1", 432]]);
});
