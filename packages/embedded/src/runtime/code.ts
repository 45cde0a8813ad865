/** Deployed modules as scripts: bundled ESM becomes CommonJS, is compiled once, and instantiated per realm. */
import { createHash } from "node:crypto";
import { SourceMap, type SourceMapPayload } from "node:module";
import { posix } from "node:path";
import { Script } from "node:vm";
import * as esbuild from "esbuild";
import { PushError } from "./errors.ts";
import { GLOBAL_NAMES } from "./globals.ts";
import type { PushModule } from "../types.ts";

/** Esbuild's answer is a CommonJS body; `import()` becomes a promise of `require`. */
const TO_COMMONJS = {
  format: "cjs",
  loader: "js",
  target: "esnext",
  supported: { "dynamic-import": false },
  // These names belong to the wrapper; in a module they are as undeclared as on Convex.
  define: { require: "undefined", module: "undefined", exports: "undefined" },
  logLevel: "silent",
} as const satisfies esbuild.TransformOptions;

// Every lookup of a global in a vm context is intercepted and slow, so a module gets them as
// parameters. The inner function lets a module declare names such as `URL` for itself.
const PROLOGUE = `(function(${GLOBAL_NAMES.join(",")}){return function(exports,require,module){"use strict";`;
const EPILOGUE = "\n}})";

/** One module, ready to be instantiated. */
export interface CompiledModule {
  path: string;
  /** Its CommonJS body. */
  body: string;
  script: Script;
  source: PushModule;
}

/** CommonJS bodies for a later process, which then need not run esbuild. */
export interface CompiledBodies {
  /** What made them: others are compiled anew. */
  by: string;
  /** Key of a module -> its body. */
  bodies: Record<string, string>;
}

const COMPILED_BY = `${esbuild.version} ${JSON.stringify(TO_COMMONJS)}`;

/** The modules of one component definition. */
export class Code {
  readonly modules: ReadonlyMap<string, CompiledModule>;

  constructor(modules: Iterable<CompiledModule>) {
    this.modules = new Map([...modules].map((module) => [module.path, module]));
  }

  /** The module that `specifier` means inside `importer`; throws when the push does not hold it. */
  resolve(importer: string, specifier: string): string {
    const path = posix.join(posix.dirname(importer), specifier);
    if (!specifier.startsWith(".") || !this.modules.has(path)) {
      throw new Error(`Could not resolve "${specifier}", imported by "${importer}"`);
    }
    return path;
  }

  /** Where a position of `file` (`convex:` and the module's path) lies in the author's sources. */
  readonly mapPosition = (file: string, line: number, column: number): string | null => {
    const module = this.modules.get(file.slice("convex:".length));
    return module ? originalPosition(module, line, column) : null;
  };
}

/** Compiles modules and keeps the results, so that a redeploy compiles only what changed. */
export class Compiler {
  #compiled = new Map<string, Pick<CompiledModule, "body" | "script">>();

  /** Refuses modules that are not valid JavaScript, with esbuild's message and position. */
  async compile(modules: readonly PushModule[]): Promise<Code> {
    return new Code(await Promise.all(modules.map((module) => this.#compile(module))));
  }

  /** Forgets everything that `codes` do not use. */
  retain(codes: Iterable<Code>): void {
    this.#compiled = new Map(
      [...codes].flatMap((code) =>
        [...code.modules.values()].map((module) => [moduleKey(module.source), module] as const),
      ),
    );
  }

  /** Takes over what an earlier process compiled. */
  restore({ by, bodies }: CompiledBodies): void {
    if (by !== COMPILED_BY) return;
    for (const [key, body] of Object.entries(bodies)) {
      const script = toScript(key.slice(0, key.indexOf("\0")), body);
      this.#compiled.set(key, { body, script });
    }
  }

  async #compile(source: PushModule): Promise<CompiledModule> {
    if (source.environment === "node") {
      throw new PushError(
        "InvalidModules",
        `${source.path} has "use node": the Node.js runtime is not part of the embedded deployment. ` +
          `Remove "use node", or deploy to Convex cloud or self-hosted Convex.`,
      );
    }
    const key = moduleKey(source);
    let compiled = this.#compiled.get(key);
    if (!compiled) {
      const { code: body } = await esbuild
        .transform(source.source, TO_COMMONJS)
        .catch((error: unknown) => {
          throw new PushError("InvalidModules", `${source.path}: ${(error as Error).message}`);
        });
      compiled = { body, script: toScript(source.path, body) };
      this.#compiled.set(key, compiled);
    }
    const { body, script } = compiled;
    return { path: source.path, body, script, source };
  }
}

/** What to keep of `codes` for `Compiler.restore`. */
export function compiledBodies(codes: Iterable<Code>): CompiledBodies {
  const modules = [...codes].flatMap((code) => [...code.modules.values()]);
  const bodies = modules.map(({ source, body }) => [moduleKey(source), body]);
  return { by: COMPILED_BY, bodies: Object.fromEntries(bodies) as Record<string, string> };
}

// Esbuild hands out a copy of a module's exports, whose every property asks the original's: a chain of two calls at each
// use of an import, the first of which V8 cannot inline. The original says the same, and a loop over imports takes less
// than half of the time.
const EXPORTS_COPIED = "module.exports = __toCommonJS(stdin_exports);";
const EXPORTS_ITSELF = 'module.exports = __defProp(stdin_exports, "__esModule", { value: true });';

function toScript(path: string, body: string): Script {
  return new Script(PROLOGUE + body.replace(EXPORTS_COPIED, EXPORTS_ITSELF) + EPILOGUE, {
    filename: `convex:${path}`,
    columnOffset: -PROLOGUE.length,
  });
}

/** The hash by which the CLI recognises an unchanged module: source followed by its source map. */
export function moduleHash(module: PushModule): string {
  return createHash("sha256")
    .update(module.source)
    .update(module.sourceMap ?? "")
    .digest("hex");
}

function moduleKey(module: PushModule): string {
  return `${module.path}\0${createHash("sha256").update(module.source).digest("hex")}`;
}

interface ModuleMaps {
  toBundle: SourceMap;
  toSource: SourceMap | null;
}

const maps = new WeakMap<CompiledModule, ModuleMaps>();

/** Two steps: our CommonJS back to the bundle, and the bundle's own map back to the author's file. */
function originalPosition(module: CompiledModule, line: number, column: number): string | null {
  const { toBundle, toSource } = moduleMaps(module);
  const bundled = toBundle.findEntry(line - 1, column - 1);
  if (!("originalLine" in bundled)) return null;
  if (!toSource) return `${module.path}:${bundled.originalLine + 1}:${bundled.originalColumn + 1}`;
  const original = toSource.findEntry(bundled.originalLine, bundled.originalColumn);
  if (!("originalLine" in original)) return null;
  return `${original.originalSource}:${original.originalLine + 1}:${original.originalColumn + 1}`;
}

function moduleMaps(module: CompiledModule): ModuleMaps {
  let found = maps.get(module);
  if (!found) {
    // Made for the first error of a module only: a deploy would pay for thousands nobody looks at.
    const { map } = esbuild.transformSync(module.source.source, {
      ...TO_COMMONJS,
      sourcemap: "external",
      sourcefile: module.path,
    });
    found = { toBundle: parseMap(map)!, toSource: parseMap(module.source.sourceMap) };
    maps.set(module, found);
  }
  return found;
}

function parseMap(text: string | undefined): SourceMap | null {
  if (!text) return null;
  try {
    return new SourceMap(JSON.parse(text) as SourceMapPayload);
  } catch {
    return null;
  }
}
