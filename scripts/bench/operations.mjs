import { performance } from "node:perf_hooks";
import { quantile } from "../lib/statistics.mjs";
import { MAX_POINTS, shuffled } from "./workload.mjs";
import { seededRandom } from "../lib/random.mjs";

/** @typedef {import("./contender.mjs").Contender} Contender */
/** @typedef {import("./contender.mjs").Logged} Logged */

/**
 * What one operation took: milliseconds, how many there were in a second, and the server's processor time for each, what
 * it does later included.
 * @typedef {{p50: number, p95: number, perSecond: number, cpuMs: number}} Figures
 */

/**
 * How often things are done: reads, logs one after the other, logs at once, other writes, watched logs. Reads that are
 * quick are done up to `quickReads` times.
 */
/** @typedef {{reads: number, quickReads: number, logs: number, logsAtOnce: number, changes: number, live: number}} Repetitions */

export const AT_ONCE = 16;

/** What somebody measured has been through: who is next, what was logged, which questions were asked. */
class Course {
  nonce = 0;
  /** @type {Logged[]} */
  logged = [];
  #next = 0;
  #random = seededRandom("operations");
  #order;

  /** @param {number} people */
  constructor(people) {
    this.#order = shuffled(people, this.#random);
  }

  /** Everybody in turn, in the same order for every contender. */
  person() {
    return this.#order[this.#next++ % this.#order.length] ?? 0;
  }

  points() {
    return 1 + Math.floor(this.#random() * MAX_POINTS);
  }

  take() {
    const logged = this.logged.shift();
    if (logged === undefined) throw new Error("nothing is left that was logged");
    return logged;
  }
}

/** @param {Contender} contender @param {Course} course */
async function logOne(contender, course) {
  course.logged.push(await contender.log(course.person(), course.points()));
}

/**
 * @typedef {object} Operation
 * @property {string} key
 * @property {string} title
 * @property {keyof Contender} needs what a contender that does it has
 * @property {Exclude<keyof Repetitions, "quickReads">} times
 * @property {number} [width] how many at once
 * @property {boolean} [isRead]
 * @property {(contender: Contender, course: Course) => Promise<unknown>} run
 */

/** In the order they are measured: all reads before the first write. @type {Operation[]} */
export const OPERATIONS = [
  {
    key: "page",
    title: "board page of 25, uncached",
    needs: "page",
    times: "reads",
    isRead: true,
    run: (contender, course) => contender.page((course.nonce += 1)),
  },
  {
    key: "cached",
    title: "board page of 25, cached",
    needs: "page",
    times: "reads",
    isRead: true,
    run: (contender) => contender.page(0),
  },
  {
    key: "week",
    title: "week board of 25, uncached",
    needs: "week",
    times: "reads",
    isRead: true,
    run: (contender, course) => contender.week((course.nonce += 1)),
  },
  {
    key: "total",
    title: "own total",
    needs: "total",
    times: "reads",
    isRead: true,
    run: (contender, course) => contender.total(course.person()),
  },
  {
    key: "rank",
    title: "own rank",
    needs: "rank",
    times: "reads",
    isRead: true,
    run: (contender, course) => contender.rank(course.person()),
  },
  {
    key: "history",
    title: "history page of 20",
    needs: "history",
    times: "reads",
    isRead: true,
    run: (contender, course) => contender.history(course.person()),
  },
  {
    key: "profile",
    title: "profile",
    needs: "profile",
    times: "reads",
    isRead: true,
    run: (contender, course) => contender.profile(course.person()),
  },
  { key: "log", title: "log, durable", needs: "log", times: "logs", run: logOne },
  {
    key: "logs",
    title: `log, durable, ${AT_ONCE} at once`,
    needs: "log",
    times: "logsAtOnce",
    width: AT_ONCE,
    run: logOne,
  },
  {
    key: "edit",
    title: "edit",
    needs: "edit",
    times: "changes",
    run: (contender, course) => contender.edit(course.take(), course.points()),
  },
  {
    key: "remove",
    title: "delete",
    needs: "remove",
    times: "changes",
    run: (contender, course) => contender.remove(course.take()),
  },
];

/** The title of the one that is measured in its own way. */
export const LIVE = { key: "live", title: "log until another's board shows it" };

/** A share of the repetitions comes before them and is not counted. */
const WARM_UP = 0.2;
/** Of quick ones: V8 compiles what serves them, in threads whose time counts, until they were done some hundred times. */
const WARM_UP_OF_QUICK = 0.5;
/** What is quick is done so often in this time. */
const QUICK_MS = 2_000;

/**
 * How often something is done: `times`, and when it is quick up to `most` times; `width` at once.
 * @typedef {{times: number, most: number, width: number}} Extent
 */

/**
 * Runs `run` so often. Answers how often.
 * @param {Extent} extent @param {() => Promise<unknown>} run
 */
async function goOn({ times, most, width }, run) {
  const until = performance.now() + QUICK_MS;
  let count = 0;
  const worker = async () => {
    while (count < times || (count < most && performance.now() < until)) {
      count++;
      await run();
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return count;
}

/**
 * @param {Pick<Contender, "cpuMs" | "settled">} contender @param {Extent} extent
 * @param {() => Promise<unknown>} run
 * @returns {Promise<Figures>}
 */
async function repeat(contender, { times, most, width }, run) {
  const before = { times: Math.ceil(times * WARM_UP), most: most * WARM_UP_OF_QUICK, width };
  await goOn(before, run);
  await contender.settled();
  /** @type {number[]} */
  const took = [];
  const cpuBefore = contender.cpuMs();
  const start = performance.now();
  const count = await goOn({ times, most, width }, async () => {
    const sent = performance.now();
    await run();
    took.push(performance.now() - sent);
  });
  const perSecond = (count * 1000) / (performance.now() - start);
  await contender.settled();
  const cpuMs = (contender.cpuMs() - cpuBefore) / count;
  return { p50: quantile(took, 0.5), p95: quantile(took, 0.95), perSecond, cpuMs };
}

/**
 * From a log by one of the best until another connection's board of the best shows it.
 * @param {Contender} contender @param {number} times @param {number[]} best people on the first page
 */
async function measureLive(contender, times, best) {
  let shown = "";
  /** @type {() => void} */
  let moved = () => {};
  const end = await contender.watch((totals) => {
    const now = JSON.stringify(totals);
    if (now === shown) return;
    shown = now;
    moved();
  });
  let turn = 0;
  const figures = await repeat(contender, { times, most: 0, width: 1 }, async () => {
    const arrived = new Promise((resolve) => (moved = () => resolve(null)));
    await contender.log(best[turn++ % best.length] ?? 0, 1);
    await arrived;
  });
  await end();
  return figures;
}

/** What a contender cannot do is left out, and what it gave up is said in its words. @typedef {Record<string, Figures | {refused: string}>} Measured */

/**
 * Everything a contender does, measured.
 * @param {Partial<Contender> & Pick<Contender, "name" | "cpuMs" | "settled" | "close">} contender
 * @param {{people: number, best: number[], repetitions: Repetitions}} options
 * @returns {Promise<Measured>}
 */
export async function measureAll(contender, { people, best, repetitions }) {
  const course = new Course(people);
  // Nobody is asked about twice: the second answer would be a kept one. The others are asked as often.
  const atMost = Math.floor(people / (1 + WARM_UP_OF_QUICK));
  const most = Math.min(repetitions.quickReads, atMost);
  /** @type {Measured} */
  const measured = {};
  for (const { key, needs, times, width = 1, isRead = false, run } of OPERATIONS) {
    if (contender[needs] === undefined) continue;
    // It has what this operation needs.
    const whole = /** @type {Contender} */ (contender);
    try {
      const extent = { times: repetitions[times], most: isRead ? most : 0, width };
      measured[key] = await repeat(whole, extent, () => run(whole, course));
    } catch (error) {
      if (needs === "log") throw error;
      const text = error instanceof Error ? error.message : String(error);
      measured[key] = { refused: text.split("\n").find((line) => line.includes("limit")) ?? text };
    }
  }
  if (contender.watch !== undefined)
    measured[LIVE.key] = await measureLive(
      /** @type {Contender} */ (contender),
      repetitions.live,
      best,
    );
  return measured;
}
