// `npm run bench:embedded`: the embedded deployment alone, by the workload of its design: rows with an index by user and one
// aggregate that sums them by challenge. Prints what it measured beside the figures that are its floor.
import { cpSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { performance } from "node:perf_hooks";
import { deployApp, loadedFolder } from "./bench/embedded-load.mjs";
import { measureAll, memoryMiB } from "./bench/embedded-measure.mjs";
import { startEmbedded } from "./lib/embedded.mjs";
import { runMain } from "./lib/failure.mjs";
import { readOptions } from "./lib/options.mjs";
import { short, table } from "./lib/statistics.mjs";
import { withFolder } from "./lib/temporary.mjs";

const SIZES = {
  quick: { rows: 10_000, users: 1_000, share: 0.3 },
  usual: { rows: 100_000, users: 10_000, share: 1 },
  million: { rows: 1_000_000, users: 10_000, share: 1 },
};

/** @typedef {import("./bench/embedded-measure.mjs").Figures} Figures */

/** Starts on a loaded folder; answers how long that took too, milliseconds. @param {string} dataDir */
async function startTimed(dataDir) {
  const start = performance.now();
  const deployment = await startEmbedded({ dataDir, quiet: true });
  return { deployment, startMs: performance.now() - start };
}

/**
 * One line of the table.
 * @param {string} what @param {Figures} figures @param {string} floor with 1,000,000 rows, from the design's trial build
 */
const line = (what, { perSecond, p50, p95, cpuMs }, floor) => [
  what,
  floor,
  short(perSecond),
  p50.toFixed(2),
  p95.toFixed(2),
  cpuMs.toFixed(2),
];

/**
 * @param {Awaited<ReturnType<typeof measureAll>>} measured
 * @param {{startMs: number, restartMs: number, memory: number[], rate: number | null}} around
 */
function printFigures(measured, { startMs, restartMs, memory, rate }) {
  const header = ["operation", "floor (1M rows)", "per second", "p50 ms", "p95 ms", "CPU ms"];
  const rows = [
    line("log, 1 in flight", measured.logAlone, "291/s, p50 3.1, p95 5.8"),
    line("log, 16 in flight", measured.log, "769/s, p50 20, p95 31; CPU 1.46"),
    line("plain insert, 16 in flight", measured.plain, "2,300/s"),
    line("sums of 50 people", measured.sumBatch50, "p50 17.7, p95 20.5"),
    line("sums of 25 people", measured.sumBatch25, "none"),
    line("newest ten of a person", measured.recent, "p50 0.49"),
    line("sums of 25 people, cached", measured.cached, "none"),
    line("log until a screen of 50 sums shows it", measured.liveSums, "p50 21, p95 23"),
    line("log until a screen of ten rows shows it", measured.liveRecent, "p50 1.6, p95 2.9"),
  ];
  console.log(`\n${table(header, rows)}\n`);
  const [before = 0, after = 0] = memory;
  const others = [
    ["documents read by the sums of 50 people", "640", String(measured.reads50)],
    ["rows at the end", "", measured.rows.toLocaleString("en-US")],
    ["bulk load, rows a second", "1,150-1,310", rate === null ? "kept from before" : short(rate)],
    ["start, ms", "347", `${short(startMs)}, and again ${short(restartMs)}`],
    [
      "memory (RssAnon), MiB",
      "139-150",
      `${short(before)} at the start, ${short(after)} at the end`,
    ],
  ];
  console.log(table(["", "floor (1M rows)", "measured"], others));
  console.log(
    `\nNode ${process.versions.node}, ${cpus().length} CPUs (${cpus()[0]?.model ?? "unknown"}), load ${short(loadavg()[0] ?? 0)}`,
  );
}

await runMain(async () => {
  const options = readOptions(
    "npm run bench:embedded -- [options]",
    {
      quick: { type: "boolean", help: "10,000 rows instead of 100,000, and fewer operations" },
      million: { type: "boolean", help: "1,000,000 rows; loading them the first time takes long" },
      json: { type: "boolean", help: "print one JSON object instead of tables" },
    },
    process.argv.slice(2),
  );
  if (options === null) return;
  const size = SIZES[options.quick ? "quick" : options.million ? "million" : "usual"];
  const loaded = await loadedFolder(size);
  await withFolder(async (dataDir) => {
    // What is measured writes, and the next run begins with the same rows.
    cpSync(loaded.dataDir, dataDir, { recursive: true });
    const { deployment, startMs } = await startTimed(dataDir);
    try {
      await deployApp(deployment);
      const before = memoryMiB(deployment.child.pid);
      const measured = await measureAll(deployment, size);
      const memory = [before, memoryMiB(deployment.child.pid)];
      await deployment.stop();
      const again = await startTimed(dataDir);
      await again.deployment.stop();
      const around = { startMs, restartMs: again.startMs, memory, rate: loaded.rate };
      if (options.json) console.log(JSON.stringify({ ...measured, ...around }));
      else printFigures(measured, around);
    } finally {
      await deployment.stop();
    }
  });
});
