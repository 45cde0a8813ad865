/** A deployed push: the tree of component instances, their functions, and how references name them. */
import type { Code } from "./code.ts";
import { FunctionError, PushError, type PositionMapper } from "./errors.ts";
import { RealmPool } from "./pool.ts";
import type {
  AnalyzedDefinition,
  AnalyzedFunction,
  ChildComponent,
  EnvBinding,
} from "./analysis.ts";
import type { ComponentPath, JsonObject, SchemaJson } from "../types.ts";

/** A function of one component instance. */
export interface DeployedFunction extends AnalyzedFunction {
  component: Component;
  /** `module.js`. */
  module: string;
  /** `module:function`, as `api` and function handles write it. */
  path: string;
}

/** One component instance; path "" is the app. */
export interface Component {
  path: ComponentPath;
  definition: AnalyzedDefinition;
  /** Name -> instance path. */
  children: Map<string, ComponentPath>;
  environment: Record<string, string>;
  functions: Map<string, DeployedFunction>;
  realms: RealmPool;
  mapPosition: PositionMapper;
}

/** How convex/server's syscalls name a function: exactly one of the three is there. */
export interface FunctionAddress {
  name?: string;
  reference?: string;
  functionHandle?: string;
}

const CHILD_REFERENCE = "_reference/childComponent/";
const FUNCTION_REFERENCE = "_reference/function/";
const HANDLE = "function://";
/** Deeper trees are a mistake: every level runs inside the ones above it. */
const MAX_COMPONENTS = 1000;

export interface DeploymentParts {
  definitions: ReadonlyMap<string, AnalyzedDefinition>;
  codes: ReadonlyMap<string, Code>;
  environment: Record<string, string>;
  authProviders: JsonObject[];
}

export class Deployment {
  readonly components = new Map<ComponentPath, Component>();
  readonly authProviders: JsonObject[];
  readonly parts: DeploymentParts;

  /** Instantiates the component tree; refuses missing definitions and unbound environment variables. */
  constructor(parts: DeploymentParts) {
    this.parts = parts;
    this.authProviders = parts.authProviders;
    checkAppEnvironment(parts);
    this.#mount("", "", parts.environment);
  }

  schemas(): Map<ComponentPath, SchemaJson> {
    return new Map([...this.components].map(([path, { definition }]) => [path, definition.schema]));
  }

  /** The function at `module:name` (`.js` and a missing `:default` allowed); null when there is none. */
  find(component: ComponentPath, path: string): DeployedFunction | null {
    return this.components.get(component)?.functions.get(canonicalPath(path)) ?? null;
  }

  /**
   * The function that code in `from` means. Of a child component only public functions can be named;
   * a handle may lead anywhere. Throws when there is no such function.
   */
  resolve(from: ComponentPath, address: FunctionAddress): DeployedFunction {
    const { component, path, publicOnly } = this.#locate(from, address);
    const found = this.find(component, path);
    if (found && !(publicOnly && found.visibility !== "public")) return found;
    const place = component === "" ? "" : ` in component '${component}'`;
    throw new FunctionError(
      `Could not find ${publicOnly ? "public " : ""}function for '${path}'${place}. ` +
        "Did you forget to run `npx convex dev` or `npx convex deploy`?",
    );
  }

  #locate(
    from: ComponentPath,
    { name, reference, functionHandle }: FunctionAddress,
  ): { component: ComponentPath; path: string; publicOnly: boolean } {
    if (name !== undefined) return { component: from, path: name, publicOnly: false };
    if (functionHandle !== undefined) return { ...parseHandle(functionHandle), publicOnly: false };
    if (reference?.startsWith(FUNCTION_REFERENCE)) {
      return {
        component: from,
        path: reference.slice(FUNCTION_REFERENCE.length),
        publicOnly: false,
      };
    }
    if (reference?.startsWith(CHILD_REFERENCE)) {
      const [child, ...steps] = reference.slice(CHILD_REFERENCE.length).split("/");
      const component = this.components.get(from)?.children.get(child!);
      if (component === undefined) {
        throw new FunctionError(
          `Component "${child}" is not installed: add it to convex.config.ts with use().`,
        );
      }
      const fn = steps.pop();
      return { component, path: `${steps.join("/")}:${fn}`, publicOnly: true };
    }
    throw new FunctionError(`Unknown function reference ${JSON.stringify(reference)}`);
  }

  #mount(
    path: ComponentPath,
    definitionPath: string,
    environment: Record<string, string>,
  ): Component {
    const definition = this.parts.definitions.get(definitionPath);
    const code = this.parts.codes.get(definitionPath);
    if (!definition || !code || this.components.size >= MAX_COMPONENTS) {
      throw new PushError(
        "InvalidComponent",
        `The push does not hold component ${definitionPath}.`,
      );
    }
    const component: Component = {
      path,
      definition,
      children: new Map(),
      environment,
      functions: new Map(),
      realms: new RealmPool({ code, environment }),
      mapPosition: code.mapPosition,
    };
    this.components.set(path, component);
    for (const [module, { functions }] of Object.entries(definition.modules)) {
      for (const fn of functions) {
        const name = `${module.replace(/\.js$/, "")}:${fn.name}`;
        component.functions.set(name, { ...fn, component, module, path: name });
      }
    }
    for (const child of definition.metadata.childComponents) {
      const childPath = path === "" ? child.name : `${path}/${child.name}`;
      if (component.children.has(child.name)) {
        throw new PushError(
          "InvalidComponent",
          `Component ${childPath} is installed twice; give one of them a name.`,
        );
      }
      component.children.set(child.name, childPath);
      this.#mount(childPath, child.path, this.#childEnvironment(childPath, child, environment));
    }
    return component;
  }

  /** A component sees the variables it declares, bound by its parent, and nothing else. */
  #childEnvironment(
    path: ComponentPath,
    child: ChildComponent,
    parent: Record<string, string>,
  ): Record<string, string> {
    const bindings = new Map<string, EnvBinding>(child.env ?? []);
    const environment: Record<string, string> = {};
    const declared = this.parts.definitions.get(child.path)?.metadata.envVars ?? [];
    for (const [name, { optional }] of declared) {
      const binding = bindings.get(name);
      const value = binding?.type === "envVar" ? parent[binding.name] : binding?.value;
      if (value !== undefined) environment[name] = value;
      else if (!optional) {
        throw new PushError(
          "MissingEnvironmentVariables",
          `Required environment variables of component ${path} are not set: ${name}.`,
        );
      }
    }
    return environment;
  }
}

function checkAppEnvironment({ definitions, environment }: DeploymentParts): void {
  const declared = definitions.get("")?.metadata.envVars ?? [];
  const missing = declared
    .filter(([name, { optional }]) => !optional && environment[name] === undefined)
    .map(([name]) => name);
  if (missing.length > 0) {
    throw new PushError(
      "MissingEnvironmentVariables",
      `Required environment variables are not set: ${missing.join(", ")}.`,
    );
  }
}

/** `a/b.js:c` and `a/b:c` are the same function, `a/b` is its default export. */
export function canonicalPath(path: string): string {
  const colon = path.lastIndexOf(":");
  const module = colon < 0 ? path : path.slice(0, colon);
  const name = colon < 0 ? "default" : path.slice(colon + 1);
  return `${module.endsWith(".js") ? module.slice(0, -3) : module}:${name}`;
}

/** `a/b.js:c`, as Convex names a function in refusals of its arguments and results. */
export function modulePath(fn: DeployedFunction): string {
  return `${fn.module}:${fn.name}`;
}

/** The text by which another component can call `fn`, now or after later deploys. */
export function functionHandle(fn: DeployedFunction): string {
  return `${HANDLE}${fn.component.path};${fn.path}`;
}

function parseHandle(handle: string): { component: ComponentPath; path: string } {
  const separator = handle.indexOf(";");
  if (!handle.startsWith(HANDLE) || separator < 0) {
    throw new FunctionError(`Invalid function handle ${JSON.stringify(handle)}`);
  }
  return {
    component: handle.slice(HANDLE.length, separator),
    path: handle.slice(separator + 1),
  };
}
