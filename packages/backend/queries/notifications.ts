import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { need } from "../lib/errors";
import { viewerQuery } from "../lib/functions";
import { countUnread, visibleTo } from "../lib/notifications";
import { checkPaging } from "../lib/rules/pages";
import { newsValidator } from "../tables/notifications";

const MAX_PAGE = 100;

/**
 * What the caller was told, newest first, at most 100 a page. What a private challenge told them is gone once they are out
 * of it, so a page may be shorter than asked for. Refuses NOT_SIGNED_IN and INVALID_INPUT.
 */
export const mine = viewerQuery({
  args: { paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(
    v.object({
      notificationId: v.id("notifications"),
      challengeId: v.optional(v.id("challenges")),
      challengeName: v.optional(v.string()),
      news: newsValidator,
      /** UTC ms. */
      at: v.number(),
      isRead: v.boolean(),
    }),
  ),
  handler: async (ctx, { paginationOpts }) => {
    const paging = need(checkPaging(paginationOpts, MAX_PAGE));
    const result = await ctx.db
      .query("notifications")
      .withIndex("by_userId_and_at", (q) => q.eq("userId", ctx.userId))
      .order("desc")
      .paginate(paging);
    const visible = await visibleTo(ctx, ctx.userId, result.page);
    const page = visible.map(({ notification: { _id, news, at, readAt }, challenge }) => ({
      notificationId: _id,
      challengeId: challenge?._id,
      challengeName: challenge?.name,
      news,
      at,
      isRead: readAt !== undefined,
    }));
    return { ...result, page };
  },
});

/**
 * How many unread notifications the caller has among the 99 oldest, and whether there are more than those. Refuses
 * NOT_SIGNED_IN.
 */
export const unread = viewerQuery({
  args: {},
  returns: v.object({ count: v.number(), hasMore: v.boolean() }),
  handler: async (ctx) => await countUnread(ctx, ctx.userId),
});
