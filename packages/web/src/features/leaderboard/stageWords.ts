import { formatCount } from "../../lib/format";
import { turningPoints } from "../challenges/countdown";

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
  const { start, end, close } = turningPoints(challenge);
  if (nowMs < start) return { kind: "upcoming", startsAt: start };
  if (nowMs < end) return null;
  return nowMs < close ? { kind: "grace", closesAt: close } : { kind: "closed" };
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long ago in short words: "just now", "12 s ago", "3 min ago", "2 h ago", "5 days ago". */
export function agoWords(ms: number): string {
  if (ms < 5000) return "just now";
  if (ms < MINUTE_MS) return `${Math.floor(ms / 1000)} s ago`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min ago`;
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)} h ago`;
  return `${formatCount(Math.floor(ms / DAY_MS), "day")} ago`;
}
