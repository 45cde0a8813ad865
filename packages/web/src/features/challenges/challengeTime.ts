import { daysBetween } from "@milepost/backend/rules/dates";
import { stageOf } from "@milepost/backend/rules/logWindow";
import { dayNumber } from "@milepost/backend/rules/weeks";
import { formatCount, formatDay } from "../../lib/format";

interface Dated {
  startsOn: string;
  endsOn: string;
  timezone: string;
  graceHours: number;
  isFinal: boolean;
}

export type Stage = ReturnType<typeof stageOf>;

/** The stage of a challenge as the queries answer it. */
export function challengeStage(challenge: Dated, nowMs: number): Stage {
  const { isFinal, ...dates } = challenge;
  return stageOf(isFinal ? { ...dates, finalAt: 0 } : dates, nowMs);
}

/** Where a challenge stands in words, for someone whose day is `today`. */
export function progressWords(
  challenge: Pick<Dated, "startsOn" | "endsOn">,
  today: string,
): string {
  const { startsOn, endsOn } = challenge;
  if (today < startsOn) {
    const days = daysBetween(today, startsOn);
    return days === 1 ? "Starts tomorrow" : `Starts in ${days} days`;
  }
  if (today > endsOn) return `Ended ${formatDay(endsOn)}`;
  const left = daysBetween(today, endsOn);
  const position = `Day ${dayNumber(startsOn, today)} of ${dayNumber(startsOn, endsOn)}`;
  return left === 0 ? `${position}, the last day` : `${position}, ${formatCount(left, "day")} left`;
}

/** How many days of a challenge have begun on `today`, and how many it has. */
export function daysElapsed(
  challenge: Pick<Dated, "startsOn" | "endsOn">,
  today: string,
): { elapsed: number; total: number } {
  const total = dayNumber(challenge.startsOn, challenge.endsOn);
  const elapsed = Math.min(total, Math.max(0, dayNumber(challenge.startsOn, today)));
  return { elapsed, total };
}
