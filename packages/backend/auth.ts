import { ConvexCredentials } from "@convex-dev/auth/providers/ConvexCredentials";
import { convexAuth, createAccount, retrieveAccount } from "@convex-dev/auth/server";
import type { GenericActionCtx, GenericMutationCtx } from "convex/server";
import type { Value } from "convex/values";
import { internal } from "./_generated/api";
import type { DataModel, Id } from "./_generated/dataModel";
import { need, refuse } from "./lib/errors";
import { checkPassword, hashPassword, verifyPassword } from "./lib/passwords";
import { ensurePerson, MAX_DISPLAY_NAME_LENGTH } from "./lib/people";
import { eraseRows, openTable, sealCtx, type WriteCtx } from "./lib/tableOwners";
import { forgetSignInAttempts } from "./lib/rateLimits";
import { checkEmail, checkName } from "./lib/text";

/**
 * Sign-in with Convex Auth. Its tables are written by it and by this file only; what the product knows about a person
 * is the `people` row, made here for every new user. The choices are explained in docs/adr/0005-sign-in.md.
 */

type Params = Partial<Record<string, Value | undefined>>;
type SignedIn = { userId: Id<"users"> };

/** The provider of accounts with e-mail and password; also names them in `authAccounts`. */
export const PASSWORD_PROVIDER = "password";

const password = ConvexCredentials<DataModel>({
  id: PASSWORD_PROVIDER,
  authorize: async (params, ctx): Promise<SignedIn> => {
    const email = need(checkEmail(needText(params, "email"), "email"));
    const secret = need(checkPassword(needText(params, "password"), "password"));
    const flow = needText(params, "flow");
    if (flow !== "signUp" && flow !== "signIn") {
      return refuse({ code: "INVALID_INPUT", path: "flow", problem: "must be signUp or signIn" });
    }
    const name =
      flow === "signUp"
        ? need(checkName(needText(params, "name"), "name", MAX_DISPLAY_NAME_LENGTH))
        : null;
    const attempt = await ctx.runMutation(internal.mutations.signIn.countAttempt, { email });
    if (attempt.retryAfterMs > 0) {
      return refuse({ code: "RATE_LIMITED", retryAfterMs: attempt.retryAfterMs });
    }
    const userId =
      name === null
        ? await signInWithPassword(ctx, email, secret)
        : await signUpWithPassword(ctx, { email, name, secret, isTaken: attempt.isTaken });
    await ctx.runMutation(internal.mutations.signIn.forgetAttempts, { email });
    return { userId };
  },
  crypto: { hashSecret: hashPassword, verifySecret: verifyPassword },
});

/** One-click sign-in as a made-up person, where the deployment is a demo. */
const demo = ConvexCredentials<DataModel>({
  id: "demo",
  authorize: async (params, ctx): Promise<SignedIn> => {
    const userId = needText(params, "userId");
    const person = await ctx.runQuery(internal.queries.admin.demoPerson, { userId });
    return person ?? refuse({ code: "NOT_FOUND", what: "demo person" });
  },
});

export const { auth, signIn, signOut, store, isAuthenticated } = convexAuth({
  providers: process.env.MILEPOST_DEMO === "1" ? [password, demo] : [password],
  // Our own count comes first in both flows; the library's would outlive a password reset.
  signIn: { maxFailedAttempsPerHour: 1_000_000 },
  callbacks: {
    async afterUserCreatedOrUpdated(ctx, { userId, profile }) {
      // Convex Auth types its ctx by its own tables; the running database is the whole one.
      const sealed = sealCtx(ctx as unknown as GenericMutationCtx<DataModel>);
      await ensurePerson(sealed, { userId, displayName: String(profile.name), isDemo: false });
    },
  },
});

/**
 * Makes the user row of a person who did not sign up, such as a made-up one. With an e-mail address there is an
 * account too, which cannot be signed in to until `mutations/admin:resetPassword` gives it a password.
 *
 * @param email as `checkEmail` returned it, used by nobody yet
 */
export async function insertUser(
  ctx: WriteCtx,
  user: { name: string; email?: string },
): Promise<Id<"users">> {
  const userId = await openTable(ctx, "users").insert(user);
  if (user.email !== undefined) {
    await openTable(ctx, "authAccounts").insert({
      userId,
      provider: PASSWORD_PROVIDER,
      providerAccountId: user.email,
    });
  }
  return userId;
}

async function signInWithPassword(
  ctx: GenericActionCtx<DataModel>,
  email: string,
  secret: string,
): Promise<Id<"users">> {
  try {
    const account = { id: email, secret };
    const { user } = await retrieveAccount(ctx, { provider: PASSWORD_PROVIDER, account });
    return user._id;
  } catch (error) {
    const reason = error instanceof Error ? error.message : "";
    // The same answer for both, so that signing in does not tell which addresses have an account.
    if (reason === "InvalidAccountId" || reason === "InvalidSecret") {
      const problem = "this e-mail address and password do not belong together";
      return refuse({ code: "INVALID_INPUT", path: "password", problem });
    }
    throw error;
  }
}

async function signUpWithPassword(
  ctx: GenericActionCtx<DataModel>,
  person: { email: string; name: string; secret: string; isTaken: boolean },
): Promise<Id<"users">> {
  const { email, name, secret, isTaken } = person;
  // Asked before: Convex Auth would verify the password of an existing account, and sign in whoever knows it.
  if (isTaken) return refuseTaken();
  const account = { id: email, secret };
  const profile = { email, name };
  try {
    const { user } = await createAccount(ctx, { provider: PASSWORD_PROVIDER, account, profile });
    return user._id;
  } catch (error) {
    // Somebody else signed up with this address since it was asked about.
    if (error instanceof Error && error.message.includes("already exists")) return refuseTaken();
    throw error;
  }
}

function refuseTaken(): never {
  const problem = "this e-mail address has an account: sign in instead";
  return refuse({ code: "INVALID_INPUT", path: "email", problem });
}

function needText(params: Params, path: string): string {
  const value = params[path];
  if (typeof value === "string") return value;
  return refuse({ code: "INVALID_INPUT", path, problem: "must be a text" });
}

/**
 * Erases how a person signs in: accounts with their e-mail address, which is free from then on, sessions and tokens; the
 * user row stays, empty, because much refers to it. At most `limit` sessions and as many tokens; answers how many rows
 * went, 0 when nothing is left.
 */
export async function eraseSignIn(
  ctx: WriteCtx,
  userId: Id<"users">,
  limit: number,
): Promise<number> {
  const accounts = await ctx.db
    .query("authAccounts")
    .withIndex("userIdAndProvider", (q) => q.eq("userId", userId))
    .take(limit);
  for (const { _id, providerAccountId } of accounts) {
    const codes = await ctx.db
      .query("authVerificationCodes")
      .withIndex("accountId", (q) => q.eq("accountId", _id))
      .take(limit);
    await eraseRows(openTable(ctx, "authVerificationCodes"), codes);
    const failures = await ctx.db
      .query("authRateLimits")
      .withIndex("identifier", (q) => q.eq("identifier", _id))
      .take(limit);
    await eraseRows(openTable(ctx, "authRateLimits"), failures);
    await forgetSignInAttempts(ctx, providerAccountId);
  }
  const erased = await eraseRows(openTable(ctx, "authAccounts"), accounts);
  await openTable(ctx, "users").replace(userId, {});
  return erased + (await eraseSessions(ctx, userId, limit));
}

async function eraseSessions(ctx: WriteCtx, userId: Id<"users">, limit: number): Promise<number> {
  const sessions = await ctx.db
    .query("authSessions")
    .withIndex("userId", (q) => q.eq("userId", userId))
    .take(limit);
  let erased = 0;
  for (const session of sessions) {
    const tokens = await ctx.db
      .query("authRefreshTokens")
      .withIndex("sessionId", (q) => q.eq("sessionId", session._id))
      .take(limit - erased);
    erased += await eraseRows(openTable(ctx, "authRefreshTokens"), tokens);
    if (erased >= limit) break;
    erased += await eraseRows(openTable(ctx, "authSessions"), [session]);
    if (erased >= limit) break;
  }
  return erased;
}
