/** How the command and the server start, stop, and refuse to start. */
import { once } from "node:events";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { open } from "lmdb";
import { startServer, StartError } from "../src/index.ts";
import {
  deploy,
  exitOf,
  spawnCommand,
  startCommand,
  temporaryFolder,
} from "./fixtures/server/harness.ts";
import { deploymentOfFile } from "./fixtures/server/perFile.ts";
import { RawClient } from "./fixtures/server/rawClient.ts";

const deployment = await deploymentOfFile();

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
