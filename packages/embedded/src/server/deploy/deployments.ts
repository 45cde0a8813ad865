/** The pushes in progress and the active one: from start_push through wait_for_schema to finish_push. */
import { randomUUID } from "node:crypto";
import type { JSONValue } from "convex/values";
import { z } from "zod";
import { moduleHash } from "../../runtime/code.ts";
import type { Engine, JsonObject, Log, PushModule } from "../../types.ts";
import { badRequest } from "../http/errors.ts";
import { pushAnalysis, schemasOf, type PushAnalysis } from "./analysis.ts";
import { pushDiff, wireIndexDiffs } from "./diffs.ts";

/** A CLI finishes its push within seconds; older ones were given up. */
const MAX_PENDING_PUSHES = 4;

/** How long the CLI waits for news of a schema change. */
const PROGRESS_EVERY_MS = 500;

interface PendingPush {
  body: JsonObject;
  analysis: PushAnalysis;
}

const activeApp = z.object({
  functions: z.string(),
  appDefinition: z.looseObject({
    changedModules: z.array(z.custom<PushModule>()),
    udfServerVersion: z.string(),
  }),
});

export class Deployments {
  readonly #engine: Engine;
  readonly #log: Log;
  readonly #pending = new Map<string, PendingPush>();
  /** The evaluated active push; after a restart it is evaluated when somebody asks. */
  #active: Promise<PushAnalysis | null> | null = null;

  constructor(engine: Engine, log: Log) {
    this.#engine = engine;
    this.#log = log;
  }

  /** Of the active push; null before the first deploy, and when it cannot be evaluated any more. */
  async activeAnalysis(): Promise<PushAnalysis | null> {
    this.#active ??= this.#evaluateActive();
    try {
      return await this.#active;
    } catch {
      // A variable that its code needs may be gone; that must not keep the next deploy from coming.
      this.#active = null;
      return null;
    }
  }

  /** What the CLI compares its modules with; an empty configuration before the first deploy. */
  configHashes(): object {
    const push = this.#engine.activePush();
    const app = push === null ? null : activeApp.parse(push);
    return {
      config: { functions: app?.functions ?? "convex/", authInfo: [] },
      moduleHashes: (app?.appDefinition.changedModules ?? []).map((module) => ({
        path: module.path,
        hash: moduleHash(module),
        environment: module.environment,
      })),
      nodeDependencies: [],
      udfServerVersion: app?.appDefinition.udfServerVersion ?? null,
    };
  }

  /** Evaluates a push and remembers it under an id that the answer carries; activates nothing. */
  async start(body: JsonObject): Promise<object> {
    const analysis = pushAnalysis.parse(await this.#engine.evaluatePush(body));
    const pushId = randomUUID();
    this.#pending.set(pushId, { body, analysis });
    for (const id of this.#pending.keys()) {
      if (this.#pending.size > MAX_PENDING_PUSHES) this.#pending.delete(id);
    }
    const indexDiffs = wireIndexDiffs(this.#engine.store.indexDiffs(schemasOf(analysis)));
    return {
      ...analysis,
      pushId,
      schemaChange: { ...analysis.schemaChange, indexDiffs, schemaIds: { pushId } },
    };
  }

  /**
   * Prepares a started push, with `dryRun` only looks at the documents: whether they fit its schemas, or after
   * `waitMs` how far it is.
   */
  async checkSchema(pushId: string, dryRun: boolean, waitMs = PROGRESS_EVERY_MS): Promise<object> {
    const { store } = this.#engine;
    const schemas = schemasOf(this.#take(pushId).analysis);
    const prepared = store.prepareSchemas(schemas, this.#log, dryRun);
    const problem = await Promise.race([prepared, pause(waitMs)]);
    if (problem === undefined) {
      return { type: "inProgress", components: Object.fromEntries(store.preparationProgress()) };
    }
    if (problem === null) return { type: "complete" };
    return {
      type: "failed",
      error: problem.message,
      componentPath: problem.component,
      tableName: problem.table,
    };
  }

  /** Activates a started push, or with `dryRun` only says what it would change. */
  async finish(pushId: string, dryRun: boolean): Promise<object> {
    const { body, analysis } = this.#take(pushId);
    const before = await this.activeAnalysis();
    const indexDiffs = wireIndexDiffs(this.#engine.store.indexDiffs(schemasOf(analysis)));
    if (!dryRun) {
      await this.#engine.activatePush(body);
      this.#active = Promise.resolve(analysis);
      this.#pending.delete(pushId);
    }
    return pushDiff(before, analysis, indexDiffs);
  }

  async #evaluateActive(): Promise<PushAnalysis | null> {
    const push = this.#engine.activePush();
    return push === null ? null : pushAnalysis.parse(await this.#engine.evaluatePush(push));
  }

  #take(pushId: string): PendingPush {
    const pending = this.#pending.get(pushId);
    if (pending !== undefined) return pending;
    throw badRequest("UnknownPush", "This push is not known here any more. Push again.");
  }
}

function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined).unref());
}

/** The id that `start` hid in the parts of its answer which the CLI sends back. */
export const pushIdOf = {
  startPush: z.looseObject({ pushId: z.string() }).transform(({ pushId }) => pushId),
  schemaChange: z
    .looseObject({ schemaIds: z.looseObject({ pushId: z.string() }) })
    .transform(({ schemaIds }) => schemaIds.pushId),
};

/** An arbitrary JSON object of a request. */
export const jsonObject = z.record(z.string(), z.custom<JSONValue>());
