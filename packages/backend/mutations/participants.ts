import { type ObjectType, v } from "convex/values";
import { challengeAdminMutation } from "../lib/functions";
import { type AdminCtx, changeRole, expelPerson, unbanPerson } from "../lib/roles";
import { roleValidator } from "../tables/challenges";

const member = { userId: v.id("users") };
const expulsion = {
  ...member,
  /** `keep`: they stay on the boards as "Former participant". */
  points: v.union(v.literal("keep"), v.literal("remove")),
  reason: v.string(),
};

/**
 * Makes a participant an admin of the challenge, or an admin a participant. Refuses NOT_SIGNED_IN, NOT_FOUND (also
 * `participant`), NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN and LIMIT_REACHED (`lastAdmin`).
 */
export const setRole = challengeAdminMutation({
  args: { ...member, role: roleValidator },
  returns: v.null(),
  handler: async (ctx, { userId, role }) => {
    await changeRole(ctx, userId, role);
    return null;
  },
});

/**
 * Removes somebody, who loses every right at once and may join again. Removed points are off the boards at once and out
 * of the count within minutes. Refuses NOT_SIGNED_IN, NOT_FOUND (also `participant`), NOT_PARTICIPANT,
 * NOT_CHALLENGE_ADMIN, INVALID_INPUT, LIMIT_REACHED (`lastAdmin`) and CHALLENGE_FINAL (`points: "remove"`).
 */
export const remove = challengeAdminMutation({
  args: expulsion,
  returns: v.null(),
  handler: async (ctx, args) => await expel(ctx, args, { isBan: false }),
});

/** Removes somebody for good: they cannot join again, not by the join code either. Refuses what `remove` refuses. */
export const ban = challengeAdminMutation({
  args: expulsion,
  returns: v.null(),
  handler: async (ctx, args) => await expel(ctx, args, { isBan: true }),
});

/** The two doors differ in whether the person may come back. */
async function expel(
  ctx: AdminCtx,
  { userId, points, reason }: ObjectType<typeof expulsion>,
  { isBan }: { isBan: boolean },
): Promise<null> {
  await expelPerson(ctx, { userId, isBan, keepsPoints: points === "keep", reason });
  return null;
}

/**
 * Lets somebody who was banned join again. Refuses NOT_SIGNED_IN, NOT_FOUND (also `participant`), NOT_PARTICIPANT and
 * NOT_CHALLENGE_ADMIN.
 */
export const unban = challengeAdminMutation({
  args: member,
  returns: v.null(),
  handler: async (ctx, { userId }) => {
    await unbanPerson(ctx, userId);
    return null;
  },
});
