/** One timer for the earliest of many times. */

/** Longer delays make `setTimeout` fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export class Alarm {
  readonly #ring: () => void;
  #timer: NodeJS.Timeout | null = null;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** Rings at `timeMs` (or some time before, when that is weeks away); replaces the time set before. */
  set(timeMs: number | null): void {
    this.clear();
    if (timeMs === null) return;
    // Timers count whole milliseconds: rounded down, it would ring in vain just before its time.
    const delay = Math.min(Math.max(0, Math.ceil(timeMs - Date.now())), MAX_DELAY_MS);
    this.#timer = setTimeout(this.#ring, delay);
  }

  clear(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
