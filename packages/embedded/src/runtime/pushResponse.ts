/** The answer to start_push, in the shape the official CLI checks and generates types from. */
import { randomBytes } from "node:crypto";
import { integerToJson } from "../codec/json.ts";
import type {
  AnalyzedCron,
  AnalyzedDefinition,
  AnalyzedFunction,
  AnalyzedModule,
} from "./analysis.ts";
import type { Component, Deployment } from "./deployment.ts";
import type { ComponentPath, IndexDiff, JsonObject } from "../types.ts";

/** Builds the start_push response of an evaluated push that is not active. */
export function pushResponse(
  deployment: Deployment,
  indexDiffs: ReadonlyMap<ComponentPath, IndexDiff>,
): JsonObject {
  const definitions = [...deployment.parts.definitions.values()];
  const response = {
    environmentVariables: {},
    externalDepsId: null,
    componentDefinitionPackages: {},
    appAuth: deployment.authProviders,
    analysis: Object.fromEntries(definitions.map((one) => [one.path, definitionJson(one)])),
    app: componentJson(deployment, deployment.components.get("")!),
    schemaChange: {
      allocatedComponentIds: {},
      schemaIds: {},
      indexDiffs: Object.fromEntries(
        [...indexDiffs].map(([path, diff]) => [path, indexDiffJson(diff)]),
      ),
    },
  };
  return response as unknown as JsonObject;
}

function definitionJson(definition: AnalyzedDefinition): object {
  const { metadata, modules } = definition;
  return {
    definition: {
      ...metadata,
      path: definition.path,
      exports: exportTree(modules),
    },
    schema: definition.schema,
    functions: Object.fromEntries(
      Object.entries(modules).map(([path, module]) => [path, moduleJson(module)]),
    ),
    udfConfig: {
      serverVersion: definition.serverVersion,
      importPhaseRngSeed: { $bytes: randomBytes(32).toString("base64") },
      importPhaseUnixTimestamp: integerToJson(BigInt(Date.now()) * 1_000_000n),
    },
  };
}

function moduleJson({ functions, httpRoutes, crons }: AnalyzedModule): object {
  return {
    functions: functions.map(functionJson),
    httpRoutes,
    cronSpecs: crons?.map((cron) => [cron.name, cronJson(cron)]) ?? null,
    sourceMapped: null,
  };
}

function functionJson({ name, udfType, visibility, args, returns }: AnalyzedFunction): object {
  return {
    name,
    pos: null,
    udfType,
    visibility: { kind: visibility },
    args: JSON.stringify(args ?? { type: "any" }),
    returns: returns && JSON.stringify(returns),
  };
}

function cronJson({ path, args, schedule }: AnalyzedCron): object {
  return { udfPath: path, udfArgs: [args], cronSchedule: schedule };
}

interface Branch {
  type: "branch";
  branch: Array<[name: string, node: Branch | { type: "leaf"; leaf: string }]>;
}

/** What a parent may call: every public function, at the path of its module. */
function exportTree(modules: Record<string, AnalyzedModule>): Branch {
  const root: Branch = { type: "branch", branch: [] };
  for (const [path, { functions }] of Object.entries(modules)) {
    const exported = functions.filter(({ visibility }) => visibility === "public");
    if (exported.length === 0) continue;
    let node = root;
    for (const step of path.replace(/\.js$/, "").split("/")) node = branchAt(node, step);
    for (const { name } of exported) {
      node.branch.push([name, { type: "leaf", leaf: `_reference/function/${path}:${name}` }]);
    }
  }
  return root;
}

function branchAt(parent: Branch, name: string): Branch {
  const known = parent.branch.find(
    ([existing, node]) => existing === name && node.type === "branch",
  );
  if (known) return known[1] as Branch;
  const created: Branch = { type: "branch", branch: [] };
  parent.branch.push([name, created]);
  return created;
}

function componentJson(deployment: Deployment, component: Component): object {
  const { definition, path, children } = component;
  const child = (childPath: ComponentPath) =>
    componentJson(deployment, deployment.components.get(childPath)!);
  return {
    definitionPath: definition.path,
    componentPath: path,
    args: {},
    childComponents: Object.fromEntries(
      [...children].map(([name, childPath]) => [name, child(childPath)]),
    ),
    httpRoutes: {
      httpModuleRoutes: definition.modules["http.js"]?.httpRoutes ?? null,
      mounts: Object.keys(definition.metadata.httpMounts),
    },
    exports: {},
  };
}

function indexDiffJson({ added, removed }: IndexDiff): object {
  const index = ({ table, name, fields }: IndexDiff["added"][number]) => ({
    name: `${table}.${name}`,
    type: "database",
    fields,
  });
  return { added_indexes: added.map(index), removed_indexes: removed.map(index) };
}
