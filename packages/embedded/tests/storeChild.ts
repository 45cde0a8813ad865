/** A process with a store of its own, to be killed: `storeChild <dir> hold|full|deploy|import|write...`. */
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
import { schemaJson } from "./schemaJson.ts";
import { openStore } from "../src/store/index.ts";

const [dir, mode] = process.argv.slice(2) as [string, string];
// The test holds the other end: this process does not outlive it.
process.stdin.resume().once("close", () => process.exit());
const store = await openStore({ dir });
process.stdout.write("ready\n");
if (mode === "hold") setInterval(() => {}, 1000);
else if (mode === "deploy") await deployTooMuch();
else if (mode === "import") await importTooMuch();
else await Promise.all(Array.from({ length: 8 }, (_, writer) => writeForever(writer)));

/** Adds an index that the disk has no space for, and goes on. */
async function deployTooMuch(): Promise<void> {
  const insert = (count: number) => {
    const tx = store.begin("mutation");
    for (let n = 0; n < count; n++) tx.insert("", "notes", { text: `${n}`.repeat(1000) });
    return store.commit(tx).durable;
  };
  await insert(300);
  const schema = schemaJson(
    defineSchema({ notes: defineTable({ text: v.string() }).index("by_text", ["text"]) }),
  );
  const refused = await store.applySchemas(new Map([["", schema]]), []).then(
    () => "deployed",
    (error: unknown) => String(error),
  );
  await insert(1);
  process.stdout.write(`${refused}\n${store.begin("query").count("", "notes")}\n`);
  process.exit(0);
}

/** Brings more documents than the disk has space for, and goes on. */
async function importTooMuch(): Promise<void> {
  const insert = () => {
    const tx = store.begin("mutation");
    tx.insert("", "notes", { text: "written" });
    return store.commit(tx).durable;
  };
  await insert();
  const staged = store.stageImport("replace");
  const table = { component: "", name: "notes", number: null };
  await staged.addTable(table);
  let refused = "imported";
  try {
    for (let row = 1; row <= 3000; row++) await staged.put(table, { text: "x".repeat(1000) }, row);
    await staged.flush();
  } catch (error) {
    refused = String(error);
    staged.abort();
  }
  await insert();
  process.stdout.write(`${refused}\n${store.begin("query").count("", "notes")}\n`);
  process.exit(0);
}

async function writeForever(writer: number): Promise<void> {
  const padding = mode === "full" ? "x".repeat(10_000) : "";
  for (let n = 0; ; n++) {
    const name = `${mode}-${writer}-${n}`;
    const tx = store.begin("mutation");
    tx.insert("", "left", { name, padding });
    tx.insert("", "right", { name });
    await store.commit(tx).durable;
    process.stdout.write(`${name}\n`);
  }
}
