/** Export and import: values, tables, modes and refusals, through the endpoints the official CLI calls. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { anyApi } from "convex/server";
import { convexToJson } from "convex/values";
import { check } from "../src/store/index.ts";
import { fromExportText, toExportText } from "../src/server/transfer/exportJson.ts";
import { Deployments } from "../src/server/deploy/deployments.ts";
import { Imports } from "../src/server/transfer/imports.ts";
import { Uploads } from "../src/server/transfer/uploads.ts";
import { startServer, type RunningServer } from "../src/index.ts";
import type { JsonObject } from "../src/types.ts";
import { values } from "./arbitraries.ts";
import { Deployment, documentsOf, temporaryFolder } from "./fixtures/server/harness.ts";
import { json, openTestStore, temporaryDirectory, write } from "./storeFixture.ts";

const { messages, ledger } = anyApi;
vi.setConfig({ testTimeout: 60_000 });

test("the JSON of exports keeps every value and type", () => {
  fc.assert(
    fc.property(values, (value) => {
      const text = JSON.stringify(convexToJson(value));
      const back = fromExportText(toExportText(text), true);
      expect(JSON.parse(back)).toEqual(JSON.parse(text));
    }),
  );
  expect(toExportText('{"a":1,"b":{"$integer":"AQAAAAAAAAA="},"c":"1 \\"2"}')).toBe(
    '{"a":1.0,"b":1,"c":"1 \\"2"}',
  );
  expect(() => fromExportText('{"a":1e400}', true)).toThrow("out of range");
});

test("a snapshot shows one moment while others write", async () => {
  const store = await openTestStore();
  const insert = () =>
    write(store, (tx) => {
      tx.insert("", "left", {});
      tx.insert("", "right", {});
    });
  insert();
  const snapshot = await store.snapshot();
  const [left, right] = snapshot.tables();
  const reading = snapshot.documents(left!);
  reading.next();
  for (let n = 0; n < 20; n++) await insert().commit.durable;
  expect([...reading]).toHaveLength(0);
  expect([...snapshot.documents(right!)]).toHaveLength(1);
  snapshot.close();
});

test("W17 what an interrupted import has written is removed at the next start", async () => {
  const dir = temporaryDirectory();
  const store = await openTestStore(dir);
  write(store, (tx) => tx.insert("", "users", { name: "Ann" }));
  const table = { component: "", name: "users", number: null };
  const staged = store.stageImport("replace");
  await staged.addTable(table);
  for (let row = 1; row <= 50; row++) await staged.put(table, json({ row: BigInt(row) }), row);
  await staged.flush();
  expect(store.begin("query").count("", "users")).toBe(1);
  await store.close();
  expect((await check(dir)).problems).toEqual([]);
  await (await openTestStore(dir)).close();
  expect(await check(dir)).toMatchObject({ documents: 1, problems: [] });
});

test("W4 rows of an import that could not be removed are removed by the next one", async () => {
  const dir = temporaryDirectory();
  const store = await openTestStore(dir);
  for (const name of ["users", "notes"]) {
    const table = { component: "", name, number: null };
    const staged = store.stageImport("replace");
    await staged.addTable(table);
    for (let row = 1; row <= 5; row++) await staged.put(table, json({ row: BigInt(row) }), row);
    // As on a full disk: the first one ends without an abort.
    if (name === "users") await staged.flush();
    else staged.abort();
  }
  await store.close();
  expect(await check(dir)).toMatchObject({ documents: 0, problems: [] });
});

test("a table of any component is kept, whatever it is called", async () => {
  const dir = temporaryDirectory();
  const store = await openTestStore(dir);
  write(store, (tx) => tx.insert("__proto__", "users", { name: "Ann" }));
  await store.close();
  const again = await openTestStore(dir);
  expect(again.tables("__proto__")).toEqual(["users"]);
});

describe("imports", () => {
  let deployment: Deployment;
  let server: RunningServer;
  const folders: string[] = [];
  beforeAll(async () => {
    deployment = await Deployment.start();
    ({ server } = deployment);
    for (const user of ["ann", "bob"]) {
      await deployment.http().mutation(ledger!.log!, { key: `key ${user}`, user, points: 3 });
    }
  }, 60_000);
  afterAll(async () => {
    await deployment.dispose();
    for (const folder of folders) await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    await deployment.admin().mutation(messages!.clear!, {});
    await deployment.http().mutation(messages!.send!, { body: "first" });
  });

  async function call(target: RunningServer, path: string, body?: BodyInit): Promise<Response> {
    const headers = { Authorization: `Convex ${target.adminKey}` };
    const response = await fetch(target.url + path, {
      method: "POST",
      headers,
      body: body ?? null,
    });
    if (!response.ok) throw new Error(await response.text());
    return response;
  }

  async function exported(): Promise<Blob> {
    await call(server, "/api/export/request/zip?includeStorage=false");
    const headers = { Authorization: `Convex ${server.adminKey}` };
    const ts = String(server.engine.store.ts);
    const response = await fetch(`${server.url}/api/export/zip/${ts}`, { headers });
    expect(response.headers.get("content-disposition")).toBe(
      `attachment; filename=snapshot_${ts}.zip`,
    );
    return await response.blob();
  }

  type State = JsonObject & { state: string; error_message?: string };

  async function stateOf(target: RunningServer, importId: string, after: string): Promise<State> {
    for (;;) {
      const body = JSON.stringify({
        path: "_system/cli/queryImport",
        args: { importId },
        format: "convex_encoded_json",
      });
      const answer = await (await call(target, "/api/query", body)).json();
      const { state } = (answer as { value: { state: State } }).value;
      if (state.state !== after && state.state !== "in_progress") return state;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Uploads in small parts, confirms, and answers how it ended. */
  async function importInto(
    target: RunningServer,
    file: Blob,
    args: Record<string, string>,
  ): Promise<State> {
    const begun = await (await call(target, "/api/import/start_upload")).json();
    const { uploadToken } = begun as { uploadToken: string };
    const size = Math.ceil(file.size / 3) + 1;
    for (let part = 1; (part - 1) * size < file.size; part++) {
      const piece = file.slice((part - 1) * size, part * size);
      const query = `uploadToken=${uploadToken}&partNumber=${part}`;
      await call(target, `/api/import/upload_part?${query}`, piece);
    }
    const body = JSON.stringify({ import: args, uploadToken, partTokens: [] });
    const finished = await (await call(target, "/api/import/finish_upload", body)).json();
    const { importId } = finished as { importId: string };
    const announced = await stateOf(target, importId, "uploaded");
    if (announced.state !== "waiting_for_confirmation") return announced;
    await call(target, "/api/perform_import", JSON.stringify({ importId }));
    return await stateOf(target, importId, "waiting_for_confirmation");
  }

  async function emptyServer(): Promise<RunningServer> {
    const dataDir = await temporaryFolder();
    folders.push(dataDir);
    return await startServer({ dataDir, port: 0, sitePort: 0, sync: false });
  }

  const text = (...rows: string[]) => new Blob([rows.join("\n")]);
  const zipped = { mode: "requireEmpty", format: "zip" };

  test("a zip brings everything into an empty deployment, ids, times and components included", async () => {
    const other = await emptyServer();
    const ended = await importInto(other, await exported(), zipped);
    expect(ended).toMatchObject({ state: "completed" });
    expect(await documentsOf(other)).toEqual(await documentsOf(server));
    await other.close();
    expect((await check(folders.at(-1)!)).problems).toEqual([]);
  });

  test("replace brings back what was, for live queries too", async () => {
    const zip = await exported();
    const before = await documentsOf(server);
    const client = deployment.client();
    const seen: unknown[] = [];
    client.onUpdate(messages!.list!, {}, (list) => seen.push(list));
    await client.mutation(messages!.send!, { body: "second" });
    const refused = await importInto(server, zip, zipped);
    expect(refused.error_message).toContain("already exists");
    expect(await importInto(server, zip, { ...zipped, mode: "replace" })).toMatchObject({
      state: "completed",
    });
    expect(await documentsOf(server)).toEqual(before);
    await expect.poll(() => seen.at(-1)).toEqual(["first"]);
    await deployment.http().mutation(ledger!.log!, { key: "after", user: "ann", points: 1 });
    expect(await deployment.http().query(ledger!.audit!, { users: ["ann"] })).toMatchObject({
      sums: [{ rows: 4, aggregate: 4, count: 2 }],
    });
  });

  test("append adds, replaceAll leaves nothing else", async () => {
    const rows = text('{"body":"two"}', "", '{"body":"three","author":"\u2028"}');
    const append = { tableName: "messages", mode: "append", format: "jsonLines" };
    expect(await importInto(server, rows, append)).toMatchObject({ state: "completed" });
    expect(await deployment.http().query(messages!.list!, {})).toEqual(["first", "two", "three"]);
    expect(await importInto(server, rows, { ...append, mode: "replaceAll" })).toMatchObject({
      state: "completed",
    });
    expect(await deployment.http().query(messages!.list!, {})).toEqual(["two", "three"]);
    expect(await deployment.http().query(ledger!.audit!, { users: ["ann"] })).toMatchObject({
      keys: [],
    });
  });

  test("CSV and JSON arrays make tables", async () => {
    const csv = text(" name ,n,text", 'Ann,-1.5e3,"a, ""b"""', "Bob,,07x");
    const toTable = { tableName: "people", mode: "requireEmpty" };
    expect(await importInto(server, csv, { ...toTable, format: "csv" })).toMatchObject({
      state: "completed",
    });
    const array = text('[{"name":"Eve","n":1,"deep":[{"a":-0}]}]');
    const added = await importInto(server, array, {
      ...toTable,
      mode: "append",
      format: "jsonArray",
    });
    expect(added).toMatchObject({ state: "completed" });
    const snapshot = await server.engine.store.snapshot();
    const people = snapshot.tables().find(({ name }) => name === "people")!;
    const rows = [...snapshot.documents(people)].map((row) => JSON.parse(row) as JsonObject);
    snapshot.close();
    const byName = (name: string) => rows.find((row) => row["name"] === name);
    expect(byName("Ann")).toMatchObject({ n: -1500, text: 'a, "b"' });
    expect(byName("Bob")).toMatchObject({ n: "", text: "07x" });
    expect(byName("Eve")).toMatchObject({ n: 1, deep: [{ a: { $float: "AAAAAAAAAIA=" } }] });
  });

  const toMessages = { tableName: "messages", mode: "append", format: "jsonLines" };
  const refusals: Array<[name: string, words: string, file: Blob, args?: Record<string, string>]> =
    [
      [
        "that do not match the schema",
        'Row 2 of table "messages": it does not match the schema',
        text('{"body":"x"}', '{"body":1}'),
      ],
      ["that are no JSON", "Row 2 wasn't valid JSON", text('{"body":"x"}', "{")],
      ["that are no objects", "Row 1 wasn't an object", text("[1]")],
      ["with numbers out of range", "out of range", text('{"body":1e999}')],
      ["with ids of nothing", "is not an id of this table", text('{"_id":"x","body":"x"}')],
      ["with system fields", "starts with an underscore", text('{"_mine":1,"body":"x"}')],
      ["of a system table", "Invalid table name", text("{}"), { tableName: "_a b" }],
      [
        "of a component that is not there",
        'no component "leger"',
        text("{}"),
        { componentPath: "leger" },
      ],
      ["of an endless line", "longer than 8 MiB", text("x".repeat(9 * 1024 * 1024))],
      ["of no zip file", "no zip file", text("PK"), { format: "zip" }],
      ["of no UTF-8", "not valid UTF-8", new Blob([Buffer.from([0x22, 0xff])])],
      [
        "with a short CSV row",
        "doesn't have all of the fields",
        text("a,b", "1"),
        { format: "csv" },
      ],
    ];
  test.each(refusals)(
    "rows %s are refused, and nothing changes",
    async (_name, words, file, args) => {
      const before = await documentsOf(server);
      const ended = await importInto(server, file, { ...toMessages, ...args });
      expect(ended).toEqual({ state: "failed", error_message: expect.stringContaining(words) });
      expect(await documentsOf(server)).toEqual(before);
      expect(readdirSync(join(deployment.dataDir, "milepost-uploads"))).toEqual([]);
    },
  );

  test("a part that is sent again replaces what has come of it", async () => {
    const folder = join(temporaryDirectory(), "files");
    const uploads = new Uploads(folder);
    const token = uploads.start();
    const part = (...chunks: string[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
    const hanging = new Readable({ read: () => undefined });
    hanging.push("cut o");
    const lost = uploads.write(token, 1, hanging).catch(String);
    await expect.poll(() => statSync(join(folder, token), { throwIfNoEntry: false })?.size).toBe(5);
    for (const [number, text] of [
      [1, "one,"],
      [2, "tw"],
      [2, "two,"],
      [3, "three"],
    ] as const) {
      await uploads.write(token, number, part(text));
    }
    expect(await lost).toContain("aborted");
    await expect(uploads.write(token, 2, part("x"))).rejects.toThrow("out of order");
    expect(readFileSync(await uploads.finish(token), "utf8")).toBe("one,two,three");
  });

  test("an import that cannot begin stops no other, and what nobody confirms is forgotten", async () => {
    const { engine } = server;
    const folder = join(temporaryDirectory(), "files");
    const imports = new Imports(
      engine,
      new Deployments(engine, () => undefined),
      folder,
      () => undefined,
    );
    const upload = async () => {
      const token = imports.startUpload();
      await imports.uploadPart(token, 1, Readable.from([Buffer.from('{"body":"x"}')]));
      const args = { tableName: "messages", mode: "append", format: "jsonLines" } as const;
      const id = await imports.finishUpload(token, args);
      await stateOf(server, id, "uploaded");
      return id;
    };
    const [first, second] = [await upload(), await upload()];
    const noTurn = vi.spyOn(engine, "exclusive").mockRejectedValueOnce(new Error("no turn"));
    await expect(imports.perform(first)).rejects.toThrow("no turn");
    noTurn.mockRestore();
    await imports.perform(first);
    expect(await stateOf(server, first, "waiting_for_confirmation")).toMatchObject({
      state: "completed",
    });
    const tomorrow = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 25 * 60 * 60 * 1000);
    imports.startUpload();
    tomorrow.mockRestore();
    expect(readdirSync(folder)).toEqual([]);
    expect(await stateOf(server, second, "waiting_for_confirmation")).toMatchObject({
      error_message: expect.stringContaining("in time"),
    });
  });

  test("the same id twice is refused, within the file and with what is there", async () => {
    const id = await deployment.http().mutation(messages!.send!, { body: "x" });
    const row = JSON.stringify({ _id: id, body: "y" });
    for (const mode of ["append", "replace"]) {
      const file = mode === "append" ? text(row) : text(row, row);
      const ended = await importInto(server, file, { ...toMessages, mode });
      expect(ended.error_message).toContain("the same _id");
    }
    expect(await deployment.http().query(messages!.list!, {})).toEqual(["first", "x"]);
  });

  test("uploads are refused without the admin key, and out of order", async () => {
    const anonymous = await fetch(`${server.url}/api/import/start_upload`, { method: "POST" });
    expect(anonymous.status).toBe(403);
    const part = call(server, "/api/import/upload_part?uploadToken=x&partNumber=1", "x");
    await expect(part).rejects.toThrow("BadUpload");
  });
});
