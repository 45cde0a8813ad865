import type { api } from "@milepost/backend/api";
import { dayOfInstant } from "@milepost/backend/rules/dates";
import type { FunctionReturnType } from "convex/server";
import { formatCount, formatDay, formatNumber, formatPoints, formatSigned } from "../../lib/format";

/** One thing that is not as the activities say. */
export type Finding = FunctionReturnType<typeof api.queries.maintenance.findings>["page"][number];
type Value = Finding["expected"];

/** What a kind of finding is called, and what it means for people. */
export interface KindWords {
  title: string;
  meaning: string;
}

const TOTALS = "The number on the board is not what the activities add up to.";
const FAST_SUM =
  "The quick sum that pages read disagrees with the activities, so a total may be shown wrongly.";
const STREAK = "The streak that is shown is not the one the days give.";
const ORDER = "Somebody may stand at the wrong place of a board.";
const LEDGER =
  "The record of how points came about is damaged. It is never rewritten: find out what happened and explain it.";
const AWARD = "An award is not what the activities deserve.";

const WORDS: Record<string, KindWords> = {
  "aggregate.notANumber": { title: "Sum of all points is unusable", meaning: FAST_SUM },
  "aggregate.sum": { title: "Quick sum", meaning: FAST_SUM },
  "aggregate.missing": { title: "Activity missing in the quick sum", meaning: FAST_SUM },
  "aggregate.value": { title: "Activity counted wrongly in the quick sum", meaning: FAST_SUM },
  "aggregate.extra": { title: "Quick sum counts what is not there", meaning: FAST_SUM },
  "standings.missing": {
    title: "No standing",
    meaning: "Somebody has activities but stands on no board.",
  },
  "standings.doubled": { title: "Two standings", meaning: "Somebody could be shown twice." },
  "standings.totalPoints": { title: "Total points", meaning: TOTALS },
  "standings.negTotal": { title: "Points the place goes by", meaning: ORDER },
  "standings.reachedAt": {
    title: "When the total was reached",
    meaning: "Decides who stands first of several with the same total.",
  },
  "standings.seq": {
    title: "Number of recorded changes",
    meaning: "How many changes of points are on record is counted wrongly.",
  },
  "standings.activityCount": {
    title: "Number of activities",
    meaning: "The number of activities that is shown is wrong.",
  },
  "standings.rowCount": {
    title: "Number of entries",
    meaning: "How many entries somebody has, deleted ones included, is counted wrongly.",
  },
  "standings.streakLength": { title: "Current streak", meaning: STREAK },
  "standings.streakLastDay": { title: "Last day of the streak", meaning: STREAK },
  "standings.longestStreak": { title: "Longest streak", meaning: STREAK },
  "standings.streakBonusPoints": { title: "Streak bonus", meaning: STREAK },
  "standings.streakActivityId": { title: "Streak bonus entry", meaning: STREAK },
  dayTotals: {
    title: "Points of a day",
    meaning: "What a day shows is not what was logged on it.",
  },
  "dayTotals.doubled": { title: "A day is there twice", meaning: "A day could be counted twice." },
  boardTotals: {
    title: "Points on a board",
    meaning: "The board of a week or a category shows other points than were logged.",
  },
  "boardTotals.doubled": {
    title: "Twice on a board",
    meaning: "Somebody could be shown twice on the board of a week or a category.",
  },
  "boardTotals.order": { title: "Place on a board", meaning: ORDER },
  "boardTotals.listed": {
    title: "Shown on a board",
    meaning: "Somebody is shown who should not be, or the other way round.",
  },
  "streakRow.points": { title: "Points of the streak bonus", meaning: STREAK },
  "streakRow.doubled": { title: "Streak bonus given twice", meaning: STREAK },
  "pointEvents.missing": { title: "Recorded change is missing", meaning: LEDGER },
  "pointEvents.doubled": { title: "Change recorded twice", meaning: LEDGER },
  "pointEvents.altered": { title: "Recorded change was altered", meaning: LEDGER },
  "pointEvents.opening": {
    title: "Activity without a record",
    meaning: "It came in without a note of its points; a repair writes one.",
  },
  "activities.points": {
    title: "Points of an activity",
    meaning: "An activity has other points than its rule gives. A rescore settles it.",
  },
  "activities.breakdown": {
    title: "Reasons for points",
    meaning: "The lines that explain an activity's points do not fit. A rescore settles it.",
  },
  "activities.doubled": {
    title: "Activity imported twice",
    meaning:
      "One activity of an import or of Strava is there twice. Remove the one that is too much.",
  },
  "award.doubled": { title: "Award given twice", meaning: AWARD },
  "award.undeserved": { title: "Award that is not deserved", meaning: AWARD },
  "award.missing": { title: "Award that is missing", meaning: AWARD },
  "award.moved": { title: "Award on another day or for other points", meaning: AWARD },
  achievementProgress: {
    title: "Progress of an achievement",
    meaning: "How far somebody is with an achievement is stored wrongly.",
  },
  standingsRank: { title: "Rank", meaning: ORDER },
  "standingsRank.deadLetter": { title: "Change of a rank was lost", meaning: ORDER },
  boardRank: { title: "Rank on a board", meaning: ORDER },
  "boardRank.deadLetter": { title: "Change of a rank on a board was lost", meaning: ORDER },
  poison: {
    title: "Too large to look at",
    meaning: "One account alone passes a limit, so it was left out. Ask whoever runs this site.",
  },
  rescored: { title: "Activity scored anew", meaning: "Its points change by the rules of now." },
  "rescored.skipped": {
    title: "Activity left as it is",
    meaning: "The rule of now cannot score it, so it keeps its points.",
  },
};

/** The words of a kind of finding; of one this page does not know yet, its name. */
export function kindWords(kind: string): KindWords {
  return WORDS[kind] ?? { title: kind, meaning: "Something does not agree with the activities." };
}

export const CURE_WORDS: Record<Finding["cure"], string> = {
  repair: "A repair sets it right",
  explain: "Needs an explanation",
  explained: "Explained",
  none: "Needs a person to look",
};

/** What a finding is about beside its person: a day, a board or a number of the record; null for ids nobody can read. */
export function aboutWords({ kind, about }: Pick<Finding, "kind" | "about">): string | null {
  if (about === undefined) return null;
  if (/^\d{4}-\d{2}-\d{2}$/.test(about)) return formatDay(about);
  if (about.startsWith("week.")) return `Week ${about.slice("week.".length)}`;
  if (about.startsWith("category.")) return about.slice("category.".length);
  return kind.startsWith("pointEvents.") && /^\d+$/.test(about) ? `Change ${about}` : null;
}

const OPAQUE = new Set(["standings.streakActivityId", "standings.doubled", "boardTotals.order"]);

/** Points and activities as the backend writes several numbers into one text; null for other texts. */
function countsIn(text: string): { points: number; activityCount: number } | null {
  if (!text.startsWith("{")) return null;
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== "object" || parsed === null) return null;
  if (!("points" in parsed) || !("activityCount" in parsed)) return null;
  const { points, activityCount } = parsed;
  return typeof points === "number" && typeof activityCount === "number"
    ? { points, activityCount }
    : null;
}

/** Boards are ordered by the total below zero; people are shown the total. */
const upright = (kind: string, value: Value): Value =>
  kind === "standings.negTotal" && typeof value === "number" ? 0 - value : value;

/** A stored or computed value in words. */
export function valueWords(kind: string, raw: Value): string {
  const value = upright(kind, raw);
  if (value === null) return "nothing";
  if (OPAQUE.has(kind)) return "another entry";
  if (typeof value === "number")
    return kind === "standings.reachedAt"
      ? formatDay(dayOfInstant(value, "UTC"))
      : formatNumber(value);
  if (value === "true" || value === "false") return value === "true" ? "yes" : "no";
  const counts = countsIn(value);
  if (counts === null) return value;
  return `${formatPoints(counts.points)}, ${formatCount(counts.activityCount, "activity", "activities")}`;
}

/** What a repair adds to the stored value, or takes from it: "+5"; null where that means nothing. */
export function differenceWords({
  kind,
  expected,
  actual,
}: Pick<Finding, "kind" | "expected" | "actual">): string | null {
  const numbers = [actual, expected].map((raw) => {
    const value = upright(kind, raw);
    if (typeof value !== "string") return value ?? 0;
    return countsIn(value)?.points ?? null;
  });
  const [stored, computed] = numbers;
  if (kind === "standings.reachedAt" || OPAQUE.has(kind)) return null;
  if (typeof stored !== "number" || typeof computed !== "number") return null;
  return formatSigned(computed - stored);
}

/** The damage of the record a finding names, as `explain` takes it; null for any other finding. */
export function damageOf({ kind, about, actual, cure }: Finding) {
  const what = kind.slice("pointEvents.".length);
  if (cure !== "explain" || about === undefined) return null;
  if (what !== "missing" && what !== "doubled" && what !== "altered") return null;
  return {
    seq: Number(about),
    kind: what,
    points: typeof actual === "number" ? actual : 0,
  } as const;
}
