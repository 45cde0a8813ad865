import { seededRandom } from "../lib/random.mjs";

/**
 * A size that is measured: so many people, who logged so many activities together, in one challenge.
 * @typedef {{people: number, activities: number}} Cell
 */

/** Days people logged on before the day that is measured, and the most one of them logs a day (30 are allowed). */
export const LOGGED_DAYS = 45;
const MOST_A_DAY = 25;
export const MAX_POINTS = 100;
/** Share of the activities that were deleted again. */
const DELETED = 0.02;
/** The 4 % most active people are about equally active; from there on activity falls as 1 / place (Zipf-Mandelbrot). */
const HEAD = 0.04;
const DAY_MS = 86_400_000;

/**
 * One activity of the workload. Day: how many days before the day that is measured, from 1.
 * @typedef {{day: number, points: number, isDeleted: boolean}} Row
 */

/** The calendar day so many days after another. @param {string} day @param {number} days */
export const dayAfter = (day, days) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/**
 * How many activities people have, the most active first; together exactly `activities`.
 * @param {Cell} cell
 */
export function activityCounts({ people, activities }) {
  const weights = Array.from({ length: people }, (_, place) => 1 / (place + 1 + people * HEAD));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  let given = 0;
  let sum = 0;
  return weights.map((weight) => {
    sum += weight;
    // Rounding what everybody up to here has, not each share, so that nothing is lost.
    const upTo = Math.round((activities * sum) / all);
    const own = upTo - given;
    given = upTo;
    return own;
  });
}

/**
 * The numbers from 0 in an order of their own.
 * @param {number} count @param {() => number} random
 */
export function shuffled(count, random) {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order;
}

/** @param {number} count @param {() => number} random @returns {Row[]} oldest first */
function rowsOf(count, random) {
  if (count > LOGGED_DAYS * MOST_A_DAY)
    throw new Error(`${count} activities of one person are too many`);
  const perDay = new Map();
  const rows = Array.from({ length: count }, () => {
    let day = 1 + Math.floor(random() * LOGGED_DAYS);
    while ((perDay.get(day) ?? 0) >= MOST_A_DAY) day = (day % LOGGED_DAYS) + 1;
    perDay.set(day, (perDay.get(day) ?? 0) + 1);
    const points = 1 + Math.floor(random() * MAX_POINTS);
    return { day, points, isDeleted: random() < DELETED };
  });
  return rows.sort((a, b) => b.day - a.day);
}

/**
 * Everybody's activities: the same for the same cell on every machine. Who is active is spread over the people.
 * @param {Cell} cell @returns {Row[][]} by person
 */
export function historiesOf(cell) {
  const random = seededRandom(`${cell.people} people, ${cell.activities} activities`);
  const places = shuffled(cell.people, random);
  const counts = activityCounts(cell);
  return places.map((place) => rowsOf(counts[place] ?? 0, random));
}
