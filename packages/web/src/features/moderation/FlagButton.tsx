import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { useMutation } from "convex/react";
import { Flag } from "lucide-react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { Button } from "../../components/Button";
import { Choice, Field, FieldError, Textarea } from "../../components/Field";
import { FormDialog } from "../../components/FormDialog";
import { FLAG_REASONS, type FlagReason } from "../../lib/flagWords";

interface FlagButtonProps {
  activityId: Id<"activities">;
  /** What the activity is called. */
  what: string;
}

/** Lets a participant ask the organisers to look at somebody's activity. */
export function FlagButton({ activityId, what }: FlagButtonProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button
        variant="ghost"
        size="iconSm"
        aria-label={`Flag ${what}`}
        title="Something is wrong with it"
        onClick={() => setIsOpen(true)}
      >
        <Flag aria-hidden />
      </Button>
      {isOpen && (
        <FlagDialog activityId={activityId} what={what} onClose={() => setIsOpen(false)} />
      )}
    </>
  );
}

interface Doubt {
  reason: FlagReason | "";
  text: string;
}

function FlagDialog({ activityId, what, onClose }: FlagButtonProps & { onClose: () => void }) {
  const flag = useMutation(api.mutations.moderation.flag);
  const form = useForm<Doubt>({ defaultValues: { reason: "", text: "" } });
  const { register, formState } = form;
  const { errors } = formState;

  async function ask({ reason, text }: Doubt): Promise<void> {
    if (reason === "") return;
    const { status } = await flag({ activityId, reason, text });
    toast.success(status === "created" ? "The organisers will look at it" : "Already flagged", {
      description: "It counts until they have decided.",
    });
  }

  return (
    <FormDialog
      form={form}
      confirm="Ask the organisers to look"
      onConfirm={ask}
      onClose={onClose}
      title="What is wrong with it?"
      description={`${what}. Only the organisers learn that you ask, and read your words.`}
    >
      <fieldset className="grid gap-2">
        <legend className="sr-only">Reason</legend>
        {Object.entries(FLAG_REASONS).map(([reason, label]) => (
          <Choice
            key={reason}
            type="radio"
            value={reason}
            label={label}
            {...register("reason", { required: "Choose a reason." })}
          />
        ))}
        {errors.reason !== undefined && <FieldError>{errors.reason.message}</FieldError>}
      </fieldset>
      <Field label="In your words" hint="Optional.">
        {(field) => <Textarea {...field} maxLength={500} {...register("text")} />}
      </Field>
    </FormDialog>
  );
}
