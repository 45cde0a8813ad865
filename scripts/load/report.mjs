import { cpus, loadavg } from "node:os";
import { quantile, short, table } from "../lib/statistics.mjs";
import { sumOf } from "./checks.mjs";

/** @typedef {Awaited<ReturnType<typeof import("./play.mjs").playLoad>>} Played */

/** @param {number} bytes */
const mebibytes = (bytes) => `${Math.round(bytes / 2 ** 20)} MiB`;

/** @param {string} what @param {number[]} times milliseconds */
const timesRow = (what, times) => [
  what,
  String(times.length),
  ...[0.5, 0.95, 0.99, 1].map((share) =>
    times.length === 0 ? "-" : short(quantile(times, share)),
  ),
];

/** Times as somebody at a screen meets them. @param {Played} played */
function timeRows({ done, seen }) {
  const took = (/** @type {"log" | "import"} */ wanted) =>
    done.flatMap(({ kind, tookMs, activities }) =>
      kind === wanted && activities !== undefined ? tookMs : [],
    );
  const imports = took("import");
  const late = done.map(({ lateMs }) => lateMs);
  return [
    timesRow("a log until it is answered", took("log")),
    timesRow(
      "a leader's log until another screen shows it",
      seen.flatMap(({ delays }) => delays),
    ),
    ...(imports.length === 0 ? [] : [timesRow("an import of 20 activities", imports)]),
    timesRow("sent after it was due", late),
  ];
}

/** What it took. @param {Played} played @param {import("./plan.mjs").Load} load */
function costRows({ opened, figures, clients, sums, done, convergedMs }, { seconds }) {
  const { rise, most, after } = figures;
  const commits = rise("commits");
  const rankAsks = sumOf(sums.map((one) => one.rankAsks));
  const acknowledged = done.filter(({ activities }) => activities !== undefined).length;
  const clientSeconds = sumOf(clients.map(({ cpuSeconds }) => cpuSeconds));
  const loopDelay = Math.max(...clients.map(({ loopDelayMs }) => loopDelayMs));
  return [
    ["acknowledged a second", short(acknowledged / seconds)],
    ["connections, watched queries", `${opened.connections}, ${opened.subscriptions}`],
    ["commits", String(commits)],
    [
      "runs of watched queries, for each commit",
      `${rise("runs")}, ${short(rise("runs") / commits)}`,
    ],
    ["places asked for (among those runs)", String(rankAsks)],
    [
      "server: CPU seconds, of seconds",
      `${short(rise("cpuSeconds"))} of ${short(figures.seconds)}`,
    ],
    [
      "server: memory before, most, after",
      [opened.memoryBytes, most("memoryBytes"), after.memoryBytes].map(mebibytes).join(", "),
    ],
    ["server: heap, most", mebibytes(most("heapBytes"))],
    [`people: CPU seconds of ${clients.length} processes`, short(clientSeconds)],
    ["people: wait for their processor, p99 ms", short(loopDelay)],
    ["last answer until all screens were found new, s", short(convergedMs / 1000)],
  ];
}

/** Prints what a load measured. @param {import("./plan.mjs").Load} load @param {Played} played */
export function printFigures(load, played) {
  const header = ["milliseconds", "count", "p50", "p95", "p99", "most"];
  console.log(`\n${table(header, timeRows(played))}\n`);
  console.log(`${table(["the load", ""], costRows(played, load))}\n`);
  const processor = `${cpus().length} CPUs (${cpus()[0]?.model ?? "unknown"})`;
  console.log(
    `Node ${process.versions.node}, ${processor}, load ${loadavg().map(short).join(" ")}`,
  );
}
