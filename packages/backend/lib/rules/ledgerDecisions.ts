import type { Rule } from "../../tables/scoring";
import type { Checked } from "../errors";
import { accept, invalid } from "./checked";
import { scoredFields } from "./daySheets";
import { isDayDependent } from "./dayShare";
import {
  checkDay,
  checkDetails,
  type Deed,
  type EditedDeed,
  type Details,
  type ExternalSource,
  type OwnSource,
  price,
  type Priced,
  sameMetrics,
} from "./deeds";
import {
  type ActivityRow,
  isSystemRow,
  NO_TRAITS,
  type RowChange,
  type StoredActivity,
  type TypeRule,
} from "./ledger";
import { limitReached } from "./ledger";
import type { LedgerBook } from "./ledgerBook";
import { MAX_POINTS_PER_ACTIVITY } from "./scoring";
import { sealedBreakdown } from "./sealing";
import { isAdminActor, reasonOf } from "./reasons";
import { changed, checkNotFinal, NOTHING, removal, type RowDecision } from "./rowDecisions";

/**
 * A new row by the type's current rule. Refuses INVALID_INPUT (notes, metrics, day), CHALLENGE_FINAL,
 * OUTSIDE_CHALLENGE_DATES, NOT_AVAILABLE_THIS_WEEK, LIMIT_REACHED.
 */
export function decideLog(
  book: LedgerBook,
  type: TypeRule,
  input: Deed &
    Details & { source: OwnSource | ExternalSource; externalId?: string; note?: string },
): Checked<RowChange> {
  const { loggedDate, metrics, variant, note, ...given } = input;
  const details = checkDetails(given);
  if (!details.ok) return details;
  const { challengeId, userId } = book.account.standing;
  const row: ActivityRow = {
    challengeId,
    userId,
    activityTypeId: type.activityTypeId,
    ruleVersion: type.version,
    loggedDate,
    metrics,
    pointsEarned: 0,
    breakdown: [],
    ...details.value,
    version: 1,
    isSticky: false,
  };
  const priced = price(book, type, { loggedDate, metrics, variant }, { before: null, row });
  if (!priced.ok) return priced;
  return accept({
    before: null,
    after: { ...row, ...priced.value },
    traitsBefore: NO_TRAITS,
    traitsAfter: type.rule,
    rule: type.rule,
    kind: "created",
    reason: reasonOf(book.posting.actor, "logged"),
    note,
  });
}

/** Refuses SYSTEM_ROW and STALE_VERSION: what the row is comes before what the rules say about a change of it. */
function checkRow(row: StoredActivity, expectedVersion: number | undefined): Checked<null> {
  if (isSystemRow(row)) return { ok: false, refusal: { code: "SYSTEM_ROW", activityId: row._id } };
  if (expectedVersion === undefined || expectedVersion === row.version) return accept(null);
  return {
    ok: false,
    refusal: { code: "STALE_VERSION", expected: expectedVersion, actual: row.version },
  };
}

/** What an admin corrected only an admin changes again; refuses NOT_CHALLENGE_ADMIN to its person. */
function checkCorrected(book: LedgerBook, row: StoredActivity): Checked<null> {
  if (!row.isSticky || book.posting.actor.kind !== "user") return accept(null);
  const { challengeId, _id: activityId } = row;
  return { ok: false, refusal: { code: "NOT_CHALLENGE_ADMIN", challengeId, activityId } };
}

function sameDetails(row: ActivityRow, details: Details): boolean {
  return (Object.keys(details) as Array<keyof Details>).every(
    (name) => row[name] === details[name],
  );
}

/**
 * A row with other facts. What is absent from `patch` stays; an empty note is removed. Refuses NOT_CHALLENGE_ADMIN to
 * the person whose row an admin corrected, SYSTEM_ROW, ACTIVITY_DELETED, STALE_VERSION and what `decideLog` refuses.
 *
 * @param types the rule the row was scored with, and the one to score it with now: the same version, unless the
 *   type changes
 */
export function decideEdit(
  book: LedgerBook,
  row: StoredActivity,
  types: { before: TypeRule; after: TypeRule },
  patch: Partial<EditedDeed> & Details & { expectedVersion?: number; note?: string },
): Checked<RowDecision> {
  const mayChange = checkCorrected(book, row);
  if (!mayChange.ok) return mayChange;
  const known = checkRow(row, patch.expectedVersion);
  if (!known.ok) return known;
  if (row.deletedAt !== undefined)
    return { ok: false, refusal: { code: "ACTIVITY_DELETED", activityId: row._id } };
  const { loggedDate, metrics, variant, expectedVersion: _, note, ...given } = patch;
  const checked = checkDetails<Details>(given);
  if (!checked.ok) return checked;
  const details = checked.value;
  const staysType = types.after.activityTypeId === row.activityTypeId;
  const deed = {
    loggedDate: loggedDate ?? row.loggedDate ?? "",
    metrics: metrics ?? row.metrics,
    // An option belongs to its type.
    variant: variant === undefined && staysType ? row.variant : (variant ?? undefined),
  };
  const samePoints =
    staysType &&
    deed.loggedDate === row.loggedDate &&
    deed.variant === row.variant &&
    sameMetrics(deed.metrics, row.metrics);
  if (samePoints && sameDetails(row, details)) return accept(NOTHING);
  if (!samePoints) {
    if (row.sealedAt !== undefined)
      return invalid("metrics", "were removed when their source expired; only notes can change");
    const priced = price(book, types.after, deed, { before: row, row });
    if (!priced.ok) return priced;
    return accept(edited(book, row, types, { ...details, ...priced.value }, note));
  }
  const open = checkNotFinal(book);
  if (!open.ok) return open;
  // What an admin changes in somebody's row always leaves an event, which keeps who and why.
  if (isAdminActor(book.posting.actor)) return accept(edited(book, row, types, details, note));
  const after = { ...changed(book, row), ...details };
  const { version, isSticky } = after;
  return accept({ kind: "details", after, details: { ...details, version, isSticky } });
}

function edited(
  book: LedgerBook,
  row: StoredActivity,
  types: { before: TypeRule; after: TypeRule },
  facts: Details & Partial<Priced>,
  note: string | undefined,
): RowDecision {
  const change: RowChange = {
    before: row,
    after: { ...changed(book, row), ...facts },
    traitsBefore: types.before.rule,
    traitsAfter: types.after.rule,
    rule: types.after.rule,
    kind: "edited",
    reason: reasonOf(book.posting.actor, "corrected"),
    note,
  };
  return { kind: "change", change };
}

/**
 * A row taken out of the count. Deleting a deleted row is nothing to do. Refuses SYSTEM_ROW, STALE_VERSION,
 * CHALLENGE_FINAL; any day can be deleted from and any row, corrected ones too, because that only takes back what a
 * person claimed.
 */
export function decideDelete(
  book: LedgerBook,
  row: StoredActivity,
  type: TypeRule | null,
  options: { expectedVersion?: number; note?: string },
): Checked<RowDecision> {
  if (!isSystemRow(row) && row.deletedAt !== undefined) return accept(NOTHING);
  const known = checkRow(row, options.expectedVersion);
  if (!known.ok) return known;
  return removal(book, row, type?.rule ?? NO_TRAITS, {
    reason: reasonOf(book.posting.actor, "removed"),
    note: options.note,
  });
}

/**
 * A deleted row counted again, with the points and the version it had; where its rule looks at the other rows of the day,
 * with the points that version gives among them. Restoring a live row is nothing to do.
 * Refuses NOT_CHALLENGE_ADMIN to the person whose row an admin corrected, SYSTEM_ROW, STALE_VERSION and, like a new
 * row, CHALLENGE_FINAL, OUTSIDE_CHALLENGE_DATES, NOT_AVAILABLE_THIS_WEEK, LIMIT_REACHED.
 *
 * @param types the rule the row was scored with, and the type's current one, whose limits bind
 */
export function decideRestore(
  book: LedgerBook,
  row: StoredActivity,
  types: { scored: TypeRule; current: TypeRule },
  options: { expectedVersion?: number; note?: string },
): Checked<RowDecision> {
  const mayChange = checkCorrected(book, row);
  if (!mayChange.ok) return mayChange;
  if (!isSystemRow(row) && row.deletedAt === undefined) return accept(NOTHING);
  const known = checkRow(row, options.expectedVersion);
  if (!known.ok) return known;
  const day = checkDay(book, types.current, row.loggedDate ?? "", row);
  if (!day.ok) return day;
  const { rule } = types.scored;
  const restored = { ...changed(book, row), deletedAt: undefined };
  const after = repriced(book, row, restored, rule);
  if (!after.ok) return after;
  const change: RowChange = {
    before: row,
    after: after.value,
    traitsBefore: rule,
    traitsAfter: rule,
    rule,
    kind: "restored",
    reason: reasonOf(book.posting.actor, "undone"),
    note: options.note,
  };
  return accept({ kind: "change", change });
}

/** A row with the points its facts give among the rows of its day; where the day has no say, those it has. */
function repriced(
  book: LedgerBook,
  before: StoredActivity,
  after: ActivityRow,
  rule: Rule,
): Checked<ActivityRow> {
  if (!isDayDependent(rule)) return accept(after);
  if (after.sealedAt !== undefined) {
    const { points, ...kept } = book.keptAgain(before, after, rule);
    if (Math.abs(points) > MAX_POINTS_PER_ACTIVITY)
      return limitReached("pointsPerActivity", MAX_POINTS_PER_ACTIVITY);
    if (points === after.pointsEarned) return accept({ ...after, ...kept });
    const breakdown = sealedBreakdown(points);
    return accept({ ...after, ...kept, pointsEarned: points, breakdown });
  }
  const score = book.score(before, after, rule);
  return score.ok ? accept({ ...after, ...scoredFields(score.value) }) : score;
}
