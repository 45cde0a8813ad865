import { api } from "@milepost/backend/api";
import type { Page } from "@playwright/test";
import type { MovingProduct } from "../../../scripts/lib/moving-product.mjs";
import { glance } from "./look";
import { chooseRun, expect, ONE_PER_WORKER, openTab, test as base } from "./product";
import { Stage, type Scenes } from "./scenes";

/** After so long Strava's limits of a quarter of an hour begin anew, and what waited for that has been tried. */
const QUARTER_AND_MORE_MS = 20 * 60_000;

interface World extends MovingProduct {
  scenes: Scenes;
}

interface Fixtures {
  /** The page of somebody who just signed in, with a clock that goes as the product's does. */
  enter: (name: string) => Promise<Page>;
}

/** Tests against one product in states that took days to come about. */
const test = base.extend<Fixtures, { world: World }>({
  world: [
    async ({ products }, use) =>
      await products.lendMoving(async (product) => {
        await use({ ...product, scenes: await new Stage(product).play() });
      }),
    ONE_PER_WORKER,
  ],
  enter: async ({ browser, world }, use) => {
    const pages: Page[] = [];
    await use(async (name) => {
      const context = await browser.newContext({ baseURL: world.url });
      await context.clock.install({ time: world.now() });
      const page = await context.newPage();
      pages.push(page);
      await page.goto("/sign-in");
      await page.getByRole("button", { name }).click();
      await expect(page.getByRole("heading", { name: `Hello, ${name}` })).toBeVisible();
      return page;
    });
    for (const page of pages) await page.context().close();
  },
});

function ownPlace(page: Page) {
  return page.getByRole("region", { name: "Your place" });
}

/** Gives the reason a dialog asks for, and decides. */
async function decide(page: Page, button: string, reason: string): Promise<void> {
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill(reason);
  await dialog.getByRole("button", { name: button, exact: true }).click();
  await expect(dialog).toBeHidden();
}

test("a challenge that has not begun says when it does, and takes nothing before", async ({
  world: { scenes },
  enter,
}) => {
  const page = await enter("Stina Ek");
  await page.goto(`/c/${scenes.spring}`);
  await expect(page.getByText(/^Starts in 1\d days \d+ hours?$/)).toBeVisible();
  await expect(ownPlace(page)).toContainText("Points0");
  await expect(page.getByRole("link", { name: "Log activity" })).toHaveCount(0);
  await glance(page, "states-upcoming-board");
  await openTab(page, "Log");
  await expect(page.getByRole("heading", { name: /^Logging opens in 1\d days/ })).toBeVisible();
  await glance(page, "states-upcoming-log");
});

test("a closed challenge is frozen but for notes, and its log says who can still help", async ({
  world: { scenes },
  enter,
}) => {
  const page = await enter("Stina Ek");
  await page.goto(`/c/${scenes.winter}`);
  await expect(page.getByText("The board is frozen")).toBeVisible();
  await expect(page.getByText("Frozen", { exact: true })).toBeVisible();
  await openTab(page, "Log");
  await expect(page.getByText(/an organiser can add it/)).toBeVisible();
  await openTab(page, "History");
  await page.getByRole("button", { name: "Edit Run" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Notes of Run" });
  await dialog.getByLabel("Notes").fill("by the frozen canal");
  await glance(page, "states-closed-notes");
  await dialog.getByRole("button", { name: "Save notes" }).click();
  await expect(page.getByRole("listitem").getByText("by the frozen canal")).toBeVisible();
});

test("final standings are drawn in part, searched and printed whole", async ({
  world: { scenes },
  enter,
}) => {
  const page = await enter("Stina Ek");
  await page.goto(`/c/${scenes.relay}`);
  await expect(page.getByText("This challenge is over. The standings are final.")).toBeVisible();
  await expect(page.getByRole("link", { name: "Log activity" })).toHaveCount(0);
  const rows = page.getByRole("table").locator("tbody [data-row-key]");
  // To the end, as somebody who scrolls: what is drawn stays few, and the own place stays in view.
  await expect(async () => {
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await expect(rows.last()).toHaveAttribute("data-index", /^2[2-9]\d$/, { timeout: 500 });
  }).toPass();
  expect(await rows.count()).toBeLessThan(80);
  await expect(ownPlace(page)).toBeInViewport();
  await page.getByRole("searchbox", { name: "Find a person" }).fill("runner 117");
  await page.getByRole("list", { name: "People found" }).getByRole("link").click();
  await expect(page.getByRole("row", { name: /Runner 117/ })).toBeVisible();

  await page.getByRole("link", { name: "See the final standings" }).click();
  await expect(page.getByRole("heading", { name: "Final standings" })).toBeVisible();
  await glance(page, "states-final");
  // The browser's own dialog would wait for a person.
  await page.evaluate(() => (globalThis.print = () => undefined));
  await page.getByRole("button", { name: "Print" }).click();
  await expect(page.getByRole("row")).toHaveCount(225);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await expect(page.getByRole("row", { name: /^1 tied Runner 220/ })).toBeVisible();
  for (const away of [page.getByRole("banner"), page.getByRole("navigation").first()])
    await expect(away).toBeHidden();
  await expect(page.getByRole("button", { name: "Print" })).toBeHidden();
  await page.screenshot({ path: "screens/states-final-print.png" });
});

test("what arrived late is decided by an organiser, and its person reads the answer", async ({
  world: { scenes },
  enter,
}) => {
  const vera = await enter("Vera Holm");
  await vera.goto(`/c/${scenes.winter}/organise/strava`);
  const late = vera.getByRole("list", { name: "Activities that arrived late" });
  await expect(late.getByRole("listitem")).toHaveCount(2);
  await glance(vera, "states-late");
  await late.getByRole("button", { name: "Let it count" }).first().click();
  await decide(vera, "Let it count", "Your watch was at the menders.");
  await expect(late.getByRole("listitem")).toHaveCount(1);
  await late.getByRole("button", { name: "Turn it away" }).click();
  await decide(vera, "Turn it away", "We agreed on one each.");
  await expect(vera.getByText("Nothing that came late waits for you.")).toBeVisible();

  const stina = await enter("Stina Ek");
  await stina.goto("/settings/strava");
  const counts = stina.getByRole("listitem").filter({ hasText: "Winter miles" });
  await expect(counts.filter({ hasText: "Your watch was at the menders." })).toContainText(
    "Counts",
  );
  await expect(counts.filter({ hasText: "We agreed on one each." })).toContainText(
    "Does not count",
  );
});

test("held imports are left out or counted instead, and an objection is answered with no", async ({
  world: { scenes },
  enter,
}) => {
  const vera = await enter("Vera Holm");
  await vera.goto(`/c/${scenes.fjord}/organise/review?show=held`);
  await vera.getByRole("button", { name: "Leave it out" }).first().click();
  await expect(vera.getByRole("dialog")).toContainText("No points move.");
  await decide(vera, "Leave it out", "It is the same run.");
  await vera.getByRole("button", { name: "Count it instead" }).click();
  await decide(vera, "Count it instead", "The watch knows better.");
  await expect(vera.getByRole("heading", { name: "Nothing waits" })).toBeVisible();
  await vera.getByRole("link", { name: /^Appeals 1/ }).click();
  await vera.getByRole("button", { name: "Leave it as it is" }).click();
  await expect(vera.getByRole("dialog")).toContainText("No points move");
  await decide(vera, "Leave it as it is", "A window is not outside.");
  await expect(vera.getByRole("heading", { name: "Nothing waits" })).toBeVisible();

  const stina = await enter("Stina Ek");
  await stina.getByRole("link", { name: /^Notifications/ }).click();
  await stina.getByRole("link", { name: /objection/ }).click();
  await expect(stina.getByText("Held until you decide")).toHaveCount(0);
  const removed = stina.getByRole("listitem").filter({ hasText: "On the treadmill" });
  await removed.getByText("Why it does not count for Run").click();
  await expect(removed.getByText(/A window is not outside\./)).toBeVisible();
  await expect(removed.getByRole("button", { name: "Object to this" })).toHaveCount(0);
  await glance(stina, "states-appeal-answered");
});

test("Strava refuses access until its person connects again, and what failed is tried again", async ({
  world,
  enter,
}) => {
  const noor = await enter("Noor Aziz");
  await noor.goto("/settings/strava");
  await expect(noor.getByText("Needs you")).toBeVisible();
  await expect(noor.getByRole("heading", { name: "Could not be fetched" })).toBeVisible();
  await glance(noor, "states-reconnect");
  await noor.route("**/oauth/authorize**", async (route) => {
    const url = new URL(route.request().url());
    url.searchParams.set("athlete_id", "2002");
    await route.continue({ url: url.toString() });
  });
  await noor.getByRole("button", { name: "Connect again" }).click();
  await expect(noor.getByText("Working", { exact: true })).toBeVisible();

  const per = await enter("Per Berg");
  await per.goto("/platform/strava");
  await glance(per, "states-given-up");
  await per.getByRole("button", { name: "Try again" }).click();
  await expect(per.getByRole("heading", { name: "Failed for good: none" })).toBeVisible();
  await noor.goto(`/c/${world.scenes.fjord}`);
  await expect(ownPlace(noor)).toContainText("You are not ranked");
  await glance(noor, "states-unranked");
  await noor.getByRole("button", { name: "Rank me again" }).click();
  await expect(noor.getByRole("row", { name: /Noor Aziz/ })).toBeVisible();
});

test("older activities of Strava are scored anew as its limits allow, and one sees how far", async ({
  world: { scenes, connection, fake, pass },
  enter,
}) => {
  const { fjord, vera } = scenes;
  const caller = connection.as(vera);
  const types = await caller.query(api.queries.activityTypes.list, { challengeId: fjord });
  const [run] = types;
  if (run === undefined) throw new Error("the challenge has no runs");
  const { activityTypeId } = run;
  const scoring = { kind: "perUnit", metric: "distance_m", unit: "km", pointsPerUnit: 9 } as const;
  await caller.mutation(api.mutations.activityTypes.update, { activityTypeId, scoring });
  const page = await enter("Vera Holm");
  await page.goto(`/c/${fjord}/organise/strava`);
  fake.fail("none");
  fake.fail("limit", 2);
  await page.getByRole("button", { name: "Score them anew" }).click();
  await expect(page.getByText("1 of 3", { exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Running" })).toBeDisabled();
  await glance(page, "states-rescore");
  await pass(QUARTER_AND_MORE_MS);
  await expect(page.getByText("3 of 3", { exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Score them anew" })).toBeEnabled();
});

test("a job somebody else started is watched, gone on with, and another one cancelled", async ({
  world: { scenes, connection },
  enter,
}) => {
  const challengeId = scenes.relay;
  const { start, pause } = api.mutations.maintenance;
  const odd = connection.as(scenes.odd);
  const startPaused = async (): Promise<void> => {
    const { jobId } = await odd.mutation(start, { challengeId, kind: "verify", dryRun: true });
    await odd.mutation(pause, { challengeId, jobId });
  };
  const page = await enter("Vera Holm");
  await page.goto(`/c/${challengeId}/organise/maintenance`);
  await startPaused();
  const job = page.getByRole("region", { name: /^Verification/ });
  await expect(job).toContainText(/Started by Odd Lund/);
  await expect(job.getByText("Paused", { exact: true })).toBeVisible();
  await glance(page, "states-paused");
  await job.getByRole("button", { name: "Resume" }).click();
  await expect(job).toContainText("Took");
  await startPaused();
  await job.getByRole("button", { name: "Cancel the job" }).click();
  await expect(job.getByText("Cancelled. What it did stays.")).toBeVisible();
});

test("a page whose code does not come says so, and what was typed elsewhere is still there", async ({
  world: { scenes },
  enter,
}) => {
  const page = await enter("Stina Ek");
  await page.goto(`/c/${scenes.fjord}/log`);
  await chooseRun(page);
  await page.getByLabel("Notes").fill("round the lighthouse");
  await page.route("**/assets/HistoryPage*", (route) => route.abort());
  await openTab(page, "History");
  await expect(page.getByRole("heading", { name: "This page could not be shown" })).toBeVisible();
  await glance(page, "states-error");
  await page.unroute("**/assets/HistoryPage*");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "My history" })).toBeVisible();
  await openTab(page, "Log");
  await expect(page.getByLabel("Notes")).toHaveValue("round the lighthouse");
});
