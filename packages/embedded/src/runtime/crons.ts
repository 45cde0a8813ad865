/** Runs cron jobs. When each runs next is a row, so a job that was due while the process was down runs once. */
import type { JSONValue } from "convex/values";
import { Alarm } from "./alarm.ts";
import type { AnalyzedCron } from "./analysis.ts";
import { nextRun, type CronSchedule } from "./cronSchedule.ts";
import type { DeployedFunction, Deployment } from "./deployment.ts";
import type { Executor } from "./executor.ts";
import type { Transaction } from "../types.ts";

const CRONS_ROW = "crons";

/** When a cron job runs next, and by which schedule that was computed. */
interface CronState {
  schedule: CronSchedule;
  nextMs: number | null;
}

type CronStates = Record<string, CronState>;

interface CronJob {
  key: string;
  cron: AnalyzedCron;
  fn: DeployedFunction;
}

export class Crons {
  readonly #executor: Executor;
  readonly #report: (error: unknown) => void;
  readonly #alarm = new Alarm(() => this.#ring());
  readonly #running = new Set<string>();
  #jobs = new Map<string, CronJob>();
  #states: CronStates = {};
  #closed = false;

  /** `report` is told what went wrong in the host itself, not in a function. */
  constructor(executor: Executor, report: (error: unknown) => void) {
    this.#executor = executor;
    this.#report = report;
  }

  /**
   * The row to write when `deployment` is activated: a job keeps its next run unless its schedule is
   * new; jobs that are gone leave no trace.
   */
  row(deployment: Deployment, transaction: Transaction): [key: string, value: JSONValue] {
    const now = Date.now();
    const before = readStates(transaction);
    const states: CronStates = {};
    for (const { key, cron } of cronJobs(deployment)) {
      const known = before[key];
      const same = known && JSON.stringify(known.schedule) === JSON.stringify(cron.schedule);
      states[key] = same
        ? known
        : { schedule: cron.schedule, nextMs: nextRun(cron.schedule, now, null) };
    }
    return [CRONS_ROW, states as unknown as JSONValue];
  }

  /** Follows the active deployment; call it after each activation and after a restart. */
  start(deployment: Deployment, transaction: Transaction): void {
    this.#jobs = new Map(cronJobs(deployment).map((job) => [job.key, job]));
    this.#states = readStates(transaction);
    this.#setAlarm();
  }

  close(): void {
    this.#closed = true;
    this.#alarm.clear();
  }

  #setAlarm(): void {
    if (this.#closed) return;
    const times = Object.values(this.#states).map(({ nextMs }) => nextMs ?? Infinity);
    const earliest = Math.min(...times);
    this.#alarm.set(earliest === Infinity ? null : earliest);
  }

  #ring(): void {
    const now = Date.now();
    for (const [key, state] of Object.entries(this.#states)) {
      const job = this.#jobs.get(key);
      if (!job || state.nextMs === null || state.nextMs > now) continue;
      const dueMs = state.nextMs;
      this.#states[key] = { ...state, nextMs: nextRun(state.schedule, now, dueMs) };
      this.#run(job, dueMs).catch(this.#report);
    }
    this.#setAlarm();
  }

  async #run(job: CronJob, dueMs: number): Promise<void> {
    const { key, cron, fn } = job;
    // A run that takes longer than its interval makes the next one fall out, not pile up.
    if (this.#running.has(key)) return void (await this.#advance(job, dueMs));
    this.#running.add(key);
    try {
      if (fn.udfType === "Action") {
        const wasDue = await this.#advance(job, dueMs);
        if (!wasDue || this.#closed) return;
        await this.#executor.action({ fn, args: cron.args, identity: null, caller: "Cron" });
      } else {
        const run = await this.#executor.mutate({
          fn,
          identity: null,
          caller: "Cron",
          args: (transaction) => (isDue(transaction, key, dueMs) ? cron.args : null),
          onSuccess: (transaction) => this.#writeNext(transaction, key),
        });
        if (run && !run.outcome.success) await this.#advance(job, dueMs);
      }
    } finally {
      this.#running.delete(key);
    }
  }

  /** Passes over the run of `dueMs`; false when somebody did already. */
  async #advance({ key }: CronJob, dueMs: number): Promise<boolean> {
    if (this.#closed) return false;
    return await this.#executor.transact((transaction) => {
      const due = isDue(transaction, key, dueMs);
      if (due) this.#writeNext(transaction, key);
      return due;
    });
  }

  #writeNext(transaction: Transaction, key: string): void {
    const states = { ...readStates(transaction), [key]: this.#states[key]! };
    transaction.hostPut(CRONS_ROW, states as unknown as JSONValue);
  }
}

function isDue(transaction: Transaction, key: string, dueMs: number): boolean {
  return readStates(transaction)[key]?.nextMs === dueMs;
}

function readStates(transaction: Transaction): CronStates {
  return (transaction.hostGet(CRONS_ROW) ?? {}) as unknown as CronStates;
}

function cronJobs(deployment: Deployment): CronJob[] {
  return [...deployment.components].flatMap(([path, { definition }]) =>
    Object.values(definition.modules)
      .flatMap(({ crons }) => crons ?? [])
      .map((cron) => ({
        key: `${path}:${cron.name}`,
        cron,
        fn: deployment.find(path, cron.path)!,
      })),
  );
}
