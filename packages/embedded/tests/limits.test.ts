/** Convex's limits at their edge: so much passes, one more is refused and changes nothing. */
import { expect, test } from "vitest";
import { convexToJson, type Value } from "convex/values";
import { byIndex, collect, fullTable, openTestStore, write } from "./storeFixture.ts";
import { DatabaseError } from "../src/store/errors.ts";
import { LogLines } from "../src/runtime/logs.ts";
import { TRANSACTION_LIMITS } from "../src/store/limits.ts";
import type { LmdbStore, StoreTransaction } from "../src/store/index.ts";
import type { JsonObject } from "../src/types.ts";

const LIMITS = TRANSACTION_LIMITS;
const MIB = 2 ** 20;

function times(count: number, action: (n: number) => void): void {
  for (let n = 0; n < count; n++) action(n);
}

/** `count` documents in as few transactions as it takes. */
function fill(store: LmdbStore, table: string, count: number): void {
  for (let left = count; left > 0; left -= LIMITS.documentsWritten) {
    const batch = Math.min(left, LIMITS.documentsWritten);
    write(store, (tx) => times(batch, (n) => tx.insert("", table, { n })));
  }
}

function count(store: LmdbStore, table: string): number {
  return store.begin("query").count("", table);
}

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof DatabaseError) return error.message;
    throw error;
  }
  throw new Error("Nothing was refused.");
}

test("32,000 documents are read, and 32,001 are not", async () => {
  const store = await openTestStore();
  fill(store, "items", LIMITS.documentsRead);
  expect(collect(store.begin("query").stream("", fullTable("items"), false))).toHaveLength(32_000);
  fill(store, "items", 1);
  const all = () => collect(store.begin("query").stream("", fullTable("items"), false));
  expect(refusal(all)).toMatch(/^Too many documents read .* \(limit: 32000\)\. Consider using/);
});

test("16,000 documents are written, and 16,001 are not", async () => {
  const store = await openTestStore();
  write(store, (tx) => times(16_000, (n) => tx.insert("", "items", { n })));
  const tx = store.begin("mutation");
  times(16_000, (n) => tx.insert("", "items", { n }));
  const savepoint = tx.savepoint();
  expect(refusal(() => tx.insert("", "items", {}))).toMatch(/^Too many writes .* \(limit: 16000\)/);
  tx.rollbackTo(savepoint);
  expect(tx.count("", "items")).toBe(32_000);
  expect(count(store, "items")).toBe(16_000);
});

test("4,096 ranges and gets are read, and one more is not", async () => {
  const store = await openTestStore();
  const { result: id } = write(store, (tx) => tx.insert("", "items", {}));
  const tx = store.begin("query");
  times(2048, () => tx.get("", id, undefined, false));
  times(2048, () => tx.stream("", byIndex("items.by_creation_time", []), false).close());
  expect(refusal(() => tx.get("", id, undefined, false))).toMatch(
    /^Too many reads .* \(limit: 4096\)/,
  );
});

/** Inserts documents of exactly `bytes` in all, system fields included; of at most 1 MiB each. */
function insertBytes(tx: StoreTransaction, table: string, bytes: number): void {
  tx.insert("", table, { text: "" });
  const overhead = tx.metrics().bytesWritten;
  const documents = Math.ceil(bytes / MIB) + 1;
  let left = bytes - overhead;
  times(documents - 1, (n) => {
    const size = n === documents - 2 ? left : Math.floor((bytes - overhead) / (documents - 1));
    tx.insert("", table, { text: "x".repeat(size - overhead) });
    left -= size;
  });
}

test("16 MiB are written and read, and one byte more is not", async () => {
  const store = await openTestStore();
  write(store, (tx) => insertBytes(tx, "full", LIMITS.bytesWritten));
  const reader = store.begin("query");
  collect(reader.stream("", fullTable("full"), false));
  expect(reader.metrics().bytesRead).toBe(16 * MIB);

  const tx = store.begin("mutation");
  const over = () => insertBytes(tx, "full", LIMITS.bytesWritten + 1);
  expect(refusal(over)).toMatch(/^Too many bytes written .* \(limit: 16777216 bytes\)/);
  write(store, (next) => next.insert("", "full", {}));
  const all = () => collect(store.begin("query").stream("", fullTable("full"), false));
  expect(refusal(all)).toMatch(/^Too many bytes read .* \(limit: 16777216 bytes\)\. Consider/);
});

test("1,000 functions with 16 MiB of arguments are scheduled, and one more or a byte is not", async () => {
  const store = await openTestStore();
  const tx = store.begin("mutation");
  times(999, () => tx.countScheduled(0));
  const savepoint = tx.savepoint();
  tx.countScheduled(16 * MIB);
  expect(refusal(() => tx.countScheduled(0))).toBe(
    "Too many functions scheduled by this mutation (limit: 1000)",
  );
  tx.rollbackTo(savepoint);
  expect(refusal(() => tx.countScheduled(16 * MIB + 1))).toBe(
    "Too large total size of the arguments of scheduled functions from this mutation (limit: 16777216 bytes)",
  );
});

test("10,000 tables are there, and one more is not", async () => {
  const store = await openTestStore();
  write(store, (tx) => times(9_999, (n) => tx.insert("", `t${n}`, {})));
  const tx = store.begin("mutation");
  tx.insert("child", "last", {});
  tx.insert("", "_system", {});
  const message = "Number of tables cannot exceed 10000.";
  expect(refusal(() => tx.insert("", "more", {}))).toBe(message);
  store.commit(tx);
  const schema = { tables: [{ tableName: "more" }] };
  await expect(store.applySchemas(new Map([["", schema]]), [])).rejects.toThrow(message);
  write(store, (next) => next.insert("", "t0", {}));
});

test("256 lines are kept of what a function prints, and 32,768 characters of each", () => {
  const log = new LogLines();
  times(256, (n) => log.add("LOG", [n], 0));
  expect(log.lines.at(-2)?.message).toBe("254");
  expect(log.lines.at(-1)?.message).toBe(
    "Log overflow (maximum 256). Remaining log lines omitted.",
  );
  log.add("LOG", ["more"], 0);
  expect(log.lines).toHaveLength(256);
  const long = new LogLines();
  const number = (digits: number) => BigInt(`1${"0".repeat(digits - 2)}`);
  for (const length of [32_768, 32_769]) long.add("LOG", [number(length)], 0);
  // Two characters are the quotes.
  for (const length of [32_766, 32_767]) long.add("LOG", ["x".repeat(length)], 0);
  expect(long.lines.map(({ message, isTruncated }) => [message.length, isTruncated])).toEqual([
    [32_768, false],
    [32_768, true],
    [32_768, false],
    [32_768, true],
  ]);
});

function nested(levels: number): Value {
  return levels === 0 ? 1 : { inner: nested(levels - 1) };
}

const named = (name: string) => ({ [name]: 1 });
const items = (length: number) => Array.from({ length }, () => 0);
const fields = (length: number) =>
  Object.fromEntries(Array.from({ length }, (_, n) => [`f${n}`, 0]));
/** The outermost object weighs 2 bytes, the field's name 5 and its text 2 more. */
const text = (bytes: number) => ({ text: "x".repeat(bytes - 9) });

const edges: Array<[what: string, passes: Value, refused: Value, message: string]> = [
  [
    "levels",
    nested(16),
    nested(17),
    "Document is too nested (nested 17 levels deep > maximum nesting 16)",
  ],
  [
    "elements of an array",
    { list: items(8192) },
    { list: items(8193) },
    "Array length is too long (8193 > maximum length 8192)",
  ],
  [
    "fields of an object",
    { inner: fields(1024) },
    { inner: fields(1025) },
    "Object has too many fields (1025 > maximum number 1024)",
  ],
  ["bytes", text(MIB), text(MIB + 1), "Value is too large (1.00 MiB > maximum size 1 MiB)"],
  [
    "characters of a field name",
    named("x".repeat(1024)),
    named("x".repeat(1025)),
    "exceeds maximum field name length 1024.",
  ],
  ["field names", named("a~ b"), named("a\tb"), "has invalid character"],
  ["reserved names", named("a$"), named("$a"), "starts with a '$', which is reserved"],
  [
    "system fields",
    named("a_"),
    named("_a"),
    "Field '_a' starts with an underscore, which is only allowed for system fields like '_id'",
  ],
  [
    "nested system fields",
    { list: [named("a_")] },
    { list: [named("_a")] },
    "Field '_a' starts with an underscore, which is not allowed for nested fields",
  ],
];

test.each(edges)(
  "%s of a document: the last that passes, the first that does not",
  async (...edge) => {
    const [, passes, refused, message] = edge;
    const store = await openTestStore();
    const { result: id } = write(store, (tx) =>
      tx.insert("", "items", convexToJson(passes) as JsonObject),
    );
    const before = store.begin("query").get("", id, "items", false);
    const tx = store.begin("mutation");
    const value = convexToUnchecked(refused);
    for (const action of [
      () => tx.insert("", "items", value),
      () => tx.replace("", id, value),
      () => tx.patch("", id, value),
    ]) {
      expect(refusal(action)).toContain(message);
    }
    store.commit(tx);
    expect(store.begin("query").get("", id, "items", false)).toBe(before);
    expect(count(store, "items")).toBe(1);
  },
);

test("arguments of a scheduled function may be deep and hold documents", async () => {
  const store = await openTestStore();
  const args = [{ document: named("_id"), deep: nested(40) }] as unknown as JsonObject;
  const { result: id } = write(store, (tx) => tx.insert("", "_scheduled_functions", { args }));
  expect(store.begin("query").get("", id, undefined, true)).toContain('"_id":1');
});

/** As a client that checks nothing would send it. */
function convexToUnchecked(value: Value): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
