// `npm run lighthouse`: Lighthouse on the built page with the demo, as a phone on a slow line sees it: the leaderboard
// signed out, the leaderboard and the log form signed in. `--url` takes a product that runs already. Fails below the
// bars; on CI, whose machines are as fast as they happen to be, performance is only printed.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import lighthouse from "lighthouse";
import { findChromium } from "./lib/browser.mjs";
import { Failure, runMain } from "./lib/failure.mjs";
import { choosePort } from "./lib/ports.mjs";
import { startProduct } from "./lib/product.mjs";
import { withFolder } from "./lib/temporary.mjs";

const PERSON = "Tariq Benhaddou";
const BARS = { performance: 90, accessibility: 95 };
const FIGURES = [
  "first-contentful-paint",
  "largest-contentful-paint",
  "total-blocking-time",
  "cumulative-layout-shift",
];

/** @typedef {import("@playwright/test").BrowserContext} BrowserContext */

/**
 * A browser whose own profile Lighthouse shares: what signs in there is signed in for it.
 * @template T
 * @param {string} executablePath
 * @param {(context: BrowserContext, port: number) => Promise<T>} use
 * @returns {Promise<T>}
 */
async function withBrowser(executablePath, use) {
  return await withFolder(async (folder) => {
    const debugging = { host: "127.0.0.1", port: 0, option: "port", purpose: "debugging" };
    const port = await choosePort(debugging);
    const args = [`--remote-debugging-port=${port}`];
    const context = await chromium.launchPersistentContext(folder, { executablePath, args });
    try {
      return await use(context, port);
    } finally {
      await context.close();
    }
  });
}

/**
 * The address of the demo challenge; with `name`, that person is signed in afterwards.
 * @param {BrowserContext} context @param {string} url @param {string | null} name
 */
async function challengeOf(context, url, name) {
  const page = await context.newPage();
  await page.goto(url);
  if (name !== null) {
    await page.getByRole("button", { name }).click();
    await page.getByRole("heading", { name: `Hello, ${name}` }).waitFor();
  }
  const link = page.locator('a[href^="/c/"]').first();
  const path = (await link.getAttribute("href")) ?? "";
  await page.close();
  return new URL(path, url).href;
}

/** The best of so many runs counts: other work on the machine only ever slows one down. */
const RUNS = 3;

/** @param {import("lighthouse").Result} result */
const performanceOf = ({ categories }) => Math.round(100 * (categories.performance?.score ?? 0));

/**
 * The fastest of up to three runs, the first that reaches the bar.
 * @param {string} url @param {number} port
 */
async function bestRun(url, port) {
  const onlyCategories = Object.keys(BARS);
  const flags = { port, onlyCategories, disableStorageReset: true, logLevel: "error" };
  let best;
  for (let run = 0; run < RUNS; run += 1) {
    const result = await lighthouse(url, /** @type {import("lighthouse").Flags} */ (flags));
    if (result === undefined) throw new Failure(`Lighthouse had no answer for ${url}.`);
    const { lhr } = result;
    if (best === undefined || performanceOf(lhr) > performanceOf(best)) best = lhr;
    if (performanceOf(best) >= BARS.performance) return best;
  }
  if (best === undefined) throw new Failure("Lighthouse did not run.");
  return best;
}

/**
 * Looks at one page and prints what it found; answers whether it is good enough.
 * @param {string} name @param {string} url @param {number} port
 */
async function look(name, url, port) {
  const { categories, audits, environment } = await bestRun(url, port);
  const figures = FIGURES.map((id) => `${id} ${audits[id]?.displayValue ?? "?"}`);
  let isGood = true;
  for (const [id, bar] of Object.entries(BARS)) {
    const score = Math.round(100 * (categories[id]?.score ?? 0));
    console.log(`${name}: ${id} ${score} of at least ${bar}`);
    const isBinding = id === "accessibility" || process.env.CI === undefined;
    if (score < bar && isBinding) isGood = false;
  }
  // What the machine could do meanwhile: 1,500 and more on an idle desktop.
  const speed = Math.round(environment.benchmarkIndex);
  console.log(`  ${figures.join(", ")}; speed of the machine ${speed}`);
  for (const { id } of categories.accessibility?.auditRefs ?? []) {
    if (audits[id]?.score === 0) console.log(`  not accessible: ${audits[id].title}`);
  }
  return isGood;
}

/** @param {string} executablePath @param {string} url */
async function lookAtAll(executablePath, url) {
  const signedOut = await withBrowser(executablePath, async (context, port) => {
    const challenge = await challengeOf(context, url, null);
    return await look("leaderboard, signed out", challenge, port);
  });
  const signedIn = await withBrowser(executablePath, async (context, port) => {
    const challenge = await challengeOf(context, url, PERSON);
    const board = await look("leaderboard", challenge, port);
    return (await look("log form", `${challenge}/log`, port)) && board;
  });
  return signedOut && signedIn;
}

await runMain(async () => {
  const { values } = parseArgs({ options: { url: { type: "string" } } });
  const executablePath = findChromium();
  if (executablePath === null)
    throw new Failure("No Chromium: npm run setup:browser installs one.");
  if (values.url !== undefined) return (await lookAtAll(executablePath, values.url)) ? 0 : 1;
  return await withFolder(async (folder) => {
    const product = startProduct(join(folder, "data"));
    try {
      await product.printed("The demo challenge is complete");
      const [, url = ""] = /running at (http:\S+)/.exec(product.output()) ?? [];
      return (await lookAtAll(executablePath, url)) ? 0 : 1;
    } finally {
      await product.stop();
    }
  });
});
