import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import { asNewPerson, refusalFrom } from "./backend.setup";
import { log, newScene, standAtNoon, TODAY, YESTERDAY } from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const { get } = api.queries.profiles;

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
