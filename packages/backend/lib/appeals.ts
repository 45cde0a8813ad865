import type { Doc, Id } from "../_generated/dataModel";
import { changesOf } from "./activityChanges";
import { type ChallengeAdmin, needChallengeAdmin, needParticipant, type Viewer } from "./access";
import { needNotFinal } from "./challenges";
import { need, refuse } from "./errors";
import { closeFlags, openFlagsOf } from "./flags";
import { record } from "./moderationLog";
import { notify } from "./notifications";
import { personOf } from "./people";
import { editActivity, restoreActivity } from "./pointLedger";
import type { RowVerbArgs } from "./pointLedger/verbs";
import { checkReason } from "./rules/reasons";
import { type Deed, MAX_NOTES_LENGTH } from "./rules/deeds";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";
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
 * Decides an open appeal and tells its person. Accepting closes the open flags as dismissed and takes back what an
 * organiser did last to the activity: a removal is restored, an edit set back, both through the ledger. Refuses NOT_FOUND
 * (`appeal`; also once it is decided), NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, INVALID_INPUT (`reason`) and what restoring
 * and editing refuse.
 */
export async function decideAppeal(
  ctx: WriteCtx & Viewer,
  wish: { appealId: Id<"appeals">; isAccepted: boolean; reason: string },
  requestId: string | undefined,
): Promise<void> {
  const { appealId, isAccepted } = wish;
  const { appeal: open, challenge, admin } = await needAppeal(ctx, appealId);
  const { challengeId, activityId, userId } = open;
  const note = need(checkReason(wish.reason));
  const status = isAccepted ? "accepted" : "rejected";
  await openTable(ctx, "appeals").patch(appealId, { status, answer: note });
  const activity = await ctx.db.get("activities", activityId);
  if (isAccepted && activity !== null) {
    await closeFlags(ctx, await openFlagsOf(ctx, activityId), "dismissed");
    const zone = (await personOf(ctx, userId))?.timezone;
    const verb = { challenge, userId, actor: admin, zone, activity, note, requestId };
    await takeBack(ctx, verb);
  }
  const action = isAccepted ? "appealAccepted" : "appealRejected";
  await record(ctx, admin, { challengeId, action, userId, activityId, note });
  const news = { kind: "appealDecided", activityId, isAccepted } as const;
  await notify(ctx, [userId], { challengeId, news });
}

/** What an organiser did last to an activity and still stands, as what takes it back; null for nothing. */
export async function takenBackBy(
  ctx: ReadCtx,
  activity: Doc<"activities">,
): Promise<{ kind: "restore" } | { kind: "edit"; facts: Corrected } | null> {
  const changes = await changesOf(ctx, activity);
  const last = changes.find(({ event }) => isByOrganiser(event));
  if (last === undefined) return null;
  if (last.event.kind === "deleted")
    return activity.deletedAt === undefined ? null : { kind: "restore" };
  const before = last.facts?.before;
  if (before === undefined || activity.deletedAt !== undefined) return null;
  const { activityTypeId, loggedDate, metrics, variant } = before;
  if (activityTypeId === null || loggedDate === null) return null;
  return { kind: "edit", facts: { activityTypeId, loggedDate, metrics, variant } };
}

/** What an edit replaced, as far as an edit can set it back. */
type Corrected = Deed & { activityTypeId: Id<"activityTypes"> };

/** Undoes the last thing an organiser did to an activity, if that still stands. */
async function takeBack(
  ctx: WriteCtx,
  verb: RowVerbArgs & { activity: Doc<"activities">; actor: ChallengeAdmin },
): Promise<void> {
  const undo = await takenBackBy(ctx, verb.activity);
  if (undo?.kind === "restore") await restoreActivity(ctx, verb);
  if (undo?.kind === "edit") await editActivity(ctx, { ...verb, ...undo.facts });
}

function isByOrganiser({ actor, kind }: Doc<"pointEvents">): boolean {
  const isAdmin = actor.kind === "challengeAdmin" || actor.kind === "platformAdmin";
  return isAdmin && (kind === "deleted" || kind === "edited");
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
