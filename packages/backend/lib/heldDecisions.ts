import type { Doc, Id } from "../_generated/dataModel";
import type { ImportResult } from "../tables/imports";
import { actorOf, type ChallengeAdmin, type Viewer } from "./access";
import { refuse } from "./errors";
import { discard } from "./heldActivities";
import { needHeldWriter, noteOf } from "./ledgerAccess";
import { record } from "./moderationLog";
import { importHeld, softDeleteActivity } from "./pointLedger";
import type { VerbArgs } from "./pointLedger/commit";
import type { WriteCtx } from "./tableOwners";

/** What becomes of a held row: it counts beside the activity it looks like, instead of it, or not at all. */
export type HeldDecision = "keepBoth" | "replace" | "discard";

const ACTIONS = {
  keepBoth: "heldKept",
  replace: "heldReplaced",
  discard: "heldDiscarded",
} as const satisfies Record<HeldDecision, string>;

/**
 * Decides about a held row: its person, or an admin who says why. Replacing removes the other activity and imports the
 * row in one transaction; where that activity is gone already, the row is just imported. Refuses NOT_FOUND
 * (`heldActivity`; also once it is decided), NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN (also for replacing what an admin
 * corrected), INVALID_INPUT, and what an import of the row is refused for: OUTSIDE_CHALLENGE_DATES,
 * NOT_AVAILABLE_THIS_WEEK, LIMIT_REACHED, CHALLENGE_FINAL.
 */
export async function decideHeld(
  ctx: WriteCtx & Viewer,
  wish: { heldId: Id<"heldActivities">; decision: HeldDecision; reason?: string },
  requestId: string | undefined,
): Promise<{ pointsEarned: number }> {
  const { heldId, decision, reason } = wish;
  const { held, ...writer } = await needHeldWriter(ctx, heldId, { asAdmin: reason !== undefined });
  if (held.row === null) return refuse({ code: "NOT_FOUND", what: "heldActivity" });
  const note = noteOf(writer, reason);
  const verb = { ...writer, requestId, note };
  if (decision === "replace") await removeTwin(ctx, verb, held);
  const imported = decision === "discard" ? null : await importRow(ctx, verb, held);
  if (imported === null) await discard(ctx, held);
  const { actor } = writer;
  if (actor.kind === "challengeAdmin" || actor.kind === "platformAdmin") {
    const { challengeId, userId } = held;
    const admin: ChallengeAdmin = { ...actor, kind: actor.kind };
    await record(ctx, admin, { challengeId, action: ACTIONS[decision], userId, note });
  }
  return { pointsEarned: imported?.pointsEarned ?? 0 };
}

/** The import is one, whoever decided it: what its source says later still updates the row. */
async function importRow(
  ctx: WriteCtx & Viewer,
  verb: VerbArgs,
  held: Doc<"heldActivities">,
): Promise<ImportResult> {
  return await importHeld(ctx, { ...verb, actor: { kind: "import", ...actorOf(ctx) }, held });
}

/** Removes the activity a held row looks like, if it is still there; the row takes its place. */
async function removeTwin(
  ctx: WriteCtx,
  verb: VerbArgs,
  { twinId }: Doc<"heldActivities">,
): Promise<void> {
  const activity = await ctx.db.get("activities", twinId);
  if (activity === null || activity.deletedAt !== undefined) return;
  if (activity.isSticky && verb.actor.kind === "user") {
    const { challengeId, _id: activityId } = activity;
    refuse({ code: "NOT_CHALLENGE_ADMIN", challengeId, activityId });
  }
  await softDeleteActivity(ctx, { ...verb, activity });
}
