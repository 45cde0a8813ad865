import type { Doc, Id } from "../_generated/dataModel";
import { needChallengeAdmin, type Viewer } from "./access";
import { need, refuse } from "./errors";
import { record } from "./moderationLog";
import { notify } from "./notifications";
import { MAX_NOTES_LENGTH } from "./rules/deeds";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";
import { checkText } from "./text";

type Comment = Doc<"comments">;

const MAX_COMMENTS = 50;

/** The comments on an activity for one audience, oldest first, at most 50. */
export async function commentsOf(
  ctx: ReadCtx,
  activityId: Id<"activities">,
  audience: Comment["audience"],
): Promise<Comment[]> {
  return await ctx.db
    .query("comments")
    .withIndex("by_activityId_and_audience", (q) =>
      q.eq("activityId", activityId).eq("audience", audience),
    )
    .take(MAX_COMMENTS);
}

/**
 * Writes an organiser's comment on an activity, for the organisers alone or for its person, who is told that there is one.
 * Refuses NOT_FOUND (`activity`), NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, INVALID_INPUT (`text`) and LIMIT_REACHED
 * (`comments`, 50 an activity and audience).
 */
export async function addComment(
  ctx: WriteCtx & Viewer,
  wish: { activityId: Id<"activities">; audience: Comment["audience"]; text: string },
): Promise<Id<"comments">> {
  const { activityId, audience } = wish;
  const found = await ctx.db.get("activities", activityId);
  const { challengeId, userId } = found ?? refuse({ code: "NOT_FOUND", what: "activity" });
  const { admin } = await needChallengeAdmin(ctx, challengeId, "activity");
  const text = need(checkText(wish.text, "text", MAX_NOTES_LENGTH));
  if (text === "") refuse({ code: "INVALID_INPUT", path: "text", problem: "must not be empty" });
  if ((await commentsOf(ctx, activityId, audience)).length >= MAX_COMMENTS)
    refuse({ code: "LIMIT_REACHED", limit: "comments", max: MAX_COMMENTS });
  const authorId = ctx.userId;
  const comment = { challengeId, activityId, userId, authorId, audience, text, at: Date.now() };
  const commentId = await openTable(ctx, "comments").insert(comment);
  await record(ctx, admin, { challengeId, action: "commented", userId, activityId });
  if (audience === "participant" && userId !== authorId)
    await notify(ctx, [userId], { challengeId, news: { kind: "adminComment", activityId } });
  return commentId;
}

/**
 * Deletes a comment, whoever of the organisers wrote it; that there was one stays in the log. Refuses NOT_FOUND
 * (`comment`), NOT_PARTICIPANT and NOT_CHALLENGE_ADMIN.
 */
export async function deleteComment(
  ctx: WriteCtx & Viewer,
  commentId: Id<"comments">,
): Promise<void> {
  const found = await ctx.db.get("comments", commentId);
  const { challengeId, userId, activityId } =
    found ?? refuse({ code: "NOT_FOUND", what: "comment" });
  const { admin } = await needChallengeAdmin(ctx, challengeId, "comment");
  await openTable(ctx, "comments").delete(commentId);
  await record(ctx, admin, { challengeId, action: "commentDeleted", userId, activityId });
}

/** Deletes the comments of a challenge, about a person or by one, at most `limit`; answers how many. */
export async function eraseComments(
  ctx: WriteCtx,
  of: { challengeId: Id<"challenges"> } | { userId: Id<"users"> } | { authorId: Id<"users"> },
  limit: number,
): Promise<number> {
  const all = ctx.db.query("comments");
  const rows =
    "challengeId" in of
      ? all.withIndex("by_challengeId", (q) => q.eq("challengeId", of.challengeId))
      : "userId" in of
        ? all.withIndex("by_userId", (q) => q.eq("userId", of.userId))
        : all.withIndex("by_authorId", (q) => q.eq("authorId", of.authorId));
  return await eraseRows(openTable(ctx, "comments"), await rows.take(limit));
}
