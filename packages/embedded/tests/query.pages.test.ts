import { describe, expect, test } from "vitest";
import type { StoreTransaction } from "../src/store/index.ts";
import type { JsonObject, PageOptions, QueryJson } from "../src/types.ts";
import { numbers } from "./queryFixture.ts";
import { byIndex, collect, fullTable, write } from "./storeFixture.ts";

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
