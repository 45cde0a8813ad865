import { z } from "@hono/zod-openapi";
import { v } from "convex/values";
import { internal } from "../../_generated/api";
import { doorOf } from "../../lib/apiDoors";
import * as apiMutations from "../../mutations/apiMutations";
import * as apiQueries from "../../queries/apiQueries";
import { bonusValidator, limitsValidator, scoringValidator } from "../../tables/scoring";
import { itemsSchema, schemaOf } from "./answers";
import * as fields from "./fields";
import { operation, type Operation } from "./operations";
import { valueOf } from "./values";

const functions = internal.mutations.apiMutations;
const tag = "Activity types";
const MAX_NAME = 400;
const admin = ["admin"] as const;
const typePath = { activityTypeId: fields.id("an activity type of the challenge of the key") };

const scoring = valueOf(scoringValidator);
const rule = {
  category: fields.text(MAX_NAME, "An empty one takes the type out of its category.").optional(),
  limits: valueOf(limitsValidator).optional(),
  bonuses: valueOf(v.array(bonusValidator)).optional(),
  isNegative: z.boolean().optional(),
};
const changed = {
  scoring: scoring.optional(),
  contributesToStreak: z.boolean().optional(),
  ...rule,
};
const catalogueKey = fields
  .text(MAX_NAME, "Of the starter catalogue, by whose sports imports find the type.")
  .optional();

/** What activities count as, and by which rules. */
export const activityTypeOperations: readonly Operation[] = [
  operation({
    method: "get",
    path: "/challenges/{challengeId}/activity-types",
    tag,
    operationId: "listActivityTypes",
    summary: "The activity types of a challenge with their current rules, by name",
    scopes: ["read"],
    params: fields.challengePath,
    answer: itemsSchema(doorOf(apiQueries.activityTypesList).returns),
    run: async ({ ctx, apiKeyId }, { params }) => {
      const fn = internal.queries.apiQueries.activityTypesList;
      return { items: await ctx.runQuery(fn, { apiKeyId, input: params }) };
    },
  }),
  operation({
    method: "post",
    path: "/challenges/{challengeId}/activity-types",
    tag,
    operationId: "createActivityType",
    summary: "Add an activity type; its rule is version 1",
    scopes: admin,
    params: fields.challengePath,
    body: {
      name: fields.text(MAX_NAME),
      scoring,
      contributesToStreak: z.boolean(),
      ...rule,
      catalogueKey,
    },
    answer: schemaOf(doorOf(apiMutations.createActivityType).returns),
    statuses: [201],
    refusals: ["NOT_CHALLENGE_ADMIN", "LIMIT_REACHED", "IDEMPOTENCY_MISMATCH", "CHALLENGE_FINAL"],
    run: async ({ ctx, apiKeyId, requestId }, { params, body }) => {
      const input = { ...params, ...body };
      return await ctx.runMutation(functions.createActivityType, { apiKeyId, requestId, input });
    },
  }),
  operation({
    method: "patch",
    path: "/activity-types/{activityTypeId}",
    tag,
    operationId: "updateActivityType",
    summary: "Change an activity type; what is left out stays",
    description:
      "A changed rule is a new version: activities that exist keep theirs until a rescore. A retired type takes no new activities. Answers the version that is current now.",
    scopes: admin,
    params: typePath,
    body: {
      name: fields.text(MAX_NAME).optional(),
      ...changed,
      catalogueKey,
      isRetired: z.boolean().optional(),
    },
    answer: schemaOf(doorOf(apiMutations.updateActivityType).returns),
    refusals: ["NOT_CHALLENGE_ADMIN", "IDEMPOTENCY_MISMATCH", "CHALLENGE_FINAL"],
    run: async ({ ctx, apiKeyId, requestId }, { params, body }) => {
      const input = { ...params, ...body };
      return await ctx.runMutation(functions.updateActivityType, { apiKeyId, requestId, input });
    },
  }),
  operation({
    method: "post",
    path: "/activity-types/{activityTypeId}/preview",
    tag,
    operationId: "previewActivityType",
    summary: "Work out what a rescore by a changed rule would do, before it is saved",
    description:
      "Starts a dry run over everybody, whose answer is `getJobImpact`. The caller's other previews of the challenge end.",
    scopes: admin,
    params: typePath,
    body: changed,
    answer: schemaOf(doorOf(apiMutations.previewActivityType).returns),
    statuses: [201],
    refusals: ["NOT_CHALLENGE_ADMIN", "IDEMPOTENCY_MISMATCH", "CHALLENGE_FINAL"],
    run: async ({ ctx, apiKeyId, requestId }, { params, body }) => {
      const input = { ...params, ...body };
      return await ctx.runMutation(functions.previewActivityType, { apiKeyId, requestId, input });
    },
  }),
];
