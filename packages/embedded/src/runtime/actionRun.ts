/** A running action or HTTP action: outside any transaction, with the network, timers and the real clock. */
import {
  functionHandle,
  type Deployment,
  type DeployedFunction,
  type FunctionAddress,
} from "./deployment.ts";
import type { Component } from "./deployment.ts";
import { FunctionError, toFunctionError } from "./errors.ts";
import type { HttpRouter, UdfType } from "./analysis.ts";
import { cancelJob, insertJob, type Job } from "./jobs.ts";
import { LogLines } from "./logs.ts";
import type { Frame, LogLevel, Realm, RegisteredFunction } from "./realm.ts";
import type { RequestMetadata } from "./transactionRun.ts";
import { refuseOperation } from "./unsupported.ts";
import type { JsonObject, Transaction, UserIdentity } from "../types.ts";

/** Convex's limit for one action. */
const MAX_DURATION_MS = 10 * 60_000;
const TIMED_OUT = "Function execution timed out (maximum duration: 600s).";
const HTTP_MODULE = "http.js";

/** What an action asks of the deployment. Every answer is given after the commits it shows are on disk. */
export interface ActionHost {
  /** Runs a function as its own transaction or action: the JSON text of its result, or `FunctionError`. */
  runNested(
    fn: DeployedFunction,
    udfType: UdfType,
    args: JsonObject,
    identity: UserIdentity | null,
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
  readonly #options: ActionOptions;
  #pending = 0;
  #ended = false;

  constructor(options: ActionOptions) {
    this.#options = options;
    this.request = options.request;
  }

  /** Runs an action to its end: the JSON text of its result, or throws `FunctionError`. */
  async execute(fn: DeployedFunction, args: JsonObject): Promise<string> {
    const realm = this.#options.component.realms.acquire("action");
    const text = await this.#guarded(realm, async () => {
      const exported = realm.load(fn.module)[fn.name] as unknown as RegisteredFunction;
      realm.frame = this;
      const { requestId } = this.request;
      return await exported.invokeAction!(requestId, JSON.stringify([args]));
    });
    this.#leave(realm);
    return text;
  }

  /** Runs the handler that the component's `http.ts` has for `pathname`; null when it has none. */
  async executeHttp(request: Request, pathname: string): Promise<Response | null> {
    const realm = this.#options.component.realms.acquire("action");
    const response = await this.#guarded(realm, async () => {
      const router = realm.load(HTTP_MODULE)["default"] as HttpRouter;
      const match = router.lookup(pathname, request.method);
      if (!match) return null;
      realm.frame = this;
      const response = await match[0].invokeHttpAction!(request);
      if (response instanceof Response) return response;
      throw new FunctionError("Uncaught Error: the HTTP action did not return a Response.");
    });
    if (response?.body) {
      // The action goes on for as long as it produces its body.
      const body = whenRead(response.body, () => this.#leave(realm));
      return new Response(body, response);
    }
    this.#leave(realm);
    return response;
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

  async hostOperation<T>(result: Promise<T>): Promise<T> {
    this.#pending++;
    try {
      return await result;
    } finally {
      this.#pending--;
    }
  }

  async #perform(operation: string, args: SyscallArgs): Promise<string> {
    const { deployment, component, host } = this.#options;
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
          const job = insertJob(transaction, component.path, target, args.args, args.ts * 1000);
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
    const { deployment, component, host, identity } = this.#options;
    const fn = deployment.resolve(component.path, args);
    const sameComponent = fn.component.path === component.path;
    return host.runNested(fn, udfType, args.args, sameComponent ? identity : null);
  }

  /** Ends `body` after Convex's time limit; when it fails, the realm is given back. */
  async #guarded<T>(realm: Realm, body: () => Promise<T>): Promise<T> {
    const timedOut = new FunctionError(TIMED_OUT);
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(timedOut), MAX_DURATION_MS).unref();
    });
    try {
      return await Promise.race([body(), tooLong]);
    } catch (error) {
      // An action that goes on beyond its time keeps the realm.
      if (error === timedOut) this.#ended = true;
      else this.#leave(realm);
      throw toFunctionError(error, this.#options.component.mapPosition);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Gives the realm back once nothing of this action can wake up in it. */
  #leave(realm: Realm): void {
    this.#ended = true;
    realm.clearTimers();
    setImmediate(() => {
      if (this.#pending === 0) this.#options.component.realms.release(realm);
    });
  }
}

/** The same bytes; `end` is called once, when the last was read or nobody wants more. */
function whenRead(body: ReadableStream<Uint8Array>, end: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        end();
        controller.close();
      } catch (error) {
        end();
        controller.error(error);
      }
    },
    async cancel(reason) {
      end();
      await reader.cancel(reason);
    },
  });
}
