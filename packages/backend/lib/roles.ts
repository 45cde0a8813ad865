import type { Doc, Id } from "../_generated/dataModel";
import type { ChallengeAdmin } from "./access";
import { expelFromChallenge } from "./challenges";
import { need, refuse } from "./errors";
import { startJob } from "./jobs";
import { record } from "./moderationLog";
import { notify } from "./notifications";
import { participationOf, setRole, unban } from "./participations";
import { checkReason } from "./rules/reasons";
import type { ReadCtx, WriteCtx } from "./tableOwners";

type Challenge = Doc<"challenges">;
type Participation = Doc<"participations">;
/** The ctx of a mutation for admins of a challenge. */
export type AdminCtx = WriteCtx & { challenge: Challenge; admin: ChallengeAdmin };

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
 * A job takes the points away; to ask again joins it, or begins a new one where it failed or was cancelled.
 */
export async function expelPerson(
  ctx: AdminCtx,
  wish: { userId: Id<"users">; isBan: boolean; keepsPoints: boolean; reason: string },
): Promise<void> {
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
  if (before.status !== status || takes) await expelNow(ctx, before, { status, keepsPoints, note });
  if (!keepsPoints) {
    const options = { userId, admin: ctx.admin };
    const job = { kind: "takePoints", dryRun: false, challengeId: ctx.challenge._id } as const;
    await startJob(ctx, { ...job, options, startedBy: ctx.admin.userId });
  }
}

async function expelNow(
  ctx: AdminCtx,
  before: Participation,
  how: { status: "removed" | "banned"; keepsPoints: boolean; note: string },
): Promise<void> {
  const { userId } = before;
  const { status, keepsPoints, note } = how;
  await expelFromChallenge(ctx, ctx.challenge, before, { status, keepsPoints });
  const { _id: challengeId } = ctx.challenge;
  await record(ctx, ctx.admin, { challengeId, action: status, userId, note });
  await notify(ctx, [userId], {
    challengeId,
    news: { kind: "removed", isBanned: status === "banned" },
  });
}

/** Lets a banned person join again. Refuses NOT_FOUND (`participant`). */
export async function unbanPerson(ctx: AdminCtx, userId: Id<"users">): Promise<void> {
  const participation = await needParticipation(ctx, userId);
  if (participation.status !== "banned") return;
  await unban(ctx, participation);
  const { _id: challengeId } = ctx.challenge;
  await record(ctx, ctx.admin, { challengeId, action: "unbanned", userId });
}
