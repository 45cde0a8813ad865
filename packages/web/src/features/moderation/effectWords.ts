import type { api } from "@milepost/backend/api";
import type { FunctionReturnType } from "convex/server";
import { awardChanges } from "../../lib/awardChanges";
import { formatCount, formatPoints, formatSigned } from "../../lib/format";

/** What a decision would do to points, as `queries/review` answers it; null where that is a secret. */
export type Effect = FunctionReturnType<typeof api.queries.review.removal>;

/**
 * What becomes of a person's total, as a sentence.
 *
 * @param name null = the reader's own
 */
export function totalWords(name: string | null, effect: Effect): string {
  if (effect === null)
    return `What it earned came from Strava and is ${name ?? "its person"}'s alone, so the figures are not shown.`;
  const { total } = effect;
  const whose = name === null ? "Your total" : `The total of ${name}`;
  if (total === 0) return `${whose} stays as it is.`;
  return `${whose} goes ${total < 0 ? "down" : "up"} by ${formatPoints(Math.abs(total))}.`;
}

/**
 * Where that comes from, part by part; nothing when it is the activity alone.
 *
 * @param own what the activity is called beside the others
 */
export function effectParts(effect: Effect, own = "this activity"): string[] {
  if (effect === null) return [];
  const { moved, streakBonus, awardsFollow } = effect;
  const awards = awardChanges(moved.awards);
  if (moved.others.length === 0 && streakBonus === 0 && awards.length === 0) return [];
  const parts: Array<[string, number]> = [
    [own, effect.own],
    ...moved.others.map(({ typeName, pointsBefore, pointsAfter }): [string, number] => [
      `the other ${typeName} of that day`,
      pointsAfter - pointsBefore,
    ]),
    ["streak bonus", streakBonus],
    ...awards.map(({ name, points, times }): [string, number] => [
      times === 1 ? `award ${name}` : `award ${name}, ${formatCount(times, "time")}`,
      points,
    ]),
  ];
  const words = parts
    .filter(([, points]) => points !== 0)
    .map(([label, points]) => `${formatSigned(points)} ${label}`);
  return awardsFollow ? [...words, "more awards follow"] : words;
}
