import { api } from "@milepost/backend/api";
import { Link } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { CircleHelp, ShieldCheck, TriangleAlert, type LucideIcon } from "lucide-react";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { FieldError } from "../../components/Field";
import { Loading, Skeleton } from "../../components/Skeleton";
import { cn } from "../../lib/cn";
import { formatCount, formatInstant } from "../../lib/format";
import { useChallenge } from "../challenges/challengeContext";
import { KindList } from "./KindList";
import { openCount } from "./jobWords";
import type { Jobs } from "./useJobs";
import { useStart } from "./useStart";

type Status = "unknown" | "ok" | "drift";

const LOOKS: Record<Status, { icon: LucideIcon; title: string; mark: string }> = {
  ok: {
    icon: ShieldCheck,
    title: "All totals agree",
    mark: "bg-accent-soft text-accent-ink",
  },
  drift: {
    icon: TriangleAlert,
    title: "Some totals do not agree",
    mark: "bg-danger-soft text-danger-ink",
  },
  unknown: {
    icon: CircleHelp,
    title: "Not verified yet",
    mark: "bg-sunken text-ink-soft",
  },
};

/** What the last verification found, by kinds, and what to do next. */
export function HealthCard({ jobs }: { jobs: Jobs }) {
  const { challengeId } = useChallenge();
  const health = useQuery(api.queries.maintenance.health, { challengeId });
  const { run, pending, problem } = useStart(jobs);
  if (health === undefined) return <HealthSkeleton />;
  const { icon: Icon, title, mark } = LOOKS[health.status];
  const isDrift = health.status === "drift";
  return (
    <Card className="grid gap-5" aria-labelledby="health-title">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
        <span className={cn("grid size-12 shrink-0 place-items-center rounded-2xl", mark)}>
          <Icon className="size-6" aria-hidden />
        </span>
        <div className="min-w-44 flex-1">
          <h2 id="health-title" className="text-lg font-bold">
            {title}
          </h2>
          <p className="text-sm text-ink-soft">{sinceWords(health)}</p>
        </div>
        <div className="flex flex-wrap gap-2">
          <Button
            variant={isDrift ? "secondary" : "primary"}
            pending={pending === "verify"}
            onClick={() => void run("verify", true)}
          >
            Verify now
          </Button>
          {isDrift && (
            <Button pending={pending === "repair"} onClick={() => void run("repair", true)}>
              See what a repair changes
            </Button>
          )}
        </div>
      </div>
      {problem !== null && <FieldError>{problem}</FieldError>}
      {Object.keys(health.counts).length > 0 && <KindList counts={health.counts} />}
      {health.jobId !== null && isDrift && (
        <Link
          to="/c/$challengeId/organise/maintenance"
          params={{ challengeId }}
          search={{ job: health.jobId }}
          resetScroll={false}
          className="inline-flex min-h-11 items-center justify-self-start text-sm font-semibold text-accent-ink underline underline-offset-4"
        >
          Show each of {formatCount(openCount(health.counts), "difference")}
        </Link>
      )}
    </Card>
  );
}

function sinceWords({ status, lastVerifiedAt }: { status: Status; lastVerifiedAt: number | null }) {
  if (lastVerifiedAt === null)
    return "Every open challenge is verified each night; you can do it now.";
  const when = formatInstant(lastVerifiedAt);
  return status === "ok"
    ? `Everybody was counted anew on ${when}.`
    : `Found on ${when}. Nothing is lost: the activities themselves are untouched.`;
}

function HealthSkeleton() {
  return (
    <Card>
      <Loading label="Loading the state of the totals">
        <div className="flex items-center gap-4">
          <Skeleton className="size-12 rounded-2xl" />
          <div className="grid flex-1 gap-2">
            <Skeleton className="h-6 w-40" />
            <Skeleton className="h-4 w-56 max-w-full" />
          </div>
        </div>
      </Loading>
    </Card>
  );
}
