import { ConvexError } from "convex/values";

/**
 * Why a call was refused. Closed union, in the order the checks are made: who you are, what you may see,
 * what you may do, how often, what you sent, and last what the rules say.
 */
export type Refusal =
  | { code: "NOT_SIGNED_IN" }
  | { code: "NOT_FOUND"; what: string }
  | { code: "NOT_PARTICIPANT"; challengeId: string }
  /** `activityId`: it is the caller's own, and an admin corrected it. */
  | { code: "NOT_CHALLENGE_ADMIN"; challengeId: string; activityId?: string }
  | { code: "NOT_PLATFORM_ADMIN" }
  | { code: "INSUFFICIENT_SCOPE"; needed: string }
  | { code: "RATE_LIMITED"; retryAfterMs: number }
  | { code: "INVALID_INPUT"; path: string; problem: string }
  | { code: "OUTSIDE_CHALLENGE_DATES"; earliest: string; latest: string }
  | { code: "NOT_AVAILABLE_THIS_WEEK"; validWeeks: number[] }
  /** `challengeId`: which challenge would be left without an admin. */
  | { code: "LIMIT_REACHED"; limit: string; max: number; challengeId?: string }
  | { code: "ACTIVITY_DELETED"; activityId: string }
  | { code: "SYSTEM_ROW"; activityId: string }
  | { code: "STALE_VERSION"; expected: number; actual: number }
  | { code: "IDEMPOTENCY_MISMATCH"; requestId: string }
  | { code: "CHALLENGE_FINAL"; challengeId: string }
  /** `job`: the kind of a job that changes points and did not come to its end. */
  | { code: "JOB_UNDER_WAY"; challengeId: string; jobId: string; job: string };

export type ErrorCode = Refusal["code"];

/** What a pure rule answers: a value, or why not. */
export type Checked<T> = { ok: true; value: T } | { ok: false; refusal: Refusal };

/** The HTTP status of each code; exhaustive, so a new code does not compile without one. */
export const STATUS_BY_CODE: Record<ErrorCode, number> = {
  NOT_SIGNED_IN: 401,
  NOT_FOUND: 404,
  NOT_PARTICIPANT: 403,
  NOT_CHALLENGE_ADMIN: 403,
  NOT_PLATFORM_ADMIN: 403,
  INSUFFICIENT_SCOPE: 403,
  RATE_LIMITED: 429,
  INVALID_INPUT: 400,
  OUTSIDE_CHALLENGE_DATES: 422,
  NOT_AVAILABLE_THIS_WEEK: 422,
  LIMIT_REACHED: 422,
  ACTIVITY_DELETED: 409,
  SYSTEM_ROW: 409,
  STALE_VERSION: 409,
  IDEMPOTENCY_MISMATCH: 409,
  CHALLENGE_FINAL: 409,
  JOB_UNDER_WAY: 409,
};

/** Refuses the call: the transaction rolls back and the client gets the code with its data. */
export function refuse(refusal: Refusal): never {
  throw new ConvexError(refusal);
}

/** The value of a checked rule, or the refusal thrown. */
export function need<T>(checked: Checked<T>): T {
  return checked.ok ? checked.value : refuse(checked.refusal);
}

/** The refusal inside an error a client caught, null when it is another kind of error. */
export function refusalOf(error: unknown): Refusal | null {
  if (!(error instanceof ConvexError)) return null;
  const data: unknown = error.data;
  if (typeof data !== "object" || data === null || !("code" in data)) return null;
  return typeof data.code === "string" && data.code in STATUS_BY_CODE ? (data as Refusal) : null;
}
