import type { Id } from "@milepost/backend/dataModel";
import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { readStravaReturn } from "../features/strava/stravaReturn";
import { root } from "./root";

const layout = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: lazyRouteComponent(
    () => import("../features/settings/SettingsLayout"),
    "SettingsLayout",
  ),
});

const you = createRoute({
  getParentRoute: () => layout,
  path: "/",
  validateSearch: readStravaReturn,
  // Strava sends the browser back to /settings; what it brought belongs to the page about Strava.
  beforeLoad: ({ search }) => {
    if (search.strava !== undefined)
      throw redirect({ to: "/settings/strava", search, replace: true });
  },
  component: lazyRouteComponent(() => import("../features/settings/YouPage"), "YouPage"),
});

const strava = createRoute({
  getParentRoute: () => layout,
  path: "/strava",
  validateSearch: readStravaReturn,
  component: lazyRouteComponent(() => import("../features/strava/StravaPage"), "StravaPage"),
});

const keys = createRoute({
  getParentRoute: () => layout,
  path: "/keys",
  validateSearch: (search): { challenge?: Id<"challenges"> } =>
    typeof search.challenge === "string" ? { challenge: search.challenge as Id<"challenges"> } : {},
  component: lazyRouteComponent(() => import("../features/keys/KeysPage"), "KeysPage"),
});

const account = createRoute({
  getParentRoute: () => layout,
  path: "/account",
  component: lazyRouteComponent(() => import("../features/settings/AccountPage"), "AccountPage"),
});

/** What belongs to the person and not to a challenge; SettingsLayout lists the pages. */
export const settings = layout.addChildren([you, strava, keys, account]);
