import { type Infer, v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import {
  findingValidator,
  jobKindValidator,
  jobStatusValidator,
  stageNameValidator,
} from "../tables/jobs";
import { displayNameOf } from "./displayNames";
import { planOf } from "./jobReads";
import type { ReadCtx } from "./tableOwners";

/** A job as people are shown it; times in UTC ms. */
export const jobViewValidator = v.object({
  jobId: v.id("jobs"),
  kind: jobKindValidator,
  dryRun: v.boolean(),
  /** A dry run of a rescore by a rule that nobody saved. */
  isPreview: v.boolean(),
  status: jobStatusValidator,
  /** Which of its `stages` it is in, from 0, and what that one does. */
  stage: v.number(),
  stages: v.number(),
  stageName: v.union(stageNameValidator, v.null()),
  processed: v.number(),
  /** About how many people there are. */
  total: v.union(v.number(), v.null()),
  /** About how many items all stages have together; a rescore passes it, where people's days are more than one item. */
  items: v.union(v.number(), v.null()),
  batchSize: v.number(),
  counts: v.record(v.string(), v.number()),
  startedBy: v.union(v.id("users"), v.null()),
  /** null: nobody, it was due. */
  startedByName: v.union(v.string(), v.null()),
  error: v.union(v.string(), v.null()),
  startedAt: v.number(),
  /** When it was last heard of. */
  heartbeatAt: v.number(),
  endedAt: v.optional(v.number()),
});

/** A job, with the name of who started it. */
export async function jobView(
  ctx: ReadCtx,
  job: Doc<"jobs">,
): Promise<Infer<typeof jobViewValidator>> {
  const { _id: jobId, _creationTime: startedAt, kind, dryRun, status, stage, processed } = job;
  const { total, batchSize, counts, startedBy, error, heartbeatAt, endedAt } = job;
  const isPreview = job.options.proposed !== undefined;
  const startedByName = startedBy && (await displayNameOf(ctx, startedBy));
  const progress = { stage, ...planOf(job), processed, total, batchSize, counts, error };
  const times = { startedAt, heartbeatAt, endedAt };
  return {
    jobId,
    kind,
    dryRun,
    isPreview,
    status,
    startedBy,
    startedByName,
    ...progress,
    ...times,
  };
}

/** A finding with the name of whose account it is about; null for the challenge itself. */
export const findingViewValidator = v.object({
  ...findingValidator.fields,
  displayName: v.union(v.string(), v.null()),
});

/** Findings with the names of whom they are about. */
export async function findingViews(
  ctx: ReadCtx,
  findings: ReadonlyArray<Doc<"jobFindings">>,
): Promise<Array<Infer<typeof findingViewValidator>>> {
  const names = new Map<Id<"users">, string>();
  const views = [];
  for (const { kind, userId, about, expected, actual, cure } of findings) {
    const known = userId && (names.get(userId) ?? (await displayNameOf(ctx, userId)));
    if (userId && known) names.set(userId, known);
    views.push({ kind, userId, displayName: known ?? null, about, expected, actual, cure });
  }
  return views;
}
