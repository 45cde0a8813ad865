/** A store in a directory of its own, closed and removed after the test. */
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open as openLmdb } from "lmdb";
import { afterEach } from "vitest";
import { defineSchema } from "convex/server";
import { jsonToConvex, convexToJson, type Value } from "convex/values";
import { schemaJson } from "./schemaJson.ts";
import { openStore, type LmdbStore, type StoreTransaction } from "../src/store/index.ts";
import type { Commit, DocumentStream, JsonObject, QueryJson } from "../src/types.ts";

const cleanups: Array<() => Promise<void> | void> = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export function temporaryDirectory(): string {
  const dir = mkdtempSync(join(tmpdir(), "milepost-store-"));
  cleanups.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Kills a process at the end of the test, should it still run. */
export function killAfterTest(child: ChildProcess): void {
  cleanups.push(() => void child.kill("SIGKILL"));
}

export async function openTestStore(
  dir = temporaryDirectory(),
  options: { sync?: boolean } = { sync: false },
): Promise<LmdbStore> {
  const store = await openStore({ dir, ...options });
  cleanups.push(() => store.close());
  return store;
}

/** Every row of a closed store, whatever it is. */
export async function rowsOnDisk(dir: string): Promise<number> {
  const database = openLmdb<string, Buffer>({
    path: join(dir, "store.mdb"),
    noSubdir: true,
    keyEncoding: "binary",
  });
  const count = database.getKeysCount({ start: Buffer.of(0) });
  await database.close();
  return count;
}

/** Runs one mutation and commits it. */
export function write<Result>(
  store: LmdbStore,
  action: (tx: StoreTransaction) => Result,
): { result: Result; commit: Commit } {
  const tx = store.begin("mutation");
  const result = action(tx);
  return { result, commit: store.commit(tx) };
}

export function deploy(
  store: LmdbStore,
  tables: Parameters<typeof defineSchema>[0],
  options?: { schemaValidation?: boolean },
): Promise<Commit> {
  return store.applySchemas(new Map([["", schemaJson(defineSchema(tables, options))]]), []);
}

export function json(value: Record<string, Value | undefined>): JsonObject {
  return convexToJson(value) as JsonObject;
}

/** All documents of a stream, as Convex values. */
export function collect(stream: DocumentStream): Array<Record<string, Value>> {
  const documents: Array<Record<string, Value>> = [];
  for (let text = stream.next(); text !== null; text = stream.next()) {
    documents.push(jsonToConvex(JSON.parse(text)) as Record<string, Value>);
  }
  return documents;
}

/** The JSON that convex/server's own query builder makes. */
export function fullTable(
  tableName: string,
  order: "asc" | "desc" = "asc",
  operators: QueryJson["operators"] = [],
): QueryJson {
  return { source: { type: "FullTableScan", tableName, order }, operators };
}

export function byIndex(
  indexName: string,
  range: Array<[type: "Eq" | "Gt" | "Gte" | "Lt" | "Lte", fieldPath: string, value: unknown]>,
  order: "asc" | "desc" = "asc",
  operators: QueryJson["operators"] = [],
): QueryJson {
  const expressions = range.map(([type, fieldPath, value]) => ({
    type,
    fieldPath,
    value: value === undefined ? { $undefined: null } : convexToJson(value as Value),
  }));
  return { source: { type: "IndexRange", indexName, range: expressions, order }, operators };
}
