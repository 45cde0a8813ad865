/** Functions over HTTP: what they answer, and what is refused. */
import { request } from "node:http";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ConvexError } from "convex/values";
import { clearedDeploymentOfFile, messages } from "./fixtures/server/perFile.ts";

const deployment = await clearedDeploymentOfFile();

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
    expect(preflight.headers.get("Access-Control-Allow-Methods")).toContain("POST");
    const call = { path: "messages:list", args: {} };
    for (const answer of [await post("/api/query", call), await post("/api/nothing", {})]) {
      expect(answer.headers.get("Access-Control-Allow-Origin")).toBe("*");
    }
  });

  test("a kept answer is that of a run, in both formats", async () => {
    const hits = async () => {
      const metrics = await fetch(`${deployment.server.url}/metrics`, { headers: adminHeader() });
      return Number(/query_cache_hits_total (\d+)/.exec(await metrics.text())?.[1]);
    };
    const args = { value: "größer – 💬" };
    const answers = { json: "12", convex_encoded_json: { $integer: "DAAAAAAAAAA=" } };
    const before = await hits();
    for (const format of ["json", "convex_encoded_json", "json"] as const) {
      const answer = await post("/api/query", { path: "messages:types", args, format });
      const value = { ...args, bigint: answers[format] };
      expect(await answer.json()).toMatchObject({ status: "success", value, logLines: [] });
    }
    expect(await hits()).toBe(before + 2);
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
    expect(await status({ Host, ...adminHeader() })).toBe(403);
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

  test("W28 a body whose length nobody announced is cut off where it becomes too long", async () => {
    const chunk = Buffer.alloc(1024 * 1024, " ");
    let sent = 0;
    await new Promise<void>((resolve) => {
      const { port } = new URL(deployment.server.url);
      const endless = request({ port, method: "POST", path: "/api/query" });
      const more = () => {
        while (sent < 100 && !endless.destroyed) {
          sent += 1;
          if (!endless.write(chunk)) return;
        }
        endless.end();
      };
      endless
        .on("drain", more)
        .on("error", () => undefined)
        .on("close", resolve);
      more();
    });
    expect(sent).toBeLessThan(60);
    expect((await post("/api/query", { path: "messages:list", args: {} })).status).toBe(200);
  });
});
