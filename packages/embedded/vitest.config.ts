import { defineConfig } from "vitest/config";

export default defineConfig({
  cacheDir: "../../node_modules/.vite/embedded",
  test: {
    environment: "node",
    include: ["tests/**/*.test.ts"],
    // Some tests start, kill and restart processes; a busy machine takes its time over that.
    testTimeout: 60_000,
  },
});
