/** Runs scheduled functions when their time comes. The rows decide; timers only say when to look. */
import type { UdfType } from "./analysis.ts";
import { STOPPED } from "./actionRun.ts";
import { Alarm } from "./alarm.ts";
import type { DeployedFunction, Deployment } from "./deployment.ts";
import type { Executor } from "./executor.ts";
import {
  deleteEndedJobs,
  endJob,
  jobArgs,
  markRunning,
  startAction,
  unfinishedJobs,
  type Job,
} from "./jobs.ts";

/** Actions wait for the network, so many may run; mutations have to take turns with everybody else's. */
const PARALLEL: Record<"Mutation" | "Action", number> = { Mutation: 1, Action: 64 };
/** Convex keeps the results of scheduled functions for seven days. */
const KEPT_MS = 7 * 24 * 3_600_000;
const SWEEP_EVERY_MS = 3_600_000;
const SWEEP_BATCH = 1000;

interface Lane {
  queue: Job[];
  running: number;
}

export interface SchedulerOptions {
  executor: Executor;
  deployment: () => Deployment | null;
  /** Resolves when those who have written by now have been answered. */
  answered: () => Promise<void>;
  /** Told what went wrong in the host itself; a failing function is no such thing. */
  report: (error: unknown) => void;
}

export class Scheduler {
  readonly #executor: Executor;
  readonly #deployment: () => Deployment | null;
  readonly #answered: () => Promise<void>;
  readonly #report: (error: unknown) => void;
  readonly #alarm = new Alarm(() => this.#ring());
  readonly #sweeper: NodeJS.Timeout;
  readonly #lanes: Record<"Mutation" | "Action", Lane> = {
    Mutation: { queue: [], running: 0 },
    Action: { queue: [], running: 0 },
  };
  /** By time, earliest first. */
  #waiting: Job[] = [];
  readonly #runs = new Set<Promise<void>>();
  #stopped = false;
  #closed = false;

  constructor({ executor, deployment, answered, report }: SchedulerOptions) {
    this.#executor = executor;
    this.#deployment = deployment;
    this.#answered = answered;
    this.#report = report;
    this.#sweeper = setInterval(() => void this.#sweep().catch(report), SWEEP_EVERY_MS).unref();
  }

  /** Takes up the jobs of before the restart; an action that was running then has failed. */
  async restore(): Promise<void> {
    const jobs = await this.#executor.transact(unfinishedJobs);
    for (const job of jobs.filter(({ started }) => started)) {
      // One that cannot be written down must not keep the deployment from starting.
      await this.#fail(job, STOPPED).catch(this.#report);
    }
    this.add(jobs.filter(({ started }) => !started));
    this.#sweep().catch(this.#report);
  }

  counts(): { waiting: number; running: number } {
    const lanes = Object.values(this.#lanes);
    const queued = lanes.reduce((sum, { queue }) => sum + queue.length, 0);
    return {
      waiting: this.#waiting.length + queued,
      running: lanes.reduce((sum, { running }) => sum + running, 0),
    };
  }

  /** Starts no further job: the next start takes them up. Resolves when those that run have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#alarm.clear();
    for (const lane of Object.values(this.#lanes)) lane.queue.length = 0;
    await Promise.all(this.#runs);
  }

  /** Takes committed jobs. */
  add(jobs: readonly Job[]): void {
    if (this.#closed || this.#stopped) return;
    for (const job of jobs) this.#waiting.splice(this.#position(job.timeMs), 0, job);
    this.#setAlarm();
  }

  close(): void {
    this.#closed = true;
    this.#alarm.clear();
    clearInterval(this.#sweeper);
    for (const lane of Object.values(this.#lanes)) lane.queue.length = 0;
  }

  /** Behind every job of the same time: those keep the order in which they were scheduled. */
  #position(timeMs: number): number {
    let low = 0;
    let high = this.#waiting.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#waiting[middle]!.timeMs <= timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #setAlarm(): void {
    this.#alarm.set(this.#waiting[0]?.timeMs ?? null);
  }

  #ring(): void {
    const due = this.#waiting.splice(0, this.#position(Date.now()));
    for (const job of due) {
      const udfType: UdfType = this.#target(job)?.udfType ?? "Mutation";
      this.#lanes[udfType === "Action" ? "Action" : "Mutation"].queue.push(job);
    }
    this.#setAlarm();
    this.#work("Mutation");
    this.#work("Action");
  }

  #work(type: "Mutation" | "Action"): void {
    const lane = this.#lanes[type];
    while (lane.running < PARALLEL[type]) {
      const job = lane.queue.shift();
      if (!job) return;
      lane.running++;
      const next = (): void => {
        lane.running--;
        this.#work(type);
      };
      const run = this.#run(job)
        .catch((error: unknown) => {
          this.#report(error);
          return this.#fail(job, error instanceof Error ? error.message : String(error));
        })
        .catch(this.#report)
        .finally(() => {
          this.#runs.delete(run);
          next();
        });
      this.#runs.add(run);
    }
  }

  #target(job: Job): DeployedFunction | null {
    return this.#deployment()?.find(job.target.component, job.target.path) ?? null;
  }

  async #run(job: Job): Promise<void> {
    // A function holds the thread while it runs: an answer that waits for the disk would wait for it as well.
    await this.#answered();
    // What has not begun by then runs after the next start.
    if (this.#closed || this.#stopped) return;
    const fn = this.#target(job);
    if (!fn) return await this.#fail(job, `Could not find function for '${job.target.path}'.`);
    if (fn.udfType === "Action") return await this.#runAction(job, fn);
    return await this.#runMutation(job, fn);
  }

  /** Success is written by the mutation's own transaction: it happens once or not at all. */
  async #runMutation(job: Job, fn: DeployedFunction): Promise<void> {
    const run = await this.#executor.mutate({
      fn,
      identity: null,
      caller: "Scheduler",
      job,
      args: (transaction) => {
        const args = jobArgs(transaction, job, "pending");
        // For the others it is pending until it has ended.
        if (args) markRunning(transaction, job);
        return args;
      },
      onSuccess: (transaction) => {
        // The function may have canceled its own job.
        if (jobArgs(transaction, job, "inProgress") === null) return;
        endJob(transaction, job.component, job.id, { kind: "success" });
      },
    });
    if (run && !run.outcome.success) await this.#fail(job, run.outcome.errorMessage);
  }

  /** An action may have been seen by the world, so it is started at most once. */
  async #runAction(job: Job, fn: DeployedFunction): Promise<void> {
    const args = await this.#executor.transact((transaction) => {
      const pending = jobArgs(transaction, job, "pending");
      if (pending) startAction(transaction, job);
      return pending;
    });
    if (args === null || this.#closed) return;
    const outcome = await this.#executor.action({
      fn,
      args,
      identity: null,
      caller: "Scheduler",
      job,
    });
    if (!outcome.success) return await this.#fail(job, outcome.errorMessage);
    await this.#end(job, { kind: "success" });
  }

  async #fail(job: Job, error: string): Promise<void> {
    await this.#end(job, { kind: "failed", error });
  }

  async #end(job: Job, state: Parameters<typeof endJob>[3]): Promise<void> {
    if (this.#closed) return;
    await this.#executor.transact((transaction) => {
      const unfinished =
        jobArgs(transaction, job, "pending") ?? jobArgs(transaction, job, "inProgress");
      if (unfinished) endJob(transaction, job.component, job.id, state);
    });
  }

  /** Deletes what ended long ago, in small transactions. */
  async #sweep(): Promise<void> {
    for (const component of this.#deployment()?.components.keys() ?? []) {
      let cursor: string | null = null;
      do {
        const from: string | null = cursor;
        cursor = await this.#executor.transact((transaction) =>
          deleteEndedJobs(transaction, component, Date.now() - KEPT_MS, SWEEP_BATCH, from),
        );
      } while (cursor !== null && !this.#closed);
    }
  }
}
