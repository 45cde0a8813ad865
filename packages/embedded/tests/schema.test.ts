import { spawn } from "node:child_process";
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
  rowsOnDisk,
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
      "Added by_age to table users: 2500 documents.",
      "Removed index by_name of table users.",
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
    // The start finishes what the removal had no time for.
    await (await openTestStore(dir)).close();
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
    const problem = {
      code: "SCHEMA",
      message: expect.stringMatching(
        `^Document with ID "${id}" in table "users" does not match the schema: Object is missing the required field \`age\``,
      ),
    };
    await expect(store.applySchemas(narrow, [["push", 1]])).rejects.toMatchObject(problem);
    expect(everything(store, "users.by_id")).toEqual(before);
    expect(() => store.begin("query").stream("", byIndex("users.by_age", []), false)).toThrow(
      "Index users.by_age not found.",
    );
    // Turning validation off lets the same rows pass; turning it on again checks them.
    await deploy(store, { users: defineTable({ age: v.number() }) }, { schemaValidation: false });
    await expect(store.applySchemas(narrow, [])).rejects.toMatchObject(problem);
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

  const fields = (count: number) => Array.from({ length: count }, (_, n) => `f${n}`);
  const indexed = (...list: string[][]) => ({
    tableName: "users",
    indexes: list.map((fieldsOf, n) => ({ indexDescriptor: `by_${n}`, fields: fieldsOf })),
  });
  const named = (indexDescriptor: string) => ({
    tableName: "users",
    indexes: [{ indexDescriptor, fields: ["name"] }],
  });
  const typed = (documentType: object, ...list: string[][]) => ({
    ...indexed(...list),
    documentType,
  });
  const text = { fieldType: { type: "string" }, optional: false };
  const inside = { type: "object", value: { name: text } };
  const outer = { type: "object", value: { inner: { fieldType: inside, optional: true } } };
  const edges: Array<[what: string, passes: object | null, refused: object, message: string]> = [
    [
      "64 indexes",
      indexed(...fields(64).map((f) => [f])),
      indexed(...fields(65).map((f) => [f])),
      'Table "users" cannot have more than 64 indexes.',
    ],
    [
      "16 fields",
      indexed(fields(16)),
      indexed(fields(17)),
      'In table "users": In index "by_0": Indexes may have up to 16 fields.',
    ],
    [
      "an index name's length",
      named("x".repeat(64)),
      named("x".repeat(65)),
      "Identifiers must be 64 characters or less, start with a letter",
    ],
    [
      "a table name's length",
      { tableName: "x".repeat(64) },
      { tableName: "x".repeat(65) },
      "Identifiers must be 64 characters or less",
    ],
    [
      "reserved index names",
      named("by_id_"),
      named("by_id"),
      'cannot name an index "by_id" because the name is reserved.',
    ],
    ["strange index names", named("by_x"), named("by x"), 'Invalid index name: "by x".'],
    [
      "an index on _creationTime",
      null,
      indexed(["name", "_creationTime"]),
      "`_creationTime` is automatically added to the end of each index.",
    ],
    ["an index on _id", null, indexed(["_id"]), "`_id` is not a valid index field."],
    [
      "an index without fields",
      null,
      indexed([]),
      'In table "users" index "by_0" must have at least one field.',
    ],
    [
      "a field twice",
      null,
      indexed(["name", "name"]),
      "Duplicate field name. Index fields must be unique within an index.",
    ],
    ["a strange field", indexed(["a.b_1"]), indexed(["a.b-1"]), 'Invalid index field: "a.b-1"'],
    [
      "the same fields twice",
      indexed(["a"], ["a", "b"]),
      indexed(["a"], ["a"]),
      'In table "users" index "by_0" and index "by_1" have the same fields.',
    ],
    [
      "the same name twice",
      null,
      {
        tableName: "users",
        indexes: [...named("a").indexes, { indexDescriptor: "a", fields: ["b"] }],
      },
      'Table "users" has two or more definitions of index "a".',
    ],
    [
      "a field that is not there",
      typed(outer, ["inner.name"], ["inner"]),
      typed(outer, ["inner.other"]),
      'the index "by_0" is invalid because it references the field inner.other that does not exist.',
    ],
    [
      "a field that one kind has",
      typed({ type: "union", value: [outer, inside] }, ["name"]),
      typed({ type: "union", value: [outer] }, ["name"]),
      "references the field name that does not exist.",
    ],
    [
      "names of fields",
      typed({ type: "object", value: { ["x".repeat(64)]: text } }),
      typed({ type: "object", value: { ["x".repeat(65)]: text } }),
      "Identifier is too long (65 > maximum 64)",
    ],
    [
      "characters of fields",
      typed({ type: "object", value: { a_b: text } }),
      typed({ type: "object", value: { "a b": text } }),
      "Identifier a b has invalid character ' '",
    ],
  ];
  test.each(edges)("know %s: the last that passes, the first that does not", async (...edge) => {
    const [, passes, refused, message] = edge;
    const store = await openTestStore();
    const apply = (table: object) =>
      store.applySchemas(new Map([["", { tables: [table] } as SchemaJson]]), []);
    await expect(apply(refused)).rejects.toMatchObject({
      code: "SCHEMA",
      message: expect.stringContaining(message),
    });
    expect(store.tables("")).toEqual([]);
    if (passes !== null) await apply(passes);
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
