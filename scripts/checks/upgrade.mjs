// Makes a data folder with the code of an older release, opens it with today's `npm start`, which is killed in the middle
// of building what that data lacks, and demands that everything is there and agrees afterwards.
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { api, internal } from "@milepost/backend/api";
import { Checklist } from "../lib/checklist.mjs";
import { connect } from "../lib/client.mjs";
import { Failure, runMain } from "../lib/failure.mjs";
import { CACHE, inRoot } from "../lib/paths.mjs";
import { run } from "../lib/processes.mjs";
import { startProduct } from "../lib/product.mjs";
import { withFolder } from "../lib/temporary.mjs";
import { verifyChallenge } from "../lib/verify.mjs";

/** The last commit before jobs, boards of weeks and categories, and the search by name. */
const OLD_COMMIT = "2639a32cfa371895745ccde91e9755ce2eacdeb9";
const OLD = join(CACHE, "upgrade", OLD_COMMIT.slice(0, 7));

/** Unpacks the old commit, with today's dependencies: all that it needs are among them, in the same versions. */
async function unpackOldCode() {
  rmSync(OLD, { recursive: true, force: true });
  mkdirSync(OLD, { recursive: true });
  const tar = join(OLD, "code.tar");
  const archive = ["archive", "--format=tar", `--output=${tar}`, OLD_COMMIT];
  const { code, output } = await run("git", archive, { capture: true });
  if (code !== 0) {
    throw new Failure(
      `Commit ${OLD_COMMIT.slice(0, 7)} is not here, so there is no older release to upgrade from. ` +
        `A shallow clone gets it by: git fetch --unshallow\n${output.trim()}`,
    );
  }
  const unpacked = await run("tar", ["-xf", tar, "-C", OLD], { capture: true });
  if (unpacked.code !== 0) throw new Failure(unpacked.output);
  for (const folder of [
    ".",
    ...readdirSync(join(OLD, "packages")).map((one) => `packages/${one}`),
  ]) {
    const modules = inRoot(folder, "node_modules");
    if (existsSync(modules)) symlinkSync(modules, join(OLD, folder, "node_modules"));
  }
}

/** A module of the old code. @param {string} name @returns {Promise<any>} */
const oldModule = async (name) =>
  await import(pathToFileURL(join(OLD, "scripts", "lib", `${name}.mjs`)).href);

/**
 * What the old `npm start` does on an empty folder, but for the page: deployment, backend and the whole demo.
 * @param {string} dataDir
 */
async function makeOldData(dataDir) {
  const { startEmbedded } = await oldModule("embedded");
  const { prepareEnvironment } = await oldModule("environment");
  const { pushIfChanged } = await oldModule("push");
  const { seedDemo } = await oldModule("demo");
  const { updateState } = await oldModule("start-state");
  updateState(dataDir, { demo: "seeding" });
  const deployment = await startEmbedded({ dataDir, quiet: true });
  try {
    await prepareEnvironment(deployment, { webUrl: "http://127.0.0.1:3000", demo: true });
    await pushIfChanged(deployment);
    const fill = await seedDemo(deployment);
    await fill();
    return await lookAround(connect(deployment));
  } finally {
    await deployment.stop();
  }
}

/**
 * The demo challenge, its organiser and its board, read by functions both releases have.
 * @param {ReturnType<typeof connect>} connection
 */
async function lookAround(connection) {
  const organiser = await connection.admin.query(internal.queries.admin.findPerson, {
    email: "ines.calloway@demo.invalid",
  });
  if (organiser === null) throw new Error("the demo has no organiser");
  const caller = connection.as(organiser.userId);
  const [challenge] = await caller.query(api.queries.challenges.mine, {});
  if (challenge === undefined) throw new Error("the demo has no challenge");
  const { challengeId } = challenge;
  const { page } = await caller.query(api.queries.leaderboards.page, { challengeId, limit: 50 });
  const totals = page.map(({ userId, totalPoints }) => ({ userId, totalPoints }));
  return { userId: organiser.userId, challengeId, totals };
}

/** @typedef {Awaited<ReturnType<typeof lookAround>>} Before */
/** @typedef {ReturnType<typeof startProduct>} Product */

/**
 * Starts today's product and kills it when some people are done and others are not; answers when, in UTC ms.
 * @param {Checklist} list @param {string} dataDir
 */
async function killInTheMiddle(list, dataDir) {
  const product = startProduct(dataDir);
  try {
    await product.printed("Building what the data of an older release lacks");
    const { admin } = product.connect();
    for (;;) {
      const state = await admin.query(internal.queries.maintenance.openBackfills, {});
      const isInTheMiddle = state.open === 1 && state.processed > 10;
      if (state.open === 1 && !isInTheMiddle) continue;
      list.that("some people are done when it is killed", isInTheMiddle, state);
      return Date.now();
    }
  } finally {
    await product.kill();
  }
}

/** @param {Checklist} list @param {Product} product @param {Before & {killedAt: number}} before */
async function checkData(list, product, { userId, challengeId, totals, killedAt }) {
  const connection = product.connect();
  list.equal("every total is as before", (await lookAround(connection)).totals, totals);
  const caller = connection.as(userId);
  const jobs = await caller.query(api.queries.maintenance.jobs, {
    challengeId,
    paginationOpts: { numItems: 10, cursor: null },
  });
  list.equal(
    "the one backfill went on to its end after that",
    jobs.page.map(({ kind, status, endedAt = 0 }) => [kind, status, endedAt > killedAt]),
    [["backfill", "completed", true]],
  );
  const week = { challengeId, board: /** @type {const} */ ("week"), key: "1" };
  const { page } = await caller.query(api.queries.leaderboards.page, week);
  list.that("the board of week 1 has people with points", (page[0]?.totalPoints ?? 0) > 0, page);
  const found = await caller.query(api.queries.participants.search, {
    challengeId,
    prefix: "zeynep",
    limit: 5,
  });
  list.equal("people are found by name", found.length, 1);
  const { checked, findings } = await verifyChallenge(connection, challengeId);
  list.equal("verify is clean for everybody", { checked, findings }, { checked: 40, findings: [] });
}

/**
 * The next start goes on by itself, and may be through before it can say so.
 * @param {Checklist} list @param {string} dataDir @param {Before & {killedAt: number}} before
 */
async function goOn(list, dataDir, before) {
  const product = startProduct(dataDir);
  try {
    await product.printed("Milepost is running at");
    if (product.output().includes("older release")) {
      await product.printed("The data of the older release is complete.");
    }
    await checkData(list, product, before);
  } finally {
    await product.stop();
  }
}

/** @param {Checklist} list @param {string} dataDir */
async function startOnceMore(list, dataDir) {
  const product = startProduct(dataDir);
  try {
    await product.printed("Milepost is running at");
    list.that(
      "a further start builds nothing",
      !product.output().includes("older release"),
      product.output(),
    );
  } finally {
    await product.stop();
  }
}

await runMain(async () => {
  const list = new Checklist();
  await unpackOldCode();
  await withFolder(async (dataDir) => {
    const before = await makeOldData(dataDir);
    const killedAt = await killInTheMiddle(list, dataDir);
    await goOn(list, dataDir, { ...before, killedAt });
    await startOnceMore(list, dataDir);
  });
  return list.finish();
});
