import type { Id } from "../_generated/dataModel";
import { frozenNameOf } from "./displayNames";
import {
  type Game,
  isPlaying,
  linesOfPlayer,
  liveFacts,
  MAX_ROWS_AT_ONCE,
  type Player,
  playerAt,
} from "./gameFacts";
import { counterpartsOf, isAbove, pointsOf } from "./rules/games";
import { needFewPlayers } from "./games";
import { readBoard } from "./snapshots";
import type { ReadCtx } from "./tableOwners";

/** What people see of a game: previews, how somebody stands, results. Names are looked up when they are shown. */

/** A page of players by position: `count` after the position `after`. */
interface Page {
  after: number;
  count: number;
}

async function named(ctx: ReadCtx, { challengeId }: Game, userId: Id<"users">) {
  return { userId, displayName: await frozenNameOf(ctx, { challengeId, userId }) };
}

/** The players a game would start with now, and their counterparts. Refuses LIMIT_REACHED (`players`). */
export async function startPage(ctx: ReadCtx, game: Game, { after, count }: Page) {
  const of = { challengeId: game.challengeId, kind: "gameStart" as const };
  const board = await readBoard(ctx, of, { cursor: null, before: null });
  const rows = board.batches.flat();
  await needFewPlayers(ctx, game.challengeId);
  const page = await Promise.all(
    rows.slice(after, after + count).map(async ({ position, rank, totalPoints, userId }) => {
      const counterparts = await Promise.all(
        counterpartsOf(game.settings.kind, position, rows.length).map(async (counterpart) => {
          const other = rows[counterpart.position - 1];
          if (other === undefined) throw new Error("a counterpart is a player");
          return { role: counterpart.role, ...(await named(ctx, game, other.userId)) };
        }),
      );
      return { position, rank, totalPoints, ...(await named(ctx, game, userId)), counterparts };
    }),
  );
  return { players: rows.length, page, continueCursor: cursorAfter(after + count, rows.length) };
}

/**
 * What a game would give some of its players if it ended now, computed as the settlement does it; fewer than asked for
 * where measuring them reads many rows.
 */
export async function settlementPage(ctx: ReadCtx, game: Game, { after, count }: Page) {
  const facts = liveFacts(ctx, game, game);
  const page = [];
  const last = Math.min(after + count, game.players);
  let position = after;
  while (position < last && facts.rowsRead() < MAX_ROWS_AT_ONCE) {
    position += 1;
    const place = await playerAt(ctx, game, position);
    if (place === null) throw new Error(`no player ${position} in ${game._id}`);
    const { userId } = place.player;
    const isHere = await isPlaying(ctx, game, userId);
    const lines = isHere ? await linesOfPlayer(game, place, facts) : null;
    const points = pointsOf(lines ?? []);
    const person = await named(ctx, game, userId);
    page.push({ position, ...person, isSkipped: lines === null, points, lines: lines ?? [] });
  }
  return { players: game.players, page, continueCursor: cursorAfter(position, game.players) };
}

/** How a player stands in a game now. */
export async function liveView(ctx: ReadCtx, game: Game, { position, rank }: Player) {
  const place = await playerAt(ctx, game, position);
  if (place === null) throw new Error(`no player ${position} in ${game._id}`);
  const facts = liveFacts(ctx, game, game);
  const own = await facts.endOf(place.player.userId);
  const counterparts = [];
  for (const { role, player } of place.counterparts) {
    const other = await facts.endOf(player.userId);
    const isBehind = own === null || other === null ? null : isAbove(own, other);
    counterparts.push({ role, ...(await named(ctx, game, player.userId)), isBehind });
  }
  const lines = await linesOfPlayer(game, place, facts);
  return { startRank: rank, counterparts, pointsIfEndedNow: lines && pointsOf(lines) };
}

/** What a game gave some of its players. */
export async function resultsPage(ctx: ReadCtx, game: Game, { after, count }: Page) {
  const rows = await ctx.db
    .query("miniGameResults")
    .withIndex("by_gameId_and_position", (q) => q.eq("gameId", game._id).gt("position", after))
    .take(count);
  const page = await Promise.all(
    rows.map(async ({ position, userId, state, points, lines }) => {
      return { position, ...(await named(ctx, game, userId)), state, points, lines };
    }),
  );
  return { page, continueCursor: cursorAfter(after + count, game.players) };
}

function cursorAfter(shown: number, players: number): number | null {
  return shown < players ? shown : null;
}
