import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import { needMemberView, viewerOf, viewKeyOf } from "../lib/access";
import { challengeByCode, isShutOut } from "../lib/challenges";
import { need } from "../lib/errors";
import { publicQuery, viewerQuery } from "../lib/functions";
import { activeParticipationsOf, participationOf } from "../lib/participations";
import { listedCount } from "../lib/ranks";
import { checkPaging } from "../lib/rules/pages";
import {
  announcementValidator,
  participationStatusValidator,
  roleValidator,
  streakBonusValidator,
  visibilityValidator,
} from "../tables/challenges";

const MAX_PAGE = 100;

const summaryFields = {
  challengeId: v.id("challenges"),
  name: v.string(),
  startsOn: v.string(),
  endsOn: v.string(),
  timezone: v.string(),
};

function summaryOf({ _id, name, startsOn, endsOn, timezone }: Doc<"challenges">) {
  return { challengeId: _id, name, startsOn, endsOn, timezone };
}

/** The public challenges, newest first, at most 100 a page. Refuses INVALID_INPUT. */
export const list = publicQuery({
  args: { paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(v.object({ ...summaryFields, description: v.string() })),
  handler: async (ctx, { paginationOpts }) => {
    const paging = need(checkPaging(paginationOpts, MAX_PAGE));
    const result = await ctx.db
      .query("challenges")
      .withIndex("by_visibility", (q) => q.eq("visibility", "public"))
      .order("desc")
      .paginate(paging);
    const page = result.page.map((challenge) => ({
      ...summaryOf(challenge),
      description: challenge.description,
    }));
    return { ...result, page };
  },
});

/** The challenges the caller takes part in, last joined first, at most 100. Refuses NOT_SIGNED_IN. */
export const mine = viewerQuery({
  args: {},
  returns: v.array(
    v.object({
      ...summaryFields,
      visibility: visibilityValidator,
      role: roleValidator,
      status: participationStatusValidator,
    }),
  ),
  handler: async (ctx) => {
    const participations = await activeParticipationsOf(ctx, ctx.userId);
    const rows = await Promise.all(
      participations.map(async ({ challengeId, role, status }) => {
        const challenge = await ctx.db.get("challenges", challengeId);
        return (
          challenge && { ...summaryOf(challenge), visibility: challenge.visibility, role, status }
        );
      }),
    );
    return rows.filter((row) => row !== null);
  },
});

/**
 * One challenge and the caller's part in it. Members of a private one get its view key, which its other queries take,
 * and admins the join code. Refuses NOT_FOUND, also for a private challenge of other people.
 */
export const get = publicQuery({
  args: { challengeId: v.id("challenges") },
  returns: v.object({
    ...summaryFields,
    description: v.string(),
    visibility: visibilityValidator,
    streakMinPoints: v.number(),
    streakBonus: streakBonusValidator,
    streakBonusDailyCap: v.number(),
    backdateDays: v.number(),
    graceHours: v.number(),
    finalDaysFrom: v.number(),
    isFinal: v.boolean(),
    announcement: v.optional(announcementValidator),
    viewer: v.union(
      v.object({
        userId: v.id("users"),
        role: roleValidator,
        status: participationStatusValidator,
      }),
      v.null(),
    ),
    viewKey: v.optional(v.string()),
    joinCode: v.optional(v.string()),
  }),
  handler: async (ctx, { challengeId }) => {
    const challenge = await needMemberView(ctx, challengeId, undefined);
    const viewer = await viewerOf(ctx);
    const part = viewer && (await participationOf(ctx, challengeId, viewer.userId));
    const isAdmin = part?.role === "admin" || viewer?.person.isPlatformAdmin === true;
    const isPrivate = challenge.visibility === "private";
    return {
      ...summaryOf(challenge),
      description: challenge.description,
      visibility: challenge.visibility,
      streakMinPoints: challenge.streakMinPoints,
      streakBonus: challenge.streakBonus,
      streakBonusDailyCap: challenge.streakBonusDailyCap,
      backdateDays: challenge.backdateDays,
      graceHours: challenge.graceHours,
      finalDaysFrom: challenge.finalDaysFrom,
      isFinal: challenge.finalAt !== undefined,
      announcement: challenge.announcement,
      viewer: part && { userId: part.userId, role: part.role, status: part.status },
      // Only who may see a private challenge gets this far; of a public one nobody needs it.
      viewKey: isPrivate ? ((await viewKeyOf(ctx, challengeId)) ?? undefined) : undefined,
      joinCode: isAdmin ? challenge.joinCode : undefined,
    };
  },
});

/**
 * What a join code invites to, so that people know it before they join: it takes the code alone, with which anybody can
 * come in and see more. It names no people, and the challenge's id only to who is in already. Null for a code that lets
 * nobody in (any more), and for whom organisers banned, as `join` answers them. `people` is how many are on the board,
 * late by about a second.
 */
export const invitation = publicQuery({
  args: { joinCode: v.string() },
  returns: v.union(
    v.object({
      ...summaryFields,
      challengeId: v.union(v.id("challenges"), v.null()),
      description: v.string(),
      isFinal: v.boolean(),
      people: v.number(),
    }),
    v.null(),
  ),
  handler: async (ctx, { joinCode }) => {
    const challenge = await challengeByCode(ctx, joinCode);
    if (challenge === null) return null;
    const viewer = await viewerOf(ctx);
    const part = viewer && (await participationOf(ctx, challenge._id, viewer.userId));
    if (isShutOut(part)) return null;
    return {
      ...summaryOf(challenge),
      challengeId: part?.status === "active" ? challenge._id : null,
      description: challenge.description,
      isFinal: challenge.finalAt !== undefined,
      people: await listedCount(ctx, challenge._id),
    };
  },
});
