import type { Locator, Page } from "@playwright/test";
import { createChallenge, expect, openTab, test } from "./product";

/** Goes to an element with the Tab key alone, as somebody without a mouse does. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`Tab does not reach ${target.toString()}`);
}

/** Presses the button of the newest message; Alt+T is how messages are reached. */
async function pressUndo(page: Page): Promise<void> {
  await page.keyboard.press("Alt+KeyT");
  await tabTo(page, page.getByRole("button", { name: "Undo" }).first());
  await page.keyboard.press("Enter");
}

test("an activity is logged, edited, deleted and brought back without a mouse", async ({
  signUp,
}) => {
  const page = await signUp("Kit Sandoval");
  await createChallenge(page, "Hands on the keys");
  await openTab(page, "Log");

  const run = page.getByRole("radio", { name: "Run" });
  await tabTo(page, page.getByRole("radio").first());
  for (let presses = 0; presses < 20 && !(await run.isChecked()); presses += 1)
    await page.keyboard.press("ArrowRight");
  const distance = page.getByLabel("Distance", { exact: true });
  await tabTo(page, distance);
  await page.keyboard.type("10");
  await tabTo(page, page.getByLabel("Unit of distance"));
  await page.keyboard.type("km");
  await expect(page.getByRole("region", { name: "Point preview" })).toContainText("47 points");
  await tabTo(page, page.getByRole("button", { name: "Save activity" }));
  await page.keyboard.press("Enter");
  await expect(page.getByText("You have 48 points.")).toBeVisible();

  await tabTo(page, page.getByRole("link", { name: "History" }).first());
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: "Edit Run" }));
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Edit activity" });
  await expect(dialog.getByRole("radio", { name: "Run" })).toBeFocused();
  await tabTo(page, dialog.getByLabel("Distance", { exact: true }));
  await page.keyboard.press("Control+KeyA");
  await page.keyboard.type("20");
  await tabTo(page, dialog.getByRole("button", { name: "Save changes" }));
  await page.keyboard.press("Enter");
  await expect(page.getByText("The total is 94 points now.")).toBeVisible();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("button", { name: "Edit Run" })).toBeFocused();

  await tabTo(page, page.getByRole("button", { name: "Delete Run" }));
  await page.keyboard.press("Enter");
  const deleted = page.getByRole("listitem").getByText("Deleted", { exact: true });
  await expect(deleted).toBeVisible();
  await pressUndo(page);
  await expect(deleted).toHaveCount(0);

  await tabTo(page, page.getByRole("link", { name: "Progress" }).first());
  await page.keyboard.press("Enter");
  const today = page.getByRole("button", { name: /, today, 94 points, streak 1$/ });
  await expect(today).toBeVisible();
  await tabTo(page, today);
  await page.keyboard.press("ArrowRight");
  await expect(page.getByText("Still to come.")).toBeVisible();
});
