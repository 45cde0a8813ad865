import type { Id } from "@milepost/backend/dataModel";
import { Download } from "lucide-react";
import { Button } from "../../components/Button";
import { formatCount } from "../../lib/format";
import { useExport } from "./useExport";

interface ExportButtonProps {
  kind: "activities" | "ledger";
  userId: Id<"users"> | undefined;
}

/** Downloads everything of the list as a file for spreadsheets, and says how far it is. */
export function ExportButton({ kind, userId }: ExportButtonProps) {
  const { download, count } = useExport(userId);
  return (
    <>
      <Button
        variant="secondary"
        size="sm"
        pending={count !== null}
        onClick={() => void download(kind)}
      >
        {count === null && <Download aria-hidden />}
        {count === null ? "Download CSV" : formatCount(count, "row")}
      </Button>
      <output className="sr-only">{count !== null && "Preparing the file"}</output>
    </>
  );
}
