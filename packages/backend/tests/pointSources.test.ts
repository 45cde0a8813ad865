import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import { newAchievement } from "./achievements.setup";
import {
  accountOf,
  km,
  log,
  newScene,
  type Scene,
  standAtNoon,
  uuid,
  YESTERDAY,
} from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const own = api.queries.progress.sources;
const others = api.queries.profiles.sources;

/** Ada with two runs, a drink, an award, a streak and an entry by hand; her runs changed their category in between. */
async function mixed(): Promise<Scene> {
  const scene = await newScene();
  const { admin, ada, challengeId, types } = scene;
  await newAchievement(scene);
  await log(scene, ada, { metrics: km(2), loggedDate: YESTERDAY });
  await admin.as.mutation(api.mutations.activityTypes.update, {
    activityTypeId: types.run,
    category: "Outside",
  });
  await log(scene, ada, { metrics: km(3) });
  const { activityId } = await log(scene, ada, { metrics: km(4) });
  await ada.as.mutation(api.mutations.activities.remove, { activityId });
  await log(scene, ada, { type: "drink", metrics: { count: 1 } });
  const entry = { challengeId, userId: ada.userId, points: -3, reason: "Late", requestId: uuid(1) };
  await admin.as.mutation(api.mutations.moderation.adjust, entry);
  return scene;
}

describe("what points come from", () => {
  test("is a line per type and category, with awards and the streak, up to the total", async () => {
    const scene = await mixed();
    const { ada, challengeId } = scene;
    const sources = await ada.as.query(own, { challengeId });
    const line = (kind: string, name: string, category: string | null, points: number) => ({
      kind,
      name,
      category,
      points,
      count: 1,
    });
    expect(sources.lines).toEqual([
      line("achievement", "Two runs", null, 100),
      line("activity", "Run", "Outside", 30),
      line("activity", "Run", "Moving", 20),
      line("streak", "", null, 3),
      line("adjustment", "", null, -3),
      line("activity", "Drink", "Treats", -5),
    ]);
    const { standing, boards } = await accountOf(scene, ada);
    expect(sources.totalPoints).toBe(standing.totalPoints);
    const categories = boards.filter(({ board }) => board === "category");
    const ofLines = categories.map(({ key }) => {
      const lines = sources.lines.filter(({ category }) => category === key);
      return [key, sum(lines, "points"), sum(lines, "count")];
    });
    expect(ofLines).toEqual(
      categories.map(({ key, points, activityCount }) => [key, points, activityCount]),
    );
  });

  test("is the same to others, unless a line could tell an activity of Strava", async () => {
    const scene = await mixed();
    const { t, ada, bob, challengeId } = scene;
    const whose = { challengeId, userId: ada.userId };
    const { viewKey } = await bob.as.query(api.queries.challenges.get, { challengeId });
    const ask = async () => await bob.as.query(others, { ...whose, viewKey });
    expect(await ask()).toEqual(await ada.as.query(own, { challengeId }));
    const { rows } = await accountOf(scene, ada);
    const drink = rows.find(({ activityTypeId }) => activityTypeId === scene.types.drink);
    if (drink === undefined) throw new Error("no drink");
    await t.run((ctx) => ctx.db.patch("activities", drink._id, { source: "strava" }));
    expect(await ask()).toBeNull();
    expect((await ada.as.query(own, { challengeId })).lines).toHaveLength(6);
  });

  test("is nothing before the first activity", async () => {
    const { ada, challengeId } = await newScene();
    expect(await ada.as.query(own, { challengeId })).toEqual({ lines: [], totalPoints: 0 });
  });
});

function sum(lines: Array<{ points: number; count: number }>, what: "points" | "count"): number {
  return lines.reduce((total, line) => total + line[what], 0);
}
