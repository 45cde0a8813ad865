import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import { asNewPerson, refusalFrom } from "./backend.setup";
import { log, newScene, standAtNoon, TODAY, YESTERDAY } from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const { get, points, recent } = api.queries.profiles;

test("a profile shows the sum of the person's rows and their streak", async () => {
  const scene = await newScene();
  const { t, challengeId, ada } = scene;
  const joinedAt = Date.now();
  await log(scene, ada, { loggedDate: YESTERDAY });
  await log(scene, ada);
  await log(scene, ada, { type: "drink", metrics: { count: 1 } });
  expect(await t.query(get, { challengeId, userId: ada.userId, today: TODAY })).toEqual({
    userId: ada.userId,
    displayName: "Ada",
    totalPoints: 12 + 12 - 5 + 3,
    activityCount: 3,
    currentStreak: 2,
    longestStreak: 2,
    streakBonusPoints: 3,
    joinedAt,
  });
});

test("somebody who never took part has none", async () => {
  const { t, challengeId } = await newScene();
  const { userId } = await asNewPerson(t, "Otto Outsider");
  const refusal = await refusalFrom(t.query(get, { challengeId, userId }));
  expect(refusal).toEqual({ code: "NOT_FOUND", what: "participant" });
});

test("a day that is no day is refused", async () => {
  const { t, challengeId, ada } = await newScene();
  const asked = { challengeId, userId: ada.userId, today: "2026-02-30" };
  expect(await refusalFrom(t.query(get, asked))).toMatchObject({
    code: "INVALID_INPUT",
    path: "today",
  });
});

test("where points come from: weeks, categories and days add up to the rows without the streak's", async () => {
  const scene = await newScene();
  const { t, challengeId, ada } = scene;
  await log(scene, ada, { loggedDate: YESTERDAY });
  await log(scene, ada);
  await log(scene, ada, { type: "drink", metrics: { count: 1 } });
  const shown = await t.query(points, { challengeId, userId: ada.userId });
  const sum = (rows: Array<{ points: number }>) => rows.reduce((all, row) => all + row.points, 0);
  expect(shown?.days).toEqual([
    { day: YESTERDAY, points: 12 },
    { day: TODAY, points: 7 },
  ]);
  expect(sum(shown?.weeks ?? [])).toBe(19);
});

test("recent activities are the live ones a person logged, newest first, without what they wrote", async () => {
  const scene = await newScene();
  const { t, challengeId, ada } = scene;
  const gone = await log(scene, ada, { loggedDate: YESTERDAY });
  await log(scene, ada, { loggedDate: YESTERDAY });
  await log(scene, ada, { type: "drink", metrics: { count: 1 } });
  await ada.as.mutation(api.mutations.activities.remove, { activityId: gone.activityId });
  const shown = await t.query(recent, { challengeId, userId: ada.userId });
  expect(shown.map(({ loggedDate, points: earned }) => [loggedDate, earned])).toEqual([
    [TODAY, -5],
    [YESTERDAY, 12],
  ]);
  expect(Object.keys(shown[0] ?? {}).sort()).toEqual([
    "activityId",
    "loggedDate",
    "points",
    "typeName",
  ]);
});
