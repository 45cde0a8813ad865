import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test as base, type BrowserContext, type Page } from "@playwright/test";
import { internal } from "@milepost/backend/api";
import { withMovingProduct } from "../../../scripts/lib/moving-product.mjs";
import { connectTo } from "../../../scripts/lib/product.mjs";

const ROOT = join(import.meta.dirname, "..", "..", "..");
export const READY = /Milepost is running at (http:\S+)/;
const DEMO_COMPLETE = /The demo challenge is complete/;
/** How a product is a fixture: one a worker, with patience while it starts. */
export const ONE_PER_WORKER = { scope: "worker", timeout: 240_000 } as const;

/** Starts the product as `npm start` does, on free ports; answers its address when `isReady` accepts what it printed. */
function startProduct(
  dataDir: string,
  options: string[],
  isReady: RegExp,
): { url: Promise<string>; process: ChildProcess } {
  const ports = ["--port", "0", "--site-port", "0", "--web-port", "0"];
  const args = ["scripts/run.mjs", "start", "--data-dir", dataDir, ...options, ...ports];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  const url = new Promise<string>((resolve, reject) => {
    let output = "";
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = READY.exec(output)?.[1];
      if (found !== undefined && isReady.test(output)) resolve(found);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", (code) => reject(new Error(`The product ended (${code}):\n${output}`)));
  });
  return { url, process: child };
}

interface Product {
  url: string;
  dataDir: string;
}

/** Lends a product of its own, on an empty data folder, once `isReady` accepts what it printed. */
async function withProduct(
  options: string[],
  isReady: RegExp,
  use: (product: Product) => Promise<void>,
): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), "milepost-e2e-"));
  const product = startProduct(dataDir, options, isReady);
  try {
    await use({ url: await product.url, dataDir });
  } finally {
    await stopProduct(product.process);
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function stopProduct(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await exited;
}

interface Fixtures {
  /** Signs up a new person in a browser of their own; answers their page, on the home page. */
  signUp: (name: string) => Promise<Page>;
}

interface Products {
  /** Starts products. Playwright wants every fixture to name one it needs: this is where those of products begin. */
  products: { lend: typeof withProduct; lendMoving: typeof withMovingProduct };
  /** Address of a product with nobody in it. */
  productUrl: string;
  /** A product with the demo challenge, complete. */
  demo: Product;
  /** Its address. */
  demoUrl: string;
}

let people = 0;

/** Tests against the real product; one runs per worker, on a data folder of its own. */
export const test = base.extend<Fixtures, Products>({
  products: [
    { lend: withProduct, lendMoving: withMovingProduct },
    { scope: "worker", option: true },
  ],
  productUrl: [
    async ({ products }, use) =>
      await products.lend(["--no-demo"], READY, async ({ url }) => await use(url)),
    ONE_PER_WORKER,
  ],
  demo: [async ({ products }, use) => await products.lend([], DEMO_COMPLETE, use), ONE_PER_WORKER],
  demoUrl: [async ({ demo }, use) => await use(demo.url), { scope: "worker" }],
  baseURL: async ({ productUrl }, use) => await use(productUrl),
  signUp: async ({ browser, productUrl }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (name) => {
      const context = await browser.newContext({ baseURL: productUrl });
      contexts.push(context);
      people += 1;
      return await signUpAt(context, name, `person${people}-${Date.now()}@example.test`);
    });
    for (const context of contexts) await context.close();
  },
});

export { expect };

/** What everybody signs up with. */
export const PASSWORD = "correct horse battery";

/** Signs up a new person in a browser; answers their page, on the home page. */
export async function signUpAt(
  context: BrowserContext,
  name: string,
  email: string,
): Promise<Page> {
  const page = await context.newPage();
  await page.goto("/sign-in?mode=up");
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { name: `Hello, ${name}` })).toBeVisible();
  return page;
}

/** Makes somebody an administrator of the platform, as docs/operations.md does on the command line. */
export async function makePlatformAdmin({ dataDir }: Product, email: string): Promise<void> {
  const { admin } = connectTo(dataDir);
  await admin.mutation(internal.mutations.admin.makePlatformAdmin, { email });
}

/** Creates a private challenge with the starter types; answers the link that lets others join. */
export async function createChallenge(page: Page, name: string): Promise<string> {
  await page.getByRole("link", { name: "New challenge" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Create challenge" }).click();
  return await page.getByLabel("Join link", { exact: true }).inputValue();
}

/** Opens a page of the challenge through its tabs. */
export async function openTab(page: Page, tab: string): Promise<void> {
  await page
    .getByRole("navigation", { name: "Challenge" })
    .getByRole("link", { name: tab })
    .click();
}

/** Chooses the type on the log form; the page before it may name the type as well. */
export async function chooseRun(page: Page): Promise<void> {
  const types = page.getByRole("group", { name: "What did you do?" });
  await types.getByText("Run", { exact: true }).click();
}

/** Logs a run of so many kilometres today. */
export async function logRun(page: Page, kilometres: string): Promise<void> {
  await openTab(page, "Log");
  await chooseRun(page);
  await page.getByLabel("Distance", { exact: true }).fill(kilometres);
  await page.getByLabel("Unit of distance").selectOption("km");
  await page.getByRole("button", { name: "Save activity" }).click();
  // The form is empty again; what an earlier log announced may still stand there.
  await expect(page.getByLabel("Distance", { exact: true })).toHaveValue("");
  await expect(page.getByText(/^You have [\d,]+ points?\.$/).first()).toBeVisible();
}

/** Signs in as one of the demo's people and answers the path of the demo challenge. */
export async function enterDemo(page: Page, name: string): Promise<string> {
  await page.goto("/");
  await page.getByRole("button", { name }).click();
  await expect(page.getByRole("heading", { name: `Hello, ${name}` })).toBeVisible();
  const card = page.getByRole("link", { name: /^Six Weeks Outside/ }).first();
  return (await card.getAttribute("href")) ?? "";
}
