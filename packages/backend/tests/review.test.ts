import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { awardsHeld, newAchievement } from "./achievements.setup";
import { refusedUnchanged } from "./backend.setup";
import {
  accountOf,
  km,
  log,
  type Member,
  newScene,
  type Scene,
  standAtNoon,
  TODAY,
  YESTERDAY,
} from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const { edit, remove } = api.mutations.activities;
const { appeal, decideAppeal, decideFlags, flag } = api.mutations.moderation;
const { review } = api.queries;
const reason = "Looked at it";

const totalOf = async (scene: Scene, who: Member) =>
  (await accountOf(scene, who)).standing.totalPoints;

const removalOf = async ({ admin }: Scene, activityId: Id<"activities">) =>
  await admin.as.query(review.removal, { activityId, today: TODAY });

/** Somebody's run by hand, and the same one of their archive, which is held. */
async function holdOne(scene: Scene, who: Member): Promise<void> {
  await log(scene, who, { metrics: { distance_m: 5000, duration_s: 1800 } });
  const row = {
    externalId: "r1",
    sport: "Run",
    startedAt: Date.parse(`${TODAY}T08:00:00Z`),
    loggedDate: TODAY,
    metrics: { distance_m: 5100, moving_s: 1790 },
  };
  const { challengeId } = scene;
  const args = { challengeId, source: "archive" as const, rows: [row] };
  await who.as.mutation(api.mutations.imports.importActivities, args);
}

describe("the queue of held rows", () => {
  const queueOf = async ({ admin, challengeId }: Scene, numItems = 50) =>
    await admin.as.query(review.held, { challengeId, paginationOpts: { numItems, cursor: null } });

  test("has everybody's, first held first, until they are decided", async () => {
    const scene = await newScene();
    await holdOne(scene, scene.bob);
    await holdOne(scene, scene.ada);
    const { page } = await queueOf(scene);
    expect(page).toMatchObject([
      { displayName: "Bob", row: { sport: "Run" }, twin: { pointsEarned: 50 } },
      { displayName: "Ada", userId: scene.ada.userId },
    ]);
    const [first] = page;
    if (first === undefined) throw new Error("nothing is held");
    const decision = { heldId: first.heldId, decision: "discard" as const, reason };
    await scene.admin.as.mutation(api.mutations.moderation.decideHeld, decision);
    expect((await queueOf(scene)).page.map(({ displayName }) => displayName)).toEqual(["Ada"]);
  });

  test("is without those of people who left, about whom nobody can decide", async () => {
    const scene = await newScene();
    const { challengeId } = scene;
    await holdOne(scene, scene.ada);
    await scene.ada.as.mutation(api.mutations.challenges.leave, { challengeId });
    expect((await queueOf(scene)).page).toEqual([]);
    const { joinCode = "" } = await scene.admin.as.query(api.queries.challenges.get, {
      challengeId,
    });
    await scene.ada.as.mutation(api.mutations.challenges.join, { joinCode });
    expect((await queueOf(scene)).page).toHaveLength(1);
  });

  test("comes in pages of at most 50", async () => {
    const scene = await newScene();
    await refusedUnchanged(scene.t, "INVALID_INPUT", () => queueOf(scene, 51));
  });
});

describe("D13 what a removal would do", () => {
  test("is what it then does, to other activities of the day and the streak as well", async () => {
    const scene = await newScene();
    const { admin, ada, bob } = scene;
    await log(scene, ada, { loggedDate: YESTERDAY });
    const { activityId } = await log(scene, ada, { metrics: km(5) });
    await bob.as.mutation(flag, { activityId, reason: "IMPLAUSIBLE" });
    const before = await totalOf(scene, ada);
    const effect = await removalOf(scene, activityId);
    const args = { activityId, decision: { kind: "remove" as const }, reason };
    await admin.as.mutation(decideFlags, args);
    const change = (await totalOf(scene, ada)) - before;
    expect(effect).toMatchObject({ total: change, own: -50, others: 0, streakBonus: change + 50 });
    expect(effect?.streakBonus).toBeLessThan(0);
  });

  test("is nothing for what is removed already", async () => {
    const scene = await newScene();
    const { activityId } = await log(scene, scene.ada);
    await scene.admin.as.mutation(remove, { activityId, reason });
    expect(await removalOf(scene, activityId)).toEqual({
      total: 0,
      own: 0,
      others: 0,
      streakBonus: 0,
      awards: 0,
      moved: { others: [], awards: [] },
      awardsFollow: false,
    });
  });

  test("has the award that hangs on it, and so has accepting the appeal", async () => {
    const scene = await newScene();
    const { admin, ada } = scene;
    await newAchievement(scene);
    await log(scene, ada);
    const { activityId } = await log(scene, ada);
    const award = (pointsBefore: number, pointsAfter: number) => ({
      own: pointsAfter === 0 ? -12 : 12,
      awards: pointsAfter - pointsBefore,
      moved: { others: [], awards: [{ name: "Two runs", pointsBefore, pointsAfter }] },
    });
    expect(await removalOf(scene, activityId)).toMatchObject(award(100, 0));
    await admin.as.mutation(remove, { activityId, reason });
    expect(await awardsHeld(scene, ada)).toEqual([["once", TODAY, 100, false]]);
    const { appealId } = await ada.as.mutation(appeal, { activityId, text: "It is true" });
    const asked = admin.as.query(review.acceptance, { appealId, today: TODAY });
    expect(await asked).toMatchObject(award(0, 100));
    await admin.as.mutation(decideAppeal, { appealId, isAccepted: true, reason });
    expect(await awardsHeld(scene, ada)).toEqual([["once", TODAY, 100, true]]);
  });
});

describe("D13 what accepting an appeal would do", () => {
  async function appealed(scene: Scene, activityId: Id<"activities">) {
    const { appealId } = await scene.ada.as.mutation(appeal, { activityId, text: "It is true" });
    const ask = async () =>
      await scene.admin.as.query(review.acceptance, { appealId, today: TODAY });
    const accept = async () =>
      await scene.admin.as.mutation(decideAppeal, { appealId, isAccepted: true, reason });
    return { ask, accept };
  }

  test("is what the restored activity gives", async () => {
    const scene = await newScene();
    const { activityId } = await log(scene, scene.ada, { metrics: km(5) });
    await scene.admin.as.mutation(remove, { activityId, reason });
    const { ask, accept } = await appealed(scene, activityId);
    const before = await totalOf(scene, scene.ada);
    const effect = await ask();
    await accept();
    const change = (await totalOf(scene, scene.ada)) - before;
    expect(effect).toMatchObject({ total: change, own: 50 });
  });

  test("is what the edit that is set back gives", async () => {
    const scene = await newScene();
    const { activityId } = await log(scene, scene.ada, { metrics: km(5) });
    await scene.admin.as.mutation(edit, { activityId, metrics: km(1), reason });
    const { ask, accept } = await appealed(scene, activityId);
    const before = await totalOf(scene, scene.ada);
    const effect = await ask();
    await accept();
    expect(effect).toMatchObject({ total: (await totalOf(scene, scene.ada)) - before, own: 40 });
  });

  test("is nothing where no organiser changed the activity, and refused once it is decided", async () => {
    const scene = await newScene();
    const { activityId } = await log(scene, scene.ada);
    await scene.bob.as.mutation(flag, { activityId, reason: "OTHER" });
    const { ask, accept } = await appealed(scene, activityId);
    expect(await ask()).toMatchObject({ total: 0, own: 0 });
    await accept();
    await refusedUnchanged(scene.t, "NOT_FOUND", ask);
  });
});

describe("D13 what counting a held row would do", () => {
  /** Ada's held run, asked about by somebody and then decided. */
  async function asked(decision: "keepBoth" | "replace", who: "admin" | "ada" = "admin") {
    const scene = await newScene();
    const { ada } = scene;
    await newAchievement(scene);
    await holdOne(scene, ada);
    const [held] = await ada.as.query(api.queries.moderation.held, {
      challengeId: scene.challengeId,
    });
    if (held === undefined) throw new Error("nothing is held");
    const { heldId } = held;
    const before = await totalOf(scene, ada);
    const ask = async () =>
      await scene[who].as.query(review.counting, { heldId, decision, today: TODAY });
    const effect = await ask();
    const args = who === "ada" ? { heldId, decision } : { heldId, decision, reason };
    await scene[who].as.mutation(api.mutations.moderation.decideHeld, args);
    await refusedUnchanged(scene.t, "NOT_FOUND", ask);
    return { scene, effect, change: (await totalOf(scene, ada)) - before };
  }

  test("is what both give, with the award they earn together", async () => {
    const { scene, effect, change } = await asked("keepBoth");
    const awards = [{ name: "Two runs", pointsBefore: 0, pointsAfter: 100 }];
    expect(effect).toMatchObject({ total: change, own: 51, others: 0, awards: 100 });
    expect(effect?.moved).toEqual({ others: [], awards });
    expect(await awardsHeld(scene, scene.ada)).toEqual([["once", TODAY, 100, true]]);
  });

  test("is the difference where it takes the place of the other, without an award", async () => {
    const { scene, effect, change } = await asked("replace", "ada");
    const others = [{ typeName: "Run", pointsBefore: 50, pointsAfter: 0 }];
    expect(effect).toMatchObject({ total: change, own: 51, others: -50, awards: 0 });
    expect(effect?.moved).toEqual({ others, awards: [] });
    expect(await awardsHeld(scene, scene.ada)).toEqual([]);
  });

  test("is a secret to organisers where it would take the place of one of Strava", async () => {
    const scene = await newScene();
    await holdOne(scene, scene.ada);
    const heldId = await scene.t.run(async (ctx) => {
      const held = await ctx.db.query("heldActivities").first();
      if (held === null) throw new Error("nothing is held");
      await ctx.db.patch(held.twinId, { source: "strava" });
      return held._id;
    });
    const ask = async (who: Member, decision: "keepBoth" | "replace") =>
      await who.as.query(review.counting, { heldId, decision, today: TODAY });
    expect(await ask(scene.admin, "replace")).toBeNull();
    expect(await ask(scene.admin, "keepBoth")).toMatchObject({ own: 51 });
    expect(await ask(scene.ada, "replace")).toMatchObject({ own: 51, others: -50 });
    await refusedUnchanged(scene.t, "NOT_CHALLENGE_ADMIN", () => ask(scene.bob, "keepBoth"));
  });
});

test("a correction of a flagged activity can choose another option", async () => {
  const scene = await newScene();
  const { admin, ada, bob, types } = scene;
  const { activityId } = await log(scene, ada, { metrics: km(5) });
  await bob.as.mutation(flag, { activityId, reason: "WRONG_ACTIVITY" });
  const decision = { kind: "correct" as const, activityTypeId: types.run, variant: "none" };
  await refusedUnchanged(scene.t, "INVALID_INPUT", () =>
    admin.as.mutation(decideFlags, { activityId, decision, reason }),
  );
});
