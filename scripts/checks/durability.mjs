// Kills the deployment with SIGKILL while people log, starts it again on the same data, and looks for damage: 20 rounds
// with the real backend. An acknowledged log may never be lost, one sent twice may never count twice, and verify must
// find rows, aggregate, standings and ledger in agreement.
import { randomUUID } from "node:crypto";
import { api } from "@milepost/backend/api";
import { Checklist } from "../lib/checklist.mjs";
import { connect, patiently } from "../lib/client.mjs";
import { deployBackend } from "../lib/deploy.mjs";
import { startEmbedded } from "../lib/embedded.mjs";
import { Failure, runMain } from "../lib/failure.mjs";
import { readOptions } from "../lib/options.mjs";
import { createCrowd } from "../lib/crowd.mjs";
import { withFolder } from "../lib/temporary.mjs";
import { pagesOf, verifyChallenge } from "../lib/verify.mjs";

/** Nobody logs more than once a round, so that the rate limit of people stays out of it. */
const PEOPLE = 200;
const WRITERS = 8;

/** @typedef {import("../lib/crowd.mjs").Crowd} Crowd */
/** @typedef {{userId: string, requestId: string, activityId: string | null}} Log one intended log; id once acknowledged */

/**
 * Sends a log, the same one again when it was sent before; remembers the acknowledged row.
 * @param {ReturnType<typeof connect>} connection @param {Crowd} crowd @param {Log} log
 */
async function send(connection, { challengeId, activityTypeId, today }, log) {
  const answer = await connection.as(log.userId).mutation(api.mutations.activities.log, {
    challengeId,
    activityTypeId,
    loggedDate: today,
    metrics: { distance_m: 5_000 },
    requestId: log.requestId,
  });
  log.activityId = answer.activityId;
}

/**
 * Lets people log, kills the deployment among the answers, and waits until everybody noticed.
 * @param {import("../lib/embedded.mjs").Deployment} deployment @param {Crowd} crowd
 * @param {{afterLogs: number, delayMs: number}} kill how many acknowledged logs before, and how long after the last of them
 */
async function logUntilKilled(deployment, crowd, { afterLogs, delayMs }) {
  const connection = connect(deployment);
  /** @type {Log[]} */
  const logs = [];
  let acknowledged = 0;
  let isAlive = true;
  const kill = () => {
    isAlive = false;
    deployment.child.kill("SIGKILL");
  };
  const write = async () => {
    while (isAlive) {
      const userId = crowd.userIds[logs.length % crowd.userIds.length] ?? "";
      /** @type {Log} */
      const log = { userId, requestId: randomUUID(), activityId: null };
      logs.push(log);
      try {
        await send(connection, crowd, log);
        acknowledged += 1;
        if (acknowledged === afterLogs) setTimeout(kill, delayMs);
      } catch (error) {
        // What fails after the kill is what this check is about.
        if (isAlive) throw error;
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: WRITERS }, write));
  } finally {
    kill();
  }
  await deployment.exited;
  return logs;
}

/**
 * The live rows of everybody in the crowd, by id.
 * @param {ReturnType<typeof connect>} connection @param {Crowd} crowd
 */
async function liveRows(connection, { challengeId, userIds }) {
  /** @type {Set<string>} */
  const ids = new Set();
  for (const userId of userIds) {
    const history = await pagesOf((paginationOpts) =>
      connection.as(userId).query(api.queries.activities.history, { challengeId, paginationOpts }),
    );
    for (const row of history) {
      if (!row.isSystem && row.deletedAt === undefined) ids.add(row.activityId);
    }
  }
  return ids;
}

/**
 * One round: load, kill, restart, compare. Answers everything that was logged, all of it acknowledged in the end.
 * @param {Checklist} list @param {{dataDir: string, crowd: Crowd, round: number}} options
 */
async function playRound(list, { dataDir, crowd, round }) {
  const deployment = await startEmbedded({ dataDir, quiet: true });
  // Somewhere in a batch being written, another place in every round.
  const kill = { afterLogs: 40 + 3 * round, delayMs: round % 7 };
  const logs = await logUntilKilled(deployment, crowd, kill);
  const restarted = await startEmbedded({ dataDir, quiet: true });
  try {
    const connection = connect(restarted);
    const rows = await liveRows(connection, crowd);
    const acknowledged = logs.filter(({ activityId }) => activityId !== null);
    const lost = acknowledged.filter(({ activityId }) => !rows.has(activityId ?? ""));
    const uncertain = logs.filter(({ activityId }) => activityId === null);
    for (const log of uncertain) await patiently(() => send(connection, crowd, log));
    const { checked, findings } = await verifyChallenge(connection, crowd.challengeId);
    list.that(
      `round ${round}: ${acknowledged.length} acknowledged logs kept, ${uncertain.length} sent again, ${checked} people verified`,
      lost.length === 0 && findings.length === 0 && acknowledged.length > 0,
      { lost: lost.length, findings },
    );
    return { logs, acknowledged: acknowledged.length };
  } finally {
    await restarted.stop();
  }
}

/**
 * After all rounds: every log that was ever sent is there, and there once.
 * @param {Checklist} list @param {string} dataDir @param {Crowd} crowd @param {Log[]} logs
 */
async function countAll(list, dataDir, crowd, logs) {
  const deployment = await startEmbedded({ dataDir, quiet: true });
  try {
    const rows = await liveRows(connect(deployment), crowd);
    const missing = logs.filter(({ activityId }) => !rows.has(activityId ?? ""));
    list.that(
      `${logs.length} logs were sent and ${rows.size} rows are there, each once`,
      missing.length === 0 && rows.size === logs.length,
      { missing: missing.length, rows: rows.size },
    );
  } finally {
    await deployment.stop();
  }
}

/** The backend and its people, on an empty data folder. @param {string} dataDir */
async function prepare(dataDir) {
  const deployment = await startEmbedded({ dataDir, quiet: true });
  try {
    await deployBackend(deployment);
    return await createCrowd(connect(deployment), { people: PEOPLE, name: "Kill rounds" });
  } finally {
    await deployment.stop();
  }
}

await runMain(async () => {
  const options = readOptions(
    "node scripts/checks/durability.mjs [options]",
    { rounds: { type: "string", value: "N", default: "20", help: "how often it is killed" } },
    process.argv.slice(2),
  );
  if (options === null) return 0;
  const rounds = Number(options.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Failure(`--rounds must be a whole number from 1, not "${options.rounds}".`);
  const list = new Checklist();
  await withFolder(async (dataDir) => {
    const crowd = await prepare(dataDir);
    /** @type {Log[]} */
    const logs = [];
    let acknowledged = 0;
    for (let round = 1; round <= rounds; round++) {
      const played = await playRound(list, { dataDir, crowd, round });
      logs.push(...played.logs);
      acknowledged += played.acknowledged;
    }
    await countAll(list, dataDir, crowd, logs);
    console.log(`${acknowledged} acknowledged logs in ${rounds} rounds of kill -9`);
  });
  return list.finish();
});
