/** From a push to a deployment: evaluates it, activates it, and restores the active one after a restart. */
import type { JSONValue } from "convex/values";
import {
  analyzeModules,
  evaluateAuth,
  evaluateMetadata,
  evaluateSchema,
  type AnalyzedDefinition,
} from "./analysis.ts";
import { compiledBodies, Compiler, type Code, type CompiledBodies } from "./code.ts";
import { Deployment } from "./deployment.ts";
import { PushError } from "./errors.ts";
import { parsePush, type Push, type PushedDefinition } from "./push.ts";
import { pushResponse } from "./pushResponse.ts";
import { StoreError } from "../store/index.ts";
import type { JsonObject, Store, Transaction } from "../types.ts";

const PUSH_ROW = "push";
/** Of the active push; without it, or after an update of esbuild, a restart compiles again. */
const COMPILED_ROW = "compiled";

/** An evaluated push. */
interface Evaluated {
  push: Push;
  deployment: Deployment;
  environment: Record<string, string>;
}

/** The active push as it is kept: with its analysis, so that a restart runs no module. */
interface StoredPush {
  body: JsonObject;
  definitions: AnalyzedDefinition[];
}

export class Deployer {
  readonly #store: Store;
  readonly #log: ((line: string) => void) | undefined;
  readonly #compiler = new Compiler();
  /** start_push and finish_push hand in the same body: the second need not evaluate again. */
  readonly #evaluated = new WeakMap<JsonObject, Evaluated>();
  #active: JsonObject | null = null;

  constructor(store: Store, log?: (line: string) => void) {
    this.#store = store;
    this.#log = log;
  }

  /** The body of the active push, with every module; null before the first. */
  get activeBody(): JsonObject | null {
    return this.#active;
  }

  /** The deployment of before the last shutdown; null when there never was one. */
  async restore(
    transaction: Transaction,
    environment: Record<string, string>,
  ): Promise<Deployment | null> {
    const row = transaction.hostGet(PUSH_ROW) as unknown as StoredPush | undefined;
    if (!row) return null;
    const { definitions } = parsePush(row.body, null);
    const compiled = transaction.hostGet(COMPILED_ROW) as unknown as CompiledBodies | undefined;
    if (compiled) this.#compiler.restore(compiled);
    const codes = await this.#compile(definitions);
    this.#active = row.body;
    return new Deployment({
      definitions: new Map(row.definitions.map((definition) => [definition.path, definition])),
      codes,
      environment,
      authProviders: evaluateAuth(codes.get("")!, environment),
    });
  }

  /** Evaluates a push without activating it; throws `PushError` when its author has to correct it. */
  async evaluate(body: JsonObject, environment: Record<string, string>): Promise<Deployment> {
    return (await this.#evaluate(body, environment)).deployment;
  }

  /** The same code with other variables: `auth.config` is evaluated again and every realm is new. */
  withEnvironment(deployment: Deployment, environment: Record<string, string>): Deployment {
    const { parts } = deployment;
    const authProviders = evaluateAuth(parts.codes.get("")!, environment);
    return new Deployment({ ...parts, environment, authProviders });
  }

  /** The start_push response for a deployment that is not active. */
  response(deployment: Deployment): JsonObject {
    return pushResponse(deployment, this.#store.indexDiffs(deployment.schemas()));
  }

  /**
   * Makes the activation of a push short: looks at the documents and builds indexes while functions go on.
   * Throws `PushError` when documents do not fit.
   */
  async prepare(body: JsonObject, environment: Record<string, string>): Promise<void> {
    const { deployment } = await this.#evaluate(body, environment);
    const problem = await this.#store.prepareSchemas(deployment.schemas(), this.#log);
    // What another push has stopped is done when it is activated, should it still be.
    if (problem !== null && problem !== "stopped")
      throw new PushError("SchemaDoesNotFit", problem.message);
  }

  /**
   * Checks the documents, backfills indexes and writes the push with `rows`, in one step; throws
   * `PushError` and changes nothing when documents do not fit. Only inside the executor's `exclusive`.
   */
  async activate(
    body: JsonObject,
    environment: Record<string, string>,
    rows: (deployment: Deployment) => Array<[key: string, value: JSONValue]>,
  ): Promise<Deployment> {
    const { push, deployment } = await this.#evaluate(body, environment);
    const schemas = deployment.schemas();
    const stored: StoredPush = {
      body: push.body,
      definitions: [...deployment.parts.definitions.values()],
    };
    const { codes } = deployment.parts;
    const host: Array<[key: string, value: JSONValue]> = [
      [PUSH_ROW, stored as unknown as JSONValue],
      [COMPILED_ROW, compiledBodies(codes.values()) as unknown as JSONValue],
      ...rows(deployment),
    ];
    await this.#store.applySchemas(schemas, host, this.#log).catch(asPushError);
    this.#active = push.body;
    this.#compiler.retain(codes.values());
    return deployment;
  }

  async #evaluate(body: JsonObject, environment: Record<string, string>): Promise<Evaluated> {
    const known = this.#evaluated.get(body);
    if (known?.environment === environment) return known;
    const push = parsePush(body, this.#active);
    const codes = await this.#compile(push.definitions);
    const metadata = evaluateMetadata(push.definitions, codes);
    const definitions = push.definitions.map((pushed): AnalyzedDefinition => {
      const code = codes.get(pushed.path)!;
      return {
        path: pushed.path,
        metadata: metadata.get(pushed.path)!,
        schema: pushed.schema && evaluateSchema(pushed.schema.path, code),
        modules: analyzeModules(code, pushed.path === "" ? environment : {}),
        serverVersion: pushed.serverVersion,
      };
    });
    const deployment = new Deployment({
      definitions: new Map(definitions.map((definition) => [definition.path, definition])),
      codes,
      environment,
      authProviders: evaluateAuth(codes.get("")!, environment),
    });
    const evaluated: Evaluated = { push, deployment, environment };
    this.#evaluated.set(body, evaluated);
    return evaluated;
  }

  async #compile(definitions: readonly PushedDefinition[]): Promise<Map<string, Code>> {
    const compiled = definitions.map(async ({ path, definition, schema, modules }) => {
      const all = [...modules, schema, definition].filter((module) => module !== null);
      return [path, await this.#compiler.compile(all)] as const;
    });
    return new Map(await Promise.all(compiled));
  }
}

/** What the author of a push has to correct is refused as such, whichever layer finds it. */
function asPushError(error: unknown): never {
  if (!(error instanceof StoreError && error.code === "SCHEMA")) throw error;
  throw new PushError("SchemaDoesNotFit", error.message);
}
