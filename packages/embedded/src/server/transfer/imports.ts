/** `npx convex import`: the upload, what it would change, the confirmation, and the import itself. */
import { randomUUID } from "node:crypto";
import { createWriteStream, mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { integerToJson } from "../../codec/json.ts";
import { tableNumberOfId } from "../../codec/ids.ts";
import { StoreError, tableExists } from "../../store/index.ts";
import type {
  Engine,
  ImportTable,
  JsonObject,
  Log,
  QueryJson,
  StagedImport,
  Transaction,
} from "../../types.ts";
import { badRequest } from "../http/errors.ts";
import { errorText } from "../http/respond.ts";
import { importFormat, openImportFile, type FileTable } from "./importFile.ts";

/** Where Convex keeps them too; its rows are what the CLI watches. */
export const IMPORTS_TABLE = "_snapshot_imports";
export const ALL_IMPORTS: QueryJson = {
  source: { type: "FullTableScan", tableName: IMPORTS_TABLE, order: "asc" },
  operators: [],
};

/** The largest piece of a file in one request; the CLI sends 5 MiB. */
export const PART_BYTES = 64 * 1024 * 1024;
const PROGRESS_EVERY_MS = 1_000;

export const finishUpload = z.looseObject({
  uploadToken: z.string(),
  import: z.looseObject({
    tableName: z.string().nullish(),
    componentPath: z.string().nullish(),
    mode: z.enum(["requireEmpty", "append", "replace", "replaceAll"]),
    format: importFormat,
  }),
});
export const performImport = z.looseObject({ importId: z.string() });

type ImportArgs = z.output<typeof finishUpload>["import"];

interface PendingImport {
  path: string;
  args: ImportArgs;
}

export class Imports {
  readonly #engine: Engine;
  readonly #folder: string;
  readonly #log: Log;
  /** Upload token -> number of the part that comes next. */
  readonly #uploads = new Map<string, number>();
  /** Import id -> what waits for its confirmation. */
  readonly #pending = new Map<string, PendingImport>();
  #isRunning = false;

  /** `folder`: where uploads are kept until they are imported. What a stopped server left in it is removed. */
  constructor(engine: Engine, folder: string, log: Log) {
    this.#engine = engine;
    this.#folder = folder;
    this.#log = log;
    rmSync(folder, { recursive: true, force: true });
  }

  /** Imports that a stop has interrupted are told so; they have changed nothing. */
  async restore(): Promise<void> {
    const unfinished = new Set(["uploaded", "waiting_for_confirmation", "in_progress"]);
    const interrupted = readImports(this.#engine.store.begin("query")).filter(({ state }) =>
      unfinished.has(state.state),
    );
    for (const { _id } of interrupted) {
      await this.#setState(_id, failure("The server was stopped. Nothing was imported."));
    }
  }

  startUpload(): string {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const token = randomUUID();
    this.#uploads.set(token, 1);
    return token;
  }

  /** Takes the next part of a file. Refuses unknown tokens, parts out of order and parts that are too large. */
  async uploadPart(token: string, part: number, body: Readable): Promise<void> {
    if (this.#uploads.get(token) !== part) {
      throw badRequest("BadUpload", "There is no such upload, or its parts came out of order.");
    }
    const path = this.#pathOf(token);
    let size = 0;
    const bounded = async function* bounded(chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        size += chunk.length;
        if (size > PART_BYTES) throw badRequest("PartTooLarge", "A part has at most 64 MiB.");
        yield chunk;
      }
    };
    await pipeline(body, bounded, createWriteStream(path, { flags: "a", mode: 0o600 }));
    this.#uploads.set(token, part + 1);
  }

  /** The file is complete: begins to look through it. Answers the id under which the CLI follows the import. */
  async finishUpload(token: string, args: ImportArgs): Promise<string> {
    if (!this.#uploads.delete(token)) throw badRequest("BadUpload", "There is no such upload.");
    const path = this.#pathOf(token);
    if (statSync(path, { throwIfNoEntry: false }) === undefined) {
      await pipeline([], createWriteStream(path, { mode: 0o600 }));
    }
    const id = await this.#transact((transaction) =>
      transaction.insert("", IMPORTS_TABLE, {
        state: { state: "uploaded" },
        format: { format: args.format },
        mode: args.mode,
        component_path: args.componentPath ?? null,
      }),
    );
    this.#pending.set(id, { path, args });
    void this.#guard(id, () => this.#announce(id, { path, args }));
    return id;
  }

  /** Starts a confirmed import. Refuses while another one runs. */
  async perform(id: string): Promise<void> {
    const pending = this.#pending.get(id);
    if (pending === undefined)
      throw badRequest("ImportNotFound", "There is no such import to confirm.");
    if (this.#isRunning) {
      throw badRequest("ImportInProgress", "Another import runs. Wait for it and try again.");
    }
    this.#isRunning = true;
    this.#pending.delete(id);
    await this.#setState(id, { state: "in_progress", progress_message: "Importing" });
    void this.#guard(id, () => this.#import(id, pending)).finally(() => {
      this.#isRunning = false;
      rmSync(pending.path, { force: true });
    });
  }

  /** Says what the import would change, and waits for the confirmation. */
  async #announce(id: string, { path, args }: PendingImport): Promise<void> {
    const file = await this.#open(path, args);
    try {
      const changes: string[] = [];
      let deletes = false;
      for (const table of this.#withOthers(file.tables, args)) {
        let creates = 0;
        for await (const document of table.documents()) if (document !== null) creates++;
        const existing = this.#count(table);
        if (args.mode === "requireEmpty" && existing > 0) {
          throw new StoreError("IMPORT", tableExists(table.name));
        }
        const deleted = args.mode === "append" ? 0 : existing;
        deletes ||= deleted > 0;
        const place = table.component === "" ? "" : ` of component ${table.component}`;
        changes.push(`${table.name}${place}: create ${creates}, delete ${deleted} of ${existing}`);
      }
      await this.#setState(id, {
        state: "waiting_for_confirmation",
        message_to_confirm: ["Import change summary:", ...changes].join("\n"),
        require_manual_confirmation: deletes,
      });
    } finally {
      file.close();
    }
  }

  /** Writes everything aside, then puts it into place in one step. */
  async #import(id: string, { path, args }: PendingImport): Promise<void> {
    const { store } = this.#engine;
    const file = await this.#open(path, args);
    const staged = store.stageImport(args.mode);
    try {
      const progress = new Progress((message) =>
        this.#setState(id, { state: "in_progress", progress_message: message }),
      );
      // All tables come first: documents refer to one another.
      const tables = await Promise.all(file.tables.map(withNumber));
      for (const table of tables) await staged.addTable(table);
      for (const table of tables) await stageDocuments(staged, table, progress);
      await staged.flush();
      const commit = await this.#engine.exclusive(() => store.activateImport(staged));
      await commit.durable;
      const rows = integerToJson(BigInt(progress.documents));
      await this.#setState(id, {
        state: "completed",
        ts: integerToJson(commit.ts),
        num_rows_written: rows,
      });
    } catch (error) {
      await staged.abort();
      throw error;
    } finally {
      file.close();
    }
  }

  async #open(path: string, { format, componentPath, tableName }: ImportArgs) {
    return await openImportFile(path, format, componentPath ?? "", tableName ?? undefined);
  }

  /** With replaceAll, the tables that the file does not have are emptied. */
  #withOthers(tables: FileTable[], { mode }: ImportArgs): FileTable[] {
    if (mode !== "replaceAll") return tables;
    const inFile = new Set(tables.map(({ component, name }) => `${component}:${name}`));
    const others = this.#engine.store
      .allTables()
      .filter(({ component, name }) => !inFile.has(`${component}:${name}`))
      .map((table) => ({ ...table, documents: async function* none() {} }));
    return [...tables, ...others];
  }

  #count({ component, name }: ImportTable): number {
    return this.#engine.store.begin("query").count(component, name);
  }

  #pathOf(token: string): string {
    return join(this.#folder, token);
  }

  /** What the person did wrong is the state of the import; a defect is logged as well. */
  async #guard(id: string, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof StoreError)) this.#log(`An import failed: ${errorText(error)}`);
      const message = error instanceof Error ? error.message : String(error);
      await this.#setState(id, failure(`Hit an error while importing:\n${message}`)).catch(
        (unwritten: unknown) => this.#log(`An import failed: ${errorText(unwritten)}`),
      );
    }
  }

  async #setState(id: string, state: JsonObject): Promise<void> {
    await this.#transact((transaction) => transaction.patch("", id, { state }));
  }

  async #transact<Result>(body: (transaction: Transaction) => Result): Promise<Result> {
    const { store } = this.#engine;
    const { result, commit } = await this.#engine.exclusive(() => {
      const transaction = store.begin("mutation");
      const value = body(transaction);
      return { result: value, commit: store.commit(transaction) };
    });
    await commit.durable;
    return result;
  }
}

/** An import as its row tells it. */
export interface ImportRow extends JsonObject {
  _id: string;
  state: JsonObject & { state: string };
}

/** Every import there has been, oldest first. */
export function readImports(transaction: Transaction): ImportRow[] {
  const stream = transaction.stream("", ALL_IMPORTS, true);
  const rows: ImportRow[] = [];
  for (let text = stream.next(); text !== null; text = stream.next()) {
    rows.push(JSON.parse(text) as ImportRow);
  }
  return rows;
}

/** Tells how far an import is, once a second at most. */
class Progress {
  documents = 0;
  readonly #tell: (message: string) => Promise<void>;
  #toldAtMs = Date.now();

  constructor(tell: (message: string) => Promise<void>) {
    this.#tell = tell;
  }

  async count(table: string): Promise<void> {
    this.documents++;
    if (Date.now() - this.#toldAtMs < PROGRESS_EVERY_MS) return;
    this.#toldAtMs = Date.now();
    await this.#tell(`Importing "${table}" (${this.documents} documents)`);
  }
}

async function stageDocuments(staged: StagedImport, table: FileTable, progress: Progress) {
  let row = 0;
  for await (const document of table.documents()) {
    await staged.put(table, document, ++row);
    await progress.count(table.name);
  }
}

/** A file without a list of tables tells a table's number by the ids in it. */
async function withNumber(table: FileTable): Promise<FileTable> {
  if (table.number !== null) return table;
  for await (const { _id } of table.documents()) {
    return { ...table, number: typeof _id === "string" ? tableNumberOfId(_id) : null };
  }
  return table;
}

function failure(message: string): JsonObject {
  return { state: "failed", error_message: message };
}
