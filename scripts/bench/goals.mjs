import { growthExponent, sameButFor } from "./exponents.mjs";
import { OPERATIONS } from "./operations.mjs";

/** @typedef {import("./run-cell.mjs").CellResult} CellResult */
/** @typedef {import("./operations.mjs").Figures} Figures */

/**
 * A goal: what is wanted, what was measured, whether that is reached (null: it could not be measured here), and the key of
 * the profile that shows why not.
 * @typedef {{goal: string, measured: string, isReached: boolean | null, profile?: string}} Goal
 */

const PRODUCT = "Milepost";

/** What was measured of a contender, when it was. @param {CellResult} result @param {string} name @param {string} key @returns {Figures | null} */
export function figuresOf({ measured }, name, key) {
  const found = measured[name]?.[key];
  return found === undefined || "refused" in found ? null : found;
}

/** @param {number} value */
const fixed = (value) => (Math.abs(value) < 10 ? value.toFixed(2) : value.toFixed(0));
/** @param {number} value */
const count = (value) => value.toLocaleString("en-US");

/**
 * How many times longer a peer takes than the product; below 1 the peer is faster.
 * @param {CellResult} result @param {string} peer @param {string} key @param {string} [productKey]
 */
export function ratioTo(result, peer, key, productKey = key) {
  const [own, other] = [figuresOf(result, PRODUCT, productKey), figuresOf(result, peer, key)];
  return own === null || other === null ? null : other.p50 / own.p50;
}

/** Growth of one operation in a size, of its median and of its documents read. */
/** @typedef {{key: string, title: string, size: keyof import("./workload.mjs").Cell, p50: number, cpuMs: number, documents: number | null}} Growth */

/**
 * How every operation grows with the activities and with the people, each between cells that differ in nothing else.
 * @param {CellResult[]} results @param {string} name of the contender
 * @returns {Growth[]}
 */
export function growths(results, name) {
  return OPERATIONS.flatMap(({ key, title }) =>
    /** @type {const} */ (["activities", "people"]).flatMap((size) => {
      const group = sameButFor(results, size);
      /** @param {(result: CellResult) => number | undefined} figure */
      const exponent = (figure) =>
        growthExponent(
          group.map((result) => ({
            size: result.cell[size],
            figure: figure(result) ?? Number.NaN,
          })),
        );
      if (group.length < 2) return [];
      const documents = name === PRODUCT && group.every(({ costs }) => costs[key] !== undefined);
      return {
        key,
        title,
        size,
        p50: exponent((result) => figuresOf(result, name, key)?.p50),
        cpuMs: exponent((result) => figuresOf(result, name, key)?.cpuMs),
        documents: documents ? exponent(({ costs }) => costs[key]?.cost.documentsRead) : null,
      };
    }),
  );
}

/** @param {CellResult} largest @returns {Goal[]} */
function boardGoals(largest) {
  const at = `at ${count(largest.cell.activities)} activities`;
  const uncached = ratioTo(largest, "PostgreSQL SUM", "page");
  const cached = ratioTo(largest, "Redis sorted set", "page", "cached");
  return [
    {
      goal: "an uncached board page with exact sums at least 5 times faster than PostgreSQL SUM, at 1,000,000 activities",
      measured: uncached === null ? "no PostgreSQL" : `${fixed(uncached)} times, ${at}`,
      isReached: uncached === null ? null : uncached >= 5,
      profile: "page",
    },
    {
      goal: "a cached board page within 10 times of Redis ZREVRANGE",
      measured: cached === null ? "no Redis" : `${fixed(1 / cached)} times, ${at}`,
      isReached: cached === null ? null : cached >= 0.1,
      profile: "cached",
    },
  ];
}

const MOST_GROWTH = { activities: 0.3, people: 0.1 };

/** @param {CellResult[]} results @returns {Goal[]} */
function growthGoals(results) {
  const reads = new Set(OPERATIONS.filter(({ isRead }) => isRead).map(({ key }) => key));
  const all = growths(results, PRODUCT).filter(({ key }) => reads.has(key));
  return /** @type {const} */ (["activities", "people"]).map((size) => {
    const most = MOST_GROWTH[size];
    const own = all.filter((growth) => growth.size === size);
    const over = own.filter(({ p50 }) => p50 > most);
    const highest = Math.max(...own.map(({ p50 }) => p50));
    const which = over.map(({ title, p50 }) => `${title} ${p50.toFixed(2)}`).join("; ");
    return {
      goal: `every read grows with the ${size} by an exponent of at most ${most}`,
      measured: own.length === 0 ? "one size only" : which || `at most ${highest.toFixed(2)}`,
      isReached: own.length === 0 ? null : over.length === 0,
      ...(over.some(({ key }) => key === "page") && { profile: "page" }),
    };
  });
}

/** @param {CellResult[]} results @returns {Goal[]} */
function logGoals(results) {
  const wanted = results.filter(({ cell }) => cell.activities >= 100_000);
  const result = wanted.at(-1) ?? results.at(-1);
  const logs = result && figuresOf(result, PRODUCT, "logs");
  const at = result === undefined ? "" : `at ${count(result.cell.activities)} activities`;
  return [
    {
      goal: "at least 300 durable logs a second, 16 at once, each within 80 ms (p95), at 100,000 activities",
      measured: logs ? `${fixed(logs.perSecond)} a second, p95 ${fixed(logs.p95)} ms, ${at}` : "",
      isReached: logs ? logs.perSecond >= 300 && logs.p95 <= 80 : null,
      profile: "logs",
    },
    historyGoal(results),
  ];
}

const FLAT = 0.1;

/**
 * Told from two people of one challenge each: challenges differ in more than somebody's history.
 * @param {Array<Pick<CellResult, "flat">>} results @returns {Goal}
 */
export function historyGoal(results) {
  const worst = results
    .map(({ flat }) => {
      const points = flat.map(({ activities, documentsRead }) => {
        return { size: activities, figure: documentsRead };
      });
      return { flat, exponent: growthExponent(points) };
    })
    .reduce((most, one) => (one.exponent > most.exponent ? one : most));
  const read = worst.flat.map(
    ({ activities, documentsRead }) => `${documentsRead} with ${count(activities)} activities`,
  );
  return {
    goal: `a log reads as many documents whatever its person's history (exponent at most ${FLAT})`,
    measured: `${worst.exponent.toFixed(2)}: ${read.join(", ")}`,
    isReached: worst.exponent <= FLAT,
  };
}

/** @param {CellResult[]} results @returns {Goal} */
function rankGoal(results) {
  /** @param {string} name */
  const exponentOf = (name) =>
    growths(results, name).find(({ key, size }) => key === "rank" && size === "people")?.p50;
  const [own = Number.NaN, sql = Number.NaN] = [
    exponentOf(PRODUCT),
    exponentOf("PostgreSQL totals"),
  ];
  const beside = Number.isNaN(sql) ? "" : `; PostgreSQL totals ${sql.toFixed(2)}`;
  return {
    goal: `one's own rank takes as long however many people there are (exponent at most ${FLAT})`,
    measured: Number.isNaN(own) ? "one size only" : `${own.toFixed(2)}${beside}`,
    isReached: Number.isNaN(own) ? null : own <= FLAT,
  };
}

/** The goals for speed, and whether this run reached them. @param {CellResult[]} results smallest first @returns {Goal[]} */
export function goalsOf(results) {
  const largest = results.at(-1);
  if (largest === undefined) return [];
  return [...boardGoals(largest), ...growthGoals(results), rankGoal(results), ...logGoals(results)];
}

/**
 * The most documents one transaction may read and write with up to 100,000 activities: a third above what it does. A log
 * that happens to split a node of a tree reads the 17 below it as well.
 */
const BUDGETS = [
  { key: "log", title: "a log that lengthens the streak", read: 77, written: 30 },
  { key: "again", title: "another log of the day", read: 62, written: 18 },
  { key: "page", title: "a board page of 25", read: 540, written: 0 },
  { key: "rank", title: "one's own rank", read: 47, written: 0 },
  { key: "profile", title: "a profile", read: 23, written: 0 },
];

/**
 * Holds every cell against the budgets of documents, which no busy machine can change.
 * @param {import("../lib/checklist.mjs").Checklist} list @param {CellResult} result
 */
export function checkBudgets(list, { cell, costs }) {
  for (const { key, title, read, written } of BUDGETS) {
    const { documentsRead = Number.NaN, documentsWritten = Number.NaN } = costs[key]?.cost ?? {};
    list.that(
      `${count(cell.activities)} activities: ${title} reads ${documentsRead} of ${read} and writes ${documentsWritten} of ${written}`,
      documentsRead <= read && documentsWritten <= written,
    );
  }
}
