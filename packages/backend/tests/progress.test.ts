import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import { refusalFrom } from "./backend.setup";
import {
  km,
  log,
  newScene,
  type Scene,
  settled,
  standAtNoon,
  TODAY,
  YESTERDAY,
} from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const { mine, day, spread } = api.queries.progress;
const preview = api.queries.activities.previewPoints;

/** A type with a free amount, a bonus once a day or a cap of the day. */
async function typeOf(
  { admin, challengeId }: Scene,
  kind: "coffee" | "capped",
): Promise<Scene["types"]["run"]> {
  const scoring =
    kind === "coffee"
      ? ({
          kind: "allowance",
          metric: "count",
          unit: "each",
          freePerDay: 2,
          pointsPerUnit: -5,
        } as const)
      : ({ kind: "perUnit", metric: "distance_m", unit: "km", pointsPerUnit: 10 } as const);
  const { activityTypeId } = await admin.as.mutation(api.mutations.activityTypes.create, {
    challengeId,
    name: kind,
    contributesToStreak: false,
    scoring,
    ...(kind === "capped" ? { limits: { maxPointsPerDay: 50, maxPerWeek: 3 } } : {}),
  });
  return activityTypeId;
}

describe("one's own progress", () => {
  test("has days and streak bonuses that add up to the total", async () => {
    const scene = await newScene();
    const { ada, challengeId, types } = scene;
    await log(scene, ada, { loggedDate: "2026-06-07" });
    await log(scene, ada, { loggedDate: YESTERDAY });
    await log(scene, ada, { metrics: km(3) });
    await log(scene, ada, { type: "drink", metrics: { count: 1 } });
    const progress = await ada.as.query(mine, { challengeId, today: TODAY });
    expect(progress).toEqual({
      days: [
        dayRow("2026-06-07", { points: 12, streak: 1 }),
        dayRow(YESTERDAY, { points: 12, streak: 1 }),
        {
          ...dayRow(TODAY, { points: 25, streak: 2 }),
          streakPoints: 30,
          activityCount: 2,
        },
      ],
      totalPoints: 53,
      activityCount: 4,
      currentStreak: 2,
      longestStreak: 2,
      streakLastDay: TODAY,
      streakBonusPoints: 4,
      weeks: [
        { key: "1", points: 12, activityCount: 1 },
        { key: "2", points: 37, activityCount: 3 },
      ],
      categories: [
        { key: "Moving", points: 54, activityCount: 3 },
        { key: "Treats", points: -5, activityCount: 1 },
      ],
      types: [
        { activityTypeId: types.drink, name: "Drink", count: 1 },
        { activityTypeId: types.run, name: "Run", catalogueKey: "run", count: 3 },
      ],
    });
    const sum = progress.days.reduce((all, one) => all + one.points + one.streakBonusPoints, 0);
    expect(sum).toBe(progress.totalPoints);
  });

  test("ends a streak that missed yesterday, and refuses a day that is none", async () => {
    const scene = await newScene();
    const { ada, challengeId } = scene;
    await log(scene, ada, { loggedDate: "2026-06-08" });
    const progress = await ada.as.query(mine, { challengeId, today: TODAY });
    expect(progress).toMatchObject({ currentStreak: 0, longestStreak: 1 });
    const refusal = await refusalFrom(ada.as.query(mine, { challengeId, today: "2026-02-30" }));
    expect(refusal).toMatchObject({ code: "INVALID_INPUT", path: "today" });
  });
});

function dayRow(date: string, { points, streak }: { points: number; streak: number }) {
  const streakBonusPoints = streak;
  return { day: date, points, streakPoints: points, activityCount: 1, streak, streakBonusPoints };
}

describe("one's own day", () => {
  test("says what each type's limits, day cap and free amount leave", async () => {
    const scene = await newScene();
    const { ada, challengeId, types } = scene;
    const [coffee, capped] = [await typeOf(scene, "coffee"), await typeOf(scene, "capped")];
    const { activityId } = await log(scene, ada, { type: "stretch" });
    const deed = { challengeId, loggedDate: TODAY };
    const logOf = async (activityTypeId: typeof coffee, metrics: object) =>
      await ada.as.mutation(api.mutations.activities.log, { ...deed, activityTypeId, metrics });
    await logOf(coffee, { count: 1 });
    await logOf(capped, km(4));
    await ada.as.mutation(api.mutations.activities.remove, {
      activityId: (await log(scene, ada)).activityId,
    });
    const { rows, types: shown } = await ada.as.query(day, { challengeId, day: TODAY });
    expect(rows.map(({ typeName }) => typeName).sort()).toEqual(["Stretch", "capped", "coffee"]);
    expect(rows[0]).toEqual({
      activityId,
      activityTypeId: types.stretch,
      typeName: "Stretch",
      source: "manual",
      metrics: {},
      pointsEarned: 5,
    });
    const rooms = new Map(shown.map(({ activityTypeId, room }) => [activityTypeId, room]));
    expect(rooms.get(types.stretch)).toEqual({ maxPerDay: 1 });
    expect(rooms.get(types.run)).toEqual({});
    expect(rooms.get(coffee)).toEqual({ free: 1 });
    expect(rooms.get(capped)).toEqual({ maxPerWeek: 2, points: 10 });
  });

  test("refuses a day that is none", async () => {
    const { ada, challengeId } = await newScene();
    const refusal = await refusalFrom(ada.as.query(day, { challengeId, day: "today" }));
    expect(refusal).toMatchObject({ code: "INVALID_INPUT", path: "day" });
  });
});

describe("the spread of a board", () => {
  test("has the best and the median of everybody on it", async () => {
    const scene = await newScene();
    const { t, ada, bob, admin, challengeId } = scene;
    await log(scene, ada, { metrics: km(10) });
    await log(scene, bob, { metrics: km(4) });
    await settled(t);
    expect(await t.query(spread, { challengeId })).toEqual({ count: 3, best: 101, median: 41 });
    await admin.as.mutation(api.mutations.participations.setRanked, { challengeId, ranked: false });
    await settled(t);
    expect(await t.query(spread, { challengeId })).toEqual({ count: 2, best: 101, median: 71 });
  });

  test("is nothing while nobody is on it", async () => {
    const scene = await newScene();
    const { t, challengeId } = scene;
    for (const who of [scene.admin, scene.ada, scene.bob])
      await who.as.mutation(api.mutations.participations.setRanked, { challengeId, ranked: false });
    await settled(t);
    const nothing = { count: 0, best: null, median: null };
    expect(await t.query(spread, { challengeId })).toEqual(nothing);
  });
});

describe("D13 a preview", () => {
  test("says what other rows of the day lose and what the streak gains, as logging then does", async () => {
    const scene = await newScene();
    const { ada, challengeId } = scene;
    const activityTypeId = await typeOf(scene, "coffee");
    const deed = { challengeId, activityTypeId, loggedDate: TODAY };
    const logOf = async (count: number) =>
      await ada.as.mutation(api.mutations.activities.log, { ...deed, metrics: { count } });
    const first = await logOf(1);
    const second = await logOf(3);
    expect(second.pointsEarned).toBe(-10);
    const edit = { activityId: first.activityId, metrics: { count: 2 } };
    const asked = await ada.as.query(preview, { ...deed, ...edit, today: TODAY });
    expect(asked.others).toEqual([{ typeName: "coffee", pointsBefore: -10, pointsAfter: -15 }]);
    await ada.as.mutation(api.mutations.activities.edit, edit);
    const after = await ada.as.query(api.queries.activities.get, { activityId: second.activityId });
    expect(after.pointsEarned).toBe(-15);

    const run = { ...deed, activityTypeId: scene.types.run, metrics: km(2), today: TODAY };
    expect(await ada.as.query(preview, run)).toMatchObject({ streakBonusChange: 1, others: [] });
    await log(scene, ada, { loggedDate: YESTERDAY });
    expect(await ada.as.query(preview, run)).toMatchObject({ streakBonusChange: 2 });
  });
});

describe("the history", () => {
  test("of one type holds that type only, and says what an organiser corrected", async () => {
    const scene = await newScene();
    const { ada, admin, challengeId, types } = scene;
    await log(scene, ada, { type: "stretch" });
    const { activityId } = await log(scene, ada);
    await admin.as.mutation(api.mutations.activities.edit, {
      activityId,
      metrics: km(1),
      reason: "Measured again",
    });
    const paginationOpts = { numItems: 10, cursor: null };
    const asked = { challengeId, activityTypeId: types.run, paginationOpts };
    const { page } = await ada.as.query(api.queries.activities.history, asked);
    expect(page).toMatchObject([{ activityId, isCorrected: true, pointsEarned: 10 }]);
  });
});

test("an event of the ledger names what it is about, to an organiser too", async () => {
  const scene = await newScene();
  const { ada, admin, challengeId } = scene;
  await log(scene, ada);
  const paginationOpts = { numItems: 10, cursor: null };
  const asked = { challengeId, userId: ada.userId, paginationOpts };
  const { page } = await admin.as.query(api.queries.points.events, asked);
  expect(page).toMatchObject([
    { seq: 2, source: "streak", loggedDate: null, totalAfter: 13 },
    { seq: 1, name: "Run", source: "manual", loggedDate: TODAY, totalAfter: 12 },
  ]);
});
