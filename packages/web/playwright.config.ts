import { defineConfig } from "@playwright/test";
import { findChromium } from "../../scripts/lib/browser.mjs";

const chromium = findChromium();
if (chromium === null) {
  const isRequired = process.env.CI !== undefined || process.env.REQUIRE_BROWSER === "1";
  console.error(
    "!!! No Chromium: the browser tests did not run. npm run setup:browser installs one.",
  );
  process.exit(isRequired ? 1 : 0);
}

/** The browser tests: each worker starts the real product (e2e/product.ts) on an empty data folder. */
export default defineConfig({
  testDir: "e2e",
  // States that take days or several people to come about, as the other looks at each screen: when all are asked for.
  testIgnore: process.env["MILEPOST_LOOKS"] === "all" ? [] : "all-states.spec.ts",
  outputDir: "../../node_modules/.cache/playwright",
  // Each has products of its own; more of them than processors would only wait for each other.
  workers: 2,
  // Generous: a busy machine is slow, not wrong.
  timeout: 180_000,
  expect: { timeout: 15_000 },
  forbidOnly: process.env.CI !== undefined,
  reporter: "list",
  use: {
    locale: "en-GB",
    timezoneId: "UTC",
    launchOptions: { executablePath: chromium },
    screenshot: "only-on-failure",
  },
});
