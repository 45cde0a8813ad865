import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import type { MutationCtx } from "../_generated/server";
import { activityPointsAggregate } from "../lib/activityPointsAggregate";
import { revokeBonusActivity } from "../lib/pointLedger";
import { sealCtx } from "../lib/tableOwners";
import { awardsHeld, findingsOf, newAchievement, progressRows } from "./achievements.setup";
import { runWhole } from "./jobs.setup";
import { log, newScene, type Scene, settled, standAtNoon, TODAY } from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

/** Ada has run twice, for which she got 100 points. */
async function awarded() {
  const scene = await newScene();
  const achievementId = await newAchievement(scene);
  await log(scene, scene.ada);
  await log(scene, scene.ada);
  await log(scene, scene.bob);
  await settled(scene.t);
  expect(await findingsOf(scene)).toEqual([]);
  return { scene, achievementId };
}

async function damaged(scene: Scene, damage: (ctx: MutationCtx) => Promise<unknown>) {
  await scene.t.run(async (ctx) => void (await damage(ctx)));
  return (await findingsOf(scene)).filter(({ kind }) => /^a(ward|chievement)/.test(kind));
}

/** The dry run says what the repair does, and then nothing is found any more. */
async function repaired(scene: Scene) {
  const dry = await runWhole(scene, "repair", { dryRun: true });
  const real = await runWhole(scene, "repair");
  expect(real.findings).toEqual(dry.findings);
  await settled(scene.t);
  expect((await runWhole(scene, "repair")).findings).toEqual([]);
  expect((await runWhole(scene, "verify")).findings).toEqual([]);
}

const awardRow = async (ctx: MutationCtx) => {
  const rows = await ctx.db.query("activities").collect();
  const row = rows.find(({ source }) => source === "achievement");
  if (row === undefined) throw new Error("no award");
  return row;
};

describe("C6 verify of the awards", () => {
  test("names one without a basis, which a repair takes back", async () => {
    const { scene } = await awarded();
    const { ada } = scene;
    const [progress] = await progressRows(scene, ada);
    const findings = await damaged(scene, async (ctx) => {
      const runs = await ctx.db.query("activities").collect();
      const run = runs.find(({ userId, source }) => userId === ada.userId && source === "manual");
      if (!run || !progress) throw new Error("no run");
      // As an older release would have deleted it, which knew of no achievements.
      const after = { ...run, deletedAt: Date.now() };
      await ctx.db.replace("activities", run._id, after);
      await activityPointsAggregate.replace(ctx, run, after);
    });
    const actual = `100 on ${TODAY}`;
    expect(findings).toMatchObject([
      { kind: "award.undeserved", userId: ada.userId, expected: null, actual, cure: "repair" },
      { kind: "achievementProgress", expected: "1 entries, 1 awards" },
    ]);
    await runWhole(scene, "repair");
    await settled(scene.t);
    expect(await awardsHeld(scene, ada)).toEqual([["once", TODAY, 100, false]]);
    expect(await damaged(scene, async () => {})).toEqual([]);
  });

  test("names one that is missing, which a repair gives", async () => {
    const { scene } = await awarded();
    const { ada, t } = scene;
    const [progress] = await progressRows(scene, ada);
    const row = await t.run(awardRow);
    const findings = await damaged(scene, async (ctx) => {
      const challenge = await ctx.db.get("challenges", scene.challengeId);
      if (!challenge || !progress) throw new Error("no challenge");
      const whose = { challenge, userId: ada.userId, actor: { kind: "system" as const } };
      await revokeBonusActivity(sealCtx(ctx), { ...whose, activity: row });
    });
    expect(findings).toMatchObject([
      { kind: "award.missing", userId: ada.userId, expected: `100 on ${TODAY}`, actual: null },
      { kind: "achievementProgress", expected: "2 entries, 0 awards" },
    ]);
    await settled(t);
    await repaired(scene);
    expect(await awardsHeld(scene, ada)).toEqual([["once", TODAY, 100, true]]);
  });

  test("names one for other points, and what is kept about a person and gone", async () => {
    const { scene } = await awarded();
    const { ada, t } = scene;
    const moved = await damaged(scene, async (ctx) => {
      const row = await awardRow(ctx);
      await ctx.db.patch("activities", row._id, { pointsEarned: 999 });
    });
    const points = { expected: `100 on ${TODAY}`, actual: `999 on ${TODAY}` };
    expect(moved).toMatchObject([
      { kind: "award.moved", ...points },
      { kind: "achievementProgress" },
    ]);
    await runWhole(scene, "repair");
    await settled(t);
    expect(await awardsHeld(scene, ada)).toEqual([["once", TODAY, 100, true]]);
    const lost = await damaged(scene, async (ctx) => {
      for (const { _id } of await ctx.db.query("achievementProgress").collect())
        await ctx.db.delete("achievementProgress", _id);
    });
    expect(lost.map(({ kind }) => kind)).toEqual(["achievementProgress", "achievementProgress"]);
    await runWhole(scene, "repair");
    expect(await damaged(scene, async () => {})).toEqual([]);
  });

  test("leaves people alone who are still being evaluated", async () => {
    const { scene, achievementId } = await awarded();
    const { update } = api.mutations.achievements;
    await scene.admin.as.mutation(update, { achievementId, points: 7, reevaluate: true });
    expect(await findingsOf(scene)).toEqual([]);
    await settled(scene.t);
    expect(await findingsOf(scene)).toEqual([]);
  });
});
