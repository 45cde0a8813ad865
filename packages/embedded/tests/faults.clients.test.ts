/** What clients do to a server: they fall silent, are slow, send too much, and come in crowds. */
import type { Server } from "node:http";
import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { startServer, type RunningServer } from "../src/index.ts";
import { spawnLimited } from "./childFixture.ts";
import { COMMAND, startCommand, temporaryFolder, whenReady } from "./fixtures/server/harness.ts";

/** Time runs so much faster for the server's limits on slow requests. */
const FASTER = 200;
/** The API's, then that of the HTTP actions. */
const servers = vi.hoisted((): Server[] => []);

vi.mock("node:http", async (importActual) => {
  const actual = await importActual<typeof import("node:http")>();
  return {
    ...actual,
    createServer: (options: { headersTimeout: number; requestTimeout: number }) => {
      const created = actual.createServer({
        ...options,
        headersTimeout: options.headersTimeout / FASTER,
        requestTimeout: options.requestTimeout / FASTER,
        connectionsCheckingInterval: 20,
      });
      const setTimeout = created.setTimeout.bind(created);
      created.setTimeout = (ms) => setTimeout(Number(ms) / FASTER);
      servers.push(created);
      return created;
    },
  };
});

let dataDir: string;
let server: RunningServer;
beforeAll(async () => {
  dataDir = await temporaryFolder();
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  server = await startServer({ dataDir, port: 0, sitePort: 0, sync: false });
});
afterAll(async () => {
  vi.useRealTimers();
  await server.close();
  await rm(dataDir, { recursive: true });
});

function open(url: string): Socket {
  return connect(Number(new URL(url).port), "127.0.0.1").on("error", () => undefined);
}

const isServing = async (url: string) => (await fetch(`${url}/version`)).status === 200;

test("W24 a client that is gone without a word is let go, one that only listens is not", async () => {
  const url = `${server.url.replace("http", "ws")}/api/1.48.0/sync`;
  const [dead, idle] = [new WebSocket(url, { autoPong: false }), new WebSocket(url)];
  await Promise.all([once(dead, "open"), once(idle, "open")]);
  const gone = once(dead, "close");
  for (let quarter = 0; quarter < 4; quarter++) {
    const pings = Promise.all([once(dead, "ping"), once(idle, "ping")]);
    vi.advanceTimersByTime(15_000);
    await pings;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(dead.readyState).toBe(WebSocket.OPEN);
  vi.advanceTimersByTime(15_000);
  expect(await gone).toEqual([1006, expect.anything()]);
  expect(idle.readyState).toBe(WebSocket.OPEN);
  idle.terminate();
});

test.each(["POST /api/que", "POST /api/query HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"])(
  "W29 a request that comes too slowly is ended, and keeps nobody waiting: %j",
  async (beginning) => {
    const slow = Array.from({ length: 50 }, () => open(server.url));
    const answers = slow.map((socket) => text(socket.setTimeout(30_000)));
    for (const socket of slow) socket.write(beginning);
    expect(await isServing(server.url)).toBe(true);
    for (const answer of answers) expect(await answer).toMatch(/^HTTP\/1.1 408 /);
  },
);

test("W25 a client that does not take its answers is cut off", async () => {
  const { store } = server.engine;
  const transaction = store.begin("mutation");
  for (let n = 0; n < 15; n++) transaction.insert("", "big", { text: "x".repeat(1_000_000) });
  await store.commit(transaction).durable;
  const accepted = once(servers[0]!, "connection");
  const socket = open(server.url);
  const page = { table: "big", paginationOpts: { cursor: null, numItems: 20 } };
  const body = JSON.stringify({ path: "_system/cli/tableData", args: page });
  const headers = `Host: localhost\r\nAuthorization: Convex ${server.adminKey}\r\nContent-Length: ${body.length}`;
  socket.write(`POST /api/query HTTP/1.1\r\n${headers}\r\n\r\n${body}`);
  const [held] = (await accepted) as [Socket];
  await once(held, "close");
  const [head = "", taken = ""] = (await text(socket)).split("\r\n\r\n");
  expect(head).toMatch(/^HTTP\/1.1 200 /);
  expect(taken.length).toBeLessThan(Number(/^Content-Length: (\d+)/im.exec(head)?.[1]));
});

test.each([
  ["one of 20 kB", `X: ${"x".repeat(20_000)}\r\n`],
  ["ten thousand", "X: x\r\n".repeat(10_000)],
])("W30 headers without end are refused: %s", async (_what, headers) => {
  const socket = open(server.url);
  const answer = text(socket);
  socket.write(`GET /version HTTP/1.1\r\nHost: a\r\n${headers}\r\n`);
  expect(await answer).toMatch(/^HTTP\/1.1 431 /);
  expect(await isServing(server.url)).toBe(true);
});

test("W38 whoever reads its log is gone: it goes on, and stops in order", async () => {
  const folder = await temporaryFolder();
  const args = ["--data-dir", folder, "--port", "0", "--site-port", "0"];
  const { child, url, stderr } = await startCommand(...args);
  stderr.catch(() => undefined);
  child.stderr!.destroy();
  child.stdout!.destroy();
  expect(await isServing(url)).toBe(true);
  const exit = once(child, "exit");
  child.kill();
  expect(await exit).toEqual([0, null]);
  await rm(folder, { recursive: true });
});

test("W31 more connections than the system allows wait or are refused, and nobody else is harmed", async () => {
  const folder = await temporaryFolder();
  const args = ["--data-dir", folder, "--port", "0", "--site-port", "0"];
  const { child, url } = await whenReady(spawnLimited("-n 120", COMMAND, ...args));
  const idle = new WebSocket(`${url.replace("http", "ws")}/api/1.48.0/sync`);
  await once(idle, "open");
  const crowd = Array.from({ length: 200 }, () => open(url));
  const answered = new Set<Socket>();
  for (const socket of crowd) {
    socket.on("data", () => answered.add(socket));
    socket.write("GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  await vi.waitFor(() => expect(answered.size).toBeGreaterThan(0), { timeout: 10_000 });
  await new Promise((resolve) => setTimeout(resolve, 200));
  // Each of those holds one of 120 files.
  expect(answered.size).toBeLessThan(120);
  expect(idle.readyState).toBe(WebSocket.OPEN);
  for (const socket of crowd) socket.destroy();
  await vi.waitFor(async () => expect(await isServing(url)).toBe(true), { timeout: 10_000 });
  expect([child.exitCode, child.signalCode]).toEqual([null, null]);
  idle.terminate();
  const exit = once(child, "exit");
  child.kill();
  expect(await exit).toEqual([0, null]);
  await rm(folder, { recursive: true });
});
