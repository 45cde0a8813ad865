/** The function endpoints: `/api/query`, `/api/mutation`, `/api/action`, `/api/function`, `/api/run/...`. */
import { z } from "zod";
import type { Engine, FunctionCall, Outcome } from "../../types.ts";
import type { Caller } from "../auth/caller.ts";
import { encodeTs } from "../sync/messages.ts";
import type { LiveQueries } from "../sync/liveQueries.ts";
import type { SystemQueries } from "../systemQueries.ts";
import { ApiError } from "./errors.ts";
import { exportValue, parseArgs, type ValueFormat } from "./values.ts";

/** HTTP status of a function that failed; the official clients know it. */
const FUNCTION_FAILED = 560;

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
  body: object;
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
    const outcome = await this.#outcome(kind ?? this.#kindOf(call), call);
    return answer(outcome, request.format);
  }

  async #outcome(kind: FunctionKind, call: FunctionCall): Promise<Outcome> {
    if (kind === "query") {
      if (this.#system.handles(call.path)) await this.#system.prepare(call.path);
      const { ts, result } = await this.#live.query({ ...call, journal: null });
      await this.#engine.store.durable(ts);
      return result.outcome;
    }
    if (kind === "mutation") {
      const { outcome, durable } = await this.#engine.runMutation(call);
      await durable;
      return outcome;
    }
    const outcome = await this.#engine.runAction(call);
    await this.#engine.store.durable(this.#engine.store.ts);
    return outcome;
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

function answer(outcome: Outcome, valueFormat: ValueFormat): FunctionAnswer {
  const { logLines } = outcome;
  if (outcome.success) {
    const value = exportValue(outcome.value, valueFormat);
    return { status: 200, body: { status: "success", value, logLines } };
  }
  const { errorMessage, errorData } = outcome;
  const data = errorData === undefined ? {} : { errorData: exportValue(errorData, valueFormat) };
  return { status: FUNCTION_FAILED, body: { status: "error", errorMessage, ...data, logLines } };
}
