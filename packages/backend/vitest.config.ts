import { defineConfig } from "vitest/config";

export default defineConfig({
  // A cache inside the package would be taken for functions.
  cacheDir: "../../node_modules/.vite/backend",
  test: {
    environment: "edge-runtime",
    include: ["tests/**/*.test.ts"],
  },
});
