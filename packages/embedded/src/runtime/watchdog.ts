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
import { FunctionError } from "./errors.ts";

/** The function was stopped; whatever it had open has to be thrown away. */
export class ExecutionTimeout extends FunctionError {}

// The words of the shared memory.
const PLACE = 0;
const STRETCH = 1;
const BUDGET_MS = 2;
/** The stretch that has used its time with the host included. */
const OVERDUE = 3;

// Values of PLACE.
const HOST = 0;
const FUNCTION = 1;
const CONDEMNED = 2;
const CLOSING = 3;

const SAMPLE_EVERY_MS = 50;
/** With system calls included a function may take so many times its budget: Convex's 15 s to 1 s. */
const WITH_SYSTEM_CALLS = 15;

/**
 * Samples where the main thread is, and charges a function for the time it was seen in: no more than has
 * passed, and no more than the process was given of a busy machine.
 */
const WATCHER = `
const { Session } = require("node:inspector");
const { workerData } = require("node:worker_threads");
const session = new Session();
session.connectToMainThread();
let stretch = -1;
let spentMs = 0;
let totalMs = 0;
let timeMs = performance.now();
let cpu = process.cpuUsage();
const timer = setInterval(() => {
  if (Atomics.load(workerData, ${PLACE}) === ${CLOSING}) {
    clearInterval(timer);
    session.disconnect();
    Atomics.store(workerData, ${PLACE}, ${HOST});
    Atomics.notify(workerData, ${PLACE});
    return;
  }
  const { user, system } = process.cpuUsage(cpu);
  const passedMs = performance.now() - timeMs;
  cpu = process.cpuUsage();
  timeMs = performance.now();
  const current = Atomics.load(workerData, ${STRETCH});
  const place = Atomics.load(workerData, ${PLACE});
  if (current !== stretch) {
    stretch = current;
    spentMs = totalMs = 0;
  } else {
    const usedMs = Math.min(passedMs, (user + system) / 1000);
    totalMs += usedMs;
    if (place === ${FUNCTION}) spentMs += usedMs;
    const budgetMs = Atomics.load(workerData, ${BUDGET_MS});
    const isOverdue = totalMs >= ${WITH_SYSTEM_CALLS} * budgetMs;
    if (isOverdue) Atomics.store(workerData, ${OVERDUE}, stretch);
    const isOver = isOverdue || spentMs >= budgetMs;
    if (isOver && Atomics.compareExchange(workerData, ${PLACE}, ${FUNCTION}, ${CONDEMNED}) === ${FUNCTION}) {
      // A condemned function cannot end, so the stretch that is seen now is the one that would be struck.
      if (Atomics.load(workerData, ${STRETCH}) === stretch) session.post("Runtime.terminateExecution");
      else Atomics.store(workerData, ${PLACE}, ${FUNCTION});
    }
  }
}, ${SAMPLE_EVERY_MS});
`;

/** Under this name the inspector finds what it has to call. */
const TASK = Symbol.for("milepost.watchedTask");
const EVALUATE = { expression: 'globalThis[Symbol.for("milepost.watchedTask")]()' };

const shared = new Int32Array(new SharedArrayBuffer(16));
let session: Session | null = null;
let task: (() => void) | null = null;

/**
 * Runs `body`, which ends or is stopped: throws `ExecutionTimeout` once the functions it calls have used
 * `budgetMs` of processor time. What a stopped `body` was doing in the host is not undone, and its
 * `finally` blocks do not run. Inside another `watched` call it belongs to that one.
 */
export function watched<T>(budgetMs: number, body: () => T): T {
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
  Atomics.add(shared, STRETCH, 1);
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
    const seconds = budgetMs / 1000;
    throw new ExecutionTimeout(`Function execution timed out (maximum duration: ${seconds}s)`);
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
