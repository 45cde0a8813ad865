import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { useToday } from "../../app/context";
import { ExportButton } from "../../components/ExportButton";
import { allRows } from "../../lib/allRows";
import { useChallenge } from "../challenges/challengeContext";
import { historyTable, ledgerTable } from "./historyCsv";

const PAGE_SIZE = 100;

interface HistoryExportProps {
  kind: "activities" | "ledger";
  /** Somebody else, for organisers; undefined = the viewer. */
  userId: Id<"users"> | undefined;
}

/** Downloads all of a person's activities, or their whole ledger. */
export function HistoryExport({ kind, userId }: HistoryExportProps) {
  const { challengeId, name } = useChallenge();
  const today = useToday();
  const whose = { challengeId, ...(userId === undefined ? {} : { userId }) };
  const page = (cursor: string | null) => ({
    ...whose,
    paginationOpts: { numItems: PAGE_SIZE, cursor },
  });
  const { activities, points } = api.queries;
  return (
    <ExportButton
      size="sm"
      name={[name, kind, today]}
      read={async (client, onProgress) =>
        kind === "activities"
          ? historyTable(
              await allRows(
                async (cursor: string | null) =>
                  await client.query(activities.history, page(cursor)),
                onProgress,
              ),
            )
          : ledgerTable(
              await allRows(
                async (cursor: string | null) => await client.query(points.events, page(cursor)),
                onProgress,
              ),
            )
      }
    >
      Download CSV
    </ExportButton>
  );
}
