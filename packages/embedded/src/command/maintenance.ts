/** `milepost-embedded backup`, `restore`, `compact`, `check`, `version`. */
import { statSync } from "node:fs";
import { version as convexVersion } from "convex";
import { backup, check, compact, FORMAT_VERSION, restore } from "../store/index.ts";
import packageJson from "../../package.json" with { type: "json" };
import { readArguments, requireNames } from "./options.ts";

/** A command: answers the exit code. */
export type Command = (args: string[]) => Promise<number>;

const PROGRESS_EVERY_MS = 1_000;
const DATA_DIR = { "data-dir": { type: "string", default: ".milepost" } } as const;
const HELP = { help: { type: "boolean", default: false } } as const;

const BACKUP_HELP = `Copies the data, also while the server runs: milepost-embedded backup DIR|FILE [options]

  DIR|FILE          an existing folder, for a file named by the time, or the name of a new file
  --data-dir DIR    folder of the data (default .milepost)
  --overwrite       replaces FILE when it exists
  --help            this text

The copy shows one moment, loses no acknowledged write before it, and holds no admin key. It does hold the
environment variables, so keep it as secret as the data folder.`;

const backupCommand: Command = async (args) => {
  const { values, positionals } = readArguments(BACKUP_HELP, args, {
    ...DATA_DIR,
    ...HELP,
    overwrite: { type: "boolean", default: false },
  });
  if (values.help) return print(BACKUP_HELP);
  const [target = ""] = requireNames(BACKUP_HELP, positionals, "DIR|FILE");
  const { file, bytes } = await withFileProgress("Copied", (onStart) =>
    backup({ dir: values["data-dir"], target, overwrite: values.overwrite, onStart }),
  );
  return print(`Backed up to ${file} (${megabytes(bytes)}).`);
};

const RESTORE_HELP = `Puts a backup into an empty or new folder: milepost-embedded restore FILE [options]

  FILE              what backup has made
  --data-dir DIR    folder to fill (default .milepost); it may hold an admin key and nothing else
  --help            this text`;

const restoreCommand: Command = async (args) => {
  const { values, positionals } = readArguments(RESTORE_HELP, args, { ...DATA_DIR, ...HELP });
  if (values.help) return print(RESTORE_HELP);
  const [file = ""] = requireNames(RESTORE_HELP, positionals, "FILE");
  await restore(file, values["data-dir"]);
  return print(`Restored ${file} into ${values["data-dir"]}.`);
};

const COMPACT_HELP = `Gives unused space back to the disk: milepost-embedded compact [options]

  --data-dir DIR    folder of the data (default .milepost); no server may run on it
  --help            this text`;

const compactCommand: Command = async (args) => {
  const { values, positionals } = readArguments(COMPACT_HELP, args, { ...DATA_DIR, ...HELP });
  if (values.help) return print(COMPACT_HELP);
  requireNames(COMPACT_HELP, positionals);
  const { before, after } = await withFileProgress("Copied", (onStart) =>
    compact(values["data-dir"], onStart),
  );
  return print(`Compacted from ${megabytes(before)} to ${megabytes(after)}.`);
};

const CHECK_HELP = `Checks the whole data: milepost-embedded check [options]

  --data-dir DIR    folder of the data (default .milepost); a server may run on it
  --help            this text

Every row must decode and stand in order, every document must be in every index of its table and match the
schema, and every index row must have its document. Without a running server every page of the file is looked at
too. Prints what it counted; names what is damaged, and ends with exit code 1 then.`;

const checkCommand: Command = async (args) => {
  const { values, positionals } = readArguments(CHECK_HELP, args, { ...DATA_DIR, ...HELP });
  if (values.help) return print(CHECK_HELP);
  requireNames(CHECK_HELP, positionals);
  let toldAtMs = Date.now();
  const report = await check(values["data-dir"], (rows) => {
    if (Date.now() - toldAtMs < PROGRESS_EVERY_MS) return;
    toldAtMs = Date.now();
    console.error(`Checked ${rows} rows.`);
  });
  const { problems, problemCount } = report;
  for (const problem of problems) console.error(`Damaged: ${problem}`);
  if (problemCount > problems.length)
    console.error(`... and ${problemCount - problems.length} more`);
  print(
    `Checked ${report.tables} tables, ${report.documents} documents, ${report.indexRows} index rows and ${report.hostRows} rows of the deployment itself${report.wasRunning ? ", while a server ran" : ""}: ${problemCount === 0 ? "all sound" : `${problemCount} damaged`}.`,
  );
  return problemCount === 0 ? 0 : 1;
};

const versionCommand: Command = async () =>
  print(
    `milepost-embedded ${packageJson.version}, data format ${FORMAT_VERSION}, Convex ${convexVersion}`,
  );

/** By their names; `start` is not among them. */
export const MAINTENANCE: ReadonlyMap<string, Command> = new Map([
  ["backup", backupCommand],
  ["restore", restoreCommand],
  ["compact", compactCommand],
  ["check", checkCommand],
  ["version", versionCommand],
]);

/** Tells once a second how large the file has become that `action` names when it starts writing it. */
async function withFileProgress<Result>(
  verb: string,
  action: (onStart: (file: string) => void) => Promise<Result>,
): Promise<Result> {
  let file: string | null = null;
  const timer = setInterval(() => {
    const bytes = file === null ? 0 : (statSync(file, { throwIfNoEntry: false })?.size ?? 0);
    console.error(`${verb} ${megabytes(bytes)}.`);
  }, PROGRESS_EVERY_MS);
  try {
    return await action((started) => (file = started));
  } finally {
    clearInterval(timer);
  }
}

function print(text: string): 0 {
  console.log(text);
  return 0;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
