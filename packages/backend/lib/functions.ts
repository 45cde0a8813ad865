import { v } from "convex/values";
import { customCtx, customMutation, customQuery } from "convex-helpers/server/customFunctions";
import {
  internalMutation as rawInternalMutation,
  internalQuery,
  mutation,
  query,
} from "../_generated/server";
import { needChallengeAdmin, needParticipant, needViewer } from "./access";
import { refuse } from "./errors";
import { sealCtx } from "./tableOwners";

/**
 * The builders. Each names its audience and there is no default: who may call a function is read off its first line.
 * A mutation's `ctx.db` is sealed, see lib/tableOwners.
 */

/** A query anybody may call, signed in or not; what it shows is decided by `needMemberView`. */
export const publicQuery = query;

/** A query for people who are signed in: `ctx.userId` and `ctx.person` are the caller. Refuses NOT_SIGNED_IN. */
export const viewerQuery = customQuery(query, customCtx(needViewer));

/** A mutation for people who are signed in: `ctx.userId` and `ctx.person` are the caller. Refuses NOT_SIGNED_IN. */
export const viewerMutation = customMutation(
  mutation,
  customCtx(async (raw) => {
    const ctx = sealCtx(raw);
    return { db: ctx.db, ...(await needViewer(ctx)) };
  }),
);

/**
 * A mutation for participants of the challenge named in its arguments: adds `ctx.challenge` and `ctx.participation`.
 * Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT.
 */
export const participantMutation = customMutation(mutation, {
  args: { challengeId: v.id("challenges") },
  input: async (raw, { challengeId }) => {
    const ctx = sealCtx(raw);
    const viewer = await needViewer(ctx);
    const member = await needParticipant({ ...ctx, ...viewer }, challengeId);
    return { ctx: { db: ctx.db, ...viewer, ...member }, args: { challengeId } };
  },
});

/**
 * A mutation for admins of the challenge named in its arguments: adds `ctx.challenge` and `ctx.admin`, the role the
 * caller acts in. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN.
 */
export const challengeAdminMutation = customMutation(mutation, {
  args: { challengeId: v.id("challenges") },
  input: async (raw, { challengeId }) => {
    const ctx = sealCtx(raw);
    const viewer = await needViewer(ctx);
    const admin = await needChallengeAdmin({ ...ctx, ...viewer }, challengeId);
    return { ctx: { db: ctx.db, ...viewer, ...admin }, args: { challengeId } };
  },
});

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

export { internalQuery };
