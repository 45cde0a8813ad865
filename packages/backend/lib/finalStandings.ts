import type { Doc, Id } from "../_generated/dataModel";
import { needNoEvaluation } from "./achievements";
import { finalizeChallenge } from "./challenges";
import { refuse } from "./errors";
import { needNoOpenGame } from "./games";
import { jobsOfStatus } from "./jobReads";
import { requestFinalStandings } from "./snapshots";
import type { ReadCtx, WriteCtx } from "./tableOwners";

/** Jobs in these states have done part of their work. */
const UNDER_WAY = ["running", "queued", "paused", "failed"] as const;

/**
 * Freezes a challenge and asks for the first version of its final standings, which people see within seconds. Refuses
 * what `finalizeChallenge` refuses, INVALID_INPUT while a mini-game is on or awards are given to everybody, and
 * JOB_UNDER_WAY while a job that changes points has not ended: a failed one is resumed or cancelled first.
 */
export async function freezeStandings(ctx: WriteCtx, challenge: Doc<"challenges">): Promise<void> {
  await finalizeChallenge(ctx, challenge);
  await needNoOpenGame(ctx, challenge._id);
  await needNoEvaluation(ctx, challenge._id);
  await needNoJob(ctx, challenge._id);
  await requestFinalStandings(ctx, challenge._id);
}

/** A job that ends with the freeze would leave its rules to those it had reached, and nothing could bring them to the others. */
async function needNoJob(ctx: ReadCtx, challengeId: Id<"challenges">): Promise<void> {
  for (const status of UNDER_WAY) {
    const jobs = await jobsOfStatus(ctx, challengeId, status);
    const writing = jobs.find(({ dryRun }) => !dryRun);
    if (writing === undefined) continue;
    const { _id: jobId, kind: job } = writing;
    refuse({ code: "JOB_UNDER_WAY", challengeId, jobId, job });
  }
}
