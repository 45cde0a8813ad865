import { defineConfig } from "vitest/config";

export default defineConfig({
  cacheDir: "../node_modules/.vite/scripts",
  test: { environment: "node", include: ["tests/**/*.test.mjs"] },
});
