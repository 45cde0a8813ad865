import { ChevronDown, Pencil, RotateCcw, Trash2 } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { cn } from "../../lib/cn";
import { formatSigned } from "../../lib/format";
import { metricWords } from "../../lib/metricWords";
import { preferredUnit } from "../../lib/unitChoice";
import { EditDialog } from "./EditDialog";
import { SOURCE_LABELS, type HistoryRow } from "./historyRows";
import { PointLines } from "./PointLines";
import { ReasonDialog } from "../../components/ReasonDialog";
import { isDayOpen, useLogWindow } from "./useLogWindow";
import { useRowActions } from "./useRowActions";

interface HistoryItemProps {
  row: HistoryRow;
  isForeign: boolean;
  /** Standings are final: nothing can be changed any more. */
  isFrozen: boolean;
}

/** One activity: what, how much, what it earned and why; with what can be done about it. */
export function HistoryItem({ row, isForeign, isFrozen }: HistoryItemProps) {
  const isDeleted = row.deletedAt !== undefined;
  const words = metricWords(row.metrics, preferredUnit);
  const source = SOURCE_LABELS[row.source];
  return (
    <li className="grid gap-1 py-3.5">
      <div className="flex items-start gap-3">
        <div
          className={cn("grid min-w-0 flex-1 gap-0.5", isDeleted && "text-ink-soft line-through")}
        >
          <p className="font-semibold">
            {row.typeName}
            {row.title !== undefined && row.title !== row.typeName && (
              <span className="font-normal text-ink-soft"> · {row.title}</span>
            )}
          </p>
          {words !== "" && <p className="text-sm text-ink-soft">{words}</p>}
          {row.notes !== undefined && <p className="text-sm whitespace-pre-line">{row.notes}</p>}
        </div>
        <p
          className={cn(
            "pt-px text-lg font-bold tabular-nums",
            isDeleted && "text-ink-soft line-through",
            !isDeleted && row.pointsEarned < 0 && "text-danger-ink",
          )}
        >
          {formatSigned(row.pointsEarned)}
          <span className="sr-only"> points{isDeleted && ", deleted, not counted"}</span>
        </p>
      </div>
      <div className="flex min-h-9 flex-wrap items-start justify-between gap-x-3">
        <div className="flex flex-1 basis-40 flex-wrap items-start gap-x-3">
          {row.breakdown.length > 0 && !isDeleted && <Why row={row} />}
          <span className="flex min-h-9 items-center gap-1.5">
            {source !== null && <Badge>{source}</Badge>}
            {isDeleted && <Badge tone="danger">Deleted</Badge>}
          </span>
        </div>
        {!row.isSystem && !isFrozen && <Actions row={row} isForeign={isForeign} />}
      </div>
    </li>
  );
}

function Why({ row }: { row: HistoryRow }) {
  return (
    <details className="group open:basis-full">
      <summary className="inline-flex min-h-9 items-center gap-1 rounded text-sm font-semibold text-accent-ink">
        Why these points
        <span className="sr-only"> for {row.typeName}</span>
        <ChevronDown className="size-4 transition-transform group-open:rotate-180" aria-hidden />
      </summary>
      <div className="mb-2 rounded-xl bg-sunken px-4 py-3">
        <PointLines lines={row.breakdown} />
      </div>
    </details>
  );
}

function DeleteButton({ what, ...props }: { what: string } & ComponentProps<typeof Button>) {
  return (
    <Button variant="ghost" size="iconSm" aria-label={`Delete ${what}`} {...props}>
      <Trash2 aria-hidden />
    </Button>
  );
}

type Open = "edit" | "remove" | "restore" | null;

function Actions({ row, isForeign }: { row: HistoryRow; isForeign: boolean }) {
  const { remove, restore } = useRowActions();
  const [open, setOpen] = useState<Open>(null);
  const canUndo = isDayOpen(useLogWindow(), row.loggedDate) || isForeign;
  const what = row.typeName;
  return (
    <div className="flex">
      {row.deletedAt === undefined ? (
        <>
          <Button
            variant="ghost"
            size="iconSm"
            aria-label={`Edit ${what}`}
            onClick={() => setOpen("edit")}
          >
            <Pencil aria-hidden />
          </Button>
          {canUndo ? (
            <DeleteButton
              what={what}
              onClick={() => (isForeign ? setOpen("remove") : void remove(row))}
            />
          ) : (
            <ConfirmDialog
              trigger={<DeleteButton what={what} />}
              title={`Delete ${what}?`}
              confirm="Delete activity"
              onConfirm={() => void remove(row)}
            >
              Its day is closed for entries by now, so only an organiser could bring it back.
            </ConfirmDialog>
          )}
        </>
      ) : (
        <Button
          variant="ghost"
          size="sm"
          onClick={() => (isForeign ? setOpen("restore") : void restore(row))}
        >
          <RotateCcw aria-hidden />
          Restore<span className="sr-only"> {what}</span>
        </Button>
      )}
      {open === "edit" && (
        <EditDialog row={row} isForeign={isForeign} onClose={() => setOpen(null)} />
      )}
      {open === "remove" && (
        <ReasonDialog
          title={`Delete ${what}?`}
          confirm="Delete activity"
          onConfirm={(reason) => void remove(row, reason)}
          onClose={() => setOpen(null)}
        />
      )}
      {open === "restore" && (
        <ReasonDialog
          title={`Restore ${what}?`}
          confirm="Restore activity"
          onConfirm={(reason) => void restore(row, reason)}
          onClose={() => setOpen(null)}
        />
      )}
    </div>
  );
}
