// The tables of docs/scale.md.
import { table } from "../lib/statistics.mjs";
import { pairShare, unpacked } from "./contention.mjs";
import * as model from "./model.mjs";
import { LATENCIES, MOST } from "./simulations.mjs";

/** @typedef {{measured: string, node: string, cells: import("./measure.mjs").Cell[], treeAPerson: import("./measure.mjs").Cell, levers: import("./levers.mjs").MeasuredLever[], simulations: ReturnType<typeof import("./simulations.mjs").simulations>}} Data */

/** People of the challenges that the document is about. */
export const SIZES = /** @type {const} */ ([100, 10_000, 1_000_000]);

/** What one transaction may do (limits.mdx of Convex), with a word for each. */
const LIMITS = /** @type {const} */ ([
  ["documentsRead", 32_000, "documents"],
  ["databaseQueries", 4096, "ranges"],
  ["bytesRead", 16 * 2 ** 20, "bytes read"],
]);

/** Three digits, and a word for what they count in. @param {number} value */
export function brief(value) {
  if (value === 0) return "0";
  const steps = /** @type {const} */ ([
    [1e9, " billion"],
    [1e6, " million"],
  ]);
  const [unit, word] = steps.find(([least]) => value >= least * 0.9995) ?? [1, ""];
  const rounded = Number((value / unit).toPrecision(3));
  return rounded.toLocaleString("en-US", { maximumFractionDigits: 5 }) + word;
}

/** @param {number} share */
export const percent = (share) => `${brief(share * 100)} %`;
/** @param {number} value US dollars */
export const dollars = (value) => `$${brief(Math.round(value))}`;
/** What a design sustains. @param {number} perSecond */
export const rate = (perSecond) =>
  perSecond >= MOST ? `${brief(MOST)} or more` : brief(perSecond);
/** @param {number} bytes */
const kilobytes = (bytes) => brief(bytes / 1000);

/** @typedef {{people: number, month: ReturnType<typeof model.monthly>}} Month */
/** Rows of a month. @type {Array<[string, (one: Month) => number]>} */
const MONTH = [
  ["logs and edits", ({ month }) => month.calls.writes],
  ["logs a second in the busiest hour", ({ people }) => model.busiestPerSecond(people)],
  ["boards open at once, on average", ({ people }) => model.watchersOf(people)],
  ["**function calls**", ({ month }) => model.sum(month.calls)],
  ["- the ranks' worker", ({ month }) => month.calls.ranks],
  ["- opening boards", ({ month }) => month.calls.opening],
  ["- own rank, when it is opened and again", ({ month }) => month.calls.ownRank],
  ["- updates of open boards", ({ month }) => month.calls.live],
  ["- profiles and histories", ({ month }) => month.calls.other],
  ["**database I/O, GB**", ({ month }) => model.sum(month.gigabytes)],
  ["- logs and edits", ({ month }) => month.gigabytes.writes],
  ["- the ranks' worker", ({ month }) => month.gigabytes.ranks],
  ["- opening boards", ({ month }) => month.gigabytes.opening],
  ["- own rank, when it is opened and again", ({ month }) => month.gigabytes.ownRank],
  ["- updates of open boards", ({ month }) => month.gigabytes.live],
  ["- profiles and histories", ({ month }) => month.gigabytes.other],
  ["US dollars beyond what Professional includes", ({ month }) => Math.round(model.dollars(month))],
];

/** @param {Data} data */
export function monthTable({ cells }) {
  const months = SIZES.map((people) => ({ people, month: model.monthly(cells, people) }));
  const rows = MONTH.map(([name, read]) => [name, ...months.map((one) => brief(read(one)))]);
  return table(["a month", ...SIZES.map((people) => `${brief(people)} people`)], rows);
}

/** The operation that comes closest to one of the limits. @param {Data} data */
export const nearestLimit = ({ cells }) =>
  Object.entries(model.largest(cells).operations)
    .flatMap(([operation, cost]) =>
      LIMITS.map(([name, limit, word]) => ({ operation, word, share: cost[name] / limit })),
    )
    .reduce((near, one) => (one.share > near.share ? one : near));

/** @param {Data} data */
export function operationTable({ cells }) {
  const rows = Object.entries(model.largest(cells).operations).map(([name, cost]) => [
    name,
    `${cost.documentsRead} / ${cost.documentsWritten}`,
    String(cost.databaseQueries),
    `${kilobytes(cost.bytesRead)} / ${kilobytes(cost.bytesWritten)}`,
    kilobytes(model.bytesAt(cells, name, model.activitiesOf(1_000_000))),
  ]);
  const header = ["operation", "documents read / written", "ranges", "kB read / written"];
  return table([...header, "kB at 1 million people"], rows);
}

/** @param {Data} data */
export function rateTable({ simulations }) {
  const rows = simulations.byRate.map((one) => [
    brief(one.perSecond),
    percent(one.conflictShare),
    brief(one.runsPerLog),
    percent(one.refusedShare),
    brief(Math.round(one.p95Ms)),
  ]);
  const header = ["logs a second", "runs that meet another", "runs a log", "logs refused"];
  return table([...header, "p95 ms of the others"], rows);
}

/** @param {Data} data */
export function waysTable({ levers, simulations }) {
  const rows = levers.flatMap(({ name, cells }, at) => {
    const [way, last] = [simulations.ways[at], cells.at(-1)];
    if (way === undefined || last === undefined) return [];
    return [
      [
        name,
        way.shares.map(percent).join(", "),
        ...way.sustained.map(rate),
        `${last.log.documentsRead} / ${last.log.documentsWritten}`,
        String(last.page.documentsRead),
        percent(last.rerun),
      ],
    ];
  });
  const sizes = levers[0]?.cells.map((cell) => brief(cell.rows)).join(", ");
  const header = [
    "points are kept in",
    `two logs meet (${sizes} rows)`,
    ...LATENCIES.map((ms) => `logs/s, runs of ${ms} ms`),
    "documents a log",
    "a page",
    "logs that run it again",
  ];
  return table(header, rows);
}

/** @param {Data} data */
export function leverTable(data) {
  const months = SIZES.map((people) => model.leverMonths(data, people));
  const rows = model.leverMonths(data, SIZES[0]).map(({ name }, at) => [
    name,
    ...months.flatMap(({ [at]: lever }) => {
      if (lever === undefined) return [];
      const { calls, gigabytes } = lever.month;
      const parts = [brief(model.sum(calls)), brief(model.sum(gigabytes))];
      return [...parts, dollars(model.dollars(lever.month))].join(" / ");
    }),
  ]);
  const header = SIZES.map((people) => `${brief(people)} people: calls / GB / $`);
  return table(["one thing changed", ...header], rows);
}

/** Two columns of operations: with one tree, and with a tree a person. @param {Data} data */
export function treeTable({ cells, treeAPerson }) {
  const { people, activities } = treeAPerson;
  const twin = cells.find((cell) => cell.people === people && cell.activities === activities);
  const names = ["log", "another log of the day", "page of 25", "own rank"];
  const cellOf = (/** @type {import("./recorder.mjs").Cost | undefined} */ cost) =>
    `${cost?.documentsRead} / ${cost?.documentsWritten}, ${kilobytes((cost?.bytesRead ?? 0) + (cost?.bytesWritten ?? 0))} kB`;
  const rows = names.map((name) => [
    name,
    cellOf(twin?.operations[name]),
    cellOf(treeAPerson.operations[name]),
  ]);
  const meet = (/** @type {import("./measure.mjs").Cell | undefined} */ cell) =>
    percent(pairShare(unpacked(cell?.contention.conflicts ?? "1")));
  rows.push(["two logs meet", meet(twin), meet(treeAPerson)]);
  rows.push([
    "logs that run the first page again",
    percent(twin?.reruns.total ?? 0),
    percent(treeAPerson.reruns.total),
  ]);
  const size = `${brief(people)} people, ${brief(activities)} activities`;
  return table([size, "one tree a challenge", "a tree a person"], rows);
}
