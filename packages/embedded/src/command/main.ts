/** The command `milepost-embedded`: which of its commands runs, and how errors end it. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { StartError } from "../server/listen.ts";
import { StoreError } from "../store/index.ts";
import { MAINTENANCE } from "./maintenance.ts";
import { UsageError } from "./options.ts";
import { start } from "./start.ts";

/** Set in the child that does a maintenance command's work. */
const IN_CHILD = "MILEPOST_EMBEDDED_CHILD";

async function main([name = "start", ...rest]: string[]): Promise<void> {
  if (name.startsWith("-")) return start([name, ...rest]);
  if (name === "start") return start(rest);
  const command = MAINTENANCE.get(name);
  if (command === undefined) {
    const names = ["start", ...MAINTENANCE.keys()].join(", ");
    throw new UsageError(`There is no command "${name}". The commands are: ${names}.`);
  }
  process.exitCode = process.env[IN_CHILD] === undefined ? runInChild() : await command(rest);
}

/** LMDB maps the data file: a damaged page may end the process that reads it, which must not end in silence. */
function runInChild(): number {
  // This module is the bundle itself by now: it needs no second bundling.
  const self = fileURLToPath(import.meta.url);
  const { status, signal } = spawnSync(process.execPath, [self, ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, [IN_CHILD]: "1" },
  });
  if (status !== null) return status;
  console.error(
    signal === "SIGSEGV" || signal === "SIGBUS" || signal === "SIGABRT"
      ? `The data file is damaged: reading it ended with ${signal}. Move it away and restore a backup.`
      : `Ended by ${signal}.`,
  );
  return 1;
}

/** What the person can do something about is one line; a defect shows its stack. */
function fail(error: unknown): never {
  const isExpected =
    error instanceof UsageError || error instanceof StartError || error instanceof StoreError;
  console.error(isExpected ? error.message : error);
  process.exit(1);
}

main(process.argv.slice(2)).catch(fail);
