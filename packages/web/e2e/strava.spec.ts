import type { Page } from "@playwright/test";
import { deliver, setUpStrava, startFake } from "../../../scripts/lib/strava-world.mjs";
import { createChallenge, expect, ONE_PER_WORKER, openTab, READY, test as base } from "./product";

const ATHLETE = "1001";

interface World {
  url: string;
  fake: FakeStrava;
}

/** Tests against a product that is set up with a made-up Strava. */
const test = base.extend<object, { strava: World }>({
  strava: [
    async ({ products }, use) => {
      const { fake, url: fakeUrl, close } = await startFake();
      try {
        await products.lend(["--no-demo"], READY, async ({ url, dataDir }) => {
          await setUpStrava(dataDir, fakeUrl);
          await use({ url, fake });
        });
      } finally {
        await close();
      }
    },
    ONE_PER_WORKER,
  ],
  productUrl: [async ({ strava }, use) => await use(strava.url), { scope: "worker" }],
});

/** An activity of today on Strava, of 25 minutes. */
function recorded(id: number, sport: string, distance: number) {
  const start = `${new Date().toISOString().slice(0, 10)}T00:00:01Z`;
  const times = { start_date: start, start_date_local: start, moving_time: 1500 };
  return { id, sport_type: sport, name: `Lap ${id}`, ...times, elapsed_time: 1500, distance };
}

/** What the history shows of Strava. */
function fromStrava(page: Page) {
  return page.getByRole("listitem").filter({ has: page.getByText("Strava", { exact: true }) });
}

test("Strava is connected, fills the history, is asked about and disconnected", async ({
  strava: { fake },
  signUp,
}) => {
  const record = async (id: number, sport: string, distance: number): Promise<void> => {
    fake.put(ATHLETE, recorded(id, sport, distance));
    await deliver(fake, fake.event(ATHLETE, String(id), "create"));
  };
  const page = await signUp("Stina Ek");
  await createChallenge(page, "Along the fjord");
  await openTab(page, "History");
  const history = page.url();

  await page.goto("/settings?strava=denied");
  await expect(page.getByText("You said no on Strava’s page")).toBeVisible();
  fake.put(ATHLETE, recorded(1, "Run", 5_000));
  await page.getByRole("button", { name: "Connect Strava" }).click();
  await expect(page.getByText("Strava is connected.")).toBeVisible();
  await expect(
    page.getByRole("heading", { name: `Connected as athlete ${ATHLETE}` }),
  ).toBeVisible();
  await expect(page).toHaveURL(/\/settings\/strava$/);

  // The last weeks come at once, and what is recorded from now on by its event.
  await page.goto(history);
  await expect(fromStrava(page)).toHaveCount(1);
  await record(2, "Run", 7_000);
  await expect(fromStrava(page)).toHaveCount(2);

  // A sport nobody decided about waits, with its reason, until the organiser does.
  await record(3, "Kitesurf", 9_000);
  await page.goto("/settings/strava");
  const waiting = page.getByRole("list", { name: "Activities that do not count" });
  await expect(waiting).toContainText("Kitesurf");
  await expect(waiting).toContainText("This sport counts as no activity of the challenge");
  await page.goto(history);
  await openTab(page, "Organise");
  await page.getByRole("link", { name: "Strava and imports" }).click();
  await page.getByLabel("Kitesurf").selectOption("Swim");
  await page.getByRole("button", { name: "Save what Kitesurf counts as" }).click();
  await expect(page.getByText("Kitesurf counts as Swim.")).toBeVisible();
  await openTab(page, "History");
  await expect(fromStrava(page)).toHaveCount(3);

  await page.goto("/settings/strava");
  await page.getByRole("button", { name: "Disconnect" }).click();
  const dialog = page.getByRole("dialog", { name: "Disconnect Strava?" });
  await expect(dialog.getByLabel("Keep the points")).toBeChecked();
  await dialog.getByRole("button", { name: "Disconnect" }).click();
  await expect(page.getByText("What Strava told about 3 activities is erased")).toBeVisible();
  await expect(page.getByRole("button", { name: "Connect Strava" })).toBeVisible();
  await page.goto(history);
  await expect(fromStrava(page)).toHaveCount(3);
});

test("an athlete who counts for another account is moved only when their person says so", async ({
  strava: { fake },
  signUp,
}) => {
  const athlete = async (page: Page): Promise<void> => {
    // The made-up Strava connects the athlete the address names.
    await page.route("**/oauth/authorize**", async (route) => {
      const url = new URL(route.request().url());
      url.searchParams.set("athlete_id", "2002");
      await route.continue({ url: url.toString() });
    });
    await page.goto("/settings/strava");
    await page.getByRole("button", { name: "Connect Strava" }).click();
  };
  fake.activitiesOf("2002");
  const first = await signUp("Tor Holm");
  await athlete(first);
  await expect(first.getByRole("heading", { name: "Connected as athlete 2002" })).toBeVisible();

  const second = await signUp("Tor Again");
  await athlete(second);
  await expect(
    second.getByRole("heading", { name: "This Strava account counts elsewhere" }),
  ).toBeVisible();
  await second.getByRole("button", { name: "Move it to this account" }).click();
  await expect(second.getByRole("heading", { name: "Connected as athlete 2002" })).toBeVisible();
  await expect(first.getByText(/was connected to another Milepost account/)).toBeVisible();
});
