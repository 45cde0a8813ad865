/** Scheduled functions as rows: written in the transaction of whoever schedules, cancels or finishes them. */
import type { JSONValue } from "convex/values";
import { measure } from "../codec/json.ts";
import { FunctionError } from "./errors.ts";
import type { DeployedFunction } from "./deployment.ts";
import type { ComponentPath, JsonObject, Transaction } from "../types.ts";

export const JOBS_TABLE = "_scheduled_functions";
const JOB_ROW = "job:";
/** How far ahead and back a function can be scheduled, in milliseconds: Convex's five years. */
const MAX_DELAY_MS = 5 * 366 * 24 * 3_600_000;
/** About how many bytes of ended jobs one transaction looks at. */
const SWEEP_BYTES = 8 << 20;

/** A job that is waiting or running. */
export interface Job {
  id: string;
  /** Whose table holds it: the component that scheduled it. */
  component: ComponentPath;
  target: { component: ComponentPath; path: string };
  timeMs: number;
  /** In which order jobs were made: the timestamp their transaction stood on, and their place in it. */
  made?: [ts: string, place: number];
  /** True for an action that was started: a restart finds it unfinished. */
  started?: true;
}

/** What names a job: its id, and the component whose table holds it. */
export type JobKey = Pick<Job, "id" | "component">;

type JobState =
  | { kind: "pending" | "inProgress" | "success" | "canceled" }
  | { kind: "failed"; error: string };

/**
 * Writes a pending job. Refuses arguments that hold a commit timestamp which is not known yet. What
 * the job `parent` schedules after it was canceled is canceled at once, as on Convex.
 */
export function insertJob(
  transaction: Transaction,
  component: ComponentPath,
  target: DeployedFunction,
  args: JsonObject,
  timeMs: number,
  parent: JobKey | null,
): Job {
  if (target.udfType === "Query") {
    throw new FunctionError(
      `${target.path} is a query: only mutations and actions can be scheduled.`,
    );
  }
  checkTime(timeMs, transaction.nowMs);
  const { size, pending } = measure(args);
  if (pending) {
    throw new FunctionError(
      `Invalid arguments for "${target.path}": a scheduled function cannot take an unresolved commit timestamp.`,
    );
  }
  transaction.countScheduled(size);
  const id = transaction.insert(component, JOBS_TABLE, {
    name: `${target.module}:${target.name}`,
    args: [args],
    scheduledTime: timeMs,
    state: { kind: "pending" },
  });
  const job: Job = {
    id,
    component,
    target: { component: target.component.path, path: target.path },
    timeMs,
    made: [`${transaction.snapshotTs}`, transaction.metrics().functionsScheduled],
  };
  transaction.hostPut(JOB_ROW + id, job as unknown as JSONValue);
  if (parent && jobArgs(transaction, parent, "canceled")) cancelJob(transaction, component, id);
  return job;
}

/** Refuses what is far off: mostly seconds that were taken for milliseconds, or the other way round. */
function checkTime(timeMs: number, nowMs: number): void {
  if (Math.abs(timeMs - nowMs) <= MAX_DELAY_MS) return;
  const time = new Date(timeMs);
  const shown = Number.isNaN(time.getTime()) ? `${timeMs} ms` : time.toISOString();
  const side = timeMs > nowMs ? "future" : "past";
  throw new FunctionError(`${shown} is more than 5 years in the ${side}`);
}

/**
 * Cancels a job that has not finished; one that runs goes on, but ends as canceled. Nothing happens to
 * one that has ended, be it so long ago that it was deleted.
 */
export function cancelJob(transaction: Transaction, component: ComponentPath, id: string): void {
  if (transaction.tableOfId(component, id) !== JOBS_TABLE) {
    throw new FunctionError(`${id} is not the id of a scheduled function.`);
  }
  const kind = readJob(transaction, component, id)?.state.kind;
  if (kind === "pending" || kind === "inProgress") {
    endJob(transaction, component, id, { kind: "canceled" });
  }
}

/** The arguments of a job in the state `kind`; null when it is in another state or gone. */
export function jobArgs(
  transaction: Transaction,
  job: JobKey,
  kind: JobState["kind"],
): JsonObject | null {
  const document = transaction.uncounted(() => readJob(transaction, job.component, job.id));
  return document?.state.kind === kind ? document.args[0] : null;
}

/** The job as it sees itself while it runs. */
export function markRunning(transaction: Transaction, { component, id }: JobKey): void {
  transaction.uncounted(() => transaction.patch(component, id, { state: { kind: "inProgress" } }));
}

/** Marks an action as started: from here on it is never started again. */
export function startAction(transaction: Transaction, job: Job): void {
  markRunning(transaction, job);
  transaction.hostPut(JOB_ROW + job.id, { ...job, started: true } as unknown as JSONValue);
}

/** Writes how a job ended, and forgets it as a job to run. */
export function endJob(
  transaction: Transaction,
  component: ComponentPath,
  id: string,
  state: JobState,
): void {
  const completedTime = transaction.nowMs;
  transaction.uncounted(() => transaction.patch(component, id, { state, completedTime }));
  transaction.hostDelete(JOB_ROW + id);
}

/**
 * Every job that has not ended, in the order in which they were made. It reads no documents: there may be
 * more jobs than a transaction may read.
 */
export function unfinishedJobs(transaction: Transaction): Job[] {
  const jobs = transaction.hostRange(JOB_ROW).map(([, row]) => row as unknown as Job);
  return jobs.sort((left, right) => {
    const [ts, place] = left.made ?? ["0", 0];
    const [otherTs, otherPlace] = right.made ?? ["0", 0];
    return ts === otherTs ? place - otherPlace : BigInt(ts) < BigInt(otherTs) ? -1 : 1;
  });
}

/**
 * Looks at `limit` jobs from `cursor` on and deletes those that ended before `beforeMs`. Answers where to
 * go on; null at the end. Jobs end in another order than they were made in, so all have to be looked at.
 */
export function deleteEndedJobs(
  transaction: Transaction,
  component: ComponentPath,
  beforeMs: number,
  limit: number,
  cursor: string | null,
): string | null {
  return transaction.uncounted(() => {
    const { page, isDone, continueCursor } = transaction.paginate(
      component,
      { source: { type: "FullTableScan", tableName: JOBS_TABLE, order: "asc" }, operators: [] },
      { cursor, endCursor: null, pageSize: limit, maximumBytesRead: SWEEP_BYTES },
      true,
    );
    for (const text of page) {
      const { _id, completedTime } = JSON.parse(text) as { _id: string; completedTime?: number };
      if (completedTime !== undefined && completedTime < beforeMs) {
        transaction.remove(component, _id);
      }
    }
    return isDone ? null : continueCursor;
  });
}

interface JobDocument {
  args: [JsonObject];
  state: JobState;
}

function readJob(
  transaction: Transaction,
  component: ComponentPath,
  id: string,
): JobDocument | null {
  if (transaction.tableOfId(component, id) !== JOBS_TABLE) return null;
  const text = transaction.get(component, id, undefined, true);
  return text === null ? null : (JSON.parse(text) as JobDocument);
}
