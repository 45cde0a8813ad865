/** A clock that stands still until it is moved, for two deployments at once. */
import { vi } from "vitest";

const { setTimeout: startReal, clearTimeout: stopReal } = globalThis;

export function stopClock(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  const { setTimeout: startFake, clearTimeout: stopFake } = globalThis;
  // LMDB renews its snapshot in timers without a delay: those go on.
  const start = (callback: () => void, delayMs = 0) =>
    delayMs > 0 ? startFake(callback, delayMs) : startReal(callback, 0);
  const stop = (timer: Parameters<typeof clearTimeout>[0]): void => {
    stopReal(timer);
    stopFake(timer);
  };
  Object.assign(globalThis, { setTimeout: start, clearTimeout: stop });
}

/** Moves the clock on, and runs what was set for the time between. */
export function moveClock(ms: number): void {
  vi.advanceTimersByTime(ms);
}

/** Moves the clock to the next timer; false when none is set. */
export function moveToNextTimer(): boolean {
  if (vi.getTimerCount() === 0) return false;
  vi.advanceTimersToNextTimer();
  return true;
}

export function startClock(): void {
  vi.useRealTimers();
  Object.assign(globalThis, { setTimeout: startReal, clearTimeout: stopReal });
}
