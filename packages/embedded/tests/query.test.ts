import fc from "fast-check";
import { defineTable, type FilterBuilder, type GenericTableInfo } from "convex/server";
import { compareValues, v, type Value } from "convex/values";
import { describe, expect, test } from "vitest";
import {
  overlaps,
  SubscriptionIndex,
  type LmdbStore,
  type StoreTransaction,
} from "../src/store/index.ts";
import type { Commit, JsonObject, PageOptions, QueryJson, ReadSet } from "../src/types.ts";
import { values } from "./arbitraries.ts";
import { byIndex, collect, deploy, fullTable, json, openTestStore, write } from "./storeFixture.ts";

const anything = () =>
  defineTable(v.any())
    .index("by_a", ["a"])
    .index("by_a_and_b", ["a", "b"])
    .index("by_nested", ["o.x", "b"]);

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

async function numbers(count: number): Promise<LmdbStore> {
  const store = await openTestStore();
  await deploy(store, { items: anything() });
  write(store, (tx) => {
    for (let a = 0; a < count; a++) tx.insert("", "items", { a, b: a % 3 });
  });
  return store;
}

const asOf = (documents: Array<Record<string, Value>>) =>
  documents.map((document) => document["a"]);
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

describe("pages", () => {
  const first: PageOptions = { cursor: null, endCursor: null, pageSize: 4 };
  const read = (tx: StoreTransaction, query: QueryJson, options: Partial<PageOptions>) => {
    const page = tx.paginate("", query, { ...first, ...options }, false);
    return { ...page, page: page.page.map((text) => (JSON.parse(text) as JsonObject)["a"]) };
  };

  test.each(["asc", "desc"] as const)(
    "%s: follow each other without gap or overlap",
    async (order) => {
      const store = await numbers(10);
      const query = byIndex("items.by_a", [["Gte", "a", 1]], order);
      const seen: unknown[] = [];
      let cursor: string | null = null;
      const sizes: number[] = [];
      for (let done = false; !done;) {
        const page = read(store.begin("query"), query, { cursor });
        seen.push(...page.page);
        sizes.push(page.page.length);
        ({ continueCursor: cursor, isDone: done } = page);
      }
      const expected = [1, 2, 3, 4, 5, 6, 7, 8, 9];
      expect(seen).toEqual(order === "asc" ? expected : expected.reverse());
      expect(sizes).toEqual([4, 4, 1]);
      expect(read(store.begin("query"), query, { cursor })).toMatchObject({
        page: [],
        isDone: true,
      });
    },
  );

  test("a cursor keeps its place when documents come and go around it", async () => {
    const store = await numbers(10);
    const query = byIndex("items.by_a", []);
    const page = read(store.begin("query"), query, {});
    expect(page.page).toEqual([0, 1, 2, 3]);
    const { result: ids } = write(store, (tx) => {
      const documents = collect(tx.stream("", query, false));
      // The document the cursor points at, one before, one behind.
      for (const a of [3, 1, 5]) tx.remove("", documents[a]!["_id"] as string);
      return [tx.insert("", "items", { a: 2.5 }), tx.insert("", "items", { a: 3.5 })];
    });
    expect(ids).toHaveLength(2);
    const next = read(store.begin("query"), query, { cursor: page.continueCursor });
    expect(next.page).toEqual([3.5, 4, 6, 7]);
    // Reading the first page again up to its end shows what is there now.
    const again = read(store.begin("query"), query, { endCursor: page.continueCursor });
    expect(again.page).toEqual([0, 2, 2.5]);
    expect(again).toMatchObject({ continueCursor: page.continueCursor, isDone: false });
  });

  test.each(["asc", "desc"] as const)("%s: the split cursor halves a page", async (order) => {
    const store = await numbers(20);
    const query = byIndex("items.by_a", [], order);
    const whole = read(store.begin("query"), query, { pageSize: 10 });
    const left = read(store.begin("query"), query, { endCursor: whole.splitCursor });
    const right = read(store.begin("query"), query, {
      cursor: whole.splitCursor,
      endCursor: whole.continueCursor,
    });
    expect(whole.page).toHaveLength(10);
    expect([...left.page, ...right.page]).toEqual(whole.page);
    expect(left.page.length).toBeGreaterThan(2);
    expect(right.page.length).toBeGreaterThan(2);
    expect(read(store.begin("query"), query, { pageSize: 2 }).splitCursor).toBe(null);
  });

  test("maximumRowsRead and maximumBytesRead end a page early and ask for a split", async () => {
    const store = await numbers(20);
    const never: JsonObject = { filter: { $eq: [{ $field: "a" }, { $literal: -1 }] } };
    const query = fullTable("items", "asc", [never]);
    const page = read(store.begin("query"), query, { maximumRowsRead: 5 });
    expect(page).toMatchObject({ page: [], isDone: false, pageStatus: "SplitRequired" });
    const tx = store.begin("query");
    const rest = read(tx, query, { cursor: page.continueCursor });
    expect(rest).toMatchObject({ page: [], isDone: true });
    expect(tx.metrics().documentsRead).toBe(15);
    const bytes = read(store.begin("query"), fullTable("items"), { maximumBytesRead: 1 });
    expect(bytes).toMatchObject({ page: [0], pageStatus: "SplitRequired" });
    const near = read(store.begin("query"), fullTable("items"), { maximumRowsRead: 5 });
    expect(near).toMatchObject({ page: [0, 1, 2, 3], pageStatus: "SplitRecommended" });
    const toEnd = read(store.begin("query"), query, {
      endCursor: rest.continueCursor,
      maximumRowsRead: 1,
    });
    // An end cursor is obeyed whatever it costs, so that live pages stay side by side.
    expect(toEnd).toMatchObject({ isDone: true, pageStatus: "SplitRecommended" });
  });

  test("the transaction's own limit splits a page instead of failing it", async () => {
    const store = await numbers(20);
    const tx = store.begin("query");
    tx.narrowLimits({ documentsRead: 6 });
    const page = read(tx, fullTable("items"), { pageSize: 10 });
    expect(page).toMatchObject({ page: [0, 1, 2, 3, 4, 5], pageStatus: "SplitRequired" });
  });

  test("a cursor of another query, or none at all, is refused", async () => {
    const store = await numbers(10);
    const { continueCursor } = read(store.begin("query"), byIndex("items.by_a", []), {});
    const others = [
      byIndex("items.by_a", [], "desc"),
      byIndex("items.by_a", [["Gte", "a", 0]]),
      byIndex("items.by_a_and_b", []),
      byIndex("items.by_a", [], "asc", [{ limit: 5 }]),
      fullTable("items"),
    ];
    for (const query of others) {
      for (const options of [{ cursor: continueCursor }, { endCursor: continueCursor }]) {
        expect(() => read(store.begin("query"), query, options)).toThrow(
          /^InvalidCursor: .*different query/,
        );
      }
    }
    for (const cursor of ["x", "!!!!", continueCursor.slice(0, 10), `${continueCursor}!`]) {
      expect(() => read(store.begin("query"), byIndex("items.by_a", []), { cursor })).toThrow(
        /^InvalidCursor/,
      );
    }
  });

  test("a page of size 0 goes nowhere", async () => {
    const store = await numbers(3);
    const empty = read(store.begin("query"), fullTable("items"), { pageSize: 0 });
    expect(empty).toMatchObject({ page: [], isDone: false });
    const next = read(store.begin("query"), fullTable("items"), { cursor: empty.continueCursor });
    expect(next.page).toEqual([0, 1, 2]);
  });
});

describe("read sets", () => {
  const touches = (readSet: ReadSet, store: LmdbStore, action: (tx: StoreTransaction) => void) =>
    overlaps(readSet, write(store, action).commit);

  test("hold what was consumed: a take(3) ends at the third document", async () => {
    const store = await numbers(10);
    const tx = store.begin("query");
    const took = collect(tx.stream("", byIndex("items.by_a", [], "asc", [{ limit: 3 }]), false));
    expect(asOf(took)).toEqual([0, 1, 2]);
    const insert = (a: number) => (writing: StoreTransaction) =>
      void writing.insert("", "items", { a });
    expect(touches(tx.readSet, store, insert(2.5))).toBe(false);
    expect(touches(tx.readSet, store, insert(1.5))).toBe(true);
    expect(touches(tx.readSet, store, insert(-1))).toBe(true);
    // An edit that leaves the index key alone still touches what the range showed.
    const third = took[2]!["_id"] as string;
    expect(touches(tx.readSet, store, (writing) => writing.patch("", third, { b: 9 }))).toBe(true);
  });

  test("hold empty ranges, absent documents and absent tables", async () => {
    const store = await numbers(3);
    const missing = store.begin("mutation").insert("", "items", { a: 1 });
    const tx = store.begin("query");
    expect(collect(tx.stream("", byIndex("items.by_a", [["Gt", "a", 100]]), false))).toEqual([]);
    expect(tx.get("", missing, undefined, false)).toBe(null);
    expect(tx.readSet.documentIds.has(missing)).toBe(true);
    expect(
      touches(tx.readSet, store, (writing) => void writing.insert("", "items", { a: 50 })),
    ).toBe(false);
    expect(
      touches(tx.readSet, store, (writing) => void writing.insert("", "items", { a: 101 })),
    ).toBe(true);
    const empty = store.begin("query");
    collect(empty.stream("", fullTable("later"), false));
    expect(touches(empty.readSet, store, (writing) => void writing.insert("", "other", {}))).toBe(
      false,
    );
    expect(touches(empty.readSet, store, (writing) => void writing.insert("", "later", {}))).toBe(
      true,
    );
    expect(overlaps(empty.readSet, await deploy(store, {}))).toBe(true);
  });

  test("a stream that is still open, or was closed early, counts up to where it got", async () => {
    const store = await numbers(10);
    for (const close of [true, false]) {
      const tx = store.begin("query");
      const stream = tx.stream("", byIndex("items.by_a", [], "desc"), false);
      expect(stream.next()).toContain('"a":9');
      if (close) stream.close();
      const { lo, hi } = [...tx.readSet.ranges.values()][0]![0]!;
      expect(lo.compare(hi)).toBe(-1);
      expect(
        touches(tx.readSet, store, (writing) => void writing.insert("", "items", { a: 3 })),
      ).toBe(false);
    }
  });

  /** A query whose answer can be computed again at any time. */
  const query = fc.oneof(
    fc
      .record({
        lower: fc.option(fc.integer({ min: 0, max: 9 })),
        upper: fc.option(fc.integer({ min: 0, max: 9 })),
        order: fc.constantFrom("asc" as const, "desc" as const),
        limit: fc.constantFrom(0, 1, 2, 5, 100),
      })
      .map(({ lower, upper, order, limit }) => (tx: StoreTransaction) => {
        const bounds: Parameters<typeof byIndex>[1] = [];
        if (lower !== null) bounds.push(["Gte", "a", lower]);
        if (upper !== null) bounds.push(["Lt", "a", upper]);
        return collect(tx.stream("", byIndex("items.by_a", bounds, order, [{ limit }]), false));
      }),
    fc
      .record({ pages: fc.integer({ min: 1, max: 3 }), pageSize: fc.integer({ min: 1, max: 4 }) })
      .map(({ pages, pageSize }) => (tx: StoreTransaction) => {
        const out: unknown[] = [];
        let cursor: string | null = null;
        for (let i = 0; i < pages; i++) {
          const options = { cursor, endCursor: null, pageSize };
          const page = tx.paginate("", byIndex("items.by_a_and_b", []), options, false);
          out.push(page.page, page.isDone);
          cursor = page.continueCursor;
        }
        return out;
      }),
    fc.nat({ max: 20 }).map((n) => (tx: StoreTransaction, ids: string[]) => {
      const id = ids[n % Math.max(ids.length, 1)];
      return id === undefined ? null : tx.get("", id, undefined, false);
    }),
  );
  const change = fc.record({
    kind: fc.constantFrom("insert", "patch", "remove"),
    target: fc.nat({ max: 100 }),
    a: fc.integer({ min: 0, max: 9 }),
    b: fc.boolean(),
  });

  test("a query whose answer changes is always found, through overlaps and SubscriptionIndex alike", async () => {
    const store = await openTestStore();
    await deploy(store, { items: anything() });
    const ids: string[] = [];
    /** Of every query whose answer stayed: whether it was found all the same. */
    const unchanged: boolean[] = [];
    fc.assert(
      fc.property(
        fc.array(query, { minLength: 1, maxLength: 6 }),
        fc.array(change),
        (queries, changes) => {
          const subscriptions = new SubscriptionIndex<number>();
          const before = queries.map((run, n) => {
            const tx = store.begin("query");
            const answer = run(tx, ids);
            subscriptions.add(n, tx.readSet);
            return { answer, readSet: tx.readSet };
          });
          const known = [...ids];
          const { commit } = write(store, (tx) => {
            for (const { kind, target, a, b } of changes.slice(0, 2)) {
              const living = known.filter((id) => tx.get("", id, undefined, false) !== null);
              const id = living[target % Math.max(living.length, 1)];
              if (kind === "insert" || id === undefined) ids.push(tx.insert("", "items", { a, b }));
              else if (kind === "patch") tx.patch("", id, b ? { a } : { c: a });
              else tx.remove("", id);
            }
          });
          const affected = subscriptions.affected(commit);
          queries.forEach((run, n) => {
            const changed =
              JSON.stringify(run(store.begin("query"), known)) !==
              JSON.stringify(before[n]!.answer);
            const found = overlaps(before[n]!.readSet, commit);
            expect(affected.has(n)).toBe(found);
            expect(changed && !found).toBe(false);
            if (!changed) unchanged.push(found);
          });
        },
      ),
      { numRuns: 300 },
    );
    // Most queries that stay as they were are left alone.
    expect(unchanged.filter((found) => found).length).toBeLessThan(unchanged.length / 2);
  });

  test("SubscriptionIndex agrees with looking at every subscription, through adds and removes", () => {
    const key = fc.integer({ min: 0, max: 6 }).map((n) => Buffer.of(n));
    const interval = fc.tuple(key, key).map(([lo, hi]) => ({ lo, hi }));
    const readSet = fc
      .record({
        documentIds: fc.array(fc.constantFrom("x", "y", "z"), { maxLength: 1 }),
        ranges: fc.array(fc.tuple(fc.constantFrom(1, 2), interval), { maxLength: 4 }),
      })
      .map(({ documentIds, ranges }): ReadSet => {
        const byNumber = new Map<number, Array<{ lo: Buffer; hi: Buffer }>>();
        for (const [number, one] of ranges)
          byNumber.set(number, [...(byNumber.get(number) ?? []), one]);
        return { documentIds: new Set(documentIds), ranges: byNumber };
      });
    const commit = fc
      .record({
        documentIds: fc.array(fc.constantFrom("x", "y", "z"), { maxLength: 1 }),
        keys: fc.array(key),
      })
      .map(({ documentIds, keys }): Commit => ({
        ts: 1n,
        documentIds: new Set(documentIds),
        keys: new Map([[1, keys]]),
        everything: false,
        durable: Promise.resolve(),
      }));
    const action = fc.tuple(fc.nat({ max: 40 }), fc.option(readSet));
    const many = fc.array(action, { maxLength: 120, size: "max" });
    fc.assert(
      fc.property(many, fc.array(commit), (actions, commits) => {
        const index = new SubscriptionIndex<number>();
        const model = new Map<number, ReadSet>();
        for (const [id, read] of actions) {
          if (read === null) {
            index.remove(id);
            model.delete(id);
          } else {
            index.add(id, read);
            model.set(id, read);
          }
        }
        expect(index.size).toBe(model.size);
        for (const one of commits) {
          const expected = [...model].filter(([, read]) => overlaps(read, one)).map(([id]) => id);
          expect(index.affected(one)).toEqual(new Set(expected));
        }
      }),
    );
  });
});
