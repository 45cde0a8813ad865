import type { Doc, Id } from "../_generated/dataModel";
import { actorOf, type ChallengeAdmin, type Viewer } from "./access";
import { need, refuse } from "./errors";
import { discard } from "./heldActivities";
import { needHeldWriter, noteOf } from "./ledgerAccess";
import { record } from "./moderationLog";
import { countHeld, ledgerReads } from "./pointLedger";
import type { HeldArgs } from "./pointLedger/heldRow";
import { type Outcome, previewHeld } from "./pointLedger/previews";
import { instantOn } from "./rules/dayClock";
import { dropLate, needUndecided } from "./stravaLate";
import type { ReadCtx, WriteCtx } from "./tableOwners";

/** What becomes of a held row: it counts beside the activity it looks like, instead of it, or not at all. */
export type HeldDecision = Counting | "discard";
/** How it counts, where it does. */
type Counting = "keepBoth" | "replace";

const ACTIONS = {
  keepBoth: "heldKept",
  replace: "heldReplaced",
  discard: "heldDiscarded",
} as const satisfies Record<HeldDecision, string>;

/**
 * Decides about a held row: its person, or an admin who says why. Replacing removes the other activity and imports the
 * row in one transaction; where that activity is gone already, the row is just imported. Refuses NOT_FOUND
 * (`heldActivity`; also once it is decided), NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN (also for replacing what an admin
 * corrected), INVALID_INPUT (also where organisers decided about it as late), and what an import of the row is refused for: OUTSIDE_CHALLENGE_DATES,
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
  const wished = { ...writer, held, requestId, note };
  const imported =
    decision === "discard" ? null : await countHeld(ctx, await countingOf(ctx, wished, decision));
  if (imported === null) await discard(ctx, held);
  if (held.source === "strava") await dropLate(ctx, held);
  const { actor } = writer;
  if (actor.kind === "challengeAdmin" || actor.kind === "platformAdmin") {
    const { challengeId, userId } = held;
    const admin: ChallengeAdmin = { ...actor, kind: actor.kind };
    await record(ctx, admin, { challengeId, action: ACTIONS[decision], userId, note });
  }
  return { pointsEarned: imported?.pointsEarned ?? 0 };
}

/**
 * What counting a held row would do to its person's points, decided by the code that decides; refuses what `decideHeld`
 * refuses.
 *
 * @param today the caller's calendar day
 */
export async function heldOutcome(
  ctx: ReadCtx & Viewer,
  { heldId, decision, today }: { heldId: Id<"heldActivities">; decision: Counting; today: string },
): Promise<Outcome> {
  const writer = await needHeldWriter(ctx, heldId, { asAdmin: false });
  const at = need(instantOn(today, writer.zone ?? writer.challenge.timezone));
  return await previewHeld(ledgerReads(ctx), await countingOf(ctx, writer, decision), at);
}

/** How a held row comes to count. The import is one, whoever decided it: what its source says later still updates the row. */
async function countingOf(
  ctx: ReadCtx & Viewer,
  wished: Omit<HeldArgs, "replaces" | "importer"> & { held: Doc<"heldActivities"> },
  decision: Counting,
): Promise<HeldArgs> {
  await needUndecided(ctx, wished.held);
  const replaces = decision === "replace" ? await twinOf(ctx, wished) : null;
  return { ...wished, replaces, importer: { kind: "import", ...actorOf(ctx) } };
}

/** The activity a held row looks like, if it is still there. Refuses NOT_CHALLENGE_ADMIN for what an admin corrected. */
async function twinOf(
  ctx: ReadCtx,
  { actor, held }: Pick<HeldArgs, "actor" | "held">,
): Promise<Doc<"activities"> | null> {
  const activity = await ctx.db.get("activities", held.twinId);
  if (activity === null || activity.deletedAt !== undefined) return null;
  if (activity.isSticky && actor.kind === "user") {
    const { challengeId, _id: activityId } = activity;
    refuse({ code: "NOT_CHALLENGE_ADMIN", challengeId, activityId });
  }
  return activity;
}
