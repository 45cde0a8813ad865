import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  overlaps,
  SubscriptionIndex,
  type LmdbStore,
  type StoreTransaction,
} from "../src/store/index.ts";
import type { Commit, ReadSet } from "../src/types.ts";
import { anything, asOf, numbers } from "./queryFixture.ts";
import { byIndex, collect, deploy, fullTable, openTestStore, write } from "./storeFixture.ts";

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
