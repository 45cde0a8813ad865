// `npm run bench:smoke`: what a log and a board page cost at growing size, how many logs a second are durable, how fast
// another screen moves, and how long a start takes. On a deployment of its own; --quick stops at 10,000 activities.
import { cpus } from "node:os";
import { deployMeasuredBackend } from "./bench/measured-backend.mjs";
import { fill, measureDocuments, measureLiveUpdate, measureLogs } from "./bench/measure.mjs";
import { startSeconds } from "./bench/start-time.mjs";
import { connect } from "./lib/client.mjs";
import { createCrowd } from "./lib/crowd.mjs";
import { runMain } from "./lib/failure.mjs";
import { readOptions } from "./lib/options.mjs";
import { short, table } from "./lib/statistics.mjs";
import { withDeployment, withFolder } from "./lib/temporary.mjs";

const PEOPLE = 1000;
/** Activities of each person at each size: 1,000, 10,000 and 100,000 in all. */
const SIZES = [1, 10, 100];
const LOGS = 400;

/** @param {import("./bench/measure.mjs").Documents} documents */
const readWritten = ({ documentsRead, documentsWritten }) =>
  `${documentsRead} / ${documentsWritten}`;

/**
 * Grows one challenge and measures at each size.
 * @param {import("./lib/embedded.mjs").Deployment} deployment @param {number[]} sizes @param {(text: string) => void} say
 */
async function measureSizes(deployment, sizes, say) {
  const connection = connect(deployment);
  say(`Making ${PEOPLE} people ...`);
  const crowd = await createCrowd(connection, { people: PEOPLE, name: "Bench" });
  const documents = [];
  let filled = 0;
  for (const [round, size] of sizes.entries()) {
    say(`Importing up to ${(size * PEOPLE).toLocaleString("en-US")} activities ...`);
    await fill(connection, crowd, { from: filled, to: size });
    filled = size;
    const activities = size * PEOPLE;
    documents.push({ activities, ...(await measureDocuments(connection, crowd, round)) });
  }
  say("Logging ...");
  const one = await measureLogs(connection, crowd, { width: 1, count: LOGS, firstPerson: 100 });
  const sixteen = await measureLogs(connection, crowd, {
    width: 16,
    count: LOGS,
    firstPerson: 500,
  });
  const live = await measureLiveUpdate(deployment, connection, crowd);
  return { documents, logs: { one, sixteen }, live };
}

/** @param {Awaited<ReturnType<typeof measureSizes>> & {start: {cold: number, warm: number}}} figures */
function printFigures({ documents, logs, live, start }) {
  const header = ["activities", "log (streak grows)", "log (same day)", "board page of 25"];
  const rows = documents.map(({ activities, streakLog, plainLog, page }) => [
    activities.toLocaleString("en-US"),
    readWritten(streakLog),
    readWritten(plainLog),
    readWritten(page),
  ]);
  console.log(`\nDocuments read / written\n${table(header, rows)}\n`);
  /** @param {{p50: number, p95: number}} times */
  const quantiles = ({ p50, p95 }) => [short(p50), short(p95)];
  const { one, sixteen } = logs;
  const times = [
    ["log, 1 in flight", `${short(one.perSecond)} logs/s`, ...quantiles(one)],
    ["log, 16 in flight", `${short(sixteen.perSecond)} logs/s`, ...quantiles(sixteen)],
    ["log until another open board shows it", "", ...quantiles(live)],
  ];
  console.log(
    `${table(["at the last size, over the network", "rate", "p50 ms", "p95 ms"], times)}\n`,
  );
  console.log(
    table(
      ["npm start", "seconds"],
      [
        ["empty data folder, with demo", short(start.cold)],
        ["second start", short(start.warm)],
      ],
    ),
  );
  console.log(
    `\nNode ${process.versions.node}, ${cpus().length} CPUs (${cpus()[0]?.model ?? "unknown"})`,
  );
}

await runMain(async () => {
  const options = readOptions(
    "npm run bench:smoke -- [options]",
    {
      quick: { type: "boolean", help: "stop at 10,000 activities" },
      json: { type: "boolean", help: "print one JSON object instead of tables" },
    },
    process.argv.slice(2),
  );
  if (options === null) return;
  /** @param {string} text */
  const say = (text) => {
    if (!options.json) console.log(text);
  };
  say("Starting twice ...");
  const start = await withFolder(async (folder) => {
    const cold = await startSeconds(folder);
    return { cold, warm: await startSeconds(folder) };
  });
  const sizes = options.quick ? SIZES.slice(0, 2) : SIZES;
  const measured = await withDeployment(async (deployment) => {
    await deployMeasuredBackend(deployment);
    return await measureSizes(deployment, sizes, say);
  });
  if (options.json) console.log(JSON.stringify({ ...measured, start }));
  else printFigures({ ...measured, start });
});
