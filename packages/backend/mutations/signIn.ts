import { v } from "convex/values";
import { eraseSignIn, PASSWORD_PROVIDER } from "../auth";
import { internalMutation } from "../lib/functions";
import { countSignInAttempt, forgetSignInAttempts } from "../lib/rateLimits";

/**
 * Counts one try to sign in or up with an e-mail address and says how to go on: the milliseconds to wait (0 = go on),
 * and whether the address has an account. A transaction of its own, so that the count stays when the try fails.
 */
export const countAttempt = internalMutation({
  args: { email: v.string() },
  returns: v.object({ retryAfterMs: v.number(), isTaken: v.boolean() }),
  handler: async (ctx, { email }) => {
    const account = await ctx.db
      .query("authAccounts")
      .withIndex("providerAndAccountId", (q) =>
        q.eq("provider", PASSWORD_PROVIDER).eq("providerAccountId", email),
      )
      .unique();
    return { retryAfterMs: await countSignInAttempt(ctx, email), isTaken: account !== null };
  },
});

/** Forgets the tries made with an e-mail address, after one succeeded. */
export const forgetAttempts = internalMutation({
  args: { email: v.string() },
  returns: v.null(),
  handler: async (ctx, { email }) => {
    await forgetSignInAttempts(ctx, email);
    return null;
  },
});

/** Erases how a deleted person signed in; answers how many rows went, 0 when nothing is left. */
export const erase = internalMutation({
  args: { userId: v.id("users"), limit: v.number() },
  returns: v.object({ erased: v.number() }),
  handler: async (ctx, { userId, limit }) => ({ erased: await eraseSignIn(ctx, userId, limit) }),
});
