import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { CatchBoundary } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { CircleX } from "lucide-react";
import { useEffect, useRef } from "react";
import { Card, CardHeader } from "../../components/Card";
import { Loading, Skeleton } from "../../components/Skeleton";
import { Notice } from "../../components/States";
import { formatInstant } from "../../lib/format";
import { useChallenge } from "../challenges/challengeContext";
import { FindingsTable } from "./FindingsTable";
import { ImpactView } from "./ImpactView";
import { JobActions } from "./JobActions";
import { JobProgress } from "./JobProgress";
import { JobBadge } from "./JobBadge";
import { jobName, type Job } from "./jobWords";
import { NextStep } from "./NextStep";
import type { Jobs } from "./useJobs";

interface JobPanelProps {
  jobId: Id<"jobs">;
  jobs: Jobs;
}

/** One job, live: how far it is, what it found, and the next step. */
export function JobPanel({ jobId, jobs }: JobPanelProps) {
  const panel = useRef<HTMLDivElement>(null);
  // What starts a job, or shows an older one, may stand far below.
  useEffect(() => {
    panel.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <div ref={panel} className="scroll-mt-4">
      <CatchBoundary
        getResetKey={() => jobId}
        errorComponent={() => (
          <Notice tone="warning" icon={CircleX}>
            This job is not there any more. The list below shows those that are.
          </Notice>
        )}
      >
        <LiveJob jobId={jobId} jobs={jobs} />
      </CatchBoundary>
    </div>
  );
}

function LiveJob({ jobId, jobs }: JobPanelProps) {
  const { challengeId } = useChallenge();
  const job = useQuery(api.queries.maintenance.job, { challengeId, jobId });
  if (job === undefined) return <PanelSkeleton />;
  const isRescore = job.kind === "rescore";
  return (
    <Card className="grid gap-5" aria-label={jobName(job)}>
      <div className="grid gap-1">
        <CardHeader title={jobName(job)} action={<JobBadge status={job.status} />} />
        <p className="-mt-3 text-sm text-ink-soft">{startWords(job)}</p>
      </div>
      <JobProgress job={job} runningName={runningBefore(job, jobs)} />
      <JobActions job={job} />
      {isRescore && <ImpactView jobId={jobId} isDryRun={job.dryRun} />}
      {!isRescore && <FindingsTable job={job} />}
      <NextStep job={job} jobs={jobs} />
    </Card>
  );
}

/** What a waiting job waits for. */
function runningBefore({ jobId, status }: Job, { active }: Jobs): string | null {
  if (status !== "queued" || active === undefined || active.jobId === jobId) return null;
  return jobName(active);
}

function startWords({ startedAt, startedByName }: Job): string {
  const when = formatInstant(startedAt);
  return startedByName === null
    ? `Begun by itself, ${when}`
    : `Started by ${startedByName}, ${when}`;
}

function PanelSkeleton() {
  return (
    <Card>
      <Loading label="Loading the job">
        <Skeleton className="mb-4 h-6 w-40" />
        <Skeleton className="mb-3 h-3" />
        <Skeleton className="h-4 w-56 max-w-full" />
      </Loading>
    </Card>
  );
}
