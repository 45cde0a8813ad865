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
