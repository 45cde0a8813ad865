import { api } from "@milepost/backend/api";
import { createCrowd, fill } from "../lib/crowd.mjs";
import { progressOn } from "../lib/progress.mjs";
import { pagesOf } from "../lib/verify.mjs";
import { checkDeeds, checkScreens, checkSums, checkTotals } from "./checks.mjs";
import { CrowdProcesses } from "./crowd-processes.mjs";
import { THIS_WEEK } from "./person.mjs";
import { castOf, planOf } from "./plan.mjs";
import { observed, serverFigures } from "./server-figures.mjs";

/** @typedef {import("../lib/embedded.mjs").Deployment} Deployment */
/** @typedef {import("../lib/crowd.mjs").Crowd} Crowd */
/** @typedef {{deployment: Deployment, connection: ReturnType<typeof import("../lib/client.mjs").connect>}} Server */
/** @typedef {import("./plan.mjs").Load} Load */
/** @typedef {import("../lib/checklist.mjs").Checklist} Checklist */

/** What leaders imported before it begins, more than others come to while it lasts, and everybody else; activities. */
const [LEADERS_START_WITH, OTHERS_START_WITH] = [25, 1];
/** How long screens and jobs may take to come to the newest state, in milliseconds. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 250;

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** People with something on the board, leaders at its top. @param {Server} server @param {Load} load */
async function prepare({ connection }, load) {
  console.log(`Making ${load.people} people ...`);
  const crowd = await createCrowd(connection, { people: load.people, name: "Load" });
  const leaders = castOf(load).leaders.flatMap((person) => crowd.userIds[person] ?? []);
  await fill(connection, crowd, { from: 0, to: OTHERS_START_WITH });
  const more = { from: OTHERS_START_WITH, to: LEADERS_START_WITH };
  await fill(connection, { ...crowd, userIds: leaders }, more);
  const activities =
    load.people * OTHERS_START_WITH + leaders.length * (LEADERS_START_WITH - OTHERS_START_WITH);
  return { crowd, leaders, activities };
}

/**
 * Everybody opens the board.
 * @param {CrowdProcesses} processes @param {Server} server @param {Awaited<ReturnType<typeof prepare>>} prepared
 * @param {Load} load
 */
async function enter(processes, { deployment }, { crowd, leaders }, load) {
  const { url, siteUrl, adminKey } = deployment;
  const browsers = new Set(castOf(load).browsers);
  const members = crowd.userIds.map((userId, number) => ({
    number,
    userId,
    isBrowser: browsers.has(number),
  }));
  const scene = { deployment: { url, siteUrl, adminKey }, place: crowd, leaders };
  const progress = progressOn(process.stdout, "people look at the board");
  const step = Math.max(100, load.people / 10);
  let shown = 0;
  await processes.enter(scene, members, (entered) => {
    if (entered < shown + step && entered < load.people) return;
    shown = entered;
    progress(entered, load.people);
  });
}

/**
 * Starts a verification as the organiser does.
 * @param {Server} server @param {Crowd} crowd @returns {Promise<() => Promise<string>>} waits for its end; answers its status
 */
async function startVerification({ connection }, { challengeId, organiserId }) {
  const organiser = connection.as(organiserId);
  const wish = { challengeId, kind: /** @type {const} */ ("verify"), dryRun: true };
  const { jobId } = await organiser.mutation(api.mutations.maintenance.start, wish);
  return async () => {
    for (const end = Date.now() + PATIENCE_MS; ; await pause(LOOK_MS)) {
      const { status } = await organiser.query(api.queries.maintenance.job, { challengeId, jobId });
      if ((status !== "queued" && status !== "running") || Date.now() > end) return status;
    }
  };
}

/**
 * The load itself, with a verification in the middle of a mixed one.
 * @param {CrowdProcesses} processes @param {Server} server @param {Crowd} crowd @param {Load} load
 */
async function run(processes, server, crowd, load) {
  const { seconds } = load;
  const progress = progressOn(process.stdout, "seconds");
  let passed = 0;
  const ticking = setInterval(() => {
    passed += 5;
    if (passed <= seconds) progress(passed, seconds);
  }, 5000);
  const verification = load.boardOnly
    ? null
    : pause(seconds * 500).then(() => startVerification(server, crowd));
  try {
    const played = await processes.play(planOf(load), seconds);
    return { played, verification: (await verification) ?? null };
  } finally {
    clearInterval(ticking);
  }
}

/** All rows of both boards, asked under arguments that nobody watches. @param {Server} server @param {Crowd} crowd */
async function boardsNow({ connection }, { challengeId, today }) {
  /** @param {Partial<typeof THIS_WEEK>} board */
  const rowsOf = async (board) =>
    await pagesOf(({ cursor }) =>
      connection.admin.query(api.queries.leaderboards.page, {
        challengeId,
        ...board,
        today,
        cursor,
        limit: 50,
      }),
    );
  return { total: await rowsOf({}), week: await rowsOf(THIS_WEEK) };
}

/**
 * Waits until every screen shows the newest state.
 * @param {CrowdProcesses} processes @param {Server} server @param {Crowd} crowd
 */
async function converge(processes, server, crowd) {
  const startMs = Date.now();
  for (;;) {
    const boards = await boardsNow(server, crowd);
    const stale = (await processes.all("findStale", boards)).flat();
    const tookMs = Date.now() - startMs;
    if (stale.length === 0 || tookMs > PATIENCE_MS) return { stale, tookMs };
    await pause(LOOK_MS);
  }
}

/**
 * Plays a load against a deployment and checks what came of it.
 * @param {Checklist} list @param {Server} server @param {Load} load @param {number} count processes of the people
 */
export async function playLoad(list, server, load, count) {
  const prepared = await prepare(server, load);
  const { crowd } = prepared;
  const processes = new CrowdProcesses(count);
  try {
    await enter(processes, server, prepared, load);
    const opened = await serverFigures(server.deployment);
    const { value, server: figures } = await observed(server.deployment, () =>
      run(processes, server, crowd, load),
    );
    const done = value.played.flatMap((one) => one.done);
    const logs = done.flatMap(({ userId, sentAtMs, totalPoints }) =>
      totalPoints !== undefined && prepared.leaders.includes(userId)
        ? [{ userId, sentAtMs, totalPoints }]
        : [],
    );
    const { stale, tookMs: convergedMs } = await converge(processes, server, crowd);
    const seen = await processes.all("delaysOf", logs);
    const sums = await processes.all("sums", undefined);
    checkDeeds(list, done, seen);
    checkScreens(list, load.people, stale);
    checkSums(list, sums, prepared.activities, done);
    await checkTotals(list, server.connection, crowd, value.verification);
    return { opened, figures, clients: value.played, done, seen, sums, convergedMs };
  } finally {
    await processes.stop();
  }
}
