import { STARTER_TYPES } from "@milepost/backend/rules/catalogue";
import { addDays, daysBetween, isDay } from "@milepost/backend/rules/dates";
import { dayNumber, totalWeeks } from "@milepost/backend/rules/weeks";
import { formatCount, formatDay, formatInstant, formatZone } from "../../lib/format";
import { turningPoints } from "./countdown";

export const MAX_DAYS = 366;
const DEFAULT_DAYS = 42;

/** The form of a new challenge; numbers are text as typed. */
export interface ChallengeWish {
  name: string;
  description: string;
  startsOn: string;
  endsOn: string;
  timezone: string;
  visibility: "public" | "private";
  streakMinPoints: string;
  hasStreakBonus: boolean;
  backdateDays: string;
  graceHours: string;
  starterTypes: string[];
}

/** Lengths people choose at once: their words and their days. */
export const LENGTHS = [
  { words: "2 weeks", days: 14 },
  { words: "4 weeks", days: 28 },
  { words: "6 weeks", days: 42 },
  { words: "100 days", days: 100 },
] as const;

/** What a new challenge starts with: six weeks from today, private, without penalties. */
export function sensibleWish(today: string, zone: string): ChallengeWish {
  return {
    name: "",
    description: "",
    startsOn: today,
    endsOn: addDays(today, DEFAULT_DAYS - 1),
    timezone: zone,
    visibility: "private",
    streakMinPoints: "10",
    hasStreakBonus: true,
    backdateDays: "7",
    graceHours: "48",
    // Penalties are offered and never a surprise.
    starterTypes: STARTER_TYPES.filter(({ rule }) => !rule.isNegative).map(({ key }) => key),
  };
}

/** Whether both days are real and in order: a browser's date field takes years of six digits, which are no day here. */
export function hasSpan({ startsOn, endsOn }: Pick<ChallengeWish, "startsOn" | "endsOn">): boolean {
  return isDay(startsOn) && isDay(endsOn) && endsOn >= startsOn;
}

function startWords(startsOn: string, today: string): string {
  const days = daysBetween(today, startsOn);
  if (days === 0) return "Starts today";
  if (days === 1) return "Starts tomorrow";
  return days > 0
    ? `Starts in ${formatCount(days, "day")}`
    : `Started ${formatCount(-days, "day")} ago`;
}

/** The dates of a wish in words: when it starts and ends, how long it is, and until when people can log. */
export function wishWords(wish: ChallengeWish, today: string): string[] {
  const { startsOn, endsOn, timezone, graceHours } = wish;
  if (!hasSpan(wish)) return [];
  const ends = endsOn < today ? "ended" : "ends";
  const span =
    `${startWords(startsOn, today)}, ${formatDay(startsOn, "long")}, and ${ends} ${formatDay(endsOn, "long")}: ` +
    `${formatCount(dayNumber(startsOn, endsOn), "day")} in ${formatCount(totalWeeks(startsOn, endsOn), "week")}.`;
  if (!/^\d{1,3}$/.test(graceHours.trim())) return [span];
  const dates = { startsOn, endsOn, timezone, graceHours: Number(graceHours), isFinal: false };
  const closes = `People can log until ${formatInstant(turningPoints(dates).close)} your time; a day ends at midnight in ${formatZone(timezone)}.`;
  return [span, closes];
}

/** A form left unfinished on this device, else `sensible`; a part that makes no sense is as there. */
export function wishOfStored(stored: unknown, sensible: ChallengeWish): ChallengeWish {
  if (typeof stored !== "object" || stored === null) return sensible;
  const kept = new Map<string, unknown>(Object.entries(stored));
  const text = (name: keyof ChallengeWish, fallback: string): string => {
    const value = kept.get(name);
    return typeof value === "string" ? value : fallback;
  };
  const chosen = kept.get("starterTypes");
  return {
    name: text("name", sensible.name),
    description: text("description", sensible.description),
    startsOn: text("startsOn", sensible.startsOn),
    endsOn: text("endsOn", sensible.endsOn),
    timezone: text("timezone", sensible.timezone),
    visibility: text("visibility", "") === "public" ? "public" : "private",
    streakMinPoints: text("streakMinPoints", sensible.streakMinPoints),
    hasStreakBonus: kept.get("hasStreakBonus") !== false,
    backdateDays: text("backdateDays", sensible.backdateDays),
    graceHours: text("graceHours", sensible.graceHours),
    starterTypes: Array.isArray(chosen)
      ? STARTER_TYPES.map(({ key }) => key).filter((key) => chosen.includes(key))
      : sensible.starterTypes,
  };
}
