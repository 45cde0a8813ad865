import { addDays, endOfDay } from "@milepost/backend/rules/dates";
import { graceEndsAt } from "@milepost/backend/rules/logWindow";
import { formatCount } from "../../lib/format";
import { challengeStage } from "./challengeTime";

type Dated = Parameters<typeof challengeStage>[0];

/** The instants (UTC ms) a challenge turns on: its first moment, the end of its last day, and the end of its grace. */
export function turningPoints(challenge: Dated): { start: number; end: number; close: number } {
  const { startsOn, endsOn, timezone } = challenge;
  return {
    start: endOfDay(addDays(startsOn, -1), timezone),
    end: endOfDay(endsOn, timezone),
    close: graceEndsAt(challenge),
  };
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A time to wait in its two largest units: "3 days 4 hours", "5 hours 12 minutes", "8 minutes". */
export function waitingWords(ms: number): string {
  const minutes = Math.max(1, Math.ceil(ms / MINUTE)) * MINUTE;
  const days = Math.floor(minutes / DAY);
  const hours = Math.floor((minutes % DAY) / HOUR);
  const rest = Math.floor((minutes % HOUR) / MINUTE);
  const parts =
    days > 0
      ? [formatCount(days, "day"), hours > 0 && formatCount(hours, "hour")]
      : [hours > 0 && formatCount(hours, "hour"), rest > 0 && formatCount(rest, "minute")];
  return parts.filter((part) => part !== false).join(" ");
}

/** What the challenge is counting down to, and how long that takes; null when there is nothing to wait for. */
export function countdownOf(
  challenge: Dated,
  nowMs: number,
): { label: string; words: string } | null {
  const { start, end, close } = turningPoints(challenge);
  const stage = challengeStage(challenge, nowMs);
  if (stage === "final" || stage === "ended") return null;
  if (nowMs < start) return { label: "Starts in", words: waitingWords(start - nowMs) };
  if (nowMs < end) return { label: "Ends in", words: waitingWords(end - nowMs) };
  return { label: "Entries close in", words: waitingWords(close - nowMs) };
}
