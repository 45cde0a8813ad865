import { defineConfig } from "vitest/config";

export default defineConfig({
  cacheDir: "../../node_modules/.vite/backend",
  test: {
    environment: "edge-runtime",
    include: ["tests/**/*.test.ts"],
    silent: "passed-only",
  },
});
