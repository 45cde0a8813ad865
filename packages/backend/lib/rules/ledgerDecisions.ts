import type { GenericId } from "convex/values";
import type { Actor, Reason } from "../../tables/ledger";
import type { Metrics, Rule } from "../../tables/scoring";
import type { Checked } from "../errors";
import { checkText } from "../text";
import { accept, invalid } from "./checked";
import { isDay } from "./dates";
import { scoredFields, type ScoredFields } from "./daySheets";
import { isDayDependent } from "./dayShare";
import {
  type ActivityRow,
  fieldsOf,
  isSystemRow,
  type LedgerBook,
  NO_TRAITS,
  type RowChange,
  type RowTraits,
  type StoredActivity,
} from "./ledger";
import { checkLimits } from "./limits";
import { checkLogWindow } from "./logWindow";
import { checkMetrics } from "./metrics";
import { MAX_POINTS_PER_ACTIVITY } from "./scoring";
import { automaticVariant } from "./variants";

/** Longest note a person can keep with an activity, in characters. */
export const MAX_NOTES_LENGTH = 2_000;
/** Longest reason an admin can give, and longest label of an award. */
export const MAX_REASON_LENGTH = 500;

/** One version of an activity type's rule. */
export interface TypeRule {
  activityTypeId: GenericId<"activityTypes">;
  version: number;
  rule: Rule;
}

/** Where rows come from that have an id of their own there. */
export type ExternalSource = Extract<ActivityRow["source"], "archive" | "strava">;
/** How a person logged something themselves: on the page, or with an API key. */
export type OwnSource = Extract<ActivityRow["source"], "manual" | "api">;

/** What a person says they did on a day. */
export interface Deed {
  loggedDate: string;
  metrics: Metrics;
  /** Key of the option they chose, where the type has options; without one the default counts. */
  variant?: string;
}

/** What comes with a deed and moves no points. */
export type Details = Partial<
  Pick<ActivityRow, "notes" | "title" | "startedAtMs" | "importedContent">
>;

/** A change of a row: nothing to do, details only (no event), or one that goes through the book. */
export type RowDecision =
  | { kind: "none" }
  | { kind: "details"; after: ActivityRow; details: Partial<ActivityRow> }
  | { kind: "change"; change: RowChange };

const NOTHING: RowDecision = { kind: "none" };

/** An admin's reason as it is kept; refuses INVALID_INPUT for `reason` when there is none. */
export function checkReason(reason: string | undefined): Checked<string> {
  const text = checkText(reason ?? "", "reason", MAX_REASON_LENGTH);
  if (text.ok && text.value === "") return invalid("reason", "must say why");
  return text;
}

/** Whether somebody acts as an admin, of the challenge or the platform. */
export function isAdminActor(actor: Actor): boolean {
  return actor.kind === "challengeAdmin" || actor.kind === "platformAdmin";
}

/** The closed reason behind an actor's change: an admin corrects, an import imports, a person does what `own` says. */
function reasonOf(actor: Actor, own: Reason): Reason {
  if (isAdminActor(actor)) return "adminCorrection";
  return actor.kind === "import" || actor.kind === "strava" ? "imported" : own;
}

/** Frozen standings change no more, not even by an admin; refuses CHALLENGE_FINAL. */
export function checkNotFinal({ account: { challenge } }: LedgerBook): Checked<null> {
  if (challenge.finalAt === undefined) return accept(null);
  return { ok: false, refusal: { code: "CHALLENGE_FINAL", challengeId: challenge._id } };
}

/** Whether a live row of this type may be on this day now, by the same window and limits for every door. */
function checkDay(
  book: LedgerBook,
  type: TypeRule,
  loggedDate: string,
  self: StoredActivity | null,
): Checked<null> {
  const { challenge } = book.account;
  const { at, zone, isAdmin } = book.posting;
  const open = checkLogWindow(
    { ...challenge, challengeId: challenge._id },
    { loggedDate, nowMs: at, zone, isAdmin },
  );
  if (!open.ok) return open;
  return checkLimits(
    { ...challenge, limits: type.rule.limits },
    { loggedDate, activityTypeId: type.activityTypeId, dayCounts: book.dayCounts(self) },
  );
}

/** What a row holds after it was scored. */
interface Priced extends ScoredFields {
  activityTypeId: GenericId<"activityTypes">;
  ruleVersion: number;
  loggedDate: string;
  metrics: Metrics;
  variant: string | undefined;
}

/** Facts of a row in their final form, scored among the rows of its day. `row` is its state so far. */
function price(
  book: LedgerBook,
  type: TypeRule,
  deed: Deed,
  { before, row }: { before: StoredActivity | null; row: ActivityRow },
): Checked<Priced> {
  const metrics = checkMetrics(deed.metrics);
  if (!metrics.ok) return metrics;
  const { scoring } = type.rule;
  const facts = {
    activityTypeId: type.activityTypeId,
    ruleVersion: type.version,
    loggedDate: deed.loggedDate,
    metrics: metrics.value,
    variant: isExternal(row)
      ? automaticVariant(scoring, deed.variant, metrics.value)
      : deed.variant,
  };
  const score = book.score(before, { ...row, ...facts }, type.rule);
  if (!score.ok) return score;
  const day = checkDay(book, type, deed.loggedDate, before);
  if (!day.ok) return day;
  return accept({ ...facts, ...scoredFields(score.value) });
}

/** Nobody chooses an option for a row that came from elsewhere. */
function isExternal({ source }: ActivityRow): boolean {
  return source === "archive" || source === "strava";
}

/** Details as they are kept: an empty note is none. */
function checkDetails<Given extends Details>(details: Given): Checked<Given> {
  if (details.notes === undefined) return accept(details);
  const notes = checkText(details.notes, "notes", MAX_NOTES_LENGTH);
  return notes.ok ? accept({ ...details, notes: notes.value || undefined }) : notes;
}

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

/** The row after a change by this actor; an admin's change stays against imports and its person. */
function changed(book: LedgerBook, row: StoredActivity): ActivityRow {
  return {
    ...fieldsOf(row),
    version: row.version + 1,
    isSticky: row.isSticky || isAdminActor(book.posting.actor),
  };
}

/** Whether two rows were measured alike. */
export function sameMetrics(a: Metrics, b: Metrics): boolean {
  const names = Object.keys({ ...a, ...b }) as Array<keyof Metrics>;
  return names.every((name) => a[name] === b[name]);
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
  patch: Partial<Deed> & Details & { expectedVersion?: number; note?: string },
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
    variant: variant ?? (staysType ? row.variant : undefined),
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

function removal(
  book: LedgerBook,
  row: StoredActivity,
  traits: RowTraits,
  why: { reason: Reason; note?: string },
): Checked<RowDecision> {
  const open = checkNotFinal(book);
  if (!open.ok) return open;
  return accept({ kind: "change", change: removalChange(book, row, traits, why) });
}

function removalChange(
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
  if (after.sealedAt !== undefined || !isDayDependent(rule)) return accept(after);
  const score = book.score(before, after, rule);
  return score.ok ? accept({ ...after, ...scoredFields(score.value) }) : score;
}

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
