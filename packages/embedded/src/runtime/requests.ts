/**
 * Exactly once: after a reconnect a client sends every unfinished mutation again, also those whose answer
 * it missed. A success is kept in the mutation's own transaction and answered again; a failed mutation
 * left nothing behind and runs again, as on Convex.
 */
import type { JSONValue } from "convex/values";
import type { Success } from "./executor.ts";
import type { RequestKey, Transaction } from "../types.ts";

const REQUEST_ROW = "request:";
/** A client that sleeps longer than this starts over with a new session. */
const KEPT_MS = 7 * 24 * 3_600_000;
const MAX_KEPT = 50_000;
/** Rows removed along with each new one: the table shrinks without a pause. */
const REMOVED_PER_REQUEST = 4;

interface Answer {
  value: JSONValue;
  logLines: string[];
  atMs: number;
}

export class AnsweredRequests {
  /** Row keys and times, oldest first. */
  #kept: Array<{ key: string; atMs: number }>;

  constructor(transaction: Transaction) {
    this.#kept = transaction
      .hostRange(REQUEST_ROW)
      .map(([key, row]) => ({ key, atMs: (row as unknown as Answer).atMs }))
      .sort((a, b) => a.atMs - b.atMs);
  }

  /** What the request was answered; null when it has not run, or failed. */
  find(transaction: Transaction, request: RequestKey): Success | null {
    const row = transaction.hostGet(rowKey(request)) as unknown as Answer | undefined;
    return row ? { success: true, value: row.value, logLines: row.logLines } : null;
  }

  /** Keeps the answer in the mutation's transaction, and drops some that nobody will ask for. */
  keep(transaction: Transaction, request: RequestKey, { value, logLines }: Success): void {
    const key = rowKey(request);
    const atMs = transaction.nowMs;
    transaction.hostPut(key, { value, logLines, atMs });
    this.#kept.push({ key, atMs });
    for (let removed = 0; removed < REMOVED_PER_REQUEST; removed++) {
      const oldest = this.#kept[0]!;
      if (this.#kept.length <= MAX_KEPT && oldest.atMs > atMs - KEPT_MS) break;
      transaction.hostDelete(oldest.key);
      this.#kept.shift();
    }
  }
}

function rowKey({ sessionId, requestId }: RequestKey): string {
  return `${REQUEST_ROW}${sessionId}:${requestId}`;
}
