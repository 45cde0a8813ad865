import { createRootRoute, createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { Root } from "../app/Root";
import { NotFound } from "../app/RouteError";
import { nextOf } from "../lib/nextPath";

export const root = createRootRoute({ component: Root, notFoundComponent: NotFound });

export const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(() => import("../features/home/HomePage"), "HomePage"),
});

export const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search): { next?: string; mode?: "up" } => ({
    ...(typeof search.next === "string" ? { next: nextOf(search.next) } : {}),
    ...(search.mode === "up" ? { mode: "up" as const } : {}),
  }),
  component: lazyRouteComponent(() => import("../features/auth/SignInPage"), "SignInPage"),
});

export const newChallenge = createRoute({
  getParentRoute: () => root,
  path: "/new",
  component: lazyRouteComponent(
    () => import("../features/challenges/NewChallengePage"),
    "NewChallengePage",
  ),
});

export const join = createRoute({
  getParentRoute: () => root,
  path: "/join/$code",
  component: lazyRouteComponent(() => import("../features/challenges/JoinPage"), "JoinPage"),
});

export const notifications = createRoute({
  getParentRoute: () => root,
  path: "/notifications",
  component: lazyRouteComponent(
    () => import("../features/notifications/NotificationsPage"),
    "NotificationsPage",
  ),
});
