/** @typedef {{userId: string, sentAtMs: number, totalPoints: number}} Shown a log that was answered with this total */

/** When one screen first showed how many points of a few people who only rise. */
export class Sightings {
  /** @type {Map<string, Array<{totalPoints: number, atMs: number}>>} */
  #seen;

  /** @param {string[]} userIds */
  constructor(userIds) {
    this.#seen = new Map(userIds.map((userId) => [userId, []]));
  }

  /** @param {Array<{userId: string, totalPoints: number}>} rows what the screen shows @param {number} atMs */
  note(rows, atMs) {
    for (const { userId, totalPoints } of rows) {
      const seen = this.#seen.get(userId);
      if (seen === undefined || (seen.at(-1)?.totalPoints ?? -1) >= totalPoints) continue;
      seen.push({ totalPoints, atMs });
    }
  }

  /**
   * Milliseconds from sending each log until the screen showed it, or something newer of the same person.
   * @param {Shown[]} logs @returns {{delays: number[], missing: number}}
   */
  delaysOf(logs) {
    const delays = [];
    for (const { userId, sentAtMs, totalPoints } of logs) {
      const seen = this.#seen.get(userId) ?? [];
      const first = seen.find((one) => one.totalPoints >= totalPoints);
      if (first !== undefined) delays.push(first.atMs - sentAtMs);
    }
    return { delays, missing: logs.length - delays.length };
  }
}
