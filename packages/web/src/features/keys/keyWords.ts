import type { api } from "@milepost/backend/api";
import type { FunctionReturnType } from "convex/server";
import { formatDate } from "../../lib/format";

/** One of the viewer's keys, as `queries/apiKeys:list` answers. */
export type Key = FunctionReturnType<typeof api.queries.apiKeys.list>[number];
export type Scope = Key["scopes"][number];

const DAY_MS = 86_400_000;

/** What a key may be allowed, the least first. */
export const SCOPES: Array<{ scope: Scope; label: string; hint: string; isForAdmins: boolean }> = [
  {
    scope: "read",
    label: "Read",
    hint: "Boards, standings, rules and your own activities.",
    isForAdmins: false,
  },
  {
    scope: "log",
    label: "Log",
    hint: "Log, change and delete your own activities.",
    isForAdmins: false,
  },
  {
    scope: "admin",
    label: "Organise",
    hint: "What organisers do: rules, corrections, people.",
    isForAdmins: true,
  },
];

/** How long a new key may last, in days; null: until it is revoked. */
export const LIFETIMES: Array<{ days: number | null; label: string }> = [
  { days: 30, label: "30 days" },
  { days: 90, label: "90 days" },
  { days: 365, label: "A year" },
  { days: null, label: "Until I revoke it" },
];

/** When a key made at `now` (UTC ms) expires that shall last so many days. */
export function expiryOf(days: number | null, now: number): number | undefined {
  return days === null ? undefined : now + days * DAY_MS;
}

export type KeyState = "live" | "expired" | "revoked";

/** Whether a key works at `now` (UTC ms). */
export function keyState({ revokedAt, expiresAt }: Key, now: number): KeyState {
  if (revokedAt !== undefined) return "revoked";
  return expiresAt !== undefined && expiresAt <= now ? "expired" : "live";
}

/** Keys that work, and keys that ended, each in the order they came. */
export function splitKeys(keys: readonly Key[], now: number): { live: Key[]; ended: Key[] } {
  const isLive = (key: Key): boolean => keyState(key, now) === "live";
  return { live: keys.filter(isLive), ended: keys.filter((key) => !isLive(key)) };
}

/** Until when a key works, or since when it does not, in words. */
export function lifeWords(key: Key, now: number): string {
  const { revokedAt, expiresAt } = key;
  if (revokedAt !== undefined) return `Revoked ${formatDate(revokedAt)}`;
  if (expiresAt === undefined) return "Works until you revoke it";
  return `${keyState(key, now) === "expired" ? "Expired" : "Expires"} ${formatDate(expiresAt)}`;
}

const times = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "numeric",
  minute: "2-digit",
  second: "2-digit",
});

/** When a request came (UTC ms), to the second and in the reader's zone; the year goes without saying. */
export function requestTime(ms: number): string {
  return times.format(ms);
}

/** A first call with a key, for a terminal. */
export function curlSample(siteUrl: string, challengeId: string): string {
  return [
    'curl -H "Authorization: Bearer $MILEPOST_API_KEY" \\',
    `  "${siteUrl}/api/v1/challenges/${challengeId}/leaderboard?limit=10"`,
  ].join("\n");
}
