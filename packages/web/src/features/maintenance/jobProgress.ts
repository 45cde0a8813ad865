import { formatDuration } from "../../lib/metricWords";
import type { Job } from "./jobWords";

/** How far a job was at a moment (UTC ms). */
export interface Sample {
  at: number;
  processed: number;
}

/** Older samples say nothing of how fast a job is now. */
const WINDOW_MS = 30_000;
/** A shorter look is no measure. */
const MIN_MS = 1_000;

/** The samples of the last half minute and a new one; a job that begins anew forgets the earlier ones. */
export function withSample(samples: readonly Sample[], next: Sample): Sample[] {
  const last = samples.at(-1);
  const isAnew = last !== undefined && next.processed < last.processed;
  const kept = isAnew ? [] : samples.filter(({ at }) => at > next.at - WINDOW_MS);
  return [...kept, next];
}

/** Items a second over the samples; null while there is too little to tell. */
export function rateOf(samples: readonly Sample[]): number | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || last.at - first.at < MIN_MS) return null;
  const rate = (last.processed - first.processed) / ((last.at - first.at) / 1_000);
  return rate > 0 ? rate : null;
}

/** How far a job is. */
export interface Progress {
  done: number;
  /** About how much there is to do; null when nobody counted. */
  items: number | null;
  /** From 0 to 100; 100 only when it is through. */
  percent: number | null;
}

/** How far a job is, over all its stages. How much there is to do is an estimate, so it is never passed. */
export function progressOf({
  processed,
  items,
  status,
}: Pick<Job, "processed" | "items" | "status">): Progress {
  if (status === "completed") return { done: processed, items: processed, percent: 100 };
  if (items === null) return { done: processed, items: null, percent: null };
  const whole = Math.max(items, processed + 1);
  return {
    done: processed,
    items: whole,
    percent: Math.min(99, Math.floor((100 * processed) / whole)),
  };
}

/** "About 40 s left", or null while nobody can tell. */
export function timeLeftWords({ done, items }: Progress, rate: number | null): string | null {
  if (items === null || rate === null) return null;
  const seconds = Math.max(1, Math.round((items - done) / rate));
  return `about ${formatDuration(seconds < 60 ? seconds : Math.ceil(seconds / 60) * 60)} left`;
}

/** A job that runs says so every few seconds; after five minutes it is started again by itself. */
const SILENT_MS = 60_000;

/** Whether a running job has not been heard of for a minute. */
export function isSilent(
  { status, heartbeatAt }: Pick<Job, "status" | "heartbeatAt">,
  now: number,
): boolean {
  return status === "running" && now - heartbeatAt > SILENT_MS;
}
