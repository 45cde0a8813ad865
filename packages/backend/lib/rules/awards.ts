import type { Checked } from "../errors";
import { checkText } from "../text";
import { accept, invalid } from "./checked";
import { isDay } from "./dates";
import { type ActivityRow, NO_TRAITS, type RowChange, type StoredActivity } from "./ledger";
import type { LedgerBook } from "./ledgerBook";
import { MAX_REASON_LENGTH } from "./reasons";
import { checkNotFinal, NOTHING, removal, removalChange, type RowDecision } from "./rowDecisions";
import { MAX_POINTS_PER_ACTIVITY } from "./scoring";

/** Points given by the system or an organiser; `awardKey` names what for, once per person and challenge. */
export interface Award {
  source: "achievement" | "miniGame" | "adjustment";
  awardKey: string;
  /** The day it is dated by. */
  loggedDate: string;
  points: number;
  label: string;
  note?: string;
}

/**
 * An award as a system row. One that is live already is nothing to do; a revoked one is given again under its row.
 * Refuses INVALID_INPUT (points, loggedDate, label), CHALLENGE_FINAL.
 *
 * @param options.isCorrection an admin's entry: final standings do not bind
 */
export function decideAward(
  book: LedgerBook,
  award: Award,
  existing: StoredActivity | null,
  options: { isCorrection?: boolean } = {},
): Checked<RowDecision> {
  if (existing !== null && existing.deletedAt === undefined) return accept(NOTHING);
  const { isCorrection = false } = options;
  const { challenge } = book.account;
  const { points, loggedDate, label } = award;
  if (!Number.isInteger(points) || Math.abs(points) > MAX_POINTS_PER_ACTIVITY)
    return invalid("points", `must be a whole number up to ${MAX_POINTS_PER_ACTIVITY} either way`);
  if (!isDay(loggedDate) || loggedDate < challenge.startsOn || loggedDate > challenge.endsOn)
    return invalid("loggedDate", "must be a day of the challenge");
  const text = checkText(label, "label", MAX_REASON_LENGTH);
  if (!text.ok) return text;
  const open = isCorrection ? accept(null) : checkNotFinal(book);
  if (!open.ok) return open;
  const change = awardChange(book, { ...award, label: text.value }, existing);
  const reason = isCorrection ? "adminCorrection" : change.reason;
  return accept({ kind: "change", change: { ...change, reason } });
}

/**
 * An award's row as it shall be now: a new one, a revoked one counted again, or a live one on another day or for other
 * points. Refuses nothing: for awards that follow from what was accepted.
 */
export function awardChange(
  book: LedgerBook,
  award: Award,
  existing: StoredActivity | null,
): RowChange {
  const { challengeId, userId } = book.account.standing;
  const { source, awardKey, loggedDate, label, note } = award;
  // Adding 0 turns -0 into 0.
  const pointsEarned = award.points + 0;
  const after: ActivityRow = {
    challengeId,
    userId,
    activityTypeId: null,
    ruleVersion: 0,
    source,
    loggedDate,
    metrics: {},
    pointsEarned,
    breakdown: [{ kind: "award", label, points: pointsEarned }],
    title: label,
    awardKey,
    version: (existing?.version ?? 0) + 1,
    isSticky: false,
  };
  const isMoved = existing !== null && existing.deletedAt === undefined;
  const kind = existing === null ? "created" : isMoved ? "repriced" : "restored";
  const traits = { traitsBefore: NO_TRAITS, traitsAfter: NO_TRAITS };
  return { before: existing, after, ...traits, kind, reason: "awarded", note };
}

/** A live award's row taken out of the count. Refuses nothing: for awards whose basis is gone. */
export function revocation(book: LedgerBook, row: StoredActivity): RowChange {
  return removalChange(book, row, NO_TRAITS, { reason: "revoked" });
}

/** Takes an award back. One that is revoked already is nothing to do. Refuses NOT_FOUND for rows that are no award. */
export function decideRevoke(
  book: LedgerBook,
  row: StoredActivity,
  note?: string,
): Checked<RowDecision> {
  if (row.awardKey === undefined)
    return { ok: false, refusal: { code: "NOT_FOUND", what: "award" } };
  if (row.deletedAt !== undefined) return accept(NOTHING);
  return removal(book, row, NO_TRAITS, { reason: "revoked", note });
}

/**
 * Awards whose key names an earlier row already: of all rows with one key the oldest that counts is the award, or the
 * oldest where none counts.
 */
export function doubledAwards(rows: readonly StoredActivity[]): Set<StoredActivity> {
  return doubledBy(rows, ({ awardKey }) => awardKey);
}

/** Imported rows whose source has given an earlier row for the same thing already, removed ones among them. */
export function doubledImports(rows: readonly StoredActivity[]): Set<StoredActivity> {
  return doubledBy(rows, ({ source, externalId }) => externalId && `${source}/${externalId}`);
}

/** Rows whose key an earlier row has; rows without a key are never among them. */
function doubledBy(
  rows: readonly StoredActivity[],
  keyOf: (row: StoredActivity) => string | undefined,
): Set<StoredActivity> {
  const known = new Set<string>();
  const isGone = (row: StoredActivity) => Number(row.deletedAt !== undefined);
  const inOrder = [...rows].sort(
    (a, b) => isGone(a) - isGone(b) || a._creationTime - b._creationTime,
  );
  return new Set(
    inOrder.filter((row) => {
      const key = keyOf(row);
      if (key === undefined) return false;
      const isDoubled = known.has(key);
      known.add(key);
      return isDoubled;
    }),
  );
}
