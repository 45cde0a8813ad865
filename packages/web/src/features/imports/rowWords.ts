import { importReasonWords } from "../../lib/refusals";
import type { PlannedRow, RowResult } from "./importPlan";

const OUTCOMES: Record<Exclude<RowResult["status"], "skipped">, string> = {
  created: "New",
  updated: "Changed",
  exists: "Already here",
  held: "Perhaps logged already",
};

/** What becomes of a row of the file, or why it does not count. */
export function outcomeWords({ status, reason }: RowResult): string {
  return status === "skipped" ? importReasonWords(reason ?? "") : OUTCOMES[status];
}

/** Rows by their day, the newest first; those of one day stay in the file's order. */
export function newestFirst(plan: readonly PlannedRow[]): PlannedRow[] {
  return [...plan].sort((a, b) =>
    a.row.loggedDate < b.row.loggedDate ? 1 : a.row.loggedDate > b.row.loggedDate ? -1 : 0,
  );
}
