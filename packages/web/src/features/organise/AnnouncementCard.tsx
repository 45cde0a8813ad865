import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { Button } from "../../components/Button";
import { Card, CardHeader } from "../../components/Card";
import { Field, Textarea } from "../../components/Field";
import { formatInstant } from "../../lib/format";
import { messageOf } from "../../lib/refusals";
import { useChallenge } from "../challenges/challengeContext";

/** A few words to everybody, shown above the board until each has read them. */
export function AnnouncementCard() {
  const { challengeId, announcement } = useChallenge();
  const update = useMutation(api.mutations.challenges.update);
  const [problem, setProblem] = useState<string>();
  const { register, handleSubmit, formState, reset } = useForm<{ text: string }>({
    defaultValues: { text: announcement?.text ?? "" },
  });

  async function save(text: string): Promise<void> {
    setProblem(undefined);
    try {
      await update({ challengeId, announcement: text });
      reset({ text });
      toast.success(
        text.trim() === "" ? "The announcement is taken down" : "Everybody sees it now",
      );
    } catch (error) {
      setProblem(messageOf(error));
    }
  }

  return (
    <Card>
      <CardHeader title="Announcement" />
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => void handleSubmit(async ({ text }) => await save(text))(event)}
      >
        <Field
          label="What everybody should read"
          hint={
            announcement === undefined
              ? "Shown above the board until people close it."
              : `Shown since ${formatInstant(announcement.at)}.`
          }
          error={problem}
        >
          {(field) => <Textarea {...field} maxLength={500} {...register("text")} />}
        </Field>
        <div className="flex flex-wrap gap-3">
          <Button type="submit" variant="secondary" pending={formState.isSubmitting}>
            {announcement === undefined ? "Announce" : "Change"}
          </Button>
          {announcement !== undefined && (
            <Button variant="ghost" onClick={() => void save("")}>
              Take it down
            </Button>
          )}
        </div>
      </form>
    </Card>
  );
}
