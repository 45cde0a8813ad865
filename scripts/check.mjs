// `npm run check`: everything a change must pass beside the tests. Each step is timed; a failing one shows its output,
// and the last line counts them.
import { performance } from "node:perf_hooks";
import { findChromium } from "./lib/browser.mjs";
import { runMain } from "./lib/failure.mjs";
import { hashInputs } from "./lib/inputs.mjs";
import { readOptions } from "./lib/options.mjs";
import { inRoot } from "./lib/paths.mjs";
import { runNode } from "./lib/processes.mjs";

/** @typedef {{ok: boolean, output: string}} Outcome */

/**
 * A step that runs one of the installed tools.
 * @param {string} file @param {string[]} args @param {Parameters<typeof runNode>[2]} [options]
 * @returns {() => Promise<Outcome>}
 */
const tool = (file, args, options) => async () => {
  const { code, output } = await runNode(file, args, { ...options, capture: true });
  return { ok: code === 0, output };
};

/** Generated code is what the official CLI writes from today's sources. @returns {Promise<Outcome>} */
async function generatedIsCurrent() {
  const generated = ["packages/backend/_generated"];
  const before = hashInputs(generated);
  const outcome = await tool("scripts/codegen.mjs", [])();
  if (!outcome.ok || hashInputs(generated) === before) return outcome;
  return {
    ok: false,
    output: "packages/backend/_generated was out of date; it is regenerated now.",
  };
}

/**
 * The browser tests. Without a Chromium they are skipped loudly, or fail where a check must be complete.
 * @returns {Promise<Outcome | {skipped: string}>}
 */
async function browserTests() {
  if (findChromium() === null) {
    const help =
      "!!! No Chromium: the browser tests did not run. npm run setup:browser installs one.";
    const isRequired = process.env.CI !== undefined || process.env.REQUIRE_BROWSER === "1";
    return isRequired ? { ok: false, output: help } : { skipped: help };
  }
  return tool("node_modules/@playwright/test/cli.js", ["test"], {
    cwd: inRoot("packages", "web"),
    env: { REQUIRE_BROWSER: "1" },
  })();
}

/** @type {Array<[string, () => Promise<Outcome | {skipped: string}>]>} */
const STEPS = [
  ["generated code is current", generatedIsCurrent],
  ["format", tool("node_modules/oxfmt/bin/oxfmt", ["--check"])],
  ["lint", tool("node_modules/oxlint/bin/oxlint", [])],
  ["types", tool("node_modules/typescript/bin/tsc", ["-b"])],
  ["unused code", tool("node_modules/knip/bin/knip.js", [])],
  [
    "web build",
    tool("packages/web/node_modules/vite/bin/vite.js", ["build"], {
      cwd: inRoot("packages", "web"),
    }),
  ],
  ["first JavaScript", tool("scripts/first-js.mjs", [])],
  ["browser tests", browserTests],
];

/** Steps whose output is a figure to read. */
const SHOWN = new Set(["first JavaScript"]);

await runMain(async () => {
  if (readOptions("npm run check", {}, process.argv.slice(2)) === null) return 0;
  let [passed, failed] = [0, 0];
  for (const [name, step] of STEPS) {
    const start = performance.now();
    const outcome = await step();
    const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
    if ("skipped" in outcome) {
      console.log(`skipped ${seconds} s  ${name}\n${outcome.skipped}`);
      continue;
    }
    console.log(`${outcome.ok ? "ok     " : "FAILED "} ${seconds} s  ${name}`);
    if (outcome.ok) passed += 1;
    else failed += 1;
    if (!outcome.ok || SHOWN.has(name)) console.log(outcome.output.trimEnd());
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
