import type { Id } from "@milepost/backend/dataModel";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { readHistorySearch } from "../features/activities/historyFilter";
import { readBoardSearch } from "../features/leaderboard/boardChoice";
import { root } from "./root";

export const challenge = createRoute({
  getParentRoute: () => root,
  path: "/c/$challengeId",
  // The deployment checks the id; a text that is none of its ids is shown as "not found".
  params: { parse: ({ challengeId }) => ({ challengeId: challengeId as Id<"challenges"> }) },
  component: lazyRouteComponent(
    () => import("../features/challenges/ChallengeLayout"),
    "ChallengeLayout",
  ),
});

const board = createRoute({
  getParentRoute: () => challenge,
  path: "/",
  validateSearch: readBoardSearch,
  component: lazyRouteComponent(() => import("../features/leaderboard/BoardPage"), "BoardPage"),
});

const standings = createRoute({
  getParentRoute: () => challenge,
  path: "/standings",
  component: lazyRouteComponent(() => import("../features/leaderboard/FinalPage"), "FinalPage"),
});

const progress = createRoute({
  getParentRoute: () => challenge,
  path: "/progress",
  component: lazyRouteComponent(() => import("../features/progress/ProgressPage"), "ProgressPage"),
});

const log = createRoute({
  getParentRoute: () => challenge,
  path: "/log",
  // An activity of one's own to fill the form in from.
  validateSearch: (search): { again?: Id<"activities"> } =>
    typeof search.again === "string" ? { again: search.again as Id<"activities"> } : {},
  component: lazyRouteComponent(() => import("../features/activities/LogPage"), "LogPage"),
});

const history = createRoute({
  getParentRoute: () => challenge,
  path: "/history",
  validateSearch: readHistorySearch,
  component: lazyRouteComponent(() => import("../features/activities/HistoryPage"), "HistoryPage"),
});

const importRoute = createRoute({
  getParentRoute: () => challenge,
  path: "/import",
  component: lazyRouteComponent(() => import("../features/imports/ImportPage"), "ImportPage"),
});

const about = createRoute({
  getParentRoute: () => challenge,
  path: "/about",
  component: lazyRouteComponent(() => import("../features/challenges/AboutPage"), "AboutPage"),
});

const person = createRoute({
  getParentRoute: () => challenge,
  path: "/people/$userId",
  params: { parse: ({ userId }) => ({ userId: userId as Id<"users"> }) },
  component: lazyRouteComponent(() => import("../features/profiles/ProfilePage"), "ProfilePage"),
});

const awards = createRoute({
  getParentRoute: () => challenge,
  path: "/awards",
  component: lazyRouteComponent(() => import("../features/awards/AwardsPage"), "AwardsPage"),
});

const game = createRoute({
  getParentRoute: () => challenge,
  path: "/games/$gameId",
  params: { parse: ({ gameId }) => ({ gameId: gameId as Id<"miniGames"> }) },
  component: lazyRouteComponent(() => import("../features/games/GamePage"), "GamePage"),
});

/** The pages of people who take part. */
export const challengePages = [
  board,
  standings,
  progress,
  log,
  history,
  importRoute,
  about,
  person,
  awards,
  game,
];
