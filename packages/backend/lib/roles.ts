import type { Doc, Id } from "../_generated/dataModel";
import type { ChallengeAdmin } from "./access";
import { expelFromChallenge } from "./challenges";
import { need, refuse } from "./errors";
import { record } from "./moderationLog";
import { notify } from "./notifications";
import { participationOf, setRole, unban } from "./participations";
import { revokeBonusActivity, softDeleteActivity } from "./pointLedger";
import { checkReason } from "./rules/reasons";
import type { ReadCtx, WriteCtx } from "./tableOwners";

type Challenge = Doc<"challenges">;
type Participation = Doc<"participations">;
/** The ctx of a mutation for admins of a challenge. */
export type AdminCtx = WriteCtx & { challenge: Challenge; admin: ChallengeAdmin };

/** Rows of one step of taking points away: each is a change of its own, about 60 of the 4,096 reads. */
const ROWS_PER_STEP = 20;

async function needParticipation(
  ctx: ReadCtx & { challenge: Challenge },
  userId: Id<"users">,
): Promise<Participation> {
  const participation = await participationOf(ctx, ctx.challenge._id, userId);
  if (participation === null || participation.status === "erasing")
    return refuse({ code: "NOT_FOUND", what: "participant" });
  return participation;
}

/**
 * Makes somebody who takes part an admin or a participant, and tells them. Refuses NOT_FOUND (`participant`) and
 * LIMIT_REACHED (`lastAdmin`).
 */
export async function changeRole(
  ctx: AdminCtx,
  userId: Id<"users">,
  role: Participation["role"],
): Promise<void> {
  const participation = await needParticipation(ctx, userId);
  if (participation.status !== "active") refuse({ code: "NOT_FOUND", what: "participant" });
  if (participation.role === role) return;
  await setRole(ctx, participation, role);
  const { _id: challengeId } = ctx.challenge;
  const action = role === "admin" ? "madeAdmin" : "madeParticipant";
  await record(ctx, ctx.admin, { challengeId, action, userId });
  if (userId !== ctx.admin.userId)
    await notify(ctx, [userId], { challengeId, news: { kind: "roleChanged", role } });
}

/**
 * Removes or bans somebody, and tells them. Somebody who is out already can still be banned or lose their points; what
 * is so already changes nothing. Refuses INVALID_INPUT (`reason`, and the admin's own `userId`), NOT_FOUND
 * (`participant`), LIMIT_REACHED (`lastAdmin`) and CHALLENGE_FINAL (points of a frozen board stay).
 *
 * @returns the participation whose points are to be taken away from now on; null when they are not
 */
export async function expelPerson(
  ctx: AdminCtx,
  wish: { userId: Id<"users">; isBan: boolean; keepsPoints: boolean; reason: string },
): Promise<Participation | null> {
  const { userId, keepsPoints } = wish;
  const note = need(checkReason(wish.reason));
  if (userId === ctx.admin.userId) {
    const problem = "is your own: leave the challenge instead";
    refuse({ code: "INVALID_INPUT", path: "userId", problem });
  }
  const before = await needParticipation(ctx, userId);
  const isBanned = wish.isBan || before.status === "banned";
  const status = isBanned ? "banned" : "removed";
  const takes = !keepsPoints && !before.isLosingPoints;
  if (before.status === status && !takes) return null;
  await expelFromChallenge(ctx, ctx.challenge, before, { status, keepsPoints });
  const { _id: challengeId } = ctx.challenge;
  await record(ctx, ctx.admin, { challengeId, action: status, userId, note });
  await notify(ctx, [userId], { challengeId, news: { kind: "removed", isBanned } });
  return takes ? before : null;
}

/** Lets a banned person join again. Refuses NOT_FOUND (`participant`). */
export async function unbanPerson(ctx: AdminCtx, userId: Id<"users">): Promise<void> {
  const participation = await needParticipation(ctx, userId);
  if (participation.status !== "banned") return;
  await unban(ctx, participation);
  const { _id: challengeId } = ctx.challenge;
  await record(ctx, ctx.admin, { challengeId, action: "unbanned", userId });
}

/**
 * Takes the next of a removed person's rows out of the count, in the admin's name, so that they stay out when the person
 * comes back. A row that is out already is passed over, so a step that runs twice changes nothing more.
 *
 * @param cursor where the last step ended, null for the first
 * @returns where it ended; null when no row is left
 */
export async function takePointsStep(
  ctx: WriteCtx,
  { challengeId, userId }: Participation,
  { admin, cursor }: { admin: ChallengeAdmin; cursor: string | null },
): Promise<string | null> {
  const challenge = await ctx.db.get("challenges", challengeId);
  if (challenge === null || challenge.finalAt !== undefined) return null;
  const { page, continueCursor, isDone } = await ctx.db
    .query("activities")
    .withIndex("by_challengeId_and_userId_and_loggedDate", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId),
    )
    .paginate({ cursor, numItems: ROWS_PER_STEP });
  const verb = { challenge, userId, actor: admin };
  for (const { _id } of page) {
    // A row before it may have taken this one along: an award loses its basis.
    const activity = await ctx.db.get("activities", _id);
    if (activity === null || activity.deletedAt !== undefined) continue;
    if (activity.activityTypeId !== null) await softDeleteActivity(ctx, { ...verb, activity });
    else if (activity.awardKey !== undefined) await revokeBonusActivity(ctx, { ...verb, activity });
  }
  return isDone ? null : continueCursor;
}
