declare module "*/scripts/lib/browser.mjs" {
  /** The Chromium to test with, or null. */
  export function findChromium(): string | null;
}

declare module "*/scripts/lib/product.mjs" {
  import type { FunctionArgs, FunctionReference } from "convex/server";

  interface Connection {
    admin: {
      mutation<F extends FunctionReference<"mutation", "internal">>(
        fn: F,
        args: FunctionArgs<F>,
      ): Promise<unknown>;
    };
  }
  /** Calls the product that runs on a data folder. */
  export function connectTo(dataDir: string): Connection;
  /** Starts the product as `npm start` does, on free ports. */
  export function startProduct(
    dataDir: string,
    args?: string[],
  ): {
    output: () => string;
    printed: (wanted: string | RegExp) => Promise<void>;
    stop: () => Promise<void>;
  };
}

declare module "*/scripts/lib/strava-world.mjs" {
  /** A made-up Strava: its athletes' activities, and the events it delivers. */
  export interface FakeStrava {
    activitiesOf(athleteId: string): unknown;
    put(athleteId: string, activity: { id: number; sport_type: string; distance: number }): void;
    event(athleteId: string, objectId: string, aspect: "create" | "update" | "delete"): object;
  }
  /** Serves a made-up Strava on a free port. */
  export function startFake(): Promise<{
    fake: FakeStrava;
    url: string;
    close: () => Promise<void>;
  }>;
  /** Sets the product that runs on a data folder up with a made-up Strava, and subscribes its webhook. */
  export function setUpStrava(dataDir: string, baseUrl: string): Promise<void>;
  /** Delivers an event as Strava does; answers the status. */
  export function deliver(fake: FakeStrava, event: object): Promise<number>;
}
