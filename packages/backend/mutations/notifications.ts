import { v } from "convex/values";
import { refuse } from "../lib/errors";
import { viewerMutation } from "../lib/functions";
import { markRead as mark } from "../lib/notifications";

const MAX_NAMED = 100;

/**
 * Marks notifications of the caller as read: those named (at most 100; others' are passed over), or without names the
 * oldest 500 unread ones; `hasMore` says that some are left, which another call marks. Refuses NOT_SIGNED_IN and
 * INVALID_INPUT.
 */
export const markRead = viewerMutation({
  args: { notificationIds: v.optional(v.array(v.id("notifications"))) },
  returns: v.object({ marked: v.number(), hasMore: v.boolean() }),
  handler: async (ctx, { notificationIds }) => {
    if (notificationIds !== undefined && notificationIds.length > MAX_NAMED) {
      const problem = `must be at most ${MAX_NAMED}`;
      refuse({ code: "INVALID_INPUT", path: "notificationIds", problem });
    }
    return await mark(ctx, ctx.userId, notificationIds);
  },
});
