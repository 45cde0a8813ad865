import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { inRoot } from "../lib/paths.mjs";

/** What is billed and limited, of one transaction or of several. */
/** @typedef {{bytesRead: number, bytesWritten: number, databaseQueries: number, documentsRead: number, documentsWritten: number}} Cost */
/** @typedef {{documentIds: Set<string>, ranges: Map<number, Array<{lo: Buffer, hi: Buffer}>>}} ReadSet */
/** @typedef {{ts: bigint, documentIds: Set<string>, keys: Map<number, Buffer[]>, everything: boolean}} Commit */
/** @typedef {{component: string, name: string, indexes: Array<{number: number}>}} Table */
/** @typedef {{kind: string, readSet: ReadSet, metrics(): Cost, overlay: {changes: Map<string, {table: Table}>}}} Transaction */
/** @typedef {{begin(kind: string): Transaction, commit(transaction: Transaction, everything?: boolean): Commit}} Store */

/**
 * What one mutation read and wrote; tables: of each document it wrote, as component/table, by id.
 * @typedef {{cost: Cost, readSet: ReadSet, commit: Commit, tables: Map<string, string>}} Recorded
 */

/** @type {Cost} */
const NOTHING = {
  bytesRead: 0,
  bytesWritten: 0,
  databaseQueries: 0,
  documentsRead: 0,
  documentsWritten: 0,
};

/** @param {Cost[]} costs @returns {Cost} */
export function sumOf(costs) {
  const sum = { ...NOTHING };
  for (const cost of costs) {
    for (const name of /** @type {Array<keyof Cost>} */ (Object.keys(sum))) sum[name] += cost[name];
  }
  return sum;
}

/** @param {Table} table */
const nameOf = ({ component, name }) => (component === "" ? name : `${component}/${name}`);

/**
 * Loads the embedded deployment's sources as a library, bundled as its own command bundles them (Node 20 runs no
 * TypeScript), beside the dependencies it imports.
 */
async function loadEmbedded() {
  const { outputFiles } = await build({
    stdin: {
      contents: `export { startServer } from "./src/index.ts";
        export { overlaps } from "./src/store/readSet.ts";`,
      resolveDir: inRoot("packages", "embedded"),
    },
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    format: "esm",
    write: false,
  });
  const contents = /** @type {Uint8Array} */ (outputFiles[0]?.contents);
  const folder = inRoot("packages", "embedded", "node_modules", ".cache", "milepost");
  mkdirSync(folder, { recursive: true });
  const hash = createHash("sha256").update(contents).digest("hex").slice(0, 16);
  const file = join(folder, `library-${hash}.mjs`);
  writeFileSync(file, contents);
  return await import(pathToFileURL(file).href);
}

/** A deployment in this process that keeps what every transaction reads and writes, as its own conflict check sees it. */
export class Recorder {
  /** Mutations since the last `record`, in the order of their commits. @type {Recorded[]} */
  commits = [];
  /** Transactions that began since then. @type {Transaction[]} */
  #begun = [];
  /** Whose index a number is, of tables that were written. @type {Map<number, string>} */
  #tableOfIndex = new Map();
  /** False while a challenge is built, whose transactions nobody asks for and no memory would hold. */
  #isOn = false;
  /** In the log of functions. */
  #cursor = 0;

  /** @param {any} server @param {(readSet: ReadSet, commit: Commit) => boolean} overlaps whether something that was read changed */
  constructor(server, overlaps) {
    this.server = server;
    this.overlaps = overlaps;
    /** @type {Store} */
    const store = server.engine.store;
    // Only this script wants to know, so it listens in here rather than at a door of the product.
    const [begin, commit] = [store.begin.bind(store), store.commit.bind(store)];
    store.begin = (kind) => {
      const transaction = begin(kind);
      if (this.#isOn) this.#begun.push(transaction);
      return transaction;
    };
    store.commit = (transaction, everything) => {
      const committed = commit(transaction, everything);
      if (this.#isOn && committed.documentIds.size > 0) this.#keep(transaction, committed);
      return committed;
    };
  }

  /** @param {Transaction} transaction @param {Commit} commit */
  #keep(transaction, commit) {
    const tables = new Map();
    for (const [id, { table }] of transaction.overlay.changes) {
      tables.set(id, nameOf(table));
      for (const { number } of table.indexes) this.#tableOfIndex.set(number, nameOf(table));
    }
    const { readSet } = transaction;
    this.commits.push({ cost: sumOf([transaction.metrics()]), readSet, commit, tables });
  }

  /** Begins to record, from nothing. */
  record() {
    this.stop();
    this.#isOn = true;
  }

  /** Records no more, and forgets. */
  stop() {
    this.#isOn = false;
    this.commits = [];
    this.#begun = [];
  }

  /** What transactions since the last `record` read and wrote. @param {"query"} [kind] only of these */
  total(kind) {
    const counted = this.#begun.filter((one) => kind === undefined || one.kind === kind);
    return sumOf(counted.map((transaction) => transaction.metrics()));
  }

  /** What queries since the last `record` read, as one set. @returns {ReadSet} */
  queried() {
    /** @type {ReadSet} */
    const all = { documentIds: new Set(), ranges: new Map() };
    for (const { kind, readSet } of this.#begun) {
      if (kind !== "query") continue;
      for (const id of readSet.documentIds) all.documentIds.add(id);
      for (const [index, ranges] of readSet.ranges) {
        all.ranges.set(index, [...(all.ranges.get(index) ?? []), ...ranges]);
      }
    }
    return all;
  }

  /** Tables in which a mutation changed something that was read. @param {ReadSet} readSet @param {Recorded} mutation */
  metIn(readSet, { commit, tables }) {
    const met = new Set(
      [...tables].flatMap(([id, name]) => (readSet.documentIds.has(id) ? [name] : [])),
    );
    for (const [index, keys] of commit.keys) {
      const alone = { ...commit, documentIds: new Set(), keys: new Map([[index, keys]]) };
      if (this.overlaps(readSet, alone)) met.add(this.#tableOfIndex.get(index) ?? "unknown");
    }
    return [...met];
  }

  /**
   * Waits until nothing has run for a second, the ranks' worker included, and answers how many scheduled functions ran
   * since the last call of this.
   */
  async settle() {
    let scheduled = 0;
    for (let quietSince = Date.now(); Date.now() - quietSince < 1000;) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const { entries, newCursor } = await this.server.engine.logs(this.#cursor, 0);
      this.#cursor = newCursor;
      if (entries.length > 0) quietSince = Date.now();
      scheduled += entries.filter(
        (/** @type {any} */ { entry }) => entry.caller === "Scheduler",
      ).length;
    }
    return scheduled;
  }
}

/**
 * Runs `body` with a recorded deployment on the data folder.
 * @template T
 * @param {string} dataDir @param {(recorder: Recorder) => Promise<T>} body
 */
export async function withRecorder(dataDir, body) {
  const { startServer, overlaps } = await loadEmbedded();
  const server = await startServer({ dataDir, port: 0, sitePort: 0, sync: false });
  try {
    return await body(new Recorder(server, overlaps));
  } finally {
    await server.close();
  }
}
