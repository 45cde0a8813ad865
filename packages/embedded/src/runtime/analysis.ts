/** What a push contains: definitions, schemas, functions, routes, crons, auth. Evaluated once per push and kept. */
import type { JSONValue, ValidatorJSON } from "convex/values";
import type { Code } from "./code.ts";
import { identifierProblem, pathProblem, validatorNameProblem } from "../store/index.ts";
import { parseSchedule, type CronSchedule } from "./cronSchedule.ts";
import { PushError, toFunctionError } from "./errors.ts";
import type { PushedDefinition } from "./push.ts";
import { Realm, type ModuleExports, type RegisteredFunction } from "./realm.ts";
import { MAX_USER_MS } from "./transactionRun.ts";
import { asFunction, watched } from "./watchdog.ts";
import type { JsonObject, SchemaJson } from "../types.ts";

export type UdfType = "Query" | "Mutation" | "Action";
export type Visibility = "public" | "internal";

/** A function as its module exports it. Validators are null where anything is allowed. */
export interface AnalyzedFunction {
  name: string;
  udfType: UdfType;
  visibility: Visibility;
  args: ValidatorJSON | null;
  returns: ValidatorJSON | null;
}

export interface AnalyzedModule {
  functions: AnalyzedFunction[];
  /** Routes of `http.ts`; null in every other module. */
  httpRoutes: Array<{ path: string; method: string }> | null;
  /** Jobs of `crons.ts`; null in every other module. */
  crons: AnalyzedCron[] | null;
}

export interface AnalyzedCron {
  name: string;
  /** `module:function` in the same component. */
  path: string;
  args: JsonObject;
  schedule: CronSchedule;
}

/** How a component binds an environment variable of a child: to a text, or to one of its own. */
export type EnvBinding = { type: "value"; value: string } | { type: "envVar"; name: string };

export interface ChildComponent {
  name: string;
  /** Definition path. */
  path: string;
  env: Array<[name: string, binding: EnvBinding]> | null;
}

/** `export()` of `defineApp` or `defineComponent`. */
export interface ComponentMetadata {
  definitionType: { type: "app" } | { type: "childComponent"; name: string };
  httpPrefix?: string;
  childComponents: ChildComponent[];
  /** Route prefix -> `_reference/childComponent/<name>`. */
  httpMounts: Record<string, string>;
  envVars?: Array<
    [name: string, declaration: { type: "value"; value: string; optional?: boolean }]
  >;
}

/** Everything known about one component definition. */
export interface AnalyzedDefinition {
  path: string;
  metadata: ComponentMetadata;
  schema: SchemaJson;
  modules: Record<string, AnalyzedModule>;
  serverVersion: string;
}

const EMPTY_APP: ComponentMetadata = {
  definitionType: { type: "app" },
  childComponents: [],
  httpMounts: {},
};

const COMPONENT_DEPENDENCY = "./_componentDeps/";

/** Evaluates every `convex.config.ts` of a push; children before the parents that name them. */
export function evaluateMetadata(
  definitions: readonly PushedDefinition[],
  codes: ReadonlyMap<string, Code>,
): Map<string, ComponentMetadata> {
  const byPath = new Map(definitions.map((definition) => [definition.path, definition]));
  const evaluated = new Map<string, ComponentMetadata>();
  const evaluate = (path: string, ancestors: readonly string[]): ComponentMetadata => {
    const known = evaluated.get(path);
    if (known) return known;
    const pushed = byPath.get(path);
    if (!pushed)
      throw new PushError("InvalidComponent", `The push does not hold component ${path}.`);
    if (ancestors.includes(path)) {
      throw new PushError("InvalidComponent", `Component ${path} is installed inside itself.`);
    }
    const children = new Map<string, unknown>();
    for (const specifier of componentDependencies(pushed)) {
      const child = decodeDependency(specifier);
      const { definitionType } = evaluate(child, [...ancestors, path]);
      children.set(specifier, {
        componentDefinitionPath: child,
        defaultName: definitionType.type === "childComponent" ? definitionType.name : undefined,
      });
    }
    const metadata = pushed.definition
      ? exportMetadata(pushed.definition.path, codes.get(path)!, children)
      : EMPTY_APP;
    evaluated.set(path, metadata);
    return metadata;
  };
  for (const { path } of definitions) evaluate(path, []);
  return evaluated;
}

function componentDependencies({ definition }: PushedDefinition): string[] {
  const imports = definition?.source.matchAll(/["'](\.\/_componentDeps\/[\w=-]+)["']/g) ?? [];
  return [...new Set([...imports].map((match) => match[1]!))];
}

function decodeDependency(specifier: string): string {
  return Buffer.from(specifier.slice(COMPONENT_DEPENDENCY.length), "base64url").toString();
}

function exportMetadata(
  module: string,
  code: Code,
  virtualModules: ReadonlyMap<string, unknown>,
): ComponentMetadata {
  const realm = new Realm({ code, kind: "transaction", environment: {}, virtualModules });
  const exports = importModule(realm, code, module);
  const definition = exports["default"] as { export?: () => ComponentMetadata } | undefined;
  if (typeof definition?.export !== "function") {
    throw new PushError(
      "InvalidComponent",
      `${module} has to export a component definition as its default export.`,
    );
  }
  // Through JSON: the result must not hold on to the realm.
  return attempt(
    code,
    module,
    () => JSON.parse(JSON.stringify(definition.export!())) as ComponentMetadata,
  );
}

/** Evaluates the default export of `schema.ts`. */
export function evaluateSchema(module: string, code: Code): SchemaJson {
  const realm = new Realm({ code, kind: "transaction", environment: {} });
  const exports = importModule(realm, code, module);
  const schema = exports["default"] as { export?: () => string } | undefined;
  if (typeof schema?.export !== "function") {
    throw new PushError("InvalidSchema", `${module} has to export a schema as its default export.`);
  }
  return attempt(code, module, () => JSON.parse(schema.export!()) as SchemaJson);
}

const AUTH_CONFIG = "auth.config.js";

/** Evaluates `auth.config.ts` with the deployment's environment: the list of identity providers. */
export function evaluateAuth(code: Code, environment: Record<string, string>): JsonObject[] {
  if (!code.modules.has(AUTH_CONFIG)) return [];
  const missing = new Set<string>();
  const watched = new Proxy(environment, {
    get: (variables, name) => {
      if (typeof name !== "string") return undefined;
      if (!Object.hasOwn(variables, name)) missing.add(name);
      return variables[name];
    },
  });
  const realm = new Realm({ code, kind: "transaction", environment: watched });
  const config = importModule(realm, code, AUTH_CONFIG)["default"] as
    | { providers?: unknown }
    | undefined;
  for (const name of missing) {
    throw new PushError(
      "AuthConfigMissingEnvironmentVariable",
      `Environment variable ${name} is used in auth config file but its value was not set.`,
    );
  }
  if (!Array.isArray(config?.providers)) {
    throw new PushError(
      "InvalidAuthConfig",
      "auth.config.ts has to export `{ providers: [...] }` as its default export.",
    );
  }
  return config.providers.map(authProvider);
}

/** Copies one provider out of the realm and checks the fields that verification needs. */
function authProvider(provider: unknown): JsonObject {
  const copy = JSON.parse(JSON.stringify(provider ?? null)) as JsonObject | null;
  const isText = (value: JSONValue | undefined): boolean => typeof value === "string";
  if (copy?.["type"] === "customJwt") {
    if (isText(copy["issuer"]) && isText(copy["jwks"]) && isText(copy["algorithm"])) {
      return { ...copy, applicationID: copy["applicationID"] ?? null };
    }
  } else if (copy && isText(copy["domain"]) && isText(copy["applicationID"])) {
    return copy;
  }
  throw new PushError(
    "InvalidAuthConfig",
    'A provider in auth.config.ts needs `domain` and `applicationID`, or `type: "customJwt"` with ' +
      `\`issuer\`, \`jwks\` and \`algorithm\`: ${JSON.stringify(copy)}`,
  );
}

/** Imports every module of a component and lists its functions, routes and crons. */
export function analyzeModules(
  code: Code,
  environment: Record<string, string>,
): Record<string, AnalyzedModule> {
  const realm = new Realm({ code, kind: "transaction", environment });
  const analyzed: Record<string, AnalyzedModule> = {};
  for (const path of [...code.modules.keys()].sort()) {
    checkPath(path);
    if (isFunctionModule(path)) {
      analyzed[path] = analyzeModule(path, importModule(realm, code, path), code);
    }
  }
  for (const [path, { crons }] of Object.entries(analyzed)) {
    for (const cron of crons ?? []) checkCron(path, cron, analyzed);
  }
  return analyzed;
}

function checkPath(path: string): void {
  for (const part of path.split("/")) {
    const problem = pathProblem(part);
    if (problem !== null) throw new PushError("InvalidModules", `${path}: ${problem}`);
  }
}

/** Shared chunks and configuration hold no functions. */
function isFunctionModule(path: string): boolean {
  return !path.startsWith("_deps/") && !/\..*\./.test(path) && path !== "schema.js";
}

function analyzeModule(path: string, exports: ModuleExports, code: Code): AnalyzedModule {
  const functions: AnalyzedFunction[] = [];
  for (const [name, exported] of Object.entries(exports)) {
    const fn = attempt(code, path, () => analyzeFunction(`${path}:${name}`, name, exported));
    if (fn) functions.push(fn);
  }
  return {
    functions: functions.sort((a, b) => (a.name < b.name ? -1 : 1)),
    httpRoutes: path === "http.js" ? httpRoutes(exports) : null,
    crons: path === "crons.js" ? attempt(code, path, () => cronJobs(exports)) : null,
  };
}

function analyzeFunction(path: string, name: string, exported: unknown): AnalyzedFunction | null {
  if (typeof exported !== "function") return null;
  const fn = exported as unknown as RegisteredFunction;
  const udfType = fn.isQuery ? "Query" : fn.isMutation ? "Mutation" : fn.isAction ? "Action" : null;
  const visibility = fn.isPublic ? "public" : fn.isInternal ? "internal" : null;
  if (udfType === null || visibility === null) return null;
  const problem = identifierProblem(name);
  if (problem !== null) throw new PushError("InvalidModules", `${path}: ${problem}`);
  const args = JSON.parse(fn.exportArgs?.() ?? '{"type":"any"}') as ValidatorJSON;
  if (args.type !== "object" && args.type !== "any") {
    throw new PushError("InvalidModules", `${path}: the args validator must be an object or any.`);
  }
  const returns = JSON.parse(fn.exportReturns?.() ?? "null") as ValidatorJSON | null;
  const wrongName = validatorNameProblem(args) ?? (returns && validatorNameProblem(returns));
  if (wrongName) throw new PushError("InvalidModules", `${path}: ${wrongName}`);
  return {
    name,
    udfType,
    visibility,
    args: args.type === "any" ? null : args,
    returns: returns?.type === "any" ? null : returns,
  };
}

/** The part of convex/server's `HttpRouter` that the host uses. */
export interface HttpRouter {
  isRouter: true;
  getRoutes(): Array<readonly [path: string, method: string, handler: unknown]>;
  lookup(
    path: string,
    method: string,
  ): readonly [handler: RegisteredFunction, method: string, path: string] | null;
}

function httpRoutes(exports: ModuleExports): Array<{ path: string; method: string }> {
  const router = exports["default"] as HttpRouter | undefined;
  if (!router?.isRouter) {
    throw new PushError(
      "InvalidModules",
      "The default export of http.ts is not a router: export the result of httpRouter().",
    );
  }
  return router.getRoutes().map(([path, method]) => ({ path, method }));
}

interface CronExport {
  name: string;
  args: [JsonObject];
  schedule: JsonObject;
}

function cronJobs(exports: ModuleExports): AnalyzedCron[] {
  const crons = exports["default"] as { isCrons?: true; export(): string } | undefined;
  if (!crons?.isCrons) {
    throw new PushError(
      "InvalidModules",
      "The default export of crons.ts is not a list of crons: export the result of cronJobs().",
    );
  }
  const jobs = JSON.parse(crons.export()) as Record<string, CronExport>;
  return Object.entries(jobs).map(([name, job]) => ({
    name,
    path: job.name,
    args: job.args[0],
    schedule: parseSchedule(name, job.schedule),
  }));
}

function checkCron(
  path: string,
  cron: AnalyzedCron,
  modules: Record<string, AnalyzedModule>,
): void {
  const [module, name = "default"] = cron.path.split(":") as [string, string?];
  const target = modules[module.endsWith(".js") ? module : `${module}.js`]?.functions.find(
    (fn) => fn.name === name,
  );
  if (target && target.udfType !== "Query") return;
  throw new PushError(
    "InvalidCronJob",
    `The cron job "${cron.name}" in ${path} schedules ${cron.path}, which is not a mutation or an action of this deployment.`,
  );
}

/** Imports a module; what its top level throws refuses the push. */
function importModule(realm: Realm, code: Code, path: string): ModuleExports {
  return attempt(code, path, () => realm.load(path));
}

function attempt<T>(code: Code, module: string, body: () => T): T {
  try {
    return watched(MAX_USER_MS, () => asFunction(body));
  } catch (error) {
    if (error instanceof PushError) throw error;
    const { message } = toFunctionError(error, code.mapPosition);
    throw new PushError("InvalidModules", `Failed to analyze ${module}: ${message}`);
  }
}
