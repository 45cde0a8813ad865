import type { Id } from "@milepost/backend/dataModel";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { readQueue, type QueueName } from "../features/moderation/flagGroups";
import { challenge } from "./challenge";

const layout = createRoute({
  getParentRoute: () => challenge,
  path: "/organise",
  component: lazyRouteComponent(
    () => import("../features/organise/OrganiseLayout"),
    "OrganiseLayout",
  ),
});

const overview = createRoute({
  getParentRoute: () => layout,
  path: "/",
  component: lazyRouteComponent(() => import("../features/organise/OverviewPage"), "OverviewPage"),
});

const review = createRoute({
  getParentRoute: () => layout,
  path: "/review",
  validateSearch: ({ show }): { show?: Exclude<QueueName, "flags"> } => {
    const queue = readQueue(show);
    return queue === undefined ? {} : { show: queue };
  },
  component: lazyRouteComponent(() => import("../features/moderation/ReviewPage"), "ReviewPage"),
});

const people = createRoute({
  getParentRoute: () => layout,
  path: "/people",
  component: lazyRouteComponent(
    () => import("../features/organise/people/PeoplePage"),
    "PeoplePage",
  ),
});

const rules = createRoute({
  getParentRoute: () => layout,
  path: "/rules",
  validateSearch: (search): { job?: Id<"jobs"> } =>
    typeof search.job === "string" ? { job: search.job as Id<"jobs"> } : {},
  component: lazyRouteComponent(() => import("../features/organise/rules/RulesPage"), "RulesPage"),
});

const newRule = createRoute({
  getParentRoute: () => layout,
  path: "/rules/new",
  validateSearch: (search): { from?: string } =>
    typeof search.from === "string" ? { from: search.from } : {},
  component: lazyRouteComponent(
    () => import("../features/organise/rules/RulePages"),
    "NewRulePage",
  ),
});

const editRule = createRoute({
  getParentRoute: () => layout,
  path: "/rules/$activityTypeId",
  params: {
    parse: ({ activityTypeId }) => ({ activityTypeId: activityTypeId as Id<"activityTypes"> }),
  },
  component: lazyRouteComponent(
    () => import("../features/organise/rules/RulePages"),
    "EditRulePage",
  ),
});

const organiseSettings = createRoute({
  getParentRoute: () => layout,
  path: "/settings",
  component: lazyRouteComponent(
    () => import("../features/organise/settings/SettingsPage"),
    "SettingsPage",
  ),
});

const maintenance = createRoute({
  getParentRoute: () => layout,
  path: "/maintenance",
  validateSearch: (search): { job?: Id<"jobs"> } =>
    typeof search.job === "string" ? { job: search.job as Id<"jobs"> } : {},
  component: lazyRouteComponent(
    () => import("../features/maintenance/MaintenancePage"),
    "MaintenancePage",
  ),
});

const decisions = createRoute({
  getParentRoute: () => layout,
  path: "/decisions",
  component: lazyRouteComponent(
    () => import("../features/maintenance/DecisionsPage"),
    "DecisionsPage",
  ),
});

const organiseStrava = createRoute({
  getParentRoute: () => layout,
  path: "/strava",
  component: lazyRouteComponent(
    () => import("../features/organise/strava/OrganiseStravaPage"),
    "OrganiseStravaPage",
  ),
});

const achievements = createRoute({
  getParentRoute: () => layout,
  path: "/achievements",
  component: lazyRouteComponent(
    () => import("../features/organise/achievements/AchievementsPage"),
    "AchievementsPage",
  ),
});

const newAchievement = createRoute({
  getParentRoute: () => layout,
  path: "/achievements/new",
  component: lazyRouteComponent(
    () => import("../features/organise/achievements/AchievementPages"),
    "NewAchievementPage",
  ),
});

const editAchievement = createRoute({
  getParentRoute: () => layout,
  path: "/achievements/$achievementId",
  params: {
    parse: ({ achievementId }) => ({ achievementId: achievementId as Id<"achievements"> }),
  },
  component: lazyRouteComponent(
    () => import("../features/organise/achievements/AchievementPages"),
    "EditAchievementPage",
  ),
});

const games = createRoute({
  getParentRoute: () => layout,
  path: "/games",
  component: lazyRouteComponent(() => import("../features/organise/games/GamesPage"), "GamesPage"),
});

const newGame = createRoute({
  getParentRoute: () => layout,
  path: "/games/new",
  component: lazyRouteComponent(
    () => import("../features/organise/games/GamePages"),
    "NewGamePage",
  ),
});

const manageGame = createRoute({
  getParentRoute: () => layout,
  path: "/games/$gameId",
  params: { parse: ({ gameId }) => ({ gameId: gameId as Id<"miniGames"> }) },
  component: lazyRouteComponent(
    () => import("../features/organise/games/GamePages"),
    "ManageGamePage",
  ),
});

/** The pages of organisers; OrganiseLayout lists them and lets nobody else in. */
export const organise = layout.addChildren([
  overview,
  review,
  people,
  rules,
  newRule,
  editRule,
  organiseStrava,
  organiseSettings,
  maintenance,
  decisions,
  achievements,
  newAchievement,
  editAchievement,
  games,
  newGame,
  manageGame,
]);
