/** The pushes in progress and the active one: from start_push through wait_for_schema to finish_push. */
import { randomUUID } from "node:crypto";
import type { JSONValue } from "convex/values";
import { z } from "zod";
import { moduleHash } from "../../runtime/code.ts";
import { Mutex } from "../../runtime/mutex.ts";
import type {
  ComponentPath,
  Engine,
  JsonObject,
  Log,
  PushModule,
  SchemaCheck,
} from "../../types.ts";
import { badRequest } from "../http/errors.ts";
import { pushAnalysis, schemasOf, type PushAnalysis } from "./analysis.ts";
import { pushDiff, wireIndexDiffs } from "./diffs.ts";

/** A CLI finishes its push within seconds; older ones were given up. */
const MAX_PENDING_PUSHES = 4;

/** How long the CLI waits for news of a schema change. */
const PROGRESS_EVERY_MS = 500;

/** Schemas of components as texts; null for a component without one. */
type SchemaTexts = ReadonlyMap<ComponentPath, string | null>;

interface PendingPush {
  body: JsonObject;
  analysis: PushAnalysis;
  schemas: SchemaTexts;
  isDryRun: boolean;
  /** Of a dry run: its look at the documents. */
  check: SchemaCheck | null;
  /** Another push has brought other schemas since: as on Convex this one is given up. */
  isOverwritten: boolean;
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
  /** One push is activated at a time: the next one knows whether it has given way to that. */
  readonly #activating = new Mutex();
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

  /**
   * Evaluates a push and remembers it under an id that the answer carries; activates nothing. Unless it is a dry run,
   * pushes in progress with other new schemas of a component give way to it.
   */
  async start(body: JsonObject, isDryRun: boolean): Promise<object> {
    const analysis = pushAnalysis.parse(await this.#engine.evaluatePush(body));
    const active = schemaTexts(await this.activeAnalysis());
    const schemas = schemaTexts(analysis);
    const push = { body, analysis, schemas, isDryRun, check: null, isOverwritten: false };
    if (!isDryRun) {
      this.#overwrite(push, (component, schema) => {
        return schemas.get(component) != null && schema !== active.get(component);
      });
    }
    const pushId = randomUUID();
    this.#pending.set(pushId, push);
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
   * Prepares a started push, with `dryRun` only looks at the documents, which is in no other push's way: whether they
   * fit its schemas, or after `waitMs` how far it is.
   */
  async checkSchema(pushId: string, dryRun: boolean, waitMs = PROGRESS_EVERY_MS): Promise<object> {
    const { store } = this.#engine;
    const push = this.#take(pushId);
    if (push.isOverwritten) return { type: "raceDetected" };
    const schemas = schemasOf(push.analysis);
    const check = dryRun ? (push.check ??= store.checkSchemas(schemas)) : null;
    const prepared = check?.result ?? store.prepareSchemas(schemas, this.#log);
    const problem = await Promise.race([prepared, pause(waitMs)]);
    // Nothing more was looked at then.
    if (this.#take(pushId).isOverwritten) return { type: "raceDetected" };
    // It begins again when the CLI asks again, which it does at once.
    if (problem === "stopped") push.check = null;
    if (problem === undefined || problem === "stopped") {
      const progress = check?.progress() ?? store.preparationProgress();
      return { type: "inProgress", components: Object.fromEntries(progress) };
    }
    if (problem === null) return { type: "complete" };
    return {
      type: "failed",
      error: problem.message,
      componentPath: problem.component,
      tableName: problem.table,
    };
  }

  /** Activates a started push, or with `dryRun` only says what it would change. Refuses one that has given way. */
  async finish(pushId: string, dryRun: boolean): Promise<object> {
    const push = this.#take(pushId);
    if (dryRun) return this.#diff(push, await this.activeAnalysis());
    return await this.#activating.run(async () => {
      const before = await this.activeAnalysis();
      const diff = this.#diff(push, before);
      const active = schemaTexts(before);
      await this.#engine.activatePush(push.body, () => requireCurrent(push));
      this.#overwrite(push, (component, schema) => {
        return push.schemas.has(component) && schema === active.get(component);
      });
      this.#active = Promise.resolve(push.analysis);
      this.#pending.delete(pushId);
      return diff;
    });
  }

  /** What a push changes. Refuses one that has given way. */
  #diff(push: PendingPush, before: PushAnalysis | null): object {
    requireCurrent(push);
    const { analysis } = push;
    const indexDiffs = wireIndexDiffs(this.#engine.store.indexDiffs(schemasOf(analysis)));
    return pushDiff(before, analysis, indexDiffs);
  }

  async #evaluateActive(): Promise<PushAnalysis | null> {
    const push = this.#engine.activePush();
    return push === null ? null : pushAnalysis.parse(await this.#engine.evaluatePush(push));
  }

  /**
   * Has the pushes in progress, but for dry runs, give way to another one where it brings another schema than theirs
   * that `isMet`.
   */
  #overwrite(by: PendingPush, isMet: (component: ComponentPath, schema: string) => boolean): void {
    for (const push of this.#pending.values()) {
      if (push.isDryRun) continue;
      for (const [component, schema] of push.schemas) {
        if (push === by || schema === null || schema === by.schemas.get(component)) continue;
        if (isMet(component, schema)) push.isOverwritten = true;
      }
    }
  }

  #take(pushId: string): PendingPush {
    const pending = this.#pending.get(pushId);
    if (pending !== undefined) return pending;
    throw badRequest("UnknownPush", "This push is not known here any more. Push again.");
  }
}

function schemaTexts(analysis: PushAnalysis | null): SchemaTexts {
  return new Map(
    [...(analysis === null ? [] : schemasOf(analysis))].map(([component, schema]) => {
      return [component, schema === null ? null : JSON.stringify(schema)];
    }),
  );
}

/** Refuses as Convex does. */
function requireCurrent({ isOverwritten }: PendingPush): void {
  if (!isOverwritten) return;
  throw badRequest("SchemaAlreadyOverwritten", "Schema has already been overwritten.");
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
