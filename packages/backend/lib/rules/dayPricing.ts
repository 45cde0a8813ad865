import type { Bonus, Metrics, Rule } from "../../tables/scoring";
import type { Checked } from "../errors";
import { accept } from "./checked";
import { allowanceAgain, DayShare, type DayUse } from "./dayShare";
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

/** A row as the cap of its rule sees it; null without one. */
function cappedOf({ rule, ...row }: Omit<Capped, "cap"> & { rule: Rule }): Capped | null {
  const cap = rule.limits.maxPointsPerDay;
  return cap === undefined ? null : { cap, ...row };
}

/** Cuts scores to the day caps of their rules, in the order of the day. */
function cutDay(entries: readonly DayEntry[], scores: ReadonlyArray<Score | null>) {
  const capped = entries.map(({ rule, kept }, index) => {
    const points = (kept ?? scores[index])?.points ?? 0;
    return cappedOf({ rule, points, isSealed: kept !== undefined });
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

/**
 * What a sealed row keeps when it is counted again after it was removed. Others took its place since: a once-a-day bonus
 * that another sealed row carries now, free units those use and room they take under the cap stay theirs, and the
 * row's points follow, so that nothing of a day is given twice.
 *
 * @param entries the sealed rows of the day, this one in its place
 * @param index which of them it is
 */
export function keptAgain(entries: readonly DayEntry[], index: number): Omit<Score, "lines"> {
  const own = entries[index];
  if (!own?.kept) throw new Error("only a sealed row keeps what it has");
  const { rule, kept } = own;
  const sealed = entries.map((entry) => ({ rule: entry.rule, kept: entry.kept ?? { points: 0 } }));
  const day = new DayShare(sealed.toSpliced(index, 1));
  for (const other of sealed.slice(0, index)) day.take(other.rule, other.kept);

  const isLost = (label: string) => day.isCarried(label);
  const lost = kept.carriedBonuses?.filter(isLost) ?? [];
  const isLostBonus = ({ kind, label }: Bonus) => kind === "oncePerDay" && lost.includes(label);
  const bonusPoints = rule.bonuses.filter(isLostBonus).reduce((sum, { points }) => sum + points, 0);
  const allowance = allowanceAgain(rule, kept, day);
  const points = kept.points - bonusPoints + allowance.points;

  const capped = sealed.map((one) =>
    cappedOf({ rule: one.rule, points: one.kept.points, isSealed: true }),
  );
  const cap = rule.limits.maxPointsPerDay;
  const running = capped.slice(0, index).reduce((sum, one) => sum + (one?.points ?? 0), 0);
  const later = capped.slice(index + 1).filter((one) => one !== null);
  const room = cap && roomFor({ cap, points, isSealed: true }, running, later);
  const given = room === undefined ? Math.abs(points) : Math.min(Math.abs(points), room);
  return {
    points: points < 0 ? 0 - given : given,
    carriedBonuses: kept.carriedBonuses?.filter((label) => !isLost(label)),
    allowanceUsed: allowance.used,
  };
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
