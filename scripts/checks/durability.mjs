// Kills the deployment with SIGKILL while people log, starts it again on the same data, and looks for damage: 20 rounds
// with the real backend. An acknowledged log may never be lost, one sent twice may never count twice, and verify must
// find rows, aggregate, standings and ledger in agreement.
import { randomUUID } from "node:crypto";
import { api } from "@milepost/backend/api";
import { Checklist } from "../lib/checklist.mjs";
import { connect } from "../lib/client.mjs";
import { deployBackend } from "../lib/deploy.mjs";
import { startEmbedded } from "../lib/embedded.mjs";
import { runMain } from "../lib/failure.mjs";
import { readOptions } from "../lib/options.mjs";
import { createCrowd } from "../lib/crowd.mjs";
import { withFolder } from "../lib/temporary.mjs";
import { pagesOf, verifyChallenge } from "../lib/verify.mjs";

const PEOPLE = 60;
const WRITERS = 8;
/** A person may log 10 times in a row before the rate limit asks for patience. */
const LOGS_PER_PERSON = 9;

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
 * Lets people log until the deployment is killed.
 * @param {import("../lib/embedded.mjs").Deployment} deployment @param {Crowd} crowd @param {number} killAfterMs
 */
async function logUntilKilled(deployment, crowd, killAfterMs) {
  const connection = connect(deployment);
  /** @type {Log[]} */
  const logs = [];
  let isAlive = true;
  setTimeout(() => {
    isAlive = false;
    deployment.child.kill("SIGKILL");
  }, killAfterMs);
  const write = async () => {
    while (isAlive && logs.length < crowd.userIds.length * LOGS_PER_PERSON) {
      const userId = crowd.userIds[logs.length % crowd.userIds.length] ?? "";
      /** @type {Log} */
      const log = { userId, requestId: randomUUID(), activityId: null };
      logs.push(log);
      // What fails after the kill is what this check is about.
      await send(connection, crowd, log).catch((error) => {
        if (isAlive) throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
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
 * One round: load, kill, restart, compare.
 * @param {Checklist} list @param {{dataDir: string, round: number}} options
 */
async function playRound(list, { dataDir, round }) {
  const deployment = await startEmbedded({ dataDir, quiet: true });
  const crowd = await createCrowd(connect(deployment), { people: PEOPLE, name: `Round ${round}` });
  // Somewhere in a batch being written, another place in every round.
  const logs = await logUntilKilled(deployment, crowd, 120 + round * 23);
  const acknowledged = logs.filter(({ activityId }) => activityId !== null);
  const restarted = await startEmbedded({ dataDir, quiet: true });
  try {
    const connection = connect(restarted);
    const after = await liveRows(connection, crowd);
    const lost = acknowledged.filter(({ activityId }) => !after.has(activityId ?? ""));
    const uncertain = logs.filter(({ activityId }) => activityId === null);
    for (const log of uncertain) await send(connection, crowd, log);
    const final = await liveRows(connection, crowd);
    const { checked, findings } = await verifyChallenge(connection, crowd.challengeId);
    const isExact =
      final.size === logs.length && logs.every((log) => final.has(log.activityId ?? ""));
    list.that(
      `round ${round}: ${acknowledged.length} acknowledged logs kept, ${uncertain.length} sent again, ${checked} people verified`,
      lost.length === 0 && isExact && findings.length === 0 && acknowledged.length > 0,
      { lost: lost.length, rows: final.size, expected: logs.length, findings },
    );
    return acknowledged.length;
  } finally {
    await restarted.stop();
  }
}

await runMain(async () => {
  const options = readOptions(
    "node scripts/checks/durability.mjs [options]",
    { rounds: { type: "string", value: "N", default: "20", help: "how often it is killed" } },
    process.argv.slice(2),
  );
  if (options === null) return 0;
  const list = new Checklist();
  await withFolder(async (dataDir) => {
    const first = await startEmbedded({ dataDir, quiet: true });
    await deployBackend(first);
    await first.stop();
    let acknowledged = 0;
    for (let round = 1; round <= Number(options.rounds); round++) {
      acknowledged += await playRound(list, { dataDir, round });
    }
    console.log(`${acknowledged} acknowledged logs in ${options.rounds} rounds`);
  });
  return list.finish();
});
