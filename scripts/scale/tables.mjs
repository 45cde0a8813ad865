// The tables of docs/scale.md.
import { table } from "../lib/statistics.mjs";
import * as model from "./model.mjs";
import { LATENCIES, MOST } from "./simulations.mjs";

/** @typedef {{measured: string, node: string, cells: import("./measure.mjs").Cell[], levers: model.MeasuredLever[], simulations: ReturnType<typeof import("./simulations.mjs").simulations>}} Data */

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
  ["- own rank, asked again", ({ month }) => month.calls.ownRank],
  ["- updates of open boards", ({ month }) => month.calls.live],
  ["**database I/O, GB**", ({ month }) => model.sum(month.gigabytes)],
  ["- logs and edits", ({ month }) => month.gigabytes.writes],
  ["- the ranks' worker", ({ month }) => month.gigabytes.ranks],
  ["- opening boards", ({ month }) => month.gigabytes.opening],
  ["- own rank, asked again", ({ month }) => month.gigabytes.ownRank],
  ["- updates of open boards", ({ month }) => month.gigabytes.live],
  ["US dollars beyond what Professional includes", ({ month }) => Math.round(model.dollars(month))],
];

/** @param {Data} data */
export function monthTable({ cells }) {
  const months = SIZES.map((people) => ({ people, month: model.monthly(cells, people) }));
  const rows = MONTH.map(([name, read]) => [name, ...months.map((one) => brief(read(one)))]);
  return table(["a month", ...SIZES.map((people) => `${brief(people)} people`)], rows);
}

/** How much of which limit an operation takes. @param {import("./recorder.mjs").Cost} cost */
function nearestLimit(cost) {
  const shares = LIMITS.map(([name, limit, word]) => ({ word, share: cost[name] / limit }));
  return shares.reduce((near, one) => (one.share > near.share ? one : near));
}

/** The most that any operation takes of any limit. @param {Data} data */
export const nearestOfAll = ({ cells }) =>
  Math.max(
    ...Object.values(model.largest(cells).operations).map((cost) => nearestLimit(cost).share),
  );

/** @param {Data} data */
export function operationTable({ cells }) {
  const rows = Object.entries(model.largest(cells).operations).map(([name, cost]) => {
    const { word, share } = nearestLimit(cost);
    return [
      name,
      `${cost.documentsRead} / ${cost.documentsWritten}`,
      String(cost.databaseQueries),
      `${kilobytes(cost.bytesRead)} / ${kilobytes(cost.bytesWritten)}`,
      kilobytes(model.bytesAt(cells, name, model.activitiesOf(1_000_000))),
      `${percent(share)} of the ${word}`,
    ];
  });
  const documents = "documents read / written";
  const extended = "kB at 1 million people";
  return table(
    ["operation", documents, "ranges", "kB read / written", extended, "nearest limit"],
    rows,
  );
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
  return table([...header, "p95 ms"], rows);
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

/** @param {number} value US dollars */
export const dollars = (value) => `$${brief(Math.round(value))}`;

/** @param {Data} data */
export function leverTable({ cells, levers }) {
  const names = model.boardLevers(cells, levers, SIZES[0]).map(({ name }) => name);
  const months = SIZES.map((people) =>
    model.boardLevers(cells, levers, people).map(({ board }) => {
      const month = model.monthly(cells, people, board);
      const io = brief(model.sum(month.gigabytes));
      return `${brief(model.sum(month.calls))} / ${io} / ${dollars(model.dollars(month))}`;
    }),
  );
  const rows = names.map((name, at) => [name, ...months.flatMap(({ [at]: month }) => month ?? [])]);
  const header = SIZES.map((people) => `${brief(people)} people: calls / GB / $`);
  return table(["an open board", ...header], rows);
}
