import type { Metrics, Rule } from "../../tables/scoring";
import type { Checked } from "../errors";
import { accept } from "./checked";
import { DayShare, type DayUse } from "./dayShare";
import { type Score, scoreActivity } from "./scoring";

/** A live row as the pricing of its day sees it. */
export interface DayEntry {
  /** The version of the rule it is scored with. */
  rule: Rule;
  metrics: Metrics;
  variant?: string;
  /** What a sealed row keeps; absent for a row that is priced. */
  kept?: DayUse;
}

/**
 * What each live row of one type, person and day gives, in the order the rows were made; null for a sealed row, which
 * keeps what it has. Each row is priced by its own version of the rule and takes of the day what that version has:
 * free units, once-a-day bonuses, points under the cap. Sealed rows take theirs first, so the others are priced around
 * them. The points of a day are this function of its rows and nothing else: preview, log, edit, delete, restore, import,
 * rescore and verify all call it. Refuses what `scoreActivity` refuses for the first row at fault.
 */
export function priceDay(entries: readonly DayEntry[]): Checked<Array<Score | null>> {
  const day = new DayShare();
  for (const { rule, kept } of entries) if (kept) day.take(rule, kept);
  const scores: Array<Score | null> = [];
  for (const { rule, metrics, variant, kept } of entries) {
    if (kept) {
      scores.push(null);
      continue;
    }
    const score = scoreActivity(rule, metrics, { variant, day });
    if (!score.ok) return score;
    day.take(rule, score.value);
    scores.push(score.value);
  }
  return accept(scores);
}
