import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { CancelReason, GameWish } from "../tables/games";
import { needNotFinal } from "./challenges";
import { need, refuse } from "./errors";
import type { Game } from "./gameFacts";
import { checkDays, checkSettings, closingDay, type Days, instantsOf } from "./rules/games";
import { discardSnapshot, requestSnapshot } from "./snapshots";
import { listedCount } from "./ranks";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";
import { checkName } from "./text";

/**
 * The life of a mini-game: draft, active, settling, completed, and cancelled from anywhere before. Starting and ending
 * ask for a snapshot of the board; the status follows when it is complete. The steps that give and take points are in
 * lib/gameSteps.
 */

type Challenge = Doc<"challenges">;

const MAX_GAMES = 100;
const MAX_NAME_LENGTH = 120;
/** Players of a game: what one query can read of a board. */
const MAX_PLAYERS = 10_000;
/** How long after its end a game can be taken back. */
const REVERSIBLE_MS = 48 * 3_600_000;

/** A game as an organiser asks for it; days are `YYYY-MM-DD`. */
export interface GameDraft extends Days {
  name: string;
  settings: GameWish;
}

/**
 * Makes a draft, which starts by itself when its first day begins in the challenge's zone. Refuses INVALID_INPUT (name,
 * days, settings), LIMIT_REACHED (`gamesPerChallenge`, 100) and CHALLENGE_FINAL.
 */
export async function createGame(
  ctx: WriteCtx,
  challenge: Challenge,
  draft: GameDraft,
): Promise<Id<"miniGames">> {
  needNotFinal(challenge);
  const fields = needDraft(challenge, draft);
  const games = await gamesOf(ctx, challenge._id);
  if (games.length >= MAX_GAMES)
    refuse({ code: "LIMIT_REACHED", limit: "gamesPerChallenge", max: MAX_GAMES });
  return await openTable(ctx, "miniGames").insert({
    challengeId: challenge._id,
    ...fields,
    status: "draft",
    startSnapshotId: null,
    endSnapshotId: null,
    players: 0,
    failures: 0,
    completedAt: null,
    cancelledBecause: null,
  });
}

/** Changes a draft; what is left out stays. Refuses what `createGame` refuses, and INVALID_INPUT once it has started. */
export async function updateGame(
  ctx: WriteCtx,
  { game, challenge }: { game: Game; challenge: Challenge },
  change: Partial<GameDraft>,
): Promise<void> {
  needNotFinal(challenge);
  needUnstarted(game);
  await openTable(ctx, "miniGames").patch(game._id, needDraft(challenge, { ...game, ...change }));
}

function needDraft(challenge: Challenge, draft: GameDraft) {
  const name = need(checkName(draft.name, "name", MAX_NAME_LENGTH));
  const days = need(checkDays(draft, challenge));
  const { startsAt, endsAt } = instantsOf(days, challenge.timezone);
  if (endsAt <= Date.now()) refuseState("endsOn", "must not be over");
  return { name, ...days, settings: need(checkSettings(draft.settings)), dueAt: startsAt };
}

/**
 * Starts a draft now: everybody on the board plays, in the order of this moment. It is active once the snapshot is
 * complete. Refuses CHALLENGE_FINAL, INVALID_INPUT once it has started or its days are over, and LIMIT_REACHED
 * (`players`, 10,000).
 */
export async function startGame(
  ctx: WriteCtx,
  { game, challenge }: { game: Game; challenge: Challenge },
): Promise<void> {
  needStartable({ game, challenge });
  if (instantsOf(game, challenge.timezone).endsAt <= Date.now())
    refuseState("gameId", "its days are over");
  await needFewPlayers(ctx, challenge._id);
  const wish = { kind: "gameStart", gameId: game._id, version: 1 } as const;
  const startSnapshotId = await requestSnapshot(ctx, { challengeId: challenge._id, ...wish });
  await openTable(ctx, "miniGames").patch(game._id, { startSnapshotId, dueAt: null });
}

/**
 * Ends an active game now; today is its last day when it would have gone on. Its settlement follows once the snapshot is
 * complete. A game that was completed in the last 48 hours with players who could not be paid is settled again: they are
 * tried once more, by the figures that were frozen, and the others are done. Answers whether that settlement is to begin.
 * Refuses CHALLENGE_FINAL, and INVALID_INPUT for other games and before their first day.
 */
export async function endGame(
  ctx: WriteCtx,
  { game, challenge }: { game: Game; challenge: Challenge },
): Promise<boolean> {
  if (game.status === "completed" && game.failures > 0) {
    needRecent(game);
    needNotFinal(challenge);
    await openTable(ctx, "miniGames").patch(game._id, { status: "settling", failures: 0 });
    return true;
  }
  const endsOn = needEndable({ game, challenge }, Date.now());
  const wish = { kind: "gameEnd", gameId: game._id, version: 1 } as const;
  const endSnapshotId = await requestSnapshot(ctx, { challengeId: challenge._id, ...wish });
  await openTable(ctx, "miniGames").patch(game._id, { endSnapshotId, endsOn, dueAt: null });
  return false;
}

/**
 * Goes on with a game whose snapshot is complete: active after the start, settling after the end. Answers whether its
 * settlement is to begin.
 */
export async function snapshotReady(ctx: WriteCtx, snapshot: Doc<"snapshots">): Promise<boolean> {
  const game = snapshot.gameId && (await ctx.db.get("miniGames", snapshot.gameId));
  if (!game) return false;
  const table = openTable(ctx, "miniGames");
  if (game.status === "draft" && game.startSnapshotId === snapshot._id) {
    const challenge = await ctx.db.get("challenges", game.challengeId);
    if (challenge === null) return false;
    const dueAt = instantsOf(game, challenge.timezone).endsAt;
    await table.patch(game._id, { status: "active", players: snapshot.size, dueAt });
    return false;
  }
  if (game.status !== "active" || game.endSnapshotId !== snapshot._id) return false;
  await table.patch(game._id, { status: "settling" });
  return true;
}

/**
 * Cancels a game at any moment before it is completed; points it has given are taken back first. Answers whether they
 * are. Refuses INVALID_INPUT afterwards, and CHALLENGE_FINAL where points would have to be taken back.
 */
export async function cancelGame(
  ctx: WriteCtx,
  { game, challenge }: { game: Game; challenge: Challenge },
): Promise<boolean> {
  if (game.status === "settling") {
    needNotFinal(challenge);
    await openTable(ctx, "miniGames").patch(game._id, { status: "reversing" });
    return true;
  }
  if (game.status !== "draft" && game.status !== "active") refuseState("gameId", "has ended");
  await dropGame(ctx, game, "asked");
  return false;
}

/** Cancels a game that has given nothing. */
async function dropGame(ctx: WriteCtx, game: Game, because: CancelReason): Promise<void> {
  const change = { status: "cancelled", cancelledBecause: because, dueAt: null } as const;
  await openTable(ctx, "miniGames").patch(game._id, change);
  // A start snapshot that is complete stays: it says who played.
  for (const snapshotId of [
    game.status === "draft" ? game.startSnapshotId : null,
    game.endSnapshotId,
  ])
    if (snapshotId !== null) await discardSnapshot(ctx, snapshotId);
}

/**
 * Takes a completed game back within 48 hours: all its points go, and it is cancelled after that. One that was cancelled
 * with points that could not be taken back is tried again. Refuses INVALID_INPUT for other games and later, and
 * CHALLENGE_FINAL.
 */
export async function reverseGame(
  ctx: WriteCtx,
  { game, challenge }: { game: Game; challenge: Challenge },
): Promise<void> {
  const isUnfinished = game.status === "cancelled" && game.failures > 0;
  if (game.status !== "completed" && !isUnfinished) refuseState("gameId", "is not completed");
  if (!isUnfinished) needRecent(game);
  needNotFinal(challenge);
  await openTable(ctx, "miniGames").patch(game._id, { status: "reversing" });
}

function needRecent({ completedAt }: Game): void {
  if (Date.now() > (completedAt ?? 0) + REVERSIBLE_MS)
    refuseState("gameId", "was completed more than 48 hours ago");
}

/** Closes a game whose last player is done: completed after its settlement, cancelled after its points were taken back. */
export async function closeGame(ctx: WriteCtx, game: Game, failures: number): Promise<void> {
  const change =
    game.status === "reversing"
      ? ({
          status: "cancelled",
          cancelledBecause: game.completedAt === null ? "asked" : "reversed",
        } as const)
      : ({ status: "completed", completedAt: game.completedAt ?? Date.now() } as const);
  await openTable(ctx, "miniGames").patch(game._id, { ...change, failures });
}

/** Schedules what the clock asks for: games whose start or end has come, however late this runs. */
export async function scheduleDueGames(ctx: WriteCtx, now: number): Promise<void> {
  const due = await ctx.db
    .query("miniGames")
    .withIndex("by_dueAt", (q) => q.gt("dueAt", 0).lte("dueAt", now))
    .take(200);
  for (const { _id: gameId } of due)
    await ctx.scheduler.runAfter(0, internal.mutations.miniGameSteps.due, { gameId });
}

/**
 * Does what the clock asks of one game: starts or ends it when its time has come. A draft that cannot start any more is
 * cancelled and says why. Nothing to do for a game that was started, ended or moved since.
 */
export async function runDueGame(ctx: WriteCtx, game: Game): Promise<void> {
  const now = Date.now();
  if (game.dueAt === null || game.dueAt > now) return;
  const challenge = await ctx.db.get("challenges", game.challengeId);
  if (challenge === null) return await dropGame(ctx, game, "missed");
  if (challenge.finalAt !== undefined) return await dropGame(ctx, game, "final");
  if (game.status === "active") return void (await endGame(ctx, { game, challenge }));
  if (instantsOf(game, challenge.timezone).endsAt <= now)
    return await dropGame(ctx, game, "missed");
  if ((await listedCount(ctx, challenge._id)) > MAX_PLAYERS)
    return await dropGame(ctx, game, "tooManyPlayers");
  await startGame(ctx, { game, challenge });
}

/** The games of a challenge, newest first, at most 100. */
export async function gamesOf(ctx: ReadCtx, challengeId: Id<"challenges">): Promise<Game[]> {
  return await ctx.db
    .query("miniGames")
    .withIndex("by_challengeId", (q) => q.eq("challengeId", challengeId))
    .order("desc")
    .take(MAX_GAMES);
}

/** Refuses INVALID_INPUT while a game of the challenge is on: frozen standings could not take its points. */
export async function needNoOpenGame(ctx: ReadCtx, challengeId: Id<"challenges">): Promise<void> {
  const games = await gamesOf(ctx, challengeId);
  const isOpen = ({ status, startSnapshotId }: Game) =>
    ["active", "settling", "reversing"].includes(status) ||
    (status === "draft" && startSnapshotId !== null);
  if (games.some(isOpen))
    refuseState("challengeId", "a mini-game is being played or settled: end or cancel it first");
}

/** Refuses what no start can do, whenever it is: INVALID_INPUT once the game has started, CHALLENGE_FINAL. */
export function needStartable({ game, challenge }: { game: Game; challenge: Challenge }): void {
  needUnstarted(game);
  needNotFinal(challenge);
}

/** Refuses LIMIT_REACHED (`players`, 10,000) for a challenge with more people on its board. */
export async function needFewPlayers(ctx: ReadCtx, challengeId: Id<"challenges">): Promise<void> {
  if ((await listedCount(ctx, challengeId)) > MAX_PLAYERS)
    refuse({ code: "LIMIT_REACHED", limit: "players", max: MAX_PLAYERS });
}

/** The last day of a game that is ended at an instant (UTC ms); refuses what `endGame` refuses. */
export function needEndable(
  { game, challenge }: { game: Game; challenge: Challenge },
  nowMs: number,
): string {
  if (game.status !== "active") refuseState("gameId", "is not being played");
  if (game.endSnapshotId !== null) refuseState("gameId", "is being ended already");
  needNotFinal(challenge);
  return need(closingDay(game, nowMs, challenge.timezone));
}

function needUnstarted(game: Game): void {
  if (game.status !== "draft" || game.startSnapshotId !== null)
    refuseState("gameId", "has started or was cancelled");
}

function refuseState(path: string, problem: string): never {
  return refuse({ code: "INVALID_INPUT", path, problem });
}

/** Deletes the games of a challenge, whose work and results are gone, at most `limit`; answers how many. */
export async function eraseGames(
  ctx: WriteCtx,
  of: { challengeId: Id<"challenges"> },
  limit: number,
): Promise<number> {
  const rows = await ctx.db
    .query("miniGames")
    .withIndex("by_challengeId", (q) => q.eq("challengeId", of.challengeId))
    .take(limit);
  return await eraseRows(openTable(ctx, "miniGames"), rows);
}
