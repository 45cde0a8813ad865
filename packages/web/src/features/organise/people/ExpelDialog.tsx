import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { Button } from "../../../components/Button";
import { Dialog } from "../../../components/Dialog";
import { Choice, Field, FieldError, Input } from "../../../components/Field";
import { formatPoints } from "../../../lib/format";
import { messageOf } from "../../../lib/refusals";
import { useChallenge } from "../../challenges/challengeContext";
import type { ListedPerson } from "./people";

interface ExpelDialogProps {
  person: ListedPerson;
  how: "remove" | "ban";
  onClose: () => void;
}

interface Wish {
  points: "keep" | "remove";
  reason: string;
}

/** Removes or bans somebody: says first what becomes of their points, and asks why. */
export function ExpelDialog({ person, how, onClose }: ExpelDialogProps) {
  const { challengeId, isFinal } = useChallenge();
  const { userId, displayName, totalPoints } = person;
  const remove = useMutation(api.mutations.participants.remove);
  const ban = useMutation(api.mutations.participants.ban);
  const [problem, setProblem] = useState<string | null>(null);
  const { register, handleSubmit, formState } = useForm<Wish>({
    defaultValues: { points: "keep", reason: "" },
  });

  async function submit(wish: Wish): Promise<void> {
    setProblem(null);
    try {
      await (how === "ban" ? ban : remove)({ challengeId, userId, ...wish });
      toast.success(how === "ban" ? `${displayName} is banned` : `${displayName} was removed`);
      onClose();
    } catch (error) {
      setProblem(messageOf(error));
    }
  }

  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={how === "ban" ? `Ban ${displayName}?` : `Remove ${displayName}?`}
      description={
        how === "ban"
          ? "They lose access at once and cannot join again, not with the join link either."
          : "They lose access at once. With the join link they can come back."
      }
    >
      <form
        noValidate
        className="grid gap-5"
        onSubmit={(event) => void handleSubmit(submit)(event)}
      >
        <fieldset className="grid gap-2">
          <legend className="mb-2 text-sm font-semibold">
            What becomes of their {formatPoints(totalPoints)}?
          </legend>
          <Choice
            type="radio"
            value="keep"
            label="They stay on the board"
            hint="Under “Former participant”, without a name."
            {...register("points")}
          />
          <Choice
            type="radio"
            value="remove"
            label="They are removed"
            hint={
              isFinal
                ? "Not possible: the standings are final."
                : "Off the board at once; every activity is taken out within minutes. This cannot be undone."
            }
            disabled={isFinal}
            {...register("points")}
          />
        </fieldset>
        <Field
          label="Reason"
          hint="Kept in the log of organisers."
          error={formState.errors.reason?.message}
        >
          {(field) => (
            <Input
              {...field}
              maxLength={500}
              {...register("reason", { validate: (text) => text.trim() !== "" || "Say why." })}
            />
          )}
        </Field>
        {problem !== null && <FieldError>{problem}</FieldError>}
        <div className="flex flex-wrap justify-end gap-3">
          <Button variant="secondary" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="danger" pending={formState.isSubmitting}>
            {how === "ban" ? "Ban" : "Remove"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
