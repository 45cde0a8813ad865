/** `npx convex import`: the upload, what it would change, the confirmation, and the import itself. */
import { rmSync } from "node:fs";
import type { Readable } from "node:stream";
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
import { instances } from "../deploy/analysis.ts";
import type { Deployments } from "../deploy/deployments.ts";
import { badRequest } from "../http/errors.ts";
import { errorText } from "../http/respond.ts";
import { importFormat, openImportFile, type FileTable } from "./importFile.ts";
import { Uploads } from "./uploads.ts";

/** Where Convex keeps them too; its rows are what the CLI watches. */
export const IMPORTS_TABLE = "_snapshot_imports";
export const ALL_IMPORTS: QueryJson = {
  source: { type: "FullTableScan", tableName: IMPORTS_TABLE, order: "asc" },
  operators: [],
};

const PROGRESS_EVERY_MS = 1_000;
/** How long an upload may take, and how long it waits for its confirmation. */
const KEPT_MS = 24 * 60 * 60 * 1000;

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
  uploadedMs: number;
  path: string;
  args: ImportArgs;
}

export class Imports {
  readonly #engine: Engine;
  readonly #deployments: Deployments;
  readonly #log: Log;
  readonly #uploads: Uploads;
  /** Import id -> what waits for its confirmation. */
  readonly #pending = new Map<string, PendingImport>();
  /** Id of the import that runs. */
  #running: string | null = null;

  /** `folder`: where uploads are kept until they are imported. What a stopped server left in it is removed. */
  constructor(engine: Engine, deployments: Deployments, folder: string, log: Log) {
    this.#engine = engine;
    this.#deployments = deployments;
    this.#uploads = new Uploads(folder);
    this.#log = log;
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

  /** Begins an upload. What was begun long ago and neither finished nor confirmed is forgotten. */
  startUpload(): string {
    this.#forgetOld();
    return this.#uploads.start();
  }

  /** Takes a part of a file, see `Uploads.write`. */
  async uploadPart(token: string, part: number, body: Readable): Promise<void> {
    await this.#uploads.write(token, part, body);
  }

  /** The file is complete: begins to look through it. Answers the id under which the CLI follows the import. */
  async finishUpload(token: string, args: ImportArgs): Promise<string> {
    const path = await this.#uploads.finish(token);
    const id = await this.#transact((transaction) =>
      transaction.insert("", IMPORTS_TABLE, {
        state: { state: "uploaded" },
        format: { format: args.format },
        mode: args.mode,
        component_path: args.componentPath ?? null,
      }),
    );
    const pending = { uploadedMs: Date.now(), path, args };
    this.#pending.set(id, pending);
    void this.#announce(id, pending);
    return id;
  }

  /** Starts a confirmed import. Refuses while another one runs. */
  async perform(id: string): Promise<void> {
    const pending = this.#pending.get(id);
    if (pending === undefined)
      throw badRequest("ImportNotFound", "There is no such import to confirm.");
    if (this.#running !== null) {
      throw badRequest("ImportInProgress", "Another import runs. Wait for it and try again.");
    }
    this.#running = id;
    try {
      await this.#setState(id, { state: "in_progress", progress_message: "Importing" });
    } catch (error) {
      this.#running = null;
      throw error;
    }
    void this.#guard(id, () => this.#import(id, pending)).finally(() => {
      this.#running = null;
      this.#forget(id);
    });
  }

  /** Looks through the file. A file that is refused is not kept. */
  async #announce(id: string, pending: PendingImport): Promise<void> {
    const isSound = await this.#guard(id, () => this.#summarize(id, pending));
    if (!isSound) this.#forget(id);
  }

  #forget(id: string): void {
    const pending = this.#pending.get(id);
    if (pending !== undefined) rmSync(pending.path, { force: true });
    this.#pending.delete(id);
  }

  #forgetOld(): void {
    const oldMs = Date.now() - KEPT_MS;
    this.#uploads.forgetBefore(oldMs);
    for (const [id, { uploadedMs }] of this.#pending) {
      if (uploadedMs > oldMs || id === this.#running) continue;
      this.#forget(id);
      void this.#guard(id, () => {
        throw new StoreError("IMPORT", "Nobody confirmed the import in time.");
      });
    }
  }

  /** Says what the import would change, and waits for the confirmation. */
  async #summarize(id: string, { path, args }: PendingImport): Promise<void> {
    await this.#requireComponent(args.componentPath ?? "");
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
    const staged = store.stageImport(args.mode);
    const file = await this.#open(path, args);
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
      staged.abort();
      throw error;
    } finally {
      file.close();
    }
  }

  async #open(path: string, { format, componentPath, tableName }: ImportArgs) {
    return await openImportFile(path, format, componentPath ?? "", tableName ?? undefined);
  }

  /** Refuses a component that is not deployed: nobody would ever see what is in it. */
  async #requireComponent(component: string): Promise<void> {
    if (component === "") return;
    const active = await this.#deployments.activeAnalysis();
    if (active !== null && instances(active).has(component)) return;
    throw new StoreError("IMPORT", `There is no component "${component}" here. Deploy it first.`);
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

  /**
   * What the person did wrong is the state of the import; a defect is logged as well.
   * @returns whether the action succeeded
   */
  async #guard(id: string, action: () => Promise<void>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      if (!(error instanceof StoreError)) this.#log(`An import failed: ${errorText(error)}`);
      const message = error instanceof Error ? error.message : String(error);
      await this.#setState(id, failure(`Hit an error while importing:\n${message}`)).catch(
        (unwritten: unknown) => this.#log(`An import failed: ${errorText(unwritten)}`),
      );
      return false;
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
