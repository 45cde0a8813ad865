/** One vm context with the modules of one component; it runs one function at a time. */
import { createContext, runInContext, Script, type Context } from "node:vm";
import { bootstrap, type Bootstrap } from "./bootstrap.ts";
import type { Code } from "./code.ts";
import {
  ACTIONS_ONLY,
  actionsOnly,
  ALLOWED_GLOBALS,
  GLOBAL_NAMES,
  SHARED_GLOBALS,
  type RealmGlobal,
} from "./globals.ts";
import { functionConsole, functionCrypto, watchedClasses } from "./hostObjects.ts";
import { asFunction, asHost } from "./watchdog.ts";

export type LogLevel = "DEBUG" | "ERROR" | "INFO" | "LOG" | "WARN";

/** The function that is running in a realm: its calls to the host arrive here. */
export interface Frame {
  /** What `Date.now()` answers, in milliseconds. */
  nowMs(): number;
  random(): number;
  log(level: LogLevel, values: unknown[]): void;
  syscall(operation: string, args: string): string;
  /** A result that is known at once comes as a plain string: awaiting it costs one microtask. */
  asyncSyscall(operation: string, args: string): string | Promise<string>;
  jsSyscall(operation: string, args: Record<string, unknown>): unknown;
  /** Counts an operation of the host that the function may be waiting for. */
  hostOperation<T>(result: Promise<T>): Promise<T>;
  /** Runs a callback of the function, and what it sets off. */
  resume(callback: () => void): void;
}

/** How a call ended; `done` becomes 1 when it returned and 2 when it threw. */
export interface CallState {
  done: 0 | 1 | 2;
  value: unknown;
}

/** An exported function as convex/server's builders make it. */
export interface RegisteredFunction {
  isQuery?: true;
  isMutation?: true;
  isAction?: true;
  isHttp?: true;
  isPublic?: true;
  isInternal?: true;
  exportArgs?(): string;
  exportReturns?(): string;
  invokeQuery?(this: void, args: string): Promise<string>;
  invokeMutation?(this: void, args: string): Promise<string>;
  invokeAction?(this: void, requestId: string, args: string): Promise<string>;
  invokeHttpAction?(this: void, request: Request): Promise<Response>;
}

export type ModuleExports = Record<string, unknown>;

/** "transaction" realms run queries and mutations, "action" realms actions and HTTP actions. */
export type RealmKind = "transaction" | "action";

export interface RealmOptions {
  code: Code;
  kind: RealmKind;
  /** `process.env` inside; the realm owns the object. */
  environment: Readonly<Record<string, string>>;
  /** Modules that are not in the code: specifier -> default export. */
  virtualModules?: ReadonlyMap<string, unknown>;
}

const NOTHING = new Script("0");

const NO_FUNCTION =
  "This call is only possible while a Convex function is running, not while its module is imported.";

/** Answers the host calls of a module's top level. */
const IMPORT_FRAME: Frame = {
  nowMs: Date.now,
  random: Math.random,
  log: () => {},
  syscall: () => refuse(NO_FUNCTION),
  asyncSyscall: () => refuse(NO_FUNCTION),
  jsSyscall: () => refuse(NO_FUNCTION),
  hostOperation: (result) => result,
  resume: () => {},
};

export class Realm {
  readonly kind: RealmKind;
  /** The running function; null between calls and while modules are imported. */
  frame: Frame | null = null;
  readonly #code: Code;
  readonly #virtualModules: ReadonlyMap<string, unknown>;
  readonly #context: Context;
  readonly #bootstrap: Bootstrap;
  readonly #globals: unknown[];
  readonly #modules = new Map<string, { exports: ModuleExports }>();
  #mayBeAnswered = false;
  /** By the number that the function knows a timer by. */
  readonly #timers = new Map<number, NodeJS.Timeout>();
  #lastTimer = 0;

  constructor({ code, kind, environment, virtualModules }: RealmOptions) {
    this.kind = kind;
    this.#code = code;
    this.#virtualModules = virtualModules ?? new Map();
    // With a microtask queue of its own a function runs only within `run`, `resume` and `drain`, where it
    // can be stopped; what is unsettled after them waits for the host, or for ever.
    this.#context = createContext(
      {},
      { codeGeneration: { strings: false, wasm: false }, microtaskMode: "afterEvaluate" },
    );
    this.#bootstrap = bootstrap(this.#context, {
      nowMs: () => this.#frame.nowMs(),
      random: () => this.#frame.random(),
    });
    const globals = runInContext("self = globalThis", this.#context) as Record<string, unknown>;
    const classes = watchedClasses(this.kind, () => (this.#mayBeAnswered = true));
    Object.assign(globals, SHARED_GLOBALS, classes, this.#realmGlobals(environment));
    for (const name of Object.getOwnPropertyNames(globals)) {
      // One that is for debugging stays: `gc` of `--expose-gc`.
      if (!ALLOWED_GLOBALS.has(name)) Reflect.deleteProperty(globals, name);
    }
    this.#globals = GLOBAL_NAMES.map((name) => globals[name]);
  }

  /**
   * True when something in it may wait for a promise of the host that nobody counts: what a function left
   * behind would go on inside the next one.
   */
  get mayBeAnswered(): boolean {
    return this.#mayBeAnswered;
  }

  /** The exports of a module; imports it and what it needs on first use, throwing what it throws. */
  load(path: string): ModuleExports {
    const known = this.#modules.get(path);
    if (known) return known.exports;
    const module = { exports: {} as ModuleExports };
    this.#modules.set(path, module);
    const require = (specifier: string): unknown => {
      const virtual = this.#virtualModules.get(specifier);
      if (virtual !== undefined) return { __esModule: true, default: virtual };
      return this.load(this.#code.resolve(path, specifier));
    };
    try {
      asFunction(() => {
        const wrapper = this.#code.modules.get(path)!.script.runInContext(this.#context);
        wrapper(...this.#globals)(module.exports, require, module);
      });
    } catch (error) {
      this.#modules.delete(path);
      throw error;
    }
    return module.exports;
  }

  /** Starts `fn` and runs it as far as it gets without the host's help; `state` tells how it ended. */
  run(state: CallState, fn: (...args: never[]) => Promise<unknown>, args: unknown[]): void {
    const start = fn as (...args: unknown[]) => Promise<unknown>;
    this.resume(() => this.#bootstrap.invoke(state, start, args));
  }

  /** Runs a callback of the function, and every microtask that waits then. */
  resume(callback: () => void): void {
    asFunction(() => {
      callback();
      NOTHING.runInContext(this.#context);
    });
  }

  /** Runs every microtask that is waiting. */
  drain(): void {
    this.resume(() => {});
  }

  /** A promise whose continuations run in this realm. */
  promise<T>(executor: ConstructorParameters<typeof Promise<T>>[0]): Promise<T> {
    return this.#bootstrap.promise(executor);
  }

  /** Stops what the last function left behind. */
  clearTimers(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  get #frame(): Frame {
    return this.frame ?? IMPORT_FRAME;
  }

  #realmGlobals(environment: Readonly<Record<string, string>>): Record<RealmGlobal, unknown> {
    return {
      Convex: {
        syscall: (operation: string, args: string) =>
          asHost(() => this.#frame.syscall(operation, args)),
        asyncSyscall: (operation: string, args: string) =>
          asHost(() => this.#frame.asyncSyscall(operation, args)),
        jsSyscall: (operation: string, args: Record<string, unknown>) =>
          asHost(() => this.#frame.jsSyscall(operation, args)),
      },
      console: functionConsole(() => this.#frame),
      crypto: functionCrypto(() => this.#frame),
      process: { env: environment },
      performance: { now: () => this.#frame.nowMs(), timeOrigin: 0 },
      queueMicrotask: runInContext("queueMicrotask", this.#context),
      ...(this.kind === "action" ? this.#actionGlobals() : this.#transactionGlobals()),
    };
  }

  #actionGlobals() {
    // A function that is stopped inside Node's timers or connections would break them for everybody.
    const start =
      (schedule: typeof setTimeout | typeof setInterval) =>
      (callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]): number => {
        // What a timer throws would otherwise end the process.
        const guarded = (): void => {
          try {
            callback(...args);
          } catch (error) {
            this.#frame.log("ERROR", ["Uncaught error in a timer:", error]);
          }
        };
        const delayMs = Number(ms ?? 0);
        const id = ++this.#lastTimer;
        asHost(() =>
          this.#timers.set(
            id,
            schedule(() => this.#frame.resume(guarded), delayMs),
          ),
        );
        return id;
      };
    const stop = (id: unknown): void => {
      if (typeof id !== "number") return;
      asHost(() => clearTimeout(this.#timers.get(id)));
      this.#timers.delete(id);
    };
    const send = async (...args: Parameters<typeof fetch>): Promise<Response> => {
      // Reading its answer is not counted.
      this.#mayBeAnswered = true;
      const request = new Request(...args);
      return await asHost(() => fetch(request));
    };
    return {
      fetch: (...args: Parameters<typeof fetch>) => this.#frame.hostOperation(send(...args)),
      setTimeout: start(setTimeout),
      setInterval: start(setInterval),
      clearTimeout: stop,
      clearInterval: stop,
    };
  }

  #transactionGlobals() {
    const refused = ACTIONS_ONLY.map((name) => [name, () => refuse(actionsOnly(name))] as const);
    return Object.fromEntries(refused) as Record<(typeof ACTIONS_ONLY)[number], () => never>;
  }
}

function refuse(message: string): never {
  throw new Error(message);
}
