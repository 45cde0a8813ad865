import { z } from "@hono/zod-openapi";
import { internal } from "../../_generated/api";
import { doorOf } from "../../lib/apiDoors";
import * as apiQueries from "../../queries/apiQueries";
import { listSchema, pageOf, schemaOf } from "./answers";
import { readCursor, writeCursor } from "./cursors";
import * as fields from "./fields";
import { operation, type Operation } from "./operations";

const functions = internal.queries.apiQueries;
const tag = "Points";
const MAX_KEY = 400;
const board = {
  board: z.enum(["total", "week", "category"]).optional().openapi({
    description: "Which board; the total unless told.",
  }),
  key: fields.text(MAX_KEY, "Of a week its number from 1, of a category its name.").optional(),
};

/** Boards, standings and the ledger behind them. */
export const boardOperations: readonly Operation[] = [
  operation({
    method: "get",
    path: "/challenges/{challengeId}/leaderboard",
    tag,
    operationId: "getLeaderboard",
    summary: "A leaderboard, most points first; equal points share a rank",
    scopes: ["read"],
    params: fields.challengePath,
    query: { ...fields.paging(50), ...board, today: fields.today },
    answer: listSchema(pageOf(doorOf(apiQueries.leaderboard).returns)),
    run: async ({ ctx, apiKeyId, list }, { params, query }) => {
      const cursor = readCursor(list, query.cursor);
      const input = { ...params, ...query, cursor };
      const result = await ctx.runQuery(functions.leaderboard, { apiKeyId, input });
      return { items: result.page, nextCursor: writeCursor(list, result) };
    },
  }),
  operation({
    method: "get",
    path: "/challenges/{challengeId}/standing",
    tag,
    operationId: "getStanding",
    summary: "A person's rank, points and streak; the caller's own without `userId`",
    scopes: ["read"],
    params: fields.challengePath,
    query: { ...board, userId: fields.id("a participant").optional(), today: fields.today },
    answer: schemaOf(doorOf(apiQueries.standing).returns),
    run: async ({ ctx, apiKeyId }, { params, query }) => {
      const input = { ...params, ...query };
      return await ctx.runQuery(functions.standing, { apiKeyId, input });
    },
  }),
  operation({
    method: "get",
    path: "/challenges/{challengeId}/points/events",
    tag,
    operationId: "listPointEvents",
    summary: "The ledger of a person's points, newest event first",
    description: "The caller's own; anybody's with `userId`, for admins with the scope `admin`.",
    scopes: ["read"],
    params: fields.challengePath,
    query: { ...fields.paging(100), userId: fields.id("a participant").optional() },
    answer: listSchema(pageOf(doorOf(apiQueries.pointEvents).returns)),
    run: async ({ ctx, apiKeyId, list }, { params, query: { cursor, limit, userId } }) => {
      const paginationOpts = { cursor: readCursor(list, cursor), numItems: limit };
      const input = { ...params, userId, paginationOpts };
      const result = await ctx.runQuery(functions.pointEvents, { apiKeyId, input });
      return { items: result.page, nextCursor: writeCursor(list, result) };
    },
  }),
];
