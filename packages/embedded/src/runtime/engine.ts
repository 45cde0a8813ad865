/** The engine: what the server layer calls. It ties deploys, functions, jobs, crons and the environment together. */
import { setImmediate } from "node:timers/promises";
import { Crons } from "./crons.ts";
import { Deployer } from "./deployer.ts";
import { canonicalPath, type DeployedFunction, Deployment } from "./deployment.ts";
import {
  changeEnvironment,
  readEnvironment,
  writeEnvironment,
  type EnvironmentChange,
} from "./environment.ts";
import { PushError } from "./errors.ts";
import { Executor } from "./executor.ts";
import { routeHttp } from "./httpRoutes.ts";
import { LogBuffer, type Execution } from "./logs.ts";
import { AnsweredRequests } from "./requests.ts";
import { Scheduler } from "./scheduler.ts";
import { guardUncaught } from "./uncaught.ts";
import type {
  ComponentPath,
  Engine,
  FunctionCall,
  JsonObject,
  Log,
  LogEntry,
  MutationRun,
  Outcome,
  QueryCall,
  QueryRun,
  RequestKey,
  Store,
  UserIdentity,
} from "../types.ts";

export interface EngineOptions {
  store: Store;
  /** Where clients reach this deployment: `CONVEX_CLOUD_URL` inside functions. */
  cloudUrl: string;
  /** Where HTTP actions are served: `CONVEX_SITE_URL` inside functions. */
  siteUrl: string;
  /** Gets what functions print and the errors they end with, one line at a time. */
  log?: Log;
  /** Told of every function that has ended. */
  onExecution?: (execution: Execution) => void;
}

const NOT_DEPLOYED = "Nothing is deployed yet: run `npx convex dev` or `npx convex deploy`.";

export class EmbeddedEngine implements Engine {
  readonly store: Store;
  readonly #builtIn: Record<string, string>;
  readonly #deployer: Deployer;
  readonly #executor: Executor;
  readonly #scheduler: Scheduler;
  readonly #crons: Crons;
  readonly #logs: LogBuffer;
  readonly #requests: AnsweredRequests;
  readonly #unguard: () => void;
  #variables: Record<string, string>;
  /** The variables as functions see them. Replaced, never changed: evaluated pushes compare it. */
  #environment: Record<string, string>;
  #deployment: Deployment | null = null;
  /** What clients' mutations have written so far is on disk. */
  #written: Promise<void> = Promise.resolve();

  constructor({ store, cloudUrl, siteUrl, log, onExecution }: EngineOptions) {
    this.store = store;
    this.#builtIn = { CONVEX_CLOUD_URL: cloudUrl, CONVEX_SITE_URL: siteUrl };
    this.#deployer = new Deployer(store, log);
    this.#logs = new LogBuffer(log, onExecution);
    this.#executor = new Executor({
      store,
      logs: this.#logs,
      deployment: () => this.#active(),
      onScheduled: (jobs) => this.#scheduler.add(jobs),
    });
    const report = (error: unknown): void =>
      log?.(`A scheduled run could not start: ${String(error)}`);
    this.#scheduler = new Scheduler({
      executor: this.#executor,
      deployment: () => this.#deployment,
      answered: () => this.#answered(),
      report,
    });
    this.#crons = new Crons(this.#executor, report);
    const transaction = store.begin("query");
    this.#requests = new AnsweredRequests(transaction);
    this.#variables = readEnvironment(transaction);
    this.#environment = { ...this.#variables, ...this.#builtIn };
    this.#unguard = guardUncaught(log);
  }

  /** Takes up what ran before the restart. */
  async restore(): Promise<void> {
    const transaction = this.store.begin("query");
    this.#deployment = await this.#deployer.restore(transaction, this.#environment);
    await this.#scheduler.restore();
    if (this.#deployment) this.#crons.start(this.#deployment, this.store.begin("query"));
  }

  exclusive<Result>(task: () => Result | Promise<Result>): Promise<Result> {
    return this.#executor.exclusive(task);
  }

  async runQueries(
    calls: QueryCall[] | (() => Iterable<QueryCall>),
  ): Promise<{ ts: bigint; runs: QueryRun[] }> {
    return await this.#executor.exclusive(async () => {
      const { ts } = this.store;
      const runs: QueryRun[] = [];
      for (const call of typeof calls === "function" ? calls() : calls) {
        const run = this.#query(call);
        runs.push(run instanceof Promise ? await run : run);
      }
      return { ts, runs };
    });
  }

  async runMutation(call: FunctionCall, request?: RequestKey): Promise<MutationRun> {
    const run = await this.#executor.exclusive(() => {
      const answered = request && this.#requests.find(this.store.begin("query"), request);
      if (answered) {
        const { ts } = this.store;
        return { outcome: answered, ts, durable: this.store.durable(ts) };
      }
      const fn = this.#find(call);
      if (!fn) {
        const durable = this.store.durable(this.store.ts);
        return { outcome: this.#missing(call), ts: null, durable };
      }
      return this.#mutate(fn, call, request);
    });
    this.#written = run.durable;
    return run;
  }

  /** Resolves when every mutation of a client that has run has been answered. */
  async #answered(): Promise<void> {
    // Who cannot be answered, because the disk has failed, is waited for no longer.
    await this.#written.catch(() => undefined);
    // Answers follow in microtasks: in the next task all have gone.
    await setImmediate();
  }

  async #mutate(
    fn: DeployedFunction,
    call: FunctionCall,
    request: RequestKey | undefined,
  ): Promise<MutationRun> {
    const run = await this.#executor.mutateNow({
      fn,
      identity: call.identity,
      caller: "SyncWebsocket",
      args: () => call.args,
      onSuccess: (transaction, outcome) => {
        if (request) this.#requests.keep(transaction, request, outcome);
      },
    });
    return run!;
  }

  async runAction(call: FunctionCall): Promise<Outcome> {
    const fn = this.#find(call);
    if (!fn) return this.#missing(call);
    if (fn.udfType !== "Action") return failure(wrongType(fn, "Action"));
    const { args, identity } = call;
    return await this.#executor.action({ fn, args, identity, caller: "SyncWebsocket" });
  }

  async runHttpAction(request: Request, identity: UserIdentity | null = null): Promise<Response> {
    if (!this.#deployment) return new Response(NOT_DEPLOYED, { status: 404 });
    const { pathname } = new URL(request.url);
    for (const route of routeHttp(this.#deployment, pathname)) {
      const caller = route.component.path === "" ? identity : null;
      const response = await this.#executor.http(route.component, request, route.pathname, caller);
      if (response) return response;
    }
    return new Response(`No HttpAction routed for ${pathname}`, { status: 404 });
  }

  functionType(
    component: ComponentPath,
    path: string,
  ): "query" | "mutation" | "action" | "httpAction" | null {
    switch (this.#deployment?.find(component, path)?.udfType) {
      case "Query":
        return "query";
      case "Mutation":
        return "mutation";
      case "Action":
        return "action";
      case undefined:
        return null;
    }
  }

  environmentVariables(): Record<string, string> {
    return { ...this.#variables };
  }

  async updateEnvironment(changes: EnvironmentChange[]): Promise<void> {
    const commit = await this.#executor.exclusive(() => {
      const variables = changeEnvironment(this.#variables, changes);
      const environment = { ...variables, ...this.#builtIn };
      const deployment =
        this.#deployment && this.#deployer.withEnvironment(this.#deployment, environment);
      const transaction = this.store.begin("mutation");
      writeEnvironment(transaction, variables);
      const committed = this.store.commit(transaction, true);
      this.#variables = variables;
      this.#environment = environment;
      this.#deployment = deployment;
      if (deployment) this.#crons.start(deployment, this.store.begin("query"));
      return committed;
    });
    await commit.durable;
  }

  authProviders(): JsonObject[] {
    return this.#deployment?.authProviders ?? [];
  }

  activePush(): JsonObject | null {
    return this.#deployer.activeBody;
  }

  async evaluatePush(body: JsonObject): Promise<JsonObject> {
    const deployment = await this.#deployer.evaluate(body, this.#environment);
    return this.#deployer.response(deployment);
  }

  async activatePush(body: JsonObject, confirm: () => void = () => undefined): Promise<void> {
    await this.#deployer.prepare(body, this.#environment);
    await this.#executor.exclusive(async () => {
      confirm();
      const before = this.store.begin("query");
      this.#deployment = await this.#deployer.activate(body, this.#environment, (deployment) => [
        this.#crons.row(deployment, before),
      ]);
      this.#crons.start(this.#deployment, this.store.begin("query"));
    });
  }

  async logs(cursor: number, waitMs: number): Promise<{ entries: LogEntry[]; newCursor: number }> {
    return await this.#logs.after(cursor, waitMs);
  }

  jobCounts(): { waiting: number; running: number } {
    return this.#scheduler.counts();
  }

  async stopJobs(): Promise<void> {
    this.#crons.close();
    await this.#scheduler.stop();
  }

  async close(): Promise<void> {
    this.#scheduler.close();
    this.#crons.close();
    this.#logs.close();
    for (const action of this.#executor.actions) action.stop();
    // Whoever holds the turn finishes it.
    await this.#executor.exclusive(() => this.store.durable(this.store.ts));
    this.#unguard();
  }

  #active(): Deployment {
    if (!this.#deployment) throw new PushError("InvalidPush", NOT_DEPLOYED);
    return this.#deployment;
  }

  #query(call: QueryCall): QueryRun | Promise<QueryRun> {
    const fn = this.#find(call);
    if (fn) {
      const { args, identity, journal = null } = call;
      return this.#executor.query({ fn, args, identity, journal, caller: "SyncWebsocket" });
    }
    return {
      outcome: this.#missing(call),
      readSet: { documentIds: new Set(), ranges: new Map() },
      journal: null,
      readIdentity: false,
      timeDependent: false,
    };
  }

  /** The function that the caller may call; null when there is none or it is hidden from the caller. */
  #find({ component, path, access }: FunctionCall): DeployedFunction | null {
    const fn = this.#deployment?.find(component, path) ?? null;
    return access === "public" && fn?.visibility !== "public" ? null : fn;
  }

  #missing({ component, path, access }: FunctionCall): Outcome {
    const place = component === "" ? "" : ` in component '${component}'`;
    return failure(
      `Could not find ${access === "public" ? "public " : ""}function for '${canonicalPath(path)}'${place}. ` +
        "Did you forget to run `npx convex dev` or `npx convex deploy`?",
    );
  }
}

function wrongType(fn: DeployedFunction, udfType: string): string {
  return `Trying to execute ${fn.path} as ${udfType}, but it is defined as ${fn.udfType}.`;
}

function failure(errorMessage: string): Outcome {
  return { success: false, errorMessage, logLines: [] };
}
