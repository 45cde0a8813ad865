import type { Id } from "@milepost/backend/dataModel";
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from "@tanstack/react-router";
import { Root, PageSkeleton } from "./app/Root";
import { NotFound, RouteError } from "./app/RouteError";
import { nextOf } from "./lib/nextPath";

const root = createRootRoute({ component: Root, notFoundComponent: NotFound });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(() => import("./features/home/HomePage"), "HomePage"),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search): { next?: string; mode?: "up" } => ({
    ...(typeof search.next === "string" ? { next: nextOf(search.next) } : {}),
    ...(search.mode === "up" ? { mode: "up" as const } : {}),
  }),
  component: lazyRouteComponent(() => import("./features/auth/SignInPage"), "SignInPage"),
});

const newChallenge = createRoute({
  getParentRoute: () => root,
  path: "/new",
  component: lazyRouteComponent(
    () => import("./features/challenges/NewChallengePage"),
    "NewChallengePage",
  ),
});

const join = createRoute({
  getParentRoute: () => root,
  path: "/join/$code",
  component: lazyRouteComponent(() => import("./features/challenges/JoinPage"), "JoinPage"),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: lazyRouteComponent(() => import("./features/settings/SettingsPage"), "SettingsPage"),
});

const challenge = createRoute({
  getParentRoute: () => root,
  path: "/c/$challengeId",
  // The deployment checks the id; a text that is none of its ids is shown as "not found".
  params: { parse: ({ challengeId }) => ({ challengeId: challengeId as Id<"challenges"> }) },
  component: lazyRouteComponent(
    () => import("./features/challenges/ChallengeLayout"),
    "ChallengeLayout",
  ),
});

const board = createRoute({
  getParentRoute: () => challenge,
  path: "/",
  component: lazyRouteComponent(() => import("./features/leaderboard/BoardPage"), "BoardPage"),
});

const log = createRoute({
  getParentRoute: () => challenge,
  path: "/log",
  component: lazyRouteComponent(() => import("./features/activities/LogPage"), "LogPage"),
});

const history = createRoute({
  getParentRoute: () => challenge,
  path: "/history",
  validateSearch: (search): { person?: Id<"users"> } =>
    typeof search.person === "string" ? { person: search.person as Id<"users"> } : {},
  component: lazyRouteComponent(() => import("./features/activities/HistoryPage"), "HistoryPage"),
});

const importRoute = createRoute({
  getParentRoute: () => challenge,
  path: "/import",
  component: lazyRouteComponent(() => import("./features/imports/ImportPage"), "ImportPage"),
});

const about = createRoute({
  getParentRoute: () => challenge,
  path: "/about",
  component: lazyRouteComponent(() => import("./features/challenges/AboutPage"), "AboutPage"),
});

const person = createRoute({
  getParentRoute: () => challenge,
  path: "/people/$userId",
  params: { parse: ({ userId }) => ({ userId: userId as Id<"users"> }) },
  component: lazyRouteComponent(() => import("./features/profiles/ProfilePage"), "ProfilePage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    signIn,
    newChallenge,
    join,
    settings,
    challenge.addChildren([board, log, history, importRoute, about, person]),
  ]),
  defaultPreload: "intent",
  defaultErrorComponent: RouteError,
  defaultNotFoundComponent: NotFound,
  defaultPendingComponent: PageSkeleton,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
