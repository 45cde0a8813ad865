// `npm run bench`: what the operations of the product take, read and write at growing sizes, beside what people would use
// instead, in one run. Needs nothing but Node; PostgreSQL and Redis take part where they are installed.
import { writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { loadedCell } from "./bench/cells.mjs";
import { checkBudgets } from "./bench/goals.mjs";
import { startPostgres } from "./bench/peers/postgres.mjs";
import { startRedis } from "./bench/peers/redis.mjs";
import { pageOf } from "./bench/report.mjs";
import { runCell } from "./bench/run-cell.mjs";
import { startSeconds } from "./bench/start-time.mjs";
import { Checklist } from "./lib/checklist.mjs";
import { runMain } from "./lib/failure.mjs";
import { readOptions } from "./lib/options.mjs";
import { inRoot } from "./lib/paths.mjs";
import { runNode } from "./lib/processes.mjs";
import { short } from "./lib/statistics.mjs";
import { withFolder } from "./lib/temporary.mjs";

/** Each size differs from the next in one thing, so that growth can be told. */
const CELLS = {
  quick: [
    { people: 100, activities: 600 },
    { people: 100, activities: 2_400 },
    { people: 300, activities: 2_400 },
  ],
  usual: [
    { people: 1_000, activities: 10_000 },
    { people: 1_000, activities: 100_000 },
    { people: 10_000, activities: 100_000 },
  ],
  million: [{ people: 10_000, activities: 1_000_000 }],
};
const REPETITIONS = {
  quick: { reads: 15, quickReads: 15, logs: 15, logsAtOnce: 48, changes: 10, live: 10 },
  usual: { reads: 40, quickReads: 1000, logs: 100, logsAtOnce: 400, changes: 40, live: 40 },
};
const GIB = 2 ** 30;

const load = () => short(loadavg()[0] ?? 0);

function machine() {
  const [cpu] = cpus();
  const cores = `${cpus().length} ${cpus().length === 1 ? "CPU" : "CPUs"} (${cpu?.model.trim() ?? "unknown"})`;
  return `${cores}, ${short(totalmem() / GIB)} GiB of memory, ${process.platform} ${process.arch}`;
}

/** @param {boolean} isQuick @param {boolean} withMillion */
function cellsOf(isQuick, withMillion) {
  if (isQuick) return CELLS.quick;
  return withMillion ? [...CELLS.usual, ...CELLS.million] : CELLS.usual;
}

/**
 * Starts who takes part, runs everything, and ends them.
 * @param {Array<import("./bench/workload.mjs").Cell>} cells @param {typeof REPETITIONS.usual} repetitions @param {Checklist} list
 * @param {string} command
 */
async function measureAll(cells, repetitions, list, command) {
  const before = load();
  console.log("Starting twice ...");
  const start = await withFolder(async (folder) => {
    const cold = await startSeconds(folder);
    return { cold, warm: await startSeconds(folder) };
  });
  return await withFolder(async (folder) => {
    const postgres = await startPostgres(folder);
    const redis = await startRedis(folder);
    const skipped = [
      ...(postgres === null
        ? ["Left out: PostgreSQL, because initdb and postgres were not found."]
        : []),
      ...(redis === null ? ["Left out: Redis, because redis-server was not found."] : []),
    ];
    for (const line of skipped) console.log(line);
    const results = [];
    try {
      for (const cell of cells) {
        console.log(`${cell.people} people, ${cell.activities} activities ...`);
        const isProfiled = cell === cells.at(-1);
        const options = { repetitions, servers: { postgres, redis }, list, isProfiled };
        const result = await runCell(cell, options);
        checkBudgets(list, result);
        results.push(result);
      }
    } finally {
      await Promise.all([postgres?.stop(), redis?.stop()]);
    }
    const versions = [
      `Node ${process.versions.node}`,
      ...(postgres === null ? [] : [`PostgreSQL ${postgres.version}`]),
      ...(redis === null ? [] : [`Redis ${redis.version}`]),
    ];
    const date = new Date().toISOString().slice(0, 10);
    const around = { date, command, machine: machine(), load: [before, load()] };
    return { ...around, versions, skipped, start, cells: results };
  });
}

/** @param {import("./bench/report.mjs").Run} run */
async function writeDocuments(run) {
  const files = [inRoot("docs", "benchmarks.md"), inRoot("docs", "benchmarks.json")];
  const [page = "", data = ""] = files;
  writeFileSync(page, pageOf(run));
  writeFileSync(data, JSON.stringify(run));
  await runNode("node_modules/oxfmt/bin/oxfmt", files);
}

await runMain(async () => {
  const argv = process.argv.slice(2);
  const options = readOptions(
    "npm run bench -- [options]",
    {
      quick: { type: "boolean", help: "small sizes and few repetitions, as in .ci/run" },
      million: { type: "boolean", help: "1,000,000 activities too; the first time takes hours" },
      build: { type: "boolean", help: "load and keep the sizes, and measure nothing" },
      write: { type: "boolean", help: "write docs/benchmarks.md and docs/benchmarks.json" },
    },
    argv,
  );
  if (options === null) return 0;
  const cells = cellsOf(options.quick, options.million);
  if (options.build) {
    for (const cell of cells) await loadedCell(cell);
    return 0;
  }
  const list = new Checklist();
  const repetitions = options.quick ? REPETITIONS.quick : REPETITIONS.usual;
  const command = ["npm run bench", ...(argv.length === 0 ? [] : ["--", ...argv])].join(" ");
  const run = await measureAll(cells, repetitions, list, command);
  console.log(`\n${pageOf(run)}`);
  if (options.write) await writeDocuments(run);
  return list.finish();
});
