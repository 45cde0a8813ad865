import type { api } from "@milepost/backend/api";
import type { FunctionArgs } from "convex/server";
import { useEffect, useId, useRef, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { useToday } from "../../app/context";
import { Button } from "../../components/Button";
import { focusFirstField } from "../../components/dialogFocus";
import { FieldError } from "../../components/Field";
import { choosableTypes } from "../../lib/choosableTypes";
import { preferredUnit } from "../../lib/unitChoice";
import { useChallenge } from "../challenges/challengeContext";
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

/** What the form changes. */
export type Change = Omit<
  FunctionArgs<typeof api.mutations.activities.edit>,
  "activityId" | "requestId" | "expectedVersion"
>;

interface EditFormProps {
  row: HistoryRow;
  types: ActivityType[];
  /** An organiser does it, and says why. */
  isForeign: boolean;
  hasNotes?: boolean;
  /** Saves the change; answers whether that is done. */
  save: (change: Change) => Promise<boolean>;
  /** Why the last save was refused, in words. */
  problem: string | null;
  /** A save begins, or has ended. */
  onBusy: (isBusy: boolean) => void;
  onSaved: () => void;
}

/** The facts of an activity to be changed, with the points the change would earn. */
export function EditForm(props: EditFormProps) {
  const { row, types, isForeign, hasNotes = true, save, problem, onBusy, onSaved } = props;
  const { challengeId } = useChallenge();
  const today = useToday();
  const window = useLogWindow();
  const previewId = useId();
  const element = useRef<HTMLFormElement>(null);
  // The dialog around it may have opened before what the form needs was there.
  useEffect(() => {
    if (element.current) focusFirstField(element.current);
  }, []);
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
    onBusy(true);
    const isSaved = await save({ ...change, notes, ...why });
    onBusy(false);
    if (isSaved) onSaved();
  }

  return (
    <form
      ref={element}
      noValidate
      className="grid gap-5"
      onSubmit={(event) => void form.handleSubmit(submit)(event)}
    >
      <TypeField form={form} types={choosableTypes(types, [row.activityTypeId ?? ""])} />
      {type !== undefined && (
        <div className="grid gap-5 sm:grid-cols-2 sm:items-start">
          <AmountFields form={form} type={type} original={original} />
          <DayField form={form} window={window} />
        </div>
      )}
      {hasNotes && <NotesField form={form} />}
      {isForeign && !isBeyond && <ReasonField form={form} hint="Kept with the change." />}
      <PreviewCard preview={hasPreview ? answer : SHOWN_LATER} id={previewId} />
      {problem !== null && <FieldError>{problem}</FieldError>}
      <Button type="submit" pending={form.formState.isSubmitting} aria-describedby={previewId}>
        Save changes
      </Button>
    </form>
  );
}
