const TRIES = 4;
const FIRST_WAIT_MS = 200;

/**
 * What Convex says when a mutation met other writes on all its retries; nothing of it was written. Text of the platform
 * (https://docs.convex.dev/error#1): such a failure has no code at the client.
 */
const CONFLICT = /changed while this mutation was being run/;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Makes a call, and again when it lost too many write conflicts. It must carry a requestId, so that a call whose answer
 * alone was lost is not done twice. Other errors are the caller's.
 *
 * @param wait told milliseconds: twice as long each time, with up to as much again by chance, so that calls that met do
 *   not meet again
 */
export async function persistently<T>(
  call: () => Promise<T>,
  wait: (ms: number) => Promise<void> = pause,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      if (tries === TRIES || !CONFLICT.test(String(error))) throw error;
      await wait(FIRST_WAIT_MS * 2 ** (tries - 1) * (1 + Math.random()));
    }
  }
}
