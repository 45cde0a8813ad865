import type { GenericId, Infer } from "convex/values";
import type { activityTables } from "../../tables/activities";
import type { challengeTables } from "../../tables/challenges";
import type { Actor, EventKind, ledgerTables, Reason } from "../../tables/ledger";
import type { moderationTables } from "../../tables/moderation";
import type { Rule } from "../../tables/scoring";
import type { Refusal } from "../errors";

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
export type HeldRow = Infer<typeof moderationTables.heldActivities.validator>;
export type StoredHeld = Stored<HeldRow, "heldActivities">;
export type DayRow = Infer<typeof ledgerTables.dayTotals.validator>;
export type StandingRow = Infer<typeof ledgerTables.standings.validator>;
export type EventRow = Infer<typeof ledgerTables.pointEvents.validator>;
export type StoredChallenge = Stored<
  Infer<typeof challengeTables.challenges.validator>,
  "challenges"
>;

/** What of a standing the ledger counts; who it is about and whether it is shown are not its business. */
export type Tally = Omit<
  StandingRow,
  "challengeId" | "userId" | "listed" | "isFormer" | "rankYesterday"
>;

/** Calendar days from one to another, both included. */
export interface DaySpan {
  from: string;
  to: string;
}

export type StoredDay = Stored<DayRow, "dayTotals">;

/** A person's account in one challenge: all a change is decided from. Bounded by the challenge's days, never by history. */
export interface Account {
  challenge: StoredChallenge;
  standing: Stored<StandingRow, "standings">;
  days: readonly StoredDay[];
  /** Where `days` are those of a part of the challenge; the standing's streak is then the one of all days. Null: all days. */
  span: DaySpan | null;
  /** The total the last event ended at, which the next one goes on from; as in the standing, unless that was damaged. */
  ledgerTotal: number;
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

/** One version of an activity type's rule. */
export interface TypeRule {
  activityTypeId: GenericId<"activityTypes">;
  version: number;
  rule: Rule;
  /** Takes no new activities. */
  isRetired?: true;
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
  /** The version of the rule `after` is scored with; without one the rows of its day have nothing to do with it. */
  rule?: Rule;
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
