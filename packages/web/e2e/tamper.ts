import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** The root component of a deployment. */
const ROOT = "";
const STORE = join(import.meta.dirname, "..", "..", "embedded", "src", "store", "index.ts");

interface Store {
  begin(kind: "mutation"): {
    stream(component: string, query: object, isSystem: boolean): { next(): string | null };
    patch(component: string, id: string, value: object): void;
  };
  commit(change: ReturnType<Store["begin"]>): { durable: Promise<void> };
  close(): Promise<void>;
}

/**
 * Adds points to the only stored total of a data folder, behind the backend's back as a hand in the database or a broken
 * disk would: no function can. The product must not run.
 */
export async function tamperWithTotal(dataDir: string, points: number): Promise<void> {
  // By its address: these sources are not part of the web app and are checked where they are.
  const { openStore } = (await import(pathToFileURL(STORE).href)) as {
    openStore: (options: { dir: string }) => Promise<Store>;
  };
  const store = await openStore({ dir: dataDir });
  const change = store.begin("mutation");
  const source = { type: "FullTableScan", tableName: "standings" };
  const row = change.stream(ROOT, { source, operators: [] }, false).next();
  if (row === null) throw new Error("nobody has a standing");
  const { _id: id, totalPoints: total } = JSON.parse(row) as { _id: string; totalPoints: number };
  change.patch(ROOT, id, { totalPoints: total + points, negTotal: 0 - total - points });
  await store.commit(change).durable;
  await store.close();
}
