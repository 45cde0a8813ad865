// Starts the product on an empty folder as `npm start` does and looks at its demo: by the client, and on the command line
// with the key the start made. Then kills everything while people log, starts again, and verifies.
import { randomUUID } from "node:crypto";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { api, internal } from "@milepost/backend/api";
import { Checklist } from "../lib/checklist.mjs";
import { demoKeyFile } from "../lib/demo.mjs";
import { runMain } from "../lib/failure.mjs";
import { runNode } from "../lib/processes.mjs";
import { startProduct } from "../lib/product.mjs";
import { readState } from "../lib/start-state.mjs";
import { withFolder } from "../lib/temporary.mjs";
import { verifyChallenge } from "../lib/verify.mjs";

/** @typedef {ReturnType<typeof import("../lib/client.mjs").connect>} Connection */
/** @typedef {import("convex/values").GenericId<"challenges">} ChallengeId */

const TODAY = new Date().toISOString().slice(0, 10);
const ALL = { numItems: 50, cursor: null };

/** @param {Connection} connection @param {string} name of the address */
async function personOf(connection, name) {
  const email = `${name}@demo.invalid`;
  const person = await connection.admin.query(internal.queries.admin.findPerson, { email });
  if (person === null) throw new Error(`the demo has no ${email}`);
  return { userId: person.userId, ...connection.as(person.userId) };
}

/** @param {Connection} connection */
async function demoOf(connection) {
  const organiser = await personOf(connection, "ines.calloway");
  const [challenge] = await organiser.query(api.queries.challenges.mine, {});
  if (challenge === undefined) throw new Error("the demo has no challenge");
  return { organiser, challengeId: challenge.challengeId };
}

/** @param {Checklist} list @param {Connection} connection */
async function checkContents(list, connection) {
  const { organiser, challengeId } = await demoOf(connection);
  const games = await organiser.query(api.queries.miniGames.list, { challengeId });
  list.equal(
    "one mini-game is settled and one is on",
    games.map(({ name, status }) => `${name}: ${status}`).sort(),
    ["Hunt week: active", "Partner week: completed"],
  );
  const types = await organiser.query(api.queries.activityTypes.list, { challengeId });
  const kinds = new Set(types.map(({ scoring }) => scoring.kind));
  list.equal("rules of three kinds", [...kinds].sort(), ["allowance", "perUnit", "variants"]);
  const tariq = await personOf(connection, "tariq.benhaddou");
  const awards = await tariq.query(api.queries.achievements.mine, { challengeId, today: TODAY });
  list.that(
    "achievements are earned",
    awards.some((one) => one.awards.length > 0),
    awards,
  );
  const paging = { challengeId, paginationOpts: ALL };
  const flags = await organiser.query(api.queries.moderation.flags, paging);
  list.equal(
    "the system and a person flagged a run",
    flags.page.map(({ flaggedBy }) => flaggedBy),
    [null, "Mei-Lin Zhao"],
  );
  const oskar = await personOf(connection, "oskar.lindqvist");
  const held = await oskar.query(api.queries.moderation.held, { challengeId });
  list.equal("an imported row is held", held.length, 1);
  const appeals = await organiser.query(api.queries.moderation.appeals, paging);
  list.equal(
    "a removal is appealed",
    appeals.page.map(({ displayName }) => displayName),
    ["Amara Okonjo"],
  );
  const amara = await personOf(connection, "amara.okonjo");
  const news = await amara.query(api.queries.notifications.mine, { paginationOpts: ALL });
  list.that("its person was told", news.page.length > 2, news.page);
  const { userId } = await personOf(connection, "rashid.qureishi");
  const { rank } = await organiser.query(api.queries.leaderboards.standing, {
    challengeId,
    userId,
  });
  list.equal("somebody is off the boards", rank, null);
}

/** @param {Checklist} list @param {string} dataDir */
async function checkCommandLine(list, dataDir) {
  const keyFile = demoKeyFile(dataDir);
  list.equal("only its owner reads the demo's key", statSync(keyFile).mode & 0o077, 0);
  const url = readState(dataDir).siteUrl ?? "";
  const wrongKey = join(dataDir, "wrong-key");
  writeFileSync(wrongKey, "mp_wrong\n");
  const csv = join(dataDir, "activities.csv");
  writeFileSync(csv, "Activity ID,Activity Date\n");
  /** @type {Array<[string[], number, string | RegExp]>} arguments, exit code, what is printed */
  const calls = [
    [["me"], 0, "Ines Calloway"],
    [["board", "--limit=3"], 0, "Joaquín Arrieta"],
    [["board", "--week=2"], 0, /^ +1 /m],
    [["board", "--category=Habits"], 0, /^ +1 /m],
    [["board", "--category=Nonsense"], 1, "INVALID_INPUT"],
    [["board", "--week=1", "--category=Habits"], 2, "two boards"],
    [["standing"], 0, /Rank \d+ with/],
    [["list", "--limit=100"], 0, "Partner week"],
    [["events", "--limit=3"], 0, /= +\d+ {2}/],
    [["log", "--type=Drinks", "--count=3"], 0, "-10 points"],
    [["log", "--type=Steps", "--steps=20000"], 0, "60 points"],
    [["log", "--type=Climbing", "--option=multiPitch", "--duration=3 hour"], 0, "90 points"],
    [["log", "--type=Climbing", "--option=multiPitch", "--duration=1 hour"], 1, "INVALID_INPUT"],
    [["log", "--type=Chess"], 1, "There are: Climbing"],
    [["log", "--type=Run", "--distance=5 parsec"], 2, "--distance"],
    [["log", "--nonsense"], 2, "--nonsense"],
    [["import", csv], 1, "cannot be read"],
    [["import", join(dataDir, "nothing.csv")], 1, "Cannot read"],
    [["import"], 2, "Name the file"],
    [["nonsense"], 2, "no command"],
    [["me", `--key-file=${wrongKey}`], 1, "NOT_SIGNED_IN"],
    [["me", "--url=http://127.0.0.1:9"], 1, "Nothing answers"],
  ];
  for (const [args, code, text] of calls) {
    const withPlace = [...args];
    const has = (/** @type {string} */ option) => args.some((one) => one.startsWith(option));
    if (!has("--url")) withPlace.push(`--url=${url}`);
    if (!has("--key-file")) withPlace.push(`--key-file=${keyFile}`);
    const result = await runNode("scripts/milepost.mjs", withPlace, { capture: true });
    const says = typeof text === "string" ? result.output.includes(text) : text.test(result.output);
    const claim = `milepost ${args.map((one) => one.replace(dataDir, "...")).join(" ")}: exit ${code}`;
    list.that(claim, result.code === code && says, result);
  }
  const json = await runNode(
    "scripts/milepost.mjs",
    ["board", "--json", `--url=${url}`, `--key-file=${keyFile}`],
    {
      capture: true,
    },
  );
  list.that("--json is one JSON object", JSON.parse(json.output).items.length === 25, json);
}

/**
 * Lets people log until all processes are killed; answers who logged what, acknowledged or not.
 * @param {ReturnType<typeof startProduct>} product
 */
async function logUntilKilled(product) {
  const connection = product.connect();
  const { organiser, challengeId } = await demoOf(connection);
  const types = await organiser.query(api.queries.activityTypes.list, { challengeId });
  const activityTypeId = types.find(({ name }) => name === "Walk")?.activityTypeId;
  if (activityTypeId === undefined) throw new Error("the demo has no walks");
  const { page } = await organiser.query(api.queries.leaderboards.page, { challengeId, limit: 30 });
  const logs = page.map(({ userId }) => {
    const metrics = { distance_m: 3_000 };
    const log = {
      challengeId,
      activityTypeId,
      loggedDate: TODAY,
      metrics,
      requestId: randomUUID(),
    };
    return { userId, log, isAcknowledged: false };
  });
  let acknowledged = 0;
  await Promise.all(
    logs.map(async (one) => {
      try {
        await connection.as(one.userId).mutation(api.mutations.activities.log, one.log);
      } catch {
        return;
      }
      one.isAcknowledged = true;
      acknowledged += 1;
      if (acknowledged === 10) await product.kill();
    }),
  );
  await product.kill();
  return logs;
}

/** @param {Checklist} list @param {string} dataDir @param {Awaited<ReturnType<typeof logUntilKilled>>} logs */
async function checkRestart(list, dataDir, logs) {
  const product = startProduct(dataDir);
  try {
    await product.printed("Milepost is running at");
    const connection = product.connect();
    const statuses = [];
    for (const { userId, log, isAcknowledged } of logs) {
      const { status } = await connection.as(userId).mutation(api.mutations.activities.log, log);
      if (isAcknowledged) statuses.push(status);
    }
    const lost = statuses.filter((status) => status !== "exists");
    list.equal(`none of ${statuses.length} acknowledged logs is lost`, lost, []);
    const { challengeId } = await demoOf(connection);
    const { checked, findings } = await verifyChallenge(connection, challengeId);
    list.equal("verify is clean", { checked, findings }, { checked: 40, findings: [] });
  } finally {
    await product.stop();
  }
}

await runMain(async () => {
  const list = new Checklist();
  await withFolder(async (dataDir) => {
    const start = performance.now();
    const seconds = () => ((performance.now() - start) / 1000).toFixed(1);
    const product = startProduct(dataDir);
    try {
      await product.printed("Milepost is running at");
      console.log(`npm start on an empty folder: ${seconds()} s`);
      await product.printed("The demo challenge is complete");
      console.log(`the demo is complete: ${seconds()} s`);
      await checkContents(list, product.connect());
      await checkCommandLine(list, dataDir);
      const logs = await logUntilKilled(product);
      await checkRestart(list, dataDir, logs);
    } finally {
      await product.kill();
    }
  });
  return list.finish();
});
