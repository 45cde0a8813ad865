import type { Metrics, Rule } from "../../tables/scoring";
import type { Checked } from "../errors";
import { accept } from "./checked";
import { DayShare, type DayUse } from "./dayShare";
import { cutScore, type Score, scoreUncapped } from "./scoring";

/** A live row as the pricing of its day sees it. */
export interface DayEntry {
  /** The version of the rule it is scored with. */
  rule: Rule;
  metrics: Metrics;
  variant?: string;
  /** What a sealed row keeps; absent for a row that is priced. */
  kept?: DayUse;
}

/** A row under the day cap of its rule: what it earned before the cap, or what it keeps. */
interface Capped {
  cap: number;
  points: number;
  isSealed: boolean;
}

/**
 * How many of its points a row may give, counted in the direction of its sign: the running total stays within the cap, and
 * so does each sealed row behind it that gives points of that sign. Rows between them that take some away again make
 * room by as much as they can at most: no row ever changes by another one being sealed.
 */
function roomFor({ cap, points }: Capped, running: number, later: readonly Capped[]): number {
  const sign = points < 0 ? -1 : 1;
  let total = sign * running;
  let room = cap - total;
  let relief = 0;
  for (const other of later) {
    const given = sign * other.points;
    if (other.isSealed) {
      if (given > 0) room = Math.min(room, other.cap - given - total + relief);
      total += given;
    } else if (given < 0) {
      relief -= given;
    }
  }
  return Math.max(0, room);
}

/** Cuts scores to the day caps of their rules, in the order of the day. */
function cutDay(entries: readonly DayEntry[], scores: ReadonlyArray<Score | null>) {
  const capped = entries.map(({ rule, kept }, index): Capped | null => {
    const cap = rule.limits.maxPointsPerDay;
    const points = (kept ?? scores[index])?.points ?? 0;
    return cap === undefined ? null : { cap, points, isSealed: kept !== undefined };
  });
  let running = 0;
  return scores.map((score, index) => {
    const own = capped[index];
    if (!own) return score;
    if (score === null) {
      running += own.points;
      return score;
    }
    const later = capped.slice(index + 1).filter((other) => other !== null);
    const room = roomFor(own, running, later);
    const given = Math.min(Math.abs(own.points), room);
    const points = own.points < 0 ? 0 - given : given;
    running += points;
    return cutScore(score, points, own.cap);
  });
}

/**
 * What each live row of one type, person and day gives, in the order the rows were made; null for a sealed row, which
 * keeps what it has. Each row is priced by its own version of the rule and takes of the day what that version has:
 * free units, once-a-day bonuses, points under the cap. The others are priced around what sealed rows keep. The points of
 * a day are this function of its rows and nothing else: preview, log, edit, delete, restore, import, rescore and verify
 * all call it. Refuses what `scoreUncapped` refuses for the first row at fault.
 */
export function priceDay(entries: readonly DayEntry[]): Checked<Array<Score | null>> {
  const sealed = entries.flatMap(({ rule, kept }) => (kept ? { rule, kept } : []));
  const day = new DayShare(sealed);
  const scores: Array<Score | null> = [];
  for (const { rule, metrics, variant, kept } of entries) {
    if (kept) {
      day.take(rule, kept);
      scores.push(null);
      continue;
    }
    const score = scoreUncapped(rule, metrics, { variant, day });
    if (!score.ok) return score;
    day.take(rule, score.value);
    scores.push(score.value);
  }
  return accept(cutDay(entries, scores));
}

/** What an activity gives that is alone on its day. Refuses what `scoreUncapped` refuses. */
export function scoreActivity(
  rule: Rule,
  metrics: Metrics,
  { variant }: { variant?: string } = {},
): Checked<Score> {
  const scores = priceDay([{ rule, metrics, variant }]);
  if (!scores.ok) return scores;
  const [score] = scores.value;
  if (!score) throw new Error("a row was priced as sealed");
  return accept(score);
}
