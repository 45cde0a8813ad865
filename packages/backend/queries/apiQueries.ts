import { v } from "convex/values";
import { needApiCaller } from "../lib/apiKeys";
import { apiQuery, internalQuery } from "../lib/functions";
import { scopeValidator } from "../tables/apiKeys";
import * as activities from "./activities";
import * as activityTypes from "./activityTypes";
import * as challenges from "./challenges";
import * as leaderboards from "./leaderboards";
import * as points from "./points";

/** Whose key it is, and what it may do. Refuses what `needApiCaller` refuses. */
export const me = internalQuery({
  args: { apiKeyId: v.id("apiKeys") },
  returns: v.object({
    userId: v.id("users"),
    displayName: v.string(),
    timezone: v.optional(v.string()),
    challengeId: v.id("challenges"),
    scopes: v.array(scopeValidator),
  }),
  handler: async (ctx, { apiKeyId }) => {
    const any = { scopes: ["read", "log", "admin"] as const, input: {} };
    const { userId, person, apiKey } = await needApiCaller(ctx, apiKeyId, any);
    const { displayName, timezone } = person;
    const { challengeId, scopes } = apiKey;
    return { userId, displayName, timezone, challengeId, scopes: [...scopes] };
  },
});

/** `queries/challenges:get` by key. */
export const challenge = apiQuery(challenges.get, "read");
/** `queries/activityTypes:list` by key. */
export const activityTypesList = apiQuery(activityTypes.list, "read");
/** `queries/activities:history` by key. */
export const activitiesList = apiQuery(activities.history, "read");
/** `queries/activities:get` by key. */
export const activity = apiQuery(activities.get, "read");
/** `queries/leaderboards:page` by key. */
export const leaderboard = apiQuery(leaderboards.page, "read");
/** `queries/leaderboards:standing` by key. */
export const standing = apiQuery(leaderboards.standing, "read");
/** `queries/points:events` by key. */
export const pointEvents = apiQuery(points.events, "read");
