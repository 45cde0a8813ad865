// `npm run load`: many people at once, each with a WebSocket of their own and everything the web app watches on the page
// of a board, while some of them log. On a deployment of its own. In the end every screen must show the newest state and
// every total must be right.
import { availableParallelism } from "node:os";
import { Checklist } from "./lib/checklist.mjs";
import { connect } from "./lib/client.mjs";
import { deployBackend } from "./lib/deploy.mjs";
import { Failure, runMain } from "./lib/failure.mjs";
import { readOptions } from "./lib/options.mjs";
import { withDeployment } from "./lib/temporary.mjs";
import { mostLogsPerSecond } from "./load/plan.mjs";
import { printFigures } from "./load/report.mjs";
import { playLoad } from "./load/play.mjs";

/** @param {Record<string, string>} options @param {string} name */
function wholeNumber(options, name) {
  const value = Number(options[name]);
  if (!Number.isInteger(value) || value < 1)
    throw new Failure(`--${name} must be a whole number from 1, not "${options[name]}".`);
  return value;
}

/** Asks for as many processes as leave one processor to the server. */
const defaultProcesses = String(Math.max(1, Math.min(8, availableParallelism() - 1)));

await runMain(async () => {
  const options = readOptions(
    "npm run load -- [options]",
    {
      people: { type: "string", value: "N", default: "2000", help: "people who look at the board" },
      seconds: { type: "string", value: "N", default: "60", help: "how long they log" },
      "logs-per-second": { type: "string", value: "N", default: "20", help: "logs, and imports" },
      "board-only": {
        type: "boolean",
        help: "everybody stays on the first page, and anybody logs: no imports, bursts or verification",
      },
      processes: { type: "string", value: "N", default: defaultProcesses, help: "for the people" },
    },
    process.argv.slice(2),
  );
  if (options === null) return 0;
  const { "board-only": boardOnly, ...numbers } = options;
  const load = {
    people: wholeNumber(numbers, "people"),
    seconds: wholeNumber(numbers, "seconds"),
    logsPerSecond: wholeNumber(numbers, "logs-per-second"),
    boardOnly,
  };
  const processes = wholeNumber(numbers, "processes");
  const most = mostLogsPerSecond(load);
  if (load.logsPerSecond > most)
    throw new Failure(
      `${load.people} people may send ${most} logs a second before a limit refuses some: ` +
        "take more --people or fewer --logs-per-second.",
    );
  const list = new Checklist();
  await withDeployment(async (deployment) => {
    await deployBackend(deployment);
    const played = await playLoad(
      list,
      { deployment, connection: connect(deployment) },
      load,
      processes,
    );
    printFigures(load, played);
  });
  return list.finish();
});
