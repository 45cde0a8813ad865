/** The official CLI as a child process, without internet, against a deployment in this process. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test } from "vitest";
import { anyApi } from "convex/server";
import { startServer, type RunningServer } from "../src/index.ts";
import {
  convex,
  createApp,
  documentsOf,
  spawnConvex,
  temporaryFolder,
} from "./fixtures/server/harness.ts";
import { deploymentOfFile, messages } from "./fixtures/server/perFile.ts";

const TIMEOUT = 60_000;
const deployment = await deploymentOfFile();

/** Runs a command that has to succeed; answers what it prints. */
async function succeed(...command: string[]): Promise<string> {
  const { code, stdout, stderr } = await convex(deployment.app, deployment.server, ...command);
  if (code !== 0) throw new Error(`convex ${command.join(" ")} failed:\n${stdout}${stderr}`);
  return stdout.trim();
}

describe("convex run", { timeout: TIMEOUT }, () => {
  test("calls public and internal functions of every kind", async () => {
    await succeed("run", "messages:clear");
    await succeed("run", "messages:send", '{"body":"from the CLI"}');
    expect(JSON.parse(await succeed("run", "messages:list"))).toEqual(["from the CLI"]);
    expect(JSON.parse(await succeed("run", "messages:secret"))).toBe("internal");
    expect(JSON.parse(await succeed("run", "messages:relay", '{"body":"2"}'))).toMatchObject({
      all: ["from the CLI", "2"],
    });
  });

  test("acts as a person with --identity", async () => {
    const identity = ["--identity", '{"subject":"ann","name":"Ann"}'];
    expect(JSON.parse(await succeed("run", "messages:whoAmI", ...identity))).toEqual({
      subject: "ann",
      name: "Ann",
    });
  });

  test("reaches into a component", async () => {
    const path = ["run", "--component", "totals", "btree:aggregateBetween", "{}"];
    expect(JSON.parse(await succeed(...path))).toMatchObject({ count: 0 });
  });

  test("lists the functions when the name is wrong", async () => {
    const { code, stderr } = await convex(deployment.app, deployment.server, "run", "no:thing");
    expect(code).toBe(1);
    expect(stderr).toContain("Could not find function for 'no:thing'");
    expect(stderr).toContain("messages:send");
  });
});

describe("convex env", { timeout: TIMEOUT }, () => {
  test("sets, gets, lists and removes a variable", async () => {
    await succeed("env", "set", "GREETING", "hello world");
    expect(await succeed("env", "get", "GREETING")).toBe("hello world");
    expect(await succeed("env", "list")).toBe("GREETING=hello world");
    await succeed("env", "remove", "GREETING");
    expect(await succeed("env", "list")).toBe("");
  });

  test("refuses a bad name", async () => {
    const set = await convex(deployment.app, deployment.server, "env", "set", "1BAD", "x");
    expect(set.code).toBe(1);
    expect(deployment.server.engine.environmentVariables()).toEqual({});
  });
});

test("convex data lists tables and pages through documents", { timeout: TIMEOUT }, async () => {
  await succeed("run", "messages:clear");
  for (const body of ["1", "2", "3"]) await deployment.http().mutation(messages.send!, { body });
  expect((await succeed("data")).split("\n")).toEqual(["entries", "messages"]);
  const newest = await succeed("data", "messages", "--limit", "2", "--format", "jsonl");
  expect(newest.split("\n").map((line) => JSON.parse(line) as object)).toMatchObject([
    { body: "3" },
    { body: "2" },
  ]);
  const all = await succeed("data", "messages", "--order", "asc", "--format", "json");
  expect(JSON.parse(all)).toMatchObject([{ body: "1" }, { body: "2" }, { body: "3" }]);
  expect(await succeed("data", "--component", "totals")).toContain("btree");
});

test("scheduled functions and cron jobs can be looked at", { timeout: TIMEOUT }, async () => {
  await succeed("run", "messages:sendLater", '{"body":"later"}');
  const [job] = (await succeed("data", "_scheduled_functions", "--format", "jsonl")).split("\n");
  expect(JSON.parse(job!)).toMatchObject({
    name: "messages.js:send",
    args: [{ body: "later" }],
    state: { kind: "pending" },
  });
  const crons = JSON.parse(await succeed("run", "_system/frontend/listCronJobs")) as object[];
  expect(crons).toMatchObject([
    {
      name: "new year",
      cronSpec: { udfPath: "messages:send", udfArgs: [{ body: "a year has gone" }] },
      nextRun: { nextTs: { $integer: expect.any(String) } },
      lastRun: null,
    },
  ]);
});

test("convex export and import carry everything over and back", { timeout: TIMEOUT }, async () => {
  await succeed("run", "messages:clear");
  await deployment.http().mutation(messages.send!, { body: "kept" });
  const entry = { key: "k", user: "ann", points: 2 };
  await deployment.http().mutation(anyApi.ledger!.log!, entry);
  const zip = join(deployment.app, "snapshot.zip");
  await succeed("export", "--path", zip);

  const dataDir = await temporaryFolder();
  const other = await startServer({ dataDir, port: 0, sitePort: 0, sync: false });
  const intoOther = await convex(deployment.app, other, "import", zip);
  expect([intoOther.code, intoOther.stderr]).toEqual([0, expect.stringContaining("Added ")]);
  expect(await documentsOf(other)).toEqual(await documentsOf(deployment.server));
  await other.close();
  await rm(dataDir, { recursive: true });

  const before = await documentsOf(deployment.server);
  await deployment.http().mutation(messages.send!, { body: "later" });
  const refused = await convex(deployment.app, deployment.server, "import", zip);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("already exists")]);
  await succeed("import", "--replace", "-y", zip);
  expect(await documentsOf(deployment.server)).toEqual(before);

  const lines = join(deployment.app, "more.jsonl");
  await writeFile(lines, '{"body":"from a file"}\n');
  await succeed("import", "--append", "--table", "messages", lines);
  expect(await deployment.http().query(messages.list!, {})).toEqual(["kept", "from a file"]);
});

test("convex function-spec names every function", { timeout: TIMEOUT }, async () => {
  const spec = JSON.parse(await succeed("function-spec")) as {
    url: string;
    functions: Array<Record<string, unknown>>;
  };
  expect(spec.url).toBe(deployment.server.url);
  expect(spec.functions).toContainEqual({
    identifier: "messages.js:secret",
    functionType: "Query",
    visibility: { kind: "internal" },
    args: { type: "object", value: {} },
    returns: { type: "any" },
  });
  expect(spec.functions).toContainEqual({
    functionType: "HttpAction",
    method: "POST",
    path: "/echo",
  });
});

test("convex codegen writes the same types a deploy writes", { timeout: TIMEOUT }, async () => {
  const file = join(deployment.app, "backend/_generated/api.d.ts");
  const deployed = await readFile(file, "utf8");
  expect(deployed).toContain('import("@convex-dev/aggregate/_generated/component.js")');
  await rm(join(deployment.app, "backend/_generated"), { recursive: true });
  await succeed("codegen", "--typecheck", "disable");
  expect(await readFile(file, "utf8")).toBe(deployed);
});

test("convex logs follows what functions print", { timeout: TIMEOUT }, async () => {
  const child = spawnConvex(deployment.app, deployment.server, "logs");
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const line = lines.next();
  // Its first poll only finds out where the log ends, so something has to happen until it follows.
  let printed = false;
  void line.then(() => (printed = true));
  while (!printed) {
    await deployment.http().mutation(messages.send!, { body: "x" });
    await deployment.http().query(messages.count!, {});
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect((await line).value).toContain("counting");
  child.kill();
});

describe("deploying", { timeout: TIMEOUT }, () => {
  const cleanUp: Array<() => Promise<void>> = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });

  /** A server and an app folder of this test's own, nothing deployed yet. */
  async function fresh(): Promise<{ app: string; server: RunningServer }> {
    const [app, dataDir] = [await createApp(), await temporaryFolder()];
    const server = await startServer({ dataDir, port: 0, sitePort: 0, sync: false });
    cleanUp.push(
      () => rm(app, { recursive: true }),
      () => rm(dataDir, { recursive: true }),
      () => server.close(),
    );
    return { app, server };
  }
  const untyped = ["--typecheck", "disable"];
  const call = (server: RunningServer, kind: string, path: string, args = {}) =>
    fetch(`${server.url}/api/${kind}`, {
      method: "POST",
      body: JSON.stringify({ path, args }),
    }).then((response) => response.json() as Promise<Record<string, unknown>>);

  test("codegen and a dry run activate nothing", async () => {
    const { app, server } = await fresh();
    expect((await convex(app, server, "codegen", ...untyped)).code).toBe(0);
    expect((await convex(app, server, "deploy", "--dry-run", ...untyped)).code).toBe(0);
    expect(server.engine.activePush()).toBeNull();
    expect(await call(server, "query", "messages:list")).toMatchObject({ status: "error" });
  });

  test("dev --once deploys and writes .env.local", async () => {
    const { app, server } = await fresh();
    const { code, stderr } = await convex(app, server, "dev", "--once", ...untyped);
    expect([code, stderr]).toEqual([0, expect.stringContaining("functions ready")]);
    const env = await readFile(join(app, ".env.local"), "utf8");
    expect(env).toContain(`CONVEX_URL=${server.url}`);
    expect(env).toContain(`CONVEX_SITE_URL=${server.siteUrl}`);
    expect(await call(server, "query", "messages:list")).toMatchObject({ value: [] });
  });

  test("a second deploy sends only what changed, and moves live queries", async () => {
    const { app, server } = await fresh();
    expect((await convex(app, server, "deploy", ...untyped)).code).toBe(0);
    expect(await call(server, "query", "messages:constant")).toMatchObject({ value: "constant" });
    const file = join(app, "backend/messages.js");
    const source = await readFile(file, "utf8");
    await writeFile(file, source.replace('"constant"', '"changed"'));
    expect((await convex(app, server, "deploy", ...untyped)).code).toBe(0);
    expect(await call(server, "query", "messages:constant")).toMatchObject({ value: "changed" });
  });

  test("names an index that comes and one that goes", async () => {
    const { app, server } = await fresh();
    await convex(app, server, "deploy", ...untyped);
    const file = join(app, "backend/schema.js");
    const source = await readFile(file, "utf8");
    await writeFile(file, source.replace('"by_key", ["key"]', '"by_points", ["points"]'));
    const { code, stderr } = await convex(app, server, "deploy", ...untyped);
    expect(code).toBe(0);
    expect(stderr).toMatch(/\[-\].*by_key/);
    expect(stderr).toMatch(/\[\+\].*by_points/);
  });

  test("a schema that the rows do not fit is refused, and the old code stays", async () => {
    const { app, server } = await fresh();
    await convex(app, server, "deploy", ...untyped);
    await call(server, "mutation", "messages:send", { body: "x" });
    const file = join(app, "backend/schema.js");
    const source = await readFile(file, "utf8");
    await writeFile(file, source.replace("body: v.string()", "body: v.number()"));
    const { code, stderr } = await convex(app, server, "deploy", ...untyped);
    expect(code).toBe(1);
    expect(stderr).toContain("Schema validation failed");
    expect(stderr).toMatch(/Document with ID "\w+" in table "messages" [^]*\sPath: \.body\s/);
    expect(await call(server, "query", "messages:list")).toMatchObject({ value: ["x"] });
  });

  test("code that throws while loading is refused with its error", async () => {
    const { app, server } = await fresh();
    await writeFile(
      join(app, "backend/broken.js"),
      'throw new Error("broken at load");\nexport {};',
    );
    const { code, stderr } = await convex(app, server, "deploy", ...untyped);
    expect(code).toBe(1);
    expect(stderr).toContain("broken at load");
    expect(server.engine.activePush()).toBeNull();
  });

  test("a wrong admin key is refused at once", async () => {
    const { app, server } = await fresh();
    const stranger = { url: server.url, adminKey: `milepost|${"0".repeat(64)}` };
    const { code, stderr } = await convex(app, stranger, "deploy", ...untyped);
    expect(code).toBe(1);
    expect(stderr).toContain("The admin key is not the one of this deployment");
  });
});
