import type { Doc, Id } from "../_generated/dataModel";
import type { Scope } from "../tables/apiKeys";
import {
  type ApiGrant,
  needChallengeAdmin,
  needParticipant,
  needScope,
  type Viewer,
} from "./access";
import { eraseRequestsOfKey } from "./apiRequests";
import { need, refuse } from "./errors";
import { personOf } from "./people";
import { countCall } from "./rateLimits";
import { API_KEY_LIMITS, KEY_ID_LENGTH, last4Of, writeApiKey } from "./rules/apiKeys";
import { equalInConstantTime, randomCode, sha256Hex } from "./secrets";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";
import { checkName } from "./text";

type ApiKey = Doc<"apiKeys">;

/** Keys of one person in one challenge that are kept after they ended: so many revoked and so many expired ones. */
const ENDED_KEPT = 50;
/** A new key makes room of so many ended ones of each kind at most. */
const FORGOTTEN_AT_ONCE = 5;
/** Keys that were not revoked are far fewer: 20 live ones, and the expired ones that are kept. */
const MAX_UNREVOKED = 500;
/** A key's last use is written at most this often, so that calls do not wait for each other. */
const LAST_USE_STEP_MS = 5 * 60 * 1000;
/** What an unknown key is compared with, so that it takes as long as a wrong secret. */
const NO_HASH = "0".repeat(64);

/** The key with this public part; null when there is none. */
export async function apiKeyOf(ctx: ReadCtx, keyId: string): Promise<ApiKey | null> {
  return await ctx.db
    .query("apiKeys")
    .withIndex("by_keyId", (q) => q.eq("keyId", keyId))
    .unique();
}

/** Whose keys, and where. */
interface KeyOwner {
  challengeId: Id<"challenges">;
  userId: Id<"users">;
}

/** A person's keys in a challenge, newest first: every one that was not revoked, and the 50 that were revoked last. */
export async function apiKeysOf(ctx: ReadCtx, owner: KeyOwner): Promise<ApiKey[]> {
  const unrevoked = await unrevokedOf(ctx, owner);
  const all = [...unrevoked, ...(await revokedOf(ctx, owner, ENDED_KEPT))];
  return all.sort((a, b) => b._creationTime - a._creationTime);
}

/** The keys of a person that work or expired, newest first. */
async function unrevokedOf(ctx: ReadCtx, { userId, challengeId }: KeyOwner): Promise<ApiKey[]> {
  return await ctx.db
    .query("apiKeys")
    .withIndex("by_userId_and_challengeId_and_revokedAt", (q) =>
      q.eq("userId", userId).eq("challengeId", challengeId).eq("revokedAt", undefined),
    )
    .order("desc")
    .take(MAX_UNREVOKED);
}

/** The keys of a person that were revoked, the last one first. */
async function revokedOf(
  ctx: ReadCtx,
  { userId, challengeId }: KeyOwner,
  limit: number,
): Promise<ApiKey[]> {
  return await ctx.db
    .query("apiKeys")
    .withIndex("by_userId_and_challengeId_and_revokedAt", (q) =>
      q.eq("userId", userId).eq("challengeId", challengeId).gt("revokedAt", 0),
    )
    .order("desc")
    .take(limit);
}

/** Deletes the oldest of the ended keys that are not kept: a few at once, and more than are made. */
async function forgetEnded(
  ctx: WriteCtx,
  owner: KeyOwner,
  expired: readonly ApiKey[],
): Promise<void> {
  const revoked = await revokedOf(ctx, owner, ENDED_KEPT + FORGOTTEN_AT_ONCE);
  const surplus = [expired, revoked].flatMap((keys) =>
    keys.slice(ENDED_KEPT, ENDED_KEPT + FORGOTTEN_AT_ONCE),
  );
  for (const { _id } of surplus) await eraseRequestsOfKey(ctx, _id);
  await eraseRows(openTable(ctx, "apiKeys"), surplus);
}

/** What somebody wants a key for. */
export interface NewApiKey {
  challengeId: Id<"challenges">;
  name: string;
  scopes: readonly Scope[];
  /** UTC ms; without one the key lasts until it is revoked, and works while its person takes part. */
  expiresAt?: number;
}

/**
 * Makes a key of the caller, whose text is answered here and never again. Participants make keys to read and log, admins
 * to administrate as well. Refuses NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, INSUFFICIENT_SCOPE for a caller who is
 * a key, RATE_LIMITED, INVALID_INPUT and LIMIT_REACHED (`apiKeys`, 20 live ones a person and challenge).
 * Of keys that ended, 50 revoked and 50 expired ones are kept: it deletes older ones.
 */
export async function createApiKey(
  ctx: WriteCtx & Viewer,
  wish: NewApiKey,
): Promise<{ apiKeyId: Id<"apiKeys">; keyId: string; key: string; last4: string }> {
  const { challengeId, expiresAt } = wish;
  if (wish.scopes.includes("admin")) await needChallengeAdmin(ctx, challengeId);
  else await needParticipant(ctx, challengeId);
  if (ctx.apiKey !== undefined) refuse({ code: "INSUFFICIENT_SCOPE", needed: "a session" });
  await countCall(ctx, "createApiKey", ctx.userId);
  const now = Date.now();
  const name = need(checkName(wish.name, "name", API_KEY_LIMITS.name));
  const scopes = [...new Set(wish.scopes)];
  if (scopes.length === 0) refuseInput("scopes", "must name at least one scope");
  const isExpiryValid =
    expiresAt === undefined ||
    (Number.isInteger(expiresAt) && expiresAt > now && expiresAt <= now + API_KEY_LIMITS.lifeMs);
  if (!isExpiryValid) refuseInput("expiresAt", "must be within the next 366 days");
  const owner = { userId: ctx.userId, challengeId };
  const unrevoked = await unrevokedOf(ctx, owner);
  const expired = unrevoked.filter((key) => !isLive(key, now));
  if (unrevoked.length - expired.length >= API_KEY_LIMITS.live) {
    refuse({ code: "LIMIT_REACHED", limit: "apiKeys", max: API_KEY_LIMITS.live });
  }
  await forgetEnded(ctx, owner, expired);
  const keyId = randomCode().slice(0, KEY_ID_LENGTH);
  if ((await apiKeyOf(ctx, keyId)) !== null) throw new Error("two keys with one public part");
  const secret = randomCode();
  const last4 = last4Of(secret);
  const secretHash = await sha256Hex(secret);
  const row = { keyId, secretHash, last4, name, scopes, expiresAt, ...owner };
  const apiKeyId = await openTable(ctx, "apiKeys").insert(row);
  return { apiKeyId, keyId, key: writeApiKey({ keyId, secret }), last4 };
}

/**
 * Ends a key of the caller, or of anybody in a challenge the caller administrates, from its next call on; ending it
 * again changes nothing. Refuses NOT_FOUND.
 */
export async function revokeApiKey(ctx: WriteCtx & Viewer, apiKeyId: Id<"apiKeys">): Promise<void> {
  const key = await ctx.db.get("apiKeys", apiKeyId);
  if (key === null) return refuse({ code: "NOT_FOUND", what: "apiKey" });
  if (key.userId !== ctx.userId) await needChallengeAdmin(ctx, key.challengeId, "apiKey");
  if (ctx.apiKey !== undefined) refuse({ code: "INSUFFICIENT_SCOPE", needed: "a session" });
  if (key.revokedAt !== undefined) return;
  await openTable(ctx, "apiKeys").patch(apiKeyId, { revokedAt: Date.now() });
}

/** Whether a key is neither revoked nor expired. */
function isLive(key: ApiKey, now: number): boolean {
  return key.revokedAt === undefined && (key.expiresAt === undefined || key.expiresAt > now);
}

/**
 * The key of a person who is still there, by what a caller sent, and whether it is live; null for everything else, which
 * takes as long.
 *
 * @param sent null when it is not even written like a key
 */
export async function authenticateApiKey(
  ctx: ReadCtx,
  sent: { keyId: string; secretHash: string } | null,
): Promise<{ key: ApiKey; isLive: boolean } | null> {
  const key = sent === null ? null : await apiKeyOf(ctx, sent.keyId);
  const isRight = equalInConstantTime(key?.secretHash ?? NO_HASH, sent?.secretHash ?? NO_HASH);
  if (key === null || !isRight || (await personOf(ctx, key.userId)) === null) return null;
  return { key, isLive: isLive(key, Date.now()) };
}

/** Notes that a key was used, at most once in 5 minutes. */
export async function touchApiKey(ctx: WriteCtx, key: ApiKey): Promise<void> {
  const now = Date.now();
  if (key.lastUsedAt !== undefined && now - key.lastUsedAt < LAST_USE_STEP_MS) return;
  await openTable(ctx, "apiKeys").patch(key._id, { lastUsedAt: now });
}

/**
 * The caller of an API function: the key's person, as they are now. The key was authenticated by the route a moment ago;
 * whether it was revoked since, and its person's place in the challenge, is read in this transaction. Refuses
 * NOT_SIGNED_IN (revoked, or its person is gone), INSUFFICIENT_SCOPE (also when another challenge is named),
 * NOT_CHALLENGE_ADMIN where the scope `admin` is needed and its person is no admin any more, and for somebody who left,
 * was removed or banned NOT_PARTICIPANT, or NOT_FOUND where the challenge is private.
 */
export async function needApiCaller(
  ctx: ReadCtx,
  apiKeyId: Id<"apiKeys">,
  { scopes, input }: { scopes: readonly Scope[]; input: Record<string, unknown> },
): Promise<Viewer & { apiKey: ApiGrant }> {
  const key = await ctx.db.get("apiKeys", apiKeyId);
  if (key === null || key.revokedAt !== undefined) return refuse({ code: "NOT_SIGNED_IN" });
  const { challengeId, userId } = key;
  const person = (await personOf(ctx, userId)) ?? refuse({ code: "NOT_SIGNED_IN" });
  const viewer = { userId, person, apiKey: { apiKeyId, challengeId, scopes: key.scopes } };
  // Without the scope `admin` an admin of the platform is who everybody else is: a participant, or an outsider.
  const isPlatformAdmin = person.isPlatformAdmin && key.scopes.includes("admin");
  if (!isPlatformAdmin) await needParticipant({ ...ctx, ...viewer }, challengeId);
  needScope(viewer, ...scopes);
  if (input.challengeId !== undefined && input.challengeId !== challengeId) {
    return refuse({ code: "INSUFFICIENT_SCOPE", needed: "a key of this challenge" });
  }
  const isForAdmins = scopes.every((scope) => scope === "admin");
  if (isForAdmins) await needChallengeAdmin({ ...ctx, ...viewer }, challengeId);
  return viewer;
}

function refuseInput(path: string, problem: string): never {
  return refuse({ code: "INVALID_INPUT", path, problem });
}

/** Deletes the keys of a challenge or a person, at most `limit`; answers how many. */
export async function eraseApiKeys(
  ctx: WriteCtx,
  of: { challengeId: Id<"challenges"> } | { userId: Id<"users"> },
  limit: number,
): Promise<number> {
  const all = ctx.db.query("apiKeys");
  const rows =
    "challengeId" in of
      ? all.withIndex("by_challengeId", (q) => q.eq("challengeId", of.challengeId))
      : all.withIndex("by_userId_and_challengeId_and_revokedAt", (q) => q.eq("userId", of.userId));
  return await eraseRows(openTable(ctx, "apiKeys"), await rows.take(limit));
}
