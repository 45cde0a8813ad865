import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { makeFunctionReference } from "convex/server";
import { connect, inParallel } from "../lib/client.mjs";
import { convexCli } from "../lib/deploy.mjs";
import { startEmbedded } from "../lib/embedded.mjs";
import { Failure } from "../lib/failure.mjs";
import { CACHE, inRoot } from "../lib/paths.mjs";
import { progressOn } from "../lib/progress.mjs";
import { seededRandom } from "../lib/random.mjs";

/** Everybody's rows are in one challenge. */
export const CHALLENGE = "spring";
/** As many as stay within the 4,096 ranges of a transaction. */
const ROWS_PER_LOAD = 100;

/** @typedef {{challenge: string, user: string, points: number}} Row */

/** @type {import("convex/server").FunctionReference<"mutation", "public", {rows: Row[]}, null>} */
const load = makeFunctionReference("activities:load");

/** @param {number} user */
export const userName = (user) => `user${String(user).padStart(5, "0")}`;

/** Deploys the measured app. @param {import("../lib/embedded.mjs").Deployment} deployment */
export async function deployApp(deployment) {
  const copy = join(CACHE, "bench-app");
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  cpSync(inRoot("scripts", "bench", "embedded-app"), copy, { recursive: true });
  symlinkSync(inRoot("packages", "embedded", "node_modules"), join(copy, "node_modules"), "dir");
  const flags = ["--typecheck", "disable", "--codegen", "disable"];
  const { code, output } = await convexCli(["deploy", ...flags], deployment, { cwd: copy });
  if (code !== 0) throw new Failure(`${output}\nThe app could not be deployed.`);
}

/**
 * A data folder with that many rows of that many users, through the aggregate. It is kept, so that the next run need not
 * build it again; `rate` is null then, else the rows per second it took.
 * @param {{rows: number, users: number}} size
 * @returns {Promise<{dataDir: string, rate: number | null}>}
 */
export async function loadedFolder({ rows, users }) {
  const dataDir = join(CACHE, `bench-embedded-${rows}`);
  const stamp = join(dataDir, "loaded");
  if (existsSync(stamp)) return { dataDir, rate: null };
  rmSync(dataDir, { recursive: true, force: true });
  const deployment = await startEmbedded({ dataDir, quiet: true });
  try {
    await deployApp(deployment);
    const { admin } = connect(deployment);
    const random = seededRandom("rows");
    const show = progressOn(process.stderr, "rows");
    const batches = Array.from({ length: Math.ceil(rows / ROWS_PER_LOAD) }, (_, index) => index);
    const start = performance.now();
    await inParallel(batches, 4, async (index) => {
      const batch = Array.from({ length: ROWS_PER_LOAD }, () => ({
        challenge: CHALLENGE,
        user: userName(Math.floor(random() * users)),
        points: 1 + Math.floor(random() * 100),
      }));
      await admin.mutation(load, { rows: batch });
      if (index % 100 === 99) show((index + 1) * ROWS_PER_LOAD, rows);
    });
    const seconds = (performance.now() - start) / 1000;
    writeFileSync(stamp, "");
    return { dataDir, rate: rows / seconds };
  } finally {
    await deployment.stop();
  }
}
