// The longest of the browser tests; its name puts it first, so that the others run beside it.
import type { Page } from "@playwright/test";
import { lookAt } from "./look";
import { enterDemo, makePlatformAdmin, test } from "./product";
import {
  ORGANISER_SCREENS,
  PARTICIPANT_SCREENS,
  PLATFORM_SCREENS,
  STRANGER_SCREENS,
} from "./screens";

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
