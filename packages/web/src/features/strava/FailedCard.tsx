import { api } from "@milepost/backend/api";
import { useMutation, usePaginatedQuery } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { RotateCw } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { Button } from "../../components/Button";
import { Card, CardHeader } from "../../components/Card";
import { PagedList } from "../../components/PagedList";
import { formatCount, formatInstant } from "../../lib/format";
import { messageOf } from "../../lib/refusals";
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
  const [isPending, setIsPending] = useState(false);
  const { taskId, askedAt, attempts } = task;

  async function again(): Promise<void> {
    setIsPending(true);
    try {
      await retryWork({ taskId });
      toast.success("It is tried again.");
    } catch (error) {
      toast.error(messageOf(error));
    } finally {
      setIsPending(false);
    }
  }

  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3 first:pt-0 last:pb-0">
      <div className="min-w-0 flex-1 basis-56">
        <p className="font-semibold">{workName(task)}</p>
        <p className="text-sm">
          {workProblem(task)}, {formatCount(attempts, "try", "tries")}.
        </p>
        <p className="text-sm text-ink-soft">Asked for {formatInstant(askedAt)}</p>
      </div>
      <Button size="sm" variant="secondary" pending={isPending} onClick={() => void again()}>
        <RotateCw aria-hidden />
        Try again
      </Button>
    </li>
  );
}
