import { defineConfig } from "vitest/config";

export default defineConfig({
  cacheDir: "../../node_modules/.vite/backend",
  test: {
    environment: "edge-runtime",
    // Shared machines are slow, and no test measures time.
    testTimeout: 60_000,
    // Every processor works: the default leaves one free, which on two is half of them.
    maxWorkers: "100%",
    include: ["tests/**/*.test.ts"],
    silent: "passed-only",
  },
});
