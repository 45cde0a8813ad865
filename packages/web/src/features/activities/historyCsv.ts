import { METRIC_NAMES } from "@milepost/backend/rules/units";
import { SOURCE_LABELS, type HistoryRow } from "./historyRows";
import { actorWords, eventWords, pointsOfEvent, type LedgerEvent } from "./ledgerLines";

type Row = Array<string | number | null>;

/** Whether a row counts, in the words of the file. */
function statusOf({ deletedAt, isUnderReview }: HistoryRow): string {
  if (deletedAt !== undefined) return "deleted, not counted";
  return isUnderReview ? "counted, under review" : "counted";
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
      row.deletedAt === undefined ? row.pointsEarned : 0,
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
        pointsOfEvent(event),
        event.totalAfter,
        actorWords(event.actor),
      ]),
  ];
}

/** The name of a downloaded file: the challenge's name in letters every system takes, and the day. */
export function csvFileName(
  kind: "activities" | "ledger",
  challenge: string,
  today: string,
): string {
  const name = challenge
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-|-$/g, "");
  return `${[name, kind, today].filter((part) => part !== "").join("-")}.csv`;
}
