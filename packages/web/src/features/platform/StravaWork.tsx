import { api } from "@milepost/backend/api";
import { useMutation, usePaginatedQuery } from "convex/react";
import { Inbox, RotateCcw } from "lucide-react";
import { useState } from "react";
import { ActionButton } from "../../components/ActionButton";
import { Badge } from "../../components/Badge";
import { Card, CardHeader } from "../../components/Card";
import { EmptyState } from "../../components/States";
import { formatInstant } from "../../lib/format";
import { PagedList } from "../../components/PagedList";
import { StatusSelect } from "./StatusSelect";
import {
  isReplayable,
  TASK_KIND_NAMES,
  TASK_STATUS_NAMES,
  taskWords,
  type Task,
  type TaskStatus,
} from "./stravaWords";

const PAGE_SIZE = 25;
const STATUSES = ["dead", "received", "waiting", "processing", "done"] as const;

/** The inbox of work about Strava in one state; what failed for good can be tried again. */
export function StravaWork() {
  const [status, setStatus] = useState<TaskStatus>("dead");
  const list = usePaginatedQuery(
    api.queries.strava.inbox,
    { status },
    { initialNumItems: PAGE_SIZE },
  );
  return (
    <Card className="grid gap-4">
      <CardHeader title="Inbox" />
      <StatusSelect
        names={TASK_STATUS_NAMES}
        shown={STATUSES}
        value={status}
        onChange={setStatus}
      />
      <div>
        <PagedList
          label={`Work: ${TASK_STATUS_NAMES[status]}`}
          list={list}
          pageSize={PAGE_SIZE}
          empty={
            <EmptyState icon={Inbox} title={`${TASK_STATUS_NAMES[status]}: none`}>
              {status === "dead"
                ? "Nothing has failed."
                : "What Strava tells us, and what we ask it for, stands here."}
            </EmptyState>
          }
        >
          {(task) => <TaskItem key={task.taskId} task={task} status={status} />}
        </PagedList>
      </div>
    </Card>
  );
}

function TaskItem({ task, status }: { task: Task; status: TaskStatus }) {
  const replay = useMutation(api.mutations.stravaWebhook.replay);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3.5">
      <span className="min-w-48 flex-1">
        <span className="flex flex-wrap items-center gap-2 font-semibold">
          {TASK_KIND_NAMES[task.kind]}
          {task.isLive && <Badge>From an event</Badge>}
        </span>
        <span className="block text-sm text-ink-soft">
          Asked {formatInstant(task.askedAt)} · {taskWords(task)}
        </span>
      </span>
      {isReplayable(status, task) && (
        <ActionButton
          icon={RotateCcw}
          action={async () => await replay({ taskId: task.taskId })}
          done="It is tried again."
        >
          Try again
        </ActionButton>
      )}
    </li>
  );
}
