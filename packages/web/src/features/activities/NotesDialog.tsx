import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { Field, Textarea } from "../../components/Field";
import { FormDialog } from "../../components/FormDialog";
import { persistently } from "../../lib/persistently";
import { newRequestId } from "../../lib/requestId";
import type { HistoryRow } from "./historyRows";

interface NotesDialogProps {
  row: HistoryRow;
  onClose: () => void;
}

/** Changes the notes of an activity whose day is closed: all that its person can still change there. */
export function NotesDialog({ row, onClose }: NotesDialogProps) {
  // As it was opened: what somebody else changed meanwhile must not be overwritten unseen.
  const [{ activityId, version, typeName }] = useState(row);
  const edit = useMutation(api.mutations.activities.edit);
  const form = useForm({ defaultValues: { notes: row.notes ?? "" } });

  async function save({ notes }: { notes: string }): Promise<void> {
    const requestId = newRequestId();
    await persistently(() => edit({ activityId, requestId, expectedVersion: version, notes }));
    toast.success("Changed");
  }

  return (
    <FormDialog
      form={form}
      confirm="Save notes"
      onConfirm={save}
      onClose={onClose}
      title={`Notes of ${typeName}`}
      description="Its day is closed by now. An organiser can still correct the rest."
    >
      <Field label="Notes" hint="Only you and the organisers see them.">
        {(field) => <Textarea {...field} maxLength={2000} {...form.register("notes")} />}
      </Field>
    </FormDialog>
  );
}
