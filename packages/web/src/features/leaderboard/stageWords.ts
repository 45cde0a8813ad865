import { addDays, endOfDay } from "@milepost/backend/rules/dates";
import { graceEndsAt } from "@milepost/backend/rules/logWindow";
import { formatCount } from "../../lib/format";

interface Dated {
  startsOn: string;
  endsOn: string;
  timezone: string;
  graceHours: number;
  isFinal: boolean;
}

/** What a viewer of the board must know about the challenge's stage. */
export type BoardNews =
  | { kind: "upcoming"; startsAt: number }
  /** The last day is over; late entries are still possible. */
  | { kind: "grace"; closesAt: number }
  | { kind: "closed" }
  | { kind: "final" };

/**
 * Why the board does not move as usual; null while the challenge runs.
 *
 * @param nowMs UTC ms
 */
export function boardNews(challenge: Dated, nowMs: number): BoardNews | null {
  if (challenge.isFinal) return { kind: "final" };
  const startsAt = endOfDay(addDays(challenge.startsOn, -1), challenge.timezone);
  if (nowMs < startsAt) return { kind: "upcoming", startsAt };
  if (nowMs < endOfDay(challenge.endsOn, challenge.timezone)) return null;
  const closesAt = graceEndsAt(challenge);
  return nowMs < closesAt ? { kind: "grace", closesAt } : { kind: "closed" };
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long until then, in its two largest units: "2 days 4 hours", "3 hours 5 minutes", "1 minute". */
export function countdownWords(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  const hours = Math.floor((ms % DAY_MS) / HOUR_MS);
  const minutes = Math.max(1, Math.ceil((ms % HOUR_MS) / MINUTE_MS));
  if (days > 0)
    return [formatCount(days, "day"), ...(hours > 0 ? [formatCount(hours, "hour")] : [])].join(" ");
  if (hours > 0) return `${formatCount(hours, "hour")} ${formatCount(minutes, "minute")}`;
  return formatCount(minutes, "minute");
}

/** How long ago in short words: "just now", "12 s ago", "3 min ago", "2 h ago", "5 days ago". */
export function agoWords(ms: number): string {
  if (ms < 5000) return "just now";
  if (ms < MINUTE_MS) return `${Math.floor(ms / 1000)} s ago`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min ago`;
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)} h ago`;
  return `${formatCount(Math.floor(ms / DAY_MS), "day")} ago`;
}
