import type { Doc, Id } from "../_generated/dataModel";
import type { Scope } from "../tables/apiKeys";
import {
  type ApiGrant,
  needChallengeAdmin,
  needParticipant,
  needScope,
  type Viewer,
} from "./access";
import { need, refuse } from "./errors";
import { personOf } from "./people";
import { countCall } from "./rateLimits";
import { KEY_ID_LENGTH, last4Of, writeApiKey } from "./rules/apiKeys";
import { equalInConstantTime, randomCode, sha256Hex } from "./secrets";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";
import { checkName } from "./text";

type ApiKey = Doc<"apiKeys">;

const MAX_NAME_LENGTH = 60;
/** Live keys of one person in one challenge. */
const MAX_LIVE_KEYS = 20;
/** Keys of one person in one challenge that are looked at, revoked ones included; the newest. */
const MAX_KEYS_READ = 200;
const MAX_LIFE_MS = 366 * 24 * 60 * 60 * 1000;
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

/** A person's keys in a challenge, newest first, revoked and expired ones included, at most 200. */
export async function apiKeysOf(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  userId: Id<"users">,
): Promise<ApiKey[]> {
  return await ctx.db
    .query("apiKeys")
    .withIndex("by_userId_and_challengeId", (q) =>
      q.eq("userId", userId).eq("challengeId", challengeId),
    )
    .order("desc")
    .take(MAX_KEYS_READ);
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
  const name = need(checkName(wish.name, "name", MAX_NAME_LENGTH));
  const scopes = [...new Set(wish.scopes)];
  if (scopes.length === 0) refuseInput("scopes", "must name at least one scope");
  const isExpiryValid =
    expiresAt === undefined ||
    (Number.isInteger(expiresAt) && expiresAt > now && expiresAt <= now + MAX_LIFE_MS);
  if (!isExpiryValid) refuseInput("expiresAt", "must be within the next 366 days");
  const keys = await apiKeysOf(ctx, challengeId, ctx.userId);
  const live = keys.filter((key) => isLive(key, now));
  if (live.length >= MAX_LIVE_KEYS) {
    refuse({ code: "LIMIT_REACHED", limit: "apiKeys", max: MAX_LIVE_KEYS });
  }
  const keyId = randomCode().slice(0, KEY_ID_LENGTH);
  if ((await apiKeyOf(ctx, keyId)) !== null) throw new Error("two keys with one public part");
  const secret = randomCode();
  const last4 = last4Of(secret);
  const secretHash = await sha256Hex(secret);
  const owner = { userId: ctx.userId, challengeId };
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
export function isLive(key: ApiKey, now: number): boolean {
  return key.revokedAt === undefined && (key.expiresAt === undefined || key.expiresAt > now);
}

/**
 * The live key of a person who is still there, by what a caller sent; null for everything else, which takes as long.
 *
 * @param sent null when it is not even written like a key
 */
export async function authenticateApiKey(
  ctx: ReadCtx,
  sent: { keyId: string; secretHash: string } | null,
): Promise<ApiKey | null> {
  const key = sent === null ? null : await apiKeyOf(ctx, sent.keyId);
  const isRight = equalInConstantTime(key?.secretHash ?? NO_HASH, sent?.secretHash ?? NO_HASH);
  if (key === null || !isRight || !isLive(key, Date.now())) return null;
  return (await personOf(ctx, key.userId)) === null ? null : key;
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
      : all.withIndex("by_userId_and_challengeId", (q) => q.eq("userId", of.userId));
  return await eraseRows(openTable(ctx, "apiKeys"), await rows.take(limit));
}
