import { refusalOf } from "@milepost/backend/errors";

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Makes a call, and again as soon as the rate limit allows when it was called too often: a long history is more calls
 * than one may make at once. Other errors are the caller's.
 */
export async function patiently<T>(
  call: () => Promise<T>,
  wait: (ms: number) => Promise<void> = pause,
): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal?.code !== "RATE_LIMITED") throw error;
      await wait(refusal.retryAfterMs);
    }
  }
}
