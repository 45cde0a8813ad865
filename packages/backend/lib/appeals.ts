import type { Doc, Id } from "../_generated/dataModel";
import type { Undo } from "../tables/moderation";
import { needChallengeAdmin, needParticipant, type Viewer } from "./access";
import { needNotFinal } from "./challenges";
import { need, refuse } from "./errors";
import { closeFlags, openFlagsOf } from "./flags";
import { record } from "./moderationLog";
import { notify } from "./notifications";
import { personOf } from "./people";
import { checkReason } from "./rules/reasons";
import { MAX_NOTES_LENGTH } from "./rules/deeds";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";
import { takeBack, takenBackBy } from "./takingBack";
import { checkText } from "./text";

type Appeal = Doc<"appeals">;

/** The appeal about an activity; null when there is none. */
export async function appealOf(ctx: ReadCtx, activityId: Id<"activities">): Promise<Appeal | null> {
  return await ctx.db
    .query("appeals")
    .withIndex("by_activityId", (q) => q.eq("activityId", activityId))
    .unique();
}

/** Whether there is something to appeal against: an organiser changed the activity, or it is under review. */
export async function isAppealable(ctx: ReadCtx, activity: Doc<"activities">): Promise<boolean> {
  if (activity.activityTypeId === null) return false;
  return activity.isSticky || (await openFlagsOf(ctx, activity._id)).length > 0;
}

/**
 * Says something against a decision about one's own activity, once. Refuses NOT_FOUND (`activity`; also another's),
 * NOT_PARTICIPANT, INVALID_INPUT (`text`; an activity no organiser changed or looks at), LIMIT_REACHED (`appeals`) and
 * CHALLENGE_FINAL.
 */
export async function appeal(
  ctx: WriteCtx & Viewer,
  activityId: Id<"activities">,
  words: string,
): Promise<Id<"appeals">> {
  const activity = await ctx.db.get("activities", activityId);
  if (activity?.userId !== ctx.userId) return refuse({ code: "NOT_FOUND", what: "activity" });
  const { challengeId, userId } = activity;
  const { challenge } = await needParticipant(ctx, challengeId, "activity");
  const text = need(checkText(words, "text", MAX_NOTES_LENGTH));
  if (text === "") refuse({ code: "INVALID_INPUT", path: "text", problem: "must not be empty" });
  if (!(await isAppealable(ctx, activity))) {
    const problem = "was neither changed by an organiser nor is it under review";
    refuse({ code: "INVALID_INPUT", path: "activityId", problem });
  }
  if ((await appealOf(ctx, activityId)) !== null)
    refuse({ code: "LIMIT_REACHED", limit: "appeals", max: 1 });
  needNotFinal(challenge);
  const facts = { challengeId, activityId, userId, text };
  return await openTable(ctx, "appeals").insert({ ...facts, status: "open", at: Date.now() });
}

/** An open appeal and who may decide it. Refuses NOT_FOUND (`appeal`; also once it is decided), NOT_PARTICIPANT and NOT_CHALLENGE_ADMIN. */
export async function needAppeal(ctx: ReadCtx & Viewer, appealId: Id<"appeals">) {
  const found = await ctx.db.get("appeals", appealId);
  const appeal = found ?? refuse({ code: "NOT_FOUND", what: "appeal" });
  const access = await needChallengeAdmin(ctx, appeal.challengeId, "appeal");
  if (appeal.status !== "open") refuse({ code: "NOT_FOUND", what: "appeal" });
  return { appeal, ...access };
}

/**
 * Decides an open appeal and tells its person; answers the decision, which can be undone. Accepting closes the open flags as dismissed and takes back what an
 * organiser did last to the activity: a removal is restored, an edit set back, both through the ledger. Refuses NOT_FOUND
 * (`appeal`; also once it is decided), NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, INVALID_INPUT (`reason`) and what restoring
 * and editing refuse.
 */
export async function decideAppeal(
  ctx: WriteCtx & Viewer,
  wish: { appealId: Id<"appeals">; isAccepted: boolean; reason: string },
  requestId: string | undefined,
): Promise<{ decisionId: Id<"moderationLog"> }> {
  const { appealId, isAccepted } = wish;
  const { appeal: open, challenge, admin } = await needAppeal(ctx, appealId);
  const { challengeId, activityId, userId } = open;
  const note = need(checkReason(wish.reason));
  const status = isAccepted ? "accepted" : "rejected";
  await openTable(ctx, "appeals").patch(appealId, { status, answer: note });
  const activity = await ctx.db.get("activities", activityId);
  let undo: Undo | undefined;
  if (activity !== null) {
    const flags = isAccepted ? await openFlagsOf(ctx, activityId) : [];
    await closeFlags(ctx, flags, "dismissed");
    const zone = (await personOf(ctx, userId))?.timezone;
    const verb = { challenge, userId, actor: admin, zone, activity, note, requestId };
    const versionBefore = activity.version;
    const posted = isAccepted ? await takeBack(ctx, verb, await takenBackBy(ctx, activity)) : null;
    const versionAfter = posted?.version ?? versionBefore;
    undo = { versionBefore, versionAfter, flagIds: flags.map(({ _id }) => _id) };
  }
  const action = isAccepted ? "appealAccepted" : "appealRejected";
  const about = { challengeId, action, userId, activityId, note, undo } as const;
  const decisionId = await record(ctx, admin, about);
  const news = { kind: "appealDecided", activityId, isAccepted } as const;
  await notify(ctx, [userId], { challengeId, news });
  return { decisionId };
}

/** Opens a decided appeal again, without its answer, and tells its person. */
export async function reopenAppeal(ctx: WriteCtx, { _id, ...appeal }: Appeal): Promise<void> {
  const { challengeId, userId, activityId } = appeal;
  await openTable(ctx, "appeals").patch(_id, { status: "open", answer: undefined });
  const news = { kind: "appealReopened", activityId } as const;
  await notify(ctx, [userId], { challengeId, news });
}

/** Deletes the appeals of a challenge or a person, at most `limit`; answers how many. */
export async function eraseAppeals(
  ctx: WriteCtx,
  of: { challengeId: Id<"challenges"> } | { userId: Id<"users"> },
  limit: number,
): Promise<number> {
  const all = ctx.db.query("appeals");
  const rows =
    "challengeId" in of
      ? all.withIndex("by_challengeId_and_status", (q) => q.eq("challengeId", of.challengeId))
      : all.withIndex("by_userId", (q) => q.eq("userId", of.userId));
  return await eraseRows(openTable(ctx, "appeals"), await rows.take(limit));
}
