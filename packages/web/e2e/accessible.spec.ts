import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "@playwright/test";
import { createChallenge, expect, logRun, openTab, test } from "./product";

const AXE = createRequire(import.meta.url).resolve("axe-core");

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
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
  });
  return results.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
}

const WIDTHS = [320, 1280];
const THEMES = ["light", "dark"] as const;

test("every page is accessible and fits, in both themes, on a phone and on a desk", async ({
  signUp,
}) => {
  const page = await signUp("Hanna Weiss-Featherstonehaugh");
  await page.context().addInitScript({ path: AXE });
  await createChallenge(page, "A challenge with quite a long name, as they have");
  await logRun(page, "12");
  await openTab(page, "Board");
  const board = new URL(page.url()).pathname;
  await page.getByRole("link", { name: "Hanna Weiss-Featherstonehaugh" }).click();
  await expect(page.getByText("Longest streak")).toBeVisible();
  const profile = new URL(page.url()).pathname;
  const inside = [
    board,
    `${board}/log`,
    `${board}/history`,
    `${board}/import`,
    `${board}/about`,
    profile,
  ];

  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    for (const path of ["/", "/new", "/settings", "/nowhere", ...inside]) {
      await page.goto(path);
      await expect(page.locator("main [aria-busy]")).toHaveCount(0);
      await expect(page.locator("h1")).toHaveCount(1);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, `${path} is wider than ${width}`).toBeLessThanOrEqual(0);
      for (const colorScheme of THEMES) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        expect(await findings(page), `${path} ${colorScheme} ${width}`).toEqual([]);
      }
    }
  }
});
