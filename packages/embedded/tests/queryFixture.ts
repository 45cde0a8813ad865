/** Tables of numbers and of anything, and what is asked of them. */
import { defineTable } from "convex/server";
import { v, type Value } from "convex/values";
import type { LmdbStore } from "../src/store/index.ts";
import { deploy, openTestStore, write } from "./storeFixture.ts";

export const anything = () =>
  defineTable(v.any())
    .index("by_a", ["a"])
    .index("by_a_and_b", ["a", "b"])
    .index("by_nested", ["o.x", "b"]);

export async function numbers(count: number): Promise<LmdbStore> {
  const store = await openTestStore();
  await deploy(store, { items: anything() });
  write(store, (tx) => {
    for (let a = 0; a < count; a++) tx.insert("", "items", { a, b: a % 3 });
  });
  return store;
}

export const asOf = (documents: Array<Record<string, Value>>) =>
  documents.map((document) => document["a"]);
