/** kill -9 under write load: what was acknowledged is there once, and all views of the data agree. */
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { anyApi } from "convex/server";
import {
  createApp,
  deploy,
  startCommand,
  temporaryFolder,
  type Command,
} from "./fixtures/server/harness.ts";

/** `scripts/checks/durability.mjs` kills the real backend twenty times. */
const ROUNDS = 4;
const HTTP_WRITERS = 7;
const USERS = ["ann", "bob", "cat"];
const ledger = anyApi.ledger!;

interface Audit {
  keys: string[];
  indexed: string[];
  sums: Array<{ rows: number; aggregate: number; rowCount: number; count: number }>;
}

const folders: string[] = [];
let server: Command;
let survivor: ConvexClient;
afterAll(async () => {
  await survivor?.close();
  if (server !== undefined) await kill(server);
  for (const folder of folders) await rm(folder, { recursive: true });
});

let nextKey = 0;
function newEntry(): { key: string; user: string; points: number } {
  const n = nextKey++;
  return { key: `entry${n}`, user: USERS[n % USERS.length]!, points: (n % 7) + 1 };
}

/** Writes until the server is gone; adds what was acknowledged. */
async function writeOverHttp(url: string, acknowledged: string[]): Promise<void> {
  const client = new ConvexHttpClient(url, { logger: false });
  for (;;) {
    const entry = newEntry();
    try {
      await client.mutation(ledger.log!, entry);
    } catch {
      return;
    }
    acknowledged.push(entry.key);
  }
}

test("W14 kills lose nothing and double nothing", async () => {
  const [app, dataDir] = [await createApp(), await temporaryFolder()];
  folders.push(app, dataDir);
  const ports = ["--port", "0", "--site-port", "0"];
  server = await startCommand("--data-dir", dataDir, ...ports);
  ports[1] = new URL(server.url).port;
  ports[3] = new URL(server.siteUrl).port;
  const adminKey = readFileSync(join(dataDir, "admin-key"), "utf8").trim();
  await deploy(app, { url: server.url, adminKey });

  // The eighth writer lives through every kill: it connects again and sends again what was unanswered.
  survivor = new ConvexClient(server.url, { logger: false });
  const acknowledged: string[] = [];
  let finished = false;
  const survive = async (): Promise<void> => {
    while (!finished) {
      const entry = newEntry();
      await survivor.mutation(ledger.log!, entry);
      acknowledged.push(entry.key);
    }
  };
  const surviving = survive();

  for (let round = 0; round < ROUNDS; round++) {
    const goal = acknowledged.length + 10 + ((round * 37) % 50);
    const { url } = server;
    const writers = Array.from({ length: HTTP_WRITERS }, () => writeOverHttp(url, acknowledged));
    await expect.poll(() => acknowledged.length, { timeout: 60_000 }).toBeGreaterThan(goal);
    await kill(server);
    await Promise.all(writers);
    server = await startCommand("--data-dir", dataDir, ...ports);
    const audit = await new ConvexHttpClient(server.url).query(ledger.audit!, { users: USERS });
    checkAudit(audit as Audit, acknowledged);
  }
  finished = true;
  await surviving;
  const audit = await new ConvexHttpClient(server.url).query(ledger.audit!, { users: USERS });
  checkAudit(audit as Audit, acknowledged);
}, 300_000);

async function kill({ child }: Command): Promise<void> {
  if (child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

function checkAudit({ keys, indexed, sums }: Audit, acknowledged: string[]): void {
  const present = new Set(keys);
  expect(acknowledged.filter((key) => !present.has(key))).toEqual([]);
  expect(present.size).toBe(keys.length);
  expect(indexed.toSorted()).toEqual(keys.toSorted());
  expect(sums.map(({ aggregate, count }) => ({ sum: aggregate, count }))).toEqual(
    sums.map(({ rows, rowCount }) => ({ sum: rows, count: rowCount })),
  );
  expect(sums.reduce((total, { rowCount }) => total + rowCount, 0)).toBe(keys.length);
}
