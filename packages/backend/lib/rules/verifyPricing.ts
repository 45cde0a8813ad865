import type { Rule } from "../../tables/scoring";
import { priceDay, scoreActivity } from "./dayPricing";
import { entryOf, type ScoredFields, scoredFields } from "./daySheets";
import { type ActivityRow, isSystemRow, type StoredActivity } from "./ledger";

/** A live row that is not what its day says; `expected` is null where its rule cannot score it. */
export interface Mispriced {
  row: StoredActivity;
  expected: ScoredFields | null;
}

/** The live rows people logged, by type and day, in the order they were made. */
function daysOf(rows: readonly StoredActivity[]): Iterable<StoredActivity[]> {
  const live = rows.filter((row) => !isSystemRow(row) && row.deletedAt === undefined);
  live.sort((a, b) => a._creationTime - b._creationTime);
  const days = new Map<string, StoredActivity[]>();
  for (const row of live) {
    const key = `${row.activityTypeId}/${row.loggedDate}`;
    const day = days.get(key);
    if (day) day.push(row);
    else days.set(key, [row]);
  }
  return days.values();
}

/** What makes up a row's points, without its labels: how they are worded may change, what they say may not. */
export function contentOf({
  breakdown,
  carriedBonuses,
  allowanceUsed,
}: ActivityRow | ScoredFields) {
  const lines = breakdown.map(({ kind, points }) => [kind, points]);
  return JSON.stringify([lines, carriedBonuses, allowanceUsed]);
}

/**
 * The live rows whose points or reasons are not what `priceDay` says of their day, each by its own version of the rule.
 * Sealed rows are what they keep; only that their lines add up to their points is checked.
 *
 * @param ruleOf null for a row whose version is not stored: nothing can be said of its points
 */
export function mispricedRows(
  rows: readonly StoredActivity[],
  ruleOf: (row: ActivityRow) => Rule | null,
): Mispriced[] {
  return [...daysOf(rows)].flatMap((day) => {
    const placed = day.flatMap((row) => {
      const rule = ruleOf(row);
      return rule === null ? [] : { row, rule, entry: entryOf({ now: row, rule }) };
    });
    const scores = priceDay(placed.map(({ entry }) => entry));
    return placed.flatMap(({ row, rule, entry }, index): Mispriced[] => {
      if (!scores.ok) {
        const isAtFault = !entry.kept && !scoreActivity(rule, row.metrics, row).ok;
        return isAtFault ? [{ row, expected: null }] : [];
      }
      const score = scores.value[index];
      const expected = score ? scoredFields(score) : keptFields(row);
      const isRight =
        row.pointsEarned === expected.pointsEarned && contentOf(row) === contentOf(expected);
      return isRight ? [] : [{ row, expected }];
    });
  });
}

/** A sealed row as it is, with lines that add up to its points. */
function keptFields({ pointsEarned, breakdown, ...row }: StoredActivity): ScoredFields {
  const { carriedBonuses, allowanceUsed } = row;
  const sum = breakdown.reduce((total, { points }) => total + points, 0);
  const whole = [{ kind: "base" as const, label: "", points: pointsEarned }];
  const lines = sum === pointsEarned ? breakdown : whole;
  return { pointsEarned, breakdown: lines, carriedBonuses, allowanceUsed };
}
