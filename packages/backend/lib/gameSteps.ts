import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import { needChallenge } from "./access";
import { refusalOf } from "./errors";
import {
  frozenFacts,
  type Game,
  isPlaying,
  linesOfPlayer,
  MAX_ROWS_AT_ONCE,
  measure,
  playerAt,
  resultAt,
} from "./gameFacts";
import { closeGame, gamesOf } from "./games";
import { notify } from "./notifications";
import { awardBonusActivity, revokeBonusActivity } from "./pointLedger";
import { pointsOf } from "./rules/games";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";

/**
 * What follows the end of a game, player by player in the order of its start: `measure` freezes everybody's figures,
 * `settle` pays by them, and `reverse` takes back what was paid. One chain of steps, each a transaction that schedules
 * the next; a step goes on only from where the work stands, so that of two chains one stops. Every player is done in a
 * transaction inside the step's: a refusal for one of them is written down and stops nobody else.
 */

type Work = Doc<"miniGameWork">;
type Result = Doc<"miniGameResults">;
type Phase = Work["phase"];

/** Players of one step; fewer when measuring them reads many rows. */
const PLAYERS_PER_STEP = 20;
const ACTOR = { kind: "system" } as const;

/** Which step of which game's work. */
export interface StepArgs {
  gameId: Id<"miniGames">;
  phase: Phase;
  next: number;
}

/** The settlement or reversal of a game that is under way; null when there is none. */
export async function workOf(ctx: ReadCtx, gameId: Id<"miniGames">): Promise<Work | null> {
  return await ctx.db
    .query("miniGameWork")
    .withIndex("by_gameId", (q) => q.eq("gameId", gameId))
    .unique();
}

async function scheduleStep(ctx: WriteCtx, step: StepArgs): Promise<void> {
  await ctx.scheduler.runAfter(0, internal.mutations.miniGameSteps.step, step);
}

/**
 * Begins to settle or to reverse a game with its first player; what was under way for it stops.
 *
 * @param phase `measure` for a settlement, `settle` for one whose players are measured already
 */
export async function beginWork(
  ctx: WriteCtx,
  gameId: Id<"miniGames">,
  phase: Phase,
): Promise<void> {
  const fields = { gameId, phase, next: 1, failures: 0, tries: 0, beatAt: Date.now() };
  const work = await workOf(ctx, gameId);
  if (work === null) await openTable(ctx, "miniGameWork").insert(fields);
  else await openTable(ctx, "miniGameWork").patch(work._id, fields);
  await scheduleStep(ctx, { gameId, phase, next: 1 });
}

/** Goes on with work whose chain was lost: nothing was heard of it since `before` (UTC ms). */
export async function resumeWork(ctx: WriteCtx, before: number): Promise<void> {
  const lost = await ctx.db
    .query("miniGameWork")
    .withIndex("by_beatAt", (q) => q.lt("beatAt", before))
    .take(100);
  for (const { _id, gameId, phase, next, tries } of lost) {
    await openTable(ctx, "miniGameWork").patch(_id, { beatAt: Date.now(), tries: tries + 1 });
    await scheduleStep(ctx, { gameId, phase, next });
  }
}

/**
 * Does one step, and schedules the next or closes the game. Nothing to do unless the work stands where the step begins.
 * After a lost step players are done one by one, and one whose transaction fails for another reason than a refusal is
 * written down too: whatever it is stops at that player.
 */
export async function runStep(ctx: WriteCtx, { gameId, phase, next }: StepArgs): Promise<void> {
  const work = await workOf(ctx, gameId);
  const game = await ctx.db.get("miniGames", gameId);
  if (game === null || work?.phase !== phase || work.next !== next) return;
  const count = work.tries > 0 ? 1 : PLAYERS_PER_STEP;
  const end = Math.min(next + count, game.players + 1);
  let { failures } = work;
  let position = next;
  for (let rows = 0; position < end && rows < MAX_ROWS_AT_ONCE; position += 1) {
    if (phase === "measure") rows += await measurePlayer(ctx, game, position);
    else if (!(await runPlayer(ctx, { gameId, phase, position }, work.tries > 0))) failures += 1;
  }
  await advance(ctx, game, { ...work, next: position, failures, tries: 0 });
}

async function advance(ctx: WriteCtx, game: Game, work: Work): Promise<void> {
  const table = openTable(ctx, "miniGameWork");
  const { next, failures, tries } = work;
  const isOver = next > game.players;
  if (isOver && work.phase !== "measure") {
    await table.delete(work._id);
    return await closeGame(ctx, game, failures);
  }
  const step = isOver ? { phase: "settle" as const, next: 1 } : { phase: work.phase, next };
  await table.patch(work._id, { ...step, failures, tries, beatAt: Date.now() });
  await scheduleStep(ctx, { gameId: game._id, ...step });
}

/** Does one player in a transaction of their own; answers false, and writes down why, when it was refused. */
async function runPlayer(
  ctx: WriteCtx,
  player: { gameId: Id<"miniGames">; phase: "settle" | "reverse"; position: number },
  isAlone: boolean,
): Promise<boolean> {
  try {
    await ctx.runMutation(internal.mutations.miniGameSteps.player, player);
    return true;
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null && !isAlone) throw error;
    const result = await resultAt(ctx, player.gameId, player.position);
    if (result === null) throw error;
    const problem = refusal?.code ?? "ERROR";
    await openTable(ctx, "miniGameResults").patch(result._id, { state: "failed", problem });
    return false;
  }
}

/** Freezes the figures of a player, once; answers how many rows that read. */
async function measurePlayer(ctx: WriteCtx, game: Game, position: number): Promise<number> {
  if ((await resultAt(ctx, game._id, position)) !== null) return 0;
  const place = await playerAt(ctx, game, position);
  if (place === null) throw new Error(`no player ${position} in ${game._id}`);
  const { challengeId, _id: gameId, settings } = game;
  const { userId } = place.player;
  const measured =
    settings.kind === "huntWeek" ? null : await measure(ctx, { challengeId, userId }, game);
  const figures = measured?.figures ?? null;
  const fields = { state: "measured" as const, points: 0, lines: [] };
  await openTable(ctx, "miniGameResults").insert({ gameId, userId, position, figures, ...fields });
  return measured?.rows ?? 0;
}

/** Settles one player, or takes back what they got; a player that is done already changes nothing. */
export async function doPlayer(
  ctx: WriteCtx,
  { gameId, phase, position }: { gameId: Id<"miniGames">; phase: Phase; position: number },
): Promise<void> {
  const game = await ctx.db.get("miniGames", gameId);
  const result = await resultAt(ctx, gameId, position);
  if (game === null || result === null) return;
  const isUnpaid = result.state === "measured" || result.state === "failed";
  if (phase === "settle" && isUnpaid) await settlePlayer(ctx, game, result);
  if (phase === "reverse" && result.state !== "reversed") await reversePlayer(ctx, game, result);
}

/** Pays a player by the frozen facts. Somebody who left, or who was on the board no more at the end, is skipped. */
async function settlePlayer(ctx: WriteCtx, game: Game, result: Result): Promise<void> {
  const { challengeId, name } = game;
  const { userId } = result;
  const challenge = await needChallenge(ctx, challengeId);
  const end = game.endSnapshotId && (await ctx.db.get("snapshots", game.endSnapshotId));
  const place = await playerAt(ctx, game, result.position);
  if (!end || place === null) throw new Error(`game ${game._id} has lost its snapshots`);
  const isHere = await isPlaying(ctx, game, userId);
  const lines = isHere ? await linesOfPlayer(game, place, frozenFacts(ctx, game, end)) : null;
  const table = openTable(ctx, "miniGameResults");
  if (lines === null)
    return await table.patch(result._id, { state: "skipped", problem: undefined });
  const points = pointsOf(lines);
  if (points !== 0) {
    const award = { source: "miniGame" as const, awardKey: awardKeyOf(game._id), label: name };
    const whose = { challenge, userId, actor: ACTOR };
    await awardBonusActivity(ctx, { ...whose, ...award, points, loggedDate: game.endsOn });
  }
  await table.patch(result._id, { state: "settled", points, lines, problem: undefined });
  await notify(ctx, [userId], { challengeId, news: { kind: "gameSettled", name, points } });
}

/** Takes back what a player got, also from somebody who left since. */
async function reversePlayer(ctx: WriteCtx, game: Game, result: Result): Promise<void> {
  const { challengeId, _id: gameId } = game;
  const { userId } = result;
  const activity = await ctx.db
    .query("activities")
    .withIndex("by_challengeId_and_userId_and_awardKey", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId).eq("awardKey", awardKeyOf(gameId)),
    )
    .unique();
  if (activity?.deletedAt === undefined && activity !== null) {
    const challenge = await needChallenge(ctx, challengeId);
    await revokeBonusActivity(ctx, { challenge, userId, actor: ACTOR, activity });
    const news = { kind: "pointsAdjusted" as const, points: 0 - activity.pointsEarned };
    await notify(ctx, [userId], { challengeId, news });
  }
  await openTable(ctx, "miniGameResults").patch(result._id, {
    state: "reversed",
    problem: undefined,
  });
}

/** Names a game's award: at most one a player. */
function awardKeyOf(gameId: Id<"miniGames">): string {
  return `miniGame/${gameId}`;
}

/** Deletes the work and the results of a challenge's games, at most `limit` rows; answers how many. */
export async function eraseResults(
  ctx: WriteCtx,
  { challengeId }: { challengeId: Id<"challenges"> },
  limit: number,
): Promise<number> {
  let erased = 0;
  for (const { _id: gameId } of await gamesOf(ctx, challengeId)) {
    const work = await workOf(ctx, gameId);
    if (work !== null) erased += await eraseRows(openTable(ctx, "miniGameWork"), [work]);
    const results = await ctx.db
      .query("miniGameResults")
      .withIndex("by_gameId_and_position", (q) => q.eq("gameId", gameId))
      .take(Math.max(0, limit - erased));
    erased += await eraseRows(openTable(ctx, "miniGameResults"), results);
    if (erased >= limit) break;
  }
  return erased;
}
