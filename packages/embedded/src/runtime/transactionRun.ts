/**
 * One transaction running its function and everything that one calls. It is synchronous as long as no
 * function waits for the host (`crypto.subtle`, a body stream); then it goes on when the host answers.
 */
import type { JSONValue, ValidatorJSON } from "convex/values";
import { z } from "zod";
import { validate } from "../store/index.ts";
import { checkArgumentsSize, checkResultSize } from "./callSizes.ts";
import { modulePath, type Deployment, type DeployedFunction } from "./deployment.ts";
import { FunctionError, toFunctionError } from "./errors.ts";
import type { Job, JobKey } from "./jobs.ts";
import { LogLines } from "./logs.ts";
import { newSeed, seededRandom } from "./random.ts";
import type { CallState, RegisteredFunction } from "./realm.ts";
import { TransactionFrame } from "./transactionFrame.ts";
import { ExecutionStopped, newStretch, watched } from "./watchdog.ts";
import type {
  ComponentPath,
  JsonObject,
  Reader,
  Transaction,
  TransactionMetrics,
  UserIdentity,
} from "../types.ts";

/** Nested `runQuery` and `runMutation` calls, counted as Convex does. */
const MAX_DEPTH = 8;
/** Processor time of the functions of one transaction, system calls not counted; Convex's limit. */
export const MAX_USER_MS = 1_000;
/** A transaction that waits for the host keeps everybody else waiting. */
const MAX_WAITING_MS = 5_000;
/** How long a function may wait with no operation of ours pending: body streams are not counted. */
const STUCK_AFTER_MS = 250;

const NEVER_RESOLVES = "Returned promise will never resolve";
const WAITED_TOO_LONG = `Function execution timed out (maximum duration: ${MAX_WAITING_MS / 1000}s)`;

/** What `ctx.meta.getRequestMetadata()` answers. */
export interface RequestMetadata {
  ip: null;
  userAgent: null;
  requestId: string;
  scheduledFunctionId: string | null;
  authToken: null;
}

export interface RunOptions {
  deployment: Deployment;
  transaction: Transaction;
  /** Component of the function the client called. */
  component: ComponentPath;
  identity: UserIdentity | null;
  /** The job on whose behalf it runs. */
  job: JobKey | null;
  journal: string | null;
  request: RequestMetadata;
}

export interface CallOptions {
  fn: DeployedFunction;
  udfType: "Query" | "Mutation";
  args: JsonObject;
  caller: TransactionFrame | null;
  reader: Reader;
  limits?: Partial<TransactionMetrics> | undefined;
}

/** A function that has started and not ended. */
interface Call {
  frame: TransactionFrame;
  state: CallState;
  savepoint: number;
  restoreLimits: () => void;
  /** Set when the call outlasts the system call that started it. */
  settle: { resolve: (result: string) => void; reject: (reason: unknown) => void } | null;
}

export class TransactionRun {
  readonly deployment: Deployment;
  readonly transaction: Transaction;
  readonly component: ComponentPath;
  readonly identity: UserIdentity | null;
  readonly job: JobKey | null;
  readonly request: RequestMetadata;
  readonly logs = new LogLines();
  /** Jobs written so far; timers start after the commit. */
  readonly scheduled: Job[] = [];
  readonly journalEnd: string | null;
  journal: string | null = null;
  readIdentity = false;
  timeDependent = false;
  #random: (() => number) | null = null;
  readonly #stretch = newStretch();
  /** Callers before those they call. */
  readonly #live: Call[] = [];
  /** The result of the transaction's own function. */
  #result: JSONValue = null;
  #hostOperations = 0;
  #wake: (() => void) | null = null;

  constructor(options: RunOptions) {
    this.deployment = options.deployment;
    this.transaction = options.transaction;
    this.component = options.component;
    this.identity = options.identity;
    this.job = options.job;
    this.request = options.request;
    this.journalEnd = journalEnd(options.journal);
  }

  /** Runs the transaction's function: its result, or throws `FunctionError`. */
  execute(
    fn: DeployedFunction,
    udfType: "Query" | "Mutation",
    args: JsonObject,
  ): JSONValue | Promise<JSONValue> {
    const reader = this.transaction;
    const result = this.#watched(() => this.call({ fn, udfType, args, caller: null, reader }));
    return typeof result === "string" ? this.#result : this.#finish(result);
  }

  /** Runs one function to its end if it can; the promise is for those that wait for the host. */
  call(options: CallOptions): string | Promise<string> {
    const { fn, caller } = options;
    this.#check(options);
    const savepoint = this.transaction.savepoint();
    const restoreLimits = options.limits ? this.transaction.narrowLimits(options.limits) : () => {};
    const realm = fn.component.realms.acquire("transaction");
    const frame = new TransactionFrame({
      run: this,
      fn,
      realm,
      reader: options.reader,
      identity: this.#identityOf(fn, caller),
      caller,
    });
    const call: Call = {
      frame,
      state: { done: 0, value: undefined },
      savepoint,
      restoreLimits,
      settle: null,
    };
    this.#live.push(call);
    this.#start(call, options.args);
    if (call.state.done !== 0) return this.#end(call);
    const executor = (resolve: (result: string) => void, reject: (reason: unknown) => void) => {
      call.settle = { resolve, reject };
    };
    return caller ? caller.realm.promise<string>(executor) : new Promise<string>(executor);
  }

  random(): number {
    this.#random ??= seededRandom(newSeed());
    return this.#random();
  }

  hostOperationStarted(): void {
    this.#hostOperations++;
  }

  hostOperationEnded(): void {
    this.#hostOperations--;
    this.#wake?.();
  }

  #check({ fn, udfType, args, caller }: CallOptions): void {
    if (fn.udfType !== udfType) {
      throw new FunctionError(
        `Trying to execute ${fn.path} as ${udfType}, but it is defined as ${fn.udfType}.`,
      );
    }
    if (caller !== null && caller.depth + 1 >= MAX_DEPTH) {
      throw new FunctionError(`Functions call each other more than ${MAX_DEPTH} levels deep.`);
    }
    checkArgumentsSize(modulePath(fn), args);
    const problem = fn.args && this.#problem(fn, fn.args, args);
    if (problem) throw new FunctionError(`ArgumentValidationError: ${problem}`);
  }

  #problem(fn: DeployedFunction, validator: ValidatorJSON, value: JsonObject): string | null {
    const { path } = fn.component;
    return validate(validator, value, (id) => this.transaction.tableOfId(path, id));
  }

  /** Identity stays in the component that the client called. */
  #identityOf(fn: DeployedFunction, caller: TransactionFrame | null): UserIdentity | null {
    if (caller === null) return this.identity;
    return fn.component === caller.fn.component ? caller.identity : null;
  }

  #start(call: Call, args: JsonObject): void {
    const { fn, realm } = call.frame;
    try {
      const exported = realm.load(fn.module)[fn.name] as unknown as RegisteredFunction;
      realm.frame = call.frame;
      const invoke = fn.udfType === "Query" ? exported.invokeQuery! : exported.invokeMutation!;
      realm.run(call.state, invoke, [JSON.stringify([args])]);
    } catch (error) {
      call.state = { done: 2, value: error };
    }
  }

  /** Takes down a call that has settled: its result, or its error after undoing its writes. */
  #end(call: Call): string {
    const { frame, state } = call;
    this.#takeDown(call);
    try {
      if (state.done === 2) throw toFunctionError(state.value, frame.fn.component.mapPosition);
      const text = state.value as string;
      const value = this.#checkReturns(frame.fn, text);
      if (frame.caller === null) this.#result = value;
      return text;
    } catch (error) {
      this.#undo(call);
      throw error;
    }
  }

  #takeDown(call: Call): void {
    const { frame } = call;
    this.#live.splice(this.#live.indexOf(call), 1);
    call.restoreLimits();
    frame.end();
    // A realm in which something may still wake up is never used again.
    if (call.settle === null && frame.pendingHostOperations === 0) {
      frame.fn.component.realms.release(frame.realm);
    }
  }

  #undo(call: Call): void {
    if (call.frame.fn.udfType !== "Mutation") return;
    this.transaction.rollbackTo(call.savepoint);
  }

  #checkReturns(fn: DeployedFunction, text: string): JSONValue {
    const value = JSON.parse(text) as JsonObject;
    checkResultSize(modulePath(fn), value);
    const problem = fn.returns && this.#problem(fn, fn.returns, value);
    if (problem) throw new FunctionError(`ReturnsValidationError: ${problem}`);
    return value;
  }

  /** Runs `body`; when its functions had to be stopped, nothing of the transaction goes on. */
  #watched<T>(body: () => T): T {
    try {
      return watched(MAX_USER_MS, body, this.#stretch);
    } catch (error) {
      // No call could take itself down. Their realms stopped anywhere, so nobody gets them back.
      if (error instanceof ExecutionStopped) {
        for (const { frame } of this.#live.splice(0)) frame.end();
      }
      throw error;
    }
  }

  /** Waits for the host until the transaction's own function has settled. */
  async #finish(result: Promise<string>): Promise<JSONValue> {
    let settled = false;
    const done = (): void => void (settled = true);
    result.then(done, done);
    const started = performance.now();
    for (let idleSince = started; !settled;) {
      const answered = await this.#hostProgress(started + MAX_WAITING_MS);
      if (this.#watched(() => this.#advance()) || answered) idleSince = performance.now();
      else if (this.#isStuck(idleSince)) this.#giveUp(NEVER_RESOLVES);
      if (performance.now() - started >= MAX_WAITING_MS) this.#giveUp(WAITED_TOO_LONG);
      // Lets `result` say that it has settled.
      await Promise.resolve();
    }
    while (this.#live.length > 0) this.#takeDown(this.#live.at(-1)!);
    await result;
    return this.#result;
  }

  /** While an operation of ours is pending, something may still come. */
  #isStuck(idleSince: number): boolean {
    return this.#hostOperations === 0 && performance.now() - idleSince > STUCK_AFTER_MS;
  }

  /** Waits for the next answer of the host, until `deadline` at most; false when there was none. */
  async #hostProgress(deadline: number): Promise<boolean> {
    const isExpected = this.#hostOperations > 0;
    let timer: NodeJS.Timeout | undefined;
    const answered = await new Promise<boolean>((resolve) => {
      if (isExpected) this.#wake = () => resolve(true);
      const longestMs = isExpected ? Math.max(1, deadline - performance.now()) : 1;
      // What has come while the thread was held is heard before it is given up.
      timer = setTimeout(() => setImmediate(resolve, false), longestMs);
    });
    clearTimeout(timer);
    this.#wake = null;
    return answered;
  }

  /** Runs what can run, inner calls first; true when a call ended. */
  #advance(): boolean {
    let progressed = false;
    for (let again = true; again;) {
      again = false;
      for (const call of [...this.#live].reverse()) {
        call.frame.realm.drain();
        if (call.state.done === 0 || !this.#live.includes(call)) continue;
        const { settle } = call;
        try {
          settle?.resolve(this.#end(call));
        } catch (error) {
          settle?.reject(error);
        }
        call.frame.caller?.nestedCallEnded();
        again = progressed = true;
      }
    }
    return progressed;
  }

  #giveUp(reason: string): void {
    const root = this.#live[0];
    if (root === undefined) return;
    const stuck = this.#live.at(-1)!;
    this.#undo(root);
    root.settle!.reject(new FunctionError(`${reason} (${stuck.frame.fn.path})`));
  }
}

const journalSchema = z.object({ endCursor: z.string() });

/** The end of the page in a journal. Clients send journals back: what is none counts as none. */
function journalEnd(journal: string | null): string | null {
  if (journal === null) return null;
  try {
    return journalSchema.parse(JSON.parse(journal)).endCursor;
  } catch {
    return null;
  }
}
