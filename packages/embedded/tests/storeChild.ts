/** A process with a store of its own, to be killed: `storeChild <dir> hold|full|write...`. */
import { openStore } from "../src/store/index.ts";

const [dir, mode] = process.argv.slice(2) as [string, string];
// The test holds the other end: this process does not outlive it.
process.stdin.resume().once("close", () => process.exit());
const store = await openStore({ dir });
process.stdout.write("ready\n");
if (mode === "hold") setInterval(() => {}, 1000);
else await Promise.all(Array.from({ length: 8 }, (_, writer) => writeForever(writer)));

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
