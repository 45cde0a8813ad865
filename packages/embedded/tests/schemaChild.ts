/** A process that switches one table between two indexes until it is killed. */
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
import { openStore } from "../src/store/index.ts";
import { schemaJson } from "./schemaJson.ts";

// The test holds the other end: this process does not outlive it.
process.stdin.resume().once("close", () => process.exit());
const store = await openStore({ dir: process.argv[2]!, sync: false });
const users = () => defineTable({ name: v.string(), age: v.number() });
const schemas = {
  name: schemaJson(defineSchema({ users: users().index("by_name", ["name"]) })),
  age: schemaJson(defineSchema({ users: users().index("by_age", ["age"]) })),
};

for (let round = 0; ; round++) {
  const index = round % 2 === 0 ? "name" : "age";
  await store.applySchemas(new Map([["", schemas[index]]]), [["index", index]]);
  if (round === 0) fill();
  if (round === 1) process.stdout.write("switching\n");
  await new Promise((resolve) => setImmediate(resolve));
}

function fill(): void {
  const tx = store.begin("mutation");
  for (let n = 0; n < 2000; n++) tx.insert("", "users", { name: `n${n}`, age: n });
  store.commit(tx);
}
