import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { useQuery } from "convex/react";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { Loading, Skeleton } from "../../components/Skeleton";
import { ActivityChanges } from "../activities/ActivityChanges";
import { PointLines } from "../activities/PointLines";
import { Comments } from "./Comments";

interface ActivityStoryProps {
  activityId: Id<"activities">;
  /** What the activity is called, for screen readers. */
  what: string;
  isOpen?: boolean;
}

/** Why an activity earns its points, what happened to it, and what organisers say about it; asked for when opened. */
export function ActivityStory({
  activityId,
  what,
  isOpen: isOpenAtFirst = false,
}: ActivityStoryProps) {
  const [isOpen, setIsOpen] = useState(isOpenAtFirst);
  return (
    <details
      open={isOpen}
      className="group"
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
    >
      <summary className="inline-flex min-h-9 items-center gap-1 rounded text-sm font-semibold text-accent-ink">
        Points, history and comments
        <span className="sr-only"> of {what}</span>
        <ChevronDown className="size-4 transition-transform group-open:rotate-180" aria-hidden />
      </summary>
      <div className="mt-1 grid gap-5 rounded-xl bg-sunken px-4 py-3.5">
        {isOpen && <Story activityId={activityId} />}
      </div>
    </details>
  );
}

function Story({ activityId }: Pick<ActivityStoryProps, "activityId">) {
  const row = useQuery(api.queries.activities.get, { activityId });
  const changes = useQuery(api.queries.activities.changes, { activityId });
  if (row === undefined || changes === undefined) {
    return (
      <Loading label="Loading the details">
        <Skeleton className="h-24 bg-surface" />
      </Loading>
    );
  }
  return (
    <>
      {row.notes !== undefined && (
        <section>
          <h3 className="mb-1 text-sm font-bold">Notes</h3>
          <p className="text-sm whitespace-pre-line">{row.notes}</p>
        </section>
      )}
      {row.breakdown.length > 0 && (
        <section>
          <h3 className="mb-1 text-sm font-bold">Why these points</h3>
          <PointLines lines={row.breakdown} />
        </section>
      )}
      <ActivityChanges changes={changes} />
      <Comments activityId={activityId} />
    </>
  );
}
