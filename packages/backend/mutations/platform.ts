import { v } from "convex/values";
import { platformAdminMutation } from "../lib/functions";
import { needJob } from "../lib/jobReads";
import { resumeJob as goOn } from "../lib/jobs";

/**
 * Goes on where a job of any challenge, or a deletion, stopped: what nobody else can do where its challenge is gone.
 * Refuses NOT_SIGNED_IN, NOT_PLATFORM_ADMIN, NOT_FOUND, and INVALID_INPUT for a completed job.
 */
export const resumeJob = platformAdminMutation({
  args: { jobId: v.id("jobs") },
  returns: v.null(),
  handler: async (ctx, { jobId }) => {
    await goOn(ctx, await needJob(ctx, jobId));
    return null;
  },
});
