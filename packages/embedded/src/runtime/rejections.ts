/**
 * A promise that a function rejects and nobody awaits must not stop the process. Such promises are of a
 * realm of their own, by which they are told apart from mistakes of the host.
 */

type Listener = (line: string) => void;

const listeners = new Set<Listener | undefined>();

/** Starts watching; the answer stops it. Several engines may watch in one process. */
export function guardRejections(log: Listener | undefined): () => void {
  if (listeners.size === 0) process.on("unhandledRejection", onRejection);
  const listener: Listener = (line) => log?.(line);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) process.off("unhandledRejection", onRejection);
  };
}

function onRejection(reason: unknown, promise: Promise<unknown>): void {
  const isHosts = promise instanceof Promise;
  if (!isHosts) {
    const text = String((reason as { message?: unknown } | null)?.message ?? reason);
    for (const listener of listeners)
      listener?.(`Unhandled promise rejection in a function: ${text}`);
  } else if (process.listenerCount("unhandledRejection") === 1) {
    // What Node does when nobody listens.
    throw reason;
  }
}
