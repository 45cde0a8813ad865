import { ConvexAuthProvider } from "@convex-dev/auth/react";
import { RouterProvider } from "@tanstack/react-router";
import { ConvexReactClient } from "convex/react";
import { useState } from "react";
import type { AppConfig } from "../lib/config";
import { router } from "../router";
import { ConfigContext } from "./context";

/** The whole product: one live connection, sign-in around it, the routes inside. */
export function App({ config }: { config: AppConfig }) {
  const [client] = useState(() => new ConvexReactClient(config.convexUrl));
  return (
    <ConfigContext value={config}>
      <ConvexAuthProvider client={client}>
        <RouterProvider router={router} />
      </ConvexAuthProvider>
    </ConfigContext>
  );
}
