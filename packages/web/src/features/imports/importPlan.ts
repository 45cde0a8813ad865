import type { api } from "@milepost/backend/api";
import type { ArchiveRow } from "@milepost/backend/rules/archive";
import type { FunctionReturnType } from "convex/server";

/**
 * Rows of one call. The deployment takes 100, but where all of them move points that are too many for one transaction
 * in a challenge of a million activities.
 */
export const CHUNK_SIZE = 50;

export type RowResult = FunctionReturnType<typeof api.queries.imports.preview>["results"][number];

/** A row of the file and what becomes of it. */
export interface PlannedRow {
  row: ArchiveRow;
  result: RowResult;
}

/** Items in chunks of at most `size`, in their order. */
export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += size)
    chunks.push(items.slice(start, start + size));
  return chunks;
}

/** Each row with the result that names it; a row without one was never answered for and is left out. */
export function planOf(rows: readonly ArchiveRow[], results: readonly RowResult[]): PlannedRow[] {
  const byId = new Map(results.map((result) => [result.externalId, result]));
  return rows.flatMap((row) => {
    const result = byId.get(row.externalId);
    return result === undefined ? [] : [{ row, result }];
  });
}

export interface Summary {
  created: number;
  updated: number;
  exists: number;
  /** Rows that wait for their person's decision. */
  held: number;
  /** Rows that do not count, by reason, most frequent first. */
  skipped: Array<{ reason: string; count: number }>;
}

/** How many rows end how. */
export function summaryOf(results: readonly RowResult[]): Summary {
  const reasons = new Map<string, number>();
  const counts = { created: 0, updated: 0, exists: 0, held: 0 };
  for (const { status, reason = "" } of results) {
    if (status !== "skipped") counts[status] += 1;
    else reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const skipped = [...reasons].map(([reason, count]) => ({ reason, count }));
  return { ...counts, skipped: skipped.sort((a, b) => b.count - a.count) };
}

/** The rows of a plan that an import would write. */
export function rowsToWrite(plan: readonly PlannedRow[]): ArchiveRow[] {
  return plan
    .filter(({ result }) => result.status === "created" || result.status === "updated")
    .map(({ row }) => row);
}

/** The rows of a plan that would be held, because each looks like an activity of another source. */
export function rowsToHold(plan: readonly PlannedRow[]): ArchiveRow[] {
  return plan.filter(({ result }) => result.status === "held").map(({ row }) => row);
}

/** What an import sends. */
export interface Shipment {
  rows: ArchiveRow[];
  /** Imported although each looks like an activity that is already there: the person said that it is not. */
  anyway: ArchiveRow[];
}

/** What an import of a plan sends, `chosenIds` being the rows of which the person says that they are no duplicates. */
export function shipmentOf(plan: readonly PlannedRow[], chosenIds: ReadonlySet<string>): Shipment {
  const held = rowsToHold(plan);
  const isChosen = ({ externalId }: ArchiveRow): boolean => chosenIds.has(externalId);
  return {
    rows: [...rowsToWrite(plan), ...held.filter((row) => !isChosen(row))],
    anyway: held.filter(isChosen),
  };
}

/** The rows of a plan left out for one reason. */
export function rowsSkippedFor(
  plan: readonly PlannedRow[],
  reason: RowResult["reason"],
): ArchiveRow[] {
  return plan
    .filter(({ result }) => result.status === "skipped" && result.reason === reason)
    .map(({ row }) => row);
}

/** Sport labels no activity of the challenge is known for, with how many rows have them, most frequent first. */
export function unmappedLabels(
  plan: readonly PlannedRow[],
): Array<{ label: string; count: number }> {
  const counts = new Map<string, number>();
  for (const { sport } of rowsSkippedFor(plan, "UNMAPPED_SPORT")) {
    counts.set(sport, (counts.get(sport) ?? 0) + 1);
  }
  return [...counts].map(([label, count]) => ({ label, count })).sort((a, b) => b.count - a.count);
}

/** The results of a plan after some of its rows were written: the newer result of a row counts. */
export function mergeResults(
  plan: readonly PlannedRow[],
  written: readonly RowResult[],
): RowResult[] {
  const byId = new Map(written.map((result) => [result.externalId, result]));
  return plan.map(({ result }) => byId.get(result.externalId) ?? result);
}
