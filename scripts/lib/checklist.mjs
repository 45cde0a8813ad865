import { isDeepStrictEqual } from "node:util";

/**
 * Counts what a check of the running product found out and prints each finding as it comes. The last line it prints is
 * "N passed, N failed".
 */
export class Checklist {
  #passed = 0;
  #failed = 0;

  /** @param {string} claim a sentence that should be true @param {boolean} holds @param {unknown} [otherwise] shown when not */
  that(claim, holds, otherwise) {
    if (holds) this.#passed += 1;
    else this.#failed += 1;
    console.log(`${holds ? "ok    " : "FAILED"}  ${claim}`);
    if (!holds && otherwise !== undefined) console.log("       ", otherwise);
  }

  /** @param {string} claim @param {unknown} actual @param {unknown} expected compared deeply */
  equal(claim, actual, expected) {
    this.that(claim, isDeepStrictEqual(actual, expected), { actual, expected });
  }

  /** Prints the totals; answers the exit code. */
  finish() {
    console.log(`${this.#passed} passed, ${this.#failed} failed`);
    return this.#failed === 0 ? 0 : 1;
  }
}
