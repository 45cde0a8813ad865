import { v } from "convex/values";
import { needMemberView } from "../lib/access";
import { frozenNameOf } from "../lib/displayNames";
import { need } from "../lib/errors";
import { publicQuery } from "../lib/functions";
import { checkPageSize } from "../lib/rules/pages";
import { finalSnapshot, rowsFrom } from "../lib/snapshots";

const DEFAULT_PAGE = 25;
const MAX_PAGE = 100;

/**
 * The final standings of a challenge, of one version or the newest; null before they are complete. They stay as they
 * were frozen, with the ranks and totals of people whose account was deleted since; an adjusting entry makes another
 * version. `cursor` is the position after which the page begins; `limit` is 25 unless told, at most 100. The answer is
 * the same for everybody who may see the challenge. Refuses NOT_FOUND and INVALID_INPUT.
 */
export const final = publicQuery({
  args: {
    challengeId: v.id("challenges"),
    viewKey: v.optional(v.string()),
    version: v.optional(v.number()),
    cursor: v.optional(v.union(v.number(), v.null())),
    limit: v.optional(v.number()),
  },
  returns: v.union(
    v.object({
      version: v.number(),
      /** UTC ms. */
      readyAt: v.union(v.number(), v.null()),
      page: v.array(
        v.object({
          position: v.number(),
          rank: v.number(),
          userId: v.id("users"),
          displayName: v.string(),
          totalPoints: v.number(),
        }),
      ),
      continueCursor: v.union(v.number(), v.null()),
    }),
    v.null(),
  ),
  handler: async (ctx, { challengeId, viewKey, version, cursor, limit = DEFAULT_PAGE }) => {
    await needMemberView(ctx, challengeId, viewKey);
    const count = need(checkPageSize("limit", limit, MAX_PAGE));
    const snapshot = await finalSnapshot(ctx, challengeId, version);
    if (snapshot === null) return null;
    const rows = await rowsFrom(ctx, snapshot, (cursor ?? 0) + 1, count);
    const page = await Promise.all(
      rows.map(async ({ position, rank, userId, totalPoints }) => {
        const displayName = await frozenNameOf(ctx, { challengeId, userId });
        return { position, rank, userId, displayName, totalPoints };
      }),
    );
    const last = page.at(-1)?.position ?? snapshot.size;
    const continueCursor = last < snapshot.size ? last : null;
    return { version: snapshot.version, readyAt: snapshot.readyAt, page, continueCursor };
  },
});
