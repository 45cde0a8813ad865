import { defineConfig } from "vitest/config";

// Numbers and dates are written in the reader's language; the tests read English, whatever this machine speaks.
process.env.LC_ALL = "en_US.UTF-8";

export default defineConfig({
  cacheDir: "../../node_modules/.vite/web",
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
