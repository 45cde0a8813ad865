import type { Reason } from "../../tables/ledger";
import type { Checked } from "../errors";
import { accept } from "./checked";
import {
  type ActivityRow,
  fieldsOf,
  type RowChange,
  type RowTraits,
  type StoredActivity,
} from "./ledger";
import type { LedgerBook } from "./ledgerBook";
import { isAdminActor } from "./reasons";

/** A change of a row: nothing to do, details only (no event), or one that goes through the book. */
export type RowDecision =
  | { kind: "none" }
  | { kind: "details"; after: ActivityRow; details: Partial<ActivityRow> }
  | { kind: "change"; change: RowChange };

/** The decision that changes nothing. */
export const NOTHING: RowDecision = { kind: "none" };

/** Frozen standings change no more, not even by an admin; refuses CHALLENGE_FINAL. */
export function checkNotFinal({ account: { challenge } }: LedgerBook): Checked<null> {
  if (challenge.finalAt === undefined) return accept(null);
  return { ok: false, refusal: { code: "CHALLENGE_FINAL", challengeId: challenge._id } };
}

/** The row after a change by this actor; an admin's change stays against imports and its person. */
export function changed(book: LedgerBook, row: StoredActivity): ActivityRow {
  return {
    ...fieldsOf(row),
    version: row.version + 1,
    isSticky: row.isSticky || isAdminActor(book.posting.actor),
  };
}

/** A row taken out of the count, as a decision; refuses CHALLENGE_FINAL. */
export function removal(
  book: LedgerBook,
  row: StoredActivity,
  traits: RowTraits,
  why: { reason: Reason; note?: string },
): Checked<RowDecision> {
  const open = checkNotFinal(book);
  if (!open.ok) return open;
  return accept({ kind: "change", change: removalChange(book, row, traits, why) });
}

/** A row taken out of the count; refuses nothing. */
export function removalChange(
  book: LedgerBook,
  row: StoredActivity,
  traits: RowTraits,
  why: { reason: Reason; note?: string },
): RowChange {
  return {
    before: row,
    after: { ...changed(book, row), deletedAt: book.posting.at },
    traitsBefore: traits,
    traitsAfter: traits,
    kind: "deleted",
    ...why,
  };
}
