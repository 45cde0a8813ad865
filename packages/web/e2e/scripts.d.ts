declare module "*/scripts/lib/browser.mjs" {
  /** The Chromium to test with, or null. */
  export function findChromium(): string | null;
}

/** Calls functions of the product as somebody. */
interface Caller {
  query<F extends import("convex/server").FunctionReference<"query", "public" | "internal">>(
    fn: F,
    args: import("convex/server").FunctionArgs<F>,
  ): Promise<import("convex/server").FunctionReturnType<F>>;
  mutation<F extends import("convex/server").FunctionReference<"mutation", "public" | "internal">>(
    fn: F,
    args: import("convex/server").FunctionArgs<F>,
  ): Promise<import("convex/server").FunctionReturnType<F>>;
}

interface Connection {
  admin: Caller;
  as(userId: string): Caller;
}

/** A made-up Strava: its athletes' activities, and the events it delivers. */
interface FakeStrava {
  activitiesOf(athleteId: string): unknown;
  put(athleteId: string, activity: { id: number; sport_type: string; distance: number }): void;
  refuseAccess(athleteId: string): void;
  fail(fault: "limit" | "server" | "none", times?: number): void;
  event(athleteId: string, objectId: string, aspect: "create" | "update" | "delete"): object;
}

declare module "*/scripts/lib/product.mjs" {
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
  /** Connects a person to an athlete as a browser does. */
  export function connectAthlete(person: Caller, athleteId: string): Promise<void>;
}

declare module "*/scripts/lib/moving-product.mjs" {
  /** The whole product with a clock that can be moved, and a made-up Strava whose clock goes along. */
  export interface MovingProduct {
    url: string;
    connection: Connection;
    fake: FakeStrava;
    now: () => number;
    pass: (ms: number) => Promise<void>;
  }
  /** Runs `body` with such a product, on an empty data folder, that is thrown away afterwards. */
  export function withMovingProduct<T>(body: (product: MovingProduct) => Promise<T>): Promise<T>;
}
