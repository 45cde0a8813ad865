import { z } from "@hono/zod-openapi";
import { internal } from "../../_generated/api";
import { doorOf } from "../../lib/apiDoors";
import * as apiMutations from "../../mutations/apiMutations";
import * as apiQueries from "../../queries/apiQueries";
import { DONE, itemsSchema, schemaOf } from "./answers";
import * as fields from "./fields";
import { type Call, operation, type Operation } from "./operations";

const queries = internal.queries.apiQueries;
const functions = internal.mutations.apiMutations;
const tag = "Mini-games";
const MAX_NAME = 400;
const admin = ["admin"] as const;

const points = z.number().int().min(0).max(1e6).optional();
const settings = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("partnerWeek"),
    sharePercent: z.number().int().min(0).max(100).optional(),
  }),
  z.strictObject({ kind: z.literal("huntWeek"), catchPoints: points, caughtPoints: points }),
  z.strictObject({ kind: z.literal("prWeek"), recordPoints: points }),
]);

const preview = {
  cursor: z.coerce.number().int().min(0).max(1e6).optional().openapi({
    description: "The `continueCursor` of the page before.",
  }),
  limit: z.coerce.number().int().min(1).max(50).default(25),
};

/** A change of a game that answers nothing. */
function change(
  verb: "start" | "end" | "cancel" | "reverse",
  summary: string,
  run: (call: Call, input: { gameId: string }) => Promise<null>,
): Operation {
  return operation({
    method: "post",
    path: `/mini-games/{gameId}/${verb}`,
    tag,
    operationId: `${verb}MiniGame`,
    summary,
    scopes: admin,
    params: fields.gamePath,
    body: {},
    answer: DONE,
    refusals: ["NOT_CHALLENGE_ADMIN", "IDEMPOTENCY_MISMATCH", "CHALLENGE_FINAL"],
    run: async (call, { params }) => {
      await run(call, params);
      return { status: "done" };
    },
  });
}

/** Mini-games: made, previewed, started, ended, cancelled, taken back. */
export const miniGameOperations: readonly Operation[] = [
  operation({
    method: "get",
    path: "/challenges/{challengeId}/mini-games",
    tag,
    operationId: "listMiniGames",
    summary: "The mini-games of a challenge, newest first",
    scopes: ["read"],
    params: fields.challengePath,
    answer: itemsSchema(doorOf(apiQueries.miniGamesList).returns),
    run: async ({ ctx, apiKeyId }, { params }) => ({
      items: await ctx.runQuery(queries.miniGamesList, { apiKeyId, input: params }),
    }),
  }),
  operation({
    method: "post",
    path: "/challenges/{challengeId}/mini-games",
    tag,
    operationId: "createMiniGame",
    summary: "Make a draft of a mini-game",
    scopes: admin,
    params: fields.challengePath,
    body: { name: fields.text(MAX_NAME), startsOn: fields.day, endsOn: fields.day, settings },
    answer: schemaOf(doorOf(apiMutations.createMiniGame).returns),
    statuses: [201],
    refusals: ["NOT_CHALLENGE_ADMIN", "LIMIT_REACHED", "IDEMPOTENCY_MISMATCH", "CHALLENGE_FINAL"],
    run: async ({ ctx, apiKeyId, requestId }, { params, body }) => {
      const input = { ...params, ...body, requestId };
      return await ctx.runMutation(functions.createMiniGame, { apiKeyId, input });
    },
  }),
  operation({
    method: "get",
    path: "/mini-games/{gameId}",
    tag,
    operationId: "getMiniGame",
    summary: "One mini-game, and how the caller stands in it",
    scopes: ["read"],
    params: fields.gamePath,
    answer: schemaOf(doorOf(apiQueries.miniGame).returns),
    run: async ({ ctx, apiKeyId }, { params }) =>
      await ctx.runQuery(queries.miniGame, { apiKeyId, input: params }),
  }),
  operation({
    method: "get",
    path: "/mini-games/{gameId}/preview-start",
    tag,
    operationId: "previewMiniGameStart",
    summary: "What starting a draft now would do: who plays with or against whom",
    scopes: admin,
    params: fields.gamePath,
    query: preview,
    answer: schemaOf(doorOf(apiQueries.miniGamePreviewStart).returns),
    refusals: ["NOT_CHALLENGE_ADMIN", "CHALLENGE_FINAL"],
    run: async ({ ctx, apiKeyId }, { params, query }) => {
      const input = { ...params, ...query };
      return await ctx.runQuery(queries.miniGamePreviewStart, { apiKeyId, input });
    },
  }),
  operation({
    method: "get",
    path: "/mini-games/{gameId}/preview-end",
    tag,
    operationId: "previewMiniGameEnd",
    summary: "What ending an active game on `today` would give its players",
    scopes: admin,
    params: fields.gamePath,
    query: { ...preview, today: fields.day },
    answer: schemaOf(doorOf(apiQueries.miniGamePreviewEnd).returns),
    refusals: ["NOT_CHALLENGE_ADMIN", "CHALLENGE_FINAL"],
    run: async ({ ctx, apiKeyId }, { params, query }) => {
      const input = { ...params, ...query };
      return await ctx.runQuery(queries.miniGamePreviewEnd, { apiKeyId, input });
    },
  }),
  change("start", "Start a draft now", async ({ ctx, apiKeyId, requestId }, input) =>
    ctx.runMutation(functions.startMiniGame, { apiKeyId, requestId, input }),
  ),
  change(
    "end",
    "End an active game now and settle it",
    async ({ ctx, apiKeyId, requestId }, input) =>
      ctx.runMutation(functions.endMiniGame, { apiKeyId, requestId, input }),
  ),
  change(
    "cancel",
    "Cancel a game before it is completed",
    async ({ ctx, apiKeyId, requestId }, input) =>
      ctx.runMutation(functions.cancelMiniGame, { apiKeyId, requestId, input }),
  ),
  change(
    "reverse",
    "Take a completed game back, within 48 hours",
    async ({ ctx, apiKeyId, requestId }, input) =>
      ctx.runMutation(functions.reverseMiniGame, { apiKeyId, requestId, input }),
  ),
];
