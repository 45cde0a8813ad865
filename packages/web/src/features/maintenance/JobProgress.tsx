import { Hourglass, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { ProgressBar } from "../../components/ProgressBar";
import { Notice } from "../../components/States";
import { formatNumber } from "../../lib/format";
import { formatDuration } from "../../lib/metricWords";
import { useNow } from "../../lib/useNow";
import {
  isSilent,
  progressOf,
  rateOf,
  timeLeftWords,
  withSample,
  type Sample,
} from "./jobProgress";
import { openCount, stageWords, type Job } from "./jobWords";

/** Items a second as this page has seen the job move; null while it cannot tell. */
function useRate({ processed, heartbeatAt }: Job): number | null {
  const [samples, setSamples] = useState<Sample[]>([]);
  if (samples.at(-1)?.processed !== processed)
    setSamples(withSample(samples, { at: heartbeatAt, processed }));
  return rateOf(samples);
}

interface JobProgressProps {
  job: Job;
  /** What it waits for, when it waits. */
  runningName: string | null;
}

/** How far a job is, how fast, and what keeps it. */
export function JobProgress({ job, runningName }: JobProgressProps) {
  const progress = progressOf(job);
  const rate = useRate(job);
  const now = useNow();
  const found = openCount(job.counts);
  const isRunning = job.status === "running";
  return (
    <div className="grid gap-3">
      {progress.percent !== null && progress.percent < 100 && (
        <ProgressBar
          label={`${progress.percent} % done`}
          value={progress.percent}
          max={100}
          className="h-3"
        />
      )}
      <dl className="flex flex-wrap gap-x-6 gap-y-1 text-sm text-ink-soft tabular-nums">
        <Fact label="Done">{doneWords(progress)}</Fact>
        {isRunning && (
          <Fact label="Speed">
            {rate === null ? "measuring" : `${formatNumber(Math.round(10 * rate) / 10)} a second`}
          </Fact>
        )}
        {isRunning && <Fact label="Time">{timeLeftWords(progress, rate) ?? "a moment"}</Fact>}
        {isRunning && <Fact label="Steps of">{formatNumber(job.batchSize)}</Fact>}
        <Fact label={job.kind === "rescore" ? "Changes" : "Differences"}>
          {formatNumber(found)}
        </Fact>
        {job.endedAt !== undefined && <Fact label="Took">{tookWords(job)}</Fact>}
      </dl>
      {isRunning && <p className="text-sm">{stageWords(job)}</p>}
      {job.status === "queued" && (
        <Notice icon={Hourglass}>
          Only one job of a challenge runs at a time. This one begins by itself
          {runningName === null
            ? " in a moment."
            : ` when the other one is through: ${runningName}.`}
        </Notice>
      )}
      {isSilent(job, now) && (
        <Notice icon={Hourglass} tone="warning">
          Not heard of for a while. After five minutes its last step is started again by itself, and
          nothing is done twice.
        </Notice>
      )}
      {job.status === "failed" && (
        <Notice icon={TriangleAlert} tone="danger">
          <p className="font-semibold">It stopped: {job.error ?? "nobody knows why"}</p>
          <p>
            What it did stays. Resume goes on where it stopped; if it stops again, tell whoever runs
            this site.
          </p>
        </Notice>
      )}
      {job.status === "cancelled" && (
        <p className="text-sm text-ink-soft">
          {job.error === null ? "Cancelled. What it did stays." : `Ended early: ${job.error}.`}
        </p>
      )}
    </div>
  );
}

function Fact({ label, children }: { label: string; children: string }) {
  return (
    <div className="flex gap-1.5">
      <dt>{label}</dt>
      <dd className="font-semibold text-ink">{children}</dd>
    </div>
  );
}

function tookWords({ startedAt, endedAt = startedAt }: Job): string {
  return formatDuration(Math.max(1, (endedAt - startedAt) / 1_000));
}

function doneWords({ done, items, percent }: ReturnType<typeof progressOf>): string {
  if (items === null || percent === 100) return formatNumber(done);
  return `${formatNumber(done)} of about ${formatNumber(items)}`;
}
