/**
 * What a function leaves behind that fails must not stop the process: a promise that it rejects and nobody awaits,
 * and what its event listeners throw, which Node throws once more where nobody can catch it. `fetch`, requests and
 * responses hand functions promises of the host, so a function's cannot be told from the host's own: every one is
 * printed, and none ends the process. An error that the host throws itself does, as it would without this.
 */
type Listener = (line: string) => void;

const listeners = new Set<Listener>();

/** Starts watching; the answer stops it. Several engines may watch in one process. */
export function guardUncaught(log: Listener | undefined): () => void {
  if (listeners.size === 0) {
    process.on("unhandledRejection", onRejection);
    process.on("uncaughtException", onException);
  }
  const listener: Listener = (line) => log?.(line);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    process.off("unhandledRejection", onRejection);
    process.off("uncaughtException", onException);
  };
}

function onRejection(reason: unknown, promise: Promise<unknown>): void {
  // The promises of a realm are certainly a function's; for the others the stack says whose they are.
  tell(
    promise instanceof Promise
      ? `Unhandled promise rejection: ${stackOf(reason)}`
      : `Unhandled promise rejection in a function: ${messageOf(reason)}`,
  );
}

function onException(error: unknown): void {
  if (isOfFunction(error)) return tell(`Uncaught error in a function: ${messageOf(error)}`);
  process.off("uncaughtException", onException);
  process.nextTick(() => {
    throw error;
  });
}

/** Errors of a realm, what is no error at all, and what the host threw into a function's code. */
function isOfFunction(error: unknown): boolean {
  return !(error instanceof Error) || stackOf(error).includes("convex:");
}

function tell(line: string): void {
  for (const listener of listeners) listener(line);
}

function stackOf(thrown: unknown): string {
  return textOf(() => (thrown as { stack?: unknown } | null | undefined)?.stack ?? thrown);
}

function messageOf(thrown: unknown): string {
  return textOf(() => (thrown as { message?: unknown } | null | undefined)?.message ?? thrown);
}

/** A function may throw what cannot be read, or has no text. */
function textOf(read: () => unknown): string {
  try {
    return String(read());
  } catch {
    return "something without a text";
  }
}
