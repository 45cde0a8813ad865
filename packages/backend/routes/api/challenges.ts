import { internal } from "../../_generated/api";
import { doorOf } from "../../lib/apiDoors";
import type { ActionCtx } from "../../lib/functions";
import * as apiQueries from "../../queries/apiQueries";
import { schemaOf, without } from "./answers";
import * as fields from "./fields";
import { type Call, operation, type Operation } from "./operations";

const functions = internal.queries.apiQueries;
const tag = "Challenges";

/** What opens a challenge to others is shown on its page, and not to keys. */
const challengeSchema = without(
  schemaOf(doorOf(apiQueries.challenge).returns),
  "viewKey",
  "joinCode",
);

async function challengeOf(
  { ctx, apiKeyId }: Pick<Call, "apiKeyId"> & { ctx: ActionCtx },
  challengeId: string,
) {
  const input = { challengeId };
  const answer = await ctx.runQuery(functions.challenge, { apiKeyId, input });
  const { viewKey: _viewKey, joinCode: _joinCode, ...challenge } = answer;
  return challenge;
}

/** Who calls, the challenge of the key and its activity types. */
export const challengeOperations: readonly Operation[] = [
  operation({
    method: "get",
    path: "/me",
    tag: "Key",
    operationId: "getMe",
    summary: "Whose key this is, of which challenge, and for what",
    scopes: ["read", "log", "admin"],
    answer: schemaOf(doorOf(apiQueries.me).returns),
    run: async ({ ctx, apiKeyId }) => await ctx.runQuery(functions.me, { apiKeyId }),
  }),
  operation({
    method: "get",
    path: "/challenges",
    tag,
    operationId: "listChallenges",
    summary: "The challenges this key opens: the one it was made for",
    scopes: ["read"],
    answer: {
      type: "object",
      properties: {
        items: { type: "array", items: challengeSchema },
        nextCursor: { type: "null" },
      },
      required: ["items", "nextCursor"],
      additionalProperties: false,
    },
    run: async (call) => ({
      items: [await challengeOf(call, call.challengeId)],
      nextCursor: null,
    }),
  }),
  operation({
    method: "get",
    path: "/challenges/{challengeId}",
    tag,
    operationId: "getChallenge",
    summary: "One challenge with its rules, and the caller's part in it",
    scopes: ["read"],
    params: fields.challengePath,
    answer: challengeSchema,
    run: async (call, { params }) => await challengeOf(call, params.challengeId),
  }),
  operation({
    method: "get",
    path: "/challenges/{challengeId}/activity-types",
    tag,
    operationId: "listActivityTypes",
    summary: "The activity types of a challenge with their current rules, by name",
    scopes: ["read"],
    params: fields.challengePath,
    answer: {
      type: "object",
      properties: { items: schemaOf(doorOf(apiQueries.activityTypesList).returns) },
      required: ["items"],
      additionalProperties: false,
    },
    run: async ({ ctx, apiKeyId }, { params }) => ({
      items: await ctx.runQuery(functions.activityTypesList, { apiKeyId, input: params }),
    }),
  }),
];
