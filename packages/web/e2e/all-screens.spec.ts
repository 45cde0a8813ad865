// The longest of the browser tests; its name puts it first, so that the others run beside it.
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import type { Page } from "@playwright/test";
import { enterDemo, expect, makePlatformAdmin, test } from "./product";
import {
  ORGANISER_SCREENS,
  PARTICIPANT_SCREENS,
  PLATFORM_SCREENS,
  STRANGER_SCREENS,
} from "./screens";

const AXE = createRequire(import.meta.url).resolve("axe-core");
const FOLDER = join(import.meta.dirname, "..", "screens");

interface Look {
  width: number;
  colorScheme: "light" | "dark";
}

/** Every other screen on a phone in the dark and on a desk in the light, the others the other way round. */
const LOOKS: [Look[], Look[]] = [
  [
    { width: 320, colorScheme: "dark" },
    { width: 1280, colorScheme: "light" },
  ],
  [
    { width: 320, colorScheme: "light" },
    { width: 1280, colorScheme: "dark" },
  ],
];
/** `MILEPOST_LOOKS=all`: each screen in all four, which takes twice as long. */
const IS_EVERY_LOOK = process.env.MILEPOST_LOOKS === "all";

/** What axe finds on the page as it stands: one line per finding of the levels that keep people out. */
async function findings(page: Page): Promise<string[]> {
  // Motion is over and toasts are gone before colours are measured.
  await page.waitForFunction(() =>
    document.getAnimations().every(({ playState }) => playState !== "running"),
  );
  const results = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: (options: object) => Promise<AxeResults> };
    };
    return await axe.run({
      resultTypes: ["violations"],
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
  });
  return results.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
}

/** Looks at every screen on a phone and on a desk, in a theme each: whole, not too wide, accessible; keeps a picture. */
async function lookAt(page: Page, role: string, screens: Record<string, string>): Promise<void> {
  await page.context().addInitScript({ path: AXE });
  await mkdir(FOLDER, { recursive: true });
  for (const [index, [name, path]] of Object.entries(screens).entries()) {
    await page.goto(path);
    await expect(page.locator("main [aria-busy=true]"), name).toHaveCount(0);
    await expect(page.locator("h1"), name).toHaveCount(1);
    await expect(page.getByText("Something went wrong"), name).toHaveCount(0);
    const [even, odd] = LOOKS;
    const own = index % 2 === 0 ? even : odd;
    for (const { width, colorScheme } of IS_EVERY_LOOK ? LOOKS.flat() : own) {
      await page.setViewportSize({ width, height: 800 });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, `${name} is wider than ${width}`).toBeLessThanOrEqual(0);
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      expect(await findings(page), `${name} ${colorScheme} ${width}`).toEqual([]);
      const file = `${role}-${name}-${width}-${colorScheme}.png`;
      await page.screenshot({ path: join(FOLDER, file), fullPage: true });
    }
  }
}

/** The demo's game that is settled and the one that is on, from the list on the page. */
async function gamePaths(page: Page): Promise<Record<string, string>> {
  const hrefOf = async (name: string): Promise<string> =>
    (await page.getByRole("link", { name }).getAttribute("href")) ?? "";
  return { "game-settled": await hrefOf("Partner week"), "game-on": await hrefOf("Hunt week") };
}

test("what strangers see is accessible and fits", async ({ demoUrl, browser }) => {
  const page = await browser.newPage({ baseURL: demoUrl });
  await lookAt(page, "stranger", STRANGER_SCREENS);
});

test("what participants see is accessible and fits", async ({ demoUrl, browser }) => {
  const page = await browser.newPage({ baseURL: demoUrl });
  const challenge = await enterDemo(page, "Tariq Benhaddou");
  await page.goto(challenge);
  const person = page.getByRole("table").getByRole("link").first();
  const profile = (await person.getAttribute("href")) ?? "";
  await page.goto(`${challenge}/awards`);
  const games = await gamePaths(page);
  await lookAt(page, "participant", { ...PARTICIPANT_SCREENS(challenge), profile, ...games });
});

test("what organisers see is accessible and fits", async ({ demoUrl, browser }) => {
  const page = await browser.newPage({ baseURL: demoUrl });
  const challenge = await enterDemo(page, "Ines Calloway");
  await page.goto(`${challenge}/organise/games`);
  const games = await gamePaths(page);
  await lookAt(page, "organiser", { ...ORGANISER_SCREENS(challenge), ...games });
});

test("what administrators of the platform see is accessible and fits", async ({
  demo,
  browser,
}) => {
  await makePlatformAdmin(demo, "oskar.lindqvist@demo.invalid");
  const page = await browser.newPage({ baseURL: demo.url });
  await enterDemo(page, "Oskar Lindqvist");
  await lookAt(page, "platform", PLATFORM_SCREENS);
});
