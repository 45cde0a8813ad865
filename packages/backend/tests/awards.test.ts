import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { needChallenge } from "../lib/access";
import { awardBonusActivity, revokeBonusActivity } from "../lib/pointLedger";
import { sealCtx } from "../lib/tableOwners";
import { log, newScene, type Scene, standAtNoon, TODAY } from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const actor = { kind: "system" } as const;

async function award({ t, challengeId, ada }: Scene, points: number) {
  return await t.run(async (raw) => {
    const ctx = sealCtx(raw);
    return await awardBonusActivity(ctx, {
      challenge: await needChallenge(ctx, challengeId),
      userId: ada.userId,
      actor,
      source: "achievement",
      awardKey: "first-week",
      loggedDate: TODAY,
      points,
      label: "First week",
    });
  });
}

async function revoke({ t, challengeId, ada }: Scene, activityId: Id<"activities">) {
  return await t.run(async (raw) => {
    const ctx = sealCtx(raw);
    const activity = await ctx.db.get("activities", activityId);
    if (activity === null) throw new Error("no award");
    const challenge = await needChallenge(ctx, challengeId);
    return await revokeBonusActivity(ctx, { challenge, userId: ada.userId, actor, activity });
  });
}

describe("D7 an award", () => {
  test("is in the sum of its person while it stands, and again when it is given again", async () => {
    const scene = await newScene();
    const { t, challengeId, ada } = scene;
    const shown = async () =>
      (await t.query(api.queries.profiles.get, { challengeId, userId: ada.userId })).totalPoints;
    await log(scene, ada, { type: "stretch" });
    const { activityId } = await award(scene, 25);
    await award(scene, 25);
    expect(await shown()).toBe(30);
    await revoke(scene, activityId);
    expect(await shown()).toBe(5);
    const again = await award(scene, 40);
    expect(again).toMatchObject({ activityId, pointsEarned: 40, totalPoints: 45 });
    expect(await shown()).toBe(45);
    const verified = await t.query(internal.queries.maintenance.verifyPage, { challengeId });
    expect(verified.findings).toEqual([]);
  });
});
