import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { Field, Input } from "../../../components/Field";
import { FormDialog } from "../../../components/FormDialog";
import { PointsChoice } from "../../../components/PointsChoice";
import { formatPoints } from "../../../lib/format";
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
  const form = useForm<Wish>({ defaultValues: { points: "keep", reason: "" } });
  const { register, formState } = form;

  async function expel(wish: Wish): Promise<void> {
    await (how === "ban" ? ban : remove)({ challengeId, userId, ...wish });
    toast.success(how === "ban" ? `${displayName} is banned` : `${displayName} was removed`);
  }

  return (
    <FormDialog
      form={form}
      isDanger
      confirm={how === "ban" ? "Ban" : "Remove"}
      onConfirm={expel}
      onClose={onClose}
      title={how === "ban" ? `Ban ${displayName}?` : `Remove ${displayName}?`}
      description={
        how === "ban"
          ? "They lose access at once and cannot join again, not with the join link either."
          : "They lose access at once. With the join link they can come back."
      }
    >
      <PointsChoice
        legend={`What becomes of their ${formatPoints(totalPoints)}?`}
        keep={{
          label: "They stay on the board",
          hint: "Under “Former participant”, without a name.",
        }}
        remove={{
          label: "They are removed",
          hint: isFinal
            ? "Not possible: the standings are final."
            : "Off the board at once; every activity is taken out within minutes. This cannot be undone.",
          disabled: isFinal,
        }}
        register={register("points")}
      />
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
    </FormDialog>
  );
}
