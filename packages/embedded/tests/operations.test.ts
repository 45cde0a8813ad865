/** Metrics, structured logs, and how the server stops. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { anyApi } from "convex/server";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import {
  createApp,
  deploy,
  Deployment,
  startCommand,
  temporaryFolder,
  type Command,
} from "./fixtures/server/harness.ts";
import { RawClient } from "./fixtures/server/rawClient.ts";

const messages = anyApi.messages!;
vi.setConfig({ testTimeout: 60_000 });

describe("metrics", () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await Deployment.start();
  }, 60_000);
  afterAll(() => deployment.dispose());

  test("need the admin key", async () => {
    const url = `${deployment.server.url}/metrics`;
    expect((await fetch(url)).status).toBe(403);
    const headers = { Authorization: `Convex ${deployment.server.adminKey}` };
    const { headers: answered } = await fetch(url, { headers });
    expect(answered.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  });

  test("count functions, commits, the cache, connections, subscriptions and jobs", async () => {
    const before = await deployment.figures();
    const client = deployment.client();
    await new Promise<void>((resolve) => client.onUpdate(messages.list!, {}, () => resolve()));
    await client.mutation(messages.send!, { body: "x" });
    await expect(client.mutation(messages.refuse!, { code: "no" })).rejects.toThrow("no");
    // The first run learns that the function reads no identity, the second one is kept for everybody.
    for (let n = 0; n < 3; n++) await deployment.http().query(messages.count!, {});
    const after = await deployment.figures();
    const rise = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    expect(rise('milepost_functions_total{kind="mutation",outcome="ok"}')).toBe(1);
    expect(rise('milepost_functions_total{kind="mutation",outcome="failed"}')).toBe(1);
    expect(rise('milepost_function_seconds_bucket{kind="mutation",le="+Inf"}')).toBe(2);
    expect(rise("milepost_commits_total")).toBe(1);
    expect(rise("milepost_query_cache_hits_total")).toBe(1);
    expect(rise("milepost_query_cache_misses_total")).toBe(2);
    expect(rise("milepost_query_reruns_total")).toBe(2);
    expect(after.get("milepost_connections")).toBe(1);
    expect(after.get("milepost_subscriptions")).toBe(1);
    expect(after.get("milepost_jobs_waiting")).toBe(0);
    expect(after.get("milepost_memory_anonymous_bytes")).toBeGreaterThan(1e7);
    expect(after.get("milepost_heap_bytes")).toBeGreaterThan(1e6);
    expect(after.get("milepost_data_file_bytes")).toBeGreaterThan(1e4);
    expect(rise("milepost_cpu_seconds_total")).toBeGreaterThan(0.001);
  });
});

describe("a server that is told to stop", () => {
  const ports = ["--port", "0", "--site-port", "0"];
  let app: string;
  let dataDir: string;
  beforeAll(async () => {
    [app, dataDir] = [await createApp(), await temporaryFolder()];
    const server = await start();
    const adminKey = readFileSync(join(dataDir, "admin-key"), "utf8").trim();
    await deploy(app, { url: server.url, adminKey });
    await stop(server, "SIGTERM");
  }, 60_000);
  afterAll(async () => {
    for (const folder of [app, dataDir]) await rm(folder, { recursive: true });
  });

  const start = () => startCommand("--data-dir", dataDir, ...ports, "--log-format", "json");

  async function stop({ child }: Command, signal: NodeJS.Signals): Promise<number | null> {
    const exit = once(child, "exit") as Promise<[number | null]>;
    child.kill(signal);
    return (await exit)[0];
  }

  test("W22 answers what runs, sends its clients away with a code, and gives the folder free", async () => {
    const server = await start();
    const client = new ConvexHttpClient(server.url, { logger: false });
    const idle = await RawClient.open(server.url);
    const live = new ConvexClient(server.url, { logger: false });
    const slow = client.action(messages.slowly!, { body: "by HTTP", ms: 700 });
    const answered: string[] = [];
    const slowLive = live.action(messages.slowly!, { body: "by WebSocket", ms: 700 });
    const burst = Array.from({ length: 30 }, async (_, n) => {
      await live.mutation(messages.send!, { body: `burst ${n}` });
      answered.push(`burst ${n}`);
    });
    await burst[0];
    expect(await stop(server, "SIGTERM")).toBe(0);
    await Promise.all([slow, slowLive]);
    expect(await idle.closed).toBe(1001);
    await live.close();

    const again = await start();
    const bodies: unknown = await new ConvexHttpClient(again.url).query(messages.list!, {});
    expect(bodies).toEqual(expect.arrayContaining(["by HTTP", "by WebSocket", ...answered]));
    await stop(again, "SIGTERM");
  });

  test("W23 ends at once at the second signal, with what was acknowledged on disk", async () => {
    const server = await start();
    const client = new ConvexHttpClient(server.url, { logger: false });
    await client.mutation(messages.send!, { body: "kept" });
    const never = client.action(messages.slowly!, { body: "never", ms: 60_000 });
    never.catch(() => undefined);
    await expect.poll(() => client.query(messages.list!, {})).toContain("kept");
    const exit = once(server.child, "exit") as Promise<[number | null]>;
    server.child.kill("SIGTERM");
    setTimeout(() => server.child.kill("SIGTERM"), 200);
    expect((await exit)[0]).toBe(143);
    const again = await start();
    const bodies: unknown = await new ConvexHttpClient(again.url).query(messages.list!, {});
    expect(bodies).toContain("kept");
    expect(bodies).not.toContain("never");
    await stop(again, "SIGTERM");
  });

  test("has logged one JSON object per line", async () => {
    const server = await start();
    const client = new ConvexHttpClient(server.url, { logger: false });
    await client.query(messages.count!, {});
    await expect(client.mutation(messages.refuse!, { code: "no" })).rejects.toThrow("no");
    await stop(server, "SIGINT");
    const lines = (await server.stderr).trimEnd().split("\n");
    const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(entries.every(({ time }) => !Number.isNaN(Date.parse(String(time))))).toBe(true);
    expect(entries).toContainEqual(
      expect.objectContaining({
        level: "info",
        kind: "Query",
        function: "messages:count",
        message: expect.stringContaining("counting"),
      }),
    );
    expect(entries).toContainEqual(
      expect.objectContaining({ level: "error", function: "messages:refuse" }),
    );
  });
});
