import { internal } from "../../_generated/api";
import * as apiMutations from "../../mutations/apiMutations";
import * as apiQueries from "../../queries/apiQueries";
import { doorOf } from "../../lib/apiDoors";
import { listSchema, pageOf, schemaOf } from "./answers";
import { readCursor, writeCursor } from "./cursors";
import * as fields from "./fields";
import { operation, type Operation } from "./operations";

const MAX_NOTES = 8000;
const functions = internal.mutations.apiMutations;
const tag = "Activities";
const variant = fields
  .text(400, "Key of the option, where the type has options; its default unless told.")
  .optional();
const change = {
  expectedVersion: fields.expectedVersion.optional(),
  reason: fields.reason.optional(),
};
const rowRefusals = [
  "SYSTEM_ROW",
  "STALE_VERSION",
  "IDEMPOTENCY_MISMATCH",
  "CHALLENGE_FINAL",
] as const;
const dayRefusals = [
  "OUTSIDE_CHALLENGE_DATES",
  "NOT_AVAILABLE_THIS_WEEK",
  "LIMIT_REACHED",
] as const;

/** Logging, reading and changing activities. */
export const activityOperations: readonly Operation[] = [
  operation({
    method: "get",
    path: "/challenges/{challengeId}/activities",
    tag,
    operationId: "listActivities",
    summary: "A person's activities, newest day first, removed ones and bonuses included",
    description: "The caller's own; anybody's with `userId`, for admins with the scope `admin`.",
    scopes: ["read"],
    params: fields.challengePath,
    query: { ...fields.paging(100), userId: fields.id("a participant").optional() },
    answer: listSchema(pageOf(doorOf(apiQueries.activitiesList).returns)),
    run: async ({ ctx, apiKeyId, list }, { params, query: { cursor, limit, userId } }) => {
      const paginationOpts = { cursor: readCursor(list, cursor), numItems: limit };
      const input = { ...params, userId, paginationOpts };
      const result = await ctx.runQuery(internal.queries.apiQueries.activitiesList, {
        apiKeyId,
        input,
      });
      return { items: result.page, nextCursor: writeCursor(list, result) };
    },
  }),
  operation({
    method: "post",
    path: "/challenges/{challengeId}/activities",
    tag,
    operationId: "logActivity",
    summary: "Log an activity",
    description:
      "For oneself with the scope `log`; for others (`onBehalfOf`) and on any past day, with a `reason`, for admins with the scope `admin`. Sent again with its Idempotency-Key it answers 200 and the first result.",
    scopes: ["log", "admin"],
    params: fields.challengePath,
    body: {
      activityTypeId: fields.id("an activity type"),
      loggedDate: fields.day,
      metrics: fields.metrics,
      variant,
      notes: fields.text(MAX_NOTES).optional(),
      onBehalfOf: fields.id("a participant").optional(),
      reason: fields.reason.optional(),
    },
    answer: schemaOf(doorOf(apiMutations.logActivity).returns),
    statuses: [201, 200],
    statusOf: (answer) => ("status" in answer && answer.status === "exists" ? 200 : 201),
    refusals: [...dayRefusals, "IDEMPOTENCY_MISMATCH", "CHALLENGE_FINAL"],
    run: async ({ ctx, apiKeyId, requestId }, { params, body }) => {
      const metrics = fields.toMetrics(body.metrics);
      const input = { ...params, ...body, metrics, requestId };
      return await ctx.runMutation(functions.logActivity, { apiKeyId, input });
    },
  }),
  operation({
    method: "get",
    path: "/activities/{activityId}",
    tag,
    operationId: "getActivity",
    summary: "One activity",
    description: "One's own; anybody's for admins with the scope `admin`.",
    scopes: ["read"],
    params: fields.activityPath,
    answer: schemaOf(doorOf(apiQueries.activity).returns),
    run: async ({ ctx, apiKeyId }, { params }) =>
      await ctx.runQuery(internal.queries.apiQueries.activity, { apiKeyId, input: params }),
  }),
  operation({
    method: "patch",
    path: "/activities/{activityId}",
    tag,
    operationId: "editActivity",
    summary: "Change an activity and score it again",
    description: "What is left out stays; `metrics` are replaced as a whole.",
    scopes: ["log", "admin"],
    params: fields.activityPath,
    body: {
      activityTypeId: fields.id("an activity type").optional(),
      loggedDate: fields.day.optional(),
      metrics: fields.metrics.optional(),
      variant,
      notes: fields.text(MAX_NOTES).optional(),
      ...change,
    },
    answer: schemaOf(doorOf(apiMutations.editActivity).returns),
    refusals: [...dayRefusals, "ACTIVITY_DELETED", ...rowRefusals],
    run: async ({ ctx, apiKeyId, requestId }, { params, body }) => {
      const metrics = body.metrics && fields.toMetrics(body.metrics);
      const input = { ...params, ...body, metrics, requestId };
      return await ctx.runMutation(functions.editActivity, { apiKeyId, input });
    },
  }),
  operation({
    method: "delete",
    path: "/activities/{activityId}",
    tag,
    operationId: "removeActivity",
    summary: "Take an activity out of the count; it can be restored",
    scopes: ["log", "admin"],
    params: fields.activityPath,
    query: { reason: fields.reason.optional() },
    answer: schemaOf(doorOf(apiMutations.removeActivity).returns),
    refusals: rowRefusals,
    run: async ({ ctx, apiKeyId, requestId }, { params, query }) => {
      const input = { ...params, ...query, requestId };
      return await ctx.runMutation(functions.removeActivity, { apiKeyId, input });
    },
  }),
  operation({
    method: "post",
    path: "/activities/{activityId}/restore",
    tag,
    operationId: "restoreActivity",
    summary: "Count a removed activity again",
    scopes: ["log", "admin"],
    params: fields.activityPath,
    body: change,
    answer: schemaOf(doorOf(apiMutations.restoreActivity).returns),
    refusals: [...dayRefusals, ...rowRefusals],
    run: async ({ ctx, apiKeyId, requestId }, { params, body }) => {
      const input = { ...params, ...body, requestId };
      return await ctx.runMutation(functions.restoreActivity, { apiKeyId, input });
    },
  }),
];
