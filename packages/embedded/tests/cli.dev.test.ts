/** `npx convex dev` in watch mode: the real CLI beside a deployment in this process, as somebody develops all day. */
import { once } from "node:events";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { ConvexHttpClient } from "convex/browser";
import { anyApi } from "convex/server";
import { startServer } from "../src/index.ts";
import { createApp, spawnConvex, temporaryFolder } from "./fixtures/server/harness.ts";

const messages = anyApi["messages"]!;
const PATIENCE = { timeout: 60_000, interval: 50 };
const cleanUp: Array<() => Promise<void>> = [];
afterAll(async () => {
  for (const step of cleanUp.reverse()) await step();
});

test("convex dev deploys what is saved, shows logs, reports what is broken, and ends on Ctrl-C", async () => {
  const [app, dataDir] = [await createApp(), await temporaryFolder()];
  const server = await startServer({ dataDir, port: 0, sitePort: 0, sync: false });
  const dev = spawnConvex(app, server, "dev", "--typecheck", "disable");
  cleanUp.push(
    () => rm(dataDir, { recursive: true }),
    () => rm(app, { recursive: true }),
    () => server.close(),
    async () => void dev.kill("SIGKILL"),
  );
  let output = "";
  for (const stream of [dev.stdout!, dev.stderr!]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const client = new ConvexHttpClient(server.url, { logger: false });
  /** Waits until the CLI has printed this since the last time, doing something meanwhile. */
  const printed = async (wanted: string, meanwhile: () => Promise<void> = async () => {}) => {
    await vi.waitFor(async () => {
      await meanwhile();
      expect(output).toContain(wanted);
    }, PATIENCE);
    output = "";
  };
  const file = join(app, "backend/messages.js");
  const source = await readFile(file, "utf8");
  const constant = () => client.query(messages["constant"]!, {});

  await printed("Convex functions ready");
  expect(await constant()).toBe("constant");
  await printed("'counting'", async () => {
    await client.mutation(messages["send"]!, { body: "x" });
    await client.query(messages["count"]!, {});
  });

  await writeFile(file, source.replace('"constant"', '"changed"'));
  await printed("Convex functions ready");
  expect(await constant()).toBe("changed");

  await writeFile(file, `${source}\nexport const broken = ;`);
  await printed('Unexpected ";"');
  expect(await constant()).toBe("changed");

  await writeFile(file, source.replace('"constant"', '"mended"'));
  await printed("Convex functions ready");
  expect(await constant()).toBe("mended");

  const exit = once(dev, "exit");
  dev.kill("SIGINT");
  // What a program ends with that Ctrl-C has ended.
  expect(await exit).toEqual([130, null]);
  expect(await constant()).toBe("mended");
}, 180_000);
