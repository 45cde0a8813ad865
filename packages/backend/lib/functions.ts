import type { DefaultFunctionArgs, RegisteredMutation, RegisteredQuery } from "convex/server";
import { v } from "convex/values";
import { customCtx, customMutation, customQuery } from "convex-helpers/server/customFunctions";
import type { Id } from "../_generated/dataModel";
import {
  type ActionCtx,
  httpAction,
  internalAction,
  internalMutation as rawInternalMutation,
  internalQuery as rawInternalQuery,
  mutation,
  query,
} from "../_generated/server";
import type { Scope } from "../tables/apiKeys";
import { needChallengeAdmin, needParticipant, needViewer, type Viewer } from "./access";
import { type ApiCall, type Door, doorOf, enterDoor, keeping, withTextIds } from "./apiDoors";
import { needApiCaller } from "./apiKeys";
import { refuse } from "./errors";
import { remembered } from "./idempotency";
import { sealCtx, type WriteCtx } from "./tableOwners";

/**
 * The builders. Each names its audience and there is no default: who may call a function is read off its first line.
 * A mutation's `ctx.db` is sealed, see lib/tableOwners.
 */

const challengeArgs = { challengeId: v.id("challenges") };
type ChallengeArgs = { challengeId: Id<"challenges"> };

/** Audiences that need no more than to know the caller. */
const anybody = { audienceArgs: {}, enter: async () => ({}) };

/** A query anybody may call, signed in or not; what it shows is decided by `needMemberView`. */
export const publicQuery = keeping(query, anybody);

/** A query for people who are signed in: `ctx.userId` and `ctx.person` are the caller. Refuses NOT_SIGNED_IN. */
export const viewerQuery = keeping(customQuery(query, customCtx(needViewer)), anybody);

/** A mutation for people who are signed in: `ctx.userId` and `ctx.person` are the caller. Refuses NOT_SIGNED_IN. */
export const viewerMutation = keeping(
  customMutation(
    mutation,
    customCtx(async (raw) => {
      const ctx = sealCtx(raw);
      return { db: ctx.db, ...(await needViewer(ctx)) };
    }),
  ),
  anybody,
);

/**
 * A mutation for participants of the challenge named in its arguments: adds `ctx.challenge` and `ctx.participation`.
 * Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT.
 */
export const participantMutation = keeping(
  customMutation(mutation, {
    args: challengeArgs,
    input: async (raw, { challengeId }) => {
      const ctx = sealCtx(raw);
      const viewer = await needViewer(ctx);
      const member = await needParticipant({ ...ctx, ...viewer }, challengeId);
      return { ctx: { db: ctx.db, ...viewer, ...member }, args: { challengeId } };
    },
  }),
  {
    audienceArgs: challengeArgs,
    enter: async (ctx: WriteCtx & Viewer, { challengeId }: ChallengeArgs) =>
      await needParticipant(ctx, challengeId),
  },
);

/**
 * A mutation for admins of the challenge named in its arguments: adds `ctx.challenge` and `ctx.admin`, the role the
 * caller acts in. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN.
 */
export const challengeAdminMutation = keeping(
  customMutation(mutation, {
    args: challengeArgs,
    input: async (raw, { challengeId }) => {
      const ctx = sealCtx(raw);
      const viewer = await needViewer(ctx);
      const admin = await needChallengeAdmin({ ...ctx, ...viewer }, challengeId);
      return { ctx: { db: ctx.db, ...viewer, ...admin }, args: { challengeId } };
    },
  }),
  {
    audienceArgs: challengeArgs,
    enter: async (ctx: WriteCtx & Viewer, { challengeId }: ChallengeArgs) =>
      await needChallengeAdmin(ctx, challengeId),
  },
);

/** A mutation for admins of the platform. Refuses NOT_SIGNED_IN, NOT_PLATFORM_ADMIN. */
export const platformAdminMutation = customMutation(
  mutation,
  customCtx(async (raw) => {
    const ctx = sealCtx(raw);
    const viewer = await needViewer(ctx);
    if (!viewer.person.isPlatformAdmin) return refuse({ code: "NOT_PLATFORM_ADMIN" });
    return { db: ctx.db, ...viewer };
  }),
);

/** A mutation for our own functions, crons and `npx convex run`; clients cannot call it. */
export const internalMutation = customMutation(
  rawInternalMutation,
  customCtx((raw) => ({ db: sealCtx(raw).db })),
);

/** A query for admins of the platform. Refuses NOT_SIGNED_IN, NOT_PLATFORM_ADMIN. */
export const platformAdminQuery = customQuery(
  query,
  customCtx(async (ctx) => {
    const viewer = await needViewer(ctx);
    return viewer.person.isPlatformAdmin ? viewer : refuse({ code: "NOT_PLATFORM_ADMIN" });
  }),
);

/** Functions that talk to the outside and write by one mutation an item; clients cannot call `internalAction`s. */
export { type ActionCtx, httpAction, internalAction };

/** A query for our own functions; clients cannot call it. */
export const internalQuery = keeping(rawInternalQuery, anybody);

/**
 * The query behind a route of the HTTP API: a session's query once more, for the person of an API key with one of these
 * scopes. Ids come as text. Refuses what `needApiCaller` refuses, INVALID_INPUT for what is no id, and what the query
 * refuses.
 */
export function apiQuery<Args extends DefaultFunctionArgs, Answer>(
  registered: RegisteredQuery<"public", Args, Answer>,
  ...scopes: Scope[]
): RegisteredQuery<"internal", ApiCall<Args> & DefaultFunctionArgs, Answer> {
  const door = doorOf(registered);
  return internalQuery({
    args: { apiKeyId: v.id("apiKeys"), input: inputOf(door) },
    returns: door.returns,
    handler: async (ctx, { apiKeyId, input }) => {
      const caller = await needApiCaller(ctx, apiKeyId, { scopes, input });
      return await enterDoor({ ...ctx, ...caller }, door, input);
    },
  });
}

/**
 * The mutation behind a route of the HTTP API, as `apiQuery`. With a `requestId` it happens once, however often it is
 * sent.
 *
 * @param rememberAs name to remember its answers by, for doors that take no `requestId` themselves
 */
export function apiMutation<Args extends DefaultFunctionArgs, Answer>(
  registered: RegisteredMutation<"public", Args, Answer>,
  scopes: readonly Scope[],
  rememberAs?: string,
): RegisteredMutation<
  "internal",
  ApiCall<Args> & { requestId?: string } & DefaultFunctionArgs,
  Answer
> {
  const door = doorOf(registered);
  return keptInternalMutation({
    args: {
      apiKeyId: v.id("apiKeys"),
      requestId: v.optional(v.string()),
      input: inputOf(door),
    },
    returns: door.returns,
    handler: async (raw, { apiKeyId, requestId, input }) => {
      const ctx = sealCtx(raw);
      const caller = await needApiCaller(ctx, apiKeyId, { scopes, input });
      const run = async () => await enterDoor({ ...ctx, ...caller }, door, input);
      if (rememberAs === undefined) return await run();
      const call = { actorKey: caller.userId, requestId, fn: rememberAs, args: input };
      return (await remembered(ctx, call, run)).result;
    },
  });
}

const keptInternalMutation = keeping(rawInternalMutation, anybody);
const inputOf = ({ audienceArgs, args }: Door) =>
  v.object(withTextIds({ ...audienceArgs, ...args }));
