// Who of a crowd does what, and when: the same for everybody who asks for the same load.

/** People on the first page of the board, whose logs everybody's screen shows. */
const MAX_LEADERS = 20;
/** What one person may log in the long run stays below the rate limit of 30 a minute, in logs a second. */
const LOGS_PER_PERSON = 0.4;
/** And below the limit of 30 rows a day, with room for bursts that fall unevenly. */
const LOGS_A_DAY = 24;
/** Of the people of a mixed load, one in so many logs and imports; of the others, one in so many turns pages. */
const WRITERS_OF = 10;
const BROWSERS_OF = 10;
/** How many logs in a row people of a mixed load send, in turn. */
const BURSTS = [1, 5, 1, 2, 1, 3];
/** Every so many turns somebody imports a chunk of an archive instead. */
const IMPORT_EVERY = 12;

/**
 * @typedef {object} Cast people by their number in the crowd, from 0
 * @property {number[]} leaders on the first page from the start, with more than the others
 * @property {number[]} writers all who log, leaders among them
 * @property {number[]} browsers those who turn pages instead of staying on the first page of the total
 */

/** @typedef {{atMs: number, person: number, kind: "log" | "import"}} Deed something that is sent; atMs after the start */

/** @typedef {{people: number, seconds: number, logsPerSecond: number, boardOnly: boolean}} Load */

/** @param {number} count */
const firstOf = (count) => Array.from({ length: count }, (_, index) => index);

/**
 * Parts of a load: with `boardOnly` everybody logs and nobody turns pages, else nine in ten only read.
 * @param {Load} load @returns {Cast}
 */
export function castOf({ people, boardOnly }) {
  const writers = firstOf(boardOnly ? people : Math.ceil(people / WRITERS_OF));
  const leaders = firstOf(Math.min(MAX_LEADERS, Math.ceil(writers.length / 10)));
  const readers = firstOf(people).slice(writers.length);
  return { leaders, writers, browsers: readers.filter((person) => person % BROWSERS_OF === 0) };
}

/** The most logs a second that one person may send. @param {Load} load */
const mostOfOne = ({ seconds }) => Math.min(LOGS_PER_PERSON, LOGS_A_DAY / seconds);

/** The most logs a second that people of this load may send. @param {Load} load */
export const mostLogsPerSecond = (load) =>
  Math.floor(castOf(load).writers.length * mostOfOne(load));

/**
 * Everything that is sent during a load, in order. With `boardOnly` single logs, at most every fourth by a leader;
 * else bursts of logs and imports of all writers in turn.
 * @param {Load} load @returns {Deed[]}
 */
export function planOf(load) {
  const { leaders, writers } = castOf(load);
  const { seconds, logsPerSecond, boardOnly } = load;
  const count = Math.floor(seconds * logsPerSecond);
  /** @type {(place: number) => Deed["atMs"]} */
  const atMs = (place) => (place * 1000) / logsPerSecond;
  if (!boardOnly)
    return turnsOf(writers, count).map((turn, place) => ({ ...turn, atMs: atMs(place) }));
  const others = writers.slice(leaders.length);
  const leaderEvery = Math.max(4, Math.ceil(logsPerSecond / (mostOfOne(load) * leaders.length)));
  return firstOf(count).map((place) => {
    const round = Math.floor(place / leaderEvery);
    const isLeader = place % leaderEvery === 0 || others.length === 0;
    const person = isLeader
      ? leaders[round % leaders.length]
      : others[(place - round - 1) % others.length];
    return { atMs: atMs(place), person: person ?? 0, kind: "log" };
  });
}

/**
 * Bursts and imports of people in turn, `count` in all.
 * @param {number[]} writers @param {number} count @returns {Array<Omit<Deed, "atMs">>}
 */
function turnsOf(writers, count) {
  /** @type {Array<Omit<Deed, "atMs">>} */
  const deeds = [];
  for (let turn = 0; deeds.length < count; turn++) {
    const person = writers[turn % writers.length] ?? 0;
    // From round to round everybody is at another place of the pattern.
    const place = (turn % writers.length) + Math.floor(turn / writers.length);
    if (place % IMPORT_EVERY === IMPORT_EVERY - 1) deeds.push({ person, kind: "import" });
    else {
      const burst = BURSTS[place % BURSTS.length] ?? 1;
      deeds.push(...firstOf(burst).map(() => ({ person, kind: /** @type {const} */ ("log") })));
    }
  }
  return deeds.slice(0, count);
}
