import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { useQuery } from "convex/react";
import { CircleCheck, RefreshCw, TriangleAlert } from "lucide-react";
import { ProgressBar } from "../../../components/ProgressBar";
import { Notice } from "../../../components/States";
import { formatCount, formatSigned } from "../../../lib/format";
import { useChallenge } from "../../challenges/challengeContext";

/** How far past activities are counted again, and what it changed. */
export function RescoreProgress({ jobId }: { jobId: Id<"jobs"> }) {
  return (
    <div aria-live="polite">
      <Progress jobId={jobId} />
    </div>
  );
}

function Progress({ jobId }: { jobId: Id<"jobs"> }) {
  const { challengeId } = useChallenge();
  const job = useQuery(api.queries.maintenance.job, { challengeId, jobId });
  const impact = useQuery(api.queries.maintenance.impact, { challengeId, jobId });
  if (job === undefined || impact === undefined) return null;
  if (job.status === "failed" || job.status === "cancelled") {
    return (
      <Notice tone="danger" icon={TriangleAlert} role="alert">
        Counting again stopped before the end. What was done stays; go on with it under Maintenance.
      </Notice>
    );
  }
  if (job.status === "completed") {
    return (
      <Notice icon={CircleCheck}>
        Past activities were counted again:{" "}
        {formatCount(impact.activities, "activity", "activities")} of{" "}
        {formatCount(impact.people, "person", "people")} changed, {formatSigned(impact.points)}{" "}
        points altogether.
      </Notice>
    );
  }
  return (
    <Notice icon={RefreshCw}>
      <p className="mb-2 font-semibold">Past activities are being counted again…</p>
      <ProgressBar
        label="Counted again"
        value={job.processed}
        max={job.total ?? Math.max(1, job.processed)}
        className="bg-surface"
      />
    </Notice>
  );
}
