// An independent computation of what the shared Strava export is worth: its own reading of the file and its own exact
// arithmetic, from the written rules alone. Nothing here may import the product.

/** @typedef {{id: string, sport: string, day: string, metres: bigint, moving: bigint, elapsed: bigint}} Row thousandths of m and s */
/** @typedef {{points: bigint, streak: boolean}} Scored */

/**
 * The cells of a CSV text by RFC 4180: quoted cells may hold commas, line breaks and doubled quotes.
 * @param {string} text @returns {string[][]}
 */
function readCsv(text) {
  const records = [];
  let record = [];
  let cell = "";
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (isQuoted && char === '"' && text[at + 1] === '"') cell += text[++at];
    else if (char === '"') isQuoted = !isQuoted;
    else if (isQuoted || (char !== "," && char !== "\n" && char !== "\r")) cell += char;
    else if (char === "\r") continue;
    else {
      record.push(cell);
      cell = "";
      if (char === "\n") records.push(record.splice(0));
    }
  }
  if (cell !== "" || record.length > 0) records.push([...record, cell]);
  return records;
}

/** Thousandths of a decimal text, halves up. @param {string} text */
function thousandths(text) {
  const [whole = "0", fraction = ""] = text.split(".");
  const digits = `${fraction}0000`;
  return (
    BigInt(whole || "0") * 1000n + BigInt(digits.slice(0, 3)) + (digits.charAt(3) >= "5" ? 1n : 0n)
  );
}

const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

/** The day of "Apr 10, 2015, 2:02:56 PM", a time of UTC. @param {string} text */
function dayOf(text) {
  const [, month = "", day = "", year = ""] = /^(\w{3}) (\d+), (\d{4}),/.exec(text) ?? [];
  const number = MONTHS.indexOf(month) / 3 + 1;
  return `${year}-${String(number).padStart(2, "0")}-${day.padStart(2, "0")}`;
}

/**
 * The rows of an English export of 78 columns, where the second Distance (column 16) is metres.
 * @param {string} text @returns {Row[]}
 */
export function readExport(text) {
  const [, ...records] = readCsv(text);
  return records.map((cells) => ({
    id: cells[0] ?? "",
    sport: cells[3] ?? "",
    day: dayOf(cells[1] ?? ""),
    metres: thousandths(cells[15] ?? ""),
    moving: thousandths(cells[14] || cells[5] || ""),
    elapsed: thousandths(cells[13] || cells[5] || ""),
  }));
}

/** Half away from zero of a positive fraction. @param {bigint} numerator @param {bigint} denominator */
const rounded = (numerator, denominator) => (2n * numerator + denominator) / (2n * denominator);

const MILE = 1_609_344n;
const MINUTE = 60_000n;

/** @param {bigint} metres */
function distanceBonus(metres) {
  return (metres >= 21_097_500n ? 25n : 0n) + (metres >= 42_195_000n ? 100n : 0n);
}

/**
 * The points of a row by the rules the check gives its challenges.
 * @param {Row} row @returns {Scored}
 */
function score({ sport, metres, moving, elapsed }) {
  switch (sport) {
    case "Run":
      return { points: rounded(metres * 75n, MILE * 10n) + distanceBonus(metres), streak: true };
    case "Walk":
    case "Hike":
      return { points: rounded(metres * 4n, MILE), streak: true };
    case "Ride": {
      const century = metres >= 100n * MILE ? 50n : 0n;
      return { points: rounded(metres * 24n, MILE * 10n) + century, streak: true };
    }
    case "Weight Training":
      return { points: rounded(moving * 7n, MINUTE * 10n), streak: true };
    case "Workout":
      return { points: rounded(moving * 6n, MINUTE * 10n), streak: true };
    case "Swim":
      return { points: rounded(elapsed * 5n, MINUTE * 10n), streak: true };
    case "Surfing":
      return { points: 20n, streak: false };
    case "Stand Up Paddling":
      return { points: moving <= 30n * MINUTE ? 10n : 25n, streak: true };
    default:
      throw new Error(`no rule for ${sport}`);
  }
}

/** @param {string} day */
const dayNumber = (day) => Date.parse(`${day}T00:00:00Z`) / 86_400_000;

/**
 * What the rows of one year are worth together: their own points, and for each day of a run of days with at least 10
 * streak points its position in the run, 30 at most.
 * @param {Row[]} rows
 */
export function totalOf(rows) {
  /** @type {Map<number, bigint>} */
  const days = new Map();
  let points = 0n;
  for (const row of rows) {
    const scored = score(row);
    points += scored.points;
    const day = dayNumber(row.day);
    if (scored.streak) days.set(day, (days.get(day) ?? 0n) + scored.points);
  }
  const counting = [...days].filter(([, sum]) => sum >= 10n).map(([day]) => day);
  let [run, longest, bonus, last] = [0, 0, 0, Number.NaN];
  for (const day of counting.sort((a, b) => a - b)) {
    run = day === last + 1 ? run + 1 : 1;
    last = day;
    longest = Math.max(longest, run);
    bonus += Math.min(run, 30);
  }
  return {
    rows: rows.length,
    total: Number(points) + bonus,
    streakBonus: bonus,
    longestStreak: longest,
  };
}
