/** Who may do what: every admin endpoint, the names it is reached under, and what one client may ask for. */
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { request, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startServer, type RunningServer } from "../src/index.ts";
import { ADMIN_ENDPOINTS } from "../src/server/http/api.ts";
import { temporaryFolder } from "./fixtures/server/harness.ts";
import { RawClient } from "./fixtures/server/rawClient.ts";

vi.setConfig({ testTimeout: 60_000 });
let server: RunningServer;
let dataDir: string;

beforeAll(async () => {
  dataDir = await temporaryFolder();
  server = await startServer({ dataDir, port: 0, sitePort: 0, sync: false });
});
afterAll(async () => {
  await server.close();
  await rm(dataDir, { recursive: true });
});

async function answer(method: string, path: string, headers: Record<string, string>) {
  const { port } = new URL(server.url);
  const sent = request({ host: "127.0.0.1", port, method, path, headers });
  if (method === "POST") sent.write("{}");
  const [response] = (await once(sent.end(), "response")) as [IncomingMessage];
  const chunks = (await response.toArray()) as Buffer[];
  return { status: response.statusCode, text: Buffer.concat(chunks).toString() };
}

/** The endpoints of the deploy protocol that the CLI calls, of exports and imports, and the metrics. */
const ADMIN_PATHS = [
  "/api/get_config_hashes",
  "/api/deploy2/start_push",
  "/api/deploy2/evaluate_push",
  "/api/deploy2/evaluate_schema",
  "/api/deploy2/wait_for_schema",
  "/api/deploy2/finish_push",
  "/api/deploy2/report_push_completed",
  "/api/update_environment_variables",
  "/api/v1/get_canonical_urls",
  "/api/stream_function_logs",
  "/api/export/request/zip",
  "/api/import/start_upload",
  "/api/import/upload_part",
  "/api/import/finish_upload",
  "/api/perform_import",
  "/api/export/zip/",
  "/metrics",
];

test("every admin endpoint is named here", () => {
  expect(Object.keys(ADMIN_ENDPOINTS)).toEqual(ADMIN_PATHS);
});

const callers: Array<
  [who: string, status: number, headers: (key: string) => Record<string, string>]
> = [
  ["nobody", 403, () => ({})],
  ["a wrong key", 403, (key) => ({ Authorization: `Convex ${key.replace(/.$/, "-")}` })],
  ["a part of the key", 403, (key) => ({ Authorization: `Convex ${key.slice(0, -1)}` })],
  ["a key that is longer", 403, (key) => ({ Authorization: `Convex ${key}0` })],
  ["a token", 401, () => ({ Authorization: "Bearer a.b.c" })],
  ["the key as a token", 401, (key) => ({ Authorization: `Bearer ${key}` })],
  ["a foreign host", 403, (key) => ({ Authorization: `Convex ${key}`, Host: "evil.example" })],
  [
    "a host like ours",
    403,
    (key) => ({ Authorization: `Convex ${key}`, Host: "localhost.evil.example" }),
  ],
];

test.each(callers)("%s opens no admin endpoint", async (_, status, headers) => {
  for (const [path, { method }] of Object.entries(ADMIN_ENDPOINTS)) {
    const { status: answered } = await answer(method, path, headers(server.adminKey));
    expect(`${path} ${answered}`).toBe(`${path} ${status}`);
  }
});

test("the key opens them under the names of this machine", async () => {
  const { port } = new URL(server.url);
  for (const name of ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"]) {
    const headers = { Authorization: `Convex ${server.adminKey}`, Host: `${name}:${port}` };
    expect((await answer("GET", "/metrics", headers)).status).toBe(200);
  }
});

test("headers above 16 KiB are refused, and the server goes on", async () => {
  const { status } = await answer("GET", "/version", { Filler: "x".repeat(17_000) });
  expect(status).toBe(431);
  expect((await answer("GET", "/version", {})).status).toBe(200);
});

test("an admin key in a message under a foreign host is refused", async () => {
  const client = await RawClient.open(server.url, { Host: "evil.example" });
  client.send({ type: "Connect", sessionId: "s" });
  client.send({ type: "Authenticate", tokenType: "Admin", value: server.adminKey, baseVersion: 0 });
  expect(await client.until("AuthError")).toMatchObject({
    error: expect.stringContaining("host name"),
  });
  client.close();
});

test("a client watches 1,000 queries, and one more ends its connection", async () => {
  const client = await RawClient.connect(server.url, "many");
  const add = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => ({
      type: "Add",
      queryId: from + n,
      udfPath: "nothing:here",
      args: [{}],
    }));
  client.modify(1, ...add(0, 1_000));
  await client.until("Transition");
  client.modify(2, ...add(1_000, 1));
  expect(await client.until("FatalError")).toMatchObject({
    error: "A client can watch 1000 queries at most.",
  });
  expect(await client.closed).toBe(1008);
});
