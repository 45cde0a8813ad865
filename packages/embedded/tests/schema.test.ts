import { spawn } from "node:child_process";
import { join } from "node:path";
import { open as openLmdb } from "lmdb";
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
import { describe, expect, test } from "vitest";
import type { LmdbStore } from "../src/store/index.ts";
import type { ComponentPath, SchemaJson } from "../src/types.ts";
import { schemaJson } from "./schemaJson.ts";
import { bundledChild } from "./childFixture.ts";
import {
  byIndex,
  collect,
  deploy,
  fullTable,
  killAfterTest,
  openTestStore,
  temporaryDirectory,
  write,
} from "./storeFixture.ts";

const users = () => defineTable({ name: v.string(), age: v.optional(v.number()) });
const of = (schema: Parameters<typeof defineSchema>[0], component: ComponentPath = "") =>
  new Map<ComponentPath, SchemaJson>([[component, schemaJson(defineSchema(schema))]]);

/** Everything of the store that a deploy could change. */
function everything(store: LmdbStore, ...indexes: string[]) {
  const tx = store.begin("query");
  return {
    ts: store.ts,
    tables: store.tables(""),
    host: tx.hostRange(""),
    rows: indexes.map((index) => collect(tx.stream("", byIndex(index, []), false))),
    diffs: store.indexDiffs(of({ users: users() })),
  };
}

async function rowsOnDisk(dir: string): Promise<number> {
  const database = openLmdb<string, Buffer>({
    path: join(dir, "store.mdb"),
    noSubdir: true,
    keyEncoding: "binary",
  });
  const count = database.getKeysCount({ start: Buffer.of(0) });
  await database.close();
  return count;
}

describe("documents", () => {
  test("that do not match the schema are refused, and nothing changes", async () => {
    const store = await openTestStore();
    await deploy(store, {
      users: users(),
      posts: defineTable({ author: v.id("users") }),
      shapes: defineTable(
        v.union(
          v.object({ kind: v.literal("circle"), r: v.number() }),
          v.object({ kind: v.literal("square"), a: v.number() }),
        ),
      ),
    });
    const { result: ids } = write(store, (tx) => {
      const user = tx.insert("", "users", { name: "Ann" });
      const post = tx.insert("", "posts", { author: user });
      tx.insert("", "shapes", { kind: "circle", r: 1 });
      return { user, post };
    });
    const indexes = ["users.by_id", "posts.by_id", "shapes.by_id"];
    const before = everything(store, ...indexes);
    const tx = store.begin("mutation");
    expect(() => tx.insert("", "users", { age: 1 })).toThrow(
      'Failed to insert or update a document in table "users" because it does not match the schema: Object is missing the required field `name`.',
    );
    expect(() => tx.patch("", ids.user, { name: 1 })).toThrow(/Path: \.name/);
    expect(() => tx.patch("", ids.user, { name: { $undefined: null } })).toThrow(
      /required field `name`/,
    );
    expect(() => tx.replace("", ids.user, { name: "x", z: 1 })).toThrow(/extra field `z`/);
    expect(() => tx.insert("", "posts", { author: ids.post })).toThrow(/from table `posts`/);
    expect(() => tx.insert("", "shapes", { kind: "circle", a: 1 })).toThrow(/v\.union\(/);
    store.commit(tx);
    expect(everything(store, ...indexes)).toEqual(before);
  });

  test("of undeclared tables, without schema or without validation, are accepted", async () => {
    const store = await openTestStore();
    await deploy(store, { users: users() }, { schemaValidation: false });
    await store.applySchemas(new Map([["free", null]]), []);
    write(store, (tx) => {
      tx.insert("", "users", { anything: true });
      tx.insert("", "undeclared", {});
      tx.insert("free", "whatever", {});
    });
    expect(store.tables("")).toEqual(["undeclared", "users"]);
    expect(store.tables("free")).toEqual(["whatever"]);
  });
});

describe("deploys", () => {
  test("say beforehand which indexes come and go, and change nothing by asking", async () => {
    const store = await openTestStore();
    await deploy(store, { users: users().index("by_name", ["name"]).index("by_age", ["age"]) });
    const next = of({
      users: users().index("by_name", ["name", "age"]).index("by_age", ["age"]),
      posts: defineTable({ at: v.number() }).index("by_at", ["at"]),
    });
    const before = everything(store, "users.by_name");
    const diffs = store.indexDiffs(next).get("");
    expect(diffs).toEqual({
      added: [
        { table: "users", name: "by_name", fields: ["name", "age"] },
        { table: "posts", name: "by_at", fields: ["at"] },
      ],
      removed: [{ table: "users", name: "by_name", fields: ["name"] }],
    });
    expect(store.checkSchemas(next)).toBe(null);
    expect(everything(store, "users.by_name")).toEqual(before);
  });

  test("build added indexes from what is there, drop others, and keep tables and host rows", async () => {
    const dir = temporaryDirectory();
    const store = await openTestStore(dir);
    await deploy(store, { users: users().index("by_name", ["name"]) });
    write(store, (tx) => {
      for (let n = 0; n < 2500; n++) tx.insert("", "users", { name: `n${n % 7}`, age: n });
      tx.insert("", "old", { x: 1 });
      tx.hostPut("kept", 1);
    });
    const seen: boolean[] = [];
    store.onCommit((commit) => seen.push(commit.everything));
    const lines: string[] = [];
    const commit = await store.applySchemas(
      of({ users: users().index("by_age", ["age"]), none: users().index("by_age", ["age"]) }),
      [["push", { version: 2 }]],
      (line) => lines.push(line),
    );
    expect(lines).toEqual([
      "Removed index by_name of table users.",
      "Added by_age to table users: 2500 documents.",
    ]);
    expect(seen).toEqual([true]);
    expect(commit.ts).toBe(store.ts);
    const check = (opened: LmdbStore) => {
      const tx = opened.begin("query");
      const found = collect(
        tx.stream("", byIndex("users.by_age", [["Gte", "age", 2490]], "desc"), false),
      );
      expect(found.map((document) => document["age"])).toEqual([
        2499, 2498, 2497, 2496, 2495, 2494, 2493, 2492, 2491, 2490,
      ]);
      expect(() => tx.stream("", byIndex("users.by_name", []), false)).toThrow(/not found/);
      expect(collect(tx.stream("", fullTable("old"), false))).toMatchObject([{ x: 1 }]);
      expect(tx.hostRange("")).toEqual([
        ["kept", 1],
        ["push", { version: 2 }],
      ]);
    };
    check(store);
    // New rows go into the new index as well.
    write(store, (tx) => tx.insert("", "users", { name: "new", age: -1 }));
    const first = store.begin("query").stream("", byIndex("users.by_age", []), false).next()!;
    expect(first).toContain('"name":"new"');
    await store.close();
    // Nothing is left of the dropped index: three rows a user, two for `old`, two host rows, three of the store.
    expect(await rowsOnDisk(dir)).toBe(3 * 2501 + 2 + 2 + 3);
    check(await openTestStore(dir));
  });

  test("that do not fit the rows name the first one and change nothing", async () => {
    const store = await openTestStore();
    await deploy(store, { users: users() });
    const { result: id } = write(store, (tx) => {
      tx.insert("", "users", { name: "Ann", age: 3 });
      return tx.insert("", "users", { name: "Bob" });
    });
    const narrow = of({
      users: defineTable({ name: v.string(), age: v.number() }).index("by_age", ["age"]),
      extra: defineTable({}),
    });
    const before = everything(store, "users.by_id");
    const problem = store.checkSchemas(narrow);
    expect(problem).toMatchObject({ component: "", table: "users", documentId: id });
    expect(problem!.message).toMatch(
      new RegExp(
        `^Document with ID "${id}" in table "users" does not match the schema: Object is missing the required field \`age\``,
      ),
    );
    await expect(store.applySchemas(narrow, [["push", 1]])).rejects.toMatchObject({
      code: "SCHEMA",
      message: problem!.message,
    });
    expect(everything(store, "users.by_id")).toEqual(before);
    expect(() => store.begin("query").stream("", byIndex("users.by_age", []), false)).toThrow(
      "Index users.by_age not found.",
    );
    // Turning validation off lets the same rows pass; turning it on again checks them.
    await deploy(store, { users: defineTable({ age: v.number() }) }, { schemaValidation: false });
    expect(store.checkSchemas(narrow)).toMatchObject({ documentId: id });
  });

  test("check against tables that the same deploy creates", async () => {
    const store = await openTestStore();
    await store.applySchemas(
      new Map([
        [
          "",
          schemaJson(defineSchema({ a: defineTable({ other: v.id("b") }), b: defineTable({}) })),
        ],
        ["child", schemaJson(defineSchema({ b: defineTable({}) }))],
      ]),
      [],
    );
    const foreign = write(store, (tx) => tx.insert("child", "b", {})).result;
    write(store, (tx) => tx.insert("", "a", { other: tx.insert("", "b", {}) }));
    expect(store.tables("")).toEqual(["a", "b"]);
    // Table numbers begin anew in each component, so a foreign id may look like one of another table.
    expect(() => store.begin("mutation").insert("", "a", { other: foreign })).toThrow(
      /Found ID ".*" from table `a`/,
    );
    expect(store.begin("query").get("", foreign, undefined, false)).toBe(null);
  });

  test.each([
    ["a reserved index name", { indexDescriptor: "by_id", fields: ["name"] }],
    ["an index on _creationTime", { indexDescriptor: "by_x", fields: ["name", "_creationTime"] }],
    ["an index without fields", { indexDescriptor: "by_x", fields: [] }],
    ["an index with a field twice", { indexDescriptor: "by_x", fields: ["name", "name"] }],
    ["a strange index name", { indexDescriptor: "by x", fields: ["name"] }],
  ])("refuse %s", async (_, index) => {
    const store = await openTestStore();
    const schema = { tables: [{ tableName: "users", indexes: [index] }] };
    const schemas = new Map([["", schema as SchemaJson]]);
    await expect(store.applySchemas(schemas, [])).rejects.toMatchObject({ code: "SCHEMA" });
    expect(store.tables("")).toEqual([]);
  });

  test("come after the commits that are still on their way to the disk", async () => {
    const dir = temporaryDirectory();
    const store = await openTestStore(dir, { sync: true });
    write(store, (tx) => tx.insert("", "users", { name: "a" }));
    const deployed = deploy(store, { users: users().index("by_name", ["name"]) });
    for (let n = 0; n < 5; n++) {
      write(store, (tx) => tx.insert("", "users", { name: `b${n}` }));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await deployed;
    const check = (opened: LmdbStore) => {
      const tx = opened.begin("query");
      expect(collect(tx.stream("", byIndex("users.by_name", []), false))).toHaveLength(6);
    };
    check(store);
    const { ts } = store;
    await store.close();
    const again = await openTestStore(dir);
    check(again);
    expect(again.ts).toBe(ts);
  });

  test("W15 killed half way leave the old state or the new one, never a mixture", async () => {
    const dir = temporaryDirectory();
    const program = await bundledChild("schemaChild");
    for (const delay of [0, 7, 19, 31, 53]) {
      const child = spawn(process.execPath, [program, dir], {
        stdio: ["pipe", "pipe", "inherit"],
      });
      killAfterTest(child);
      const gone = new Promise((resolve) => child.once("close", resolve));
      await new Promise((resolve) => child.stdout.once("data", resolve));
      await new Promise((resolve) => setTimeout(resolve, delay));
      child.kill("SIGKILL");
      await gone;
      const store = await openTestStore(dir);
      const tx = store.begin("query");
      const documents = tx.count("", "users");
      const index = `users.by_${tx.hostGet("index") as string}`;
      expect(collect(tx.stream("", byIndex(index, []), false))).toHaveLength(documents);
      const other = index === "users.by_name" ? "users.by_age" : "users.by_name";
      expect(() => tx.stream("", byIndex(other, []), false)).toThrow(/not found/);
      await store.close();
    }
  });
});
