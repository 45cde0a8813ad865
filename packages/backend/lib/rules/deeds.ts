import type { GenericId } from "convex/values";
import type { Metrics } from "../../tables/scoring";
import type { Checked } from "../errors";
import { checkText } from "../text";
import { accept } from "./checked";
import { scoredFields, type ScoredFields } from "./daySheets";
import type { ActivityRow, StoredActivity, TypeRule } from "./ledger";
import type { LedgerBook } from "./ledgerBook";
import { checkLimits } from "./limits";
import { checkLogWindow } from "./logWindow";
import { checkMetrics } from "./metrics";
import { automaticVariant } from "./variants";

/** Longest note a person can keep with an activity, in characters. */
export const MAX_NOTES_LENGTH = 2_000;
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

/** A deed as an edit makes it: without an option chosen (null), the default counts. */
export type EditedDeed = Omit<Deed, "variant"> & { variant?: string | null };

/** What comes with a deed and moves no points. */
export type Details = Partial<
  Pick<ActivityRow, "notes" | "title" | "startedAtMs" | "importedContent">
>;

/** Whether a live row of this type may be on this day now, by the same window and limits for every door. */
export function checkDay(
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
export interface Priced extends ScoredFields {
  activityTypeId: GenericId<"activityTypes">;
  ruleVersion: number;
  loggedDate: string;
  metrics: Metrics;
  variant: string | undefined;
}

/** Facts of a row in their final form, scored among the rows of its day. `row` is its state so far. */
export function price(
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
export function checkDetails<Given extends Details>(details: Given): Checked<Given> {
  if (details.notes === undefined) return accept(details);
  const notes = checkText(details.notes, "notes", MAX_NOTES_LENGTH);
  return notes.ok ? accept({ ...details, notes: notes.value || undefined }) : notes;
}

/** Whether two rows were measured alike. */
export function sameMetrics(a: Metrics, b: Metrics): boolean {
  const names = Object.keys({ ...a, ...b }) as Array<keyof Metrics>;
  return names.every((name) => a[name] === b[name]);
}
