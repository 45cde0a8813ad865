import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  cacheDir: "../../node_modules/.vite/embedded",
  test: {
    environment: "node",
    // One more than there are processors: many tests wait for what is stopped, cut off or due after seconds.
    maxWorkers: availableParallelism() + 1,
    include: ["tests/**/*.test.ts"],
    // Some tests start, kill and restart processes; a busy machine takes its time over that.
    testTimeout: 60_000,
  },
});
