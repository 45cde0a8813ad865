import { createChallenge, expect, test } from "./product";

test("a key is made, shown once, used, seen in the log and revoked", async ({
  signUp,
  request,
}) => {
  const page = await signUp("Kaya Lind");
  await createChallenge(page, "By key");
  const config = (await (await page.request.get("/config.json")).json()) as { siteUrl: string };
  await page.goto("/settings/keys");
  await page.getByRole("button", { name: "New key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Make key" }).click();
  await expect(dialog.getByText("Enter a name.")).toBeVisible();
  await dialog.getByLabel("Name").fill("Watch");
  await dialog.getByText("Log", { exact: true }).click();
  await dialog.getByRole("button", { name: "Make key" }).click();
  const key = await dialog.getByLabel("Your new key").inputValue();
  expect(key).toMatch(/^mp_/);
  await dialog.getByRole("button", { name: "I have it" }).click();

  // Shown once: after that only its end is known.
  const keys = page.getByRole("list", { name: "Keys that work" });
  await expect(keys).toContainText(`Ends in ${key.split("_")[2]?.slice(-4)}`);
  await expect(keys).toContainText("Never used");
  expect(await page.content()).not.toContain(key);

  const call = async () =>
    await request.get(`${config.siteUrl}/api/v1/me`, {
      headers: { Authorization: `Bearer ${key}` },
    });
  expect((await call()).status()).toBe(200);
  await expect(keys).toContainText("Last used");
  await page.getByRole("button", { name: "Last requests of Watch" }).click();
  const log = page.getByRole("table", { name: /^Requests of Watch/ });
  await expect(log.getByRole("row").last()).toContainText(/GET .*\/me.*200/);

  await page.getByRole("button", { name: "Revoke Watch" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke key" }).click();
  await expect(keys.getByRole("listitem")).toHaveCount(0);
  expect((await call()).status()).toBe(401);
  await page.getByText("Keys that ended (1)").click();
  await page.getByRole("button", { name: "Last requests of Watch" }).click();
  await expect(log.getByRole("row").nth(1)).toContainText("401");
});
