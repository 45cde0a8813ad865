import fc from "fast-check";
import { defineTable } from "convex/server";
import { CommitTsPlaceholder, v, type Value } from "convex/values";
import { describe, expect, test } from "vitest";
import { TRANSACTION_LIMITS, type LmdbStore, type StoreTransaction } from "../src/store/index.ts";
import type { JsonObject, QueryJson } from "../src/types.ts";
import { byIndex, collect, deploy, fullTable, openTestStore, write } from "./storeFixture.ts";

const COMMIT_TS: JsonObject = { $commitTs: null };
const items = () => defineTable({ a: v.any(), b: v.optional(v.any()) }).index("by_a", ["a", "b"]);

/** Everything a reader can see: documents in the order of each index, host rows and tables. */
type Snapshot = ReturnType<typeof snapshot>;

function snapshot(store: LmdbStore, tx: StoreTransaction) {
  const orders = ["items.by_id", "items.by_creation_time", "items.by_a"].map((index) =>
    collect(tx.stream("", byIndex(index, []), false)),
  );
  return { orders, host: tx.hostRange(""), count: tx.count("", "items"), tables: store.tables("") };
}

describe("writes", () => {
  test("a query cannot write", async () => {
    const store = await openTestStore();
    const { result: id } = write(store, (tx) => tx.insert("", "items", {}));
    const tx = store.begin("query");
    const writes = [
      () => tx.insert("", "items", {}),
      () => tx.patch("", id, {}),
      () => tx.replace("", id, {}),
      () => tx.remove("", id),
      () => tx.hostPut("key", 1),
      () => tx.hostDelete("key"),
    ];
    for (const action of writes) {
      expect(action).toThrow(expect.objectContaining({ code: "ReadOnly" }));
    }
  });

  test("patch merges, removes undefined fields and keeps the system fields", async () => {
    const store = await openTestStore();
    const { result: id } = write(store, (tx) => tx.insert("", "items", { a: 1, b: 2, Z: 3 }));
    write(store, (tx) => tx.patch("", id, { a: { $undefined: null }, c: [1], _id: id }, "items"));
    const text = store.begin("query").get("", id, undefined, false)!;
    expect(JSON.parse(text)).toEqual({
      _id: id,
      _creationTime: expect.any(Number),
      Z: 3,
      b: 2,
      c: [1],
    });
    expect(Object.keys(JSON.parse(text) as object)).toEqual([
      "Z",
      "_creationTime",
      "_id",
      "b",
      "c",
    ]);
    write(store, (tx) => tx.replace("", id, { only: true }));
    const replaced = JSON.parse(store.begin("query").get("", id, "items", false)!) as JsonObject;
    expect(replaced).toEqual({ _id: id, _creationTime: expect.any(Number), only: true });
  });

  test("what does not exist or is not the table's is refused, and nothing changes", async () => {
    const store = await openTestStore();
    await deploy(store, { items: items() });
    const { result: id } = write(store, (tx) => {
      tx.insert("", "others", {});
      return tx.insert("", "items", { a: 1 });
    });
    const before = snapshot(store, store.begin("query"));
    const tx = store.begin("mutation");
    const fresh = store.begin("mutation").insert("", "items", { a: 1 });
    expect(() => tx.patch("", fresh, {})).toThrow(`Update on nonexistent document ID ${fresh}`);
    expect(() => tx.remove("", fresh)).toThrow(`Delete on nonexistent document ID ${fresh}`);
    expect(() => tx.get("", "nonsense", undefined, false)).toThrow(/Unable to decode ID/);
    expect(() => tx.get("", id, "others", false)).toThrow(
      "Invalid argument `id` for `db.get`, expected ID in table 'others' but got ID in table 'items'",
    );
    expect(() => tx.patch("", id, { a: 2 }, "others")).toThrow(/expected ID in table 'others'/);
    expect(() => tx.patch("", id, { _id: fresh })).toThrow(/does not match the document ID/);
    expect(() => tx.replace("", id, { _creationTime: 1 })).toThrow(/creation time/);
    expect(() => tx.insert("", "items", { _x: 1 })).toThrow(/starts with an underscore/);
    expect(() => tx.insert("", "1x", {})).toThrow(/Invalid table name/);
    expect(() => tx.insert("", "items", { a: "\ud800" })).toThrow(/surrogate/);
    expect(() => tx.insert("", "items", { a: "x".repeat(2 ** 20) })).toThrow(/Value is too large/);
    expect(tx.get("", fresh, undefined, false)).toBe(null);
    expect(snapshot(store, tx)).toEqual(before);
    store.commit(tx);
    expect(snapshot(store, store.begin("query"))).toEqual(before);
  });

  test("fields may have names that JavaScript objects use themselves", async () => {
    const store = await openTestStore();
    const value = JSON.parse('{"o":{"valueOf":{"$commitTs":null}},"constructor":2}') as JsonObject;
    const { result: id } = write(store, (tx) => tx.insert("", "items", value));
    write(store, (tx) => tx.patch("", id, { toString: 3 }));
    expect(store.begin("query").get("", id, undefined, false)).toMatch(
      /"constructor":2,"o":\{"valueOf":\{"\$integer":"[^"]+"\}\},"toString":3\}$/,
    );
  });

  test("a transaction that another one overtook cannot commit", async () => {
    const store = await openTestStore();
    const tx = store.begin("mutation");
    tx.insert("", "items", { n: 1 });
    write(store, (other) => other.insert("", "items", { n: 2 }));
    expect(() => store.commit(tx)).toThrow(/Another commit came between/);
    expect(store.begin("query").count("", "items")).toBe(1);
  });

  test("components do not see each other's tables", async () => {
    const store = await openTestStore();
    const { result: id } = write(store, (tx) => tx.insert("a/b", "items", { a: 1 }));
    const tx = store.begin("query");
    expect(tx.get("", id, undefined, false)).toBe(null);
    expect(tx.get("a/b", id, "items", false)).not.toBe(null);
    expect(tx.tableOfId("", id)).toBe(null);
    expect(tx.normalizeId("a/b", "items", id)).toBe(id);
    expect(tx.normalizeId("", "items", id)).toBe(null);
    expect(tx.normalizeId("a/b", "others", id)).toBe(null);
    expect(tx.normalizeId("a/b", "items", "x")).toBe(null);
  });

  test("system tables are read through the system reader only", async () => {
    const store = await openTestStore();
    const { result: id } = write(store, (tx) =>
      tx.insert("", "_scheduled_functions", { name: "f" }),
    );
    const tx = store.begin("query");
    expect(collect(tx.stream("", fullTable("_scheduled_functions"), true))).toHaveLength(1);
    expect(tx.get("", id, undefined, true)).not.toBe(null);
    expect(() => tx.get("", id, undefined, false)).toThrow(/System tables/);
    expect(() => tx.stream("", fullTable("_scheduled_functions"), false)).toThrow(/System tables/);
    expect(() => tx.stream("", fullTable("items"), true)).toThrow(/User tables/);
    expect(store.tables("")).toEqual([]);
  });

  test("creation times grow with every insert, within and between transactions", async () => {
    const store = await openTestStore();
    for (let n = 0; n < 30; n++) {
      write(store, (tx) => {
        tx.insert("", "items", { n });
        tx.insert("", "items", { n: n + 0.5 });
      });
    }
    const documents = collect(store.begin("query").stream("", fullTable("items"), false));
    const order = documents.map((document) => document["n"] as number);
    expect(order).toEqual([...order].sort((left, right) => left - right));
    const times = documents.map((document) => document["_creationTime"] as number);
    expect(times.every((time, i) => i === 0 || time > times[i - 1]!)).toBe(true);
  });
});

describe("commit timestamps", () => {
  test("stay pending inside the transaction, sort last, and become the commit's", async () => {
    const store = await openTestStore();
    const entries = defineTable({ at: v.commitTs(), n: v.number() }).index("by_at", ["at"]);
    await deploy(store, { entries });
    const { result: first, commit } = write(store, (tx) =>
      tx.insert("", "entries", { at: COMMIT_TS, n: 1 }),
    );
    const tx = store.begin("mutation");
    const second = tx.insert("", "entries", { at: COMMIT_TS, n: 2 });
    const own: QueryJson = {
      source: {
        type: "IndexRange",
        indexName: "entries.by_at",
        range: [{ type: "Eq", fieldPath: "at", value: COMMIT_TS }],
        order: null,
      },
      operators: [],
    };
    const pending = tx.stream("", own, false);
    expect(JSON.parse(pending.next()!)).toMatchObject({ _id: second, at: COMMIT_TS });
    expect(pending.next()).toBe(null);
    tx.patch("", second, { n: 3 });
    const later = store.commit(tx);
    expect(later.ts).toBeGreaterThan(commit.ts);

    const reading = store.begin("query");
    expect(collect(reading.stream("", byIndex("entries.by_at", []), false))).toMatchObject([
      { _id: first, at: commit.ts, n: 1 },
      { _id: second, at: later.ts, n: 3 },
    ]);
    const since = byIndex("entries.by_at", [["Gt", "at", commit.ts]]);
    expect(collect(reading.stream("", since, false))).toMatchObject([{ _id: second }]);
    expect(collect(reading.stream("", own, false))).toEqual([]);
    expect(reading.snapshotTs).toBe(later.ts);
  });
});

describe("stale snapshots", () => {
  test("show nothing of the own writes and add nothing to the read set", async () => {
    const store = await openTestStore();
    const { result: id } = write(store, (tx) => tx.insert("", "items", { a: 1 }));
    const tx = store.begin("mutation");
    tx.patch("", id, { a: 2 });
    const fresh = tx.insert("", "items", { a: 3 });
    const stale = tx.staleSnapshot();
    const watched = tx.readSet.documentIds.size;
    expect(JSON.parse(stale.get("", id, "items", false)!)).toMatchObject({ a: 1 });
    expect(stale.get("", fresh, "items", false)).toBe(null);
    expect(collect(stale.stream("", fullTable("items"), false))).toMatchObject([{ a: 1 }]);
    expect(stale.count("", "items")).toBe(1);
    expect(tx.readSet.documentIds.size).toBe(watched);
    expect(tx.readSet.ranges.size).toBe(0);
  });
});

describe("limits", () => {
  test("reads, writes and scheduled functions are counted, and undone with their writes", async () => {
    const store = await openTestStore();
    const { result: id } = write(store, (tx) => tx.insert("", "items", { a: "é" }));
    const tx = store.begin("mutation");
    tx.get("", id, undefined, false);
    collect(tx.stream("", fullTable("items"), false));
    // 2 for the object, _id and _creationTime with their names, and "a" with two bytes of text.
    const size = 2 + (3 + 1 + 2 + id.length) + (13 + 1 + 9) + (1 + 1 + 2 + 2);
    const read = { bytesRead: 2 * size, documentsRead: 2, databaseQueries: 2 };
    expect(tx.metrics()).toMatchObject(read);
    const savepoint = tx.savepoint();
    tx.insert("", "items", { a: "é" });
    tx.countScheduled(100);
    const written = { bytesWritten: size, documentsWritten: 1 };
    const scheduled = { functionsScheduled: 1, scheduledFunctionArgsBytes: 100 };
    expect(tx.metrics()).toEqual({ ...read, ...written, ...scheduled });
    tx.rollbackTo(savepoint);
    expect(tx.metrics()).toMatchObject({ ...read, bytesWritten: 0, functionsScheduled: 0 });
  });

  test("a nested call's own limits never exceed what its caller has left", async () => {
    const store = await openTestStore();
    const tx = store.begin("mutation");
    for (let n = 0; n < 10; n++) tx.insert("", "items", { n });
    const end = tx.narrowLimits({ documentsWritten: 2, documentsRead: 10 ** 9 });
    expect(tx.limits()).toEqual({ ...TRANSACTION_LIMITS, documentsWritten: 12 });
    const savepoint = tx.savepoint();
    tx.insert("", "items", {});
    tx.insert("", "items", {});
    expect(() => tx.insert("", "items", {})).toThrow(/Too many writes .*limit: 12/);
    tx.rollbackTo(savepoint);
    end();
    expect(tx.limits()).toEqual(TRANSACTION_LIMITS);
    expect(tx.metrics().documentsWritten).toBe(10);
    tx.insert("", "items", {});
    expect(tx.count("", "items")).toBe(11);
  });
});

/** A random step of a mutation; numbers choose among the documents there are. */
type Step =
  | { kind: "insert"; value: JsonObject }
  | { kind: "patch" | "replace"; target: number; value: JsonObject }
  | { kind: "remove"; target: number }
  | { kind: "host"; key: string; value: number | null }
  | { kind: "newTable"; name: string };

const small = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom(null, "a", "b"));
const fields: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record({ a: small, b: small }),
  fc.record({ a: small }),
  fc.constant({ a: COMMIT_TS }),
);
const target = fc.nat({ max: 1000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("insert" as const), value: fields }),
  fc.record({ kind: fc.constantFrom("patch" as const, "replace" as const), target, value: fields }),
  fc.record({ kind: fc.constant("remove" as const), target }),
  fc.record({
    kind: fc.constant("host" as const),
    key: fc.constantFrom("a", "b", "ab"),
    value: fc.option(fc.nat({ max: 3 })),
  }),
  fc.record({
    kind: fc.constant("newTable" as const),
    name: fc.nat({ max: 1_000_000 }).map((n) => `t${n}`),
  }),
);

function perform(tx: StoreTransaction, ids: string[], steps: Step[]): void {
  for (const next of steps) {
    if (next.kind === "insert") ids.push(tx.insert("", "items", next.value));
    else if (next.kind === "newTable") tx.insert("", next.name, {});
    else if (next.kind === "host") {
      if (next.value === null) tx.hostDelete(next.key);
      else tx.hostPut(next.key, next.value);
    } else {
      const living = ids.filter((id) => tx.get("", id, "items", false) !== null);
      const id = living[next.target % Math.max(living.length, 1)];
      if (id === undefined) continue;
      if (next.kind === "remove") tx.remove("", id);
      else tx[next.kind]("", id, next.value);
    }
  }
}

describe("properties", () => {
  const steps = fc.array(step, { maxLength: 12 });

  test("a rolled back savepoint leaves the transaction as it was, and so commits", async () => {
    const store = await openTestStore();
    await deploy(store, { items: items() });
    fc.assert(
      fc.property(steps, steps, steps, steps, (committed, before, undone, after) => {
        const ids = startAgain(store);
        write(store, (tx) => perform(tx, ids, committed));
        const tx = store.begin("mutation");
        perform(tx, ids, before);
        const seen = snapshot(store, tx);
        const savepoint = tx.savepoint();
        const tables = tx.overlay.newTables.length;
        perform(tx, [...ids], undone);
        tx.rollbackTo(savepoint);
        expect(snapshot(store, tx)).toEqual(seen);
        expect(tx.overlay.newTables).toHaveLength(tables);
        perform(tx, ids, after);
        const expected = snapshot(store, tx);
        store.commit(tx);
        const result = snapshot(store, store.begin("query"));
        expect(withoutTimestamps(result)).toEqual(withoutTimestamps(expected));
      }),
      { numRuns: 200 },
    );
  });

  test("after every commit the rows of each index are those of the documents", async () => {
    const store = await openTestStore();
    await deploy(store, { items: items() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(steps, fc.boolean()), { maxLength: 4 }),
        async (commits) => {
          const ids = startAgain(store);
          for (const [sequence, settle] of commits) {
            write(store, (tx) => perform(tx, ids, sequence));
            // Both what memory and what the disk holds is looked at.
            if (settle) await store.durable(store.ts);
            const tx = store.begin("query");
            const living = ids.filter((id) => tx.get("", id, "items", false) !== null);
            for (const order of snapshot(store, tx).orders) {
              const found = order.map((document) => document["_id"] as string);
              expect([...found].sort()).toEqual([...living].sort());
            }
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

/** Removes every document and host row; returns the list for the ids to come. */
function startAgain(store: LmdbStore): string[] {
  write(store, (tx) => {
    for (const document of collect(tx.stream("", fullTable("items"), false))) {
      tx.remove("", document["_id"] as string);
    }
    for (const [key] of tx.hostRange("")) tx.hostDelete(key);
  });
  return [];
}

/** Pending and real commit timestamps look alike, and sort alike among themselves. */
function withoutTimestamps({ orders, ...rest }: Snapshot) {
  const isTimestamp = (a: Value | undefined) =>
    typeof a === "bigint" || a instanceof CommitTsPlaceholder;
  const shown = orders.map((documents) =>
    documents.map((document) => ({ ...document, a: isTimestamp(document["a"]) || document["a"] })),
  );
  return { host: rest.host, count: rest.count, shown };
}
