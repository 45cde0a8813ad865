// `npm run proofs`: the tests of the backend that are worth running long, each at its full size: random sequences against
// the model, tampering, webhook storms, budgets in a large challenge. --long multiplies what random runs draw.
import { randomInt } from "node:crypto";
import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import { runMain } from "./lib/failure.mjs";
import { readOptions } from "./lib/options.mjs";
import { inRoot } from "./lib/paths.mjs";
import { runNode } from "./lib/processes.mjs";

const USAGE = "npm run proofs -- [options]";
const OPTIONS = /** @type {const} */ ({
  long: {
    type: "boolean",
    help: "1,500 new sequences, and on a deployment a storm of 10,000 events and games of 10,000 people",
  },
});

/** What vitest prints around what a passing test says. */
const NOISE = /^\s*(RUN|Test Files|Tests|Start at|Duration|stdout|[·-]+$)/;

/**
 * @typedef {object} Proof
 * @property {string} name
 * @property {string} file a test under packages/backend/tests, or a check under scripts/checks
 * @property {Record<string, string>} [env]
 * @property {string[]} [args] of a check
 */

/** @type {Proof[]} what takes too long for every change */
const LONG = [
  {
    name: "the steps of deletions with 100,000 activities",
    file: "deletion.budget.test.ts",
    env: { MILEPOST_BUDGET_ACTIVITIES: "100000" },
  },
  // The double of the tests reads whole tables, so that ten times the events take it a hundred times as long.
  {
    name: "a storm of 10,000 events of Strava on a deployment",
    file: "strava-storm.mjs",
    args: ["--events", "10000"],
  },
  {
    name: "a person with 2,000 rows nobody counted",
    file: "jobs.large.test.ts",
    env: { MILEPOST_ROWS: "2000" },
  },
];

/** @param {boolean} isLong @returns {Proof[]} the longest first, for the processor's sake */
function proofs(isLong) {
  const shards = 2;
  const sequences = (isLong ? 1_500 : 300) / shards;
  // The same for every change, so that a failure is the change's own; new ones are looked for at leisure.
  const seed = isLong ? randomInt(2 ** 31) : 20_260_610;
  const properties = Array.from({ length: shards }, (_, shard) => ({
    name: `${sequences} random sequences of 40 operations, part ${shard + 1} of ${shards}`,
    file: "invariants.test.ts",
    env: {
      MILEPOST_SEQUENCES: String(sequences),
      MILEPOST_OPERATIONS: "40",
      MILEPOST_SEED: String(seed + shard),
    },
  }));
  return [
    ...properties,
    ...(isLong ? LONG : []),
    {
      name: "a storm of 1,000 events of Strava",
      file: "strava.storm.test.ts",
      env: { MILEPOST_STORM: "1000" },
    },
    ...[["verify", "rescore"], ["repair"], ["backfill"]].map((kinds) => ({
      name: `every disturbance of jobs at every boundary: ${kinds.join(", ")}`,
      file: "interleavings.test.ts",
      env: { MILEPOST_COMBINATIONS: "all", MILEPOST_KINDS: kinds.join(" ") },
    })),
    ...[["takePoints"], ["deletePerson"], ["deleteChallenge"]].map((kinds) => ({
      name: `every disturbance of deletions at every boundary: ${kinds.join(", ")}`,
      file: "interleavings.deletion.test.ts",
      // Eight rounds meet every disturbance and every fate at every boundary, thirty-two each pair of them.
      env: { MILEPOST_ROUNDS: isLong ? "32" : "8", MILEPOST_KINDS: kinds.join(" ") },
    })),
    {
      name: "1,000 tamperings",
      file: "tamper.test.ts",
      env: { MILEPOST_TAMPERINGS: "1000" },
    },
    {
      name: "every time zone on every day of three years",
      file: "zones.test.ts",
      env: { MILEPOST_ZONE_YEARS: "3" },
    },
    {
      name: "budgets with 100,000 activities",
      file: "budget.test.ts",
      env: { MILEPOST_BUDGET_ACTIVITIES: "100000" },
    },
    { name: "what two people's writes share", file: "conflictSets.test.ts" },
    ...(isLong ? [{ name: "mini-games of 10,000 people", file: "large-games.mjs" }] : []),
  ];
}

/** @param {Proof} proof */
async function runProof({ file, env = {}, args = [] }) {
  if (file.endsWith(".mjs"))
    return await runNode(`scripts/checks/${file}`, args, { env, capture: true });
  return await runNode(
    "packages/backend/node_modules/vitest/vitest.mjs",
    ["run", "--reporter=dot", "--silent=false", `tests/${file}`],
    { cwd: inRoot("packages", "backend"), env: { ...env, NO_COLOR: "1" }, capture: true },
  );
}

/** Runs one proof and prints what it counted. @param {Proof} proof @returns {Promise<boolean>} whether it holds */
async function prove(proof) {
  const start = performance.now();
  const { code, output } = await runProof(proof);
  const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
  console.log(`${code === 0 ? "ok     " : "FAILED "} ${seconds} s  ${proof.name}`);
  const lines = output.split("\n").filter((line) => line.trim() !== "" && !NOISE.test(line));
  console.log(lines.map((line) => `        ${line.trimEnd()}`).join("\n"));
  return code === 0;
}

await runMain(async () => {
  const options = readOptions(USAGE, OPTIONS, process.argv.slice(2));
  if (options === null) return 0;
  const waiting = proofs(options.long);
  let [passed, failed] = [0, 0];
  const worker = async () => {
    for (let proof = waiting.shift(); proof !== undefined; proof = waiting.shift()) {
      if (await prove(proof)) passed += 1;
      else failed += 1;
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
