import { v } from "convex/values";
import { internal } from "../_generated/api";
import { insertUser, PASSWORD_PROVIDER } from "../auth";
import { need, refuse } from "../lib/errors";
import { internalMutation } from "../lib/functions";
import {
  ensurePerson,
  grantPlatformAdmin,
  MAX_DISPLAY_NAME_LENGTH,
  needZone,
  personByEmail,
} from "../lib/people";
import { checkPassword } from "../lib/passwords";
import { forgetSignInAttempts } from "../lib/rateLimits";
import { checkEmail, checkName } from "../lib/text";

/**
 * Makes a person without a sign-up: made-up people of the demo and of load tests, and people an organiser imports
 * for. With an e-mail address the person can be given a password by `mutations/admin:resetPassword`. Refuses
 * INVALID_INPUT, also when the address is taken.
 */
export const createPerson = internalMutation({
  args: {
    displayName: v.string(),
    timezone: v.optional(v.string()),
    isDemo: v.optional(v.boolean()),
    email: v.optional(v.string()),
  },
  returns: v.object({ userId: v.id("users") }),
  handler: async (ctx, args) => {
    const displayName = need(checkName(args.displayName, "displayName", MAX_DISPLAY_NAME_LENGTH));
    const timezone = args.timezone === undefined ? undefined : needZone(args.timezone);
    const email = args.email === undefined ? undefined : need(checkEmail(args.email, "email"));
    if (email !== undefined && (await personByEmail(ctx, email)) !== null) {
      refuse({ code: "INVALID_INPUT", path: "email", problem: "belongs to another person" });
    }
    const userId = await insertUser(ctx, { name: displayName, email });
    await ensurePerson(ctx, { userId, displayName, timezone, isDemo: args.isDemo ?? false });
    return { userId };
  },
});

/** Lets the person with this e-mail address administrate the platform. Refuses NOT_FOUND. */
export const makePlatformAdmin = internalMutation({
  args: { email: v.string() },
  returns: v.object({ userId: v.id("users") }),
  handler: async (ctx, args) => {
    const email = need(checkEmail(args.email, "email"));
    const person = await personByEmail(ctx, email);
    if (person === null) return refuse({ code: "NOT_FOUND", what: "person" });
    await grantPlatformAdmin(ctx, person);
    return { userId: person.userId };
  },
});

/**
 * Gives the person with this e-mail address a new password and signs them out everywhere. Refuses INVALID_INPUT and
 * NOT_FOUND.
 */
export const resetPassword = internalMutation({
  args: { email: v.string(), newPassword: v.string() },
  returns: v.null(),
  handler: async (ctx, args): Promise<null> => {
    const email = need(checkEmail(args.email, "email"));
    const secret = need(checkPassword(args.newPassword, "newPassword"));
    const person = await personByEmail(ctx, email);
    if (person === null) return refuse({ code: "NOT_FOUND", what: "person" });
    const account = { id: email, secret };
    await ctx.runMutation(internal.auth.store, {
      args: { type: "modifyAccount", provider: PASSWORD_PROVIDER, account },
    });
    await ctx.runMutation(internal.auth.store, {
      args: { type: "invalidateSessions", userId: person.userId },
    });
    await forgetSignInAttempts(ctx, email);
    return null;
  },
});
