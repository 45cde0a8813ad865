/** The HTTP API, HTTP actions, and how the command starts and refuses to start. */
import { once } from "node:events";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { request, type IncomingMessage } from "node:http";
import { connect, createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { open } from "lmdb";
import { ConvexError } from "convex/values";
import { anyApi } from "convex/server";
import { startServer, StartError } from "../src/index.ts";
import {
  deploy,
  Deployment,
  exitOf,
  spawnCommand,
  startCommand,
  temporaryFolder,
} from "./fixtures/server/harness.ts";
import { RawClient } from "./fixtures/server/rawClient.ts";

const messages = anyApi.messages!;
// A loaded machine is slow; nothing here measures time.
vi.setConfig({ testTimeout: 60_000 });
let deployment: Deployment;

beforeAll(async () => {
  deployment = await Deployment.start();
}, 60_000);
afterAll(() => deployment.dispose());
beforeEach(async () => {
  await deployment.admin().mutation(messages.clear!, {});
});

function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  return fetch(`${deployment.server.url}${path}`, {
    method: "POST",
    headers,
    body: typeof body === "string" || body instanceof Buffer ? body : JSON.stringify(body),
  });
}

const adminHeader = () => ({ Authorization: `Convex ${deployment.server.adminKey}` });

describe("functions over HTTP", () => {
  test("the official client queries, mutates, acts and gets ConvexError data", async () => {
    const client = deployment.http();
    const id = await client.mutation(messages.send!, { body: "hello" });
    expect(await client.query(messages.list!, {})).toEqual(["hello"]);
    expect(await client.action(messages.relay!, { body: "again" })).toMatchObject({
      all: ["hello", "again"],
    });
    expect(await client.consistentQuery(messages.list!, {})).toEqual(["hello", "again"]);
    expect(id).toMatch(/^[0-9a-z]{31,37}$/);
    const refused = client.mutation(messages.refuse!, { code: "no" });
    await expect(refused).rejects.toBeInstanceOf(ConvexError);
    await expect(refused).rejects.toMatchObject({ data: { code: "no" } });
    expect(await client.query(messages.list!, {})).toEqual(["hello", "again"]);
  });

  test("a cached result is never older than a commit", async () => {
    const client = deployment.http();
    for (let n = 0; n < 20; n++) {
      expect(await client.query(messages.count!, {})).toBe(n);
      expect(await client.query(messages.count!, {})).toBe(n);
      await client.mutation(messages.send!, { body: String(n) });
    }
  });

  test("a repeated query is answered from the cache until something changes", async () => {
    const client = deployment.http();
    await client.query(messages.count!, {});
    const runs = (): number => deployment.log.filter((line) => line.includes("counting")).length;
    const before = runs();
    await client.query(messages.count!, {});
    expect(runs()).toBe(before);
    await client.mutation(messages.send!, { body: "x" });
    await client.query(messages.count!, {});
    expect(runs()).toBe(before + 1);
  });

  test("results of people never mix", async () => {
    const who = (subject: string) =>
      deployment
        .admin({ subject, issuer: "https://test", tokenIdentifier: `https://test|${subject}` })
        .query(messages.whoAmI!, {});
    for (const subject of ["ann", "bob", "ann"]) {
      expect(await who(subject)).toMatchObject({ subject });
    }
    expect(await deployment.http().query(messages.whoAmI!, {})).toBeNull();
  });

  test("json is plain, convex_encoded_json keeps the types", async () => {
    const args = { value: { $integer: Buffer.from([5, 0, 0, 0, 0, 0, 0, 0]).toString("base64") } };
    const plain = await post("/api/query", { path: "messages:types", args, format: "json" });
    expect(await plain.json()).toEqual({
      status: "success",
      value: { value: "5", bigint: "12", nan: "NaN", bytes: "AAA=" },
      logLines: [],
    });
    const body = { path: "messages:types", args: [args], format: "convex_encoded_json" };
    const encoded = await post("/api/query", body);
    expect(await encoded.json()).toMatchObject({
      value: { value: args.value, bytes: { $bytes: "AAA=" } },
    });
  });

  test("internal functions look like missing ones without the admin key", async () => {
    const messageOf = async (path: string, headers = {}) => {
      const response = await post("/api/function", { path, args: {} }, headers);
      return (await response.json()) as { errorMessage?: string; value?: unknown };
    };
    const { errorMessage: hidden } = await messageOf("messages:secret");
    const { errorMessage: missing } = await messageOf("messages:nothing");
    expect(hidden?.replace("secret", "nothing")).toBe(missing);
    expect(await messageOf("messages:secret", adminHeader())).toMatchObject({ value: "internal" });
  });

  test("a failed function answers 560 with its error", async () => {
    const response = await post("/api/mutation", { path: "messages:send", args: { body: 1 } });
    expect(response.status).toBe(560);
    expect(await response.json()).toMatchObject({
      status: "error",
      errorMessage: expect.stringContaining("body"),
    });
  });

  test("/api/run names the function in its path", async () => {
    const response = await post("/api/run/messages/send", { args: { body: "via run" } });
    expect(await response.json()).toMatchObject({ status: "success" });
    expect(await deployment.http().query(messages.list!, {})).toEqual(["via run"]);
  });

  test("a browser of any origin may call", async () => {
    const preflight = await fetch(`${deployment.server.url}/api/query`, {
      method: "OPTIONS",
      headers: { Origin: "http://app.example", "Access-Control-Request-Headers": "convex-client" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(preflight.headers.get("Access-Control-Allow-Headers")).toBe("convex-client");
  });
});

describe("refusals over HTTP", () => {
  const send = (args: string) => `{"path":"messages:send","args":${args}}`;
  const malformed: Array<[what: string, status: number, path: string, body: string]> = [
    ["no JSON", 400, "/api/mutation", "{"],
    ["a list as body", 400, "/api/mutation", "[]"],
    ["no path", 400, "/api/mutation", "{}"],
    ["an unknown format", 400, "/api/mutation", '{"path":"a:b","args":{},"format":"xml"}'],
    ["two arguments", 400, "/api/mutation", send('[{"body":"a"},{"body":"b"}]')],
    ["a number out of range", 400, "/api/mutation", send('{"body":1e400}')],
    ["a lone surrogate", 400, "/api/mutation", send('{"body":"\\ud800"}')],
    ["a malformed integer", 400, "/api/mutation", send('{"body":{"$integer":"x"}}')],
    ["nesting without end", 400, "/api/mutation", send(`${"[".repeat(5000)}${"]".repeat(5000)}`)],
    [
      "a component without the admin key",
      403,
      "/api/mutation",
      '{"path":"btree:clear","args":{},"componentPath":"totals"}',
    ],
    ["a push without the admin key", 403, "/api/deploy2/start_push", "{}"],
    ["environment changes without the admin key", 403, "/api/update_environment_variables", "{}"],
    ["an endpoint that only exists on Convex", 400, "/api/storage/upload", "{}"],
    ["an unknown endpoint", 404, "/api/nothing", "{}"],
  ];
  test.each(malformed)("%s answers %i and writes nothing", async (_what, status, path, body) => {
    const response = await post(path, body);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      code: expect.any(String),
      message: expect.any(String),
    });
    expect(await deployment.http().query(messages.list!, {})).toEqual([]);
  });

  const malformedPushes: Array<[what: string, path: string, body: object]> = [
    ["a push without modules", "/api/deploy2/start_push", {}],
    ["a push that was never started", "/api/deploy2/finish_push", { startPush: { pushId: "x" } }],
    ["a schema wait without a push", "/api/deploy2/wait_for_schema", {}],
    [
      "a variable with a bad name",
      "/api/update_environment_variables",
      { changes: [{ name: "1 bad", value: "x" }] },
    ],
    ["changes that are none", "/api/update_environment_variables", { changes: "x" }],
  ];
  test.each(malformedPushes)("%s answers 400", async (_what, path, body) => {
    const response = await post(path, body, adminHeader());
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ message: expect.any(String) });
  });

  test("a wrong admin key answers 403, an unknown scheme 401", async () => {
    const body = { path: "messages:list", args: {} };
    const status = async (Authorization: string) =>
      (await post("/api/query", body, { Authorization })).status;
    expect(await status(`Convex milepost|${"0".repeat(64)}`)).toBe(403);
    expect(await status("Basic abc")).toBe(401);
    expect(await status(`Convex ${deployment.server.adminKey}:bm90IGpzb24=`)).toBe(400);
  });

  test("under a foreign host name the admin key is refused, public functions are not", async () => {
    const status = (headers: Record<string, string>): Promise<number> =>
      new Promise((resolve, reject) => {
        const { port } = new URL(deployment.server.url);
        const options = { port, method: "POST", path: "/api/query", headers };
        request(options, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        })
          .on("error", reject)
          .end('{"path":"messages:list","args":{}}');
      });
    const Host = "evil.example:3210";
    expect(await status({ Host })).toBe(200);
    expect(await status({ Host, ...adminHeader() })).toBe(403);
    expect(await status({ Host: "localhost:1", ...adminHeader() })).toBe(200);
  });

  test("W28 bodies are bounded, also after decompression, and read in br and gzip", async () => {
    const list = '{"path":"messages:list","args":{}}';
    const br = { "Content-Encoding": "br" };
    const gzip = { "Content-Encoding": "gzip" };
    expect((await post("/api/query", brotliCompressSync(list), br)).status).toBe(200);
    expect((await post("/api/query", gzipSync(list), gzip)).status).toBe(200);
    expect((await post("/api/query", list, gzip)).status).toBe(400);
    expect((await post("/api/query", list, { "Content-Encoding": "zip" })).status).toBe(415);
    const bomb = gzipSync(Buffer.alloc(30 * 1024 * 1024));
    expect((await post("/api/query", bomb, gzip)).status).toBe(413);
    const response = await post("/api/query", Buffer.alloc(21 * 1024 * 1024)).catch(() => null);
    // The connection may be closed before the answer has been read.
    expect(response === null || response.status === 413).toBe(true);
  });
});

describe("HTTP actions", () => {
  test("answer with status, headers and body", async () => {
    const response = await fetch(`${deployment.server.siteUrl}/echo?q=1`, {
      method: "POST",
      body: "body",
    });
    expect(response.status).toBe(201);
    expect(response.headers.get("X-Query")).toBe("1");
    expect(await response.text()).toBe("body");
  });

  test("stream their body", async () => {
    const response = await fetch(`${deployment.server.siteUrl}/parts`);
    expect(await response.text()).toBe("one,two,three");
  });

  test("are missing with 404", async () => {
    expect((await fetch(`${deployment.server.siteUrl}/nothing`)).status).toBe(404);
  });

  test("know their own host, whatever the request line names", async () => {
    const { siteUrl, url } = deployment.server;
    const answer = await withTarget(siteUrl, "http://evil.example/echo?q=1");
    expect([answer.status, answer.headers["x-url"]]).toEqual([201, `${siteUrl}/echo?q=1`]);
    expect((await withTarget(siteUrl, "//evil.example/echo")).status).toBe(404);
    expect((await withTarget(siteUrl, "*")).status).toBe(400);
    expect((await withTarget(url, "//")).status).toBe(404);
    expect((await withTarget(url, "*")).status).toBe(400);
    expect((await withTarget(url, "/api/run/%")).status).toBe(400);
  });

  test("end when the client leaves, though their body never says anything", async () => {
    const timers = vi.spyOn(globalThis, "setTimeout");
    const looks = () => timers.mock.calls.filter(([task]) => String(task).includes("#look"));
    const leaving = new AbortController();
    const { signal } = leaving;
    const left = fetch(`${deployment.server.siteUrl}/silent`, { signal }).catch(() => "left");
    await vi.waitFor(() => expect(looks().length).toBeGreaterThan(3));
    leaving.abort();
    expect(await left).toBe("left");
    await vi.waitFor(
      async () => {
        timers.mockClear();
        await new Promise((resolve) => setTimeout(resolve, 40));
        expect(looks()).toHaveLength(0);
      },
      { timeout: 3000 },
    );
    timers.mockRestore();
  });

  test("answer with 20 MiB, and what is more is cut off and logged", async () => {
    const answered = async (mebibytes: number): Promise<number> => {
      const response = await fetch(`${deployment.server.siteUrl}/mebibytes?n=${mebibytes}`);
      return (await response.arrayBuffer()).byteLength / 2 ** 20;
    };
    const refusals = () => deployment.log.filter((line) => line.includes("HttpResponseTooLarge"));
    expect([await answered(20), refusals()]).toEqual([20, []]);
    expect(await answered(21)).toBe(20);
    // It has more, and does not end when it is given up.
    expect(await answered(30)).toBe(20);
    const refusal = expect.stringContaining(
      "HTTP actions support responses up to 20 MiB",
    ) as string;
    await vi.waitFor(() => expect(refusals()).toEqual([refusal, refusal]));
  });

  test("fail with a body that is no bytes, and say why", async () => {
    expect((await fetch(`${deployment.server.siteUrl}/text`)).status).toBe(500);
    await vi.waitFor(() =>
      expect(deployment.log.join("\n")).toContain("has to consist of Uint8Arrays"),
    );
  });

  test("refuse a body that is too large", async () => {
    const declared = await fetch(`${deployment.server.siteUrl}/echo`, {
      method: "POST",
      body: Buffer.alloc(21 * 1024 * 1024),
    }).catch(() => null);
    expect(declared === null || declared.status === 413).toBe(true);
  });
});

describe("starting", () => {
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });
  const folder = async (): Promise<string> => {
    const dir = await temporaryFolder();
    folders.push(dir);
    return dir;
  };

  test("makes an admin key for its owner only, and keeps it", async () => {
    const dir = join(await folder(), "new", "data");
    const first = await startServer({ dataDir: dir, port: 0, sitePort: 0 });
    await first.close();
    expect(statSync(join(dir, "admin-key")).mode & 0o777).toBe(0o600);
    expect(first.adminKey).toMatch(/^milepost\|[0-9a-f]{64}$/);
    const second = await startServer({ dataDir: dir, port: 0, sitePort: 0 });
    await second.close();
    expect(second.adminKey).toBe(first.adminKey);
  });

  test("answers who connects before it is ready", async () => {
    const { url, siteUrl } = deployment.server;
    await deployment.server.close();
    const opening = deployment.open();
    const [version, site, socket] = await Promise.all([
      whenListening(() => fetch(`${url}/version`)),
      whenListening(() => fetch(`${siteUrl}/nothing`)),
      whenListening(() => RawClient.open(url)),
    ]);
    socket.close();
    expect([version.status, site.status]).toEqual([200, 404]);
    await opening;
  });

  test("W17 removes what a killed import has uploaded, and leaves files of others alone", async () => {
    const dir = await folder();
    mkdirSync(join(dir, "uploads"));
    writeFileSync(join(dir, "uploads", "mine"), "precious");
    mkdirSync(join(dir, "milepost-uploads"));
    writeFileSync(join(dir, "milepost-uploads", "half"), "an upload");
    const server = await startServer({ dataDir: dir, port: 0, sitePort: 0, sync: false });
    await server.close();
    expect(await readFile(join(dir, "uploads", "mine"), "utf8")).toBe("precious");
    expect(existsSync(join(dir, "milepost-uploads"))).toBe(false);
  });

  test("W13 refuses an admin key that is empty or cannot be read, instead of replacing it", async () => {
    const dir = await folder();
    const key = join(dir, "admin-key");
    writeFileSync(key, "", { mode: 0o600 });
    const { code, stderr } = await exitOf(spawnCommand("--data-dir", dir, "--port", "0"));
    expect([code, stderr]).toEqual([1, `${key} holds no admin key. Remove it to get a new one.\n`]);
    expect(await readFile(key, "utf8")).toBe("");
    await rm(key);
    mkdirSync(key);
    const started = startServer({ dataDir: dir, port: 0, sitePort: 0 });
    await expect(started).rejects.toThrow(StartError);
    await expect(started).rejects.toThrow(`The admin key ${key} cannot be used: `);
  });

  test("W18 a start that was killed while it made the admin key goes on", async () => {
    const dir = await folder();
    writeFileSync(join(dir, "admin-key.new"), "milepost|12");
    const server = await startServer({ dataDir: dir, port: 0, sitePort: 0, sync: false });
    await server.close();
    expect(await readFile(join(dir, "admin-key"), "utf8")).toBe(`${server.adminKey}\n`);
    expect(existsSync(join(dir, "admin-key.new"))).toBe(false);
  });

  test("W32 refuses a taken port, and leaves the folder free", async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
    const { port } = blocker.address() as AddressInfo;
    const dir = await folder();
    const started = startServer({ dataDir: dir, port: 0, sitePort: port });
    await expect(started).rejects.toThrow(StartError);
    await expect(started).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken`);
    const { code, stderr } = await exitOf(
      spawnCommand("--data-dir", dir, "--port", String(port), "--site-port", "0"),
    );
    expect([code, stderr]).toEqual([1, expect.stringContaining("another port with --port")]);
    blocker.close();
    const free = await startServer({ dataDir: dir, port: 0, sitePort: 0 });
    await free.close();
  });

  test("listens on its own address, whatever address it has behind a proxy", async () => {
    const proxied = { cloudUrl: "https://api.example", siteUrl: "https://site.example" };
    const [port, sitePort] = [await freePort(), await freePort()];
    const server = await startServer({ dataDir: await folder(), port, sitePort, ...proxied });
    expect(server).toMatchObject({ url: proxied.cloudUrl, siteUrl: proxied.siteUrl });
    const answers = await Promise.all([
      fetch(`http://127.0.0.1:${port}/version`),
      fetch(`http://127.0.0.1:${sitePort}/nothing`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 404]);
    await server.close();
  });

  test("W12 refuses a folder that another server has", async () => {
    const args = ["--data-dir", deployment.dataDir, "--port", "0", "--site-port", "0"];
    const { code, stderr, stdout } = await exitOf(spawnCommand(...args));
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toBe(
      `The data folder ${deployment.dataDir} is in use by another running server. Stop that one, or choose another folder.\n`,
    );
  });

  test("W9 refuses a folder of a newer format", async () => {
    const dir = await folder();
    const server = await startServer({ dataDir: dir, port: 0, sitePort: 0 });
    await server.close();
    const path = join(dir, "store.mdb");
    const database = open<string, Buffer>({
      path,
      noSubdir: true,
      keyEncoding: "binary",
      encoding: "string",
    });
    for (const key of database.getKeys()) {
      if (key.toString("latin1").endsWith("format")) await database.put(key, "999");
    }
    await database.close();
    const started = startServer({ dataDir: dir, port: 0, sitePort: 0 });
    await expect(started).rejects.toThrow("was written by a newer version (format 999");
  });

  test("refuses a folder it cannot create", async () => {
    const parent = await folder();
    writeFileSync(join(parent, "file"), "");
    const { code } = await exitOf(spawnCommand("--data-dir", join(parent, "file", "data")));
    expect(code).toBe(1);
  });

  const wrongOptions: Array<[option: string, value: string]> = [
    ["--port", "x"],
    ["--port", "70000"],
    ["--cloud-url", "not a url"],
    ["--unknown", "1"],
  ];
  test.each(wrongOptions)("refuses %s %s and names it", async (option, value) => {
    const { code, stderr } = await exitOf(spawnCommand(option, value));
    expect([code, stderr]).toEqual([1, expect.stringContaining(option)]);
  });

  test("explains itself", async () => {
    const { code, stdout } = await exitOf(spawnCommand("--help"));
    expect([code, stdout]).toEqual([0, expect.stringContaining("--data-dir")]);
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "stops in an orderly way on %s and never prints the admin key",
    async (signal) => {
      const dataDir = join(await folder(), "data");
      const { child, url, siteUrl, stderr } = await startCommand(
        `--data-dir=${dataDir}`,
        "--port=0",
        "--site-port=0",
      );
      expect((await fetch(`${url}/version`)).status).toBe(200);
      expect((await fetch(siteUrl)).status).toBe(404);
      const exit = new Promise((resolve) => child.once("exit", resolve));
      child.kill(signal);
      expect(await exit).toBe(0);
      const key = (await readFile(join(dataDir, "admin-key"), "utf8")).trim();
      expect(await stderr).toContain(url);
      expect(await stderr).not.toContain(key);
    },
  );

  test("W36 outlives careless functions and rude clients", async () => {
    const dataDir = await folder();
    const ports = ["--port", "0", "--site-port", "0"];
    const { child, url, siteUrl, stderr } = await startCommand("--data-dir", dataDir, ...ports);
    const adminKey = (await readFile(join(dataDir, "admin-key"), "utf8")).trim();
    await deploy(deployment.app, { url, adminKey });
    for (let i = 0; i < 5; i++) {
      const careless = await fetch(`${siteUrl}/careless`, { method: "POST", body: "no JSON" });
      expect(await careless.text()).toBe("careless");
      await upgradeAndReset(url);
    }
    expect((await fetch(`${url}/version`)).status).toBe(200);
    const exit = once(child, "exit");
    child.kill();
    expect(await exit).toEqual([0, null]);
    const printed = await stderr;
    for (const text of ["fetch failed", "is not valid JSON", "Error: late"]) {
      expect(printed).toContain(text);
    }
  });
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Tries until the port is open; what is answered then is the answer. */
async function whenListening<Answer>(attempt: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await attempt();
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** A POST whose request line has exactly this target, which `fetch` would tidy up. */
async function withTarget(url: string, path: string) {
  const { port } = new URL(url);
  const sent = request({ host: "127.0.0.1", port, method: "POST", path }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  response.resume();
  return { status: response.statusCode, headers: response.headers };
}

/** Asks for an upgrade that is refused, and drops the connection while the refusal is on its way. */
async function upgradeAndReset(url: string): Promise<void> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  await once(socket, "connect");
  socket.write(
    "GET /no HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  );
  socket.write("more".repeat(1000));
  await once(socket, "readable");
  socket.resetAndDestroy();
}
