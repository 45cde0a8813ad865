import type { BreakdownLine, Rule } from "../../tables/scoring";
import type { Checked } from "../errors";
import { accept } from "./checked";
import { type DayEntry, keptAgain, priceDay, scoreActivity } from "./dayPricing";
import { isDayDependent } from "./dayShare";
import type { ActivityRow, RowTraits, StoredActivity } from "./ledger";
import type { Score } from "./scoring";

/** A row a book knows: as it is stored (null: new) and as the book leaves it (null: not posted yet). */
export interface BookRow {
  readonly before: StoredActivity | null;
  now: ActivityRow | null;
  /** The version of the rule `now` is scored with; null where nothing of its day depends on it. */
  rule: Rule | null;
  traits: RowTraits;
  /** Of the rule version `before` is scored with. */
  traitsBefore: RowTraits;
}

/** What of a row its scoring decides. */
export interface ScoredFields {
  pointsEarned: number;
  breakdown: BreakdownLine[];
  carriedBonuses: string[] | undefined;
  allowanceUsed: number | undefined;
}

export function scoredFields({
  points,
  lines,
  carriedBonuses,
  allowanceUsed,
}: Score): ScoredFields {
  return { pointsEarned: points, breakdown: lines, carriedBonuses, allowanceUsed };
}

/** Whether two states of a row have the same points for the same reasons. */
export function isSameScore(a: Partial<ScoredFields>, b: Partial<ScoredFields>): boolean {
  const textOf = ({ pointsEarned, breakdown, carriedBonuses, allowanceUsed }: typeof a) =>
    JSON.stringify([
      pointsEarned,
      breakdown?.map(({ kind, label, points }) => [kind, label, points]),
      carriedBonuses,
      allowanceUsed,
    ]);
  return textOf(a) === textOf(b);
}

/** A row in its place among the rows of its type and day. */
interface Placed {
  row: BookRow;
  now: ActivityRow;
  rule: Rule;
}

/** The type and day a live row is on; null for removed and system rows. */
function sheetKey(row: ActivityRow | null): string | null {
  if (row === null || row.deletedAt !== undefined) return null;
  const { activityTypeId, loggedDate } = row;
  return activityTypeId === null || loggedDate === null ? null : keyOf(activityTypeId, loggedDate);
}

function keyOf(activityTypeId: string, day: string): string {
  return `${activityTypeId}/${day}`;
}

/** When a row was made, for the order of its day; new rows come last, in the order they were posted. */
function madeAt({ before }: BookRow): number {
  return before?._creationTime ?? Infinity;
}

function withRow(sheet: readonly Placed[], placed: Placed): Placed[] {
  const later = sheet.findIndex(({ row }) => madeAt(row) > madeAt(placed.row));
  return later === -1 ? [...sheet, placed] : sheet.toSpliced(later, 0, placed);
}

/** A live row as the pricing of its day sees it. */
export function entryOf({ now, rule }: Pick<Placed, "now" | "rule">): DayEntry {
  const { metrics, variant, sealedAt, pointsEarned: points, carriedBonuses, allowanceUsed } = now;
  const kept = sealedAt === undefined ? undefined : { points, carriedBonuses, allowanceUsed };
  return { rule, metrics, variant, kept };
}

/**
 * The rows of the days whose rules look at the other rows of the day, each sheet with the live rows of one type and day
 * in the order they were made. A sheet is opened with what is stored before anything on it is decided.
 */
export class DaySheets {
  private readonly sheets = new Map<string, Placed[]>();

  isOpen(activityTypeId: string, day: string): boolean {
    return this.sheets.has(keyOf(activityTypeId, day));
  }

  /** Opens a sheet with the rows that are on it now. */
  open(activityTypeId: string, day: string, rows: readonly BookRow[]): void {
    const key = keyOf(activityTypeId, day);
    let sheet: Placed[] = [];
    for (const row of rows) {
      const { now, rule } = row;
      if (now !== null && rule !== null && sheetKey(now) === key)
        sheet = withRow(sheet, { row, now, rule });
    }
    this.sheets.set(key, sheet);
  }

  clear(): void {
    this.sheets.clear();
  }

  /** The score of a row in the state `now`, in its place of the day. Refuses what `scoreUncapped` refuses. */
  score(row: BookRow, now: ActivityRow, rule: Rule): Checked<Score> {
    const { metrics, variant } = now;
    if (!isDayDependent(rule)) return scoreActivity(rule, metrics, { variant });
    const others = this.sheetOf(now).filter((other) => other.row !== row);
    const placed = withRow(others, { row, now, rule });
    const scores = priceDay(placed.map(entryOf));
    if (!scores.ok) return scores;
    const score = scores.value[placed.findIndex((one) => one.row === row)];
    if (!score) throw new Error("a sealed row was scored");
    return accept(score);
  }

  /** What a sealed row keeps in its place of the day when it is counted again; see `keptAgain`. */
  keptAgain(row: BookRow, now: ActivityRow, rule: Rule): Omit<Score, "lines"> {
    const sheet = this.sheetOf(now);
    const placed = withRow(
      sheet.filter((other) => other.row !== row),
      { row, now, rule },
    );
    const sealed = placed.filter((one) => one.now.sealedAt !== undefined);
    return keptAgain(
      sealed.map(entryOf),
      sealed.findIndex((one) => one.row === row),
    );
  }

  /** The sheet of a live row; throws where it was not opened. */
  private sheetOf(now: ActivityRow): Placed[] {
    const key = sheetKey(now);
    const sheet = key === null ? undefined : this.sheets.get(key);
    if (sheet === undefined) throw new Error("a day was scored before its rows were read");
    return sheet;
  }

  /**
   * What other rows give once a row is in the state `now`: those whose score changes. Nothing is changed yet. Refuses what
   * `scoreUncapped` refuses.
   */
  effects(
    row: BookRow,
    now: ActivityRow,
    rule: Rule | null,
  ): Checked<Array<{ row: BookRow; now: ActivityRow }>> {
    const effects = [];
    for (const key of new Set([sheetKey(row.now), sheetKey(now)])) {
      const sheet = key === null ? undefined : this.sheets.get(key);
      if (sheet === undefined) continue;
      const others = sheet.filter((other) => other.row !== row);
      const isHere = rule !== null && sheetKey(now) === key;
      const placed = isHere ? withRow(others, { row, now, rule }) : others;
      const scores = priceDay(placed.map(entryOf));
      if (!scores.ok) return scores;
      for (const [index, other] of placed.entries()) {
        const score = scores.value[index];
        if (!score || other.row === row) continue;
        const fields = scoredFields(score);
        if (isSameScore(other.now, fields)) continue;
        effects.push({ row: other.row, now: { ...other.now, ...fields } });
      }
    }
    return accept(effects);
  }

  /** Puts a row where it is now and takes it from where it was; to be called after every change of a row. */
  place(row: BookRow): void {
    const { now, rule } = row;
    for (const [key, sheet] of this.sheets) {
      const others = sheet.filter((other) => other.row !== row);
      const isHere = now !== null && rule !== null && sheetKey(now) === key;
      this.sheets.set(key, isHere ? withRow(others, { row, now, rule }) : others);
    }
  }
}
