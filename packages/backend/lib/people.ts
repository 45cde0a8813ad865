import type { Doc, Id } from "../_generated/dataModel";
import { need, refuse } from "./errors";
import { canonicalZone } from "./rules/dates";
import { afterPrefix } from "./rules/nameSearch";
import { openTable, type ReadCtx, type WriteCtx } from "./tableOwners";
import { checkName } from "./text";

export type Person = Doc<"people">;

/** In characters (code points). */
export const MAX_DISPLAY_NAME_LENGTH = 80;

/** At most this many admins of the platform are told of something. */
const MAX_PLATFORM_ADMINS = 50;
/** At most this many made-up people are offered for one-click sign-in. */
const MAX_DEMO_ACCOUNTS = 5;

/** The person behind a sign-in, null when there is none or the person was erased. */
export async function personOf(ctx: ReadCtx, userId: Id<"users">): Promise<Person | null> {
  const person = await ctx.db
    .query("people")
    .withIndex("by_userId", (q) => q.eq("userId", userId))
    .unique();
  return person === null || person.erasedAt !== undefined ? null : person;
}

/** The person who signs in with this e-mail address, as `checkEmail` returned it; null when there is none. */
export async function personByEmail(ctx: ReadCtx, email: string): Promise<Person | null> {
  const user = await ctx.db
    .query("users")
    .withIndex("email", (q) => q.eq("email", email))
    .unique();
  return user === null ? null : personOf(ctx, user._id);
}

/**
 * The only person with this display name, null when there is none. Refuses INVALID_INPUT for what is no name, and when
 * several people have it.
 */
export async function personByName(ctx: ReadCtx, displayName: string): Promise<Person | null> {
  const stored = need(checkName(displayName, "displayName", MAX_DISPLAY_NAME_LENGTH));
  const [person, other] = await ctx.db
    .query("people")
    .withIndex("by_displayName", (q) => q.eq("displayName", stored))
    .take(2);
  if (other !== undefined) {
    const problem = "several people have this name: name one by e-mail address or user id";
    return refuse({ code: "INVALID_INPUT", path: "displayName", problem });
  }
  return person ?? null;
}

/** People whose display name begins with this as it is written, by name; nobody who was erased. */
export function peopleByName(ctx: ReadCtx, prefix: string) {
  return ctx.db
    .query("people")
    .withIndex("by_displayName", (q) =>
      (prefix === "" ? q.gt("displayName", "") : q.gte("displayName", prefix)).lt(
        "displayName",
        afterPrefix(prefix),
      ),
    );
}

/** A time zone of a person or a challenge as it is stored; refuses INVALID_INPUT unless it is an IANA zone. */
export function needZone(timezone: string): string {
  const problem = "must be an IANA time zone";
  return canonicalZone(timezone) ?? refuse({ code: "INVALID_INPUT", path: "timezone", problem });
}

/**
 * Makes the person of a sign-in. A second call for the same user changes nothing, so that signing in again never
 * overwrites a name the person chose.
 *
 * @param displayName as `checkName` returned it
 */
export async function ensurePerson(
  ctx: WriteCtx,
  person: { userId: Id<"users">; displayName: string; timezone?: string; isDemo: boolean },
): Promise<void> {
  const existing = await ctx.db
    .query("people")
    .withIndex("by_userId", (q) => q.eq("userId", person.userId))
    .unique();
  if (existing === null) {
    await openTable(ctx, "people").insert({ ...person, isPlatformAdmin: false });
  }
}

/** Changes how a person is shown, or the zone their days are counted in. Values are already checked. */
export async function updatePerson(
  ctx: WriteCtx,
  person: Person,
  change: { displayName?: string; timezone?: string },
): Promise<void> {
  await openTable(ctx, "people").patch(person._id, change);
}

/** Lets a person administrate the whole platform. */
export async function grantPlatformAdmin(ctx: WriteCtx, person: Person): Promise<void> {
  await openTable(ctx, "people").patch(person._id, { isPlatformAdmin: true });
}

/** Who administrates the whole platform, the first 50. */
export async function platformAdmins(ctx: ReadCtx): Promise<Array<Id<"users">>> {
  const admins = await ctx.db
    .query("people")
    .withIndex("by_isPlatformAdmin", (q) => q.eq("isPlatformAdmin", true))
    .take(MAX_PLATFORM_ADMINS);
  return admins.map(({ userId }) => userId);
}

/** The made-up people offered for one-click sign-in, oldest first: the seed makes the organiser first. */
export async function demoPeople(ctx: ReadCtx): Promise<Person[]> {
  return await ctx.db
    .query("people")
    .withIndex("by_isDemo", (q) => q.eq("isDemo", true))
    .take(MAX_DEMO_ACCOUNTS);
}

/**
 * Leaves nothing of a person but that there was one: from this moment every call of theirs is refused, and they are shown
 * as "Former participant".
 */
export async function tombstone(ctx: WriteCtx, { _id, userId }: Person): Promise<void> {
  await openTable(ctx, "people").replace(_id, {
    userId,
    displayName: "",
    isPlatformAdmin: false,
    isDemo: false,
    erasedAt: Date.now(),
  });
}
