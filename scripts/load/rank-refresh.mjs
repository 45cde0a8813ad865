/** As packages/web's useAround: a place is asked for at most this often, and again now and then. */
const MIN_INTERVAL_MS = 5_000;
const IDLE_INTERVAL_MS = 20_000;

/** Asks for somebody's place as the page of a board does: when it is wanted for something new, and now and then. */
export class RankRefresh {
  #ask;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  #askedAtMs = 0;
  /** @type {unknown} */
  #trigger;

  /** @param {() => Promise<void>} ask */
  constructor(ask) {
    this.#ask = ask;
  }

  /** @param {unknown} trigger asks again when it changes; undefined: the place is not wanted now */
  want(trigger) {
    if (trigger === this.#trigger) return;
    this.#trigger = trigger;
    clearTimeout(this.#timer);
    if (trigger === undefined) return;
    const wait = Math.max(0, this.#askedAtMs + MIN_INTERVAL_MS - Date.now());
    this.#timer = setTimeout(() => this.#run(), wait);
  }

  #run() {
    this.#timer = setTimeout(() => this.#run(), IDLE_INTERVAL_MS);
    this.#askedAtMs = Date.now();
    void this.#ask();
  }
}
