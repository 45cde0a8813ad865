import type { Rule } from "../../tables/scoring";
import type { Checked } from "../errors";
import { AccountDays } from "./accountDays";
import { type BoardChange, BoardChanges } from "./boards";
import { accept } from "./checked";
import { type BookRow, DaySheets, isSameScore } from "./daySheets";
import {
  type Account,
  type ActivityRow,
  type DayRow,
  fieldsOf,
  isSystemRow,
  limitReached,
  livePoints,
  MAX_ROWS_PER_CHALLENGE,
  MAX_TOTAL_POINTS,
  NO_TRAITS,
  type PlannedRow,
  type Posting,
  type RowChange,
  type RowTraits,
  type StandingRow,
  type StoredActivity,
  type StoredDay,
  type Tally,
} from "./ledger";
import type { DayCount } from "./limits";
import type { Score } from "./scoring";
import { type Streak, streakRulesOf, streakRulesText } from "./streak";
import { streakRow } from "./streakRow";

/** Why a row of the book changed: with an event of its own, because of its day, or in what moves no points. */
type Why = Pick<RowChange, "kind" | "reason" | "note"> | "day" | "details";

const DAY_CHANGED = { kind: "repriced", reason: "dayChanged" } as const;

/** What is to be written: rows with an event each, and rows of which only details change, without one. */
export interface Taken {
  rows: PlannedRow[];
  details: Array<{ before: StoredActivity; after: ActivityRow }>;
}

/** What remains to be written once the streak is settled: its row, if it changed, and the totals. */
export interface LedgerPlan {
  taken: Taken;
  days: DayRow[];
  boards: BoardChange[];
  tally: Tally;
}

function tallyOf(standing: StandingRow): Tally {
  return {
    totalPoints: standing.totalPoints,
    negTotal: standing.negTotal,
    reachedAt: standing.reachedAt,
    seq: standing.seq,
    activityCount: standing.activityCount,
    rowCount: standing.rowCount,
    streakLength: standing.streakLength,
    streakLastDay: standing.streakLastDay,
    longestStreak: standing.longestStreak,
    streakBonusPoints: standing.streakBonusPoints,
    streakActivityId: standing.streakActivityId,
    streakRules: standing.streakRules,
  };
}

/**
 * One person's account opened for changes. `post` takes changes one after the other, each decided against what the
 * ones before left, and re-prices the rows of their days; `close` adds the streak row and says what to write. Every
 * total is computed from the rows' before and after. Pure: it holds what was read and touches nothing else.
 */
export class LedgerBook {
  private readonly days: AccountDays;
  private readonly boards: BoardChanges;
  /** Stored rows the book has met, by id. */
  private readonly known = new Map<string, BookRow>();
  private readonly sheets = new DaySheets();
  /** Rows to write, causes first. */
  private readonly changes = new Map<BookRow, Why>();
  /** The total after the events taken so far. */
  private takenTotal: number;
  private readonly tally: Tally;

  constructor(
    private opened: Account,
    readonly posting: Posting,
  ) {
    const { account } = this;
    this.days = new AccountDays(account, this.owner());
    this.boards = new BoardChanges(account.challenge.startsOn);
    this.tally = tallyOf(account.standing);
    this.takenTotal = account.ledgerTotal;
  }

  /** What the changes are made to. */
  get account(): Account {
    return this.opened;
  }

  get totalPoints(): number {
    return this.tally.totalPoints;
  }

  /** New rows the account has room for; one is kept for the streak. */
  get freeRows(): number {
    const reservedForStreak = this.tally.streakActivityId === null ? 1 : 0;
    return MAX_ROWS_PER_CHALLENGE - this.tally.rowCount - reservedForStreak;
  }

  /** Whether the book knows all days of the account from one to another. */
  knowsDays(from: string, to = from): boolean {
    return this.days.knows(from, to);
  }

  /** Takes all days of an account that was opened with some of them. */
  completeDays(days: readonly StoredDay[]): void {
    this.days.complete(days);
    this.opened = { ...this.opened, days, span: null };
  }

  /** The person's live rows per day that is known, for the limits; `without` is the row a change is about. */
  dayCounts(without: StoredActivity | null): DayCount[] {
    return this.days.counts(without && (this.known.get(without._id)?.now ?? without));
  }

  /** Live rows of people on a day, so that a day without any need not be read. */
  liveRowsOn(day: string): number {
    return this.days.liveRowsOn(day);
  }

  /** Whether the rows of a type and day were given to `openDay`. */
  isDayOpen(activityTypeId: string, day: string): boolean {
    return this.sheets.isOpen(activityTypeId, day);
  }

  /**
   * Takes the stored live rows of a type and day, so that rules that look at them can be scored and the rows re-priced.
   * Needed before a change to or from a day-dependent rule is decided.
   */
  openDay(
    activityTypeId: string,
    day: string,
    rows: ReadonlyArray<{ row: StoredActivity; rule: Rule }>,
  ): void {
    const stored = rows.map(({ row, rule }) => {
      const known = this.rowOf(row, rule);
      if (this.isPosted(known)) return known;
      return Object.assign(known, { rule, traits: rule, traitsBefore: rule });
    });
    const posted = [...this.changes.keys()].filter((row) => !stored.includes(row));
    this.sheets.open(activityTypeId, day, [...stored, ...posted]);
  }

  /**
   * The score of a row in a new state, by a version of its type's rule and among the rows of its day. Refuses what
   * `scoreUncapped` refuses.
   */
  score(before: StoredActivity | null, now: ActivityRow, rule: Rule): Checked<Score> {
    const row = before === null ? newRow() : this.rowOf(before, NO_TRAITS);
    return this.sheets.score(row, now, rule);
  }

  /** What a sealed row keeps when it is counted again among the rows of its day. */
  keptAgain(before: StoredActivity, now: ActivityRow, rule: Rule): Omit<Score, "lines"> {
    return this.sheets.keptAgain(this.rowOf(before, NO_TRAITS), now, rule);
  }

  /**
   * Takes one change with what it does to the other rows of its days, or refuses it with nothing changed:
   * LIMIT_REACHED (rowsPerChallenge, totalPoints, pointsPerActivity). Answers the row, which later changes of its day
   * may still re-price.
   */
  post(change: RowChange): Checked<Pick<BookRow, "now">> {
    const { before, after, rule = null, traitsBefore, traitsAfter } = change;
    if (before === null && this.freeRows <= 0)
      return limitReached("rowsPerChallenge", MAX_ROWS_PER_CHALLENGE);
    const row = before === null ? newRow() : this.rowOf(before, traitsBefore);
    if (!this.isPosted(row)) Object.assign(row, { traits: traitsBefore, traitsBefore });
    const effects = this.sheets.effects(row, after, rule);
    if (!effects.ok) return effects;
    let total = this.totalPoints + livePoints(after) - livePoints(row.now);
    for (const other of effects.value) total += livePoints(other.now) - livePoints(other.row.now);
    if (Math.abs(total) > MAX_TOTAL_POINTS) return limitReached("totalPoints", MAX_TOTAL_POINTS);

    const { kind, reason, note } = change;
    this.move(row, after, { traits: traitsAfter, rule, why: { kind, reason, note } });
    for (const { row: other, now } of effects.value) {
      const { traits, rule } = other;
      this.move(other, now, { traits, rule, why: "day" });
    }
    return accept(row);
  }

  /** Takes a change that moves no points: what of a row is written without an event. Answers the row, as `post` does. */
  postDetails(before: StoredActivity, details: Partial<ActivityRow>): Pick<BookRow, "now"> {
    const row = this.rowOf(before, NO_TRAITS);
    row.now = { ...(row.now ?? fieldsOf(before)), ...details };
    if (!this.isPosted(row)) this.changes.set(row, "details");
    this.sheets.place(row);
    return row;
  }

  /** What was posted since the last call and is to be written now, causes first. */
  take(): Taken {
    const taken: Taken = { rows: [], details: [] };
    for (const [row, why] of this.changes) {
      const { before, now } = row;
      if (now === null) continue;
      const isMoved = livePoints(before) !== livePoints(now);
      if (typeof why === "object" || isMoved) taken.rows.push(this.plan(row, now, why));
      else if (before && (why === "details" || !isSameScore(before, now)))
        taken.details.push({ before, after: now });
    }
    this.changes.clear();
    this.known.clear();
    this.sheets.clear();
    return taken;
  }

  /** Whether the streak takes days that are not known: they are needed before the book is closed. */
  needsAllDays(): boolean {
    return this.streakIfKnown() === null;
  }

  /** Whether `close` needs the stored streak row, because its points change. */
  needsStreakRow(): boolean {
    return (
      this.tally.streakActivityId !== null &&
      this.streak().bonusPoints !== this.tally.streakBonusPoints
    );
  }

  /**
   * Settles the streak and says what to write. Refuses LIMIT_REACHED when the bonus would pass the largest total.
   *
   * @param streakRow the stored streak row, where `needsStreakRow`
   */
  close(streakRow: StoredActivity | null): Checked<LedgerPlan> {
    const streak = this.streak();
    if (streak.bonusPoints !== this.tally.streakBonusPoints) {
      const { before, after, kind, reason } = this.streakChange(streakRow, streak.bonusPoints);
      const row = before === null ? newRow() : this.rowOf(before, NO_TRAITS);
      this.move(row, after, { traits: NO_TRAITS, rule: null, why: { kind, reason } });
      if (Math.abs(this.totalPoints) > MAX_TOTAL_POINTS)
        return limitReached("totalPoints", MAX_TOTAL_POINTS);
    }
    const taken = this.take();
    const days = this.days.changed();
    const tally = {
      ...this.tally,
      streakLength: streak.length,
      streakLastDay: streak.lastDay,
      longestStreak: streak.longest,
      streakBonusPoints: streak.bonusPoints,
      streakRules: streakRulesText(streakRulesOf(this.account.challenge)),
    };
    return accept({ taken, days, boards: this.boards.list(), tally });
  }

  private streak(): Streak {
    const streak = this.streakIfKnown();
    if (streak === null) throw new Error("the streak needs days that were not read");
    return streak;
  }

  private streakIfKnown(): Streak | null {
    const { challenge, standing } = this.account;
    const before: Streak = {
      length: standing.streakLength,
      lastDay: standing.streakLastDay,
      longest: standing.longestStreak,
      bonusPoints: standing.streakBonusPoints,
    };
    return this.days.streak(before, streakRulesOf(challenge));
  }

  /** What the book knows of a stored row; one it meets for the first time is as it is stored. */
  private rowOf(before: StoredActivity, traits: RowTraits): BookRow {
    const known = this.known.get(before._id);
    if (known) return known;
    const row: BookRow = {
      before,
      now: fieldsOf(before),
      rule: null,
      traits,
      traitsBefore: traits,
    };
    this.known.set(before._id, row);
    return row;
  }

  /** Whether somebody's change of a row was posted; before that its rule is the one it is stored with. */
  private isPosted(row: BookRow): boolean {
    return typeof this.changes.get(row) === "object";
  }

  /** Brings a row into a new state and every total with it. */
  private move(
    row: BookRow,
    now: ActivityRow,
    { traits, rule, why }: Pick<BookRow, "traits" | "rule"> & { why: Why },
  ): void {
    if (row.now) this.count(row.now, row.traits, -1);
    this.count(now, traits, 1);
    this.tally.totalPoints += livePoints(now) - livePoints(row.now);
    // 0 - x and not -x: -0 would miss the index entries of 0.
    this.tally.negTotal = 0 - this.tally.totalPoints;
    if (row.now === null) this.tally.rowCount += 1;
    Object.assign(row, { now, traits, rule });
    // What somebody did to a row says more than what its day then did to it.
    if (why !== "day" || !this.changes.has(row)) this.changes.set(row, why);
    this.sheets.place(row);
  }

  private plan(row: BookRow, after: ActivityRow, why: Why): PlannedRow {
    const { before, traitsBefore, traits: traitsAfter } = row;
    this.boards.record({ before, after, traitsBefore, traitsAfter });
    const pointsBefore = livePoints(before);
    const pointsAfter = livePoints(after);
    this.takenTotal += pointsAfter - pointsBefore;
    this.tally.seq += 1;
    if (pointsAfter !== pointsBefore) this.tally.reachedAt = this.posting.at;
    const { kind, reason, note }: Pick<RowChange, "kind" | "reason" | "note"> =
      typeof why === "object" ? why : DAY_CHANGED;
    return {
      before,
      after,
      event: {
        ...this.owner(),
        seq: this.tally.seq,
        kind,
        pointsBefore,
        pointsAfter,
        totalAfter: this.takenTotal,
        actor: this.posting.actor,
        reason,
        ruleVersion: after.ruleVersion,
        requestId: this.posting.requestId,
        at: this.posting.at,
      },
      note,
    };
  }

  private count(row: ActivityRow, traits: RowTraits, sign: 1 | -1): void {
    if (row.deletedAt !== undefined) return;
    if (!isSystemRow(row)) this.tally.activityCount += sign;
    this.days.count(row, traits, sign);
  }

  private streakChange(before: StoredActivity | null, points: number): RowChange {
    return {
      before,
      after: streakRow(this.account.standing, before, points),
      traitsBefore: NO_TRAITS,
      traitsAfter: NO_TRAITS,
      kind: before ? "repriced" : "created",
      reason: "streakChanged",
    };
  }

  private owner(): Pick<StandingRow, "challengeId" | "userId"> {
    const { challengeId, userId } = this.account.standing;
    return { challengeId, userId };
  }
}

/** A row that is not posted yet. */
function newRow(): BookRow {
  return { before: null, now: null, rule: null, traits: NO_TRAITS, traitsBefore: NO_TRAITS };
}
