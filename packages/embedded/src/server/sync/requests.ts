/** The mutations and actions of one client. */
import type { FunctionCall, Outcome } from "../../types.ts";
import type { Caller } from "../auth/caller.ts";
import { ApiError } from "../http/errors.ts";
import { errorText } from "../http/respond.ts";
import { callOf } from "./calls.ts";
import type { FunctionRequest } from "./messages.ts";
import type { SyncServices } from "./services.ts";

/** Requests of one client that run at a time; further ones wait. A burst of mutations holds nobody else up. */
const MAX_RUNNING = { Mutation: 16, Action: 500 };

/** The client, seen from here. */
interface Client {
  /** How a commit's timestamp is told to it. */
  timestamp(ts: bigint): string;
  /** Sends a message once `durable`. */
  send(message: object, durable: Promise<void>): void;
  /** It was answered that it wrote at `ts`. */
  wrote(ts: bigint): void;
  /** The engine failed in a way that says nothing about the function. */
  fail(): void;
}

export class Requests {
  readonly #services: SyncServices;
  readonly #client: Client;
  readonly #running = { Mutation: 0, Action: 0 };
  readonly #runs = new Set<Promise<void>>();
  #onEnd: () => void = () => undefined;

  constructor(services: SyncServices, client: Client) {
    this.#services = services;
    this.#client = client;
  }

  /** True while a mutation runs or waits for its turn. */
  get mutating(): boolean {
    return this.#running.Mutation > 0;
  }

  /** Resolves when another request of this kind may start; one caller at a time. */
  async room(type: FunctionRequest["type"]): Promise<void> {
    while (this.#running[type] >= MAX_RUNNING[type]) {
      await new Promise<void>((resolve) => (this.#onEnd = resolve));
    }
  }

  /** Runs beside later messages; the engine runs mutations in the order they were handed in. */
  start(request: FunctionRequest, caller: Caller, sessionId: string): void {
    const call = this.#callOf(request, caller);
    if (call === null) return;
    this.#running[request.type]++;
    const run =
      request.type === "Mutation"
        ? this.#mutate(request, call, sessionId)
        : this.#act(request, call);
    const settled = run
      .catch((error: unknown) => {
        this.#services.log(`A function request failed: ${errorText(error)}`);
        this.#client.fail();
      })
      .finally(() => this.#runs.delete(settled));
    this.#runs.add(settled);
  }

  /** Resolves when everything that runs now has been answered. */
  async settled(): Promise<void> {
    await Promise.all(this.#runs);
  }

  async #mutate(request: FunctionRequest, call: FunctionCall, sessionId: string): Promise<void> {
    const key = { sessionId, requestId: request.requestId };
    let wroteAt: bigint | null;
    try {
      const { outcome, ts, durable } = await this.#services.engine.runMutation(call, key);
      this.#respond(request, outcome, durable, ts);
      wroteAt = ts;
    } finally {
      // Not before its answer: no result that shows the write overtakes it.
      this.#ended(request);
    }
    if (wroteAt !== null) this.#client.wrote(wroteAt);
  }

  async #act(request: FunctionRequest, call: FunctionCall): Promise<void> {
    const { engine } = this.#services;
    try {
      const outcome = await engine.runAction(call);
      this.#respond(request, outcome, engine.store.durable(engine.store.ts));
    } finally {
      this.#ended(request);
    }
  }

  #ended({ type }: FunctionRequest): void {
    this.#running[type]--;
    this.#onEnd();
  }

  /** The call of a request; null when it was refused, with the refusal as its answer. */
  #callOf(request: FunctionRequest, caller: Caller): FunctionCall | null {
    try {
      return callOf(request, caller);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const refusal: Outcome = { success: false, errorMessage: error.message, logLines: [] };
      this.#respond(request, refusal, Promise.resolve());
      return null;
    }
  }

  #respond(
    { type, requestId }: FunctionRequest,
    outcome: Outcome,
    durable: Promise<void>,
    ts: bigint | null = null,
  ): void {
    const { success, logLines } = outcome;
    const told = ts === null ? {} : { ts: this.#client.timestamp(ts) };
    const body = success
      ? { success, result: outcome.value, logLines, ...told }
      : { success, result: outcome.errorMessage, errorData: outcome.errorData, logLines };
    this.#client.send({ type: `${type}Response`, requestId, ...body }, durable);
  }
}
