import type { Doc, Id } from "../_generated/dataModel";
import { needChallengeAdmin, type Viewer } from "./access";
import { appealOf, reopenAppeal } from "./appeals";
import { refuse } from "./errors";
import { reopenFlags } from "./flags";
import { record } from "./moderationLog";
import { personOf } from "./people";
import { lastInverse, takeBack, undoRequestId } from "./takingBack";
import type { ReadCtx, WriteCtx } from "./tableOwners";

/** What stands as the reason of what takes a decision back. */
const NOTE = "Undone by an organiser";

/** A decision about flags or an appeal that nobody took back so far, with its activity. Refuses what `undoDecision` refuses. */
async function needUndoable(ctx: ReadCtx & Viewer, decisionId: Id<"moderationLog">) {
  const what = "decision";
  const decision = await ctx.db.get("moderationLog", decisionId);
  if (decision === null) return refuse({ code: "NOT_FOUND", what });
  const access = await needChallengeAdmin(ctx, decision.challengeId, what);
  const { undo, activityId } = decision;
  const undone = await ctx.db
    .query("moderationLog")
    .withIndex("by_undoes", (q) => q.eq("undoes", decisionId))
    .first();
  if (undo === undefined || activityId === undefined || undone !== null)
    return refuse({ code: "NOT_FOUND", what });
  const activity = await ctx.db.get("activities", activityId);
  if (activity === null) return refuse({ code: "NOT_FOUND", what: "activity" });
  if (activity.version !== undo.versionAfter)
    refuse({ code: "STALE_VERSION", expected: undo.versionAfter, actual: activity.version });
  return { decision, undo, activity, ...access };
}

/**
 * Takes back a decision about flags or an appeal, as long as its activity is as the decision left it: what it did to the
 * activity is undone through the ledger, the flags it closed wait again, and so does the appeal, whose person is told. The
 * decision stays in the log, with an entry that takes it back. Refuses NOT_FOUND (`decision`: also one of another kind, or
 * that was undone already), NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, STALE_VERSION when the activity changed since,
 * INVALID_INPUT where what an edit replaced was not kept, and what removing, restoring and editing refuse.
 */
export async function undoDecision(
  ctx: WriteCtx & Viewer,
  decisionId: Id<"moderationLog">,
): Promise<void> {
  const { decision, undo, activity, challenge, admin } = await needUndoable(ctx, decisionId);
  const { challengeId, userId, action } = decision;
  const { _id: activityId } = activity;
  if (undo.versionAfter !== undo.versionBefore) {
    const zone = (await personOf(ctx, userId))?.timezone;
    const requestId = undoRequestId(decisionId);
    const verb = { challenge, userId, actor: admin, zone, activity, note: NOTE, requestId };
    await takeBack(ctx, verb, await needInverse(ctx, activity));
  }
  await reopenFlags(ctx, activityId, undo.flagIds);
  const appeal = await appealOf(ctx, activityId);
  const isAppeal = action === "appealAccepted" || action === "appealRejected";
  if (isAppeal && appeal) await reopenAppeal(ctx, appeal);
  const about = { challengeId, userId, activityId, note: NOTE, undoes: decisionId };
  await record(ctx, admin, { ...about, action: "decisionUndone" });
}

async function needInverse(ctx: ReadCtx, activity: Doc<"activities">) {
  const problem = "cannot be undone: what it replaced was not kept";
  return (
    (await lastInverse(ctx, activity)) ??
    refuse({ code: "INVALID_INPUT", path: "decisionId", problem })
  );
}
