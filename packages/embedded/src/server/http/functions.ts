/** The function endpoints: `/api/query`, `/api/mutation`, `/api/action`, `/api/function`, `/api/run/...`. */
import { z } from "zod";
import type { Engine, FunctionCall, Outcome } from "../../types.ts";
import type { Caller } from "../auth/caller.ts";
import { encodeTs } from "../sync/messages.ts";
import type { LiveQueries } from "../sync/liveQueries.ts";
import { outcomeFields } from "../outcomeFields.ts";
import type { SystemQueries } from "../systemQueries.ts";
import { ApiError } from "./errors.ts";
import { parseArgs, plainValue } from "./values.ts";

/** HTTP status of a function that failed; the official clients know it. */
const FUNCTION_FAILED = 560;

/** `convex_encoded_json` keeps every type (`{$integer}`); `json` is plain and loses some. */
const format = z.enum(["json", "convex_encoded_json"]).default("json");

export const functionRequest = z.looseObject({
  path: z.string().min(1).max(1000),
  args: z.unknown(),
  format,
  componentPath: z.string().nullish(),
});
export type FunctionRequest = z.output<typeof functionRequest>;

/** The body of `/api/run/<module>/<function>`, whose path names the function. */
export const runRequest = z.looseObject({ args: z.unknown(), format });

export type FunctionKind = "query" | "mutation" | "action";

export interface FunctionAnswer {
  status: number;
  /** Its body, JSON. */
  text: string;
}

export class FunctionEndpoints {
  readonly #engine: Engine;
  readonly #live: LiveQueries;
  readonly #system: SystemQueries;

  constructor(engine: Engine, live: LiveQueries, system: SystemQueries) {
    this.#engine = engine;
    this.#live = live;
    this.#system = system;
  }

  /** The newest timestamp, for `/api/query_ts`. */
  async timestamp(): Promise<object> {
    const { ts } = this.#engine.store;
    await this.#engine.store.durable(ts);
    return { ts: encodeTs(ts) };
  }

  /**
   * Runs a function and answers once everything the answer shows is on disk. `kind` undefined means
   * whatever kind of function is deployed under the path.
   */
  async run(
    kind: FunctionKind | undefined,
    request: FunctionRequest,
    caller: Caller,
  ): Promise<FunctionAnswer> {
    const call = callOf(request, caller);
    const { outcome, fields } = await this.#run(kind ?? this.#kindOf(call), call);
    if (request.format === "json") return answer(outcome, outcomeFields(plainOutcome(outcome)));
    return answer(outcome, fields ?? outcomeFields(outcome));
  }

  /** The outcome, with its text when that is known. */
  async #run(
    kind: FunctionKind,
    call: FunctionCall,
  ): Promise<{ outcome: Outcome; fields?: string }> {
    if (kind === "query") {
      if (this.#system.handles(call.path)) await this.#system.prepare(call.path);
      const { ts, result } = await this.#live.query({ ...call, journal: null });
      await this.#engine.store.durable(ts);
      return result;
    }
    if (kind === "mutation") {
      const { outcome, durable } = await this.#engine.runMutation(call);
      await durable;
      return { outcome };
    }
    const outcome = await this.#engine.runAction(call);
    await this.#engine.store.durable(this.#engine.store.ts);
    return { outcome };
  }

  /** A missing function is run as a query, whose error message says that it is missing. */
  #kindOf({ component, path }: FunctionCall): FunctionKind {
    if (this.#system.handles(path)) return "query";
    const kind = this.#engine.functionType(component, path);
    return kind === null || kind === "httpAction" ? "query" : kind;
  }
}

function callOf(request: FunctionRequest, caller: Caller): FunctionCall {
  const component = request.componentPath ?? "";
  if (component !== "" && !caller.isAdmin) {
    throw new ApiError(403, "AdminKeyNeeded", "Functions of components need the admin key.");
  }
  return {
    component,
    path: request.path,
    args: parseArgs(request.args),
    identity: caller.identity,
    access: caller.isAdmin ? "any" : "public",
  };
}

function answer({ success }: Outcome, fields: string): FunctionAnswer {
  const [status, word] = success ? [200, "success"] : [FUNCTION_FAILED, "error"];
  return { status, text: `{"status":"${word}",${fields}}` };
}

function plainOutcome(outcome: Outcome): Outcome {
  if (outcome.success) return { ...outcome, value: plainValue(outcome.value) };
  const { errorData } = outcome;
  return errorData === undefined ? outcome : { ...outcome, errorData: plainValue(errorData) };
}
