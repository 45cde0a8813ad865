/** A running query or mutation: answers the system calls that convex/server makes for `ctx`. */
import { integerToJson } from "../codec/json.ts";
import { isSystemQuery } from "../store/index.ts";
import { functionHandle, type DeployedFunction, type FunctionAddress } from "./deployment.ts";
import { FunctionError } from "./errors.ts";
import { cancelJob, insertJob } from "./jobs.ts";
import type { Frame, LogLevel, Realm } from "./realm.ts";
import type { TransactionRun } from "./transactionRun.ts";
import { refuseOperation } from "./unsupported.ts";
import type {
  DocumentStream,
  JsonObject,
  QueryJson,
  Reader,
  TransactionMetrics,
  UserIdentity,
} from "../types.ts";

/** Arguments of all system calls; each uses a few of them. */
interface SyscallArgs extends FunctionAddress {
  id: string;
  idString: string;
  table?: string;
  isSystem?: boolean;
  value: JsonObject;
  query: QueryJson;
  queryId: number;
  cursor: string | null;
  endCursor: string | null;
  pageSize: number;
  maximumRowsRead: number | null;
  maximumBytesRead?: number;
  udfType: "query" | "mutation" | "snapshotQuery";
  args: JsonObject;
  transactionLimits?: Partial<TransactionMetrics>;
  /** Seconds since the epoch. */
  ts: number;
}

export interface FrameOptions {
  run: TransactionRun;
  fn: DeployedFunction;
  realm: Realm;
  reader: Reader;
  /** Null inside components: identity does not cross their border. */
  identity: UserIdentity | null;
  caller: TransactionFrame | null;
}

/** A system call that waits until the nested call before it has ended. */
interface Waiting {
  operation: string;
  args: SyscallArgs;
  resolve: (result: string | Promise<string>) => void;
  reject: (reason: unknown) => void;
}

const NEVER = new Promise<never>(() => {});
const ONE_PAGINATION =
  "This query or mutation function ran multiple paginated queries. Convex only supports a single paginated query in each function.";

export class TransactionFrame implements Frame {
  readonly run: TransactionRun;
  readonly fn: DeployedFunction;
  readonly realm: Realm;
  readonly reader: Reader;
  readonly identity: UserIdentity | null;
  readonly caller: TransactionFrame | null;
  /** 0 for the function that the client called. */
  readonly depth: number;
  /** Operations of the host whose result the function has not got yet. */
  pendingHostOperations = 0;
  /** After its end, what a function left running gets no answers any more. */
  ended = false;
  readonly #streams: Array<DocumentStream | null> = [];
  readonly #waiting: Waiting[] = [];
  #nestedCallRunning = false;
  #paginated = false;

  constructor(options: FrameOptions) {
    this.run = options.run;
    this.fn = options.fn;
    this.realm = options.realm;
    this.reader = options.reader;
    this.identity = options.identity;
    this.caller = options.caller;
    this.depth = options.caller === null ? 0 : options.caller.depth + 1;
  }

  nowMs(): number {
    this.run.timeDependent = true;
    return this.run.transaction.nowMs;
  }

  random(): number {
    this.run.timeDependent = true;
    return this.run.random();
  }

  log(level: LogLevel, values: unknown[]): void {
    this.run.logs.add(level, values, this.run.transaction.nowMs);
  }

  syscall(operation: string, text: string): string {
    if (operation === "1.0/queryStream") return this.#openStream(text);
    const args = JSON.parse(text) as SyscallArgs;
    switch (operation) {
      case "1.0/queryCleanup":
        this.#closeStream(args.queryId);
        return "{}";
      case "1.0/db/normalizeId": {
        const { path } = this.fn.component;
        const id = this.run.transaction.normalizeId(path, args.table!, args.idString);
        return JSON.stringify({ id });
      }
      case "1.0/getSnapshotTs":
        this.run.timeDependent = true;
        return JSON.stringify(integerToJson(this.run.transaction.snapshotTs));
      default:
        return refuseOperation(operation);
    }
  }

  asyncSyscall(operation: string, text: string): string | Promise<string> {
    if (this.ended) return NEVER;
    const args = JSON.parse(text) as SyscallArgs;
    if (!this.#nestedCallRunning) return this.#perform(operation, args);
    return this.realm.promise((resolve, reject) => {
      this.#waiting.push({ operation, args, resolve, reject });
    });
  }

  jsSyscall(operation: string): never {
    return refuseOperation(operation);
  }

  hostOperation<T>(result: Promise<T>): Promise<T> {
    this.pendingHostOperations++;
    this.run.hostOperationStarted();
    const ended = (): void => {
      this.pendingHostOperations--;
      this.run.hostOperationEnded();
    };
    return this.realm.promise((resolve, reject) => {
      result.then(
        (value) => {
          resolve(value);
          ended();
        },
        (error: unknown) => {
          reject(error);
          ended();
        },
      );
    });
  }

  resume(callback: () => void): void {
    this.realm.resume(callback);
  }

  /** Releases what the function holds; nothing it left running is answered from now on. */
  end(): void {
    this.ended = true;
    for (const stream of this.#streams) stream?.close();
    this.#waiting.length = 0;
  }

  #perform(operation: string, args: SyscallArgs): string | Promise<string> {
    const { path } = this.fn.component;
    const { transaction } = this.run;
    switch (operation) {
      case "1.0/queryStreamNext":
        return this.#readStream(args.queryId);
      case "1.0/get":
        return this.reader.get(path, args.id, args.table, args.isSystem ?? false) ?? "null";
      case "1.0/insert":
        this.#checkMutation("insert");
        this.#checkUserTable(args.table!);
        return `{"_id":"${transaction.insert(path, args.table!, args.value)}"}`;
      case "1.0/shallowMerge":
        this.#checkDocument("patch", args.id);
        transaction.patch(path, args.id, args.value, args.table);
        return "{}";
      case "1.0/replace":
        this.#checkDocument("replace", args.id);
        transaction.replace(path, args.id, args.value, args.table);
        return "{}";
      case "1.0/remove":
        this.#checkDocument("delete", args.id);
        transaction.remove(path, args.id, args.table);
        return "{}";
      case "1.0/queryPage":
        return this.#readPage(args);
      case "1.0/count":
        return String(this.reader.count(path, args.table!));
      case "1.0/runUdf":
        return this.#runFunction(args);
      case "1.0/createFunctionHandle":
        return JSON.stringify(functionHandle(this.run.deployment.resolve(path, args)));
      case "1.0/schedule":
        return this.#schedule(args);
      case "1.0/cancel_job":
        this.#checkMutation("scheduler.cancel");
        cancelJob(transaction, path, args.id);
        return "{}";
      default:
        return JSON.stringify(this.#metadata(operation));
    }
  }

  #metadata(operation: string): unknown {
    switch (operation) {
      case "1.0/getUserIdentity":
        // Inside a component the answer is null for everybody.
        if (this.fn.component.path === this.run.component) this.run.readIdentity = true;
        return this.identity;
      case "1.0/getTransactionMetrics":
        return transactionMetrics(this.run.transaction.metrics(), this.run.transaction.limits());
      case "1.0/getFunctionMetadata":
        return { name: this.fn.path, componentPath: this.fn.component.path };
      case "1.0/getDeploymentMetadata":
        return { name: "embedded", region: null, class: "s16" };
      case "1.0/getRequestMetadata":
        this.#checkMutation("meta.getRequestMetadata");
        return this.run.request;
      default:
        return refuseOperation(operation);
    }
  }

  #openStream(text: string): string {
    const stream = this.reader.streamOfCall(this.fn.component.path, text);
    return `{"queryId":${this.#streams.push(stream) - 1}}`;
  }

  #readStream(queryId: number): string {
    const text = this.#streams[queryId]?.next() ?? null;
    // The document's text goes out as it is stored.
    return text === null ? '{"value":null,"done":true}' : `{"value":${text},"done":false}`;
  }

  #closeStream(queryId: number): void {
    this.#streams[queryId]?.close();
    this.#streams[queryId] = null;
  }

  #readPage(args: SyscallArgs): string {
    if (this.#paginated) throw new Error(ONE_PAGINATION);
    this.#paginated = true;
    const isRoot = this.depth === 0;
    const { page, ...rest } = this.reader.paginate(
      this.fn.component.path,
      args.query,
      {
        cursor: args.cursor,
        // A re-run keeps the end of the page it showed before, so that pages stay adjacent.
        endCursor: args.endCursor ?? (isRoot ? this.run.journalEnd : null),
        pageSize: args.pageSize,
        maximumRowsRead: args.maximumRowsRead ?? undefined,
        maximumBytesRead: args.maximumBytesRead,
      },
      isSystemQuery(args.query),
    );
    if (isRoot) this.run.journal = JSON.stringify({ endCursor: rest.continueCursor });
    return `{"page":[${page.join(",")}],${JSON.stringify(rest).slice(1)}`;
  }

  #runFunction(args: SyscallArgs): string | Promise<string> {
    const isMutation = args.udfType === "mutation";
    if (isMutation) this.#checkMutation("runMutation");
    const fn = this.run.deployment.resolve(this.fn.component.path, args);
    const result = this.run.call({
      fn,
      udfType: isMutation ? "Mutation" : "Query",
      args: args.args,
      caller: this,
      reader: args.udfType === "snapshotQuery" ? this.run.transaction.staleSnapshot() : this.reader,
      limits: args.transactionLimits,
    });
    if (typeof result === "string") return result;
    // One after the other: what the caller started meanwhile waits, or a rollback would undo it.
    this.#nestedCallRunning = true;
    return result;
  }

  /** The nested call that the function waited for has ended: what came after it may run. */
  nestedCallEnded(): void {
    this.#nestedCallRunning = false;
    while (!this.#nestedCallRunning) {
      const waiting = this.#waiting.shift();
      if (!waiting) return;
      try {
        waiting.resolve(this.#perform(waiting.operation, waiting.args));
      } catch (error) {
        waiting.reject(error);
      }
    }
  }

  #schedule(args: SyscallArgs): string {
    this.#checkMutation("scheduler.runAfter");
    const { path } = this.fn.component;
    const target = this.run.deployment.resolve(path, args);
    const { transaction, job: parent } = this.run;
    const job = insertJob(transaction, path, target, args.args, args.ts * 1000, parent);
    this.run.scheduled.push(job);
    return JSON.stringify(job.id);
  }

  #checkMutation(method: string): void {
    if (this.fn.udfType !== "Mutation") {
      throw new FunctionError(
        `${method} is only possible in a mutation; ${this.fn.path} is a query.`,
      );
    }
  }

  #checkUserTable(table: string | null): void {
    if (table?.startsWith("_")) {
      throw new FunctionError("System tables (prefixed with `_`) are read-only.");
    }
  }

  #checkDocument(method: string, id: string): void {
    this.#checkMutation(method);
    this.#checkUserTable(this.run.transaction.tableOfId(this.fn.component.path, id));
  }
}

/** File storage is not there, so nothing of it is ever used. */
const NO_FILES = { used: 0, remaining: 0 };

function transactionMetrics(used: TransactionMetrics, limits: TransactionMetrics): unknown {
  const names = Object.keys(used) as Array<keyof TransactionMetrics>;
  return {
    ...Object.fromEntries(
      names.map((name) => [
        name,
        { used: used[name], remaining: Math.max(0, limits[name] - used[name]) },
      ]),
    ),
    filesWritten: NO_FILES,
    fileWriteBytes: NO_FILES,
    filesRead: NO_FILES,
    fileReadBytes: NO_FILES,
  };
}
