// Installs the Chromium the browser tests need, where that is one command; elsewhere says what to do.
import { existsSync } from "node:fs";
import { findChromium } from "./lib/browser.mjs";
import { Failure, runMain } from "./lib/failure.mjs";
import { readOptions } from "./lib/options.mjs";
import { run } from "./lib/processes.mjs";

await runMain(async () => {
  if (readOptions("npm run setup:browser", {}, process.argv.slice(2)) === null) return;
  const present = findChromium();
  if (present !== null) {
    console.log(`Chromium is here: ${present}`);
    return;
  }
  if (!existsSync("/etc/debian_version") || process.getuid?.() !== 0) {
    throw new Failure(
      "No Chromium found. Install Chromium or Google Chrome (Debian, Ubuntu: sudo apt-get install chromium), " +
        "or set CHROMIUM_PATH to one.",
    );
  }
  const quiet = { env: { DEBIAN_FRONTEND: "noninteractive" } };
  const update = await run("apt-get", ["update", "-qq"], quiet);
  const packages = ["install", "-y", "-qq", "--no-install-recommends", "chromium"];
  const install = update.code === 0 ? await run("apt-get", packages, quiet) : update;
  if (install.code !== 0) throw new Failure("apt-get could not install chromium.");
});
