import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { needChallengeAdmin, needMemberView } from "../lib/access";
import { totalsOf } from "../lib/challengePoints";
import { displayNameOf } from "../lib/displayNames";
import { need, refuse } from "../lib/errors";
import { publicQuery, viewerQuery } from "../lib/functions";
import { adminIdsOf, participantsByName, participationsPage } from "../lib/participations";
import { MAX_DISPLAY_NAME_LENGTH } from "../lib/people";
import { listedCount } from "../lib/ranks";
import { checkPageSize, checkPaging } from "../lib/rules/pages";
import { participationStatusValidator, roleValidator } from "../tables/challenges";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 50;

function needPrefix(prefix: string): void {
  if (prefix.length <= 2 * MAX_DISPLAY_NAME_LENGTH) return;
  const problem = `must be at most ${2 * MAX_DISPLAY_NAME_LENGTH} characters`;
  refuse({ code: "INVALID_INPUT", path: "prefix", problem });
}

/**
 * People who take part in a challenge and whose display name begins with `prefix`, by name: the first `limit` (20
 * unless told, at most 50). Capitals and accents do not matter, and an empty prefix begins every name. People who left
 * are not among them; those who are on no board by their own wish are. Refuses NOT_FOUND and INVALID_INPUT.
 */
export const search = publicQuery({
  args: {
    challengeId: v.id("challenges"),
    viewKey: v.optional(v.string()),
    prefix: v.string(),
    limit: v.optional(v.number()),
  },
  returns: v.array(
    v.object({ userId: v.id("users"), displayName: v.string(), isRanked: v.boolean() }),
  ),
  handler: async (ctx, { challengeId, viewKey, prefix, limit = DEFAULT_LIMIT }) => {
    await needMemberView(ctx, challengeId, viewKey);
    need(checkPageSize("limit", limit, MAX_LIMIT));
    needPrefix(prefix);
    const found = await participantsByName(ctx, challengeId, { prefix, limit });
    return await Promise.all(
      found.map(async ({ userId, isUnranked }) => ({
        userId,
        displayName: await displayNameOf(ctx, userId),
        isRanked: isUnranked !== true,
      })),
    );
  },
});

/**
 * How many people are on the board of a challenge (late by about a second; people on no board by their own wish are not
 * counted), and who organises it, at most 100. Refuses NOT_FOUND.
 */
export const summary = publicQuery({
  args: { challengeId: v.id("challenges"), viewKey: v.optional(v.string()) },
  returns: v.object({
    ranked: v.number(),
    organisers: v.array(v.object({ userId: v.id("users"), displayName: v.string() })),
  }),
  handler: async (ctx, { challengeId, viewKey }) => {
    await needMemberView(ctx, challengeId, viewKey);
    const admins = await adminIdsOf(ctx, challengeId);
    const organisers = await Promise.all(
      admins.map(async (userId) => ({ userId, displayName: await displayNameOf(ctx, userId) })),
    );
    return { ranked: await listedCount(ctx, challengeId), organisers };
  },
});

/**
 * The people of a challenge who have one status, by name, at most 50 a page, for its admins; with `prefix` those whose
 * name begins with it. Whose account was deleted is "Former participant". Refuses NOT_SIGNED_IN, NOT_FOUND,
 * NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN and INVALID_INPUT.
 */
export const list = viewerQuery({
  args: {
    challengeId: v.id("challenges"),
    status: participationStatusValidator,
    prefix: v.optional(v.string()),
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(
    v.object({
      userId: v.id("users"),
      displayName: v.string(),
      role: roleValidator,
      /** UTC ms. */
      joinedAt: v.number(),
      totalPoints: v.number(),
      isRanked: v.boolean(),
      /** Their points are being taken away. */
      isLosingPoints: v.boolean(),
    }),
  ),
  handler: async (ctx, { challengeId, status, prefix = "", paginationOpts }) => {
    await needChallengeAdmin(ctx, challengeId);
    const paging = need(checkPaging(paginationOpts, MAX_LIMIT));
    needPrefix(prefix);
    const result = await participationsPage(ctx, challengeId, { status, prefix }, paging);
    const userIds = result.page.map(({ userId }) => userId);
    const totals = await totalsOf(ctx, challengeId, userIds);
    const page = await Promise.all(
      result.page.map(async ({ userId, role, joinedAt, isUnranked, isLosingPoints }, index) => ({
        userId,
        displayName: await displayNameOf(ctx, userId),
        role,
        joinedAt,
        totalPoints: totals[index] ?? 0,
        isRanked: isUnranked !== true,
        isLosingPoints: isLosingPoints === true,
      })),
    );
    return { ...result, page };
  },
});
