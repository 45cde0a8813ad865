import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { toast } from "sonner";
import { Field, Input } from "../../../components/Field";
import { FormDialog } from "../../../components/FormDialog";
import { formatNumber, formatPoints, formatSigned } from "../../../lib/format";
import { persistently } from "../../../lib/persistently";
import { newRequestId } from "../../../lib/requestId";
import { useChallenge } from "../../challenges/challengeContext";
import { readPoints, type ListedPerson } from "./people";

interface Wish {
  points: string;
  loggedDate: string;
  reason: string;
}

/** Gives or takes points by hand, with the total that follows shown before. */
export function AdjustDialog({ person, onClose }: { person: ListedPerson; onClose: () => void }) {
  const { challengeId, startsOn, endsOn, isFinal } = useChallenge();
  const { userId, displayName, totalPoints } = person;
  const adjust = useMutation(api.mutations.moderation.adjust);
  const [lastCall, setLastCall] = useState({ key: "", requestId: "" });
  const form = useForm<Wish>({ defaultValues: { points: "", loggedDate: "", reason: "" } });
  const { register, formState, control } = form;
  const read = readPoints(useWatch({ control, name: "points" }));

  async function give({ loggedDate, reason }: Wish): Promise<void> {
    if (!read.ok) return;
    const wish = { challengeId, userId, points: read.points, reason };
    const dated = loggedDate === "" ? wish : { ...wish, loggedDate };
    // The same wish sent again is the same request: it counts once, whatever became of the first answer.
    const key = JSON.stringify(dated);
    const requestId = lastCall.key === key ? lastCall.requestId : newRequestId();
    setLastCall({ key, requestId });
    const answer = await persistently(() => adjust({ ...dated, requestId }));
    toast.success(`${displayName}: ${formatSigned(answer.pointsEarned)}`, {
      description: `The total is ${formatPoints(answer.totalPoints)} now.`,
    });
  }

  const { errors } = formState;
  return (
    <FormDialog
      form={form}
      confirm={read.ok && read.points < 0 ? "Take points" : "Give points"}
      onConfirm={give}
      onClose={onClose}
      title={`Give or take points: ${displayName}`}
      description={
        isFinal
          ? "The standings are final: this makes a new version of them."
          : "An entry of its own in their history, which they see with your reason."
      }
    >
      <div className="grid gap-4 sm:grid-cols-2 sm:items-start">
        <Field label="Points" hint="With a minus to take some." error={errors.points?.message}>
          {(field) => (
            <Input
              {...field}
              autoComplete="off"
              className="tabular-nums"
              {...register("points", {
                validate: (text) => {
                  const typed = readPoints(text);
                  return typed.ok || typed.problem;
                },
              })}
            />
          )}
        </Field>
        <Field label="For which day" hint="Optional: today, unless you choose one.">
          {(field) => (
            <Input {...field} type="date" min={startsOn} max={endsOn} {...register("loggedDate")} />
          )}
        </Field>
      </div>
      <Field label="Reason" error={errors.reason?.message}>
        {(field) => (
          <Input
            {...field}
            maxLength={500}
            {...register("reason", { validate: (text) => text.trim() !== "" || "Say why." })}
          />
        )}
      </Field>
      <output className="flex flex-wrap items-baseline justify-between gap-x-4 rounded-xl bg-sunken px-4 py-3">
        <span className="text-sm text-ink-soft">New total</span>
        <span className="tabular-nums">
          {formatNumber(totalPoints)}
          {read.ok && (
            <>
              {" "}
              {formatSigned(read.points)} ={" "}
              <strong className="text-lg">{formatPoints(totalPoints + read.points)}</strong>
            </>
          )}
        </span>
      </output>
    </FormDialog>
  );
}
