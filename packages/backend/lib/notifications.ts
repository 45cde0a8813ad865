import type { Doc, Id } from "../_generated/dataModel";
import type { News } from "../tables/notifications";
import { activeParticipation } from "./access";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";

type Notification = Doc<"notifications">;

/** Unread ones are counted up to here. */
const MAX_UNREAD = 99;
/** One call marks at most so many as read. */
const MAX_MARKED = 500;
const KEPT_MS = 90 * 24 * 60 * 60 * 1000;

/**
 * Tells people something inside the product, in the transaction it happens in.
 *
 * @param to at most 100 people
 */
export async function notify(
  ctx: WriteCtx,
  to: ReadonlyArray<Id<"users">>,
  about: { challengeId?: Id<"challenges">; news: News },
): Promise<void> {
  const table = openTable(ctx, "notifications");
  for (const userId of to) await table.insert({ userId, ...about, at: Date.now() });
}

/** How many unread notifications a person may still see: among the 99 oldest, and whether there are more than those. */
export async function countUnread(
  ctx: ReadCtx,
  userId: Id<"users">,
): Promise<{ count: number; hasMore: boolean }> {
  const unread = await unreadOf(ctx, userId, MAX_UNREAD + 1);
  const visible = await visibleTo(ctx, userId, unread.slice(0, MAX_UNREAD));
  return { count: visible.length, hasMore: unread.length > MAX_UNREAD };
}

/** A person's unread notifications, oldest first. */
async function unreadOf(ctx: ReadCtx, userId: Id<"users">, limit: number): Promise<Notification[]> {
  return await ctx.db
    .query("notifications")
    .withIndex("by_userId_and_readAt", (q) => q.eq("userId", userId).eq("readAt", undefined))
    .take(limit);
}

/**
 * The notifications a person may still see, each with its challenge: those of a private challenge they are not in any
 * more are left out, except that they were removed from it, which names nothing.
 */
export async function visibleTo(
  ctx: ReadCtx,
  userId: Id<"users">,
  notifications: readonly Notification[],
): Promise<Array<{ notification: Notification; challenge: Doc<"challenges"> | null }>> {
  const known = new Map<Id<"challenges">, Doc<"challenges"> | null>();
  const visible = [];
  for (const notification of notifications) {
    const { challengeId, news } = notification;
    if (challengeId !== undefined && !known.has(challengeId))
      known.set(challengeId, await visibleChallenge(ctx, challengeId, userId));
    const challenge = (challengeId && known.get(challengeId)) ?? null;
    const isOpen = challengeId === undefined || challenge !== null || news.kind === "removed";
    if (isOpen) visible.push({ notification, challenge });
  }
  return visible;
}

async function visibleChallenge(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  userId: Id<"users">,
): Promise<Doc<"challenges"> | null> {
  const challenge = await ctx.db.get("challenges", challengeId);
  if (challenge?.visibility !== "private") return challenge;
  return (await activeParticipation(ctx, challengeId, userId)) && challenge;
}

/**
 * Marks a person's own notifications as read: those named, or the oldest 500 unread ones. Others are passed over.
 *
 * @returns how many it marked, and whether unread ones are left that were to be marked
 */
export async function markRead(
  ctx: WriteCtx,
  userId: Id<"users">,
  ids: ReadonlyArray<Id<"notifications">> | undefined,
): Promise<{ marked: number; hasMore: boolean }> {
  const named =
    ids === undefined
      ? await unreadOf(ctx, userId, MAX_MARKED + 1)
      : await Promise.all([...new Set(ids)].map((id) => ctx.db.get("notifications", id)));
  const table = openTable(ctx, "notifications");
  const unread = named.filter((one) => one?.userId === userId && one.readAt === undefined);
  const marked = unread.slice(0, MAX_MARKED);
  for (const one of marked) if (one !== null) await table.patch(one._id, { readAt: Date.now() });
  return { marked: marked.length, hasMore: unread.length > MAX_MARKED };
}

/**
 * Deletes notifications older than 90 days, read or not.
 *
 * @param limit at most so many
 * @returns how many it deleted
 */
export async function pruneNotifications(ctx: WriteCtx, limit: number): Promise<number> {
  const table = openTable(ctx, "notifications");
  const old = await ctx.db
    .query("notifications")
    .withIndex("by_at", (q) => q.lt("at", Date.now() - KEPT_MS))
    .take(limit);
  for (const one of old) await table.delete(one._id);
  return old.length;
}

/** Deletes what was told about a challenge or to a person, at most `limit`; answers how many. */
export async function eraseNotifications(
  ctx: WriteCtx,
  of: { challengeId: Id<"challenges"> } | { userId: Id<"users"> },
  limit: number,
): Promise<number> {
  const all = ctx.db.query("notifications");
  const rows =
    "challengeId" in of
      ? all.withIndex("by_challengeId", (q) => q.eq("challengeId", of.challengeId))
      : all.withIndex("by_userId_and_at", (q) => q.eq("userId", of.userId));
  return await eraseRows(openTable(ctx, "notifications"), await rows.take(limit));
}
