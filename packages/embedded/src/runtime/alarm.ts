/** One timer for the earliest of many times. */

/**
 * Timers do not count what a computer slept, nor notice a clock that is set forward: the time is looked
 * at this often. (Much longer delays would make `setTimeout` fire at once.)
 */
const MAX_DELAY_MS = 60_000;

export class Alarm {
  readonly #ring: () => void;
  #timer: NodeJS.Timeout | null = null;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** Rings at `timeMs` (and every minute before); replaces the time set before. */
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
