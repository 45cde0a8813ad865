/**
 * Stops functions that hold the processor. Functions run in the thread of the server, so a loop without
 * end would stop everything; a second thread watches and terminates it (docs/adr/0016).
 *
 * The watching thread may strike only inside a function's own code: never in the host, which must not
 * be cut off in the middle of a write, and whose time does not count. Both threads therefore agree on
 * one word of shared memory, by compare and exchange.
 */
import { Session } from "node:inspector";
import { isMainThread, Worker } from "node:worker_threads";
import { getHeapStatistics } from "node:v8";
import { FunctionError } from "./errors.ts";

/** The function was stopped; whatever it had open has to be thrown away. */
export class ExecutionStopped extends FunctionError {}

// The words of the shared memory.
const PLACE = 0;
const STRETCH = 1;
const BUDGET_MS = 2;
/** The stretch that has used its time with the host included. */
const OVERDUE = 3;
/** Why the stretch is being stopped: a value below. */
const REASON = 4;

// Values of PLACE.
const HOST = 0;
const FUNCTION = 1;
const CONDEMNED = 2;
const CLOSING = 3;

// Values of REASON.
const TIME = 0;
const MEMORY = 1;

const SAMPLE_EVERY_MS = 50;
/** With system calls included a function may take so many times its budget: Convex's 15 s to 1 s. */
const WITH_SYSTEM_CALLS = 15;
/** Stretches whose time is remembered: one transaction and the actions that run while it waits. */
const REMEMBERED_STRETCHES = 100;
const MIB = 2 ** 20;
/**
 * What the process may grow by in one stretch. Garbage counts, so it is far above Convex's 64 MB; and far
 * below what V8 can hold, which would end the process.
 */
const MAX_GROWTH_MIB = Math.floor(Math.min(512, getHeapStatistics().heap_size_limit / 4 / MIB));

/**
 * Samples where the main thread is, and charges a function for the time it was seen in: no more than has
 * passed, and no more than the process was given of a busy machine. A function whose process grows too
 * much is stopped as well.
 */
const WATCHER = `
const { readFileSync } = require("node:fs");
const { Session } = require("node:inspector");
const { workerData } = require("node:worker_threads");
const session = new Session();
session.connectToMainThread();
const stretches = new Map();
let timeMs = performance.now();
let cpu = process.cpuUsage();

// Pages of the data file are not the function's memory, where the system tells them apart.
function memoryMiB() {
  try {
    return Number(/RssAnon:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
  } catch {
    return process.memoryUsage.rss() / ${MIB};
  }
}

function begin(stretch) {
  stretches.set(stretch, { spentMs: 0, totalMs: 0, memoryMiB: memoryMiB() });
  if (stretches.size > ${REMEMBERED_STRETCHES}) stretches.delete(stretches.keys().next().value);
}

function condemn(stretch, reason) {
  Atomics.store(workerData, ${REASON}, reason);
  if (Atomics.compareExchange(workerData, ${PLACE}, ${FUNCTION}, ${CONDEMNED}) !== ${FUNCTION}) return;
  // A condemned function cannot end, so the stretch that is seen now is the one that would be struck.
  if (Atomics.load(workerData, ${STRETCH}) === stretch) session.post("Runtime.terminateExecution");
  else Atomics.store(workerData, ${PLACE}, ${FUNCTION});
}

function charge(stretch, usedMs, place) {
  const account = stretches.get(stretch);
  const budgetMs = Atomics.load(workerData, ${BUDGET_MS});
  account.totalMs += usedMs;
  if (place === ${FUNCTION}) account.spentMs += usedMs;
  const isOverdue = account.totalMs >= ${WITH_SYSTEM_CALLS} * budgetMs;
  if (isOverdue) Atomics.store(workerData, ${OVERDUE}, stretch);
  if (isOverdue || account.spentMs >= budgetMs) condemn(stretch, ${TIME});
  else if (place === ${FUNCTION} && memoryMiB() - account.memoryMiB >= ${MAX_GROWTH_MIB}) condemn(stretch, ${MEMORY});
}

const timer = setInterval(() => {
  if (Atomics.load(workerData, ${PLACE}) === ${CLOSING}) {
    clearInterval(timer);
    session.disconnect();
    Atomics.store(workerData, ${PLACE}, ${HOST});
    Atomics.notify(workerData, ${PLACE});
    return;
  }
  const { user, system } = process.cpuUsage(cpu);
  const usedMs = Math.min(performance.now() - timeMs, (user + system) / 1000);
  cpu = process.cpuUsage();
  timeMs = performance.now();
  const stretch = Atomics.load(workerData, ${STRETCH});
  const place = Atomics.load(workerData, ${PLACE});
  if (stretches.has(stretch)) charge(stretch, usedMs, place);
  else begin(stretch);
}, ${SAMPLE_EVERY_MS});
`;

/** Under this name the inspector finds what it has to call. */
const TASK = Symbol.for("milepost.watchedTask");
const EVALUATE = { expression: 'globalThis[Symbol.for("milepost.watchedTask")]()' };

const shared = new Int32Array(new SharedArrayBuffer(20));
let session: Session | null = null;
let task: (() => void) | null = null;
let lastStretch = 0;

/** Names what one budget is for: the parts of a function that waits for the host share it. */
export function newStretch(): number {
  return (lastStretch = (lastStretch + 1) | 0);
}

/**
 * Runs `body`, which ends or is stopped: throws `ExecutionStopped` once the functions it calls have used
 * `budgetMs` of processor time, together with what ran in `stretch` before, or too much memory. What a
 * stopped `body` was doing in the host is not undone, and its `finally` blocks do not run. Inside another
 * `watched` call it belongs to that one.
 */
export function watched<T>(budgetMs: number, body: () => T, stretch = newStretch()): T {
  if (task !== null) return body();
  session ??= start();
  let ended: { value: T } | { thrown: unknown } | null = null;
  task = () => {
    try {
      ended = { value: body() };
    } catch (thrown) {
      ended = { thrown };
    }
  };
  Atomics.store(shared, BUDGET_MS, budgetMs);
  Atomics.store(shared, STRETCH, stretch);
  // The inspector's `evaluate` is the one place where a terminated execution becomes an answer again.
  session.post("Runtime.evaluate", EVALUATE);
  task = null;
  Atomics.store(shared, PLACE, HOST);
  return outcome(ended, budgetMs);
}

/** Runs code of the deployment: from here on time counts, and it may be stopped. */
export function asFunction<T>(body: () => T): T {
  if (task === null) return body();
  const before = Atomics.compareExchange(shared, PLACE, HOST, FUNCTION);
  try {
    return body();
  } finally {
    if (before === HOST) enterHost();
  }
}

/** Runs code of the host that a function called: it is not stopped, and its time does not count. */
export function asHost<T>(body: () => T): T {
  const before = enterHost();
  try {
    return body();
  } finally {
    Atomics.store(shared, PLACE, before);
    if (before === FUNCTION) stayWhenOverdue();
  }
}

/** A function that is nearly always in the host would hardly ever be met outside of it. */
function stayWhenOverdue(): void {
  while (Atomics.load(shared, OVERDUE) === Atomics.load(shared, STRETCH));
}

function enterHost(): number {
  for (;;) {
    const before = Atomics.compareExchange(shared, PLACE, FUNCTION, HOST);
    // The termination is on its way and would strike the host, or the watcher takes it back.
    if (before !== CONDEMNED) return before;
  }
}

function outcome<T>(ended: { value: T } | { thrown: unknown } | null, budgetMs: number): T {
  if (ended === null) {
    throw new ExecutionStopped(
      Atomics.load(shared, REASON) === MEMORY
        ? `JavaScript execution ran out of memory (maximum memory usage: ${MAX_GROWTH_MIB} MB)`
        : `Function execution timed out (maximum duration: ${budgetMs / 1000}s)`,
    );
  }
  if ("value" in ended) return ended.value;
  throw ended.thrown;
}

function start(): Session {
  if (!isMainThread) {
    throw new Error("The embedded deployment has to run in the main thread of its process.");
  }
  Object.defineProperty(globalThis, TASK, { value: () => task?.() });
  const own = new Session();
  own.connect();
  new Worker(WATCHER, { eval: true, workerData: shared }).unref();
  // Node announces at its end that it waits for a debugger, unless the sessions are gone.
  process.once("exit", () => {
    Atomics.store(shared, PLACE, CLOSING);
    Atomics.wait(shared, PLACE, CLOSING, 4 * SAMPLE_EVERY_MS);
    own.disconnect();
  });
  return own;
}
