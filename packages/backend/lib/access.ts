import { getAuthUserId } from "@convex-dev/auth/server";
import type { Doc, Id } from "../_generated/dataModel";
import type { Scope } from "../tables/apiKeys";
import { refuse } from "./errors";
import { type Person, personOf } from "./people";
import type { ReadCtx } from "./tableOwners";

type Challenge = Doc<"challenges">;
type Participation = Doc<"participations">;

/** What a call made with an API key may do, at most: its person's rights in one challenge, within its scopes. */
export interface ApiGrant {
  apiKeyId: Id<"apiKeys">;
  challengeId: Id<"challenges">;
  scopes: readonly Scope[];
}

/** Who is calling. */
export interface Viewer {
  userId: Id<"users">;
  person: Person;
  /** The key of a call through the HTTP API; absent in a session. */
  apiKey?: ApiGrant;
}

/** A ctx that knows who is calling: what viewer builders hand to their handlers. */
export type ViewerCtx = ReadCtx & Viewer;

/** The caller, null when nobody is signed in or the person was erased. */
export async function viewerOf(ctx: ReadCtx & Partial<Viewer>): Promise<Viewer | null> {
  const { userId: known, person: knownPerson, apiKey } = ctx;
  if (known !== undefined && knownPerson !== undefined) {
    return { userId: known, person: knownPerson, apiKey };
  }
  const userId = await getAuthUserId(ctx);
  if (userId === null) return null;
  const person = await personOf(ctx, userId);
  return person === null ? null : { userId: person.userId, person };
}

/** The caller; refuses NOT_SIGNED_IN when nobody is signed in or the person was erased. */
export async function needViewer(ctx: ReadCtx & Partial<Viewer>): Promise<Viewer> {
  return (await viewerOf(ctx)) ?? refuse({ code: "NOT_SIGNED_IN" });
}

/** Refuses INSUFFICIENT_SCOPE for a call with an API key that has none of these scopes; sessions have all of them. */
export function needScope({ apiKey }: Pick<Viewer, "apiKey">, ...oneOf: Scope[]): void {
  if (apiKey === undefined || oneOf.some((scope) => apiKey.scopes.includes(scope))) return;
  refuse({ code: "INSUFFICIENT_SCOPE", needed: oneOf.join(" or ") });
}

/** Refuses NOT_FOUND for a call with an API key of another challenge. */
function needKeyOf(
  { apiKey }: Pick<Partial<Viewer>, "apiKey">,
  challengeId: Id<"challenges">,
  what: string,
): void {
  if (apiKey !== undefined && apiKey.challengeId !== challengeId)
    refuse({ code: "NOT_FOUND", what });
}

/** The challenge; refuses NOT_FOUND. Says nothing about who may see it. */
export async function needChallenge(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
): Promise<Challenge> {
  return (await ctx.db.get("challenges", challengeId)) ?? refuseHidden();
}

/** A person's part in a challenge, null when there is none or they left. */
export async function activeParticipation(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  userId: Id<"users">,
): Promise<Participation | null> {
  const participation = await ctx.db
    .query("participations")
    .withIndex("by_challengeId_and_userId", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId),
    )
    .unique();
  return participation?.status === "active" ? participation : null;
}

/**
 * The challenge and the caller's own part in it. Refuses NOT_FOUND when it is missing, NOT_PARTICIPANT when the
 * caller has no part in it; a private challenge answers NOT_FOUND there too, as if it did not exist.
 *
 * @param what what the caller asked for, named by NOT_FOUND: doors keyed by something inside a challenge name that, so
 *   that their answer is the one for a missing id
 */
export async function needParticipant(
  ctx: ViewerCtx,
  challengeId: Id<"challenges">,
  what = "challenge",
): Promise<{ challenge: Challenge; participation: Participation }> {
  const challenge = await needChallenge(ctx, challengeId);
  needKeyOf(ctx, challengeId, what);
  const participation = await activeParticipation(ctx, challengeId, ctx.userId);
  return { challenge, participation: participation ?? refuseOutsider(challenge, what) };
}

/** Someone who may administrate a challenge, as the ledger's actor. */
export interface ChallengeAdmin {
  kind: "challengeAdmin" | "platformAdmin";
  userId: Id<"users">;
  apiKeyId?: Id<"apiKeys">;
}

/** The caller as part of the ledger's actor. */
export function actorOf({ userId, apiKey }: Viewer): Pick<ChallengeAdmin, "userId" | "apiKeyId"> {
  return apiKey === undefined ? { userId } : { userId, apiKeyId: apiKey.apiKeyId };
}

/**
 * The challenge, and in which role the caller administrates it: as one of its admins, or as an admin of the platform.
 * Refuses like `needParticipant`, NOT_CHALLENGE_ADMIN for participants without that role, and INSUFFICIENT_SCOPE for an
 * API key without the scope `admin`, whoever its person is.
 *
 * @param what as for `needParticipant`
 */
export async function needChallengeAdmin(
  ctx: ViewerCtx,
  challengeId: Id<"challenges">,
  what = "challenge",
): Promise<{ challenge: Challenge; admin: ChallengeAdmin }> {
  const challenge = await needChallenge(ctx, challengeId);
  needKeyOf(ctx, challengeId, what);
  const participation = await activeParticipation(ctx, challengeId, ctx.userId);
  if (participation?.role === "admin") {
    needScope(ctx, "admin");
    return { challenge, admin: { kind: "challengeAdmin", ...actorOf(ctx) } };
  }
  if (ctx.person.isPlatformAdmin) {
    needScope(ctx, "admin");
    return { challenge, admin: { kind: "platformAdmin", ...actorOf(ctx) } };
  }
  if (participation === null) return refuseOutsider(challenge, what);
  return refuse({ code: "NOT_CHALLENGE_ADMIN", challengeId });
}

/**
 * Whose part of a challenge the caller asks about: their own, as a participant (also without a userId), or anybody's, as
 * an admin. Refuses like `needParticipant` and `needChallengeAdmin`.
 *
 * @param what as for `needParticipant`
 */
export async function needOwner(
  ctx: ViewerCtx,
  { challengeId, userId = ctx.userId }: { challengeId: Id<"challenges">; userId?: Id<"users"> },
  what = "challenge",
): Promise<{ challengeId: Id<"challenges">; userId: Id<"users"> }> {
  if (userId === ctx.userId) await needParticipant(ctx, challengeId, what);
  else await needChallengeAdmin(ctx, challengeId, what);
  return { challengeId, userId };
}

/**
 * The challenge, for queries whose answer is the same for everybody who may see it. A public one needs nothing, and a
 * private one either its view key, which reads no identity and so lets all members share one run, or a member.
 * Everything else is NOT_FOUND, the same answer as a missing id.
 *
 * @param what as for `needParticipant`
 */
export async function needMemberView(
  ctx: ReadCtx & Partial<Viewer>,
  challengeId: Id<"challenges">,
  viewKey: string | undefined,
  what = "challenge",
): Promise<Challenge> {
  const challenge = await needChallenge(ctx, challengeId);
  needKeyOf(ctx, challengeId, what);
  if (challenge.visibility === "public") return challenge;
  if (viewKey !== undefined) {
    return viewKey === (await viewKeyOf(ctx, challengeId)) ? challenge : refuseHidden(what);
  }
  const viewer = await viewerOf(ctx);
  if (viewer === null) return refuseHidden(what);
  if (viewer.person.isPlatformAdmin) return challenge;
  const participation = await activeParticipation(ctx, challengeId, viewer.userId);
  return participation === null ? refuseHidden(what) : challenge;
}

/** The key that lets members share the queries of a private challenge; null for a public one. */
export async function viewKeyOf(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
): Promise<string | null> {
  const row = await ctx.db
    .query("challengeKeys")
    .withIndex("by_challengeId", (q) => q.eq("challengeId", challengeId))
    .unique();
  return row?.viewKey ?? null;
}

function refuseHidden(what = "challenge"): never {
  return refuse({ code: "NOT_FOUND", what });
}

/** What people who have no part in a challenge are told: a private one is not there. */
export function refuseOutsider(challenge: Challenge, what = "challenge"): never {
  return challenge.visibility === "private"
    ? refuse({ code: "NOT_FOUND", what })
    : refuse({ code: "NOT_PARTICIPANT", challengeId: challenge._id });
}
