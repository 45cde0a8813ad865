/** Queries that are repeated word for word within a transaction are answered from memory: never with what is old. */
import fc from "fast-check";
import { defineTable } from "convex/server";
import { v } from "convex/values";
import { beforeEach, expect, test } from "vitest";
import type { LmdbStore, StoreTransaction } from "../src/store/index.ts";
import type { DocumentStream, QueryJson } from "../src/types.ts";
import { byIndex, collect, deploy, openTestStore, write } from "./storeFixture.ts";

const NUMBER = { a: v.number(), b: v.number() };
const QUERIES: QueryJson[] = [
  byIndex("items.by_a", [["Eq", "a", 1]], "asc", [{ limit: 2 }]),
  byIndex("items.by_a", [["Eq", "a", 1]], "desc", [{ limit: 3 }, { limit: 5 }]),
  byIndex("items.by_a", [["Gte", "a", 1]]),
  byIndex("items.by_a", [], "asc", [{ filter: { $eq: [{ $field: "b" }, { $literal: 1 }] } }]),
];

let store: LmdbStore;
let ids: string[];

beforeEach(async () => {
  store = await openTestStore();
  await deploy(store, {
    items: defineTable(NUMBER).index("by_a", ["a"]),
    others: defineTable(NUMBER),
  });
  ids = write(store, (tx) =>
    [0, 1, 1, 1, 2].map((a, b) => tx.insert("", "items", { a, b: b % 2 })),
  ).result;
});

const textOf = (query: QueryJson) => JSON.stringify({ query, version: "1.48.0" });
const ask = (tx: StoreTransaction, query: QueryJson) => collect(tx.streamOfCall("", textOf(query)));
const askAnew = (tx: StoreTransaction, query: QueryJson) => collect(tx.stream("", query, false));

/** What `body` counts against the limits of the transaction. */
function used(tx: StoreTransaction, body: () => unknown) {
  const before = tx.metrics();
  body();
  const { documentsRead, bytesRead, databaseQueries } = tx.metrics();
  return [
    documentsRead - before.documentsRead,
    bytesRead - before.bytesRead,
    databaseQueries - before.databaseQueries,
  ];
}

test("a repetition counts against the limits as the first time did, and reads no range of its own", () => {
  const tx = store.begin("query");
  const ranges = () => [...tx.readSet.ranges.values()].flat().length;
  for (const query of QUERIES.slice(0, 3)) {
    const first = used(tx, () => ask(tx, query));
    const before = ranges();
    expect(used(tx, () => ask(tx, query))).toEqual(first);
    expect(used(tx, () => askAnew(tx, query))).toEqual(first);
    expect(ranges()).toBe(before + 1);
  }
});

test("a write to another table leaves an answer as it is, a write to its own shows", () => {
  const tx = store.begin("mutation");
  const query = byIndex("items.by_a", [["Eq", "a", 1]]);
  const ranges = () => [...tx.readSet.ranges.values()].flat().length;
  expect(ask(tx, query)).toHaveLength(3);
  const before = ranges();
  tx.insert("", "others", { a: 1, b: 1 });
  expect(ask(tx, query)).toHaveLength(3);
  expect(ranges()).toBe(before);
  tx.insert("", "items", { a: 1, b: 9 });
  expect(ask(tx, query)).toHaveLength(4);
  expect(ranges()).toBe(before + 1);
});

test("a write that is taken back is not shown any more", () => {
  const tx = store.begin("mutation");
  const query = byIndex("items.by_a", [["Eq", "a", 1]]);
  const savepoint = tx.savepoint();
  tx.insert("", "items", { a: 1, b: 9 });
  expect(ask(tx, query)).toHaveLength(4);
  tx.rollbackTo(savepoint);
  expect(ask(tx, query)).toHaveLength(3);
});

test("what is found in a new table is not found in the one that comes after it was taken back", () => {
  const tx = store.begin("mutation");
  const query = byIndex("news.by_creation_time", []);
  const savepoint = tx.savepoint();
  const tooNested = JSON.parse(`${"[".repeat(20)}${"]".repeat(20)}`) as null;
  expect(() => tx.insert("", "news", { tooNested })).toThrow("nested");
  expect(ask(tx, query)).toEqual([]);
  tx.rollbackTo(savepoint);
  tx.insert("", "news", {});
  expect(ask(tx, query)).toHaveLength(1);
});

test("a component does not get the answer of another", () => {
  const tx = store.begin("mutation");
  const query = byIndex("items.by_a", [["Eq", "a", 1]]);
  expect(ask(tx, query)).toHaveLength(3);
  expect(collect(tx.streamOfCall("child", textOf(query)))).toEqual([]);
});

test("another transaction asks anew", () => {
  const query = byIndex("items.by_a", [["Eq", "a", 1]]);
  const before = store.begin("query");
  expect([ask(before, query), ask(before, query)].map(({ length }) => length)).toEqual([3, 3]);
  write(store, (tx) => tx.remove("", ids[1]!));
  expect(ask(store.begin("query"), query)).toHaveLength(2);
});

type Step =
  | { kind: "insert"; a: number }
  | { kind: "patch"; target: number; a: number }
  | { kind: "detail"; target: number; b: number }
  | { kind: "remove"; target: number }
  | { kind: "savepoint" | "rollback" }
  | { kind: "open"; query: number }
  | { kind: "next"; stream: number }
  | { kind: "ask"; query: number };

const small = fc.nat({ max: 2 });
const target = fc.nat({ max: 7 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("insert" as const), a: small }),
  fc.record({ kind: fc.constant("patch" as const), target, a: small }),
  fc.record({ kind: fc.constant("detail" as const), target, b: small }),
  fc.record({ kind: fc.constant("remove" as const), target }),
  fc.record({ kind: fc.constantFrom("savepoint" as const, "rollback" as const) }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("open" as const), query: target }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("next" as const), stream: target }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("ask" as const), query: target }) },
);

const ALL = byIndex("items.by_creation_time", []);
const queryOf = ({ query }: { query: number }) => QUERIES[query % QUERIES.length]!;

/** A transaction with streams that are open, each twice: of a query that may be repeated, and read anew. */
class Reading {
  readonly tx = store.begin("mutation");
  readonly #open: Array<[DocumentStream, DocumentStream]> = [];
  #savepoint = this.tx.savepoint();

  /** Does what a step says; answers what the two ways of reading find. */
  take(step: Step): [unknown, unknown] {
    if (step.kind === "ask") {
      const query = queryOf(step);
      return [ask(this.tx, query), askAnew(this.tx, query)];
    }
    if (step.kind === "next") {
      const [repeated, anew] = this.#open[step.stream % Math.max(this.#open.length, 1)] ?? [];
      return [repeated?.next(), anew?.next()];
    }
    this.#change(step);
    return [null, null];
  }

  #change(step: Step): void {
    const { tx } = this;
    if (step.kind === "savepoint") this.#savepoint = tx.savepoint();
    if (step.kind === "rollback") tx.rollbackTo(this.#savepoint);
    if (step.kind === "insert") tx.insert("", "items", { a: step.a, b: 0 });
    if (step.kind === "open") {
      const query = queryOf(step);
      this.#open.push([tx.streamOfCall("", textOf(query)), tx.stream("", query, false)]);
    }
    if ("target" in step) this.#changeOne(step);
  }

  #changeOne(step: Extract<Step, { target: number }>): void {
    const living = askAnew(this.tx, ALL).map(({ _id }) => _id as string);
    const id = living[step.target % Math.max(living.length, 1)];
    if (id === undefined) return;
    if (step.kind === "remove") this.tx.remove("", id);
    if (step.kind === "patch") this.tx.patch("", id, { a: step.a });
    if (step.kind === "detail") this.tx.patch("", id, { b: step.b });
  }
}

test("whatever is written, undone and read in between, the answers are those of queries that are read anew", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const reading = new Reading();
      for (const next of steps) {
        const [repeated, anew] = reading.take(next);
        expect(repeated).toEqual(anew);
      }
    }),
    { numRuns: 500 },
  );
});
