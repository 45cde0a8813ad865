import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "./root";

const layout = createRoute({
  getParentRoute: () => root,
  path: "/platform",
  component: lazyRouteComponent(
    () => import("../features/platform/PlatformLayout"),
    "PlatformLayout",
  ),
});

const challenges = createRoute({
  getParentRoute: () => layout,
  path: "/",
  component: lazyRouteComponent(
    () => import("../features/platform/ChallengesPage"),
    "ChallengesPage",
  ),
});

const people = createRoute({
  getParentRoute: () => layout,
  path: "/people",
  component: lazyRouteComponent(() => import("../features/platform/PeoplePage"), "PeoplePage"),
});

const jobs = createRoute({
  getParentRoute: () => layout,
  path: "/jobs",
  component: lazyRouteComponent(() => import("../features/platform/JobsPage"), "JobsPage"),
});

const strava = createRoute({
  getParentRoute: () => layout,
  path: "/strava",
  component: lazyRouteComponent(() => import("../features/platform/StravaPage"), "StravaPage"),
});

/** The pages of who administrates the whole platform; PlatformLayout shows them to nobody else. */
export const platform = layout.addChildren([challenges, people, jobs, strava]);
