import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWebServer, listen } from "../lib/serve.mjs";

const config = { convexUrl: "http://127.0.0.1:3210", siteUrl: "http://127.0.0.1:3211", demo: true };
const parent = mkdtempSync(join(tmpdir(), "milepost-serve-"));
const folder = join(parent, "dist");
/** @type {import("node:http").Server} */
let server;
let port = 0;

/**
 * Sends the path as it is: fetch would resolve its dots first.
 * @param {string} path @param {{method?: string, headers?: Record<string, string>}} [options]
 * @returns {Promise<{status: number | undefined, headers: import("node:http").IncomingHttpHeaders, body: string}>}
 */
const get = (path, options = {}) =>
  new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, ...options }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text) => (body += text));
      response.on("end", () => {
        resolve({ status: response.statusCode, headers: response.headers, body });
      });
    });
    sent.on("error", reject).end();
  });

beforeAll(async () => {
  mkdirSync(join(folder, "assets"), { recursive: true });
  writeFileSync(join(parent, "secret.txt"), "secret");
  writeFileSync(join(folder, "index.html"), "<title>Milepost</title>");
  writeFileSync(join(folder, "favicon.svg"), "<svg/>");
  writeFileSync(join(folder, "assets", "index-C0ffee.js"), "export {}");
  server = createWebServer({ folder, config });
  await listen(server, { port: 0, host: "127.0.0.1" });
  const address = server.address();
  if (typeof address === "object" && address !== null) port = address.port;
});

afterAll(() => {
  server.close();
  rmSync(parent, { recursive: true });
});

describe("the web server", () => {
  test("answers the page for every address its router may know", async () => {
    for (const path of ["/", "/challenges/abc", "/assets/no-ending"]) {
      const { status, headers, body } = await get(path);
      expect([status, body]).toEqual([200, "<title>Milepost</title>"]);
      expect(headers["content-type"]).toBe("text/html;charset=utf-8");
      expect(headers["cache-control"]).toBe("no-cache");
    }
  });

  test("lets hashed files be kept for ever and others be asked for again", async () => {
    const script = await get("/assets/index-C0ffee.js");
    expect(script.headers["content-type"]).toBe("text/javascript");
    expect(script.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    const icon = await get("/favicon.svg");
    expect(icon.headers["cache-control"]).toBe("no-cache");
    const again = await get("/favicon.svg", {
      headers: { "If-None-Match": icon.headers.etag ?? "" },
    });
    expect(again.status).toBe(304);
  });

  test("says 404 for a missing file instead of answering with the page", async () => {
    expect((await get("/assets/index-00d0ld.js")).status).toBe(404);
  });

  test("never leaves its folder", async () => {
    const escapes = [
      "/../secret.txt",
      "/%2e%2e/secret.txt",
      "/..%2fsecret.txt",
      "/assets/../../secret.txt",
    ];
    for (const path of [...escapes, "//../secret.txt", "/%5c..%5csecret.txt", "/%00", "/%"]) {
      expect((await get(path)).body).not.toContain("secret");
    }
  });

  test("tells the page where its deployment is, and lets it talk to nobody else", async () => {
    const { headers, body } = await get("/config.json");
    expect(JSON.parse(body)).toEqual(config);
    expect(headers["cache-control"]).toBe("no-store");
    const policy = headers["content-security-policy"] ?? "";
    const targets = "'self' http://127.0.0.1:3210 ws://127.0.0.1:3210 http://127.0.0.1:3211";
    expect(policy).toContain(`connect-src ${targets};`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers["x-content-type-options"]).toBe("nosniff");
  });

  test("only reads", async () => {
    expect((await get("/", { method: "POST" })).status).toBe(405);
    expect((await get("/config.json", { method: "HEAD" })).body).toBe("");
  });
});
