import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import type { Page } from "@playwright/test";
import { expect } from "./product";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");
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
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(AXE);
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

/** Looks at the page as it stands: whole, not too wide, accessible; keeps pictures. Leaves it as wide as a desk. */
async function look(page: Page, name: string, looks: Look[]): Promise<void> {
  await expect(page.locator("main [aria-busy=true]"), name).toHaveCount(0);
  await expect(page.locator("h1"), name).toHaveCount(1);
  await mkdir(FOLDER, { recursive: true });
  for (const { width, colorScheme } of IS_EVERY_LOOK ? LOOKS.flat() : looks) {
    await page.setViewportSize({ width, height: 800 });
    // Charts follow the width of the window a moment later.
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    await expect.poll(overflow, `${name} is wider than ${width}`).toBeLessThanOrEqual(0);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    expect(await findings(page), `${name} ${colorScheme} ${width}`).toEqual([]);
    const file = `${name}-${width}-${colorScheme}.png`;
    await page.screenshot({ path: join(FOLDER, file), fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

/** Looks at a state of a screen that is looked at elsewhere as well: on the phone alone, in the dark. */
export async function glance(page: Page, name: string): Promise<void> {
  await look(page, name, LOOKS[0].slice(0, 1));
}

/** Opens every screen and looks at it on a phone and on a desk, in a theme each. */
export async function lookAt(
  page: Page,
  role: string,
  screens: Record<string, string>,
): Promise<void> {
  for (const [index, [name, path]] of Object.entries(screens).entries()) {
    await page.goto(path);
    await look(page, `${role}-${name}`, index % 2 === 0 ? LOOKS[0] : LOOKS[1]);
    await expect(page.getByText(/Something went wrong|did not arrive/), name).toHaveCount(0);
  }
}
