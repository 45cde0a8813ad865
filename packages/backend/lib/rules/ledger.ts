import type { GenericId, Infer } from "convex/values";
import type { activityTables } from "../../tables/activities";
import type { challengeTables } from "../../tables/challenges";
import type { Actor, EventKind, ledgerTables, Reason } from "../../tables/ledger";
import type { Rule } from "../../tables/scoring";
import type { Checked, Refusal } from "../errors";
import { type BoardChange, BoardChanges } from "./boards";
import { accept } from "./checked";
import type { DayCount } from "./limits";
import { type Streak, streakOf } from "./streak";

/** Most points one person can have in a challenge, either way. */
export const MAX_TOTAL_POINTS = 1_000_000_000;
/** Most activity rows of one person in a challenge, deleted and system rows included. */
export const MAX_ROWS_PER_CHALLENGE = 2_000;

export type Stored<Row, Table extends string> = Row & {
  _id: GenericId<Table>;
  _creationTime: number;
};
export type ActivityRow = Infer<typeof activityTables.activities.validator>;
export type StoredActivity = Stored<ActivityRow, "activities">;
export type DayRow = Infer<typeof ledgerTables.dayTotals.validator>;
export type StandingRow = Infer<typeof ledgerTables.standings.validator>;
export type EventRow = Infer<typeof ledgerTables.pointEvents.validator>;
export type StoredChallenge = Stored<
  Infer<typeof challengeTables.challenges.validator>,
  "challenges"
>;

/** What of a standing the ledger counts; who it is about and whether it is shown are not its business. */
export type Tally = Omit<StandingRow, "challengeId" | "userId" | "listed">;

/** A person's account in one challenge: all a change is decided from. Bounded by the challenge's days, never by history. */
export interface Account {
  challenge: StoredChallenge;
  standing: Stored<StandingRow, "standings">;
  days: ReadonlyArray<Stored<DayRow, "dayTotals">>;
}

/** Who writes, when (UTC ms), and on whose calendar. */
export interface Posting {
  actor: Actor;
  requestId?: string;
  at: number;
  /** IANA zone of the account's person, where it is known. */
  zone?: string;
  /** Backdating and grace do not bind. */
  isAdmin: boolean;
}

/** What a row counts for, beside the person's total and its day. */
export type RowTraits = Pick<Rule, "contributesToStreak" | "category">;

/** Of system rows, which have no rule. */
export const NO_TRAITS: RowTraits = { contributesToStreak: false };

/** One activity row before (null: it is new) and after a change that moves points or what they are counted from. */
export interface RowChange {
  before: StoredActivity | null;
  after: ActivityRow;
  /** What the row's rule says beside its points, on either side. */
  traitsBefore: RowTraits;
  traitsAfter: RowTraits;
  kind: EventKind;
  reason: Reason;
  /** An admin's words, kept beside the event. */
  note?: string;
}

/** A row to write, with its event; the id is known once a new row is written. */
export interface PlannedRow {
  before: StoredActivity | null;
  after: ActivityRow;
  event: Omit<EventRow, "activityId">;
  note?: string;
}

/** What remains to be written once the streak is settled: its row, if it changed, and the totals. */
export interface LedgerPlan {
  rows: PlannedRow[];
  days: DayRow[];
  boards: BoardChange[];
  tally: Tally;
}

/** What a row gives now: its points while it is live. */
export function livePoints(row: Pick<ActivityRow, "pointsEarned" | "deletedAt"> | null): number {
  return row === null || row.deletedAt !== undefined ? 0 : row.pointsEarned;
}

/** Streak bonus, awards and adjustments: rows no participant wrote. */
export function isSystemRow(row: Pick<ActivityRow, "activityTypeId">): boolean {
  return row.activityTypeId === null;
}

/** A stored row without the fields the database adds. */
export function fieldsOf(row: StoredActivity): ActivityRow {
  const { _id, _creationTime, ...fields } = row;
  return fields;
}

export function limitReached(limit: string, max: number): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: { code: "LIMIT_REACHED", limit, max } };
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
  };
}

/** A day's totals with one row added (`sign` 1) or taken away (-1). */
function countRow(day: DayRow, row: ActivityRow, contributes: boolean, sign: 1 | -1): DayRow {
  const points = day.points + sign * row.pointsEarned;
  const streakPoints = day.streakPoints + (contributes ? sign * row.pointsEarned : 0);
  const { activityTypeId } = row;
  if (activityTypeId === null) return { ...day, points, streakPoints };
  const others = day.typeCounts.filter((entry) => entry.activityTypeId !== activityTypeId);
  const previous = day.typeCounts.find((entry) => entry.activityTypeId === activityTypeId);
  const count = (previous?.count ?? 0) + sign;
  const typeCounts = count === 0 ? others : [...others, { activityTypeId, count }];
  typeCounts.sort((a, b) => (a.activityTypeId < b.activityTypeId ? -1 : 1));
  return { ...day, points, streakPoints, activityCount: day.activityCount + sign, typeCounts };
}

function isSameDay(a: DayRow, b: DayRow | undefined): boolean {
  return (
    b !== undefined &&
    a.points === b.points &&
    a.streakPoints === b.streakPoints &&
    a.activityCount === b.activityCount &&
    JSON.stringify(a.typeCounts) === JSON.stringify(b.typeCounts)
  );
}

/**
 * One person's account opened for changes. `post` takes changes one after the other, each decided against what the
 * ones before left; `close` adds the streak row and says what to write. Every total is computed from the rows' before
 * and after. Pure: it holds what was read and touches nothing else.
 */
export class LedgerBook {
  private readonly stored: ReadonlyMap<string, DayRow>;
  private readonly days: Map<string, DayRow>;
  private readonly boards: BoardChanges;
  private rows: PlannedRow[] = [];
  private readonly tally: Tally;

  constructor(
    readonly account: Account,
    readonly posting: Posting,
  ) {
    this.stored = new Map(account.days.map((day) => [day.day, day]));
    this.days = new Map(this.stored);
    this.boards = new BoardChanges(account.challenge.startsOn);
    this.tally = tallyOf(account.standing);
  }

  get totalPoints(): number {
    return this.tally.totalPoints;
  }

  /** The person's live rows per day, for the limits; `without` is the row a change is about. */
  dayCounts(without: StoredActivity | null): DayCount[] {
    const counts = new Map(this.days);
    if (without?.deletedAt === undefined && without?.loggedDate) {
      const day = counts.get(without.loggedDate);
      if (day) counts.set(day.day, countRow(day, without, false, -1));
    }
    return [...counts.values()];
  }

  /** Live rows of people on a day, so that a day without any need not be read. */
  liveRowsOn(day: string): number {
    return this.days.get(day)?.activityCount ?? 0;
  }

  /** Takes one change, or refuses it with nothing changed: LIMIT_REACHED (rowsPerChallenge, totalPoints). */
  post(change: RowChange): Checked<null> {
    const reservedForStreak = this.tally.streakActivityId === null ? 1 : 0;
    if (change.before === null && this.tally.rowCount + reservedForStreak >= MAX_ROWS_PER_CHALLENGE)
      return limitReached("rowsPerChallenge", MAX_ROWS_PER_CHALLENGE);
    const total = this.totalPoints + livePoints(change.after) - livePoints(change.before);
    if (Math.abs(total) > MAX_TOTAL_POINTS) return limitReached("totalPoints", MAX_TOTAL_POINTS);
    this.record(change);
    return accept(null);
  }

  /** The rows to write now: those posted since the last call, causes first. */
  takeRows(): PlannedRow[] {
    const { rows } = this;
    this.rows = [];
    return rows;
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
      this.record(this.streakChange(streakRow, streak.bonusPoints));
      if (Math.abs(this.totalPoints) > MAX_TOTAL_POINTS)
        return limitReached("totalPoints", MAX_TOTAL_POINTS);
    }
    const days = [...this.days.values()].filter((day) => !isSameDay(day, this.stored.get(day.day)));
    const tally = {
      ...this.tally,
      streakLength: streak.length,
      streakLastDay: streak.lastDay,
      longestStreak: streak.longest,
      streakBonusPoints: streak.bonusPoints,
    };
    return accept({ rows: this.takeRows(), days, boards: this.boards.list(), tally });
  }

  private streak(): Streak {
    const { streakMinPoints, streakBonus, streakBonusDailyCap } = this.account.challenge;
    const ascending = [...this.days.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
    return streakOf(ascending, {
      minPoints: streakMinPoints,
      bonus: streakBonus,
      dailyCap: streakBonusDailyCap,
    });
  }

  private record(change: RowChange): void {
    const { before, after } = change;
    if (before) this.count(before, change.traitsBefore, -1);
    this.count(after, change.traitsAfter, 1);
    this.boards.record(change);
    const pointsBefore = livePoints(before);
    const pointsAfter = livePoints(after);
    this.tally.totalPoints += pointsAfter - pointsBefore;
    // 0 - x and not -x: -0 would miss the index entries of 0.
    this.tally.negTotal = 0 - this.tally.totalPoints;
    if (pointsAfter !== pointsBefore) this.tally.reachedAt = this.posting.at;
    if (before === null) this.tally.rowCount += 1;
    this.tally.seq += 1;
    this.rows.push({
      before,
      after,
      event: {
        ...this.owner(),
        seq: this.tally.seq,
        kind: change.kind,
        pointsBefore,
        pointsAfter,
        totalAfter: this.tally.totalPoints,
        actor: this.posting.actor,
        reason: change.reason,
        ruleVersion: after.ruleVersion,
        requestId: this.posting.requestId,
        at: this.posting.at,
      },
      note: change.note,
    });
  }

  private count(row: ActivityRow, { contributesToStreak }: RowTraits, sign: 1 | -1): void {
    if (row.deletedAt !== undefined) return;
    if (!isSystemRow(row)) this.tally.activityCount += sign;
    if (row.loggedDate === null) return;
    const empty = { points: 0, streakPoints: 0, activityCount: 0, typeCounts: [] };
    const day = this.days.get(row.loggedDate) ?? {
      ...this.owner(),
      day: row.loggedDate,
      ...empty,
    };
    this.days.set(row.loggedDate, countRow(day, row, contributesToStreak, sign));
  }

  private streakChange(before: StoredActivity | null, points: number): RowChange {
    const row: ActivityRow = before
      ? { ...fieldsOf(before), version: before.version + 1 }
      : {
          ...this.owner(),
          activityTypeId: null,
          ruleVersion: 0,
          source: "streak",
          loggedDate: null,
          metrics: {},
          pointsEarned: 0,
          breakdown: [],
          version: 1,
          isSticky: false,
        };
    return {
      before,
      after: {
        ...row,
        pointsEarned: points,
        breakdown: [{ kind: "streak", label: "Streak bonus", points }],
      },
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
