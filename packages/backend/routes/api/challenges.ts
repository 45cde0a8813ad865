import { z } from "@hono/zod-openapi";
import { internal } from "../../_generated/api";
import { doorOf } from "../../lib/apiDoors";
import type { ActionCtx } from "../../lib/functions";
import * as apiMutations from "../../mutations/apiMutations";
import * as apiQueries from "../../queries/apiQueries";
import { DONE, itemsSchema, schemaOf, without } from "./answers";
import * as fields from "./fields";
import { type Call, operation, type Operation } from "./operations";

const functions = internal.queries.apiQueries;
const tag = "Challenges";
const MAX_NAME = 400;
const MAX_DESCRIPTION = 8000;
const MAX_ANNOUNCEMENT = 2000;
const backdateDays = z.number().int().min(0).max(366).optional();
const graceHours = z.number().int().min(0).max(720).optional();

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

/** Who calls, the challenge of the key, its people and its achievements. */
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
    method: "post",
    path: "/challenges",
    tag,
    operationId: "createChallenge",
    summary: "Make a challenge, whose first admin is the key's person",
    description: "This key does not open it: make one on its page.",
    scopes: ["admin"],
    body: {
      name: fields.text(MAX_NAME),
      description: fields.text(MAX_DESCRIPTION).optional(),
      startsOn: fields.day,
      endsOn: fields.day,
      timezone: fields.text(MAX_NAME),
      visibility: z.enum(["public", "private"]),
      streakMinPoints: z.number().int().min(1).max(1e6).optional(),
      streakBonus: z.enum(["none", "running"]).optional(),
      backdateDays,
      graceHours,
      starterTypes: z.array(fields.text(MAX_NAME)).max(20).optional(),
    },
    answer: schemaOf(doorOf(apiMutations.createChallenge).returns),
    statuses: [201],
    refusals: ["IDEMPOTENCY_MISMATCH"],
    run: async ({ ctx, apiKeyId, requestId }, { body }) => {
      const fn = internal.mutations.apiMutations.createChallenge;
      return await ctx.runMutation(fn, { apiKeyId, requestId, input: body });
    },
  }),
  operation({
    method: "patch",
    path: "/challenges/{challengeId}",
    tag,
    operationId: "updateChallenge",
    summary: "Change what people read about a challenge, and how long they may log",
    scopes: ["admin"],
    params: fields.challengePath,
    body: {
      name: fields.text(MAX_NAME).optional(),
      description: fields.text(MAX_DESCRIPTION).optional(),
      announcement: fields.text(MAX_ANNOUNCEMENT, "An empty one takes it away.").optional(),
      backdateDays,
      graceHours,
    },
    answer: DONE,
    refusals: ["NOT_CHALLENGE_ADMIN", "IDEMPOTENCY_MISMATCH", "CHALLENGE_FINAL"],
    run: async ({ ctx, apiKeyId, requestId }, { params, body }) => {
      const fn = internal.mutations.apiMutations.updateChallenge;
      await ctx.runMutation(fn, { apiKeyId, requestId, input: { ...params, ...body } });
      return { status: "done" };
    },
  }),
  operation({
    method: "get",
    path: "/challenges/{challengeId}/participants",
    tag,
    operationId: "listParticipants",
    summary: "People who take part and whose name begins with `prefix`, by name",
    scopes: ["read"],
    params: fields.challengePath,
    query: {
      prefix: fields.text(160).default(""),
      limit: z.coerce.number().int().min(1).max(50).default(20),
    },
    answer: itemsSchema(doorOf(apiQueries.participantsSearch).returns),
    run: async ({ ctx, apiKeyId }, { params, query }) => {
      const input = { ...params, ...query };
      return { items: await ctx.runQuery(functions.participantsSearch, { apiKeyId, input }) };
    },
  }),
  operation({
    method: "get",
    path: "/challenges/{challengeId}/achievements",
    tag,
    operationId: "listAchievements",
    summary: "The achievements of a challenge with their rules, by name",
    scopes: ["read"],
    params: fields.challengePath,
    answer: itemsSchema(doorOf(apiQueries.achievementsList).returns),
    run: async ({ ctx, apiKeyId }, { params }) => ({
      items: await ctx.runQuery(functions.achievementsList, { apiKeyId, input: params }),
    }),
  }),
  operation({
    method: "get",
    path: "/challenges/{challengeId}/achievements/mine",
    tag,
    operationId: "listOwnAchievements",
    summary: "How far the caller is towards each achievement, and what they earned",
    scopes: ["read"],
    params: fields.challengePath,
    query: { today: fields.day },
    answer: itemsSchema(doorOf(apiQueries.ownAchievements).returns),
    run: async ({ ctx, apiKeyId }, { params, query }) => {
      const input = { ...params, ...query };
      return { items: await ctx.runQuery(functions.ownAchievements, { apiKeyId, input }) };
    },
  }),
];
