import { apiQuery } from "../lib/functions";
import * as activities from "./activities";
import * as activityTypes from "./activityTypes";
import * as challenges from "./challenges";
import * as leaderboards from "./leaderboards";

/** `queries/challenges:get` by key. */
export const challenge = apiQuery(challenges.get, "read");
/** `queries/activityTypes:list` by key. */
export const activityTypesList = apiQuery(activityTypes.list, "read");
/** `queries/activities:history` by key. */
export const activitiesList = apiQuery(activities.history, "read");
/** `queries/leaderboards:page` by key. */
export const leaderboard = apiQuery(leaderboards.page, "read");
/** `queries/leaderboards:standing` by key. */
export const standing = apiQuery(leaderboards.standing, "read");
