import { Link } from "@tanstack/react-router";
import { ChevronDown, CopyPlus, Lock, Pencil, RotateCcw, Trash2 } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { useToday } from "../../app/context";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { cn } from "../../lib/cn";
import { formatDayNear, formatSigned } from "../../lib/format";
import { metricWords } from "../../lib/metricWords";
import { preferredUnit } from "../../lib/unitChoice";
import { useDo } from "../../lib/useDo";
import { isOrganiser, useChallenge } from "../challenges/challengeContext";
import { EditDialog } from "./EditDialog";
import { SOURCE_LABELS, type HistoryRow } from "./historyRows";
import { NotesDialog } from "./NotesDialog";
import { ReasonDialog } from "../../components/ReasonDialog";
import { RowDetails } from "./RowDetails";
import { isDayOpen, useLogWindow } from "./useLogWindow";
import { useRowActions } from "./useRowActions";

interface HistoryItemProps {
  row: HistoryRow;
  isForeign: boolean;
  /** Standings are final: nothing can be changed any more. */
  isFrozen: boolean;
  /** It says its day: nothing around it does. */
  hasDay?: boolean;
}

/** One activity: what, how much, what it earned and why; with what can be done about it. */
export function HistoryItem({ row, isForeign, isFrozen, hasDay = false }: HistoryItemProps) {
  const isDeleted = row.deletedAt !== undefined;
  const today = useToday();
  const day = hasDay && row.loggedDate !== null ? [formatDayNear(row.loggedDate, today)] : [];
  const amounts = metricWords(row.metrics, preferredUnit);
  const words = [...day, ...(amounts === "" ? [] : [amounts])].join(" · ");
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
            row.isHidden && "text-base font-semibold",
          )}
        >
          {row.isHidden ? "private" : formatSigned(row.pointsEarned)}
          <span className="sr-only"> points{isDeleted && ", deleted, not counted"}</span>
        </p>
      </div>
      <div className="flex min-h-9 flex-wrap items-start justify-between gap-x-3">
        <div className="flex flex-1 basis-40 flex-wrap items-start gap-x-3 has-[details[open]]:basis-full">
          <Details row={row} />
          <Badges row={row} />
        </div>
        {!row.isSystem && !isFrozen && <Actions row={row} isForeign={isForeign} />}
      </div>
    </li>
  );
}

/** What an activity is beside its points, in a word each; never by colour alone. */
function Badges({ row }: { row: HistoryRow }) {
  const source = SOURCE_LABELS[row.source];
  const isDeleted = row.deletedAt !== undefined;
  const isDoubted = row.isUnderReview && !isDeleted;
  if (source === null && !isDeleted && !isDoubted && !row.isCorrected) return null;
  return (
    <span className="flex min-h-9 flex-wrap items-center gap-1.5">
      {source !== null && <Badge>{source}</Badge>}
      {isDeleted && <Badge tone="danger">Deleted</Badge>}
      {isDoubted && <Badge tone="flame">Counts, under review</Badge>}
      {row.isCorrected && <Badge tone="accent">Changed by an organiser</Badge>}
    </span>
  );
}

/** Asked for when it is opened, and only then. */
function Details({ row }: { row: HistoryRow }) {
  const [isOpen, setIsOpen] = useState(false);
  const isDeleted = row.deletedAt !== undefined;
  return (
    <details
      className="group open:basis-full"
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
    >
      <summary className="inline-flex min-h-9 items-center gap-1 rounded text-sm font-semibold text-accent-ink">
        {isDeleted ? "Why it does not count" : "Why these points"}
        <span className="sr-only"> for {row.typeName}</span>
        <ChevronDown className="size-4 transition-transform group-open:rotate-180" aria-hidden />
      </summary>
      <div className="mb-2 rounded-xl bg-sunken px-4 py-3">
        {isOpen && <RowDetails row={row} />}
      </div>
    </details>
  );
}

function DeleteButton({ what, ...props }: { what: string } & ComponentProps<typeof Button>) {
  return (
    <Button variant="ghost" size="iconSm" aria-label={`Delete ${what}`} {...props}>
      {props.pending !== true && <Trash2 aria-hidden />}
    </Button>
  );
}

type Open = "edit" | "notes" | "remove" | "restore" | null;

function Actions({ row, isForeign }: { row: HistoryRow; isForeign: boolean }) {
  const { remove, restore } = useRowActions();
  const { isPending, run } = useDo();
  const [open, setOpen] = useState<Open>(null);
  const challenge = useChallenge();
  const logWindow = useLogWindow();
  const isDayClosed = !isDayOpen(logWindow, row.loggedDate);
  // What an organiser changed its person can only delete; who organises acts as such, and says why.
  const isLocked = row.isCorrected && !isForeign && !isOrganiser(challenge);
  const asOrganiser = isForeign || (row.isCorrected && isOrganiser(challenge));
  const reach = { earliest: logWindow.organiserEarliest, latest: logWindow.latest };
  const hasOnlyNotes = !asOrganiser && !isDayOpen(reach, row.loggedDate);
  const warning = asOrganiser ? null : undoWarning({ isLocked, isDayClosed });
  const removeOwn = () => run(() => remove(row, { canUndo: warning === null }));
  const what = row.typeName;
  const close = () => setOpen(null);
  return (
    <div className="flex flex-wrap items-center justify-end">
      {isLocked && (
        <span className="flex min-h-9 items-center gap-1.5 text-sm text-ink-soft">
          <Lock className="size-4" aria-hidden />
          Only organisers can {row.deletedAt === undefined ? "edit" : "restore"} it
        </span>
      )}
      {!isForeign && row.activityTypeId !== null && <RepeatButton row={row} />}
      {row.deletedAt === undefined ? (
        <>
          {!isLocked && !row.isHidden && (
            <Button
              variant="ghost"
              size="iconSm"
              aria-label={`Edit ${what}`}
              onClick={() => setOpen(hasOnlyNotes ? "notes" : "edit")}
            >
              <Pencil aria-hidden />
            </Button>
          )}
          <Remove
            row={row}
            warning={warning}
            isPending={isPending}
            onRemove={() => (asOrganiser ? setOpen("remove") : removeOwn())}
          />
        </>
      ) : (
        !isLocked && (
          <Button
            variant="ghost"
            size="sm"
            pending={isPending}
            onClick={() => (asOrganiser ? setOpen("restore") : run(() => restore(row)))}
          >
            {!isPending && <RotateCcw aria-hidden />}
            Restore<span className="sr-only"> {what}</span>
          </Button>
        )
      )}
      {open === "edit" && <EditDialog row={row} isForeign={asOrganiser} onClose={close} />}
      {open === "notes" && <NotesDialog row={row} onClose={close} />}
      {open === "remove" && (
        <ReasonDialog
          title={`Delete ${what}?`}
          confirm="Delete activity"
          onConfirm={(reason) => remove(row, { reason, canUndo: true })}
          onClose={close}
        />
      )}
      {open === "restore" && (
        <ReasonDialog
          title={`Restore ${what}?`}
          confirm="Restore activity"
          onConfirm={(reason) => restore(row, reason)}
          onClose={close}
        />
      )}
    </div>
  );
}

/** Why its person could not bring back what they delete; null when they could. */
function undoWarning({ isLocked, isDayClosed }: Record<"isLocked" | "isDayClosed", boolean>) {
  if (isLocked) return "An organiser changed it, so only an organiser could bring it back.";
  if (isDayClosed)
    return "Its day is closed for entries by now, so only an organiser could bring it back.";
  return null;
}

interface RemoveProps {
  row: HistoryRow;
  /** Said before, where it cannot be taken back. */
  warning: string | null;
  isPending: boolean;
  onRemove: () => void;
}

function Remove({ row, warning, isPending, onRemove }: RemoveProps) {
  const what = row.typeName;
  if (warning === null) return <DeleteButton what={what} pending={isPending} onClick={onRemove} />;
  return (
    <ConfirmDialog
      trigger={<DeleteButton what={what} pending={isPending} />}
      title={`Delete ${what}?`}
      confirm="Delete activity"
      onConfirm={onRemove}
    >
      {warning}
    </ConfirmDialog>
  );
}

/** Opens the log form filled in as this activity is. */
function RepeatButton({ row }: { row: HistoryRow }) {
  const { challengeId } = useChallenge();
  return (
    <Button asChild variant="ghost" size="iconSm">
      <Link
        to="/c/$challengeId/log"
        params={{ challengeId }}
        search={{ again: row.activityId }}
        aria-label={`Log ${row.typeName} again`}
        title="Log again"
      >
        <CopyPlus aria-hidden />
      </Link>
    </Button>
  );
}
