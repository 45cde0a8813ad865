import { api } from "@milepost/backend/api";
import { refusalOf } from "@milepost/backend/errors";
import { useMutation, useQuery } from "convex/react";
import type { FunctionArgs } from "convex/server";
import { useId, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { toast } from "sonner";
import { useToday } from "../../app/context";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { FieldError } from "../../components/Field";
import { Loading, Skeleton } from "../../components/Skeleton";
import { formatPoints } from "../../lib/format";
import { messageOf } from "../../lib/refusals";
import { persistently } from "../../lib/persistently";
import { newRequestId } from "../../lib/requestId";
import { preferredUnit } from "../../lib/unitChoice";
import { useChallenge, useSharedArgs } from "../challenges/challengeContext";
import {
  amountsOf,
  fieldsOfRule,
  readMetrics,
  variantOf,
  type ActivityValues,
} from "./activityForm";
import {
  AmountFields,
  DayField,
  isBeyondWindow,
  NotesField,
  ReasonField,
  TypeField,
  type ActivityType,
} from "./ActivityFields";
import type { HistoryRow } from "./historyRows";
import { PreviewCard } from "./PreviewCard";
import { useLogWindow } from "./useLogWindow";
import { SHOWN_LATER, usePreview } from "./usePreview";

interface EditDialogProps {
  row: HistoryRow;
  /** The activity is somebody else's, or was changed by an organiser: an organiser corrects it and says why. */
  isForeign: boolean;
  onClose: () => void;
}

/** Changes an activity, with the points the change would earn shown before it is saved. */
export function EditDialog({ row, isForeign, onClose }: EditDialogProps) {
  const types = useQuery(api.queries.activityTypes.list, useSharedArgs());
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Edit activity"
      description={`${row.typeName}, ${formatPoints(row.pointsEarned)} so far`}
    >
      {types === undefined ? (
        <Loading label="Loading the form">
          <Skeleton className="h-72" />
        </Loading>
      ) : (
        <EditForm row={row} isForeign={isForeign} onClose={onClose} types={types} />
      )}
    </Dialog>
  );
}

function EditForm({ row, isForeign, onClose, types }: EditDialogProps & { types: ActivityType[] }) {
  const { challengeId } = useChallenge();
  const today = useToday();
  const window = useLogWindow();
  const previewId = useId();
  const { save, problem } = useSave(row);
  const [original] = useState({
    metrics: row.metrics,
    amounts: amountsOf(row.metrics, preferredUnit),
  });
  const form = useForm<ActivityValues>({
    defaultValues: {
      activityTypeId: row.activityTypeId ?? "",
      variant: row.variant ?? "",
      loggedDate: row.loggedDate ?? today,
      amounts: original.amounts,
      notes: row.notes ?? "",
      reason: "",
    },
  });
  const values = useWatch({ control: form.control, compute: (typed: ActivityValues) => typed });
  const { loggedDate, variant } = values;
  const type = types.find(({ activityTypeId }) => activityTypeId === values.activityTypeId);
  const metrics =
    type === undefined ? null : readMetrics(fieldsOfRule(type, variant), values.amounts, original);
  const change =
    type === undefined || metrics === null
      ? null
      : {
          activityTypeId: type.activityTypeId,
          loggedDate,
          metrics,
          variant: variantOf(type, variant),
        };
  const isBeyond = isBeyondWindow(loggedDate, window);
  // The preview shows what participants may do.
  const hasPreview = !isBeyond && !row.isCorrected;
  const { activityId } = row;
  const answer = usePreview(
    change === null || !hasPreview ? null : { ...change, challengeId, activityId, today },
  );

  async function submit({ notes, reason }: ActivityValues): Promise<void> {
    if (change === null) return;
    const why = isForeign || isBeyond ? { reason } : {};
    if (await save({ ...change, notes, ...why })) onClose();
  }

  return (
    <form
      noValidate
      className="grid gap-5"
      onSubmit={(event) => void form.handleSubmit(submit)(event)}
    >
      <TypeField form={form} types={types} />
      {type !== undefined && (
        <div className="grid gap-5 sm:grid-cols-2 sm:items-start">
          <AmountFields form={form} type={type} original={original} />
          <DayField form={form} window={window} />
        </div>
      )}
      <NotesField form={form} />
      {isForeign && !isBeyond && <ReasonField form={form} hint="Kept with the change." />}
      <PreviewCard preview={hasPreview ? answer : SHOWN_LATER} id={previewId} />
      {problem !== null && <FieldError>{problem}</FieldError>}
      <Button type="submit" pending={form.formState.isSubmitting} aria-describedby={previewId}>
        Save changes
      </Button>
    </form>
  );
}

type Change = Omit<
  FunctionArgs<typeof api.mutations.activities.edit>,
  "activityId" | "requestId" | "expectedVersion"
>;

/** Saves a change of the row as it was opened; what went wrong is kept as words beside the form. */
function useSave(row: HistoryRow) {
  // The row lives on while the form is open; what somebody else changed meanwhile must not be overwritten unseen.
  const [{ activityId, version }] = useState(row);
  const edit = useMutation(api.mutations.activities.edit);
  const [requestId, setRequestId] = useState(newRequestId);
  const [problem, setProblem] = useState<string | null>(null);

  async function save(change: Change): Promise<boolean> {
    setProblem(null);
    try {
      const args = { activityId, requestId, expectedVersion: version, ...change };
      const answer = await persistently(() => edit(args));
      const total = formatPoints(answer.totalPoints);
      toast.success("Changed", { description: `The total is ${total} now.` });
      return true;
    } catch (error) {
      if (refusalOf(error)?.code === "IDEMPOTENCY_MISMATCH") setRequestId(newRequestId());
      setProblem(messageOf(error));
      return false;
    }
  }

  return { save, problem };
}
