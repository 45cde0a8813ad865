import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeFunctionReference } from "convex/server";
import { copyBackend } from "./backend-copy.mjs";
import { adminPost, convexCli } from "./deploy.mjs";
import { Failure } from "./failure.mjs";
import { inRoot } from "./paths.mjs";
import { ended, runNode } from "./processes.mjs";

/**
 * What a deployment is killed in, beside people who log.
 * @typedef {object} Operation
 * @property {string} name
 * @property {number} durationMs how long it takes about, from its beginning to its end; measured anew whenever it ends
 * @property {(deployment: Deployment, round: number, begun: () => void) => Promise<void>} run calls `begun` when the part
 *   begins that matters; rejects when the deployment goes away
 * @property {() => Promise<void>} kill ends what it runs beside the deployment
 * @property {(connection: Connection, round: number, isFinished: boolean) => Promise<{isWhole: boolean, text: string}>}
 *   outcome whether all of it happened, or nothing
 */
/** @typedef {import("./embedded.mjs").Deployment} Deployment */
/** @typedef {ReturnType<typeof import("./client.mjs").connect>} Connection */

const COMMAND = "packages/embedded/bin/milepost-embedded.mjs";
/** Rows of an import, and rows that a deploy makes index rows for. */
const FILLERS = 5_000;
const VERSIONS = ["without index", "with index"];
const POLL_MS = 5;

/** @param {string} name @returns {import("convex/server").FunctionReference<"query">} */
const fillersQuery = (name) => makeFunctionReference(`fillers:${name}`);

/** @param {number} ms */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Runs a command of `milepost-embedded` to its end; answers what it printed. Refuses with that when it failed.
 * @param {string[]} command
 */
export async function embeddedCommand(...command) {
  const { code, output } = await runNode(COMMAND, command, { capture: true });
  if (code !== 0) throw new Failure(`milepost-embedded ${command.join(" ")}: ${output.trim()}`);
  return output.trim();
}

/** @returns {Operation} */
export function writing() {
  return {
    name: "writing",
    durationMs: 400,
    run: async (_deployment, _round, begun) => {
      begun();
      await pause(400);
    },
    kill: async () => {},
    outcome: async () => ({ isWhole: true, text: "nothing else ran" }),
  };
}

/**
 * What the CLI would send to deploy the backend with a table and an index more, without sending it; and the same
 * without the index.
 * @param {string} folder for the CLI's files
 * @returns {Promise<[withoutIndex: Record<string, unknown>, withIndex: Record<string, unknown>]>}
 */
export async function twoPushes(folder) {
  const { root, backend } = copyBackend("kill");
  renameSync(join(backend, "schema.ts"), join(backend, "product.ts"));
  cpSync(inRoot("scripts", "checks", "kill"), backend, { recursive: true });
  const file = join(folder, "push");
  const flags = ["--push-all-modules", "--codegen", "disable", "--typecheck", "disable"];
  const nowhere = { url: "http://127.0.0.1:1", adminKey: "none" };
  const command = ["deploy", "--write-push-request", file, ...flags];
  const { code, output } = await convexCli(command, nowhere, { cwd: root });
  if (code !== 0) throw new Failure(output);
  const withIndex = JSON.parse(readFileSync(`${file}.json`, "utf8"));
  const withoutIndex = structuredClone(withIndex);
  const { schema, changedModules } = withoutIndex.appDefinition;
  const fillers = changedModules.find(
    (/** @type {{path: string}} */ { path }) => path === "fillers.js",
  );
  schema.source = without(schema.source, '.index("by_text", ["text"])', "");
  fillers.source = without(fillers.source, 'code: "with index"', 'code: "without index"');
  return [withoutIndex, withIndex];
}

/** @param {string} text @param {string} part @param {string} instead */
function without(text, part, instead) {
  if (text.split(part).length !== 2) throw new Failure(`The bundle does not hold ${part} once.`);
  return text.replace(part, () => instead);
}

/**
 * Deploys what `twoPushes` made.
 * @param {Deployment} deployment @param {Record<string, unknown>} push
 */
export async function sendPush(deployment, push) {
  const { adminKey } = deployment;
  const startPush = await adminPost(deployment, "/api/deploy2/start_push", { ...push, adminKey });
  const body = { adminKey, startPush, dryRun: false };
  await adminPost(deployment, "/api/deploy2/finish_push", body);
}

/**
 * Deploys of an index over existing rows, and of its removal, in turn.
 * @param {Awaited<ReturnType<typeof twoPushes>>} pushes the first one is deployed
 * @returns {Operation}
 */
export function deploying(pushes) {
  let deployed = 0;
  return {
    name: "a deploy",
    durationMs: 1_500,
    run: async (deployment, _round, begun) => {
      begun();
      await sendPush(deployment, deployed === 0 ? pushes[1] : pushes[0]);
    },
    kill: async () => {},
    async outcome({ admin }, _round, isFinished) {
      const { code, index } = await admin.query(fillersQuery("version"), {});
      const before = deployed;
      deployed = VERSIONS.indexOf(code);
      const happened = deployed !== before;
      return {
        isWhole: code === index && (happened || !isFinished),
        text: `${happened ? "it happened" : "it did not happen"}: code ${code}, table ${index}`,
      };
    },
  };
}

/**
 * Imports that replace a table.
 * @returns {Operation}
 */
export function importing() {
  let imported = -1;
  return {
    name: "an import",
    durationMs: 1_000,
    async run(deployment, round, begun) {
      begun();
      await importFillers(deployment, round);
    },
    kill: async () => {},
    async outcome({ admin }, round, isFinished) {
      const { rows, rounds } = await admin.query(fillersQuery("imports"), {});
      const happened = rounds[0] === round;
      const isOld = rounds[0] === imported;
      imported = rounds[0];
      return {
        isWhole: rows === FILLERS && rounds.length === 1 && (happened || (isOld && !isFinished)),
        text: `${happened ? "it happened" : "it did not happen"}: ${rows} rows of round ${rounds}`,
      };
    },
  };
}

/** @param {Deployment} deployment @param {number} round */
async function importFillers(deployment, round) {
  const row = JSON.stringify({ round, text: "x".repeat(100) });
  const { uploadToken } = await adminPost(deployment, "/api/import/start_upload", {});
  const part = await fetch(
    `${deployment.url}/api/import/upload_part?uploadToken=${uploadToken}&partNumber=1`,
    {
      method: "POST",
      headers: { Authorization: `Convex ${deployment.adminKey}` },
      body: `${row}\n`.repeat(FILLERS),
    },
  );
  if (!part.ok) throw new Failure(await part.text());
  const { importId } = await adminPost(deployment, "/api/import/finish_upload", {
    uploadToken,
    import: { tableName: "fillers", mode: "replace", format: "jsonLines" },
  });
  await importReaches(deployment, importId, "waiting_for_confirmation");
  await adminPost(deployment, "/api/perform_import", { importId });
  await importReaches(deployment, importId, "completed");
}

/** @param {Deployment} deployment @param {string} importId @param {string} wanted */
async function importReaches(deployment, importId, wanted) {
  for (;;) {
    const asked = { path: "_system/cli/queryImport", args: { importId } };
    const { state } = (await adminPost(deployment, "/api/query", asked)).value;
    if (state.state === wanted) return;
    if (state.state === "failed") throw new Failure(state.error_message);
    await pause(POLL_MS);
  }
}

/**
 * Backups to a folder; both the server and the backup are killed.
 * @param {string} dataDir @param {string} folder an empty one
 * @returns {Operation}
 */
export function backingUp(dataDir, folder) {
  const copies = join(folder, "copies");
  mkdirSync(copies);
  /** @type {import("node:child_process").ChildProcess | undefined} */
  let child;
  return {
    name: "a backup",
    durationMs: 200,
    async run(_deployment, _round, begun) {
      const command = [inRoot(COMMAND), "backup", copies, "--data-dir", dataDir];
      // A group of its own: the command's work is done by a child of it.
      child = spawn(process.execPath, command, { stdio: "ignore", detached: true });
      const end = ended(child);
      let isOver = false;
      void end.then(() => (isOver = true));
      while (!isOver && readdirSync(copies).length === 0) await pause(1);
      begun();
      const { code } = await end;
      if (code !== 0) throw new Failure(`The backup ended with exit code ${code}.`);
    },
    async kill() {
      if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      process.kill(-child.pid, "SIGKILL");
    },
    async outcome(_connection, _round, isFinished) {
      const names = readdirSync(copies).filter((name) => name.endsWith(".mdb"));
      const restored = join(folder, "restored");
      for (const name of names) {
        await embeddedCommand("restore", join(copies, name), "--data-dir", restored);
        await embeddedCommand("check", "--data-dir", restored);
        rmSync(restored, { recursive: true });
      }
      rmSync(copies, { recursive: true });
      mkdirSync(copies);
      const text = names.length === 0 ? "it left no file" : "its file is sound";
      return { isWhole: names.length <= 1 && (names.length === 1 || !isFinished), text };
    },
  };
}
