import fc from "fast-check";
import type { FilterBuilder, GenericTableInfo } from "convex/server";
import { compareValues, type Value } from "convex/values";
import { describe, expect, test } from "vitest";
import type { JsonObject, QueryJson } from "../src/types.ts";
import { values } from "./arbitraries.ts";
import { anything, asOf, numbers } from "./queryFixture.ts";
import { byIndex, collect, deploy, fullTable, json, openTestStore, write } from "./storeFixture.ts";

/** A query through convex/server's own builder, recorded instead of run. */
async function built(
  tableName: string,
  build: (query: import("convex/server").QueryInitializer<GenericTableInfo>) => unknown,
): Promise<QueryJson> {
  const { queryGeneric } = await import("convex/server");
  let recorded: QueryJson | undefined;
  const host = globalThis as unknown as { Convex?: unknown };
  const before = host.Convex;
  host.Convex = {
    syscall: (name: string, args: string) => {
      if (name === "1.0/queryStream") recorded = (JSON.parse(args) as { query: QueryJson }).query;
      return JSON.stringify({ queryId: 1 });
    },
    asyncSyscall: () => Promise.resolve(JSON.stringify({ value: null, done: true })),
  };
  try {
    const recording = queryGeneric({
      handler: async (ctx) => {
        await (build(ctx.db.query(tableName)) as { collect(): Promise<unknown> }).collect();
      },
    });
    await (recording as unknown as { invokeQuery(args: string): Promise<string> }).invokeQuery(
      "[{}]",
    );
  } finally {
    host.Convex = before;
  }
  return recorded!;
}

const range = fc.record({
  equals: fc.option(values, { nil: undefined }),
  hasEquals: fc.boolean(),
  lower: fc.option(fc.tuple(fc.constantFrom("Gt" as const, "Gte" as const), values)),
  upper: fc.option(fc.tuple(fc.constantFrom("Lt" as const, "Lte" as const), values)),
  order: fc.constantFrom("asc" as const, "desc" as const),
});

describe("ranges", () => {
  test("give the documents, in the order, that comparing values gives", async () => {
    const store = await openTestStore();
    await deploy(store, { items: anything() });
    const documents = fc.record({ a: values, b: values }, { requiredKeys: [] });
    fc.assert(
      fc.property(
        fc.array(documents, { maxLength: 8 }),
        range,
        (rows, { equals, hasEquals, lower, upper, order }) => {
          const tx = store.begin("mutation");
          const inserted = rows.map((row): Record<string, Value | undefined> => {
            return { ...row, _id: tx.insert("", "items", json(row)) };
          });
          const field = hasEquals ? "b" : "a";
          const bounds = [
            ...(hasEquals ? [["Eq", "a", equals] as const] : []),
            ...(lower ? [[lower[0], field, lower[1]] as const] : []),
            ...(upper ? [[upper[0], field, upper[1]] as const] : []),
          ].map(([type, path, value]) => [type, path, value] as [typeof type, string, unknown]);
          const found = collect(
            tx.stream("", byIndex("items.by_a_and_b", bounds, order), false),
          ).map((document) => document["_id"]);
          const expected = inserted
            .filter(
              (row) =>
                (!hasEquals || compareValues(row["a"], equals) === 0) &&
                (!lower || compareValues(row[field], lower[1]) > (lower[0] === "Gt" ? 0 : -1)) &&
                (!upper || compareValues(row[field], upper[1]) < (upper[0] === "Lt" ? 0 : 1)),
            )
            .sort(
              (left, right) =>
                compareValues(left["a"], right["a"]) || compareValues(left["b"], right["b"]),
            )
            .map((row) => row["_id"]);
          expect(found).toEqual(order === "asc" ? expected : expected.reverse());
        },
      ),
      { numRuns: 400 },
    );
  });

  test("of _creationTime and _id, and of nested fields", async () => {
    const store = await openTestStore();
    await deploy(store, { items: anything() });
    const { result: ids } = write(store, (tx) =>
      [1, 2, 3].map((x) => tx.insert("", "items", { o: { x }, b: x })),
    );
    const tx = store.begin("query");
    const documents = collect(tx.stream("", fullTable("items"), false));
    const second = documents[1]!["_creationTime"];
    const find = (query: QueryJson) =>
      collect(tx.stream("", query, false)).map((document) => document["_id"]);
    expect(find(byIndex("items.by_creation_time", [["Gt", "_creationTime", second]]))).toEqual([
      ids[2],
    ]);
    expect(find(byIndex("items.by_id", [["Eq", "_id", ids[1]]]))).toEqual([ids[1]]);
    expect(find(byIndex("items.by_nested", [["Gte", "o.x", 2]], "desc"))).toEqual([ids[2], ids[1]]);
    expect(
      find(
        byIndex("items.by_a", [
          ["Eq", "a", undefined],
          ["Lte", "_creationTime", second],
        ]),
      ),
    ).toEqual([ids[0], ids[1]]);
    expect(find(fullTable("items", "desc"))).toEqual([...ids].reverse());
  });

  test.each<[string, QueryJson, RegExp]>([
    ["an unknown index", byIndex("items.by_x", []), /Index items.by_x not found/],
    [
      "a field out of order",
      byIndex("items.by_a_and_b", [["Eq", "b", 1]]),
      /"b" where "a" is expected/,
    ],
    [
      "eq after gt",
      byIndex("items.by_a", [
        ["Gt", "a", 1],
        ["Eq", "_creationTime", 1],
      ]),
      /cannot chain .eq/,
    ],
    [
      "two lower bounds",
      byIndex("items.by_a", [
        ["Gt", "a", 1],
        ["Gte", "a", 1],
      ]),
      /is expected|cannot chain/,
    ],
    [
      "bounds on two fields",
      byIndex("items.by_a_and_b", [
        ["Gt", "a", 1],
        ["Lt", "b", 1],
      ]),
      /"b" where "a"/,
    ],
    [
      "text search",
      { source: { type: "Search", indexName: "items.search_a", filters: [] }, operators: [] },
      /text search is not part of the embedded deployment/,
    ],
  ])("refuse %s", async (_, query, message) => {
    const store = await numbers(1);
    expect(() => store.begin("query").stream("", query, false)).toThrow(message);
  });

  test("of a table that does not exist are empty", async () => {
    const store = await openTestStore();
    const tx = store.begin("query");
    expect(collect(tx.stream("", fullTable("nothing"), false))).toEqual([]);
    expect(tx.count("", "nothing")).toBe(0);
    const page = tx.paginate(
      "",
      fullTable("nothing"),
      { cursor: null, endCursor: null, pageSize: 3 },
      false,
    );
    expect(page).toMatchObject({ page: [], isDone: true });
  });
});

describe("operators", () => {
  type Predicate = (q: FilterBuilder<GenericTableInfo>) => unknown;
  const predicates: Array<[string, Predicate, (a: number) => boolean]> = [
    ["eq", (q) => q.eq(q.field("a"), 3), (a) => a === 3],
    ["neq", (q) => q.neq(q.field("a"), 3), (a) => a !== 3],
    [
      "lt and gte",
      (q) => q.and(q.lt(q.field("a"), 7), q.gte(q.field("a"), 2)),
      (a) => a < 7 && a >= 2,
    ],
    [
      "lte or gt",
      (q) => q.or(q.lte(q.field("a"), 1), q.gt(q.field("a"), 8)),
      (a) => a <= 1 || a > 8,
    ],
    ["not", (q) => q.not(q.eq(q.field("a"), 3)), (a) => a !== 3],
    ["mod", (q) => q.eq(q.mod(q.field("a"), 4), 1), (a) => a % 4 === 1],
    [
      "add, sub",
      (q) => q.eq(q.add(q.field("a"), 2), q.sub(12, q.field("a"))),
      (a) => a + 2 === 12 - a,
    ],
    [
      "mul, div, neg",
      (q) => q.gt(q.mul(q.neg(q.field("a")), 2), q.div(-10, 2)),
      (a) => -a * 2 > -5,
    ],
    ["missing field", (q) => q.eq(q.field("missing"), undefined), () => true],
    ["nested missing field", (q) => q.neq(q.field("a.b.c"), undefined), () => false],
    ["literal", () => true, () => true],
  ];

  test.each(predicates)("filter: %s", async (_, predicate, expected) => {
    const store = await numbers(10);
    const query = await built("items", (items) => items.filter(predicate as never));
    const found = asOf(collect(store.begin("query").stream("", query, false)));
    expect(found).toEqual(Array.from({ length: 10 }, (__, a) => a).filter(expected));
  });

  test("limits and filters apply in the order they are chained", async () => {
    const store = await numbers(10);
    const even: JsonObject = {
      filter: { $eq: [{ $mod: [{ $field: "a" }, { $literal: 2 }] }, { $literal: 0 }] },
    };
    const run = (operators: QueryJson["operators"]) =>
      asOf(collect(store.begin("query").stream("", fullTable("items", "asc", operators), false)));
    expect(run([even, { limit: 3 }])).toEqual([0, 2, 4]);
    expect(run([{ limit: 3 }, even])).toEqual([0, 2]);
    expect(run([{ limit: 0 }])).toEqual([]);
    expect(run([{ limit: 5 }, { limit: 2 }])).toEqual([0, 1]);
  });

  test.each<[string, unknown]>([
    ["a filter that is no boolean", { filter: { $field: "a" } }],
    [
      "adding a string",
      { filter: { $eq: [{ $add: [{ $field: "a" }, { $literal: "x" }] }, { $literal: 1 }] } },
    ],
    ["an unknown expression", { filter: { $xor: [{ $literal: true }, { $literal: true }] } }],
    ["an unknown operator", { offset: 3 }],
  ])("refuse %s", async (_, operator) => {
    const store = await numbers(1);
    const run = () =>
      collect(
        store.begin("query").stream("", fullTable("items", "asc", [operator as never]), false),
      );
    expect(run).toThrow(expect.objectContaining({ code: "InvalidQuery" }));
  });
});
