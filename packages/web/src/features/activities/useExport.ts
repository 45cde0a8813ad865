import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { useConvex } from "convex/react";
import { useRef, useState } from "react";
import { toast } from "sonner";
import { useToday } from "../../app/context";
import { csvOf, downloadCsv } from "../../lib/csv";
import { messageOf } from "../../lib/refusals";
import { useChallenge } from "../challenges/challengeContext";
import { csvFileName, historyTable, ledgerTable } from "./historyCsv";

const PAGE_SIZE = 100;

interface Page<Row> {
  page: Row[];
  isDone: boolean;
  continueCursor: string;
}

/** All rows of a paginated query, page after page; tells how many it has after each. */
async function allRows<Row>(
  ask: (paginationOpts: { numItems: number; cursor: string | null }) => Promise<Page<Row>>,
  onProgress: (count: number) => void,
): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | null = null;
  for (;;) {
    const { page, isDone, continueCursor }: Page<Row> = await ask({ numItems: PAGE_SIZE, cursor });
    rows.push(...page);
    onProgress(rows.length);
    if (isDone) return rows;
    cursor = continueCursor;
  }
}

/**
 * Downloads all of a person's activities or their whole ledger as a file.
 *
 * @param userId somebody else, for organisers; absent = the viewer
 */
export function useExport(userId: Id<"users"> | undefined) {
  const client = useConvex();
  const { challengeId, name } = useChallenge();
  const today = useToday();
  /** Rows fetched so far; null while nothing is under way. */
  const [count, setCount] = useState<number | null>(null);
  const isBusy = useRef(false);

  async function download(kind: "activities" | "ledger"): Promise<void> {
    if (isBusy.current) return;
    isBusy.current = true;
    setCount(0);
    const whose = { challengeId, ...(userId === undefined ? {} : { userId }) };
    const { activities, points } = api.queries;
    try {
      const table =
        kind === "activities"
          ? historyTable(
              await allRows(
                (paginationOpts) => client.query(activities.history, { ...whose, paginationOpts }),
                setCount,
              ),
            )
          : ledgerTable(
              await allRows(
                (paginationOpts) => client.query(points.events, { ...whose, paginationOpts }),
                setCount,
              ),
            );
      downloadCsv(csvFileName(kind, name, today), csvOf(table));
    } catch (error) {
      toast.error(messageOf(error));
    } finally {
      isBusy.current = false;
      setCount(null);
    }
  }

  return { download, count };
}
