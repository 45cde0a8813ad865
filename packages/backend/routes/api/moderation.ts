import { z } from "@hono/zod-openapi";
import { internal } from "../../_generated/api";
import { doorOf } from "../../lib/apiDoors";
import * as apiMutations from "../../mutations/apiMutations";
import * as apiQueries from "../../queries/apiQueries";
import { itemsSchema, schemaOf } from "./answers";
import * as fields from "./fields";
import { operation, type Operation } from "./operations";

const functions = internal.mutations.apiMutations;
const tag = "Moderation";
const MAX_TEXT = 8000;

/** Imported rows that wait for a decision, and what people say against decisions. */
export const moderationOperations: readonly Operation[] = [
  operation({
    method: "get",
    path: "/challenges/{challengeId}/held-activities",
    tag,
    operationId: "listHeldActivities",
    summary: "A person's imported rows that look like another activity and wait for a decision",
    description:
      "The caller's own; anybody's with `userId`, for admins with the scope `admin`, without those of Strava. At most 200.",
    scopes: ["read"],
    params: fields.challengePath,
    query: { userId: fields.id("a participant").optional() },
    answer: itemsSchema(doorOf(apiQueries.heldActivities).returns),
    run: async ({ ctx, apiKeyId }, { params, query }) => {
      const input = { ...params, ...query };
      const fn = internal.queries.apiQueries.heldActivities;
      return { items: await ctx.runQuery(fn, { apiKeyId, input }) };
    },
  }),
  operation({
    method: "post",
    path: "/held-activities/{heldId}/decide",
    tag,
    operationId: "decideHeldActivity",
    summary: "Let a held row count beside the other activity, instead of it, or not at all",
    description: "One's own; anybody's with a `reason`, for admins with the scope `admin`.",
    scopes: ["log", "admin"],
    params: { heldId: fields.id("a held row of the challenge of the key") },
    body: {
      decision: z.enum(["keepBoth", "replace", "discard"]),
      reason: fields.reason.optional(),
    },
    answer: schemaOf(doorOf(apiMutations.decideHeld).returns),
    refusals: [
      "NOT_CHALLENGE_ADMIN",
      "OUTSIDE_CHALLENGE_DATES",
      "NOT_AVAILABLE_THIS_WEEK",
      "LIMIT_REACHED",
      "IDEMPOTENCY_MISMATCH",
      "CHALLENGE_FINAL",
    ],
    run: async ({ ctx, apiKeyId, requestId }, { params, body }) => {
      const input = { ...params, ...body, requestId };
      return await ctx.runMutation(functions.decideHeld, { apiKeyId, input });
    },
  }),
  operation({
    method: "post",
    path: "/activities/{activityId}/appeal",
    tag,
    operationId: "appealActivity",
    summary: "Say something, once, against what organisers did to one's own activity",
    scopes: ["log"],
    params: fields.activityPath,
    body: { text: fields.text(MAX_TEXT) },
    answer: schemaOf(doorOf(apiMutations.appeal).returns),
    statuses: [201],
    refusals: ["LIMIT_REACHED", "IDEMPOTENCY_MISMATCH", "CHALLENGE_FINAL"],
    run: async ({ ctx, apiKeyId, requestId }, { params, body }) => {
      const input = { ...params, ...body };
      return await ctx.runMutation(functions.appeal, { apiKeyId, requestId, input });
    },
  }),
];
