import { readFile } from "node:fs/promises";
import type { Page, WebSocketRoute } from "@playwright/test";
import { chooseRun, createChallenge, expect, logRun, openTab, PASSWORD, test } from "./product";
import { pressImpatiently, Wire } from "./wire";

const HEADER =
  "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,Max Heart Rate," +
  "Relative Effort,Commute,Activity Private Note,Activity Gear,Filename,Athlete Weight,Bike Weight,Elapsed Time," +
  "Moving Time,Distance,Max Speed,Average Speed,Elevation Gain";

/** A row of a Strava archive: an hour and 12 km at noon UTC. */
function archiveRow(id: number, day: Date, sport: string): string {
  const date = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeZone: "UTC" }).format(
    day,
  );
  return `${id},"${date}, 12:00:00 PM",Along the river,${sport},,3600,12.00,,,false,,,,,,3600.0,3600.0,12000.0,,,50.0`;
}

function daysAgo(days: number): Date {
  return new Date(Date.now() - days * 86_400_000);
}

function ownPlace(page: Page) {
  return page.getByRole("region", { name: "Your place" });
}

test("B4 a form survives a reload, and sending it twice counts once", async ({ signUp }) => {
  const page = await signUp("Cleo Marsh");
  await createChallenge(page, "Twice is once");
  await openTab(page, "Log");
  await chooseRun(page);
  await page.getByLabel("Distance", { exact: true }).fill("5");
  await page.getByLabel("Unit of distance").selectOption("km");
  await page.getByLabel("Notes").fill("by the harbour");
  await expect(page.getByRole("region", { name: "Point preview" })).toContainText("23 points");

  await page.reload();
  await expect(page.getByLabel("Distance", { exact: true })).toHaveValue("5");
  await expect(page.getByLabel("Notes")).toHaveValue("by the harbour");

  // Left for a night, it is for the day it was begun.
  await page.evaluate(
    (day) => {
      for (const [key, text] of Object.entries(localStorage)) {
        if (!key.startsWith("milepost:draft:")) continue;
        const draft = JSON.parse(text);
        draft.values.loggedDate = day;
        localStorage.setItem(key, JSON.stringify(draft));
      }
    },
    daysAgo(1).toISOString().slice(0, 10),
  );
  await page.reload();
  const notice = page.getByText(/^This draft is for /);
  await expect(notice).toBeVisible();
  await page.getByRole("button", { name: "Use today" }).click();
  await expect(notice).toBeHidden();
  await expect(page.getByRole("region", { name: "Point preview" })).toContainText("23 points");

  // The answer is lost: the draft of before the save is put back, as a crash would leave it.
  const drafts = await page.evaluate(() =>
    Object.entries(localStorage).filter(([key]) => key.startsWith("milepost:draft:")),
  );
  expect(drafts).toHaveLength(1);
  await page.getByRole("button", { name: "Save activity" }).click();
  await expect(page.getByText("You have 24 points.")).toBeVisible();
  await page.evaluate((stored) => {
    for (const [key, draft] of stored) localStorage.setItem(key, draft);
  }, drafts);
  await page.reload();
  await page.getByRole("button", { name: "Save activity" }).click();
  await expect(page.getByText("Already saved")).toBeVisible();

  await openTab(page, "Board");
  await expect(ownPlace(page)).toContainText("Points24");
});

test("H5 a save while the connection is down counts once when it is back", async ({ signUp }) => {
  const page = await signUp("Bo Lindgren");
  await createChallenge(page, "Through the tunnel");
  let isDown = false;
  const open = new Set<WebSocketRoute>();
  await page.routeWebSocket(/./, (socket) => {
    if (isDown) return void socket.close();
    open.add(socket);
    socket.connectToServer();
  });
  await page.reload();
  await openTab(page, "Log");
  await chooseRun(page);
  await page.getByLabel("Distance", { exact: true }).fill("5");
  await page.getByLabel("Unit of distance").selectOption("km");

  isDown = true;
  for (const socket of open) await socket.close();
  await expect(page.getByText(/^(Reconnecting|You are offline)\./)).toBeVisible();
  await page.getByRole("button", { name: "Save activity" }).click();
  await expect(page.getByRole("button", { name: "Save activity" })).toBeDisabled();

  isDown = false;
  await expect(page.getByText("You have 24 points.")).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText(/^Reconnecting/)).toHaveCount(0);
  await openTab(page, "History");
  await expect(page.getByRole("button", { name: "Delete Run" })).toHaveCount(1);
});

test("an activity is explained, edited, deleted and brought back", async ({ signUp }) => {
  const page = await signUp("Dario Lund");
  const wire = new Wire();
  await wire.enter(page);
  await createChallenge(page, "Second thoughts");
  await logRun(page, "10");
  await openTab(page, "History");
  await page.getByText("Why these points for Run").click();
  await expect(page.getByText(/x 7\.5\/mile/)).toBeVisible();

  await page.getByRole("button", { name: "Edit Run" }).click();
  const dialog = page.getByRole("dialog", { name: "Edit activity" });
  await dialog.getByLabel("Distance", { exact: true }).fill("20");
  await dialog.getByLabel("Unit of distance").selectOption("km");
  await expect(dialog.getByRole("region", { name: "Point preview" })).toContainText("93 points");
  const button = dialog.getByRole("button", { name: "Save changes" });
  await pressImpatiently(page, wire, { button, path: "mutations/activities:edit" });
  await expect(page.getByRole("button", { name: "Edit Run" })).toBeFocused();
  await expect(page.getByText("The total is 94 points now.")).toBeVisible();
  const amount = page.locator("dl > div").filter({ hasText: "Amount:" });
  await expect(amount).toContainText(/from 10 km\s*→\s*to 20 km/);

  wire.hold("mutations/activities:remove");
  await page.getByRole("button", { name: "Delete Run" }).dblclick();
  wire.release();
  await expect(page.getByText("Why this does not count")).toBeVisible();
  expect(wire.sent.filter((path) => path === "mutations/activities:remove")).toHaveLength(1);
  await page.getByLabel("Status").selectOption("Deleted");
  await expect(page.getByRole("heading", { name: /^Deleted on / })).toBeVisible();
  await page.getByRole("button", { name: "Restore Run" }).click();
  await expect(page.getByRole("heading", { name: "Nothing is deleted" })).toBeVisible();
  await page.reload();
  await page.getByRole("link", { name: "Show everything" }).click();
  await expect(page.getByRole("button", { name: "Delete Run" })).toBeVisible();
  await openTab(page, "Board");
  await expect(ownPlace(page)).toContainText("Points94");
});

test("progress is seen, and the days add up to the total of the board", async ({ signUp }) => {
  const page = await signUp("Hana Ito");
  await createChallenge(page, "Every point accounted for");
  await logRun(page, "10");
  await logRun(page, "5");

  await openTab(page, "Progress");
  await expect(page.getByRole("heading", { name: "My progress" })).toBeVisible();
  await expect(page.getByText("Today counts")).toBeVisible();
  await expect(page.getByRole("button", { name: /, today, 71 points, streak 1$/ })).toBeVisible();
  await expect(page.getByText("You lead")).toBeVisible();
  await page.getByText("Show as a table").click();
  await expect(page.getByRole("row").filter({ hasText: "71" }).first()).toBeVisible();
  await page.getByRole("button", { name: "Points per activity" }).click();
  await expect(page.getByRole("row", { name: "Run 2 70" })).toBeVisible();
  await expect(page.getByRole("row", { name: "Total 71" })).toBeVisible();

  await openTab(page, "History");
  await expect(page.locator("dl").filter({ hasText: "Points up to this day" })).toContainText("71");
  await page.getByRole("link", { name: "Day by day" }).click();
  await expect(page.getByText("It comes to 71 points now.")).toBeVisible();
  await expect(page.getByRole("row", { name: "The day +71" })).toBeVisible();
  await expect(page.getByRole("row", { name: "Total after it 71" })).toBeVisible();

  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download CSV" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^every-point-accounted-for-ledger-.*\.csv$/);
  const lines = (await readFile(await download.path(), "utf8")).trim().split("\r\n");
  expect(lines).toHaveLength(4);
  expect(lines.at(-1)).toContain(",71,");

  await openTab(page, "Board");
  await expect(ownPlace(page)).toContainText("Points71");
});

test("an archive is previewed, mapped, imported, and changes nothing the second time", async ({
  signUp,
}) => {
  const page = await signUp("Edda Frost");
  await createChallenge(page, "From the archive");
  const rows = [
    archiveRow(1, daysAgo(0), "Run"),
    archiveRow(2, daysAgo(0), "Kitesurf"),
    archiveRow(3, daysAgo(400), "Run"),
  ];
  const file = {
    name: "activities.csv",
    mimeType: "text/csv",
    buffer: Buffer.from([HEADER, ...rows].join("\n")),
  };
  const lineOf = (words: string) => page.locator("dl > div").filter({ hasText: words });

  await openTab(page, "Log");
  await page.getByRole("link", { name: "Import it instead" }).click();
  await page.getByLabel("Choose activities.csv").setInputFiles(file);
  await expect(page.getByRole("heading", { name: "3 activities in the file" })).toBeVisible();
  await expect(lineOf("New, will be imported")).toContainText("1");
  await expect(lineOf("Outside the days that are open")).toContainText("1");

  await page.getByLabel("Kitesurf (1 activity)").selectOption("Swim");
  await page.getByRole("button", { name: "Save and look again" }).click();
  await page.getByRole("button", { name: "Import 2 activities" }).click();
  await expect(page.getByText("Import finished")).toBeVisible();
  await expect(lineOf("Imported")).toContainText("2");

  await page.getByRole("button", { name: "Import another file" }).click();
  await page.getByLabel("Choose activities.csv").setInputFiles(file);
  await expect(lineOf("New, will be imported")).toContainText("0");
  await expect(lineOf("Already here")).toContainText("2");

  // 12 km are 7.456 miles: 56 as a run, 112 as a swim, and 1 for the first day of the streak.
  await openTab(page, "Board");
  await expect(ownPlace(page)).toContainText("Points169");
});

test("a private challenge looks like a missing one to others", async ({ signUp }) => {
  const page = await signUp("Fritz Amann");
  await createChallenge(page, "Behind the hedge");
  await openTab(page, "Board");
  const address = page.url();
  const stranger = await signUp("Gita Rao");
  await stranger.goto(address);
  await expect(stranger.getByRole("heading", { name: "Nothing to see here" })).toBeVisible();
  await expect(stranger.getByText("Behind the hedge")).toHaveCount(0);
  const missing = await stranger.locator("main").innerText();
  await stranger.goto("/c/nothing-like-an-id");
  await expect(stranger.getByRole("heading", { name: "Nothing to see here" })).toBeVisible();
  expect(await stranger.locator("main").innerText()).toBe(missing);
});

test("signing in leads back to the whole address, never to another site", async ({
  signUp,
  page,
}) => {
  const member = await signUp("Hedy Blom");
  await member.goto("/sign-in?next=/%09/elsewhere.example/");
  await expect(member.getByRole("heading", { name: "Hello, Hedy Blom" })).toBeVisible();

  const address = "/new?from=a%26b";
  await page.goto(address);
  await page.getByRole("link", { name: "Create an account" }).click();
  await page.getByLabel("Your name").fill("Ilja Roth");
  await page.getByLabel("E-mail").fill(`ilja-${Date.now()}@example.test`);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { name: "New challenge" })).toBeVisible();
  await expect(page).toHaveURL(address);
});
