import type { api } from "@milepost/backend/api";
import type { FunctionReturnType } from "convex/server";
import { formatPoints, formatSigned } from "../../lib/format";

/** What a decision would do to points, as `queries/review` answers it; null where that is a secret. */
export type Effect = FunctionReturnType<typeof api.queries.review.removal>;

/** What becomes of a person's total, as a sentence. */
export function totalWords(name: string, effect: Effect): string {
  if (effect === null)
    return `What it earned came from Strava and is ${name}'s alone, so the figures are not shown.`;
  const { total } = effect;
  if (total === 0) return `The total of ${name} stays as it is.`;
  return `The total of ${name} goes ${total < 0 ? "down" : "up"} by ${formatPoints(Math.abs(total))}.`;
}

/** Where that comes from, part by part; nothing when it is the activity alone. */
export function effectParts(effect: Effect): string[] {
  if (effect === null || (effect.others === 0 && effect.streakBonus === 0)) return [];
  const parts: Array<[string, number]> = [
    ["this activity", effect.own],
    ["other activities of the day", effect.others],
    ["streak bonus", effect.streakBonus],
  ];
  return parts
    .filter(([, points]) => points !== 0)
    .map(([label, points]) => `${formatSigned(points)} ${label}`);
}
