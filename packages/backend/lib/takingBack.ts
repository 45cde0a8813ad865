import type { Doc, Id } from "../_generated/dataModel";
import { type Change, changesOf } from "./activityChanges";
import { editActivity, restoreActivity, softDeleteActivity } from "./pointLedger";
import type { Posted } from "./pointLedger/commit";
import type { RowVerbArgs } from "./pointLedger/verbs";
import type { EditedDeed } from "./rules/deeds";
import { isAdminActor } from "./rules/reasons";
import type { ReadCtx, WriteCtx } from "./tableOwners";

/** What the requestId of an event begins with that takes a decision back; no client can send one. */
const UNDO = "undo:";

/** The requestId of what takes a decision back. */
export function undoRequestId(decisionId: Id<"moderationLog">): string {
  return `${UNDO}${decisionId}`;
}

/** What an edit replaced, as far as an edit can set it back. */
type Replaced = EditedDeed & { activityTypeId: Id<"activityTypes"> };

/** What takes a change of an activity back. */
export type TakingBack =
  | { kind: "remove" }
  | { kind: "restore" }
  | { kind: "edit"; facts: Replaced };

/** What takes a change back; null where what it replaced was not kept. */
function inverseOf({ event, facts }: Change): TakingBack | null {
  if (event.kind === "deleted") return { kind: "restore" };
  if (event.kind === "restored") return { kind: "remove" };
  const { activityTypeId, loggedDate, metrics, variant } = facts?.before ?? {};
  if (!activityTypeId || !loggedDate || !metrics) return null;
  // What was scored by the default goes back to it, whatever option replaced that.
  return { kind: "edit", facts: { activityTypeId, loggedDate, metrics, variant: variant ?? null } };
}

/** The changes organisers made to an activity, newest first, without those that were undone and what undid them. */
async function standingChanges(ctx: ReadCtx, activity: Doc<"activities">): Promise<Change[]> {
  const standing: Change[] = [];
  let undone = 0;
  for (const change of await changesOf(ctx, activity)) {
    const { actor, kind, requestId } = change.event;
    if (!isAdminActor(actor) || !["deleted", "edited", "restored"].includes(kind)) continue;
    if (requestId?.startsWith(UNDO)) undone += 1;
    else if (undone > 0) undone -= 1;
    else standing.push(change);
  }
  return standing;
}

/** What takes back what an organiser did last to an activity, if it was a removal or an edit and still stands; null for nothing. */
export async function takenBackBy(
  ctx: ReadCtx,
  activity: Doc<"activities">,
): Promise<Exclude<TakingBack, { kind: "remove" }> | null> {
  const [last] = await standingChanges(ctx, activity);
  const inverse = last ? inverseOf(last) : null;
  if (inverse === null || inverse.kind === "remove") return null;
  const isDeleted = activity.deletedAt !== undefined;
  return isDeleted === (inverse.kind === "restore") ? inverse : null;
}

/** What takes back the last change of an activity, an organiser's; null where what it replaced was not kept. */
export async function lastInverse(
  ctx: ReadCtx,
  activity: Doc<"activities">,
): Promise<TakingBack | null> {
  const [last] = await standingChanges(ctx, activity);
  return last ? inverseOf(last) : null;
}

/** Takes a change of an activity back, through the ledger; null where there is nothing to take back. */
export async function takeBack(
  ctx: WriteCtx,
  verb: RowVerbArgs,
  back: TakingBack | null,
): Promise<Posted | null> {
  switch (back?.kind) {
    case undefined:
      return null;
    case "remove":
      return await softDeleteActivity(ctx, verb);
    case "restore":
      return await restoreActivity(ctx, verb);
    case "edit":
      return await editActivity(ctx, { ...verb, ...back.facts });
  }
}
