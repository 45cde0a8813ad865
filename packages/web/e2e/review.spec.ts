import type { Page } from "@playwright/test";
import { createChallenge, expect, logRun, openTab, test } from "./product";

const HEADER =
  "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,Max Heart Rate," +
  "Relative Effort,Commute,Activity Private Note,Activity Gear,Filename,Athlete Weight,Bike Weight,Elapsed Time," +
  "Moving Time,Distance,Max Speed,Average Speed,Elevation Gain";

/** Imports a run of today, 10 km in 20 minutes: faster than anybody ever was. */
async function importTram(page: Page): Promise<void> {
  const date = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeZone: "UTC" });
  const row = `1,"${date.format(new Date())}, 12:00:00 AM",To work,Run,,1200,10.00,,,false,,,,,,1200.0,1200.0,10000.0,,,5.0`;
  await openTab(page, "Log");
  await page.getByRole("link", { name: "Import it instead" }).click();
  await page.getByLabel("Choose activities.csv").setInputFiles({
    name: "activities.csv",
    mimeType: "text/csv",
    buffer: Buffer.from([HEADER, row].join("\n")),
  });
  await page.getByRole("button", { name: "Import 1 activity" }).click();
  await expect(page.getByText("Import finished")).toBeVisible();
}

async function openReview(page: Page, queue: RegExp): Promise<void> {
  await openTab(page, "Organise");
  const pages = page.getByRole("navigation", { name: "Organise" });
  await pages.getByRole("link", { name: "Review" }).click();
  await page.getByRole("navigation", { name: "Queues" }).getByRole("link", { name: queue }).click();
}

/** Says why, and decides. */
async function decide(page: Page, effect: string, button: string): Promise<void> {
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText(effect);
  await dialog.getByRole("button", { name: button, exact: true }).click();
  await expect(dialog.getByText("Say why.")).toBeVisible();
  await dialog.getByLabel("Reason").fill("The tram is no sport.");
  await dialog.getByRole("button", { name: button, exact: true }).click();
  await expect(dialog).toBeHidden();
}

async function readNews(page: Page, news: string): Promise<void> {
  await page.getByRole("link", { name: /^Notifications, \d new$/ }).click();
  await page.getByRole("link", { name: news }).click();
  await expect(page.getByRole("heading", { name: "History" })).toBeVisible();
}

test("an impossible run is noticed and removed; its person objects and is believed", async ({
  signUp,
}) => {
  const nora = await signUp("Nora Winther");
  const joinLink = await createChallenge(nora, "No trams");
  const theo = await signUp("Theo Marsh");
  await theo.goto(joinLink);
  await theo.getByRole("button", { name: "Join challenge" }).click();
  await importTram(theo);
  await readNews(theo, "One of your activities looks impossible");
  await expect(theo.getByText("Counts, under review")).toBeVisible();

  await openReview(nora, /^Flags 1/);
  await expect(nora.getByText("This is faster than the world record: 30 km/h")).toBeVisible();
  await nora.getByRole("button", { name: "Remove it" }).click();
  await decide(nora, "The total of Theo Marsh goes down by 48 points.", "Remove");
  await expect(nora.getByRole("heading", { name: "Nothing waits" })).toBeVisible();
  await expect(nora.getByText("Flags, 0 waiting")).toBeFocused();

  await readNews(theo, "An organiser took one of your activities out of the count");
  await theo.getByText("Why it does not count for Run").click();
  await expect(theo.getByText("Reason: The tram is no sport.").first()).toBeVisible();
  await theo.getByRole("button", { name: "Object to this" }).click();
  await expect(theo.getByLabel("What should they know?")).toBeFocused();
  await theo.getByLabel("What should they know?").fill("I was late and ran like never before.");
  await theo.getByRole("button", { name: "Send to the organisers" }).click();
  await expect(theo.locator(":focus")).toContainText("Your objection is with the organisers.");

  await openReview(nora, /^Appeals 1/);
  await expect(nora.getByText("I was late and ran like never before.")).toBeVisible();
  await nora.getByRole("button", { name: "Agree and take it back" }).click();
  await decide(nora, "The total of Theo Marsh goes up by 48 points.", "Agree");
  await expect(nora.getByRole("heading", { name: "Nothing waits" })).toBeVisible();

  await readNews(theo, "The organisers agreed with your objection");
  await openTab(theo, "Board");
  await expect(theo.getByRole("region", { name: "Your place" })).toContainText("Points48");
  await theo.getByRole("link", { name: /^Notifications/ }).click();
  await theo.getByRole("button", { name: "Mark all as read" }).click();
  await expect(theo.getByRole("link", { name: "Notifications", exact: true })).toBeVisible();
});

test("a participant asks about another's run, and the organiser finds nothing wrong", async ({
  signUp,
}) => {
  const olga = await signUp("Olga Brandt");
  const joinLink = await createChallenge(olga, "Benefit of the doubt");
  const runner = await signUp("Remi Faure");
  await runner.goto(joinLink);
  await runner.getByRole("button", { name: "Join challenge" }).click();
  await logRun(runner, "10");

  const doubter = await signUp("Dina Kowal");
  await doubter.goto(joinLink);
  await doubter.getByRole("button", { name: "Join challenge" }).click();
  await doubter.getByRole("table").getByRole("link", { name: "Remi Faure" }).click();
  await doubter.getByRole("button", { name: "Flag Run, Today" }).click();
  await doubter.getByText("It may be on the wrong day").click();
  await doubter.getByRole("button", { name: "Ask the organisers to look" }).click();
  await expect(doubter.getByText("The organisers will look at it")).toBeVisible();

  await openReview(olga, /^Flags 1/);
  await expect(olga.getByText("Flagged by Dina Kowal")).toBeVisible();
  await olga.getByText("Points, history and comments").click();
  await olga.getByLabel("Add a comment").fill("Met him on the way.");
  await olga.getByRole("button", { name: "Comment", exact: true }).click();
  await expect(olga.getByRole("listitem").getByText("Met him on the way.")).toBeVisible();
  await olga.getByRole("button", { name: "Nothing is wrong" }).click();
  await decide(olga, "the activity goes on counting 47 points", "Dismiss");
  await expect(olga.getByRole("heading", { name: "Nothing waits" })).toBeVisible();
  await olga.getByRole("button", { name: "Undo" }).click();
  await expect(olga.getByText("Flagged by Dina Kowal")).toBeVisible();
});
