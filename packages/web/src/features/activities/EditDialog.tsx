import { api } from "@milepost/backend/api";
import { refusalOf } from "@milepost/backend/errors";
import { useMutation, useQuery } from "convex/react";
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
import { newRequestId } from "../../lib/requestId";
import { preferredUnit } from "../../lib/unitChoice";
import { useChallenge, useSharedArgs } from "../challenges/challengeContext";
import { amountsOf, metricsOfRule, readMetrics, type ActivityValues } from "./activityForm";
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
  /** The activity is somebody else's: an organiser corrects it and says why. */
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
  const edit = useMutation(api.mutations.activities.edit);
  const [requestId, setRequestId] = useState(newRequestId);
  const [problem, setProblem] = useState<string | null>(null);
  const [original] = useState({
    metrics: row.metrics,
    amounts: amountsOf(row.metrics, preferredUnit),
  });
  const form = useForm<ActivityValues>({
    defaultValues: {
      activityTypeId: row.activityTypeId ?? "",
      loggedDate: row.loggedDate ?? today,
      amounts: original.amounts,
      notes: row.notes ?? "",
      reason: "",
    },
  });
  const values = useWatch({ control: form.control, compute: (typed: ActivityValues) => typed });
  const type = types.find(({ activityTypeId }) => activityTypeId === values.activityTypeId);
  const metrics =
    type === undefined ? null : readMetrics(metricsOfRule(type), values.amounts, original);
  const { loggedDate } = values;
  const { activityId, version } = row;
  const isPreviewed = type !== undefined && metrics !== null && !isBeyondWindow(loggedDate, window);
  const change = isPreviewed ? { activityTypeId: type.activityTypeId, loggedDate, metrics } : null;
  const answer = usePreview(change && { ...change, challengeId, activityId, today });
  const preview = isBeyondWindow(loggedDate, window) ? SHOWN_LATER : answer;

  async function submit({ notes, reason }: ActivityValues): Promise<void> {
    if (type === undefined || metrics === null) return;
    const asOrganiser = isForeign || isBeyondWindow(loggedDate, window);
    setProblem(null);
    try {
      const { totalPoints } = await edit({
        activityId,
        requestId,
        expectedVersion: version,
        activityTypeId: type.activityTypeId,
        loggedDate,
        metrics,
        notes,
        ...(asOrganiser ? { reason } : {}),
      });
      toast.success("Changed", { description: `The total is ${formatPoints(totalPoints)} now.` });
      onClose();
    } catch (error) {
      if (refusalOf(error)?.code === "IDEMPOTENCY_MISMATCH") setRequestId(newRequestId());
      setProblem(messageOf(error));
    }
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
      {isForeign && !isBeyondWindow(loggedDate, window) && (
        <ReasonField form={form} hint="Kept with the change." />
      )}
      <PreviewCard preview={preview} id={previewId} />
      {problem !== null && <FieldError>{problem}</FieldError>}
      <Button type="submit" pending={form.formState.isSubmitting} aria-describedby={previewId}>
        Save changes
      </Button>
    </form>
  );
}
