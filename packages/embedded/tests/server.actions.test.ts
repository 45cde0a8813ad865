/** HTTP actions over HTTP: their answers and streams, and what they are told of the request. */
import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { expect, test, vi } from "vitest";
import { deploymentOfFile } from "./fixtures/server/perFile.ts";

const deployment = await deploymentOfFile();

test("HTTP actions answer with status, headers and body", async () => {
  const response = await fetch(`${deployment.server.siteUrl}/echo?q=1`, {
    method: "POST",
    body: "body",
  });
  expect(response.status).toBe(201);
  expect(response.headers.get("X-Query")).toBe("1");
  expect(await response.text()).toBe("body");
});

test("HTTP actions stream their body", async () => {
  const response = await fetch(`${deployment.server.siteUrl}/parts`);
  expect(await response.text()).toBe("one,two,three");
});

test("HTTP actions are missing with 404", async () => {
  expect((await fetch(`${deployment.server.siteUrl}/nothing`)).status).toBe(404);
});

test("HTTP actions know their own host, whatever the request line names", async () => {
  const { siteUrl, url } = deployment.server;
  const answer = await withTarget(siteUrl, "http://evil.example/echo?q=1");
  expect([answer.status, answer.headers["x-url"]]).toEqual([201, `${siteUrl}/echo?q=1`]);
  expect((await withTarget(siteUrl, "//evil.example/echo")).status).toBe(404);
  expect((await withTarget(siteUrl, "*")).status).toBe(400);
  expect((await withTarget(url, "//")).status).toBe(404);
  expect((await withTarget(url, "*")).status).toBe(400);
  expect((await withTarget(url, "/api/run/%")).status).toBe(400);
});

test("HTTP actions end when the client leaves, though their body never says anything", async () => {
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

test("HTTP actions answer with 20 MiB, and what is more is cut off and logged", async () => {
  const answered = async (mebibytes: number): Promise<number> => {
    const response = await fetch(`${deployment.server.siteUrl}/mebibytes?n=${mebibytes}`);
    return (await response.arrayBuffer()).byteLength / 2 ** 20;
  };
  const refusals = () => deployment.log.filter((line) => line.includes("HttpResponseTooLarge"));
  expect([await answered(20), refusals()]).toEqual([20, []]);
  expect(await answered(21)).toBe(20);
  // It has more, and does not end when it is given up.
  expect(await answered(30)).toBe(20);
  const refusal = expect.stringContaining("HTTP actions support responses up to 20 MiB") as string;
  await vi.waitFor(() => expect(refusals()).toEqual([refusal, refusal]));
});

test("HTTP actions fail with a body that is no bytes, and say why", async () => {
  expect((await fetch(`${deployment.server.siteUrl}/text`)).status).toBe(500);
  await vi.waitFor(() =>
    expect(deployment.log.join("\n")).toContain("has to consist of Uint8Arrays"),
  );
});

test("HTTP actions refuse a body that is too large", async () => {
  const declared = await fetch(`${deployment.server.siteUrl}/echo`, {
    method: "POST",
    body: Buffer.alloc(21 * 1024 * 1024),
  }).catch(() => null);
  expect(declared === null || declared.status === 413).toBe(true);
});

/** A POST whose request line has exactly this target, which `fetch` would tidy up. */
async function withTarget(url: string, path: string) {
  const { port } = new URL(url);
  const sent = request({ host: "127.0.0.1", port, method: "POST", path }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  response.resume();
  return { status: response.statusCode, headers: response.headers };
}
