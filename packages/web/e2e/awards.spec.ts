import type { Page } from "@playwright/test";
import { chooseRun, createChallenge, expect, logRun, openTab, test } from "./product";

async function openPage(page: Page, name: string): Promise<void> {
  await openTab(page, "Organise");
  await page
    .getByRole("navigation", { name: "Organise" })
    .getByRole("link", { name, exact: true })
    .click();
}

/** An achievement for 8 km altogether by running, looked at before it is saved. */
async function addAchievement(page: Page): Promise<void> {
  await openPage(page, "Achievements");
  await page.getByRole("link", { name: "Add an achievement" }).click();
  await page.getByRole("button", { name: "See who would earn it" }).click();
  await expect(page.getByText("Give it a name.")).toBeVisible();
  await page.getByLabel("Name").fill("Eight kilometres");
  await page.getByText("An amount altogether").click();
  await page.getByText("Run", { exact: true }).click();
  await page.getByLabel("At least").fill("8");
  await page.getByLabel("Counted in").selectOption("km");
  await page.getByLabel("Points").fill("40");
  await expect(page.getByText("Collect 8 km by Run. Once in the challenge.")).toBeVisible();

  await page.reload();
  await expect(page.getByText("This is what you typed before.")).toBeVisible();
  await expect(page.getByLabel("Name")).toHaveValue("Eight kilometres");
  await page.getByRole("button", { name: "See who would earn it" }).click();
  const dialog = page.getByRole("dialog", { name: "Add Eight kilometres?" });
  await expect(dialog).toContainText("Nobody has earned it yet.");
  await dialog.getByRole("button", { name: "Add achievement" }).click();
  await expect(page.getByRole("link", { name: /^Eight kilometres/ })).toBeVisible();
  await page.getByRole("link", { name: "Add an achievement" }).click();
  await expect(page.getByLabel("Name")).toHaveValue("");
}

test("an organiser adds an achievement, and a participant earns it by logging", async ({
  signUp,
}) => {
  const organiser = await signUp("Nora Feld");
  const link = await createChallenge(organiser, "Short and sweet");
  await addAchievement(organiser);

  const runner = await signUp("Pia Rask");
  await runner.goto(link);
  await expect(
    runner.getByRole("heading", { name: "You are invited to Short and sweet" }),
  ).toBeVisible();
  await runner.getByRole("button", { name: "Join challenge" }).click();
  await logRun(runner, "5");
  await openTab(runner, "Awards");
  await expect(runner.getByText("5 of 8 km")).toBeVisible();
  await openTab(runner, "Log");
  await chooseRun(runner);
  await runner.getByLabel("Distance", { exact: true }).fill("5");
  await runner.getByLabel("Unit of distance").selectOption("km");
  const preview = runner.getByRole("region", { name: "Point preview" });
  await expect(preview).toContainText("Earns Eight kilometres: +40");
  await logRun(runner, "5");
  await openTab(runner, "Awards");
  await expect(runner.getByText(/^Earned on /)).toBeVisible();
  await expect(runner.getByText("1 of 1", { exact: true })).toBeVisible();
});

test("a mini-game is planned, started, ended, its points are on the board, and taken back", async ({
  signUp,
}) => {
  const page = await signUp("Odd Lund");
  await createChallenge(page, "One partner");
  await openPage(page, "Mini-games");
  await page.getByRole("link", { name: "Plan a mini-game" }).click();
  await page.getByLabel("Name").fill("Partner days");
  await page
    .getByLabel("First day")
    .fill((await page.getByLabel("First day").getAttribute("min")) ?? "");
  await page.getByLabel(/^Share of the partner/).fill("100");
  await page.getByRole("button", { name: "Plan it" }).click();

  await page.getByRole("button", { name: "See who plays with whom" }).click();
  await expect(page.getByRole("row", { name: /Odd Lund.*Partner: Odd Lund/ })).toBeVisible();
  await page.getByRole("button", { name: "Start now" }).click();
  await page.getByRole("button", { name: "Start it" }).click();
  await expect(page.getByText("On now")).toBeVisible();

  await logRun(page, "5");
  await openPage(page, "Mini-games");
  await page.getByRole("link", { name: /^Partner days/ }).click();
  await page.getByRole("button", { name: "See what it would give" }).click();
  // The point of the streak is no activity: it stays out of the game.
  await expect(page.getByRole("row", { name: /Odd Lund.*From the partner.*\+23/ })).toBeVisible();
  await page.getByRole("button", { name: "End and give the points" }).click();
  await page.getByRole("button", { name: "End it" }).click();
  await expect(page.getByText("Its points are on the board.")).toBeVisible();

  await openTab(page, "Awards");
  await page.getByRole("link", { name: /^Partner days/ }).click();
  await expect(page.getByRole("heading", { name: "Partner days" })).toBeVisible();
  const tabs = page.getByRole("navigation", { name: "Challenge" });
  await expect(tabs.getByRole("link", { name: "Awards" })).toHaveAttribute("aria-current", "page");
  await openTab(page, "Board");
  await expect(page.getByRole("row", { name: /Odd Lund.*47/ })).toBeVisible();

  await openPage(page, "Mini-games");
  await page.getByRole("link", { name: /^Partner days/ }).click();
  await page.getByRole("button", { name: "Take the game back" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Type reverse to confirm").fill("reverse");
  await dialog.getByRole("button", { name: "Take the points back" }).click();
  await expect(dialog.getByText("Say why.")).toBeVisible();
  await dialog.getByLabel("Reason").fill("Nobody knew their partner");
  await dialog.getByRole("button", { name: "Take the points back" }).click();
  await expect(dialog).toBeHidden();
  await openTab(page, "Board");
  await expect(page.getByRole("row", { name: /Odd Lund.*24/ })).toBeVisible();
});
