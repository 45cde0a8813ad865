import { v } from "convex/values";
import { need, refuse } from "../lib/errors";
import { internalQuery } from "../lib/functions";
import { adminsOf } from "../lib/participations";
import { type Person, personByEmail, personByName, personOf } from "../lib/people";
import type { ReadCtx } from "../lib/tableOwners";
import { checkEmail } from "../lib/text";

/**
 * Finds a person by exactly one of e-mail address, user id or full display name; null when there is none. Refuses
 * INVALID_INPUT for none or several arguments, and for a name that several people have.
 */
export const findPerson = internalQuery({
  args: {
    email: v.optional(v.string()),
    userId: v.optional(v.string()),
    displayName: v.optional(v.string()),
  },
  returns: v.union(v.object({ userId: v.id("users"), displayName: v.string() }), v.null()),
  handler: async (ctx, args) => {
    const person = await lookUp(ctx, args);
    return person && { userId: person.userId, displayName: person.displayName };
  },
});

async function lookUp(
  ctx: ReadCtx,
  by: { email?: string; userId?: string; displayName?: string },
): Promise<Person | null> {
  if (Object.keys(by).length !== 1) {
    return refuse({
      code: "INVALID_INPUT",
      path: "email",
      problem: "give exactly one of email, userId and displayName",
    });
  }
  if (by.email !== undefined) return personByEmail(ctx, need(checkEmail(by.email, "email")));
  if (by.displayName !== undefined) return personByName(ctx, by.displayName);
  const userId = ctx.db.normalizeId("users", by.userId ?? "");
  return userId && personOf(ctx, userId);
}

/** One admin of a challenge, so that scripts can act in its name. Refuses NOT_FOUND. */
export const challengeAdmin = internalQuery({
  args: { challengeId: v.id("challenges") },
  returns: v.object({ userId: v.id("users") }),
  handler: async (ctx, { challengeId }) => {
    const [admin] = await adminsOf(ctx, challengeId);
    if (admin === undefined) return refuse({ code: "NOT_FOUND", what: "challenge" });
    return { userId: admin.userId };
  },
});

/** The made-up person with this user id; null for everybody else. */
export const demoPerson = internalQuery({
  args: { userId: v.string() },
  returns: v.union(v.object({ userId: v.id("users") }), v.null()),
  handler: async (ctx, args) => {
    const userId = ctx.db.normalizeId("users", args.userId);
    const person = userId && (await personOf(ctx, userId));
    return person?.isDemo ? { userId: person.userId } : null;
  },
});
