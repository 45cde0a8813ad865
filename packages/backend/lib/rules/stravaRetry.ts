import { fieldsOfJson } from "./stravaActivity";

/** After so many failures a task waits for an admin. */
export const MAX_ATTEMPTS = 8;
const FIRST_DELAY_MS = 30_000;
const LONGEST_DELAY_MS = 60 * 60_000;

/**
 * How long to wait before the next try (ms): 30 s, doubled with every failure up to an hour, and up to half as much
 * again so that tasks that failed together do not come back together.
 *
 * @param attempts failures so far, at least 1
 * @param jitter from 0 to 1
 */
export function retryDelay(attempts: number, jitter: number): number {
  const delay = Math.min(FIRST_DELAY_MS * 2 ** (attempts - 1), LONGEST_DELAY_MS);
  return Math.round(delay * (1 + jitter / 2));
}

/**
 * Whether the answer to a refresh says that the athlete took the authorization back. A wrong client id or secret is
 * refused with the same status, and must never be taken for it: it would disconnect everybody.
 */
export function isRevoked(status: number, body: unknown): boolean {
  if (status !== 400 && status !== 401) return false;
  const { errors } = fieldsOfJson(body);
  return (
    Array.isArray(errors) &&
    errors.some((error) => fieldsOfJson(error)["resource"] === "RefreshToken")
  );
}

/** What an answer of the token endpoint grants; null when it is not one. */
export interface TokenGrant {
  accessToken: string;
  refreshToken: string;
  /** UTC ms. */
  expiresAt: number;
  /** Only in the answer to a first exchange. */
  athlete: unknown;
}

/** Access tokens live 6 hours where an answer of the older kind does not say. */
const DEFAULT_LIFETIME_S = 21_600;

/** Reads a token answer, of both generations: with `expires_at`, `expires_in`, or neither. */
export function readTokenGrant(json: unknown, now: number): TokenGrant | null {
  const fields = fieldsOfJson(json);
  const { access_token: accessToken, refresh_token: refreshToken, expires_at, expires_in } = fields;
  if (typeof accessToken !== "string" || typeof refreshToken !== "string") return null;
  const lifetime = typeof expires_in === "number" ? expires_in : DEFAULT_LIFETIME_S;
  const expiresAt = typeof expires_at === "number" ? expires_at * 1000 : now + lifetime * 1000;
  return { accessToken, refreshToken, expiresAt, athlete: fields["athlete"] };
}
