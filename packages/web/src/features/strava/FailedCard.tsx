import { api } from "@milepost/backend/api";
import { useMutation, usePaginatedQuery } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { RotateCw } from "lucide-react";
import { ActionButton } from "../../components/ActionButton";
import { Card, CardHeader } from "../../components/Card";
import { PagedList } from "../../components/PagedList";
import { formatCount, formatInstant } from "../../lib/format";
import { workName, workProblem } from "./stravaWords";

const PAGE_SIZE = 10;

type Task = FunctionReturnType<typeof api.queries.strava.work>["page"][number];

/** What could not be fetched from Strava however often it was tried. */
export function FailedCard() {
  const list = usePaginatedQuery(
    api.queries.strava.work,
    { status: "dead" },
    { initialNumItems: PAGE_SIZE },
  );
  return (
    <Card>
      <CardHeader title="Could not be fetched" />
      <PagedList label="What could not be fetched" list={list} pageSize={PAGE_SIZE} empty={null}>
        {(task) => <FailedRow key={task.taskId} task={task} />}
      </PagedList>
    </Card>
  );
}

function FailedRow({ task }: { task: Task }) {
  const retryWork = useMutation(api.mutations.strava.retryWork);
  const { taskId, askedAt, attempts } = task;

  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3 first:pt-0 last:pb-0">
      <div className="min-w-0 flex-1 basis-56">
        <p className="font-semibold">{workName(task)}</p>
        <p className="text-sm">
          {workProblem(task)}, {formatCount(attempts, "try", "tries")}.
        </p>
        <p className="text-sm text-ink-soft">Asked for {formatInstant(askedAt)}</p>
      </div>
      <ActionButton
        icon={RotateCw}
        action={async () => await retryWork({ taskId })}
        done="It is tried again."
      >
        Try again
      </ActionButton>
    </li>
  );
}
