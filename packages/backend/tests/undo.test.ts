import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { awardsHeld, newAchievement } from "./achievements.setup";
import { refusedUnchanged, snapshotTables } from "./backend.setup";
import { accountOf, km, log, newScene, rowOf, type Scene, standAtNoon, uuid } from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const { edit, remove } = api.mutations.activities;
const { appeal, decideAppeal, decideFlags, flag, undoDecision } = api.mutations.moderation;
const paginationOpts = { numItems: 50, cursor: null };
const reason = "Looked at it";

type Choice = { kind: "dismiss" } | { kind: "remove" } | { kind: "correct"; metrics: object };

/** Ada's run of 5 km, flagged by Bob. */
async function flagged() {
  const scene = await newScene();
  const { activityId } = await log(scene, scene.ada, { metrics: km(5) });
  await scene.bob.as.mutation(flag, { activityId, reason: "WRONG_DAY", text: "Really?" });
  return { scene, activityId };
}

async function decided(scene: Scene, activityId: Id<"activities">, decision: Choice) {
  const args = { activityId, decision, reason };
  return (await scene.admin.as.mutation(decideFlags, args)).decisionId;
}

const undo = async ({ admin }: Scene, decisionId: Id<"moderationLog">, requestId?: string) =>
  await admin.as.mutation(undoDecision, { decisionId, requestId });

const queueOf = async ({ admin, challengeId }: Scene) =>
  (await admin.as.query(api.queries.moderation.flags, { challengeId, paginationOpts })).page;

const logOf = async ({ admin, challengeId }: Scene) =>
  (await admin.as.query(api.queries.moderation.log, { challengeId, paginationOpts })).page;

/** What decisions and their undoing may change of an account, and nothing else. */
async function accountNow(scene: Scene) {
  const { standing, rows, days, boards } = await accountOf(scene, scene.ada);
  const { totalPoints, activityCount, streakBonusPoints } = standing;
  const facts = rows.map(({ _id, metrics, pointsEarned, deletedAt }) => {
    return { _id, metrics, pointsEarned, isDeleted: deletedAt !== undefined };
  });
  const points = { totalPoints, activityCount, streakBonusPoints };
  const totals = [...days, ...boards].map((one) => [one.points, one.activityCount]);
  return { ...points, facts, totals };
}

const verified = async ({ t, challengeId }: Scene) =>
  (await t.query(internal.queries.maintenance.verifyPage, { challengeId })).findings;

describe("undoing a decision about flags", () => {
  test.each<Choice>([{ kind: "dismiss" }, { kind: "remove" }, { kind: "correct", metrics: km(1) }])(
    "brings back what was before: $kind",
    async (choice) => {
      const { scene, activityId } = await flagged();
      await newAchievement(scene, { name: "Five", points: 7, criteria: fiveKilometres(scene) });
      const [before, queue, awards] = [
        await accountNow(scene),
        await queueOf(scene),
        await awardsHeld(scene, scene.ada),
      ];
      const decisionId = await decided(scene, activityId, choice);
      expect(await queueOf(scene)).toEqual([]);
      await undo(scene, decisionId);
      expect(await accountNow(scene)).toEqual(before);
      expect(await queueOf(scene)).toEqual(queue);
      expect(await awardsHeld(scene, scene.ada)).toEqual(awards);
      expect(await logOf(scene)).toMatchObject([
        { action: "decisionUndone", note: "Undone by an organiser", activityId },
        { action: choice.kind === "dismiss" ? "flagsDismissed" : "flagsUpheld", note: reason },
      ]);
      const flaggers = await scene.t.run((ctx) => ctx.db.query("flaggers").collect());
      expect(flaggers).toMatchObject([{ upheld: 0, dismissed: 0 }]);
      expect(await verified(scene)).toEqual([]);
    },
  );

  test("happens once, whatever is sent again", async () => {
    const { scene, activityId } = await flagged();
    const decisionId = await decided(scene, activityId, { kind: "remove" });
    await undo(scene, decisionId, uuid(1));
    const after = await snapshotTables(scene.t);
    await undo(scene, decisionId, uuid(1));
    expect(await snapshotTables(scene.t)).toEqual(after);
    await refusedUnchanged(scene.t, "NOT_FOUND", () => undo(scene, decisionId, uuid(2)));
  });

  test("is refused once the activity changed, with nothing changed", async () => {
    const { scene, activityId } = await flagged();
    const decisionId = await decided(scene, activityId, { kind: "dismiss" });
    await scene.ada.as.mutation(edit, { activityId, metrics: km(4) });
    const refusal = await refusedUnchanged(scene.t, "STALE_VERSION", () => undo(scene, decisionId));
    expect(refusal).toMatchObject({ expected: 1, actual: 2 });
    const removal = await flagged();
    const other = await decided(removal.scene, removal.activityId, {
      kind: "correct",
      metrics: km(1),
    });
    await removal.scene.ada.as.mutation(remove, { activityId: removal.activityId });
    await refusedUnchanged(removal.scene.t, "STALE_VERSION", () => undo(removal.scene, other));
  });

  test("leaves a doubt alone that its person raised again since", async () => {
    const { scene, activityId } = await flagged();
    const decisionId = await decided(scene, activityId, { kind: "dismiss" });
    await scene.bob.as.mutation(flag, { activityId, reason: "OTHER" });
    await undo(scene, decisionId);
    expect(await queueOf(scene)).toMatchObject([{ about: { reason: "OTHER" } }]);
  });

  test("is for organisers, and for decisions that can be undone", async () => {
    const { scene, activityId } = await flagged();
    const { t, ada, admin } = scene;
    const decisionId = await decided(scene, activityId, { kind: "dismiss" });
    await refusedUnchanged(t, "NOT_CHALLENGE_ADMIN", () =>
      ada.as.mutation(undoDecision, { decisionId }),
    );
    await admin.as.mutation(api.mutations.moderation.comment, {
      activityId,
      audience: "admins",
      text: "Hm",
    });
    const comment = await t.run(async (ctx) => {
      const entries = await ctx.db.query("moderationLog").collect();
      return entries.find(({ action }) => action === "commented")?._id;
    });
    if (comment === undefined) throw new Error("not logged");
    await refusedUnchanged(t, "NOT_FOUND", () => undo(scene, comment));
  });
});

function fiveKilometres({ types }: Scene) {
  const measure = { metric: "distance_m" as const, unit: "km" as const, atLeast: 5 };
  return { kind: "count" as const, activityTypeIds: [types.run], times: 1, measure };
}

describe("undoing a decision about an appeal", () => {
  /** An organiser removed or corrected Ada's run, and she appealed. */
  async function appealed(what: "remove" | "correct") {
    const scene = await newScene();
    const { admin, ada } = scene;
    const { activityId } = await log(scene, ada, { metrics: km(5) });
    if (what === "remove") await admin.as.mutation(remove, { activityId, reason });
    else await admin.as.mutation(edit, { activityId, metrics: km(1), reason });
    const { appealId } = await ada.as.mutation(appeal, { activityId, text: "It is true" });
    const decide = async (isAccepted: boolean) => {
      const args = { appealId, isAccepted, reason };
      return (await admin.as.mutation(decideAppeal, args)).decisionId;
    };
    return { scene, activityId, decide };
  }

  test.each(["remove", "correct"] as const)(
    "an accepted one is open again, and accepting it again does the same: %s",
    async (what) => {
      const { scene, activityId, decide } = await appealed(what);
      const before = await accountNow(scene);
      await undo(scene, await decide(true));
      expect(await accountNow(scene)).toEqual(before);
      const review = await scene.ada.as.query(api.queries.moderation.review, { activityId });
      expect(review.appeal).toEqual({ text: "It is true", status: "open" });
      const { page } = await scene.ada.as.query(api.queries.notifications.mine, { paginationOpts });
      expect(page.map(({ news }) => news)).toContainEqual({ kind: "appealReopened", activityId });
      await decide(true);
      expect(await rowOf(scene.t, activityId)).toMatchObject({ pointsEarned: 50, metrics: km(5) });
      expect((await rowOf(scene.t, activityId)).deletedAt).toBeUndefined();
      expect(await verified(scene)).toEqual([]);
    },
  );

  test("a rejected one is open again, without its answer", async () => {
    const { scene, activityId, decide } = await appealed("remove");
    const before = await accountNow(scene);
    await undo(scene, await decide(false));
    expect(await accountNow(scene)).toEqual(before);
    const review = await scene.ada.as.query(api.queries.moderation.review, { activityId });
    expect(review.appeal).toEqual({ text: "It is true", status: "open" });
  });

  test("an appeal after an undone correction leaves the activity as its person logged it", async () => {
    const { scene, activityId } = await flagged();
    const { admin, ada } = scene;
    await undo(scene, await decided(scene, activityId, { kind: "correct", metrics: km(1) }));
    const { appealId } = await ada.as.mutation(appeal, { activityId, text: "It is true" });
    await admin.as.mutation(decideAppeal, { appealId, isAccepted: true, reason });
    expect(await rowOf(scene.t, activityId)).toMatchObject({ pointsEarned: 50, metrics: km(5) });
  });
});
