// Plays each kind of mini-game with 10,000 people on an embedded deployment of its own, kills the deployment in the middle of
// every settlement, and compares what everybody got with a model. Then takes all of it back.
import { makeFunctionReference } from "convex/server";
import { api, internal } from "@milepost/backend/api";
import { deployMeasuredBackend } from "../bench/measured-backend.mjs";
import { Checklist } from "../lib/checklist.mjs";
import { connect, inParallel } from "../lib/client.mjs";
import { dayFromToday } from "../lib/crowd.mjs";
import { startEmbedded } from "../lib/embedded.mjs";
import { Failure, runMain } from "../lib/failure.mjs";
import { readOptions } from "../lib/options.mjs";
import { withFolder } from "../lib/temporary.mjs";
import { verifyChallenge } from "../lib/verify.mjs";

const MODULES = [{ from: "game-crowd.ts", as: "gameCrowd.ts" }];
/** People one transaction makes or logs for. */
const AT_ONCE = 20;
const WIDTH = 4;
/** Days of the check: one before the game, and one in it. */
const BEFORE = dayFromToday(-12);
const WITHIN = dayFromToday(-3);
const KINDS = /** @type {const} */ (["huntWeek", "partnerWeek", "prWeek"]);

/** @typedef {(typeof KINDS)[number]} Kind */
/** @typedef {import("convex/values").GenericId<"challenges">} ChallengeId */
/** @typedef {import("convex/values").GenericId<"miniGames">} GameId */
/** @typedef {{userId: string, before: number, within: number}} Player points before the game and in it, best first at its start */
/** @typedef {ReturnType<typeof connect>} Connection */

/** A query of the module. @param {string} name @returns {import("convex/server").FunctionReference<"query">} */
const queryOf = (name) => makeFunctionReference(`gameCrowd:${name}`);
/** A mutation of it. @param {string} name @returns {import("convex/server").FunctionReference<"mutation">} */
const mutationOf = (name) => makeFunctionReference(`gameCrowd:${name}`);

/**
 * Points in the game: of every third player, so that no two totals are the same at its end.
 * @param {number} count @returns {number[]} by what a player had before, from 0
 */
function pointsWithin(count) {
  const used = new Set();
  return Array.from({ length: count }, (_, place) => {
    if (place % 3 !== 0) return 0;
    let more = ((place * 7_919) % 4_999) + 1;
    while (used.has(place + more)) more += 1;
    used.add(place + more);
    // One over a multiple of four, which everybody has before.
    return 4 * more + 1;
  });
}

/**
 * What each player gets, as the rules say in docs/awards.md.
 * @param {Kind} kind @param {Player[]} players in the order of the start
 */
function expected(kind, players) {
  const end = players.map(({ before, within }) => before + within);
  return players.map(({ before, within }, index) => {
    if (kind === "partnerWeek")
      return Math.floor((players[players.length - 1 - index]?.within ?? 0) / 10 + 0.5);
    // The organiser logged nothing before, and so has no record to beat.
    if (kind === "prWeek") return before > 0 && within > before ? 100 : 0;
    const own = end[index] ?? 0;
    const caught = index > 0 && own > (end[index - 1] ?? 0) ? 75 : 0;
    const wasCaught = index < end.length - 1 && (end[index + 1] ?? 0) > own ? -25 : 0;
    return caught + wasCaught;
  });
}

/** A challenge with its people. @param {Connection} connection @param {number} count */
async function fillChallenge(connection, count) {
  const { admin } = connection;
  const createPerson = mutationOf("addPeople");
  const organiser = await admin.mutation(internal.mutations.admin.createPerson, {
    displayName: "Organiser",
    timezone: "UTC",
  });
  const caller = connection.as(organiser.userId);
  const { challengeId } = await caller.mutation(api.mutations.challenges.create, {
    name: "Large games",
    startsOn: dayFromToday(-20),
    endsOn: dayFromToday(20),
    timezone: "UTC",
    visibility: "public",
    streakBonus: "none",
    backdateDays: 30,
  });
  const { activityTypeId } = await caller.mutation(api.mutations.activityTypes.create, {
    challengeId,
    name: "Distance",
    contributesToStreak: false,
    scoring: { kind: "perUnit", metric: "distance_m", unit: "km", pointsPerUnit: 100 },
  });
  const points = Array.from({ length: count - 1 }, (_, index) => 4 * (index + 1));
  const made = await inParallel(chunks(points), WIDTH, async (chunk) => {
    const people = chunk.map((one) => ({ name: `Player ${one}`, points: one }));
    const args = { challengeId, activityTypeId, loggedDate: BEFORE, people };
    return await admin.mutation(createPerson, args);
  });
  const within = pointsWithin(count);
  const userIds = [organiser.userId, ...made.flat()];
  const players = userIds.map((userId, place) => ({
    userId,
    before: 4 * place,
    within: place === 0 ? 0 : (within[place] ?? 0),
  }));
  return { challengeId, activityTypeId, caller, players: players.reverse() };
}

/** @template T @param {T[]} items @returns {T[][]} */
function chunks(items) {
  const all = [];
  for (let from = 0; from < items.length; from += AT_ONCE)
    all.push(items.slice(from, from + AT_ONCE));
  return all;
}

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Waits until a game has a status; answers it.
 * @param {Connection} connection @param {GameId} gameId @param {string} status
 */
async function reached(connection, gameId, status) {
  for (;;) {
    const game = await connection.admin.query(queryOf("game"), { gameId });
    if (game.status === status) return game;
    await pause(100);
  }
}

/**
 * All pages of a query of the module.
 * @template Row
 * @param {Connection} connection @param {string} name @param {ChallengeId} challengeId
 * @returns {Promise<Row[]>}
 */
async function allOf(connection, name, challengeId) {
  /** @type {Row[]} */
  const all = [];
  /** @type {string | null} */
  let cursor = null;
  for (;;) {
    /** @type {{page: Row[], isDone: boolean, continueCursor: string}} */
    const page = await connection.admin.query(queryOf(name), { challengeId, cursor });
    all.push(...page.page);
    if (page.isDone) return all;
    cursor = page.continueCursor;
  }
}

/**
 * Everybody's stored totals.
 * @param {Connection} connection @param {ChallengeId} challengeId
 * @returns {Promise<Array<[userId: string, total: number]>>}
 */
async function totalsOf(connection, challengeId) {
  return await allOf(connection, "totals", challengeId);
}

/**
 * What games gave, taken back too.
 * @param {Connection} connection @param {ChallengeId} challengeId
 * @returns {Promise<Array<[userId: string, awardKey: string, points: number, isLive: boolean]>>}
 */
async function awardsOf(connection, challengeId) {
  return await allOf(connection, "awards", challengeId);
}

/** The deployment of the check, which is killed and started again. */
class Stage {
  /** @param {string} dataDir */
  constructor(dataDir) {
    this.dataDir = dataDir;
  }

  async begin() {
    this.deployment = await startEmbedded({ dataDir: this.dataDir, quiet: true });
    this.connection = connect(this.deployment);
    return this.connection;
  }

  /** SIGKILL, and the same data again. */
  async killed() {
    this.deployment?.child.kill("SIGKILL");
    await this.deployment?.exited;
    return await this.begin();
  }

  async end() {
    await this.deployment?.stop();
  }
}

/** @typedef {{read: number, written: number, ranges: number}} Cost */

/**
 * Runs the work of a game to its end, killed once when a quarter of its players is done; some steps are done by hand, to see
 * what they cost.
 * @param {Stage} stage @param {GameId} gameId @param {{phase: string, status: string, after: number}} until
 */
async function runWork(stage, gameId, { phase, status, after }) {
  const start = performance.now();
  /** @type {Cost} */
  const largest = { read: 0, written: 0, ranges: 0 };
  let connection = /** @type {Connection} */ (stage.connection);
  let killedAt = 0;
  for (;;) {
    const game = await connection.admin.query(queryOf("game"), { gameId });
    if (game.status === status) break;
    if (killedAt === 0 && game.work?.phase === phase && game.work.next > after) {
      connection = await stage.killed();
      killedAt = game.work.next;
    }
    const cost = await connection.admin.mutation(mutationOf("stepNow"), { gameId });
    for (const field of /** @type {const} */ (["read", "written", "ranges"]))
      largest[field] = Math.max(largest[field], cost?.[field] ?? 0);
    await pause(50);
  }
  return { seconds: (performance.now() - start) / 1000, largest, killedAt };
}

/** @param {Array<[string, number]>} totals */
const byPerson = (totals) => new Map(totals);

/** Whether everybody has the total of a model. @param {Array<[string, number]>} totals @param {Map<string, number>} model */
function wrongTotals(totals, model) {
  const stored = byPerson(totals);
  return [...model].filter(([userId, total]) => stored.get(userId) !== total).slice(0, 5);
}

/** @param {Checklist} list @param {Stage} stage @param {number} count */
async function playAll(list, stage, count) {
  let connection = await stage.begin();
  if (stage.deployment === undefined) throw new Failure("no deployment");
  await deployMeasuredBackend(stage.deployment, MODULES);
  let begun = performance.now();
  const seconds = () => ((performance.now() - begun) / 1000).toFixed(0);
  const filled = await fillChallenge(connection, count);
  const { challengeId, activityTypeId, players } = filled;
  console.log(`${players.length} people in ${seconds()} s`);
  /** @type {Array<[Kind, GameId]>} */
  const games = [];
  for (const kind of KINDS) {
    const draft = { challengeId, name: kind, startsOn: dayFromToday(-5), endsOn: dayFromToday(2) };
    const wish = { ...draft, settings: { kind } };
    const { gameId } = await filled.caller.mutation(api.mutations.miniGames.create, wish);
    games.push([kind, gameId]);
    await filled.caller.mutation(api.mutations.miniGames.start, { gameId });
    const game = await reached(connection, gameId, "active");
    list.equal(`${kind} starts with everybody`, game.players, players.length);
  }
  begun = performance.now();
  const rows = players.filter(({ within }) => within > 0);
  await inParallel(chunks(rows), WIDTH, async (chunk) => {
    const more = chunk.map(({ userId, within }) => ({ userId, points: within }));
    const args = { challengeId, activityTypeId, loggedDate: WITHIN, rows: more };
    await connection.admin.mutation(mutationOf("logMore"), args);
  });
  console.log(`${rows.length} logs within the games in ${seconds()} s`);
  const model = new Map(players.map(({ userId, before, within }) => [userId, before + within]));
  list.equal("totals before", wrongTotals(await totalsOf(connection, challengeId), model), []);
  const organiserId = players.at(-1)?.userId ?? "";
  for (const [kind, gameId] of games) {
    const { miniGames } = api.mutations;
    await connection.as(organiserId).mutation(miniGames.end, { gameId });
    const after = players.length / 4;
    const run = await runWork(stage, gameId, { phase: "settle", status: "completed", after });
    connection = /** @type {Connection} */ (stage.connection);
    const gains = expected(kind, players);
    for (const [index, { userId }] of players.entries())
      model.set(userId, (model.get(userId) ?? 0) + (gains[index] ?? 0));
    await checkSettled(list, connection, { kind, gameId, challengeId, players, model, gains, run });
  }
  await reverseAll(list, stage, { games, challengeId, players, organiserId });
}

/**
 * Every award of a game exists once, with the points of the model, and totals are those of the model.
 * @param {Checklist} list @param {Connection} connection
 * @param {{kind: Kind, gameId: GameId, challengeId: ChallengeId, players: Player[], model: Map<string, number>, gains: number[], run: Awaited<ReturnType<typeof runWork>>}} settled
 */
async function checkSettled(
  list,
  connection,
  { kind, gameId, challengeId, players, model, gains, run },
) {
  const game = await connection.admin.query(queryOf("game"), { gameId });
  const awards = await awardsOf(connection, challengeId);
  const given = awards.filter(([, key]) => key === `miniGame/${gameId}`);
  const wanted = new Map(
    players.flatMap(({ userId }, index) => (gains[index] ? [[userId, gains[index] ?? 0]] : [])),
  );
  const wrong = given.filter(
    ([userId, , points, isLive]) => !isLive || wanted.get(userId) !== points,
  );
  const isOnce = new Set(given.map(([userId]) => userId)).size === given.length;
  const { read, written, ranges } = run.largest;
  list.that(
    `${kind}: ${given.length} awards of ${players.length} players, each once, in ${run.seconds.toFixed(0)} s, killed at player ${run.killedAt}`,
    isOnce &&
      wrong.length === 0 &&
      given.length === wanted.size &&
      game.failures === 0 &&
      run.killedAt > 0,
    { given: given.length, wanted: wanted.size, wrong: wrong.slice(0, 5), game },
  );
  list.equal(`${kind}: totals`, wrongTotals(await totalsOf(connection, challengeId), model), []);
  list.that(
    `${kind}: a step reads ${read} rows in ${ranges} ranges and writes ${written} at most`,
    read < 12_800 && ranges < 1_638 && written < 6_400 && written > 0,
    run.largest,
  );
}

/**
 * Takes every game back, and compares with what was before them.
 * @param {Checklist} list @param {Stage} stage
 * @param {{games: Array<[Kind, GameId]>, challengeId: ChallengeId, players: Player[], organiserId: string}} played
 */
async function reverseAll(list, stage, { games, challengeId, players, organiserId }) {
  for (const [kind, gameId] of games) {
    const connection = /** @type {Connection} */ (stage.connection);
    await connection.as(organiserId).mutation(api.mutations.miniGames.reverse, { gameId });
    const until = { phase: "reverse", status: "cancelled", after: players.length / 4 };
    const run = await runWork(stage, gameId, until);
    const took = `${run.seconds.toFixed(0)} s, killed at player ${run.killedAt}`;
    list.that(`${kind} is taken back in ${took}`, run.killedAt > 0, run);
  }
  const connection = /** @type {Connection} */ (stage.connection);
  const model = new Map(players.map(({ userId, before, within }) => [userId, before + within]));
  list.equal(
    "totals are as before",
    wrongTotals(await totalsOf(connection, challengeId), model),
    [],
  );
  const awards = await awardsOf(connection, challengeId);
  list.equal("no award is left", awards.filter(([, , , isLive]) => isLive).length, 0);
  console.log("steps, by how they ended:", await connection.admin.query(queryOf("steps"), {}));
  const { checked, findings } = await verifyChallenge(connection, challengeId);
  list.equal(`${checked} people verified`, findings.slice(0, 5), []);
}

await runMain(async () => {
  const options = readOptions(
    "node scripts/checks/large-games.mjs [options]",
    { players: { type: "string", value: "N", default: "10000", help: "people of each game" } },
    process.argv.slice(2),
  );
  if (options === null) return 0;
  const count = Number(options.players);
  if (!Number.isInteger(count) || count < 1_000 || count > 10_000)
    throw new Failure(
      `--players must be a whole number from 1,000 to 10,000, not "${options.players}".`,
    );
  const list = new Checklist();
  await withFolder(async (dataDir) => {
    const stage = new Stage(dataDir);
    try {
      await playAll(list, stage, count);
    } finally {
      await stage.end();
    }
  });
  return list.finish();
});
