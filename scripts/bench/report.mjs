import { short, table } from "../lib/statistics.mjs";
import { figuresOf, goalsOf, growths, ratioTo } from "./goals.mjs";
import { AT_ONCE, LIVE, OPERATIONS } from "./operations.mjs";
import { LOGGED_DAYS } from "./workload.mjs";

/** @typedef {import("./run-cell.mjs").CellResult} CellResult */
/** @typedef {import("./goals.mjs").Goal} Goal */

/**
 * Everything a run found out; docs/benchmarks.json holds one.
 * @typedef {object} Run
 * @property {string} date
 * @property {string} command
 * @property {string} machine
 * @property {string[]} load how much else ran: the load average before and after
 * @property {string[]} versions
 * @property {string[]} skipped who could not take part, and why
 * @property {{cold: number, warm: number} | null} start seconds
 * @property {CellResult[]} cells smallest first
 */

const PRODUCT = "Milepost";
const PEERS = ["PostgreSQL SUM", "PostgreSQL totals", "Redis sorted set", "Convex .collect()"];
const KIB = 1024;

/** @param {number} value */
const count = (value) => value.toLocaleString("en-US");
/** @param {number} value milliseconds, three digits where that is little */
const ms = (value) =>
  value < 1 ? value.toFixed(3) : value < 100 ? value.toFixed(2) : short(value);
/** @param {number} ratio */
const times = (ratio) => `${ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(0)}x`;

/** @param {CellResult} result */
const titleOf = ({ cell }) => `${count(cell.people)} people, ${count(cell.activities)} activities`;

/** Peers that took part. @param {CellResult} result */
const peersIn = ({ measured }) => PEERS.filter((peer) => measured[peer] !== undefined);

/** @param {CellResult} result @param {string} peer @param {string} key */
function peerCell(result, peer, key) {
  const found = result.measured[peer]?.[key];
  if (found === undefined) return "";
  if ("refused" in found) return "refused";
  const ratio = ratioTo(result, peer, key);
  return `${ms(found.p50)}${ratio === null ? "" : ` (${times(ratio)})`}`;
}

/** @param {import("./reads-and-writes.mjs").Costs | undefined} costs */
function costCells(costs) {
  if (costs === undefined) return ["", "", ""];
  const { documentsRead, documentsWritten, ranges, bytesRead, bytesWritten } = costs.cost;
  const bytes = `${short(bytesRead / KIB)} / ${short(bytesWritten / KIB)}`;
  return [`${documentsRead} / ${documentsWritten}`, String(ranges), bytes];
}

/** The table of a cell. @param {CellResult} result */
function cellTable(result) {
  const peers = peersIn(result);
  const header = [
    "operation",
    "p50 ms",
    "p95 ms",
    "CPU ms",
    "documents",
    "ranges",
    "KiB",
    ...peers,
  ];
  const rows = [...OPERATIONS, LIVE].map(({ key, title }) => {
    const own = figuresOf(result, PRODUCT, key);
    const figures = own === null ? ["", "", ""] : [ms(own.p50), ms(own.p95), ms(own.cpuMs)];
    const cost = result.costs[key === "logs" ? "log" : key];
    return [
      title,
      ...figures,
      ...costCells(cost),
      ...peers.map((one) => peerCell(result, one, key)),
    ];
  });
  return table(header, rows);
}

/** What a peer said when it gave up. @param {CellResult} result */
function refusals(result) {
  const lines = peersIn(result).flatMap((peer) => {
    const words = Object.values(result.measured[peer] ?? {}).flatMap((one) =>
      "refused" in one ? [one.refused.replace("Uncaught Error: ", "").split(". ")[0] ?? ""] : [],
    );
    return words.length === 0 ? [] : [`${peer} is refused: ${words[0]}`];
  });
  return lines.length === 0 ? [] : [lines.join("\n"), ""];
}

/** Logs a second of everybody. @param {CellResult[]} cells */
function rateTable(cells) {
  const names = [PRODUCT, ...PEERS].filter((name) =>
    cells.some((cell) => figuresOf(cell, name, "logs") !== null),
  );
  const rows = cells.map((cell) => [
    titleOf(cell),
    ...names.map((name) => {
      const figures = figuresOf(cell, name, "logs");
      return figures === null ? "" : short(figures.perSecond);
    }),
  ]);
  return table([`durable logs a second, ${AT_ONCE} at once`, ...names], rows);
}

/** @param {CellResult[]} cells */
function growthTable(cells) {
  const all = growths(cells, PRODUCT);
  const sums = new Map(
    growths(cells, "PostgreSQL SUM").map(({ key, size, p50 }) => [`${key} ${size}`, p50]),
  );
  /** @param {number | null | undefined} value */
  const text = (value) => (value == null || Number.isNaN(value) ? "" : value.toFixed(2));
  const rows = OPERATIONS.map(({ key, title }) => {
    const cellsOf = /** @type {const} */ (["activities", "people"]).flatMap((size) => {
      const own = all.find((growth) => growth.key === key && growth.size === size);
      const other = sums.get(`${key} ${size}`);
      return [text(own?.p50), text(own?.cpuMs), text(own?.documents), text(other)];
    });
    return [title, ...cellsOf];
  });
  const columns = ["p50", "CPU", "documents", "PostgreSQL SUM p50"];
  const header = ["A", "P"].flatMap((size) => columns.map((column) => `${size}: ${column}`));
  return table(["operation", ...header], rows);
}

/** @param {Goal[]} goals */
function goalTable(goals) {
  const words = new Map([
    [true, "reached"],
    [false, "not reached"],
    [null, "not measured"],
  ]);
  return table(
    ["goal", "measured", ""],
    goals.map(({ goal, measured, isReached }) => [goal, measured, words.get(isReached) ?? ""]),
  );
}

/** Why goals are missed: where the time goes. @param {Goal[]} goals @param {CellResult} largest */
function profileTexts(goals, largest) {
  const keys = new Set(
    goals.flatMap(({ isReached, profile }) =>
      isReached === false && profile !== undefined ? [profile] : [],
    ),
  );
  return [...keys].flatMap((key) => {
    const profile = largest.profiles?.[key];
    if (profile === undefined) return [];
    const title = OPERATIONS.find((operation) => operation.key === key)?.title ?? key;
    /** @param {import("./profile.mjs").ProfileLine[]} lines */
    const rows = (lines) => lines.map(({ what, share }) => [what, (share * 100).toFixed(1)]);
    return [
      `### ${title}, at ${titleOf(largest)}`,
      "",
      table(["part", "% of the server's time"], rows(profile.parts)),
      "",
      table(["function", "% by itself"], rows(profile.top)),
      "",
    ];
  });
}

/** The limits of Convex that transactions come closest to. @param {CellResult} largest */
function limitTable({ costs }) {
  const titles = new Map(OPERATIONS.map(({ key, title }) => [key, title]));
  titles.set("again", "another log of the day");
  const rows = Object.entries(costs)
    .sort(([, a], [, b]) => b.closest.share - a.closest.share)
    .map(([key, { closest }]) => [
      titles.get(key) ?? key,
      closest.limit,
      `${(closest.share * 100).toFixed(1)} %`,
    ]);
  return table(["operation", "closest limit", "share of it"], rows);
}

const HOW_TO_READ = `- Every write is on the disk before it is answered: PostgreSQL with fsync and synchronous_commit, Redis with appendfsync
  always. All of them run on this machine and are asked over 127.0.0.1, each through its
  usual client.
- A figure of another in brackets says how many times the median of Milepost that is: 5x is five times slower than Milepost,
  0.2x five times faster.
- CPU: processor time of Milepost's server, all threads, for one operation, with what it does later for it (ranks). KiB and
  documents: read / written by one transaction, the most of five people.
- Reads that are quick are done up to a thousand times, two thirds as often as there are people at most, or as often as two
  seconds allow. Before, half as many are done that do not count, for two seconds at most: a server takes two to three times
  as long for the first hundred answers of a kind as for those after a thousand.
- PostgreSQL SUM adds up rows each time, by an index that has all it reads. PostgreSQL totals keeps everybody's total and
  week in the same transaction. Redis keeps sorted sets beside a hash of rows. None of the three has points rules, awards, a
  streak, an audit trail, or who may see what. Convex .collect() reads all activities and adds up, on the same deployment.
- Uncached: asked as nobody asked before. Cached: asked again while nothing changed; the others keep no answers.`;

/** The page docs/benchmarks.md, which is what the terminal shows too. @param {Run} run */
export function pageOf(run) {
  const { cells } = run;
  const largest = cells.at(-1);
  if (largest === undefined) return "";
  const goals = goalsOf(cells);
  const missed = profileTexts(goals, largest);
  return `${[
    "# Benchmarks",
    "",
    `Written by \`${run.command}\` on ${run.date}; not by hand. [benchmarks.json](benchmarks.json) has all figures.`,
    "",
    `${run.machine}. ${run.versions.join(", ")}. Load average ${run.load.join(" before, ")} after.`,
    ...run.skipped.map((line) => `\n${line}`),
    "",
    `One challenge. ${LOGGED_DAYS} days of activities with 1 to 100 points, some people far more active than others (Zipf-Mandelbrot),`,
    "2 % deleted, a streak bonus and an award; then everything below on the day after.",
    "",
    "## Goals",
    "",
    goalTable(goals),
    "",
    ...(missed.length === 0 ? [] : ["## Where the time goes", "", ...missed]),
    ...cells.flatMap((cell) => [`## ${titleOf(cell)}`, "", cellTable(cell), "", ...refusals(cell)]),
    "## Growth",
    "",
    "Exponents: 0 is not at all, 1 in proportion. A: with the activities of as many people; P: with the people at as many",
    "activities.",
    "",
    growthTable(cells),
    "",
    "## Logs",
    "",
    rateTable(cells),
    "",
    "## Limits of Convex",
    "",
    `What transactions come closest to, at ${titleOf(largest)}.`,
    "",
    limitTable(largest),
    "",
    "## How to read it",
    "",
    HOW_TO_READ,
    `- Cells are loaded by the ledger's own imports (${cells.map((cell) => `${short(cell.rowsPerSecond)} activities a second at ${titleOf(cell)}`).join("; ")})`,
    "  and verified without a finding, before and after.",
    ...(run.start === null
      ? []
      : [
          `- \`npm start\`: ${short(run.start.cold)} s on an empty folder, with the demo; ${short(run.start.warm)} s the second time.`,
        ]),
  ].join("\n")}\n`;
}
