import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { useMutation, useQuery } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { Trash2 } from "lucide-react";
import { useForm } from "react-hook-form";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { Field, Select, Textarea } from "../../components/Field";
import { Loading, Skeleton } from "../../components/Skeleton";
import { formatInstant } from "../../lib/format";
import { useAttempt } from "../../lib/useAttempt";
import { useDo } from "../../lib/useDo";

type Comment = FunctionReturnType<typeof api.queries.moderation.review>["comments"][number];

interface About {
  activityId: Id<"activities">;
}

const AUDIENCES: Record<Comment["audience"], string> = {
  admins: "Organisers only",
  participant: "Its person too",
};

/** What organisers say about an activity: to each other, or to its person. */
export function Comments({ activityId }: About) {
  const review = useQuery(api.queries.moderation.review, { activityId });
  return (
    <section className="grid gap-3">
      <h3 className="text-sm font-bold">Comments</h3>
      {review === undefined ? (
        <Loading label="Loading the comments">
          <Skeleton className="h-10 bg-surface" />
        </Loading>
      ) : (
        <ul className="grid gap-3">
          {review.comments.map((comment) => (
            <CommentItem key={comment.commentId} comment={comment} />
          ))}
        </ul>
      )}
      <CommentForm activityId={activityId} />
    </section>
  );
}

function CommentItem({ comment }: { comment: Comment }) {
  const { commentId, author, audience, text, at } = comment;
  const deleteComment = useMutation(api.mutations.moderation.deleteComment);
  const { isPending, run } = useDo();
  return (
    <li className="flex items-start gap-2 text-sm">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-semibold">{author}</span>
          <span className="text-ink-soft">{formatInstant(at)}</span>
          <Badge tone={audience === "admins" ? "neutral" : "accent"} className="bg-surface">
            {AUDIENCES[audience]}
          </Badge>
        </p>
        <p className="whitespace-pre-line">{text}</p>
      </div>
      <ConfirmDialog
        trigger={
          <Button
            variant="ghost"
            size="iconSm"
            aria-label={`Delete the comment of ${author}`}
            pending={isPending}
          >
            {!isPending && <Trash2 aria-hidden />}
          </Button>
        }
        title={`Delete the comment of ${author}?`}
        confirm="Delete comment"
        onConfirm={() => run(() => deleteComment({ commentId }), "Comment deleted")}
      >
        It cannot be brought back.
      </ConfirmDialog>
    </li>
  );
}

interface Draft {
  text: string;
  audience: Comment["audience"];
}

function CommentForm({ activityId }: About) {
  const comment = useMutation(api.mutations.moderation.comment);
  const { problem, attempt } = useAttempt();
  const { register, handleSubmit, formState, resetField } = useForm<Draft>({
    defaultValues: { text: "", audience: "admins" },
  });
  const submit = async ({ text, audience }: Draft): Promise<void> =>
    await attempt(async () => {
      await comment({ activityId, audience, text });
      resetField("text");
    });

  return (
    <form noValidate className="grid gap-3" onSubmit={(event) => void handleSubmit(submit)(event)}>
      <Field label="Add a comment" error={formState.errors.text?.message ?? problem ?? undefined}>
        {(field) => (
          <Textarea
            {...field}
            maxLength={2000}
            {...register("text", { validate: (text) => text.trim() !== "" || "Write something." })}
          />
        )}
      </Field>
      <div className="flex flex-wrap items-center gap-3">
        <Select aria-label="Who reads it" className="w-48" {...register("audience")}>
          {Object.entries(AUDIENCES).map(([audience, label]) => (
            <option key={audience} value={audience}>
              {label}
            </option>
          ))}
        </Select>
        <Button type="submit" variant="secondary" pending={formState.isSubmitting}>
          Comment
        </Button>
      </div>
    </form>
  );
}
