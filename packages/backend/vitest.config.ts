import { defineConfig } from "vitest/config";

export default defineConfig({
  cacheDir: "../../node_modules/.vite/backend",
  test: {
    environment: "edge-runtime",
    setupFiles: ["tests/everyFile.setup.ts"],
    // Loading the whole backend again for every file took a fifth of the time; no module keeps state between tests.
    isolate: false,
    // Shared machines are slow, and no test measures time.
    testTimeout: 60_000,
    // Every processor works: the default leaves one free, which on two is half of them.
    maxWorkers: "100%",
    include: ["tests/**/*.test.ts"],
    silent: "passed-only",
  },
});
