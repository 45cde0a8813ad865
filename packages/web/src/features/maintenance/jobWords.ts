import type { api } from "@milepost/backend/api";
import type { FunctionReturnType } from "convex/server";
import { formatCount } from "../../lib/format";

/** One piece of maintenance as the organisers' functions answer it. */
export type Job = FunctionReturnType<typeof api.queries.maintenance.job>;
export type JobKind = Job["kind"];
/** The kinds somebody can start. */
export type StartedKind = "verify" | "repair" | "rescore" | "backfill";

const KIND_NAMES: Record<JobKind, string> = {
  verify: "Verification",
  repair: "Repair",
  backfill: "Rebuild",
  rescore: "Rescore",
  takePoints: "Removal of somebody's points",
  deletePerson: "Deletion of a person",
  deleteChallenge: "Deletion of a challenge",
};

/** What a job is called: "Verification", "Repair, dry run". A verification never writes, so it does not say so. */
export function jobName({
  kind,
  dryRun,
  isPreview,
}: Pick<Job, "kind" | "dryRun" | "isPreview">): string {
  if (isPreview) return "Preview of a rule";
  return dryRun && kind !== "verify" ? `${KIND_NAMES[kind]}, dry run` : KIND_NAMES[kind];
}

const STAGE_WORDS: Record<NonNullable<Job["stageName"]>, string> = {
  sums: "Looking at the sum of all points",
  accounts: "Counting everybody's points anew",
  awards: "Comparing awards with what was done",
  ranks: "Comparing ranks with the boards",
  lostRanks: "Looking for changes of ranks that were lost",
  names: "Making people findable by name",
  rescore: "Scoring activities by the rules of now",
};

/** What a job does at the moment, with how many steps there are: "Step 2 of 5: Counting everybody's points anew". */
export function stageWords({
  stage,
  stages,
  stageName,
}: Pick<Job, "stage" | "stages" | "stageName">): string {
  const step = `Step ${Math.min(stage + 1, stages)} of ${stages}`;
  return stageName === null ? step : `${step}: ${STAGE_WORDS[stageName]}`;
}

export const STATUS_NAMES: Record<Job["status"], string> = {
  queued: "Waiting",
  running: "Running",
  paused: "Paused",
  failed: "Failed",
  cancelled: "Cancelled",
  completed: "Done",
};

/** Whether a job may still do something by itself or by its organiser's word. */
export function isUnderWay({ status }: Pick<Job, "status">): boolean {
  return status === "queued" || status === "running" || status === "paused";
}

/** Whether standings are not frozen before this job is through: half of what it changes would stay. */
export function keepsStandingsOpen(job: Pick<Job, "status" | "dryRun">): boolean {
  return !job.dryRun && (isUnderWay(job) || job.status === "failed");
}

const EXPLAINED = " (explained)";

/** How many findings of one kind there are; those that an organiser explained apart from those that are open. */
export interface KindCount {
  kind: string;
  count: number;
  isExplained: boolean;
}

/** Findings by kind, open ones first and most of them first. */
export function countsByKind(counts: Job["counts"]): KindCount[] {
  return Object.entries(counts)
    .map(([name, count]) => {
      const isExplained = name.endsWith(EXPLAINED);
      return { kind: isExplained ? name.slice(0, -EXPLAINED.length) : name, count, isExplained };
    })
    .sort((a, b) => Number(a.isExplained) - Number(b.isExplained) || b.count - a.count);
}

/** Findings that nobody has explained. */
export function openCount(counts: Job["counts"]): number {
  return countsByKind(counts)
    .filter(({ isExplained }) => !isExplained)
    .reduce((sum, { count }) => sum + count, 0);
}

/** What came of a job, in a few words. */
export function resultWords(
  job: Pick<Job, "kind" | "dryRun" | "status" | "counts" | "error">,
): string {
  const { kind, dryRun, status, counts, error } = job;
  if (status === "failed" || status === "cancelled") return error ?? "Stopped before its end";
  if (status !== "completed") return "Not through yet";
  const open = openCount(counts);
  if (kind === "rescore") {
    const changed = counts["rescored"] ?? 0;
    return changed === 0
      ? "Nothing changes"
      : `${formatCount(changed, "activity", "activities")} ${dryRun ? "would change" : "changed"}`;
  }
  if (open === 0) return kind === "repair" || kind === "verify" ? "Everything agrees" : "Complete";
  const things = formatCount(open, "difference");
  return kind === "verify" || dryRun ? `${things} found` : `${things} set right`;
}

/** A job to start next. */
export type NextJob =
  | { kind: "verify"; dryRun: true; label: string }
  | { kind: "repair" | "rescore" | "backfill"; dryRun: boolean; label: string };

/** What follows a job that is through; null where nothing has to. */
export function nextStepOf({
  kind,
  dryRun,
  isPreview,
  status,
  counts,
}: Pick<Job, "kind" | "dryRun" | "isPreview" | "status" | "counts">): NextJob | null {
  // A rescore applies the rules that are saved, and so not the one that was previewed.
  if (isPreview) return null;
  if (status !== "completed") return null;
  const hasFound = openCount(counts) > 0;
  if (kind === "verify")
    return hasFound ? { kind: "repair", dryRun: true, label: "See what a repair changes" } : null;
  if (kind !== "repair" && kind !== "rescore" && kind !== "backfill") return null;
  if (!dryRun) return { kind: "verify", dryRun: true, label: "Verify again" };
  const isIdle =
    kind === "rescore" ? (counts["rescored"] ?? 0) === 0 : kind === "repair" && !hasFound;
  const label = { repair: "Apply this repair", rescore: "Apply this rescore", backfill: "Rebuild" }[
    kind
  ];
  return isIdle ? null : { kind, dryRun: false, label };
}
