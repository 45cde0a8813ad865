/** What is different inside a context from plain JavaScript: its clock, its dice, its language, its errors. */
import { Script, type Context } from "node:vm";
import type { CallState } from "./realm.ts";

/** What the script inside the context asks of the host. */
interface BootstrapHost {
  nowMs(): number;
  random(): number;
  /** True where the process speaks another language than functions on Convex do. */
  isForeign: boolean;
}

/** What the host gets from inside the context. */
export interface Bootstrap {
  invoke(state: CallState, fn: (...args: unknown[]) => Promise<unknown>, args: unknown[]): void;
  promise<T>(executor: ConstructorParameters<typeof Promise<T>>[0]): Promise<T>;
}

type RunBootstrap = (
  host: BootstrapHost,
  hostErrors: Record<string, ErrorConstructor>,
) => Bootstrap;

/**
 * Errors made by the host (a bad URL, a failed fetch) have to be instances of the classes that the function
 * names, hence `Symbol.hasInstance`. When garbage is collected depends on everybody's work, so weak
 * references hold and registries never call, as on Convex.
 */
const BOOTSTRAP = new Script(`(function (host, hostErrors) {
  "use strict";
  const RealDate = Date;
  function FixedDate(...args) {
    if (!new.target) return new RealDate(host.nowMs()).toString();
    return Reflect.construct(RealDate, args.length === 0 ? [host.nowMs()] : args, new.target);
  }
  Object.defineProperty(FixedDate, "name", { value: "Date" });
  FixedDate.prototype = RealDate.prototype;
  FixedDate.prototype.constructor = FixedDate;
  FixedDate.now = () => host.nowMs();
  FixedDate.parse = RealDate.parse;
  FixedDate.UTC = RealDate.UTC;
  delete RealDate.prototype.toTemporalInstant;
  globalThis.Date = FixedDate;
  Math.random = () => host.random();

  const canBeHeld = (value) =>
    (typeof value === "object" && value !== null) || typeof value === "function" ||
    (typeof value === "symbol" && Symbol.keyFor(value) === undefined);
  globalThis.WeakRef = class WeakRef {
    #target;
    constructor(target) {
      if (!canBeHeld(target)) throw new TypeError("target must be an object");
      this.#target = target;
    }
    deref() { return this.#target; }
  };
  globalThis.FinalizationRegistry = class FinalizationRegistry {
    #tokens = new WeakSet();
    constructor(cleanup) {
      if (typeof cleanup !== "function") throw new TypeError("cleanup must be callable");
    }
    register(target, held, token) {
      if (!canBeHeld(target)) throw new TypeError("target must be an object");
      if (target === held) throw new TypeError("target and holdings must not be same");
      if (canBeHeld(token)) this.#tokens.add(token);
    }
    unregister(token) { return this.#tokens.delete(token); }
  };

  // Without a date these read the machine's clock.
  const dates = Intl.DateTimeFormat.prototype;
  const { get: formatter } = Object.getOwnPropertyDescriptor(dates, "format");
  const bound = new WeakMap();
  Object.defineProperty(dates, "format", {
    configurable: true,
    get() {
      const format = formatter.call(this);
      if (!bound.has(format)) bound.set(format, (date = host.nowMs()) => format(date));
      return bound.get(format);
    },
  });
  const { formatToParts } = dates;
  dates.formatToParts = function (date = host.nowMs()) { return formatToParts.call(this, date); };

  if (host.isForeign) {
    const inEnglish = (target, name, position) => {
      const ordinary = target[name];
      const changed = new Proxy(ordinary, {
        apply: (fn, self, args) => Reflect.apply(fn, self, withLocale(args)),
        construct: (fn, args, newTarget) => Reflect.construct(fn, withLocale(args), newTarget),
      });
      const withLocale = (args) => {
        const given = [...args];
        if (given[position] === undefined) {
          while (given.length < position) given.push(undefined);
          given[position] = "en-US";
        }
        return given;
      };
      Object.defineProperty(target, name, { value: changed, writable: true, configurable: true });
    };
    // Newer versions of Node have more of them.
    for (const name of Object.getOwnPropertyNames(Intl)) {
      if (Intl[name].supportedLocalesOf === undefined) continue;
      inEnglish(Intl, name, 0);
      Intl[name].prototype.constructor = Intl[name];
    }
    for (const type of [Number, BigInt, RealDate]) inEnglish(type.prototype, "toLocaleString", 0);
    for (const name of ["toLocaleDateString", "toLocaleTimeString"]) inEnglish(RealDate.prototype, name, 0);
    for (const name of ["toLocaleLowerCase", "toLocaleUpperCase"]) inEnglish(String.prototype, name, 0);
    inEnglish(String.prototype, "localeCompare", 1);
    // The name of the time zone at its end is in the machine's language.
    for (const name of ["toString", "toTimeString"]) {
      const ordinary = RealDate.prototype[name];
      RealDate.prototype[name] = function () {
        return ordinary.call(this).replace(/\\(.*\\)$/, "(Coordinated Universal Time)");
      };
    }
  }

  const ordinaryInstance = Function.prototype[Symbol.hasInstance];
  for (const [name, HostError] of Object.entries(hostErrors)) {
    const RealmError = globalThis[name];
    Object.defineProperty(RealmError, Symbol.hasInstance, {
      value(thrown) {
        return ordinaryInstance.call(this, thrown) || (this === RealmError && thrown instanceof HostError);
      },
    });
  }
  globalThis.queueMicrotask = (callback) => void Promise.resolve().then(callback);
  return {
    invoke(state, fn, args) {
      fn(...args).then(
        (value) => { state.done = 1; state.value = value; },
        (thrown) => { state.done = 2; state.value = thrown; },
      );
    },
    promise: (executor) => new Promise(executor),
  };
})`);

const HOST_ERRORS = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

// The time zone of functions on Convex; a process has one for all its contexts.
process.env["TZ"] = "UTC";
const isForeign = new Intl.NumberFormat().resolvedOptions().locale !== "en-US";

/** Prepares a new context; `clock` answers for whatever function runs in it. */
export function bootstrap(
  context: Context,
  clock: Pick<BootstrapHost, "nowMs" | "random">,
): Bootstrap {
  const run = BOOTSTRAP.runInContext(context) as RunBootstrap;
  return run({ ...clock, isForeign }, HOST_ERRORS);
}
