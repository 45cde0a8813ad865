import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import { refusalFrom, refusedUnchanged } from "./backend.setup";
import { accountOf, km, log, newScene, standAtNoon, TODAY, YESTERDAY } from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const NEXT_YEAR = "2027-06-10";
const LAST_YEAR = "2025-06-10";

describe("E5 a client whose clock is a year off", () => {
  test.each([NEXT_YEAR, LAST_YEAR])("cannot log on %s", async (loggedDate) => {
    const scene = await newScene();
    const refusal = await refusedUnchanged(scene.t, "OUTSIDE_CHALLENGE_DATES", () =>
      log(scene, scene.ada, { loggedDate }),
    );
    expect(refusal).toMatchObject({ earliest: "2026-06-03", latest: TODAY });
  });

  test("cannot log tomorrow either, in a challenge that goes on", async () => {
    const scene = await newScene();
    await refusedUnchanged(scene.t, "OUTSIDE_CHALLENGE_DATES", () =>
      log(scene, scene.ada, { loggedDate: "2026-06-11" }),
    );
  });

  test("is shown a preview for its own day, and logs by the server's", async () => {
    const scene = await newScene();
    const { challengeId, types, ada } = scene;
    const deed = { challengeId, activityTypeId: types.run, loggedDate: TODAY, metrics: km(1) };
    for (const today of [NEXT_YEAR, LAST_YEAR]) {
      const preview = ada.as.query(api.queries.activities.previewPoints, { ...deed, today });
      expect(await refusalFrom(preview)).toMatchObject({ code: "OUTSIDE_CHALLENGE_DATES" });
    }
    expect(await log(scene, ada, { metrics: km(1) })).toMatchObject({ pointsEarned: 10 });
  });

  test("sees another current streak, and the same points, rank and longest streak", async () => {
    const scene = await newScene();
    const { t, challengeId, ada } = scene;
    for (const loggedDate of [YESTERDAY, TODAY]) await log(scene, ada, { loggedDate });
    const seenOn = async (today: string) =>
      await ada.as.query(api.queries.leaderboards.standing, { challengeId, today });
    const seen = await seenOn(TODAY);
    expect(seen).toMatchObject({ currentStreak: 2, longestStreak: 2 });
    expect(await seenOn(NEXT_YEAR)).toEqual({ ...seen, currentStreak: 0 });
    expect((await accountOf(scene, ada)).standing).toMatchObject({ streakLength: 2 });
    const nonsense = t.query(api.queries.leaderboards.page, {
      challengeId,
      cursor: null,
      today: "tomorrow",
    });
    expect(await refusalFrom(nonsense)).toMatchObject({ code: "INVALID_INPUT", path: "today" });
  });
});
