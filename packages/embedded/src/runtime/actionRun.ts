/** A running action or HTTP action: outside any transaction, with the network, timers and the real clock. */
import { isUint8Array } from "node:util/types";
import {
  functionHandle,
  type Deployment,
  type DeployedFunction,
  type FunctionAddress,
} from "./deployment.ts";
import type { Component } from "./deployment.ts";
import { FunctionError, toFunctionError } from "./errors.ts";
import type { HttpRouter, UdfType } from "./analysis.ts";
import { cancelJob, insertJob, type Job, type JobKey } from "./jobs.ts";
import { LogLines } from "./logs.ts";
import type { CallState, Frame, LogLevel, Realm, RegisteredFunction } from "./realm.ts";
import type { RequestMetadata } from "./transactionRun.ts";
import { refuseOperation } from "./unsupported.ts";
import { asFunction, watched } from "./watchdog.ts";
import type { JsonObject, Transaction, UserIdentity } from "../types.ts";

/** Convex's limit for one action of its own runtime. */
const MAX_DURATION_MS = 30 * 60_000;
/** Convex's limit for the body that an HTTP action answers with. */
const MAX_RESPONSE_BYTES = 20 * 2 ** 20;
const RESPONSE_TOO_LARGE = "HttpResponseTooLarge: HTTP actions support responses up to 20 MiB";
const RESPONSE_NOT_BYTES = "The body of an HTTP action's response has to consist of Uint8Arrays";
/** How an action ends that does not outlive the process. */
export const STOPPED = "The deployment was stopped while this action was running.";
const TIMED_OUT = `Function execution timed out (maximum duration: ${MAX_DURATION_MS / 1000}s)`;
/** How long an action may hold the processor without waiting for anything: nobody else runs meanwhile. */
const MAX_STRETCH_MS = 3_000;
/** Bodies and streams settle without telling, so the action looks: often after a sign of life, then less. */
const LOOK_EVERY_MS = { busy: 1, quiet: 10 };
const BUSY_LOOKS = 100;
const HTTP_MODULE = "http.js";

/** What an action asks of the deployment. Every answer is given after the commits it shows are on disk. */
export interface ActionHost {
  /** The actions that run. */
  readonly actions: Set<ActionRun>;
  /** Runs a function as its own transaction or action: the JSON text of its result, or `FunctionError`. */
  runNested(
    fn: DeployedFunction,
    udfType: UdfType,
    args: JsonObject,
    origin: { identity: UserIdentity | null; job: JobKey | null },
  ): Promise<string>;
  /** One small transaction of the host; `scheduled` jobs start after its commit. */
  transact<T>(body: (transaction: Transaction, scheduled: Job[]) => T): Promise<T>;
}

export interface ActionOptions {
  host: ActionHost;
  deployment: Deployment;
  component: Component;
  /** `module:function`, as `ctx.meta` answers it. */
  name: string;
  identity: UserIdentity | null;
  /** The job that the action is; null when somebody called it. */
  job: JobKey | null;
  request: RequestMetadata;
}

interface SyscallArgs extends FunctionAddress {
  /** Of the action that calls, as it was given at its start; empty in HTTP actions. */
  requestId?: string;
  args: JsonObject;
  id: string;
  /** Seconds since the epoch. */
  ts: number;
}

export class ActionRun implements Frame {
  readonly logs = new LogLines();
  readonly request: RequestMetadata;
  /** Resolves when it has ended, a body that it goes on to produce included. */
  readonly ended: Promise<void>;
  readonly #options: ActionOptions;
  readonly #state: CallState = { done: 0, value: undefined };
  #acquired: Realm | null = null;
  /** Told when the handler has ended. */
  #onEnd: () => void = () => {};
  /** Told why the action was stopped. */
  #onStop: (reason: FunctionError) => void = () => {};
  #pending = 0;
  #ended = false;
  #tellEnded: () => void = () => {};
  /** What an HTTP action left behind cannot be told from the next one, so its realm is not used again. */
  #isHttp = false;
  #quietLooks = 0;

  constructor(options: ActionOptions) {
    this.#options = options;
    this.ended = new Promise((resolve) => (this.#tellEnded = resolve));
    this.request = options.request;
  }

  /** Runs an action to its end: the JSON text of its result, or throws `FunctionError`. */
  async execute(fn: DeployedFunction, args: JsonObject): Promise<string> {
    const text = await this.#settled(() => {
      const exported = this.#realm.load(fn.module)[fn.name] as unknown as RegisteredFunction;
      this.#realm.frame = this;
      const given = [this.request.requestId, JSON.stringify([args])];
      this.#realm.run(this.#state, exported.invokeAction!, given);
    });
    this.#leave();
    return text as string;
  }

  /** Runs the handler that the component's `http.ts` has for `pathname`; null when it has none. */
  async executeHttp(request: Request, pathname: string): Promise<Response | null> {
    this.#isHttp = true;
    const response = await this.#settled(() => {
      const router = this.#realm.load(HTTP_MODULE)["default"] as HttpRouter;
      const match = asFunction(() => router.lookup(pathname, request.method));
      this.#realm.frame = this;
      if (match) this.#realm.run(this.#state, match[0].invokeHttpAction!, [request]);
      else Object.assign(this.#state, { done: 1, value: null });
    });
    try {
      if (response instanceof Response && response.body) {
        // The action goes on for as long as it produces its body. One that was read before has no reader.
        return new Response(this.#watchBody(response.body), response);
      }
    } catch (error) {
      this.#leave();
      throw error;
    }
    this.#leave();
    if (response === null || response instanceof Response) return response;
    throw new FunctionError("Uncaught Error: the HTTP action did not return a Response.");
  }

  /** Ends the action as failed, wherever it is. */
  stop(): void {
    if (!this.#ended) this.#cutOff(new FunctionError(STOPPED));
  }

  get #realm(): Realm {
    return (this.#acquired ??= this.#options.component.realms.acquire("action"));
  }

  nowMs(): number {
    return Date.now();
  }

  random(): number {
    return Math.random();
  }

  log(level: LogLevel, values: unknown[]): void {
    this.logs.add(level, values, Date.now());
  }

  syscall(operation: string): never {
    return refuseOperation(operation);
  }

  jsSyscall(operation: string): never {
    return refuseOperation(operation);
  }

  asyncSyscall(operation: string, text: string): Promise<string> {
    const args = JSON.parse(text) as SyscallArgs;
    // What an action left running after its end gets no answers any more.
    const isOwn = !args.requestId || args.requestId === this.request.requestId;
    if (this.#ended || !isOwn) return new Promise(() => {});
    return this.hostOperation(this.#perform(operation, args));
  }

  hostOperation<T>(result: Promise<T>): Promise<T> {
    this.#pending++;
    const settle = (how: () => void): void => {
      this.#pending--;
      this.resume(how);
    };
    return this.#realm.promise((resolve, reject) => {
      result.then(
        (value) => settle(() => resolve(value)),
        (error: unknown) => settle(() => reject(error)),
      );
    });
  }

  resume(callback: () => void): void {
    this.#quietLooks = 0;
    this.#advance(() => this.#realm.resume(callback));
  }

  async #perform(operation: string, args: SyscallArgs): Promise<string> {
    const { deployment, component, host, job: parent } = this.#options;
    switch (operation) {
      case "1.0/actions/query":
        return await this.#runFunction("Query", args);
      case "1.0/actions/mutation":
        return await this.#runFunction("Mutation", args);
      case "1.0/actions/action":
        return await this.#runFunction("Action", args);
      case "1.0/actions/schedule": {
        const target = deployment.resolve(component.path, args);
        return await host.transact((transaction, scheduled) => {
          const timeMs = args.ts * 1000;
          const job = insertJob(transaction, component.path, target, args.args, timeMs, parent);
          scheduled.push(job);
          return JSON.stringify(job.id);
        });
      }
      case "1.0/actions/cancel_job":
        await host.transact((transaction) => cancelJob(transaction, component.path, args.id));
        return "{}";
      case "1.0/createFunctionHandle":
        return JSON.stringify(functionHandle(deployment.resolve(component.path, args)));
      default:
        return JSON.stringify(this.#metadata(operation));
    }
  }

  #metadata(operation: string): unknown {
    switch (operation) {
      case "1.0/getUserIdentity":
        return this.#options.identity;
      case "1.0/getFunctionMetadata":
        return { name: this.#options.name, componentPath: this.#options.component.path };
      case "1.0/getDeploymentMetadata":
        return { name: "embedded", region: null, class: "s16" };
      case "1.0/getRequestMetadata":
        return this.request;
      default:
        return refuseOperation(operation);
    }
  }

  #runFunction(udfType: UdfType, args: SyscallArgs): Promise<string> {
    const { deployment, component, host, identity, job } = this.#options;
    const fn = deployment.resolve(component.path, args);
    const sameComponent = fn.component.path === component.path;
    const origin = { identity: sameComponent ? identity : null, job };
    return host.runNested(fn, udfType, args.args, origin);
  }

  /** What the action that `start` starts ends with. When it fails or is stopped, nothing of it goes on. */
  async #settled(start: () => void): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    this.#options.host.actions.add(this);
    try {
      return await new Promise((resolve, reject) => {
        this.#onStop = reject;
        this.#onEnd = () => {
          if (this.#state.done === 1) resolve(this.#state.value);
          else reject(this.#state.value);
        };
        timer = setTimeout(() => this.#cutOff(new FunctionError(TIMED_OUT)), MAX_DURATION_MS);
        this.#look(start);
      });
    } catch (error) {
      this.#leave();
      throw toFunctionError(error, this.#options.component.mapPosition);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Runs what can run, and looks again a little later, until the action has ended. */
  #look(body: () => void): void {
    this.#advance(body);
    if (this.#ended) return;
    const { busy, quiet } = LOOK_EVERY_MS;
    const wait = this.#quietLooks++ < BUSY_LOOKS ? busy : quiet;
    setTimeout(() => this.#look(() => this.#realm.drain()), wait);
  }

  #advance(body: () => void): void {
    if (this.#ended) return;
    try {
      watched(MAX_STRETCH_MS, body);
      if (this.#state.done !== 0) this.#onEnd();
    } catch (error) {
      this.#cutOff(toFunctionError(error, this.#options.component.mapPosition));
    }
  }

  /** Ends the action for its caller; something of it may still wake up, so its realm is not used again. */
  #cutOff(reason: FunctionError): void {
    this.#pending++;
    this.#leave();
    this.#onStop(reason);
  }

  /** The same bytes; the action ends when the last was read or nobody wants more. */
  #watchBody(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    let left = MAX_RESPONSE_BYTES;
    // Nobody waits for it: the function's own `cancel` may never end.
    const giveUp = (): void => void reader.cancel().catch(() => {});
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#onStop = (reason) => controller.error(reason);
      },
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read();
          if (this.#ended) return;
          if (!done && !isUint8Array(value)) {
            this.logs.add("ERROR", [RESPONSE_NOT_BYTES], Date.now());
            throw new TypeError(RESPONSE_NOT_BYTES);
          }
          if (!done && value.byteLength <= left) {
            left -= value.byteLength;
            return controller.enqueue(value);
          }
          // The client has the status already, so what it gets just ends.
          if (!done) this.logs.add("ERROR", [RESPONSE_TOO_LARGE], Date.now());
          this.#leave();
          controller.close();
          if (!done) giveUp();
        } catch (error) {
          this.#leave();
          controller.error(error);
          giveUp();
        }
      },
      cancel: async (reason) => {
        this.#leave();
        await reader.cancel(reason);
      },
    });
  }

  /** Gives the realm back once nothing of this action can wake up in it. */
  #leave(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#tellEnded();
    this.#options.host.actions.delete(this);
    this.#realm.clearTimers();
    setImmediate(() => {
      if (this.#pending === 0 && !this.#isHttp) this.#options.component.realms.release(this.#realm);
    });
  }
}
