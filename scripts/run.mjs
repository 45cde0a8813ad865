// The bootstrap behind `npm start` and `npm test`: until the dependencies are installed nothing but Node's own
// modules may be imported here and in what this file imports statically.
import { Failure, runMain } from "./lib/failure.mjs";
import { checkNode, ensureInstalled } from "./lib/install.mjs";

const COMMANDS = {
  start: async () => (await import("./lib/start.mjs")).start,
  dev: async () => (await import("./lib/dev.mjs")).dev,
  test: async () => (await import("./lib/test.mjs")).test,
};

await runMain(async () => {
  checkNode();
  const [command = "start", ...args] = process.argv.slice(2);
  if (!(command in COMMANDS)) {
    throw new Failure(`Unknown command "${command}": use ${Object.keys(COMMANDS).join(", ")}.`);
  }
  await ensureInstalled();
  const main = await COMMANDS[/** @type {keyof typeof COMMANDS} */ (command)]();
  return main(args);
});
