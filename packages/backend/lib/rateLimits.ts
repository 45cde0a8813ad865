import { HOUR, MINUTE, type RateLimitConfig, RateLimiter, SECOND } from "@convex-dev/rate-limiter";
import { components } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { refuse } from "./errors";
import { API_KEY_LIMITS } from "./rules/apiKeys";
import { sha256Hex } from "./secrets";
import type { WriteCtx } from "./tableOwners";

/**
 * How often one person may do what; `signIn` counts per e-mail address, and is forgiven by a success. `apiCall` counts per
 * API key, `failedApiKey` calls with something that is no valid key, per public part and all together.
 */
const LIMITS = {
  logActivity: { kind: "token bucket", rate: 30, period: MINUTE, capacity: 10 },
  editActivity: { kind: "token bucket", rate: 60, period: MINUTE },
  removeActivity: { kind: "token bucket", rate: 60, period: MINUTE },
  moderate: { kind: "token bucket", rate: 60, period: MINUTE },
  createChallenge: { kind: "token bucket", rate: 10, period: HOUR },
  joinChallenge: { kind: "token bucket", rate: 10, period: HOUR },
  createApiKey: { kind: "token bucket", rate: 20, period: HOUR },
  setRanked: { kind: "token bucket", rate: 30, period: HOUR },
  updatePerson: { kind: "token bucket", rate: 30, period: MINUTE },
  /** Of one kind, per challenge. */
  startJob: { kind: "token bucket", rate: 6, period: HOUR },
  /** Per challenge. */
  previewRule: { kind: "token bucket", rate: 30, period: HOUR },
  /** Each costs one of the requests all of a deployment share. */
  askStrava: { kind: "token bucket", rate: 30, period: HOUR },
  signIn: { kind: "token bucket", rate: 10, period: HOUR },
  apiCall: { kind: "token bucket", rate: API_KEY_LIMITS.callsPerMinute, period: MINUTE },
  failedApiKey: { kind: "token bucket", rate: 20, period: MINUTE },
  /** Deliveries of Strava's webhook, all together; in shards, so that they do not wait for each other. */
  webhook: { kind: "token bucket", rate: 100, period: SECOND, shards: 10 },
} as const satisfies Record<string, RateLimitConfig>;
const limiter = new RateLimiter(components.rateLimiter, LIMITS);

/** These count in a mutation of their own, because a refusal would roll the count back. */
type CountedApart = "signIn" | "apiCall" | "failedApiKey" | "webhook";
export type PersonalLimit = Exclude<keyof typeof LIMITS, CountedApart>;

/**
 * Counts one call of a person, in the caller's own transaction: a call that is refused later counts nothing. Refuses
 * RATE_LIMITED with the milliseconds after which another try can succeed.
 *
 * @param key whose calls are counted: the person's userId
 */
export async function countCall(ctx: WriteCtx, name: PersonalLimit, key: string): Promise<void> {
  const status = await limiter.limit(ctx, name, { key });
  if (!status.ok) refuse({ code: "RATE_LIMITED", retryAfterMs: Math.ceil(status.retryAfter) });
}

/**
 * Counts one try to sign in or up with an e-mail address, and says whether it may go on. It answers instead of
 * refusing, because a refusal would roll the count back.
 *
 * @param email as `checkEmail` returned it
 * @returns 0, or the milliseconds after which another try can succeed
 */
export async function countSignInAttempt(ctx: WriteCtx, email: string): Promise<number> {
  const status = await limiter.limit(ctx, "signIn", { key: await sha256Hex(email) });
  return status.ok ? 0 : Math.ceil(status.retryAfter);
}

/** Forgets the tries made with an e-mail address: whoever signs in successfully is never locked out by it. */
export async function forgetSignInAttempts(ctx: WriteCtx, email: string): Promise<void> {
  await limiter.reset(ctx, "signIn", { key: await sha256Hex(email) });
}

/**
 * Counts one call with a valid API key.
 *
 * @returns 0, or the milliseconds after which another call can succeed
 */
export async function countApiCall(ctx: WriteCtx, apiKeyId: Id<"apiKeys">): Promise<number> {
  const status = await limiter.limit(ctx, "apiCall", { key: apiKeyId });
  return status.ok ? 0 : Math.ceil(status.retryAfter);
}

/**
 * Counts one call with something that is no valid API key: first of all of them together, so that guesses add at most 20
 * counters a minute, then of its public part.
 *
 * @param keyId null when it is not even written like a key
 * @returns 0, or the milliseconds after which another try is looked at
 */
export async function countFailedApiKey(ctx: WriteCtx, keyId: string | null): Promise<number> {
  const all = await limiter.limit(ctx, "failedApiKey", { key: "all" });
  if (!all.ok) return Math.ceil(all.retryAfter);
  const own = await limiter.limit(ctx, "failedApiKey", { key: `key:${keyId ?? "none"}` });
  return own.ok ? 0 : Math.ceil(own.retryAfter);
}

/**
 * Counts one delivery of Strava's webhook.
 *
 * @returns 0, or the milliseconds after which another one is taken
 */
export async function countDelivery(ctx: WriteCtx): Promise<number> {
  const status = await limiter.limit(ctx, "webhook");
  return status.ok ? 0 : Math.ceil(status.retryAfter);
}
