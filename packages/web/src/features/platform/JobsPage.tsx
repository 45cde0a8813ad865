import { api } from "@milepost/backend/api";
import { Link } from "@tanstack/react-router";
import { useMutation, usePaginatedQuery } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { Play, Wrench } from "lucide-react";
import { useState } from "react";
import { ActionButton } from "../../components/ActionButton";
import { Card } from "../../components/Card";
import { PageHeader, usePageTitle } from "../../components/Page";
import { ProgressBar } from "../../components/ProgressBar";
import { EmptyState } from "../../components/States";
import { formatInstant } from "../../lib/format";
import { progressOf } from "../maintenance/jobProgress";
import { jobName, resultWords, stageWords, STATUS_NAMES } from "../maintenance/jobWords";
import { PagedList } from "../../components/PagedList";
import { StatusSelect } from "./StatusSelect";

const PAGE_SIZE = 25;
const STATUSES = ["running", "queued", "paused", "failed", "completed"] as const;
type Row = FunctionReturnType<typeof api.queries.platform.jobs>["page"][number];

/** The jobs of all challenges, and deletions, by their state. */
export function JobsPage() {
  usePageTitle("Jobs");
  const [status, setStatus] = useState<(typeof STATUSES)[number]>("running");
  const list = usePaginatedQuery(
    api.queries.platform.jobs,
    { status },
    { initialNumItems: PAGE_SIZE },
  );
  return (
    <>
      <PageHeader title="Jobs">
        Verifications, repairs, rescores and deletions of all challenges, live.
      </PageHeader>
      <Card className="grid gap-5">
        <StatusSelect names={STATUS_NAMES} shown={STATUSES} value={status} onChange={setStatus} />
        <div>
          <PagedList
            label={`Jobs: ${STATUS_NAMES[status]}`}
            list={list}
            pageSize={PAGE_SIZE}
            empty={
              <EmptyState icon={Wrench} title={`${STATUS_NAMES[status]}: none`}>
                Every open challenge is verified each night.
              </EmptyState>
            }
          >
            {(job) => <JobItem key={job.jobId} job={job} />}
          </PagedList>
        </div>
      </Card>
    </>
  );
}

function JobItem({ job }: { job: Row }) {
  const { challengeId, challengeName, jobId, status, startedAt, startedByName } = job;
  const resume = useMutation(api.mutations.platform.resumeJob);
  const { percent } = progressOf(job);
  return (
    <li className="grid gap-2 py-3.5">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5">
        <span className="min-w-48 flex-1">
          <span className="block font-semibold">{jobName(job)}</span>
          <span className="block text-sm text-ink-soft">
            {formatInstant(startedAt)} · {startedByName ?? "by itself"}
            {challengeId !== null && challengeName !== null && (
              <>
                {" · "}
                <Link
                  to="/c/$challengeId/organise/maintenance"
                  params={{ challengeId }}
                  search={{ job: jobId }}
                  className="inline-flex min-h-6 items-center font-semibold text-accent-ink underline underline-offset-4"
                >
                  {challengeName}
                </Link>
              </>
            )}
          </span>
        </span>
        <span className="text-sm text-ink-soft">
          {status === "running" ? stageWords(job) : resultWords(job)}
        </span>
        {(status === "failed" || status === "paused") && (
          <ActionButton
            icon={Play}
            action={async () => await resume({ jobId })}
            done="It goes on where it stopped."
          >
            Resume
          </ActionButton>
        )}
      </div>
      {status === "running" && percent !== null && (
        <ProgressBar label={`${percent} % done`} value={percent} max={100} />
      )}
    </li>
  );
}
