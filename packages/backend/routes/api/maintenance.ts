import { z } from "@hono/zod-openapi";
import { internal } from "../../_generated/api";
import { doorOf } from "../../lib/apiDoors";
import * as apiMutations from "../../mutations/apiMutations";
import * as apiQueries from "../../queries/apiQueries";
import { DONE, schemaOf } from "./answers";
import * as fields from "./fields";
import { type Call, operation, type Operation } from "./operations";

const queries = internal.queries.apiQueries;
const functions = internal.mutations.apiMutations;
const tag = "Maintenance";
const admin = ["admin"] as const;
const path = "/challenges/{challengeId}/maintenance";
const jobPath = { ...fields.challengePath, jobId: fields.id("a job of the challenge") };

/** A change of a job that answers nothing. */
function change(
  verb: "pause" | "resume" | "cancel",
  summary: string,
  run: (call: Call, input: { challengeId: string; jobId: string }) => Promise<null>,
): Operation {
  return operation({
    method: "post",
    path: `${path}/jobs/{jobId}/${verb}`,
    tag,
    operationId: `${verb}Job`,
    summary,
    scopes: admin,
    params: jobPath,
    body: {},
    answer: DONE,
    refusals: ["NOT_CHALLENGE_ADMIN", "NOT_FOUND", "IDEMPOTENCY_MISMATCH"],
    run: async (call, { params }) => {
      await run(call, params);
      return { status: "done" };
    },
  });
}

/** Verification and repair of a challenge, as jobs. */
export const maintenanceOperations: readonly Operation[] = [
  operation({
    method: "get",
    path,
    tag,
    operationId: "getHealth",
    summary: "What the last verification of the challenge found",
    scopes: admin,
    params: fields.challengePath,
    answer: schemaOf(doorOf(apiQueries.health).returns),
    refusals: ["NOT_CHALLENGE_ADMIN"],
    run: async ({ ctx, apiKeyId }, { params }) =>
      await ctx.runQuery(queries.health, { apiKeyId, input: params }),
  }),
  operation({
    method: "post",
    path: `${path}/jobs`,
    tag,
    operationId: "startJob",
    summary: "Start a verification, a repair, a backfill or a rescore, or join the one that runs",
    scopes: admin,
    params: fields.challengePath,
    body: { kind: z.enum(["verify", "repair", "backfill", "rescore"]), dryRun: z.boolean() },
    answer: schemaOf(doorOf(apiMutations.startJob).returns),
    statuses: [201],
    refusals: ["NOT_CHALLENGE_ADMIN", "IDEMPOTENCY_MISMATCH"],
    run: async ({ ctx, apiKeyId, requestId }, { params, body }) => {
      const input = { ...params, ...body };
      return await ctx.runMutation(functions.startJob, { apiKeyId, requestId, input });
    },
  }),
  operation({
    method: "get",
    path: `${path}/jobs/{jobId}`,
    tag,
    operationId: "getJob",
    summary: "How far a job has come",
    scopes: admin,
    params: jobPath,
    answer: schemaOf(doorOf(apiQueries.job).returns),
    refusals: ["NOT_CHALLENGE_ADMIN", "NOT_FOUND"],
    run: async ({ ctx, apiKeyId }, { params }) =>
      await ctx.runQuery(queries.job, { apiKeyId, input: params }),
  }),
  operation({
    method: "get",
    path: `${path}/jobs/{jobId}/impact`,
    tag,
    operationId: "getJobImpact",
    summary: "What a rescore changed so far, or, of a dry run or a preview, would change",
    scopes: admin,
    params: jobPath,
    answer: schemaOf(doorOf(apiQueries.jobImpact).returns),
    refusals: ["NOT_CHALLENGE_ADMIN", "NOT_FOUND"],
    run: async ({ ctx, apiKeyId }, { params }) =>
      await ctx.runQuery(queries.jobImpact, { apiKeyId, input: params }),
  }),
  change(
    "pause",
    "Stop a job after its current step",
    async ({ ctx, apiKeyId, requestId }, input) =>
      ctx.runMutation(functions.pauseJob, { apiKeyId, requestId, input }),
  ),
  change("resume", "Go on with a job that stopped", async ({ ctx, apiKeyId, requestId }, input) =>
    ctx.runMutation(functions.resumeJob, { apiKeyId, requestId, input }),
  ),
  change(
    "cancel",
    "End a job after its current step",
    async ({ ctx, apiKeyId, requestId }, input) =>
      ctx.runMutation(functions.cancelJob, { apiKeyId, requestId, input }),
  ),
];
