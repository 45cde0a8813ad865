import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { accountOf, km, log, type Member, newScene, type Scene, standAtNoon } from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

/** What somebody has on every board: points and activities by name. */
async function boardsOf(scene: Scene, who: Member): Promise<Record<string, [number, number]>> {
  const { boards } = await accountOf(scene, who);
  const entries = boards.map(({ board, key, points, activityCount }) => {
    const totals: [number, number] = [points, activityCount];
    return [`${board}.${key}`, totals] as const;
  });
  return Object.fromEntries(entries);
}

async function reachedOn(scene: Scene, who: Member, name: string): Promise<number | undefined> {
  const { boards } = await accountOf(scene, who);
  return boards.find(({ key }) => key === name)?.reachedAt;
}

function minuteLater(): number {
  vi.setSystemTime(Date.now() + 60_000);
  return Date.now();
}

describe("L5 totals of weeks and categories", () => {
  test("count the week of the day and the category of the rule, and never the streak", async () => {
    const scene = await newScene();
    const { ada } = scene;
    await log(scene, ada, { loggedDate: "2026-06-07" });
    await log(scene, ada, { loggedDate: "2026-06-08" });
    await log(scene, ada, { type: "drink", metrics: { count: 1 } });
    await log(scene, ada, { type: "stretch" });
    expect(await boardsOf(scene, ada)).toEqual({
      "week.1": [12, 1],
      "week.2": [12, 3],
      "category.Moving": [24, 2],
      "category.Treats": [-5, 1],
    });
    const { standing } = await accountOf(scene, ada);
    expect(standing.streakBonusPoints).toBe(3);
  });

  test("D8 move with a row's day, type and rule version", async () => {
    const scene = await newScene();
    const { ada, admin, types } = scene;
    const { activityId } = await log(scene, ada, { loggedDate: "2026-06-07" });
    const edit = api.mutations.activities.edit;
    await ada.as.mutation(edit, { activityId, loggedDate: "2026-06-08" });
    expect(await boardsOf(scene, ada)).toEqual({ "week.2": [12, 1], "category.Moving": [12, 1] });

    const drink = { activityTypeId: types.drink, metrics: { count: 2 } };
    await ada.as.mutation(edit, { activityId, ...drink });
    expect(await boardsOf(scene, ada)).toEqual({ "week.2": [-10, 1], "category.Treats": [-10, 1] });

    const { update } = api.mutations.activityTypes;
    await admin.as.mutation(update, { activityTypeId: types.drink, category: "Vices" });
    // A row stays in the category of the version it was scored with.
    await ada.as.mutation(edit, { activityId, metrics: { count: 3 } });
    await log(scene, ada, { type: "drink", metrics: { count: 1 } });
    expect(await boardsOf(scene, ada)).toEqual({
      "week.2": [-20, 2],
      "category.Treats": [-15, 1],
      "category.Vices": [-5, 1],
    });
  });

  test("leave no row where nothing is left, and come back with a restored one", async () => {
    const scene = await newScene();
    const { ada } = scene;
    const { activityId } = await log(scene, ada);
    const before = await boardsOf(scene, ada);
    await ada.as.mutation(api.mutations.activities.remove, { activityId });
    expect(await boardsOf(scene, ada)).toEqual({});
    await ada.as.mutation(api.mutations.activities.restore, { activityId });
    expect(await boardsOf(scene, ada)).toEqual(before);
  });

  test("D5 keep a row for an activity without points, and -0 out of the order", async () => {
    const scene = await newScene();
    await log(scene, scene.ada, { type: "rest", metrics: {} });
    expect(await boardsOf(scene, scene.ada)).toEqual({ "week.2": [0, 1] });
    const { boards } = await accountOf(scene, scene.ada);
    expect(Object.is(boards[0]?.order[0], 0)).toBe(true);
  });

  test("reach a total when a row there gives other points, not when it moves inside a board", async () => {
    const scene = await newScene();
    const { ada } = scene;
    const { activityId } = await log(scene, ada, { loggedDate: "2026-06-08" });
    const logged = Date.now();
    const edit = api.mutations.activities.edit;
    minuteLater();
    await ada.as.mutation(edit, { activityId, loggedDate: "2026-06-09" });
    expect(await reachedOn(scene, ada, "2")).toBe(logged);
    const moved = minuteLater();
    await ada.as.mutation(edit, { activityId, loggedDate: "2026-06-07" });
    expect(await reachedOn(scene, ada, "1")).toBe(moved);
    expect(await reachedOn(scene, ada, "Moving")).toBe(logged);
    const changed = minuteLater();
    await ada.as.mutation(edit, { activityId, metrics: km(2) });
    expect(await reachedOn(scene, ada, "Moving")).toBe(changed);
  });

  test("follow people off the boards and back on", async () => {
    const scene = await newScene();
    const { t, ada, challengeId } = scene;
    await log(scene, ada);
    const listed = async () =>
      (await accountOf(scene, ada)).boards.map((row) => [row.listed, row.points]);
    await ada.as.mutation(api.mutations.challenges.leave, { challengeId });
    expect(await listed()).toEqual([
      [false, 12],
      [false, 12],
    ]);
    await ada.as.mutation(api.mutations.challenges.join, { challengeId });
    expect(await listed()).toEqual([
      [true, 12],
      [true, 12],
    ]);
    const found = await t.query(internal.queries.maintenance.verifyPage, { challengeId });
    expect(found.findings).toEqual([]);
  });
});
