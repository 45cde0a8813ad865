/** Objects of the host that know which function uses them. */
import { actionsOnly, ASYNC_CLASSES } from "./globals.ts";
import type { Frame, LogLevel, RealmKind } from "./realm.ts";
import { asHost } from "./watchdog.ts";

/** The classes of a realm whose use matters; `onAsync` is told before one makes something. */
export function watchedClasses(kind: RealmKind, onAsync: () => void): Record<string, unknown> {
  const entries = Object.entries(ASYNC_CLASSES).map(([name, HostClass]) => {
    const watched = new Proxy<object>(HostClass, {
      construct(target, args, newTarget): object {
        onAsync();
        return Reflect.construct(target as typeof Response, args, newTarget) as object;
      },
      get(target, property, receiver): unknown {
        // `Response.json` and the like. What `instanceof` asks for makes nothing.
        const isMaker = typeof property === "string" && property !== "prototype";
        if (isMaker) onAsync();
        return Reflect.get(target, property, receiver);
      },
    });
    return [name, watched] as const;
  });
  return { ...Object.fromEntries(entries), AbortSignal: abortSignal(kind, onAsync) };
}

/** A function that is stopped inside Node's timers would break them for everybody. */
function abortSignal(kind: RealmKind, onAsync: () => void): typeof AbortSignal {
  const timeout = (ms: number): AbortSignal => {
    if (kind === "transaction") throw new Error(actionsOnly("AbortSignal.timeout"));
    onAsync();
    return asHost(() => AbortSignal.timeout(ms));
  };
  return new Proxy(AbortSignal, {
    get: (target, name, receiver): unknown =>
      name === "timeout" ? timeout : Reflect.get(target, name, receiver),
  });
}

/** Node loads parts of its cryptography on first use: to be stopped in there would break it for everybody. */
export function functionCrypto(frame: () => Frame) {
  const subtle = new Proxy(crypto.subtle, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== "function") return method;
      return (...args: unknown[]) =>
        frame().hostOperation(asHost(() => method.apply(target, args) as Promise<unknown>));
    },
  });
  return {
    subtle,
    getRandomValues: <View extends Parameters<Crypto["getRandomValues"]>[0]>(view: View): View =>
      asHost(() => crypto.getRandomValues(view)),
    randomUUID: () => asHost(() => crypto.randomUUID()),
  };
}

/** What functions print goes to their log. */
export function functionConsole(frame: () => Frame) {
  const at =
    (level: LogLevel) =>
    (...values: unknown[]): void =>
      frame().log(level, values);
  const log = at("LOG");
  return {
    log,
    debug: at("DEBUG"),
    info: at("INFO"),
    warn: at("WARN"),
    error: at("ERROR"),
    trace: log,
    dir: log,
    group: log,
    groupEnd: () => {},
    table: log,
    time: () => {},
    timeEnd: () => {},
    timeLog: () => {},
    count: () => {},
    assert: (condition: unknown, ...values: unknown[]) => {
      if (!condition) at("ERROR")("Assertion failed", ...values);
    },
  };
}
