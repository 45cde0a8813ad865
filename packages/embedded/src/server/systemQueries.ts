/** The queries under `_system/` that the official CLI and clients ask with the admin key. */
import type { JSONValue } from "convex/values";
import { z } from "zod";
import { integerToJson } from "../codec/json.ts";
import { emptyReadSet } from "../store/readSet.ts";
import type { Engine, JsonObject, QueryCall, QueryRun, Transaction } from "../types.ts";
import { cronStates, JOBS_TABLE } from "../runtime/index.ts";
import { cronsOf, instances, type PushAnalysis } from "./deploy/analysis.ts";
import type { Deployments } from "./deploy/deployments.ts";
import { readImports } from "./transfer/imports.ts";

const PREFIX = "_system/";
/** The CLI recognises the first words and shows the sentence without a stack trace. */
const NOT_ALLOWED =
  "You do not have permission to perform this operation: it needs the admin key of this deployment.";

interface Context {
  engine: Engine;
  call: QueryCall;
  transaction: Transaction;
  /** Of the active push; null before the first deploy. */
  analysis: PushAnalysis | null;
  urls: { cloudUrl: string; siteUrl: string };
  /** Of the newest export that was asked for. */
  exportTs: bigint | null;
}

type SystemQuery = (context: Context) => JSONValue;

const QUERIES: Readonly<Record<string, SystemQuery>> = {
  "cli/modules:apiSpec": ({ analysis, call }) =>
    analysis === null ? [] : apiSpec(analysis, call.component),
  "cli/queryEnvironmentVariables:default": ({ engine }) =>
    Object.entries(engine.environmentVariables())
      .map(([name, value]) => ({ name, value }))
      .sort((left, right) => (left.name < right.name ? -1 : 1)),
  "cli/queryEnvironmentVariables:get": ({ engine, call }) => {
    const { name } = z.object({ name: z.string() }).parse(call.args);
    const value = engine.environmentVariables()[name];
    return value === undefined ? null : { name, value };
  },
  "cli/convexUrl:cloudUrl": ({ urls }) => urls.cloudUrl,
  "cli/convexUrl:siteUrl": ({ urls }) => urls.siteUrl,
  "cli/tables:default": ({ engine, call }) => ({
    page: engine.store.tables(call.component).map((name) => ({ name })),
    isDone: true,
    continueCursor: "",
  }),
  "cli/tableData:default": tableData,
  "cli/tableSize:default": ({ engine, call, transaction }) => {
    const { tableName } = z.looseObject({ tableName: z.string() }).parse(call.args);
    const known = engine.store.tables(call.component).includes(tableName);
    return known ? transaction.count(call.component, tableName) : 0;
  },
  "cli/queryTable:default": ({ engine, call }) => {
    const { tableName } = z.looseObject({ tableName: z.string() }).parse(call.args);
    return engine.store.tables(call.component).includes(tableName) ? { name: tableName } : null;
  },
  "frontend/listCronJobs:default": ({ analysis, call, transaction }) =>
    analysis === null
      ? []
      : cronJobs(cronsOf(instances(analysis).get(call.component)), call.component, transaction),
  "cli/exports:getLatest": ({ exportTs }) => {
    if (exportTs === null) return null;
    const ts = integerToJson(exportTs);
    return { state: "completed", start_ts: ts, complete_ts: ts, zip_object_key: "" };
  },
  "cli/queryImport:list": ({ transaction }) => readImports(transaction),
  "cli/queryImport:default": ({ transaction, call }) => {
    const { importId } = z.object({ importId: z.string() }).parse(call.args);
    return readImports(transaction).find(({ _id }) => _id === importId) ?? null;
  },
  "frontend/components:list": ({ analysis }) =>
    (analysis === null ? [""] : [...instances(analysis).keys()]).map((path) => ({
      id: path,
      path,
      name: path.split("/").at(-1) ?? "",
      state: "active",
    })),
};

const NEED_ANALYSIS = new Set([
  "cli/modules:apiSpec",
  "frontend/components:list",
  "frontend/listCronJobs:default",
]);

export class SystemQueries {
  readonly #engine: Engine;
  readonly #deployments: Deployments;
  readonly #urls: { cloudUrl: string; siteUrl: string };
  #analysis: PushAnalysis | null = null;
  /** Timestamp of the newest export that was asked for; null when there was none. */
  exportTs: bigint | null = null;

  constructor(
    engine: Engine,
    deployments: Deployments,
    urls: { cloudUrl: string; siteUrl: string },
  ) {
    this.#engine = engine;
    this.#deployments = deployments;
    this.#urls = urls;
  }

  handles(path: string): boolean {
    return path.startsWith(PREFIX);
  }

  /** Fetches beforehand what a query needs, since `run` may not wait inside a turn. */
  async prepare(path: string): Promise<void> {
    if (NEED_ANALYSIS.has(canonicalName(path))) {
      this.#analysis = await this.#deployments.activeAnalysis();
    }
  }

  /** Answers a system query at the present state; refuses callers without the admin key. */
  run(call: QueryCall): QueryRun {
    if (call.access !== "any") return failedRun(NOT_ALLOWED);
    const query = QUERIES[canonicalName(call.path)];
    if (query === undefined) {
      return failedRun(
        `The embedded deployment has no system function ${call.path}. Convex cloud and self-hosted Convex do.`,
      );
    }
    const transaction = this.#engine.store.begin("query");
    try {
      const value = query({
        engine: this.#engine,
        call,
        transaction,
        analysis: this.#analysis,
        urls: this.#urls,
        exportTs: this.exportTs,
      });
      return finished({ success: true, value, logLines: [] }, transaction);
    } catch (error) {
      const errorMessage = error instanceof Error ? error.message : String(error);
      return finished({ success: false, errorMessage, logLines: [] }, transaction);
    }
  }
}

function finished(outcome: QueryRun["outcome"], transaction: Transaction): QueryRun {
  return {
    outcome,
    readSet: transaction.readSet,
    journal: null,
    readIdentity: false,
    timeDependent: false,
  };
}

/** The run of a query that could not even start. */
export function failedRun(errorMessage: string): QueryRun {
  return {
    outcome: { success: false, errorMessage, logLines: [] },
    readSet: emptyReadSet(),
    journal: null,
    readIdentity: false,
    timeDependent: false,
  };
}

/** `_system/cli/tables` and `_system/cli/tables.js:default` are the same function. */
function canonicalName(path: string): string {
  const [module = "", name = "default"] = path.slice(PREFIX.length).split(":");
  return `${module.replace(/\.js$/, "")}:${name}`;
}

const tableDataArgs = z.looseObject({
  table: z.string(),
  order: z.enum(["asc", "desc"]).default("desc"),
  paginationOpts: z.looseObject({ cursor: z.string().nullable(), numItems: z.number().positive() }),
});

function tableData({ engine, call, transaction }: Context): JSONValue {
  const { table, order, paginationOpts } = tableDataArgs.parse(call.args);
  // The one table of the system that people may look at is there before its first row is.
  const isJobs = table === JOBS_TABLE;
  if (!isJobs && !engine.store.tables(call.component).includes(table)) {
    throw new Error(`There is no table "${table}" in this deployment.`);
  }
  const query = { source: { type: "FullTableScan", tableName: table, order }, operators: [] };
  const { page, isDone, continueCursor } = transaction.paginate(
    call.component,
    query,
    {
      cursor: paginationOpts.cursor,
      endCursor: null,
      pageSize: Math.ceil(paginationOpts.numItems),
    },
    isJobs,
  );
  const documents = page.map((text) => JSON.parse(text) as JsonObject);
  return { page: documents, isDone, continueCursor };
}

/** Every function of a component as `npx convex function-spec` prints it. */
function apiSpec(analysis: PushAnalysis, component: string): JSONValue {
  const definition = instances(analysis).get(component);
  return Object.entries(definition?.functions ?? {}).flatMap(
    ([module, { functions, httpRoutes }]) => [
      ...functions.map((fn) => ({
        identifier: `${module}:${fn.name}`,
        functionType: fn.udfType,
        visibility: { kind: fn.visibility?.kind ?? "public" },
        args: parseValidator(fn.args),
        returns: parseValidator(fn.returns),
      })),
      ...(httpRoutes ?? []).map(({ method, path }) => ({
        functionType: "HttpAction",
        method,
        path,
      })),
    ],
  );
}

/** The cron jobs of a component in the words of Convex: what they run, when next, and how it went last. */
function cronJobs(
  specs: ReturnType<typeof cronsOf>,
  component: string,
  transaction: Transaction,
): JSONValue {
  const states = cronStates(transaction);
  return [...specs].map(([name, spec]) => {
    const { nextMs = null, lastRun } = states[`${component}:${name}`] ?? {};
    return {
      name,
      cronSpec: JSON.parse(spec) as JSONValue,
      nextRun: nextMs === null ? null : { nextTs: nanoseconds(nextMs) },
      lastRun: lastRun ? runJson(lastRun) : null,
    };
  });
}

function runJson({ plannedMs, error }: { plannedMs: number; error: string | null }): JSONValue {
  const status: JSONValue = error === null ? { type: "success" } : { type: "err", error };
  return { ts: nanoseconds(plannedMs), status };
}

function nanoseconds(ms: number): JSONValue {
  return integerToJson(BigInt(Math.round(ms)) * 1_000_000n);
}

function parseValidator(text: string | null): JSONValue {
  return text === null ? { type: "any" } : (JSON.parse(text) as JSONValue);
}
