import { apiMutation } from "../lib/functions";
import * as activities from "./activities";
import * as activityTypes from "./activityTypes";
import * as challenges from "./challenges";
import * as imports from "./imports";
import * as maintenance from "./maintenance";
import * as miniGames from "./miniGames";
import * as moderation from "./moderation";

const WRITE = ["log", "admin"] as const;
const ADMIN = ["admin"] as const;

/** `mutations/activities:log` by key. On one's own account with the scope `log`, for others with `admin`. */
export const logActivity = apiMutation(activities.log, WRITE);
/** `mutations/activities:edit` by key. */
export const editActivity = apiMutation(activities.edit, WRITE);
/** `mutations/activities:remove` by key. */
export const removeActivity = apiMutation(activities.remove, WRITE);
/** `mutations/activities:restore` by key. */
export const restoreActivity = apiMutation(activities.restore, WRITE);
/** `mutations/moderation:decideHeld` by key. */
export const decideHeld = apiMutation(moderation.decideHeld, WRITE);
/** `mutations/moderation:appeal` by key. */
export const appeal = apiMutation(moderation.appeal, ["log"], "mutations/moderation:appeal");
/** `mutations/imports:importActivities` by key. */
export const importActivities = apiMutation(imports.importActivities, WRITE);

/** `mutations/challenges:create` by key: the new challenge needs a key of its own. */
export const createChallenge = apiMutation(challenges.create, ADMIN, "mutations/challenges:create");
/** `mutations/challenges:update` by key. */
export const updateChallenge = apiMutation(challenges.update, ADMIN, "mutations/challenges:update");

/** `mutations/activityTypes:create` by key. */
export const createActivityType = apiMutation(
  activityTypes.create,
  ADMIN,
  "mutations/activityTypes:create",
);
/** `mutations/activityTypes:update` by key. */
export const updateActivityType = apiMutation(
  activityTypes.update,
  ADMIN,
  "mutations/activityTypes:update",
);
/** `mutations/activityTypes:preview` by key. */
export const previewActivityType = apiMutation(
  activityTypes.preview,
  ADMIN,
  "mutations/activityTypes:preview",
);

/** `mutations/miniGames:create` by key. */
export const createMiniGame = apiMutation(miniGames.create, ADMIN);
/** `mutations/miniGames:start` by key. */
export const startMiniGame = apiMutation(miniGames.start, ADMIN, "mutations/miniGames:start");
/** `mutations/miniGames:end` by key. */
export const endMiniGame = apiMutation(miniGames.end, ADMIN, "mutations/miniGames:end");
/** `mutations/miniGames:cancel` by key. */
export const cancelMiniGame = apiMutation(miniGames.cancel, ADMIN, "mutations/miniGames:cancel");
/** `mutations/miniGames:reverse` by key. */
export const reverseMiniGame = apiMutation(miniGames.reverse, ADMIN, "mutations/miniGames:reverse");

/** `mutations/maintenance:start` by key. */
export const startJob = apiMutation(maintenance.start, ADMIN, "mutations/maintenance:start");
/** `mutations/maintenance:pause` by key. */
export const pauseJob = apiMutation(maintenance.pause, ADMIN, "mutations/maintenance:pause");
/** `mutations/maintenance:resume` by key. */
export const resumeJob = apiMutation(maintenance.resume, ADMIN, "mutations/maintenance:resume");
/** `mutations/maintenance:cancel` by key. */
export const cancelJob = apiMutation(maintenance.cancel, ADMIN, "mutations/maintenance:cancel");
