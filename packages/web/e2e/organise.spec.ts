import type { Page } from "@playwright/test";
import { chooseRun, expect, openTab, test } from "./product";
import { pressImpatiently, Wire } from "./wire";

/** A day before today as a date field takes it. */
function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
}

async function openPage(page: Page, name: string): Promise<void> {
  await page
    .getByRole("navigation", { name: "Organise" })
    .getByRole("link", { name, exact: true })
    .click();
}

/** A challenge that ended yesterday without grace, with a run of 5 km that its organiser added. */
async function endedChallenge(page: Page): Promise<void> {
  await page.getByRole("link", { name: "New challenge" }).click();
  await page.getByLabel("Name").fill("Last lap");
  await page.getByLabel("First day").fill(daysAgo(9));
  await page.getByLabel("Last day").fill(daysAgo(3));
  await page.getByLabel("Hours of grace after the end").fill("0");
  await page.getByRole("button", { name: "Create challenge" }).click();
  await expect(page.getByRole("heading", { name: "Organise" })).toBeVisible();

  await openTab(page, "Log");
  await chooseRun(page);
  await page.getByLabel("Distance", { exact: true }).fill("5");
  await page.getByLabel("Unit of distance").selectOption("km");
  await page.getByLabel("Day", { exact: true }).fill(daysAgo(4));
  await page.getByLabel("Reason").fill("Told me at the finish");
  await page.getByRole("button", { name: "Save activity" }).click();
  await expect(page.getByText("You have 24 points.")).toBeVisible();
}

/** Somebody else saves another name for what the page changes. */
async function renameElsewhere(page: Page, name: string): Promise<void> {
  const other = await page.context().newPage();
  await other.goto(page.url());
  // What the first page has typed is kept on this device, for both.
  await other.getByRole("button", { name: "Start anew" }).click();
  await other.getByLabel("Name", { exact: true }).fill(name);
  await other.getByRole("button", { name: "Save", exact: true }).click();
  await expect(other.getByText("Rule saved")).toBeVisible();
  await other.close();
}

/** Saves the rule that is open, and has what was logged so far counted again. */
async function countAgain(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Change Trail run?" });
  await expect(dialog).toContainText("1 activity of 1 person would change, +27 points");
  await dialog.getByLabel("Is counted again").check();
  await dialog.getByRole("button", { name: "Save and count again" }).click();
  await expect(dialog).toBeHidden();
}

test("an organiser changes a rule, sees whom it touches, corrects a total and ends the challenge", async ({
  signUp,
}) => {
  const page = await signUp("Vera Holm");
  const wire = new Wire();
  await wire.enter(page);
  await endedChallenge(page);
  await openTab(page, "Organise");
  await page.getByLabel("What everybody should read").fill("The prizes are at the hall.");
  await page.getByRole("button", { name: "Announce" }).click();
  await openTab(page, "Board");
  await expect(page.getByText("The prizes are at the hall.")).toBeVisible();
  await page.getByRole("button", { name: "Close the announcement" }).click();
  await expect(page.getByText("The prizes are at the hall.")).toBeHidden();

  await openTab(page, "Organise");
  await openPage(page, "Rules");
  await page.getByRole("link", { name: /^Run/ }).click();
  await page.getByRole("group", { name: "Bonus 1" }).getByLabel("Extra points").fill("a few");
  await page.getByLabel("Counted in").first().selectOption("km");
  await page.getByLabel("Points per km").fill("10");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Enter digits only, for example 5.2.")).toBeVisible();
  await page.getByRole("group", { name: "Bonus 1" }).getByLabel("Extra points").fill("25");
  await expect(page.getByText("This gives50 points")).toBeVisible();
  await renameElsewhere(page, "Trail run");
  const changed = page.getByText(/^It changed meanwhile/);
  await expect(changed).toBeVisible();
  await expect(page.getByLabel("Points per km")).toHaveValue("10");
  await page.getByRole("button", { name: "Show the new one" }).click();
  await expect(changed).toBeHidden();
  await page.getByLabel("Counted in").first().selectOption("km");
  await page.getByLabel("Points per km").fill("10");
  wire.refuseNext("mutations/maintenance:start", "JOB_UNDER_WAY");
  await countAgain(page);
  await expect(page.getByText("the past is not counted again")).toBeVisible();

  await page.getByRole("link", { name: /^Trail run/ }).click();
  await page.getByRole("group", { name: "Bonus 1" }).getByLabel("Extra points").fill("30");
  await countAgain(page);
  await expect(page.getByText(/1 activity of 1 person changed, \+27 points/)).toBeVisible();

  await openPage(page, "People");
  await page.getByRole("button", { name: "What to do about Vera Holm" }).click();
  await page.getByRole("menuitem", { name: "Give or take points" }).click();
  await page.getByLabel("Points", { exact: true }).fill("-11");
  await page.getByLabel("Reason").fill("Half of it was downhill");
  await expect(page.getByText("40 points")).toBeVisible();
  const button = page.getByRole("button", { name: "Take points" });
  await pressImpatiently(page, wire, { button, path: "mutations/moderation:adjust" });
  await expect(page.getByText("The total is 40 points now.")).toBeVisible();
  await expect(page.getByRole("button", { name: "What to do about Vera Holm" })).toBeFocused();

  await openPage(page, "Settings");
  await page.getByRole("button", { name: "Make the standings final" }).click();
  await page.getByLabel("Type FINAL to confirm").fill("FINAL");
  await page.getByRole("button", { name: "Make final" }).click();
  await expect(page.getByText("1. Vera Holm, 40 points")).toBeVisible();
});
