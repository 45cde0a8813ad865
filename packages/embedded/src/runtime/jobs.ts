/** Scheduled functions as rows: written in the transaction of whoever schedules, cancels or finishes them. */
import type { JSONValue } from "convex/values";
import { measure } from "../codec/json.ts";
import { FunctionError } from "./errors.ts";
import type { DeployedFunction } from "./deployment.ts";
import type { ComponentPath, JsonObject, Transaction } from "../types.ts";

export const JOBS_TABLE = "_scheduled_functions";
const JOB_ROW = "job:";

/** A job that is waiting or running. */
export interface Job {
  id: string;
  /** Whose table holds it: the component that scheduled it. */
  component: ComponentPath;
  target: { component: ComponentPath; path: string };
  timeMs: number;
  /** True for an action that was started: a restart finds it unfinished. */
  started?: true;
}

type JobState =
  | { kind: "pending" | "inProgress" | "success" | "canceled" }
  | { kind: "failed"; error: string };

/** Writes a pending job. Refuses arguments that hold a commit timestamp which is not known yet. */
export function insertJob(
  transaction: Transaction,
  component: ComponentPath,
  target: DeployedFunction,
  args: JsonObject,
  timeMs: number,
): Job {
  if (target.udfType === "Query") {
    throw new FunctionError(
      `${target.path} is a query: only mutations and actions can be scheduled.`,
    );
  }
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
  };
  transaction.hostPut(JOB_ROW + id, job as unknown as JSONValue);
  return job;
}

/** Cancels a job that has not finished; one that runs goes on, but ends as canceled. */
export function cancelJob(transaction: Transaction, component: ComponentPath, id: string): void {
  const document = readJob(transaction, component, id);
  if (!document) throw new FunctionError(`The scheduled function ${id} does not exist.`);
  const { kind } = document.state;
  if (kind === "pending" || kind === "inProgress") {
    endJob(transaction, component, id, { kind: "canceled" });
  }
}

/** The arguments of a job in the state `kind`; null when it is in another state or gone. */
export function jobArgs(
  transaction: Transaction,
  job: Job,
  kind: JobState["kind"],
): JsonObject | null {
  const document = readJob(transaction, job.component, job.id);
  return document?.state.kind === kind ? document.args[0] : null;
}

/** Marks an action as started: from here on it is never started again. */
export function startJob(transaction: Transaction, job: Job): void {
  transaction.patch(job.component, job.id, { state: { kind: "inProgress" } });
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
  transaction.patch(component, id, { state, completedTime });
  transaction.hostDelete(JOB_ROW + id);
}

/** Every job that has not ended. It reads no documents: there may be more jobs than a transaction may read. */
export function unfinishedJobs(transaction: Transaction): Job[] {
  return transaction.hostRange(JOB_ROW).map(([, row]) => row as unknown as Job);
}

/** Deletes up to `limit` jobs that ended before `beforeMs`, oldest first; answers how many. */
export function deleteEndedJobs(
  transaction: Transaction,
  component: ComponentPath,
  beforeMs: number,
  limit: number,
): number {
  const query = {
    source: { type: "FullTableScan", tableName: JOBS_TABLE, order: "asc" },
    operators: [{ limit }],
  };
  const stream = transaction.stream(component, query, true);
  const ended: string[] = [];
  for (let text = stream.next(); text !== null; text = stream.next()) {
    const document = JSON.parse(text) as { _id: string; completedTime?: number };
    if (document.completedTime !== undefined && document.completedTime < beforeMs) {
      ended.push(document._id);
    }
  }
  stream.close();
  for (const id of ended) transaction.remove(component, id);
  return ended.length;
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
