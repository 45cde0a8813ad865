import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
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

/** The pages of organisers; OrganiseLayout lists them and lets nobody else in. */
export const organise = layout.addChildren([overview]);
