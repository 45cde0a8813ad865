import { Workpool } from "@convex-dev/workpool";
import { components, internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { Ending, TaskOutcome } from "../tables/strava";
import { refuse } from "./errors";
import {
  type Budget,
  exhausted,
  learn,
  type RateHeaders,
  roomAt,
  roomFor,
  spend,
} from "./rules/stravaBudget";
import { MAX_ATTEMPTS, retryDelay } from "./rules/stravaRetry";
import { openBudget, saveBudget, wakeBy } from "./stravaBudget";
import { tokensRefused } from "./stravaConnections";
import { recordOutcome } from "./stravaOutcomes";
import { type Lease, leasedTask } from "./stravaTaskReads";
import { openTable, type ReadCtx, type WriteCtx } from "./tableOwners";

/**
 * Work about Strava's objects. Everything that has to be fetched is one row an object, so that ten events about one
 * activity are one request; `pump` hands out as many as the rate limits allow, what just happened first and the newest
 * before older, and the workpool runs them.
 */

type Task = Doc<"stravaTasks">;

/** How long a worker may take before its task is given to another. */
const LEASE_MS = 5 * 60_000;
/** Tasks handed out by one run of the pump. */
const BATCH = 25;
/** Waits behind the end of a window, spread, so that not everything starts in its first second. */
const WINDOW_JITTER_MS = 20_000;
/** Ended tasks are forgotten after a week. */
const KEPT_MS = 7 * 24 * 60 * 60_000;

// Retries are ours: only we know when a window of the rate limit ends, and they must outlive a lost worker.
const pool = new Workpool(components.workpool, {
  maxParallelism: 4,
  retryActionsByDefault: false,
  logLevel: "ERROR",
});

/** The task about one object; null when nobody ever asked. */
async function taskOf(ctx: ReadCtx, of: Pick<Task, "athleteId" | "kind" | "objectId">) {
  return await ctx.db
    .query("stravaTasks")
    .withIndex("by_athleteId_and_kind_and_objectId", (q) =>
      q.eq("athleteId", of.athleteId).eq("kind", of.kind).eq("objectId", of.objectId),
    )
    .unique();
}

/**
 * Asks for an object to be looked at, now or as soon as the rate limits allow. What is waiting already is not asked
 * twice; what a worker has is looked at again afterwards, since its answer may be older than this request.
 */
export async function askFor(
  ctx: WriteCtx,
  ask: Pick<Task, "athleteId" | "kind" | "objectId" | "isLive" | "rescoreId">,
): Promise<void> {
  const now = Date.now();
  const tasks = openTable(ctx, "stravaTasks");
  const known = await taskOf(ctx, ask);
  const isPumpComing = await waitsAlready(ctx, ask.isLive || known?.isLive === true);
  const fresh = {
    attempts: 0,
    dueAt: now,
    askedAt: now,
    error: undefined,
    challengeIds: undefined,
    rescoreId: ask.rescoreId,
  };
  if (known === null) {
    await tasks.insert({ ...ask, ...fresh, status: "received", asked: 1, taken: 0, lease: 0 });
  } else if (known.status === "processing") {
    const isLive = known.isLive || ask.isLive;
    await tasks.patch(known._id, { asked: known.asked + 1, isLive });
    return;
  } else {
    const isOpen = known.status === "received" || known.status === "waiting";
    const isLive = ask.isLive || (isOpen && known.isLive);
    const asked = known.asked + 1;
    await tasks.patch(known._id, { ...fresh, status: "received", asked, isLive });
  }
  if (!isPumpComing) await ctx.scheduler.runAfter(0, internal.mutations.stravaWebhook.pump, {});
}

/**
 * Whether work as urgent as this waits already: then a run of the pump is scheduled, at once or for the end of a window,
 * that takes both. The oldest of it is read, so that two who ask at one time seldom wait for each other.
 */
async function waitsAlready(ctx: ReadCtx, isLive: boolean): Promise<boolean> {
  const oldest = await ctx.db
    .query("stravaTasks")
    .withIndex("by_status_and_isLive_and_askedAt", (q) =>
      q.eq("status", "received").eq("isLive", isLive),
    )
    .first();
  return oldest !== null;
}

/** Gives tasks whose time has come back to the pump, and those of lost workers. */
async function collectDue(ctx: WriteCtx, now: number): Promise<void> {
  const due = async (status: "waiting" | "processing") =>
    await ctx.db
      .query("stravaTasks")
      .withIndex("by_status_and_dueAt", (q) => q.eq("status", status).lte("dueAt", now))
      .take(BATCH);
  const tasks = openTable(ctx, "stravaTasks");
  for (const task of await due("waiting")) await tasks.patch(task._id, { status: "received" });
  for (const task of await due("processing")) {
    const attempts = task.attempts + 1;
    const status = attempts < MAX_ATTEMPTS ? "received" : "dead";
    await tasks.patch(task._id, { status, attempts, error: "WORKER_LOST" });
    if (status !== "dead") continue;
    await writeDown(ctx, { ...task, attempts, error: "WORKER_LOST" }, "dead");
    await reportEnd(ctx, task, null);
  }
}

/** Writes down how work ended that something happened for; nightly work is not written down. */
async function writeDown(
  ctx: WriteCtx,
  { kind, isLive, askedAt: receivedAt, attempts, error }: Task,
  outcome: TaskOutcome | "dead",
): Promise<void> {
  if (isLive) await recordOutcome(ctx, { kind, outcome, error, receivedAt, attempts });
}

/** Tells the rescore that a task is part of how it ended; null: it was given up. */
async function reportEnd(
  ctx: WriteCtx,
  { rescoreId }: Task,
  outcome: TaskOutcome | null,
): Promise<void> {
  if (rescoreId === undefined) return;
  const { ended } = internal.mutations.rescoreStrava;
  await ctx.scheduler.runAfter(0, ended, { rescoreId, outcome });
}

/** Hands waiting tasks to workers, as many as the rate limits allow, and sees to it that the rest is looked at later. */
export async function pumpTasks(ctx: WriteCtx): Promise<void> {
  const now = Date.now();
  await collectDue(ctx, now);
  const ready = await ctx.db
    .query("stravaTasks")
    .withIndex("by_status_and_isLive_and_askedAt", (q) => q.eq("status", "received"))
    .order("desc")
    .take(BATCH);
  const { row, budget: before } = await openBudget(ctx);
  let budget = before;
  let blocked: Task | null = null;
  for (const task of ready) {
    if (roomFor(budget, task.isLive) === 0) {
      blocked = task;
      break;
    }
    budget = spend(budget, 1);
    await handOut(ctx, task, now);
  }
  if (budget !== before) await saveBudget(ctx, row, budget);
  if (blocked !== null) {
    await wakeBy(
      ctx,
      row,
      roomAt(budget, blocked.isLive) + Math.floor(Math.random() * WINDOW_JITTER_MS),
    );
  } else if (ready.length === BATCH) {
    await ctx.scheduler.runAfter(0, internal.mutations.stravaWebhook.pump, {});
  }
}

async function handOut(ctx: WriteCtx, task: Task, now: number): Promise<void> {
  const lease = task.lease + 1;
  const taken = { status: "processing", lease, taken: task.asked, dueAt: now + LEASE_MS } as const;
  await openTable(ctx, "stravaTasks").patch(task._id, taken);
  const args = { taskId: task._id, lease };
  await pool.enqueueAction(ctx, internal.integrations.strava.work, args);
}

/**
 * The task of a worker that is about to send its request. A request is promised when the task is handed out; one that
 * starts in a later window is promised again there, and put off when that window is full.
 *
 * @returns null when there is nothing to do for this worker
 */
export async function startTask(ctx: WriteCtx, held: Lease): Promise<Task | null> {
  const task = await leasedTask(ctx, held);
  if (task === null) return null;
  const { row, budget } = await openBudget(ctx);
  if (task.dueAt - LEASE_MS >= budget.quarterStart) return task;
  if (roomFor(budget, task.isLive) > 0) {
    await saveBudget(ctx, row, spend(budget, 1));
    return task;
  }
  const dueAt = roomAt(budget, task.isLive);
  await openTable(ctx, "stravaTasks").patch(task._id, { status: "waiting", dueAt });
  await wakeBy(ctx, row, dueAt);
  return null;
}

/**
 * Ends a worker's try: what the answer said about the rate limits is kept whoever sends it, the rest only when the task
 * is still the worker's.
 *
 * @param spent reads that were sent; one was promised
 */
export async function settleTask(
  ctx: WriteCtx,
  held: Lease,
  result: { ending: Ending; spent: number; headers: RateHeaders | null },
): Promise<void> {
  const { ending, spent, headers } = result;
  const { row, budget: open } = await openBudget(ctx);
  // A promised read that was not sent is not given back: its window may be over.
  let budget = spend(open, Math.max(0, spent - 1));
  if (headers !== null) budget = learn(budget, headers);
  if (ending.kind === "later" && ending.error === "RATE_LIMITED") budget = exhausted(budget);
  const isUnconfirmed = ending.kind === "done" && ending.outcome === "unconfirmed";
  const unconfirmed = row.unconfirmed + (isUnconfirmed ? 1 : 0);
  await saveBudget(ctx, row, { ...budget, unconfirmed });
  const task = await leasedTask(ctx, held);
  if (task === null) return;
  const next = nextState(task, ending, budget);
  await openTable(ctx, "stravaTasks").patch(task._id, next);
  const isRefused = next.error === "UNAUTHORIZED" || next.error === "REFRESH_FAILED";
  if (next.status === "dead" && isRefused) await tokensRefused(ctx, task.athleteId);
  const tried = { ...task, attempts: task.attempts + 1 };
  if (ending.kind === "done") await writeDown(ctx, tried, ending.outcome);
  if (next.status === "dead") await writeDown(ctx, { ...tried, error: next.error }, "dead");
  if (next.status === "done" || next.status === "dead")
    await reportEnd(ctx, task, next.outcome ?? null);
  if (next.status === "waiting") await wakeBy(ctx, row, next.dueAt);
  if (next.status === "received") {
    await ctx.scheduler.runAfter(0, internal.mutations.stravaWebhook.pump, {});
  }
}

type NextState = Pick<Task, "status" | "dueAt"> & Partial<Task>;

function nextState(task: Task, ending: Ending, budget: Budget): NextState {
  const now = Date.now();
  if (ending.kind === "done") {
    const { outcome } = ending;
    const clean = { outcome, error: undefined, attempts: 0, challengeIds: undefined, dueAt: now };
    const isAskedAgain = task.asked > task.taken;
    return isAskedAgain
      ? { ...clean, status: "received", askedAt: now }
      : { ...clean, status: "done", isLive: false };
  }
  const { error } = ending;
  if (ending.kind === "later") {
    const isLimited = error === "RATE_LIMITED";
    const until = isLimited ? roomAt(budget, task.isLive) : now + ending.delayMs;
    const jitter = isLimited ? Math.floor(Math.random() * WINDOW_JITTER_MS) : 0;
    return { status: "waiting", dueAt: until + jitter, error };
  }
  const attempts = task.attempts + 1;
  const dueAt = now + retryDelay(attempts, Math.random());
  const challengeIds = task.asked > task.taken ? undefined : ending.challengeIds;
  const status = attempts < MAX_ATTEMPTS ? "waiting" : "dead";
  return { status, attempts, dueAt, error, challengeIds };
}

/**
 * Gives a task that failed too often another round of tries. Refuses NOT_FOUND for one that did not, and for one of a
 * rescore, which counted it as failed: another rescore asks again.
 *
 * @param ofAthlete only when it is about this athlete; another's is NOT_FOUND
 */
export async function replayTask(
  ctx: WriteCtx,
  taskId: Id<"stravaTasks">,
  ofAthlete?: string,
): Promise<void> {
  const task = await ctx.db.get("stravaTasks", taskId);
  const isTheirs = ofAthlete === undefined || task?.athleteId === ofAthlete;
  if (task?.status !== "dead" || task.kind === "rescore" || !isTheirs)
    return refuse({ code: "NOT_FOUND", what: "stravaTask" });
  const { athleteId, kind, objectId } = task;
  await askFor(ctx, { athleteId, kind, objectId, isLive: true });
}

/** Forgets the tasks of an athlete who is not connected any more, at most `limit`; answers how many. */
export async function forgetTasksOf(
  ctx: WriteCtx,
  athleteId: string,
  limit: number,
): Promise<number> {
  const tasks = await ctx.db
    .query("stravaTasks")
    .withIndex("by_athleteId_and_kind_and_objectId", (q) => q.eq("athleteId", athleteId))
    .take(limit);
  for (const task of tasks) {
    await openTable(ctx, "stravaTasks").delete(task._id);
    if (task.status === "done" || task.status === "dead") continue;
    await writeDown(ctx, task, "notConnected");
    await reportEnd(ctx, task, "notConnected");
  }
  return tasks.length;
}

/** Forgets tasks that ended a week ago, at most `limit`; answers how many. */
export async function pruneTasks(ctx: WriteCtx, limit: number): Promise<number> {
  const old = await ctx.db
    .query("stravaTasks")
    .withIndex("by_status_and_dueAt", (q) =>
      q.eq("status", "done").lte("dueAt", Date.now() - KEPT_MS),
    )
    .take(limit);
  for (const task of old) await openTable(ctx, "stravaTasks").delete(task._id);
  return old.length;
}
