import type { Id } from "@milepost/backend/dataModel";
import { Link } from "@tanstack/react-router";
import { Wrench } from "lucide-react";
import { Button } from "../../components/Button";
import { Card, CardHeader } from "../../components/Card";
import { Loading, SkeletonRows } from "../../components/Skeleton";
import { EmptyState } from "../../components/States";
import { cn } from "../../lib/cn";
import { formatInstant } from "../../lib/format";
import { useChallenge } from "../challenges/challengeContext";
import { JobBadge } from "./JobBadge";
import { jobName, resultWords, type Job } from "./jobWords";
import type { Jobs } from "./useJobs";

/** All jobs of the challenge: what, when, by whom and what came of it; each opens above. */
export function JobHistory({ jobs, shown }: { jobs: Jobs; shown: Id<"jobs"> | undefined }) {
  return (
    <Card>
      <CardHeader title="History" />
      {jobs.list === undefined && (
        <Loading label="Loading the history">
          <SkeletonRows count={4} />
        </Loading>
      )}
      {jobs.list?.length === 0 && (
        <EmptyState icon={Wrench} title="No job so far">
          The first one is the verification of the coming night, or the one you start now.
        </EmptyState>
      )}
      <ul className="divide-y divide-line">
        {jobs.list?.map((job) => (
          <JobItem key={job.jobId} job={job} isShown={job.jobId === shown} />
        ))}
      </ul>
      {jobs.hasMore && (
        <Button
          variant="secondary"
          className="mt-4 w-full"
          pending={jobs.isLoadingMore}
          onClick={jobs.showMore}
        >
          Show older jobs
        </Button>
      )}
    </Card>
  );
}

function JobItem({ job, isShown }: { job: Job; isShown: boolean }) {
  const { challengeId } = useChallenge();
  return (
    <li className={cn("-mx-2 rounded-xl px-2", isShown && "bg-sunken")}>
      <Link
        to="/c/$challengeId/organise/maintenance"
        params={{ challengeId }}
        search={{ job: job.jobId }}
        resetScroll={false}
        className="flex min-h-14 flex-wrap items-center gap-x-4 gap-y-1 rounded-lg py-2.5"
      >
        <span className="min-w-44 flex-1">
          <span className="block font-semibold">{jobName(job)}</span>
          <span className="block text-sm text-ink-soft">
            {formatInstant(job.startedAt)} · {job.startedByName ?? "by itself"}
          </span>
        </span>
        <span className="text-sm text-ink-soft">{resultWords(job)}</span>
        <JobBadge status={job.status} />
      </Link>
    </li>
  );
}
