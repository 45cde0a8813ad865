import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

/** @typedef {import("./contender.mjs").StoredRow} StoredRow */

const AT_ONCE = 20_000;

/** @param {string} line @returns {StoredRow} */
function rowOf(line) {
  const [person, day, points, deleted] = line.split("\t");
  return {
    person: Number(person),
    day: day || null,
    points: Number(points),
    isDeleted: deleted === "1",
  };
}

/** The rows of a cell's file, many at a time. @param {string} file @returns {AsyncGenerator<StoredRow[]>} */
export async function* rowsIn(file) {
  /** @type {StoredRow[]} */
  let some = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    some.push(rowOf(line));
    if (some.length < AT_ONCE) continue;
    yield some;
    some = [];
  }
  yield some;
}

/**
 * Whom something is measured with: the ten best, and those with the most and the fewest live activities.
 * @param {AsyncIterable<StoredRow[]>} rows @param {number} people
 */
export async function castOf(rows, people) {
  const totals = Array.from({ length: people }, () => 0);
  const counts = Array.from({ length: people }, () => 0);
  for await (const some of rows)
    for (const { person, points, isDeleted } of some) {
      if (isDeleted) continue;
      totals[person] = (totals[person] ?? 0) + points;
      counts[person] = (counts[person] ?? 0) + 1;
    }
  const everybody = totals.map((_, person) => person);
  const byTotal = [...everybody].sort((a, b) => (totals[b] ?? 0) - (totals[a] ?? 0));
  const byCount = everybody.sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0));
  /** @param {number | undefined} person */
  const withCount = (person = 0) => ({ person, activities: counts[person] ?? 0 });
  return {
    best: byTotal.slice(0, 10),
    busiest: withCount(byCount[0]),
    quietest: withCount(byCount.at(-1)),
  };
}
