/**
 * Nonsense from the network: random bytes, broken JSON, wrong types, deep and huge values. The server answers
 * or closes, never with an internal error, and whoever behaves goes on working.
 * FUZZ_SECONDS=60 runs each part that long.
 */
import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import fc from "fast-check";
import { beforeAll, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import type { ConvexClient } from "convex/browser";
import { deploymentOfFile, messages } from "./fixtures/server/perFile.ts";

const SECONDS = Number(process.env["FUZZ_SECONDS"] ?? 1.5);
vi.setConfig({ testTimeout: 60_000 + 2_000 * SECONDS });

const deployment = await deploymentOfFile();
let healthy: ConvexClient;
let shown: string[] = [];
let sent = 0;

beforeAll(() => {
  healthy = deployment.client();
  healthy.onUpdate(messages["list"]!, {}, (list: string[]) => (shown = list));
});

/** What is wrong after a test: with the healthy client, or defects in the server's log. */
async function troubles(): Promise<string[]> {
  const found = deployment.log
    .splice(0)
    .filter((line) =>
      /Unexpected error|A sync message failed|A function request failed/.test(line),
    );
  const body = `healthy ${++sent}`;
  await healthy.mutation(messages["send"]!, { body });
  if (!shown.includes(body)) found.push("The healthy client does not see its own message.");
  if (healthy.connectionState().connectionCount > 1) found.push("It had to connect again.");
  return found;
}

async function fuzz<T>(arbitrary: fc.Arbitrary<T>, body: (value: T) => Promise<void>) {
  await fc.assert(fc.asyncProperty(arbitrary, body), {
    numRuns: 1_000_000,
    interruptAfterTimeLimit: SECONDS * 1000,
    markInterruptAsFailure: false,
  });
}

const deep = fc
  .tuple(fc.integer({ min: 1, max: 200_000 }), fc.constantFrom("[", '{"a":'))
  .map(([depth, open]) => open.repeat(depth) + "1" + (open === "[" ? "]" : "}").repeat(depth));

/** JSON texts of `value`, whole, cut off or with a character changed, and what is none. */
function texts(value: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const text = value.map((json) => JSON.stringify(json) ?? "");
  const position = fc.double({ min: 0, max: 1, noNaN: true });
  return fc.oneof(
    { weight: 4, arbitrary: text },
    fc.tuple(text, position).map(([whole, at]) => whole.slice(0, whole.length * at)),
    fc
      .tuple(text, position, fc.string({ minLength: 1, maxLength: 1 }))
      .map(([whole, at, character]) => {
        const index = Math.floor(whole.length * at);
        return whole.slice(0, index) + character + whole.slice(index + 1);
      }),
    deep,
    fc.string(),
  );
}

/** Now and then something else than what belongs there. */
function nearly<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 6, arbitrary }, { weight: 1, arbitrary: fc.jsonValue() });
}

const functionPath = fc.constantFrom(
  "messages:list",
  "messages:send",
  "messages:types",
  "messages:refuse",
  "messages:relay",
  "messages:clear",
  "messages:__proto__",
  "../../etc:passwd",
  "_system/cli/tables",
  "_system/cli/tableData",
  "nowhere",
  "",
);
const functionArgs = fc.oneof(
  fc.constantFrom({}, { body: "fuzzed" }, { value: { $integer: "AAAA" } }, { body: "\ud800" }),
  fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 3 })),
);

const call = fc.record(
  {
    path: nearly(functionPath),
    args: nearly(fc.oneof(functionArgs, fc.tuple(functionArgs))),
    format: nearly(fc.constantFrom("json", "convex_encoded_json")),
    componentPath: fc.constantFrom(null, "", "nothing", "__proto__"),
  },
  { requiredKeys: [] },
);
const endpoint = fc.constantFrom(
  "/api/query",
  "/api/mutation",
  "/api/action",
  "/api/function",
  "/api/query_at_ts",
  "/api/query_ts",
  "/api/run/messages/send",
  "/api/run/%ff",
  "/api/get_config_hashes",
  "/api/deploy2/start_push",
  "/api/deploy2/finish_push",
  "/api/deploy2/wait_for_schema",
  "/api/update_environment_variables",
  "/api/sync",
  "/api/__proto__",
  "/constructor",
  "//",
);
const authorization = fc.oneof(
  fc.constant("admin"),
  fc.constantFrom("", "Bearer", "Bearer a.b.c", "Convex", "Convex wrong:e30=", "Basic eA=="),
  fc.base64String().map((text) => `Bearer ${text}.${text}.${text}`),
);

test("W26 HTTP requests of every shape are answered, and never with an internal error", async () => {
  const requests = fc.record({
    method: fc.constantFrom("POST", "POST", "POST", "GET", "PUT", "DELETE", "OPTIONS"),
    path: endpoint,
    authorization,
    encoding: fc.constantFrom("identity", "identity", "identity", "gzip", "br", "deflate", "none"),
    body: texts(call),
  });
  await fuzz(requests, async ({ method, path, authorization: given, encoding, body }) => {
    const key = `Convex ${deployment.server.adminKey}`;
    const response = await fetch(deployment.server.url + path, {
      method,
      headers: {
        Authorization: given === "admin" ? key : given,
        "Content-Encoding": encoding,
      },
      ...(method === "GET" ? {} : { body }),
    });
    await response.arrayBuffer();
    expect(response.status).not.toBe(500);
  });
  expect(await troubles()).toEqual([]);
});

const requestLine = fc.constantFrom(
  "GET /version HTTP/1.1\r\nHost: a\r\n\r\n",
  "POST /api/query HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n{}",
  "POST /api/query HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
  "GET /api/1.48.0/sync HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  "GET /version HTTP/9.9\r\n\r\n",
  `GET /${"a".repeat(70_000)} HTTP/1.1\r\n\r\n`,
  "",
);

test("W26 connections that bring any bytes come to an end", async () => {
  const bytes = fc.tuple(
    fc.boolean(),
    fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
        requestLine.map((text) => Buffer.from(text)),
      ),
      { maxLength: 3 },
    ),
  );
  await fuzz(bytes, async ([isSite, parts]) => {
    const { url, siteUrl } = deployment.server;
    const socket = connect(Number(new URL(isSite ? siteUrl : url).port), "127.0.0.1");
    socket.on("error", () => undefined);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.resume();
    socket.end(Buffer.concat(parts));
    await closed;
  });
  expect(await troubles()).toEqual([]);
});

const version = fc.oneof(fc.constantFrom(0, 1, 2, -1, 1.5, 2 ** 53), fc.integer());
const queryId = fc.integer({ min: 0, max: 2 });
const args = nearly(fc.tuple(functionArgs));
const syncMessage = fc.oneof(
  fc.record({
    type: fc.constant("Connect"),
    sessionId: nearly(fc.string({ maxLength: 120 })),
    maxObservedTimestamp: nearly(fc.base64String({ maxLength: 12 })),
  }),
  fc.record({
    type: fc.constant("ModifyQuerySet"),
    baseVersion: version,
    newVersion: version,
    modifications: fc.array(
      fc.oneof(
        fc.record({
          type: fc.constant("Add"),
          queryId,
          udfPath: functionPath,
          args,
          journal: fc.constantFrom(null, "", "{}", '{"endCursor":1}', "["),
        }),
        fc.record({ type: fc.constant("Remove"), queryId }),
        fc.jsonValue(),
      ),
      { maxLength: 3 },
    ),
  }),
  fc.record({
    type: fc.constantFrom("Mutation", "Action"),
    requestId: nearly(fc.nat()),
    udfPath: nearly(functionPath),
    args,
  }),
  fc.record({
    type: fc.constant("Authenticate"),
    tokenType: fc.constantFrom("Admin", "User", "None", "Nobody"),
    value: fc.string(),
    baseVersion: version,
  }),
  fc.record({ type: fc.string() }),
  fc.jsonValue(),
);

const CONNECT = JSON.stringify({ type: "Connect", sessionId: "fuzz" });

test("W26 WebSocket clients that break the protocol are told or closed", async () => {
  const clients = fc.record({
    introduces: fc.boolean(),
    frames: fc.array(texts(syncMessage), { minLength: 1, maxLength: 5 }),
    binary: fc.boolean(),
    /** Behind the WebSocket's back: no frames at all. */
    raw: fc.option(fc.uint8Array({ minLength: 1, maxLength: 30 }), { freq: 4 }),
  });
  await fuzz(clients, async ({ introduces, frames, binary, raw }) => {
    const socket = new WebSocket(`${deployment.server.url.replace("http", "ws")}/api/1.48.0/sync`);
    socket.on("error", () => undefined);
    await once(socket, "open");
    const closed = once(socket, "close") as Promise<[code: number]>;
    if (introduces) socket.send(CONNECT);
    for (const frame of frames) socket.send(frame, { binary });
    // The second Connect breaks the protocol for certain, so the server ends what is left.
    socket.send(CONNECT);
    if (raw === null) socket.close();
    else (socket as unknown as { _socket: NodeJS.WritableStream })._socket.end(raw);
    const [code] = await closed;
    expect(code).not.toBe(1011);
  });
  expect(await troubles()).toEqual([]);
});

test("W27 a frame above the limit closes its connection with 1009", async () => {
  const socket = new WebSocket(`${deployment.server.url.replace("http", "ws")}/api/1.48.0/sync`);
  const closed = once(socket, "close") as Promise<[code: number]>;
  await once(socket, "open");
  socket.send("x".repeat(21 * 2 ** 20));
  const [code] = await closed;
  expect(code).toBe(1009);
  expect(await troubles()).toEqual([]);
});

test("W28 a body that announces itself as too large is refused before it comes", async () => {
  const { port } = new URL(deployment.server.url);
  const headers = { "Content-Length": 2 ** 40 };
  const started = request({ host: "127.0.0.1", port, method: "POST", path: "/api/query", headers });
  started.on("error", () => undefined).flushHeaders();
  const [response] = (await once(started, "response")) as [IncomingMessage];
  expect(response.statusCode).toBe(413);
  started.destroy();
});
