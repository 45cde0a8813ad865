import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { startProduct } from "../../../scripts/lib/product.mjs";
import { createChallenge, expect, logRun, openTab, PASSWORD, signUpAt, test } from "./product";
import { tamperWithTotal } from "./tamper";

const READY = /Milepost is running at (http:\S+)/;

/** Runs the product on a data folder for as long as `use` takes; every run has its own address. */
async function running(dataDir: string, use: (url: string) => Promise<void>): Promise<void> {
  const product = startProduct(dataDir, ["--no-demo"]);
  try {
    await product.printed(READY);
    await use(READY.exec(product.output())?.[1] ?? "");
  } finally {
    await product.stop();
  }
}

async function openMaintenance(page: Page): Promise<void> {
  await openTab(page, "Organise");
  await page.getByRole("link", { name: "Maintenance" }).click();
  await expect(page.getByRole("heading", { name: "Maintenance", level: 1 })).toBeVisible();
}

/** Verify, look at what a repair would change, apply it, verify again. */
async function findAndRepair(page: Page): Promise<void> {
  await openMaintenance(page);
  await page.getByRole("button", { name: "Verify now" }).click();
  await expect(page.getByRole("heading", { name: "Some totals do not agree" })).toBeVisible();
  await page.getByRole("button", { name: "See what a repair changes" }).first().click();
  const dryRun = page.getByRole("region", { name: "Repair, dry run" });
  const total = dryRun.getByRole("row", { name: /Olga.*Total points/ });
  await expect(total).toContainText("−500");
  await dryRun.getByRole("button", { name: "Apply this repair" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Apply the repair" }).click();
  await expect(dialog.getByText("Type repair first.")).toBeVisible();
  await dialog.getByLabel("Type repair to confirm").fill("repair");
  await dialog.getByRole("button", { name: "Apply the repair" }).click();
  const repair = page.getByRole("region", { name: "Repair", exact: true });
  await repair.getByRole("button", { name: "Verify again" }).click();
  await expect(page.getByRole("heading", { name: "All totals agree" })).toBeVisible();
  await expect(page.getByText("Everything agrees")).toBeVisible();
}

test("a wrong total is found and named, its repair is shown first, and then everything agrees", async ({
  browser,
}) => {
  const dataDir = await mkdtemp(join(tmpdir(), "milepost-e2e-"));
  const email = "olga@example.test";
  try {
    await running(dataDir, async (baseURL) => {
      const page = await signUpAt(await browser.newContext({ baseURL }), "Olga", email);
      await createChallenge(page, "Spring");
      await logRun(page, "5");
      await page.context().close();
    });
    await tamperWithTotal(dataDir, 500);
    await running(dataDir, async (baseURL) => {
      const page = await browser.newPage({ baseURL });
      await page.goto("/sign-in");
      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("link", { name: /^Spring/ }).click();
      await findAndRepair(page);
      await page.close();
    });
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
