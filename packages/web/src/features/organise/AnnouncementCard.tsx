import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { Button } from "../../components/Button";
import { Card, CardHeader } from "../../components/Card";
import { Field, Textarea } from "../../components/Field";
import { formatInstant } from "../../lib/format";
import { useAttempt } from "../../lib/useAttempt";
import { useChallenge } from "../challenges/challengeContext";

/** A few words to everybody, shown above the board until each has read them. */
export function AnnouncementCard() {
  const { challengeId, announcement } = useChallenge();
  const update = useMutation(api.mutations.challenges.update);
  const { isPending, problem, attempt } = useAttempt();
  const { register, handleSubmit, reset } = useForm<{ text: string }>({
    defaultValues: { text: announcement?.text ?? "" },
  });

  async function save(text: string): Promise<void> {
    await update({ challengeId, announcement: text });
    reset({ text });
    toast.success(text.trim() === "" ? "The announcement is taken down" : "Everybody sees it now");
  }

  return (
    <Card>
      <CardHeader title="Announcement" />
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => void handleSubmit(({ text }) => attempt(() => save(text)))(event)}
      >
        <Field
          label="What everybody should read"
          hint={
            announcement === undefined
              ? "Shown above the board until people close it."
              : `Shown since ${formatInstant(announcement.at)}.`
          }
          error={problem ?? undefined}
        >
          {(field) => <Textarea {...field} maxLength={500} {...register("text")} />}
        </Field>
        <div className="flex flex-wrap gap-3">
          <Button type="submit" variant="secondary" pending={isPending}>
            {announcement === undefined ? "Announce" : "Change"}
          </Button>
          {announcement !== undefined && (
            <Button
              variant="ghost"
              pending={isPending}
              onClick={() => void attempt(() => save(""))}
            >
              Take it down
            </Button>
          )}
        </div>
      </form>
    </Card>
  );
}
