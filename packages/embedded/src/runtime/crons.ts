/** Runs cron jobs. When each runs next is a row, so a job that was due while the process was down runs once. */
import type { JSONValue } from "convex/values";
import { STOPPED } from "./actionRun.ts";
import { Alarm } from "./alarm.ts";
import type { AnalyzedCron } from "./analysis.ts";
import { isFarAhead, nextRun, type CronSchedule } from "./cronSchedule.ts";
import type { DeployedFunction, Deployment } from "./deployment.ts";
import type { Executor } from "./executor.ts";
import type { Transaction } from "../types.ts";

const CRONS_ROW = "crons";

/** When a cron job runs next, by which schedule that was computed, and how it went last. */
interface CronState {
  schedule: CronSchedule;
  nextMs: number | null;
  lastRun?: CronRun;
}

/** A run by the time it was planned for; `error` is null when it succeeded. */
interface CronRun {
  plannedMs: number;
  error: string | null;
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
  /** The jobs that run, by the time that run was planned for. */
  readonly #running = new Map<string, number>();
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
    const before = cronStates(transaction);
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
    this.#states = cronStates(transaction);
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
      if (!job || state.nextMs === null) continue;
      // After a clock that was far ahead for a while, the job would be silent until then.
      if (isFarAhead(state.schedule, now, state.nextMs)) {
        this.#replan(key, nextRun(state.schedule, now, now)).catch(this.#report);
      }
      if (state.nextMs > now) continue;
      const dueMs = state.nextMs;
      this.#states[key] = { ...state, nextMs: nextRun(state.schedule, now, dueMs) };
      this.#run(job, dueMs).catch(this.#report);
    }
    this.#setAlarm();
  }

  async #replan(key: string, nextMs: number | null): Promise<void> {
    const state = this.#states[key];
    if (!state) return;
    this.#states[key] = { ...state, nextMs };
    await this.#executor.transact((transaction) => this.#write(transaction, key, nextMs));
  }

  async #run(job: CronJob, dueMs: number): Promise<void> {
    const { key, cron, fn } = job;
    const running = this.#running.get(key);
    // A deploy looks at the rows again while the run that they call for is under way.
    if (running === dueMs) return;
    // A run that takes longer than its interval makes the next one fall out, not pile up.
    if (running !== undefined) return void (await this.#advance(job, dueMs));
    this.#running.set(key, dueMs);
    const succeeded = { plannedMs: dueMs, error: null };
    try {
      if (fn.udfType === "Action") {
        // What is known of it until it has ended: it is not started again.
        const wasDue = await this.#advance(job, dueMs, { plannedMs: dueMs, error: STOPPED });
        if (!wasDue || this.#closed) return;
        const origin = { identity: null, caller: "Cron" } as const;
        const outcome = await this.#executor.action({ ...origin, fn, args: cron.args });
        const lastRun = outcome.success
          ? succeeded
          : { plannedMs: dueMs, error: outcome.errorMessage };
        if (!this.#closed) await this.#note(key, lastRun);
      } else {
        const run = await this.#executor.mutate({
          fn,
          identity: null,
          caller: "Cron",
          args: (transaction) => (isDue(transaction, key, dueMs) ? cron.args : null),
          onSuccess: (transaction) =>
            this.#write(transaction, key, this.#after(key, dueMs), succeeded),
        });
        if (!run || run.outcome.success) return;
        await this.#advance(job, dueMs, { plannedMs: dueMs, error: run.outcome.errorMessage });
      }
    } finally {
      this.#running.delete(key);
    }
  }

  /** Passes over the run of `dueMs`; false when somebody did already. */
  async #advance({ key }: CronJob, dueMs: number, lastRun?: CronRun): Promise<boolean> {
    if (this.#closed) return false;
    return await this.#executor.transact((transaction) => {
      const due = isDue(transaction, key, dueMs);
      if (due) this.#write(transaction, key, this.#after(key, dueMs), lastRun);
      return due;
    });
  }

  /** Notes how a run ended that was passed over when it began. */
  async #note(key: string, lastRun: CronRun): Promise<void> {
    await this.#executor.transact((transaction) => {
      const states = cronStates(transaction);
      const state = states[key];
      if (state?.lastRun?.plannedMs !== lastRun.plannedMs) return;
      putStates(transaction, { ...states, [key]: { ...state, lastRun } });
    });
  }

  /** When the job runs next after the run of `dueMs`, which a deploy may have planned once more. */
  #after(key: string, dueMs: number): number | null {
    return nextRun(this.#states[key]!.schedule, Date.now(), dueMs);
  }

  /** Writes when the job runs next, and how it went. */
  #write(transaction: Transaction, key: string, nextMs: number | null, lastRun?: CronRun): void {
    const states = cronStates(transaction);
    const { schedule } = this.#states[key]!;
    this.#states[key] = { ...this.#states[key]!, nextMs };
    const last = lastRun ?? states[key]?.lastRun;
    const state = { schedule, nextMs, ...(last && { lastRun: last }) };
    putStates(transaction, { ...states, [key]: state });
    this.#setAlarm();
  }
}

function isDue(transaction: Transaction, key: string, dueMs: number): boolean {
  return cronStates(transaction)[key]?.nextMs === dueMs;
}

/** The state of every cron job, under `component:name`. */
export function cronStates(transaction: Transaction): CronStates {
  return (transaction.hostGet(CRONS_ROW) ?? {}) as unknown as CronStates;
}

function putStates(transaction: Transaction, states: CronStates): void {
  transaction.hostPut(CRONS_ROW, states as unknown as JSONValue);
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
