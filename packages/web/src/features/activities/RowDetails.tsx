import { api } from "@milepost/backend/api";
import { useQuery } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { CircleHelp, MessageSquare } from "lucide-react";
import { useState } from "react";
import { useViewer } from "../../app/context";
import { Button } from "../../components/Button";
import { Loading, Skeleton } from "../../components/Skeleton";
import { Notice } from "../../components/States";
import { formatInstant } from "../../lib/format";
import { AppealDialog } from "./AppealDialog";
import { byWords, type Change } from "./changeWords";
import { ActivityChanges } from "./ActivityChanges";
import { flagWords } from "../../lib/flagWords";
import type { HistoryRow } from "./historyRows";
import { PointLines } from "./PointLines";

type Review = FunctionReturnType<typeof api.queries.moderation.review>;

/** Everything about one activity: why its points, what is doubted, what organisers say, and what changed. */
export function RowDetails({ row }: { row: HistoryRow }) {
  const { activityId } = row;
  const changes = useQuery(api.queries.activities.changes, { activityId });
  const review = useQuery(api.queries.moderation.review, { activityId });
  if (changes === undefined || review === undefined) {
    return (
      <Loading label="Loading the details">
        <Skeleton className="h-24" />
      </Loading>
    );
  }
  return (
    <div className="grid gap-4">
      {row.deletedAt !== undefined && <WhyNot change={changes.find(isDeletion)} />}
      {row.deletedAt === undefined && row.breakdown.length > 0 && (
        <section>
          <h3 className="mb-1 text-sm font-bold">Why these points</h3>
          <PointLines lines={row.breakdown} />
        </section>
      )}
      <ReviewPart review={review} row={row} />
      <ActivityChanges changes={changes} />
    </div>
  );
}

function isDeletion({ kind }: Change): boolean {
  return kind === "deleted";
}

/** Why a deleted activity does not count: who took it out, and their words. */
function WhyNot({ change }: { change: Change | undefined }) {
  const viewer = useViewer();
  if (change === undefined) return null;
  return (
    <Notice icon={CircleHelp}>
      <p className="font-semibold">Why this does not count</p>
      <p>
        Deleted by {byWords(change.by, viewer?.displayName)} on {formatInstant(change.at)}.
        {change.note !== undefined && ` Reason: ${change.note}`}
      </p>
    </Notice>
  );
}

const APPEAL_WORDS: Record<NonNullable<Review["appeal"]>["status"], string> = {
  open: "Your objection is with the organisers.",
  accepted: "The organisers agreed with the objection.",
  rejected: "The organisers did not agree with the objection.",
};

function ReviewPart({ review, row }: { review: Review; row: HistoryRow }) {
  const [isAppealing, setIsAppealing] = useState(false);
  const { flags, comments, appeal, mayAppeal } = review;
  return (
    <>
      {flags.length > 0 && (
        <Notice icon={CircleHelp} tone="warning">
          <p className="font-semibold">
            Organisers are asked to look at this. It counts meanwhile.
          </p>
          <ul>
            {flags.map((about, index) => (
              <li key={index}>{flagWords(about)}</li>
            ))}
          </ul>
        </Notice>
      )}
      {comments.map(({ commentId, author, audience, text, at }) => (
        <Notice key={commentId} icon={MessageSquare}>
          <p className="font-semibold">
            {author}, {formatInstant(at)}
            {audience === "admins" && " (organisers only)"}
          </p>
          <p className="whitespace-pre-line">{text}</p>
        </Notice>
      ))}
      {appeal !== null && (
        <Notice icon={MessageSquare} tone={appeal.status === "rejected" ? "warning" : "info"}>
          <p className="font-semibold">{APPEAL_WORDS[appeal.status]}</p>
          <p className="whitespace-pre-line">“{appeal.text}”</p>
          {appeal.answer !== undefined && <p>Answer: {appeal.answer}</p>}
        </Notice>
      )}
      {mayAppeal && (
        <Button
          variant="secondary"
          size="sm"
          className="justify-self-start"
          onClick={() => setIsAppealing(true)}
        >
          Object to this
        </Button>
      )}
      {isAppealing && <AppealDialog row={row} onClose={() => setIsAppealing(false)} />}
    </>
  );
}
