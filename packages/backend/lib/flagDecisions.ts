import type { Id } from "../_generated/dataModel";
import type { Metrics } from "../tables/scoring";
import { needChallengeAdmin, needParticipant, type Viewer } from "./access";
import { need, refuse } from "./errors";
import { closeFlags, type Doubt, openFlagsOf, raiseFlag } from "./flags";
import { record } from "./moderationLog";
import { personOf } from "./people";
import { editActivity, softDeleteActivity } from "./pointLedger";
import type { RowVerbArgs } from "./pointLedger/verbs";
import { checkReason } from "./rules/reasons";
import type { ReadCtx, WriteCtx } from "./tableOwners";

/** What organisers make of a flagged activity: nothing wrong, out of the count, or corrected. */
export type FlagDecision =
  | { kind: "dismiss" }
  | { kind: "remove" }
  | {
      kind: "correct";
      loggedDate?: string;
      metrics?: Metrics;
      variant?: string;
      activityTypeId?: Id<"activityTypes">;
    };

async function needActivity(ctx: ReadCtx, activityId: Id<"activities">) {
  const activity = await ctx.db.get("activities", activityId);
  return activity ?? refuse({ code: "NOT_FOUND", what: "activity" });
}

/** Flags an activity of the caller's challenge; see `raiseFlag`. Refuses NOT_FOUND and NOT_PARTICIPANT as well. */
export async function flagActivity(
  ctx: WriteCtx & Viewer,
  activityId: Id<"activities">,
  doubt: Doubt,
): Promise<"created" | "exists"> {
  const activity = await needActivity(ctx, activityId);
  await needParticipant(ctx, activity.challengeId, "activity");
  return await raiseFlag(ctx, activity, { flaggedBy: ctx.userId, doubt });
}

/**
 * Decides all open flags of an activity at once, in one transaction with what it does to the activity. Whoever raised
 * one is not named to its person, and gets more or fewer flags a day. Refuses NOT_FOUND (`activity`, or `flag` when none
 * is open), NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, INVALID_INPUT (`reason`), and for `remove` and `correct` what removing and
 * editing refuse, ACTIVITY_DELETED among it.
 *
 * @returns how many flags it closed, and the decision, which can be undone
 */
export async function decideFlags(
  ctx: WriteCtx & Viewer,
  wish: { activityId: Id<"activities">; decision: FlagDecision; reason: string },
  requestId: string | undefined,
): Promise<{ closed: number; decisionId: Id<"moderationLog"> }> {
  const { decision } = wish;
  const activity = await needActivity(ctx, wish.activityId);
  const { _id: activityId, challengeId, userId } = activity;
  const { challenge, admin } = await needChallengeAdmin(ctx, challengeId, "activity");
  const note = need(checkReason(wish.reason));
  const flags = await openFlagsOf(ctx, activityId);
  if (flags.length === 0) refuse({ code: "NOT_FOUND", what: "flag" });
  const isUpheld = decision.kind !== "dismiss";
  // Closed before the activity changes: what the change then resolves is no decision.
  await closeFlags(ctx, flags, isUpheld ? "upheld" : "dismissed");
  const zone = (await personOf(ctx, userId))?.timezone;
  const verb = { challenge, userId, actor: admin, zone, activity, note, requestId };
  const versionBefore = activity.version;
  const versionAfter = await versionOf(ctx, verb, decision);
  const decisionId = await record(ctx, admin, {
    challengeId,
    action: isUpheld ? "flagsUpheld" : "flagsDismissed",
    userId,
    activityId,
    note,
    undo: { versionBefore, versionAfter, flagIds: flags.map(({ _id }) => _id) },
  });
  return { closed: flags.length, decisionId };
}

/** Does to the activity what was decided, and answers its version then. */
async function versionOf(
  ctx: WriteCtx,
  verb: RowVerbArgs,
  decision: FlagDecision,
): Promise<number> {
  const { _id: activityId, version, deletedAt } = verb.activity;
  if (decision.kind === "dismiss") return version;
  if (deletedAt !== undefined) refuse({ code: "ACTIVITY_DELETED", activityId });
  if (decision.kind === "remove") return (await softDeleteActivity(ctx, verb)).version;
  const { kind: _, ...facts } = decision;
  return (await editActivity(ctx, { ...verb, ...facts })).version;
}
