import type { Doc, Id } from "../../_generated/dataModel";
import type { Entry, HeldAward } from "../../tables/achievements";
import type { BoardChange } from "../rules/boards";
import type { Actor, Reason, ReplacedFacts } from "../../tables/ledger";
import type {
  Account,
  ActivityRow,
  DayRow,
  DaySpan,
  EventRow,
  HeldRow,
  PlannedRow,
  RowChange,
  StoredActivity,
  StoredChallenge,
  StoredDay,
  StoredHeld,
  Tally,
} from "../rules/ledger";
import type { LedgerBook } from "../rules/ledgerBook";
import type { TypeRule } from "../rules/ledger";

/** One person in one challenge. */
export interface Owner {
  challengeId: Id<"challenges">;
  userId: Id<"users">;
}

/** Activity rows as the ledger reads them. */
export interface ActivityReads {
  get(id: Id<"activities">): Promise<StoredActivity | null>;
  ofExternalId(
    owner: Owner,
    source: ActivityRow["source"],
    externalId: string,
  ): Promise<StoredActivity | null>;
  ofAwardKey(owner: Owner, awardKey: string): Promise<StoredActivity | null>;
  /** All rows dated that day, deleted ones included. */
  ofDay(owner: Owner, day: string): Promise<StoredActivity[]>;
  /** A person's live rows of one type on a day, in the order they were made. */
  liveOfType(
    userId: Id<"users">,
    activityTypeId: Id<"activityTypes">,
    day: string,
  ): Promise<StoredActivity[]>;
}

/** Who moves points, why, and in which challenge, as it is in this transaction. */
export interface Mover {
  actor: Actor;
  reason: Reason;
  challenge: StoredChallenge;
}

/** Activity rows as the ledger writes them, the aggregate in step. */
export interface ActivityRepo extends ActivityReads {
  insert(row: ActivityRow, by: Mover): Promise<Id<"activities">>;
  move(before: StoredActivity, after: ActivityRow, by: Mover): Promise<void>;
  /** Writes what moves no points: notes and the like, and why the points are what they are. */
  editDetails(before: StoredActivity, after: ActivityRow): Promise<void>;
  /** Clears what a row says about its activity; its points stay. */
  seal(before: StoredActivity, after: ActivityRow): Promise<void>;
}

/** A row that was written, with its id. */
export interface WrittenRow extends PlannedRow {
  activityId: Id<"activities">;
}

export interface ParticipationReads {
  /**
   * Null when the person never took part.
   *
   * @param span the days that are wanted, all unless told; all may be answered where the stored streak says too little
   */
  account(challenge: StoredChallenge, userId: Id<"users">, span?: DaySpan): Promise<Account | null>;
  /** All days of a person. */
  days(owner: Owner): Promise<StoredDay[]>;
}

/** What is kept beside an event, and can be deleted. */
export interface EventWords {
  note?: string;
  before?: ReplacedFacts;
}

/** The totals a change moves; null: what the standing counts stays. */
export interface ChangedTotals {
  boards: readonly BoardChange[];
  tally: Tally | null;
}

/** What is derived from a person's rows. */
export interface ParticipationRepo extends ParticipationReads {
  appendEvent(event: EventRow, words: EventWords): Promise<void>;
  saveDays(account: Account, days: readonly DayRow[]): Promise<void>;
  /** Of the boards only the rows that change are read and written; `at` in UTC ms. */
  saveTotals(account: Account, totals: ChangedTotals, at: number): Promise<void>;
}

export interface RuleReads {
  /** The current rule of a type of this challenge; null for any other id. */
  current(
    challengeId: Id<"challenges">,
    activityTypeId: Id<"activityTypes">,
  ): Promise<TypeRule | null>;
  /** A rule as it was; versions are never removed, so a missing one throws. */
  version(activityTypeId: Id<"activityTypes">, version: number): Promise<TypeRule>;
  /**
   * The current rule of the type a sport label counts as, retired or not; null when it counts as none. A retired one takes
   * nothing new: see `takesSport`.
   */
  ofSport(challengeId: Id<"challenges">, sport: string): Promise<TypeRule | null>;
}

/** Rows of imports that wait for a decision, or were discarded. */
export interface HeldReads {
  ofExternalId(
    owner: Owner,
    source: HeldRow["source"],
    externalId: string,
  ): Promise<StoredHeld | null>;
  /** How many more rows of a person may be held. */
  room(owner: Owner): Promise<number>;
}

export interface HeldRepo extends HeldReads {
  /** Holds a row, or what is known of one anew. */
  save(before: StoredHeld | null, after: HeldRow): Promise<void>;
  /** Its row is an activity now. */
  release(held: StoredHeld): Promise<void>;
  /** Tells the person that rows of theirs are held. */
  announce(owner: Owner, count: number): Promise<void>;
}

/** What an evaluation of an account's awards decided. */
export interface Settlement {
  changes: RowChange[];
  /** The awards held once the changes are posted. */
  awards: HeldAward[];
  /** Awards given now, over those taken back. */
  gained: number;
  /** Whether nothing is left to change. */
  isComplete: boolean;
}

/** What counts towards an achievement for a person, and the awards that follow. */
export interface AwardProgress {
  entries: Entry[];
  awards: HeldAward[];
}

/** Rows that change, whose awards are asked for. */
export interface AwardWish {
  activities: ActivityReads;
  book: LedgerBook;
  rows: readonly WrittenRow[];
  /** What a preview made of the achievements so far; otherwise what is stored. */
  known?: ReadonlyMap<Id<"achievements">, AwardProgress>;
}

/** What becomes of a person's awards of one achievement. */
export interface AwardPlan {
  achievement: Doc<"achievements">;
  stored: Doc<"achievementProgress"> | null;
  /** What counts towards it then. */
  entries: Entry[];
  settlement: Settlement;
}

/** What deciding needs: enough for a preview. */
export interface LedgerReads {
  held: HeldReads;
  activities: ActivityReads;
  participations: ParticipationReads;
  rules: RuleReads;
  awards(wish: AwardWish): Promise<AwardPlan[]>;
}

/** What a verb needs. The Convex one is in lib/pointLedger; tests use maps and a clock of their own. */
export interface Ledger extends LedgerReads {
  held: HeldRepo;
  activities: ActivityRepo;
  participations: ParticipationRepo;
  /**
   * What follows from rows that were written, in the same transaction: what is kept about them is updated here, and the
   * changes of awards whose basis changed are answered, to be posted next.
   */
  effects(book: LedgerBook, rows: readonly WrittenRow[]): Promise<RowChange[]>;
  /** UTC ms. */
  now(): number;
}
