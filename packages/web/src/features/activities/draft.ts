import { isDay } from "@milepost/backend/rules/dates";
import { METRIC_NAMES, unitsOf } from "@milepost/backend/rules/units";
import type { Metrics } from "../../lib/metricWords";
import { draftKey, type Draft as AnyDraft } from "../../lib/draft";
import { newRequestId } from "../../lib/requestId";
import { readStored, writeStored } from "../../lib/storage";
import { preferredUnit } from "../../lib/unitChoice";
import { amountsOf, type ActivityValues, type Amount, type Amounts } from "./activityForm";

/** A log form that is being filled in. */
export type Draft = AnyDraft<ActivityValues>;

interface DraftOwner {
  challengeId: string;
  userId: string;
}

function textOf(record: object, key: string): string {
  const value: unknown = new Map<string, unknown>(Object.entries(record)).get(key);
  return typeof value === "string" ? value : "";
}

function amountsOfStored(stored: unknown, empty: Amounts): Amounts {
  if (typeof stored !== "object" || stored === null) return empty;
  const entries = new Map<string, unknown>(Object.entries(stored));
  const typed: Partial<Record<keyof Amounts, Amount>> = {};
  for (const name of METRIC_NAMES) {
    const amount = entries.get(name);
    if (typeof amount !== "object" || amount === null) continue;
    const unit = unitsOf(name).find((allowed) => allowed === textOf(amount, "unit"));
    if (unit !== undefined) typed[name] = { text: textOf(amount, "text"), unit };
  }
  return { ...empty, ...typed };
}

/** A draft out of what storage held, or null when it is none; a part that makes no sense becomes `empty`. */
export function parseDraft(stored: unknown, empty: ActivityValues): Draft | null {
  if (typeof stored !== "object" || stored === null || !("values" in stored)) return null;
  const { values } = stored;
  const requestId = textOf(stored, "requestId");
  if (requestId === "" || typeof values !== "object" || values === null) return null;
  const loggedDate = textOf(values, "loggedDate");
  return {
    requestId,
    values: {
      activityTypeId: textOf(values, "activityTypeId"),
      variant: textOf(values, "variant"),
      loggedDate: isDay(loggedDate) ? loggedDate : empty.loggedDate,
      amounts: amountsOfStored("amounts" in values ? values.amounts : null, empty.amounts),
      notes: textOf(values, "notes"),
      reason: textOf(values, "reason"),
    },
  };
}

/** A draft that is taken up on `today`: what was typed stays with its day, a mere choice is for today. */
export function takenUp(draft: Draft, today: string): Draft {
  if (isTypedIn(draft)) return draft;
  return { ...draft, values: { ...draft.values, loggedDate: today } };
}

/** The draft a person left in a challenge on this device, else an empty one for `today`. */
export function readDraft(owner: DraftOwner, today: string): Draft {
  const empty = emptyDraft(today);
  const left = parseDraft(readStored(draftKey(owner.challengeId, owner.userId)), empty.values);
  return left === null ? empty : takenUp(left, today);
}

/** An empty form with a request id of its own. */
export function emptyDraft(today: string, activityTypeId = ""): Draft {
  const amounts = amountsOf({}, preferredUnit);
  const texts = { variant: "", notes: "", reason: "" };
  const values = { activityTypeId, loggedDate: today, amounts, ...texts };
  return { requestId: newRequestId(), values };
}

/** A form filled in as an activity that was logged before, for `today`; its notes stay its own. */
export function draftLike(
  {
    activityTypeId,
    metrics,
    variant = "",
  }: { activityTypeId: string | null; metrics: Metrics; variant?: string | undefined },
  today: string,
): Draft {
  const { requestId, values } = emptyDraft(today, activityTypeId ?? "");
  return { requestId, values: { ...values, variant, amounts: amountsOf(metrics, preferredUnit) } };
}

/** Whether somebody typed into the form what cannot be filled in again by a press. */
export function isTypedIn({ values: { amounts, notes, reason } }: Pick<Draft, "values">): boolean {
  const texts = [notes, reason, ...Object.values(amounts).map(({ text }) => text)];
  return texts.some((text) => text.trim() !== "");
}

/** Keeps a draft on this device; null forgets it. */
export function writeDraft(owner: DraftOwner, draft: Draft | null): void {
  writeStored(draftKey(owner.challengeId, owner.userId), draft);
}
