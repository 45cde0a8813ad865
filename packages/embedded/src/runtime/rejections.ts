/**
 * A promise that a function rejects and nobody awaits must not stop the process. `fetch`, requests and
 * responses hand functions promises of the host, so a function's cannot be told from the host's own:
 * every one is printed, and none ends the process.
 */
type Listener = (line: string) => void;

const listeners = new Set<Listener>();

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
  const error = reason as { message?: unknown; stack?: unknown } | null | undefined;
  // The promises of a realm are certainly a function's; for the others the stack says whose they are.
  const text =
    promise instanceof Promise
      ? `Unhandled promise rejection: ${String(error?.stack ?? reason)}`
      : `Unhandled promise rejection in a function: ${String(error?.message ?? reason)}`;
  for (const listener of listeners) listener(text);
}
