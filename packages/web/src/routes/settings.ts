import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
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
  component: lazyRouteComponent(() => import("../features/settings/YouPage"), "YouPage"),
});

/** What belongs to the person and not to a challenge; SettingsLayout lists the pages. */
export const settings = layout.addChildren([you]);
