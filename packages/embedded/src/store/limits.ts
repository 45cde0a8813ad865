/** What one transaction may read and write, with Convex's numbers and words. */
import { DatabaseError } from "./errors.ts";
import type { TransactionMetrics } from "../types.ts";

const MIB = 1 << 20;

/** Largest document, without its system fields. */
export const MAX_DOCUMENT_BYTES = MIB;
/** Levels of objects and arrays in a document, itself included. */
export const MAX_DOCUMENT_NESTING = 16;

/** Tables of functions in the whole deployment. */
export const MAX_TABLES = 10_000;
export const TOO_MANY_TABLES = `Number of tables cannot exceed ${MAX_TABLES}.`;

export const TRANSACTION_LIMITS: Readonly<TransactionMetrics> = {
  bytesRead: 16 * MIB,
  bytesWritten: 16 * MIB,
  databaseQueries: 4096,
  documentsRead: 32_000,
  documentsWritten: 16_000,
  functionsScheduled: 1000,
  scheduledFunctionArgsBytes: 16 * MIB,
};

const READ_LESS =
  "Consider using smaller limits in your queries, paginating your queries, or using indexed queries with a selective index range expressions.";

/** Words of each limit; `limit` is the number that was passed. */
const EXCEEDED: Record<keyof TransactionMetrics, (limit: number) => string> = {
  bytesRead: (limit) =>
    `Too many bytes read in a single function execution (limit: ${limit} bytes). ${READ_LESS}`,
  bytesWritten: (limit) =>
    `Too many bytes written in a single function execution (limit: ${limit} bytes).`,
  databaseQueries: (limit) =>
    `Too many reads in a single function execution (limit: ${limit}). ${READ_LESS}`,
  documentsRead: (limit) =>
    `Too many documents read in a single function execution (limit: ${limit}). ${READ_LESS}`,
  documentsWritten: (limit) => `Too many writes in a single function execution (limit: ${limit}).`,
  functionsScheduled: (limit) => `Too many functions scheduled by this mutation (limit: ${limit})`,
  scheduledFunctionArgsBytes: (limit) =>
    `Too large total size of the arguments of scheduled functions from this mutation (limit: ${limit} bytes)`,
};

/** Counts the use of one transaction; passing a limit throws, and the count stays. */
export class Budget {
  readonly used: TransactionMetrics = {
    bytesRead: 0,
    bytesWritten: 0,
    databaseQueries: 0,
    documentsRead: 0,
    documentsWritten: 0,
    functionsScheduled: 0,
    scheduledFunctionArgsBytes: 0,
  };
  limits: Readonly<TransactionMetrics> = TRANSACTION_LIMITS;
  /** While it is true nothing counts: what the host does for itself. */
  isSuspended = false;

  countQuery(): void {
    if (!this.isSuspended) this.#add("databaseQueries", 1);
  }

  countRead(bytes: number): void {
    if (this.isSuspended) return;
    this.used.bytesRead += bytes;
    this.#add("documentsRead", 1);
    this.#check("bytesRead");
  }

  countWrite(bytes: number): void {
    this.used.bytesWritten += bytes;
    this.#add("documentsWritten", 1);
    this.#check("bytesWritten");
  }

  /** Takes back a write that was rolled back. */
  uncountWrite(bytes: number): void {
    this.used.bytesWritten -= bytes;
    this.used.documentsWritten--;
  }

  countScheduled(argsBytes: number): void {
    this.used.scheduledFunctionArgsBytes += argsBytes;
    this.#add("functionsScheduled", 1);
    this.#check("scheduledFunctionArgsBytes");
  }

  uncountScheduled(argsBytes: number): void {
    this.used.scheduledFunctionArgsBytes -= argsBytes;
    this.used.functionsScheduled--;
  }

  /** True when one more document cannot be read. */
  get readsExhausted(): boolean {
    return (
      this.used.documentsRead >= this.limits.documentsRead ||
      this.used.bytesRead >= this.limits.bytesRead
    );
  }

  /**
   * Limits of a nested call: at most `requested` beyond what is used now, and never more than the
   * caller has left. Returns the caller's limits, to be put back with `limits = ...`.
   */
  narrow(requested: Partial<TransactionMetrics>): Readonly<TransactionMetrics> {
    const outer = this.limits;
    const inner = { ...outer };
    for (const name of Object.keys(inner) as Array<keyof TransactionMetrics>) {
      const share = requested[name];
      if (share !== undefined) inner[name] = Math.min(outer[name], this.used[name] + share);
    }
    this.limits = inner;
    return outer;
  }

  #add(name: keyof TransactionMetrics, count: number): void {
    this.used[name] += count;
    this.#check(name);
  }

  #check(name: keyof TransactionMetrics): void {
    if (this.used[name] > this.limits[name]) {
      throw new DatabaseError("TransactionLimit", EXCEEDED[name](this.limits[name]));
    }
  }
}
