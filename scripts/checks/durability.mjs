// Kills the deployment with SIGKILL while people log, alone or beside a deploy, an import or a backup, at a random moment of
// it; 20 rounds with the real backend, 200 with --long. After each: the data folder is sound, every acknowledged log is
// there, one sent twice counts once, verify finds rows, aggregate, standings and ledger in agreement, and what ran beside
// the logs happened or did not.
import { randomUUID } from "node:crypto";
import { makeFunctionReference } from "convex/server";
import { api } from "@milepost/backend/api";
import { Checklist } from "../lib/checklist.mjs";
import { connect, patiently } from "../lib/client.mjs";
import { startEmbedded } from "../lib/embedded.mjs";
import { Failure, runMain } from "../lib/failure.mjs";
import * as kill from "../lib/kill-operations.mjs";
import { readOptions } from "../lib/options.mjs";
import { createCrowd, dayFromToday } from "../lib/crowd.mjs";
import { seededRandom } from "../lib/random.mjs";
import { withFolder } from "../lib/temporary.mjs";
import { pagesOf, verifyChallenge } from "../lib/verify.mjs";

const PEOPLE = 120;
const WRITERS = 8;
/** The operation begins when so many logs of a round are acknowledged: the first ones find a cold process. */
const LOGS_BEFORE = 20;
/** Those that come beside it are spread over it: few enough for the rate limit of people. */
const LOGS_BESIDE = 130;
/** Days of the challenge that have gone by. */
const DAYS = 28;
const ROUNDS = 20;
const LONG_ROUNDS = 200;
/** An operation is killed up to so much later than its end is expected. */
const BEYOND = 1.1;
/** One that had not ended when it should have is expected to take so much longer: the machine may have got busier. */
const SLOWER = 1.5;

/** @typedef {import("../lib/crowd.mjs").Crowd} Crowd */
/** @typedef {import("../lib/kill-operations.mjs").Operation} Operation */
/** @typedef {{userId: string, loggedDate: string, requestId: string, activityId: string | null}} Log one intended log; id once acknowledged */
/**
 * @typedef {object} World
 * @property {Checklist} list
 * @property {string} dataDir
 * @property {Crowd} crowd
 * @property {Operation[]} operations take turns
 * @property {Set<Operation>} cut those that were killed before their end
 * @property {Log[]} logs of all rounds
 * @property {() => number} random
 */

/**
 * Sends a log, the same one again when it was sent before; remembers the acknowledged row.
 * @param {ReturnType<typeof connect>} connection @param {Crowd} crowd @param {Log} log
 */
async function send(connection, { challengeId, activityTypeId }, log) {
  const answer = await connection.as(log.userId).mutation(api.mutations.activities.log, {
    challengeId,
    activityTypeId,
    loggedDate: log.loggedDate,
    metrics: { distance_m: 5_000 },
    requestId: log.requestId,
  });
  log.activityId = answer.activityId;
}

/**
 * Lets people log beside an operation, kills the deployment at a moment of it, and waits until everybody noticed.
 * @param {World} world @param {import("../lib/embedded.mjs").Deployment} deployment @param {Operation} operation
 * @param {{round: number, killAfterMs: number}} options the time counts from the operation's beginning
 */
async function runUntilKilled({ crowd, logs }, deployment, operation, { round, killAfterMs }) {
  const connection = connect(deployment);
  const first = logs.length;
  // A person may log so much a day and no more.
  const loggedDate = dayFromToday(-(round % DAYS));
  let isAlive = true;
  let isFinished = false;
  const end = async () => {
    isAlive = false;
    deployment.child.kill("SIGKILL");
    await operation.kill();
  };
  // What fails after the kill is what this check is about.
  const untilKilled = async (/** @type {() => Promise<void>} */ action) => {
    try {
      await action();
    } catch (error) {
      if (isAlive) throw error;
    }
  };
  const pauseMs = (operation.durationMs * WRITERS) / LOGS_BESIDE;
  let acknowledged = 0;
  /** @type {() => void} */
  let warm = () => {};
  const warmedUp = new Promise((resolve) => (warm = () => resolve(null)));
  const write = async () => {
    while (isAlive && logs.length < first + LOGS_BEFORE + LOGS_BESIDE) {
      const userId = crowd.userIds[logs.length % crowd.userIds.length] ?? "";
      /** @type {Log} */
      const log = { userId, loggedDate, requestId: randomUUID(), activityId: null };
      logs.push(log);
      await untilKilled(() => send(connection, crowd, log));
      if (++acknowledged < LOGS_BEFORE) continue;
      warm();
      await kill.pause(pauseMs);
    }
  };
  const operate = async () => {
    let begunMs = 0;
    const begun = () => {
      begunMs = performance.now();
      setTimeout(() => void end(), killAfterMs);
    };
    await warmedUp;
    await operation.run(deployment, round, begun);
    isFinished = isAlive;
    if (isFinished) operation.durationMs = performance.now() - begunMs;
  };
  try {
    await Promise.all([...Array.from({ length: WRITERS }, write), untilKilled(operate)]);
    await deployment.exited;
  } finally {
    await end();
  }
  const isOverdue = killAfterMs >= operation.durationMs;
  if (!isFinished && isOverdue) operation.durationMs *= SLOWER;
  return { isFinished, sent: logs.slice(first) };
}

/**
 * The rows that people logged, by id.
 * @param {ReturnType<typeof connect>} connection
 */
async function loggedRows({ admin }) {
  /** @type {import("convex/server").FunctionReference<"query">} */
  const tableData = makeFunctionReference("_system/cli/tableData");
  const rows = await pagesOf((paginationOpts) =>
    admin.query(tableData, { table: "activities", order: "asc", paginationOpts }),
  );
  const logged = rows.filter(
    ({ source, deletedAt }) => source === "manual" && deletedAt === undefined,
  );
  return new Set(logged.map(({ _id }) => _id));
}

/**
 * One round: load, kill, check, restart, compare. Answers the restarted deployment.
 * @param {World} world @param {import("../lib/embedded.mjs").Deployment} deployment @param {number} round from 1
 */
async function playRound(world, deployment, round) {
  const { list, dataDir, crowd, logs, operations, random } = world;
  const operation = operations[round % operations.length];
  if (operation === undefined) throw new Error("there is no operation");
  const expectedMs = operation.durationMs;
  const killAfterMs = random() * BEYOND * expectedMs;
  const { isFinished, sent } = await runUntilKilled(world, deployment, operation, {
    round,
    killAfterMs,
  });
  if (!isFinished) world.cut.add(operation);
  await kill.embeddedCommand("check", "--data-dir", dataDir);
  const restarted = await startEmbedded({ dataDir, quiet: true });
  const connection = connect(restarted);
  const uncertain = sent.filter(({ activityId }) => activityId === null);
  for (const log of uncertain) await patiently(() => send(connection, crowd, log));
  const rows = await loggedRows(connection);
  const lost = logs.filter(({ activityId }) => !rows.has(activityId));
  const { checked, findings } = await verifyChallenge(connection, crowd.challengeId);
  const { isWhole, text } = await operation.outcome(connection, round, isFinished);
  const moment = `${killAfterMs.toFixed()} ms into ${operation.name} of ${expectedMs.toFixed()} ms`;
  const counts = `${sent.length - uncertain.length} logs acknowledged, ${uncertain.length} sent again`;
  list.that(
    `round ${round}, ${moment}: ${text}; ${counts}, ${checked} people verified`,
    lost.length === 0 && rows.size === logs.length && findings.length === 0 && isWhole,
    { lost: lost.length, rows: rows.size, logs: logs.length, findings },
  );
  return restarted;
}

/**
 * The backend, its people, and each operation once without a kill, on an empty data folder.
 * @param {World["list"]} list @param {string} folder @param {() => number} random
 */
async function prepare(list, folder, random) {
  const dataDir = `${folder}/data`;
  const pushes = await kill.twoPushes(folder);
  const deployment = await startEmbedded({ dataDir, quiet: true });
  await kill.sendPush(deployment, pushes[0]);
  const crowd = await createCrowd(connect(deployment), { people: PEOPLE, name: "Kill rounds" });
  const backup = kill.backingUp(dataDir, folder);
  const operations = [kill.writing(), kill.importing(), kill.deploying(pushes), backup];
  for (const operation of operations) {
    let begunMs = 0;
    await operation.run(deployment, 0, () => (begunMs = performance.now()));
    operation.durationMs = performance.now() - begunMs;
    const { isWhole, text } = await operation.outcome(connect(deployment), 0, true);
    if (!isWhole) throw new Failure(`${operation.name} does not work: ${text}`);
  }
  /** @type {World} */
  const world = { list, dataDir, crowd, operations, cut: new Set(), logs: [], random };
  return { world, deployment };
}

await runMain(async () => {
  const options = readOptions(
    "node scripts/checks/durability.mjs [options]",
    {
      long: { type: "boolean", help: `${LONG_ROUNDS} rounds instead of ${ROUNDS}` },
      rounds: { type: "string", value: "N", help: "how often it is killed" },
      seed: { type: "string", value: "TEXT", help: "of the moments; a new one unless told" },
    },
    process.argv.slice(2),
  );
  if (options === null) return 0;
  const rounds = Number(options.rounds ?? (options.long ? LONG_ROUNDS : ROUNDS));
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Failure(`--rounds must be a whole number from 1, not "${options.rounds}".`);
  const seed = options.seed ?? randomUUID().slice(0, 8);
  const repeat = `--seed ${seed} draws the same shares of each operation`;
  console.log(`${rounds} rounds of kill -9; ${repeat}, --long plays ${LONG_ROUNDS} rounds`);
  const list = new Checklist();
  await withFolder(async (folder) => {
    const { world, deployment } = await prepare(list, folder, seededRandom(seed));
    let running = deployment;
    try {
      for (let round = 1; round <= rounds; round++) {
        running = await playRound(world, running, round);
      }
    } finally {
      await running.stop();
    }
    const whole = world.operations.filter((operation) => !world.cut.has(operation));
    const never = whole.map(({ name }) => name);
    if (rounds >= ROUNDS)
      list.equal("operations that were never killed before their end", never, []);
    console.log(`${world.logs.length} logs in ${rounds} rounds of kill -9`);
  });
  return list.finish();
});
