import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { openStore, type LmdbStore } from "../src/store/index.ts";

const cleanups: Array<() => Promise<void> | void> = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function open(dir = mkdtempSync(join(tmpdir(), "store-"))): Promise<[LmdbStore, string]> {
  cleanups.push(() => rmSync(dir, { recursive: true, force: true }));
  const store = await openStore({ dir });
  cleanups.push(() => store.close());
  return [store, dir];
}

const collect = (stream: { next(): string | null }): unknown[] => {
  const out: unknown[] = [];
  for (let text = stream.next(); text !== null; text = stream.next()) out.push(JSON.parse(text));
  return out;
};

const scan = (tableName: string, order: "asc" | "desc" = "asc") => ({
  source: { type: "FullTableScan", tableName, order },
  operators: [],
});

test("basics: insert, get, patch, scan, reopen", async () => {
  const [store, dir] = await open();
  const tx = store.begin("mutation");
  const a = tx.insert("", "users", { name: "ann" });
  const b = tx.insert("", "users", { name: "bob" });
  expect(JSON.parse(tx.get("", a, "users", false)!)).toMatchObject({ _id: a, name: "ann" });
  expect(collect(tx.stream("", scan("users"), false))).toMatchObject([{ _id: a }, { _id: b }]);
  const commit = store.commit(tx);
  const tx2 = store.begin("mutation");
  tx2.patch("", a, { name: "anna", age: 3 });
  tx2.remove("", b);
  store.commit(tx2);
  const q = store.begin("query");
  expect(collect(q.stream("", scan("users"), false))).toMatchObject([{ _id: a, name: "anna" }]);
  await commit.durable;
  await store.close();
  const [again] = await open(dir);
  const q2 = again.begin("query");
  expect(collect(q2.stream("", scan("users", "desc"), false))).toMatchObject([{ age: 3 }]);
  expect(again.tables("")).toEqual(["users"]);
});
