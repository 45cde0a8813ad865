/** Runs functions: queries and mutations one at a time, actions beside them. */
import { randomUUID } from "node:crypto";
import type { JSONValue } from "convex/values";
import { integerToJson, resolveCommitTs } from "../codec/json.ts";
import { validate } from "../store/index.ts";
import { ActionRun, type ActionHost } from "./actionRun.ts";
import type { UdfType } from "./analysis.ts";
import { checkArgumentsSize, checkResultSize } from "./callSizes.ts";
import {
  modulePath,
  type Component,
  type DeployedFunction,
  type Deployment,
} from "./deployment.ts";
import { FunctionError, toFunctionError } from "./errors.ts";
import type { Job, JobKey } from "./jobs.ts";
import type { Execution, LogBuffer } from "./logs.ts";
import { Mutex } from "./mutex.ts";
import { TransactionRun, type RequestMetadata } from "./transactionRun.ts";
import type {
  Commit,
  JsonObject,
  MutationRun,
  Outcome,
  QueryRun,
  Store,
  Transaction,
  UserIdentity,
} from "../types.ts";

/** On whose behalf a function runs. */
export interface Origin {
  identity: UserIdentity | null;
  caller: Execution["caller"];
  /** Set for a job, and for what an action that is one calls. */
  job?: JobKey | null;
}

export type Success = Extract<Outcome, { success: true }>;

export interface QuerySpec extends Origin {
  fn: DeployedFunction;
  args: JsonObject;
  journal: string | null;
}

export interface MutationSpec extends Origin {
  fn: DeployedFunction;
  /** Reads the arguments inside the transaction; null when there is nothing to do after all. */
  args: (transaction: Transaction) => JsonObject | null;
  /** Writes further rows of a successful run, in its own transaction. */
  onSuccess?: (transaction: Transaction, outcome: Success) => void;
}

export interface ActionSpec extends Origin {
  fn: DeployedFunction;
  args: JsonObject;
}

export interface ExecutorOptions {
  store: Store;
  logs: LogBuffer;
  deployment: () => Deployment;
  /** Told after each commit which jobs it holds. */
  onScheduled: (jobs: readonly Job[]) => void;
}

export class Executor implements ActionHost {
  readonly #store: Store;
  readonly #logs: LogBuffer;
  readonly #deployment: () => Deployment;
  readonly #onScheduled: (jobs: readonly Job[]) => void;
  readonly #mutex = new Mutex();
  readonly actions = new Set<ActionRun>();

  constructor(options: ExecutorOptions) {
    this.#store = options.store;
    this.#logs = options.logs;
    this.#deployment = options.deployment;
    this.#onScheduled = options.onScheduled;
  }

  /** Runs `task` while no transaction is open, in turn with them. */
  exclusive<T>(task: () => T | Promise<T>): Promise<T> {
    return this.#mutex.run(task);
  }

  /** Runs a query; only inside `exclusive`. It is synchronous unless the query waits for the host. */
  query(given: QuerySpec): QueryRun | Promise<QueryRun> {
    const spec = this.#asDeployed(given);
    const run = this.#transactionRun("query", spec, spec.journal);
    const finish = (outcome: Outcome): QueryRun => ({
      outcome,
      readSet: run.transaction.readSet,
      journal: run.journal,
      readIdentity: run.readIdentity,
      timeDependent: run.timeDependent,
    });
    const outcome = this.#outcome(spec, run, () => run.execute(spec.fn, "Query", spec.args));
    return outcome instanceof Promise ? outcome.then(finish) : finish(outcome);
  }

  /** Runs a mutation and commits it when it succeeds; null when `args` found nothing to do. */
  mutate(spec: MutationSpec): Promise<MutationRun | null> {
    return this.exclusive(() => this.mutateNow(spec));
  }

  /** `mutate` for code that already runs inside `exclusive`. */
  mutateNow(given: MutationSpec): MutationRun | null | Promise<MutationRun> {
    const spec = this.#asDeployed(given);
    const run = this.#transactionRun("mutation", spec, null);
    const args = spec.args(run.transaction);
    if (args === null) return null;
    const outcome = this.#outcome(spec, run, () => run.execute(spec.fn, "Mutation", args));
    const finish = (ended: Outcome): MutationRun => this.#commitRun(spec, run, ended);
    return outcome instanceof Promise ? outcome.then(finish) : finish(outcome);
  }

  /** Runs an action; its outcome comes after everything it wrote is on disk. */
  async action(spec: ActionSpec): Promise<Outcome> {
    const { fn, args } = spec;
    const run = new ActionRun({
      host: this,
      deployment: this.#deployment(),
      component: fn.component,
      name: fn.path,
      identity: spec.identity,
      job: spec.job ?? null,
      request: newRequest(spec),
    });
    return await this.#outcome(spec, run, async () => {
      checkArgumentsSize(modulePath(fn), args);
      this.#check(fn, fn.args, args, "Argument");
      const text = await run.execute(fn, args);
      const value = JSON.parse(text) as JSONValue;
      checkResultSize(modulePath(fn), value);
      this.#check(fn, fn.returns, value, "Returns");
      return value;
    });
  }

  /** Runs the HTTP action of `component` for `pathname`; null when it has no such route. */
  async http(
    component: Component,
    request: Request,
    pathname: string,
    identity: UserIdentity | null,
  ): Promise<Response | null> {
    const origin: Origin = { identity, caller: "HttpEndpoint" };
    const run = new ActionRun({
      host: this,
      deployment: this.#deployment(),
      component,
      name: "http:default",
      identity,
      job: null,
      request: newRequest(origin),
    });
    const started = performance.now();
    let error: string | null = null;
    try {
      return await run.executeHttp(request, pathname);
    } catch (thrown) {
      error = toFunctionError(thrown, component.mapPosition).message;
      return Response.json({ code: "InternalServerError", message: error }, { status: 500 });
    } finally {
      const identifier = `${request.method} ${pathname}`;
      const what = { udfType: "HttpAction", component: component.path, identifier } as const;
      void run.ended.then(() => this.#record(what, origin, run, started, error));
    }
  }

  async runNested(
    fn: DeployedFunction,
    udfType: UdfType,
    args: JsonObject,
    { identity, job }: Pick<Origin, "identity" | "job">,
  ): Promise<string> {
    const origin: Origin = { identity, job, caller: "Action" };
    if (fn.udfType !== udfType) {
      throw new FunctionError(
        `Trying to execute ${fn.path} as ${udfType}, but it is defined as ${fn.udfType}.`,
      );
    }
    const outcome = await this.#nestedOutcome(fn, args, origin);
    if (outcome.success) return JSON.stringify(outcome.value);
    throw new FunctionError(outcome.errorMessage, outcome.errorData);
  }

  async #nestedOutcome(fn: DeployedFunction, args: JsonObject, origin: Origin): Promise<Outcome> {
    switch (fn.udfType) {
      case "Action":
        return await this.action({ ...origin, fn, args });
      case "Mutation": {
        const run = await this.mutate({ ...origin, fn, args: () => args });
        await run!.durable;
        return run!.outcome;
      }
      case "Query": {
        const run = await this.exclusive(() => this.query({ ...origin, fn, args, journal: null }));
        await this.#store.durable(this.#store.ts);
        return run.outcome;
      }
    }
  }

  async transact<T>(body: (transaction: Transaction, scheduled: Job[]) => T): Promise<T> {
    const { value, commit } = await this.exclusive(() => {
      const transaction = this.#store.begin("mutation");
      const scheduled: Job[] = [];
      const result = body(transaction, scheduled);
      const committed = this.#commit(transaction, scheduled);
      return { value: result, commit: committed };
    });
    await commit.durable;
    return value;
  }

  /** With the function as it is deployed now: an action or a job may have looked it up before a deploy. */
  #asDeployed<Spec extends { fn: DeployedFunction }>(spec: Spec): Spec {
    const { component, path } = spec.fn;
    const deployment = this.#deployment();
    if (deployment.components.get(component.path) === component) return spec;
    // What a deploy removed runs one last time rather than leaving its caller without an answer.
    return { ...spec, fn: deployment.find(component.path, path) ?? spec.fn };
  }

  #transactionRun(
    kind: "query" | "mutation",
    spec: Origin & { fn: DeployedFunction },
    journal: string | null,
  ): TransactionRun {
    return new TransactionRun({
      deployment: this.#deployment(),
      transaction: this.#store.begin(kind),
      component: spec.fn.component.path,
      identity: spec.identity,
      job: spec.job ?? null,
      journal,
      request: newRequest(spec),
    });
  }

  #commitRun(spec: MutationSpec, run: TransactionRun, outcome: Outcome): MutationRun {
    if (!outcome.success) {
      return { outcome, ts: null, durable: this.#store.durable(this.#store.ts) };
    }
    spec.onSuccess?.(run.transaction, outcome);
    const { ts, durable } = this.#commit(run.transaction, run.scheduled);
    const value = resolvePlaceholders(outcome.value, ts);
    return { outcome: { ...outcome, value }, ts, durable };
  }

  #commit(transaction: Transaction, scheduled: readonly Job[]): Commit {
    const commit = this.#store.commit(transaction);
    if (scheduled.length > 0) this.#onScheduled(scheduled);
    return commit;
  }

  /** Turns a run into an outcome and writes its log entry; a promise only when `body` gives one. */
  #outcome(
    spec: Origin & { fn: DeployedFunction },
    run: TransactionRun | ActionRun,
    body: () => JSONValue | Promise<JSONValue>,
  ): Outcome | Promise<Outcome> {
    const started = performance.now();
    const returned = (value: JSONValue): Outcome => {
      this.#recordFunction(spec, run, started, null);
      return { success: true, value, logLines: run.logs.texts() };
    };
    const threw = (thrown: unknown): Outcome => {
      const { message, data } = toFunctionError(thrown, spec.fn.component.mapPosition);
      this.#recordFunction(spec, run, started, message);
      const failed = { success: false, errorMessage: message, logLines: run.logs.texts() } as const;
      return data === undefined ? failed : { ...failed, errorData: data };
    };
    try {
      const result = body();
      return result instanceof Promise ? result.then(returned, threw) : returned(result);
    } catch (thrown) {
      return threw(thrown);
    }
  }

  #check(
    fn: DeployedFunction,
    validator: DeployedFunction["args"],
    value: JSONValue,
    kind: "Argument" | "Returns",
  ): void {
    if (validator === null) return;
    const transaction = this.#store.begin("query");
    const problem = validate(validator, value, (id) =>
      transaction.tableOfId(fn.component.path, id),
    );
    if (problem !== null) throw new FunctionError(`${kind}ValidationError: ${problem}`);
  }

  #recordFunction(
    origin: Origin & { fn: DeployedFunction },
    run: TransactionRun | ActionRun,
    started: number,
    error: string | null,
  ): void {
    const { udfType, component, path } = origin.fn;
    const what = { udfType, component: component.path, identifier: path };
    this.#record(what, origin, run, started, error);
  }

  #record(
    what: Pick<Execution, "udfType" | "component" | "identifier">,
    origin: Origin,
    run: TransactionRun | ActionRun,
    started: number,
    error: string | null,
  ): void {
    this.#logs.add({
      ...what,
      lines: run.logs.lines,
      error,
      startedMs: performance.timeOrigin + started,
      durationMs: performance.now() - started,
      requestId: run.request.requestId,
      caller: origin.caller,
      identityType: origin.identity ? "user" : "unknown",
    });
  }
}

function newRequest(origin: Origin): RequestMetadata {
  return {
    ip: null,
    userAgent: null,
    requestId: randomUUID(),
    scheduledFunctionId: origin.job?.id ?? null,
    authToken: null,
  };
}

/** A result may hold the commit timestamp, which is known only now. */
export function resolvePlaceholders(value: JSONValue, ts: bigint): JSONValue {
  return resolveCommitTs(value, integerToJson(ts));
}
