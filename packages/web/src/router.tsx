import { createRouter } from "@tanstack/react-router";
import { PageSkeleton } from "./app/Root";
import { NotFound, RouteError } from "./app/RouteError";
import { challenge, challengePages } from "./routes/challenge";
import { organise } from "./routes/organise";
import { platform } from "./routes/platform";
import { home, join, newChallenge, notifications, root, signIn } from "./routes/root";
import { settings } from "./routes/settings";

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    signIn,
    newChallenge,
    join,
    notifications,
    settings,
    platform,
    challenge.addChildren([...challengePages, organise]),
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
