/** kill -9 in the middle of deploys that build and drop an index, while people write. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ConvexHttpClient } from "convex/browser";
import { anyApi } from "convex/server";
import { check } from "../src/store/index.ts";
import {
  convex,
  createApp,
  deploy,
  startCommand,
  temporaryFolder,
  type Command,
} from "./fixtures/server/harness.ts";

/** `scripts/checks/durability.mjs` kills the real backend in deploys as well, and more often. */
const ROUNDS = 4;
const WRITERS = 4;
const DOCUMENTS = 8_000;
const messages = anyApi.messages!;
const folders: string[] = [];
let server: Command | undefined;
afterAll(async () => {
  server?.child.kill("SIGKILL");
  for (const folder of folders) await rm(folder, { recursive: true });
});

type Push = Record<string, unknown>;

/** What the CLI would send for the app as it stands, without sending it. */
async function pushOf(app: string): Promise<Push> {
  const file = join(app, "push");
  const nowhere = { url: "http://127.0.0.1:1", adminKey: "none" };
  const whole = ["--push-all-modules", "--codegen", "disable", "--typecheck", "disable"];
  const { code, stderr } = await convex(
    app,
    nowhere,
    "deploy",
    "--write-push-request",
    file,
    ...whole,
  );
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(await readFile(`${file}.json`, "utf8")) as Push;
}

async function post(url: string, adminKey: string, path: string, body: unknown): Promise<Push> {
  const response = await fetch(`${url}/api/deploy2/${path}`, {
    method: "POST",
    headers: { Authorization: `Convex ${adminKey}` },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as Push;
}

async function writeUntilKilled(url: string, acknowledged: string[], name: string): Promise<void> {
  const client = new ConvexHttpClient(url, { logger: false });
  for (let n = 0; ; n++) {
    const body = `${name} ${n}`;
    try {
      await client.mutation(messages.send!, { body });
    } catch {
      return;
    }
    acknowledged.push(body);
  }
}

test("W15 a deploy that is killed has happened or has not, and no acknowledged write is lost", async () => {
  const [app, dataDir] = [await createApp(), await temporaryFolder()];
  folders.push(app, dataDir);
  const start = () => startCommand("--data-dir", dataDir, "--port", "0", "--site-port", "0");
  server = await start();
  const adminKey = readFileSync(join(dataDir, "admin-key"), "utf8").trim();
  await deploy(app, { url: server.url, adminKey });
  await new ConvexHttpClient(server.url).mutation(messages.fill!, { count: DOCUMENTS });
  const without = await pushOf(app);
  const schema = join(app, "backend/schema.js");
  const source = await readFile(schema, "utf8");
  await writeFile(
    schema,
    source.replace(
      "v.optional(v.string()) })",
      'v.optional(v.string()) }).index("by_body", ["body"])',
    ),
  );
  const withIndex = await pushOf(app);

  const acknowledged: string[] = [];
  const indexRows = new Set<number>();
  for (let round = 0; round < ROUNDS; round++) {
    const { url, child } = server;
    const writers = Array.from({ length: WRITERS }, (_, writer) =>
      writeUntilKilled(url, acknowledged, `round ${round} writer ${writer}`),
    );
    const push = { ...(round % 2 === 0 ? withIndex : without), adminKey };
    const startPush = await post(url, adminKey, "start_push", push);
    const finished = post(url, adminKey, "finish_push", { adminKey, startPush, dryRun: false });
    // From before the first row of the index to behind the last one.
    await Promise.race([
      finished.catch(() => undefined),
      new Promise((resolve) => setTimeout(resolve, 40 * round)),
    ]);
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await Promise.all([gone, ...writers, finished.catch(() => undefined)]);
    const report = await check(dataDir);
    expect(report.problems).toEqual([]);
    indexRows.add(Math.round((report.indexRows - report.documents) / DOCUMENTS));
    server = await start();
    const client = new ConvexHttpClient(server.url, { logger: false });
    const present = new Set((await client.query(messages.list!, {})) as string[]);
    expect(acknowledged.filter((body) => !present.has(body))).toEqual([]);
  }
  expect(acknowledged.length).toBeGreaterThan(0);
  expect([...indexRows].every((extra) => extra === 0 || extra === 1)).toBe(true);
}, 120_000);
