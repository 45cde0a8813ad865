import { v } from "convex/values";
import { needApiCaller } from "../lib/apiKeys";
import { apiQuery, internalQuery } from "../lib/functions";
import { scopeValidator } from "../tables/apiKeys";
import * as activities from "./activities";
import * as activityTypes from "./activityTypes";
import * as challenges from "./challenges";
import * as achievements from "./achievements";
import * as imports from "./imports";
import * as leaderboards from "./leaderboards";
import * as maintenance from "./maintenance";
import * as miniGames from "./miniGames";
import * as moderation from "./moderation";
import * as participants from "./participants";
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
/** `queries/participants:search` by key. */
export const participantsSearch = apiQuery(participants.search, "read");
/** `queries/achievements:list` by key. */
export const achievementsList = apiQuery(achievements.list, "read");
/** `queries/achievements:mine` by key. */
export const ownAchievements = apiQuery(achievements.mine, "read");
/** `queries/miniGames:list` by key. */
export const miniGamesList = apiQuery(miniGames.list, "read");
/** `queries/miniGames:get` by key. */
export const miniGame = apiQuery(miniGames.get, "read");
/** `queries/miniGames:previewStart` by key. */
export const miniGamePreviewStart = apiQuery(miniGames.previewStart, "admin");
/** `queries/miniGames:previewEnd` by key. */
export const miniGamePreviewEnd = apiQuery(miniGames.previewEnd, "admin");
/** `queries/maintenance:health` by key. */
export const health = apiQuery(maintenance.health, "admin");
/** `queries/maintenance:impact` by key. */
export const jobImpact = apiQuery(maintenance.impact, "admin");
/** `queries/moderation:held` by key. */
export const heldActivities = apiQuery(moderation.held, "read");
/** `queries/imports:preview` by key, for whoever may import. */
export const importPreview = apiQuery(imports.preview, "log", "admin");
/** `queries/maintenance:job` by key. */
export const job = apiQuery(maintenance.job, "admin");
