import { METRIC_NAMES } from "@milepost/backend/rules/units";
import { SOURCE_LABELS, type HistoryRow } from "./historyRows";
import { actorWords, eventWords, pointsOfEvent, type LedgerEvent } from "./ledgerLines";

type Row = Array<string | number | null>;

/** Whether a row counts, in the words of the file. */
function statusOf({ deletedAt, isUnderReview, isHidden }: HistoryRow): string {
  if (deletedAt !== undefined) return "deleted, not counted";
  return `counted${isHidden ? ", points private" : ""}${isUnderReview ? ", under review" : ""}`;
}

/** What a row adds to the total; null where that is its person's alone. */
function pointsOf({ deletedAt, isHidden, pointsEarned }: HistoryRow): number | null {
  if (deletedAt !== undefined) return 0;
  return isHidden ? null : pointsEarned;
}

/** A person's activities as rows of a file, its header first; metrics in SI units, one column each. */
export function historyTable(rows: readonly HistoryRow[]): Row[] {
  const header = [
    "day",
    "activity",
    "source",
    "status",
    "points",
    ...METRIC_NAMES,
    "title",
    "notes",
  ];
  return [
    header,
    ...rows.map((row) => [
      row.loggedDate,
      row.typeName,
      SOURCE_LABELS[row.source] ?? "Logged by hand",
      statusOf(row),
      pointsOf(row),
      ...METRIC_NAMES.map((name) => row.metrics[name] ?? null),
      row.title ?? null,
      row.notes ?? null,
    ]),
  ];
}

/** A person's ledger as rows of a file, oldest event first; the last total is the shown one. */
export function ledgerTable(events: readonly LedgerEvent[]): Row[] {
  const header = ["number", "time (UTC)", "what", "for the day", "points", "total after", "by"];
  return [
    header,
    ...events
      .toReversed()
      .map((event) => [
        event.seq,
        new Date(event.at).toISOString(),
        eventWords(event),
        event.loggedDate ?? null,
        event.isHidden ? null : pointsOfEvent(event),
        event.totalAfter,
        actorWords(event.actor),
      ]),
  ];
}
