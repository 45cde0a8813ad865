/**
 * What the layers of the embedded deployment say to each other.
 * Dependencies point one way: codec <- store <- runtime <- {sync, http, deploy} <- server.
 */
import type { JSONValue } from "convex/values";

/** Path of a component instance: "" is the app, "a/b" is component b mounted inside a. */
export type ComponentPath = string;

/** A Convex object in Convex's JSON encoding (`convexToJson`). */
export type JsonObject = { [key: string]: JSONValue };

// ---------------------------------------------------------------- store

/** Half-open range `[lo, hi)` of encoded index keys. */
export interface KeyRange {
  lo: Buffer;
  hi: Buffer;
}

/** What a transaction has read: the ids fetched by `get`, and per index the ranges really consumed. */
export interface ReadSet {
  documentIds: Set<string>;
  /** Index number -> ranges. An empty range and a missing table count as read too. */
  ranges: Map<number, KeyRange[]>;
}

/** What a commit changed, for invalidation. `keys` holds every index key removed, added or touched. */
export interface Commit {
  ts: bigint;
  documentIds: Set<string>;
  keys: Map<number, Buffer[]>;
  /** A deploy or an environment change: every cached result is stale. */
  everything: boolean;
  /** Resolves once the commit is on disk (fsync). Nothing that shows it may leave the process before. */
  durable: Promise<void>;
}

/** The figures of `ctx.meta.getTransactionMetrics`, used so far in this transaction. */
export interface TransactionMetrics {
  bytesRead: number;
  bytesWritten: number;
  databaseQueries: number;
  documentsRead: number;
  documentsWritten: number;
  functionsScheduled: number;
  scheduledFunctionArgsBytes: number;
}

/** A running query: `next` gives the JSON text of the next document, null at the end. */
export interface DocumentStream {
  next(): string | null;
  close(): void;
}

export interface PageOptions {
  cursor: string | null;
  endCursor: string | null;
  pageSize: number;
  maximumRowsRead?: number;
  maximumBytesRead?: number;
}

export interface Page {
  /** JSON texts of the documents. */
  page: string[];
  isDone: boolean;
  continueCursor: string;
  splitCursor: string | null;
  pageStatus: "SplitRecommended" | "SplitRequired" | null;
}

/** The serialized query of convex/server's query builder, as `1.0/queryStream` receives it. */
export interface QueryJson {
  source: JsonObject;
  operators: JSONValue[];
}

/** What may be read: of the transaction itself, or of a stale snapshot. */
export interface Reader {
  /** JSON text of a document, null when absent; throws when `table` is given and the id is of another table. */
  get(
    component: ComponentPath,
    id: string,
    table: string | undefined,
    isSystem: boolean,
  ): string | null;
  stream(component: ComponentPath, query: QueryJson, isSystem: boolean): DocumentStream;
  /** `stream` of the query in the JSON text of a system call, `{"query": ...}`; repetitions are quick. */
  streamOfCall(component: ComponentPath, text: string): DocumentStream;
  paginate(
    component: ComponentPath,
    query: QueryJson,
    options: PageOptions,
    isSystem: boolean,
  ): Page;
  count(component: ComponentPath, table: string): number;
}

/** One transaction: everything is synchronous. Nobody else runs between `begin` and `commit`. */
export interface Transaction extends Reader {
  readonly kind: "query" | "mutation";
  /** Commit timestamp of the snapshot it reads, nanoseconds. */
  readonly snapshotTs: bigint;
  /** Start of the transaction in milliseconds: what `Date.now()` answers inside it. */
  readonly nowMs: number;
  readonly readSet: ReadSet;
  normalizeId(component: ComponentPath, table: string, id: string): string | null;
  /** The name of the table an id belongs to, null when there is none. */
  tableOfId(component: ComponentPath, id: string): string | null;
  /** `value` may hold `{"$commitTs": null}`; it becomes a real int64 at commit. Validates against the schema. */
  insert(component: ComponentPath, table: string, value: JsonObject): string;
  patch(component: ComponentPath, id: string, value: JsonObject, table?: string): void;
  replace(component: ComponentPath, id: string, value: JsonObject, table?: string): void;
  remove(component: ComponentPath, id: string, table?: string): void;
  /** The committed snapshot: sees none of the own writes, adds nothing to the read set. */
  staleSnapshot(): Reader;
  /** Marks a point; `rollbackTo` undoes documents, index rows, host rows and jobs written since. */
  savepoint(): number;
  rollbackTo(savepoint: number): void;
  metrics(): TransactionMetrics;
  /** The limits in force: what remains of a metric is its limit less its use. */
  limits(): TransactionMetrics;
  /** Starts a nested call with `transactionLimits` of its own; the returned function ends it. */
  narrowLimits(requested: Partial<TransactionMetrics>): () => void;
  /** Runs what the host does for itself: it counts against no limit. */
  uncounted<T>(body: () => T): T;
  /** Counts one scheduled function against the limits. */
  countScheduled(argsBytes: number): void;
  /** The host's own rows (environment, push, crons, answered requests): transactional, invisible to functions. */
  hostGet(key: string): JSONValue | undefined;
  hostPut(key: string, value: JSONValue): void;
  hostDelete(key: string): void;
  hostRange(prefix: string): Array<[key: string, value: JSONValue]>;
}

/** `schema.export()` of convex/server, parsed; null = a component without a schema. */
export type SchemaJson = JsonObject | null;

export interface IndexDiff {
  added: Array<{ table: string; name: string; fields: string[] }>;
  removed: Array<{ table: string; name: string; fields: string[] }>;
}

/** A table of a snapshot. */
export interface SnapshotTable {
  component: ComponentPath;
  name: string;
  /** The number in the ids of its documents. */
  number: number;
}

/** The committed documents of one moment, while others go on writing. Must be closed: it keeps disk space. */
export interface Snapshot {
  /** The tables of functions, without those of the deployment itself. */
  tables(): SnapshotTable[];
  /** JSON texts of the documents, in the order of their ids. */
  documents(table: SnapshotTable): Generator<string>;
  close(): void;
}

/** What an import does with documents that are there: refuse, keep, replace in its tables, replace everywhere. */
export type ImportMode = "requireEmpty" | "append" | "replace" | "replaceAll";

/** A table to import into; created when it is missing. */
export interface ImportTable {
  component: ComponentPath;
  name: string;
  /** The number in the ids of its documents; null when they have none. */
  number: number | null;
}

/** An import that nobody sees before it is activated. Refuses with `StoreError` IMPORT. */
export interface StagedImport {
  addTable(table: ImportTable): Promise<void>;
  /** Takes a document of an added table, with or without `_id` and `_creationTime`; `row` is for refusals. */
  put(table: ImportTable, document: JsonObject, row: number): Promise<void>;
  /** Everything put so far is on disk. */
  flush(): Promise<void>;
  /** Removes it: nothing has changed. */
  abort(): void;
}

/** How much of a change of schemas is ready. */
export interface PreparationProgress {
  indexesTotal: number;
  indexesComplete: number;
  schemaValidationComplete: boolean;
}

/** Why existing rows do not fit a new schema. */
export interface SchemaProblem {
  component: ComponentPath;
  table: string;
  message: string;
}

/** A look at the documents for schemas that may never come. */
export interface SchemaCheck {
  /** The first document that does not fit, null when all do; "stopped" when a deploy or an import came first. */
  readonly result: Promise<SchemaProblem | null | "stopped">;
  progress(): Map<ComponentPath, PreparationProgress>;
}

export interface Store {
  /** Timestamp of the newest commit. */
  readonly ts: bigint;
  begin(kind: "query" | "mutation"): Transaction;
  /** Makes the writes visible at once and starts writing them to disk. A transaction without writes commits at `store.ts`. */
  commit(transaction: Transaction, everything?: boolean): Commit;
  onCommit(listener: (commit: Commit) => void): () => void;
  /** Resolves when everything up to `ts` is on disk. */
  durable(ts: bigint): Promise<void>;
  indexDiffs(schemas: Map<ComponentPath, SchemaJson>): Map<ComponentPath, IndexDiff>;
  /**
   * Makes `applySchemas` short: checks the documents and builds the added indexes in small steps while others read
   * and write. Answers the first document that does not fit. Who asks again for the same schemas joins in; other
   * schemas put an end to it, and the answer is "stopped" then: nothing is ready.
   */
  prepareSchemas(
    schemas: Map<ComponentPath, SchemaJson>,
    report?: (line: string) => void,
  ): Promise<SchemaProblem | null | "stopped">;
  /** Looks at the documents only, in small steps, beside whatever is prepared or looked at. */
  checkSchemas(schemas: Map<ComponentPath, SchemaJson>): SchemaCheck;
  /** How far `prepareSchemas` is in each component that has something to do. */
  preparationProgress(): Map<ComponentPath, PreparationProgress>;
  /**
   * Creates tables, backfills added indexes, drops removed ones and writes `host` rows, in one step;
   * `report` gets lines about its progress. Documents that do not fit refuse it with `StoreError` SCHEMA, and
   * nothing has changed.
   */
  applySchemas(
    schemas: Map<ComponentPath, SchemaJson>,
    host: Array<[key: string, value: JSONValue]>,
    report?: (line: string) => void,
  ): Promise<Commit>;
  tables(component: ComponentPath): string[];
  allTables(): SnapshotTable[];
  snapshot(): Promise<Snapshot>;
  /** Begins an import; one at a time. */
  stageImport(mode: ImportMode): StagedImport;
  /** Makes a flushed import visible, in one step. Only while no transaction is open. */
  activateImport(staged: StagedImport): Promise<Commit>;
  /** Frees what backups and checks have held that were killed; answers how many those were. */
  forgetDeadReaders(): number;
  close(): Promise<void>;
}

// -------------------------------------------------------------- runtime

/** The identity `ctx.auth.getUserIdentity()` answers: tokenIdentifier, issuer, subject and further claims. */
export type UserIdentity = JsonObject & {
  tokenIdentifier: string;
  issuer: string;
  subject: string;
};

export interface FunctionCall {
  component: ComponentPath;
  /** `mutations/activities:log`, or without `:name` for the default export; `.js` is accepted. */
  path: string;
  args: JsonObject;
  identity: UserIdentity | null;
  /** "public" refuses internal functions with the words used for missing ones; "any" is the admin key's. */
  access: "public" | "any";
}

export type QueryCall = FunctionCall & { journal?: string | null };

export type Outcome =
  | { success: true; value: JSONValue; logLines: string[] }
  | { success: false; errorMessage: string; errorData?: JSONValue; logLines: string[] };

export interface QueryRun {
  outcome: Outcome;
  readSet: ReadSet;
  journal: string | null;
  /** True when the run called `getUserIdentity`: its result belongs to that identity only. */
  readIdentity: boolean;
  /** True when it read the clock, randomness or the snapshot timestamp. */
  timeDependent: boolean;
}

export interface MutationRun {
  outcome: Outcome;
  /** Commit timestamp; null when the mutation failed. */
  ts: bigint | null;
  durable: Promise<void>;
}

/** Identifies one client request, so that a mutation re-sent after a reconnect runs once. */
export interface RequestKey {
  sessionId: string;
  requestId: number;
}

export interface LogEntry {
  cursor: number;
  /** One entry in the shape `GET /api/stream_function_logs` answers. */
  entry: JsonObject;
}

/** What programs want to know about a line of the log besides its words. */
export interface LogFacts {
  /** "error" when it is missing: the server speaks up by itself when something is wrong. */
  level?: "debug" | "info" | "warn" | "error";
  [fact: string]: JSONValue | undefined;
}

/** Takes one line of the log. */
export type Log = (message: string, facts?: LogFacts) => void;

/** One module of a push: bundled ESM as the CLI sends it. */
export interface PushModule {
  path: string;
  source: string;
  sourceMap?: string;
  environment: "isolate" | "node";
}

export interface Engine {
  readonly store: Store;
  /** Runs a task of the host while no transaction is open, in turn with functions. */
  exclusive<Result>(task: () => Result | Promise<Result>): Promise<Result>;
  /**
   * Runs all queries in one turn, so that all results stand at the same `ts`. A function instead of
   * an array is asked when the turn has begun (`store.ts` is already that ts), and its calls are taken one
   * by one: a live round then knows which of its queries the commits up to `ts` have made stale, and when
   * to stop.
   */
  runQueries(
    calls: QueryCall[] | (() => Iterable<QueryCall>),
  ): Promise<{ ts: bigint; runs: QueryRun[] }>;
  runMutation(call: FunctionCall, request?: RequestKey): Promise<MutationRun>;
  runAction(call: FunctionCall): Promise<Outcome>;
  /** The deployed `http.ts` router; 404 when no route fits. `identity` is what `ctx.auth` answers in it. */
  runHttpAction(request: Request, identity?: UserIdentity | null): Promise<Response>;
  /** Which of the three a public or internal function is; null when there is none. */
  functionType(
    component: ComponentPath,
    path: string,
  ): "query" | "mutation" | "action" | "httpAction" | null;
  environmentVariables(): Record<string, string>;
  /** Validates names, keeps them, re-evaluates `auth.config`; no value = remove. */
  updateEnvironment(changes: Array<{ name: string; value?: string | null }>): Promise<void>;
  /** `{ providers }` of the deployed auth.config, evaluated with the current environment. */
  authProviders(): JsonObject[];
  /** The active push (start_push request body with every module resolved), null before the first deploy. */
  activePush(): JsonObject | null;
  /** Evaluates a start_push body without activating anything: the start_push response. */
  evaluatePush(body: JsonObject): Promise<JsonObject>;
  /**
   * Activates an evaluated push atomically: schema check, backfill, code, crons, auth. Throws SchemaProblem's message.
   * `confirm` is called when it is ready and its turn has come, and may still refuse it by throwing.
   */
  activatePush(body: JsonObject, confirm?: () => void): Promise<void>;
  /** Log entries after `cursor`; waits up to `waitMs` for the first. */
  logs(cursor: number, waitMs: number): Promise<{ entries: LogEntry[]; newCursor: number }>;
  /** How many scheduled functions wait for their time or their turn, and how many run. */
  jobCounts(): { waiting: number; running: number };
  /** Starts no further scheduled function or cron job; resolves when those that run have ended. */
  stopJobs(): Promise<void>;
  close(): Promise<void>;
}
