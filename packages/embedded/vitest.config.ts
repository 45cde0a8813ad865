import { defineConfig } from "vitest/config";

export default defineConfig({
  cacheDir: "../../node_modules/.vite/embedded",
  test: {
    environment: "node",
    // Every processor works: the default leaves one free, which on two is half of them.
    maxWorkers: "100%",
    include: ["tests/**/*.test.ts"],
    // Some tests start, kill and restart processes; a busy machine takes its time over that.
    testTimeout: 60_000,
  },
});
