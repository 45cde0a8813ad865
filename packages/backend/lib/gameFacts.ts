import type { Doc, Id } from "../_generated/dataModel";
import type { Figures, GameLine } from "../tables/games";
import type { Source } from "../tables/activities";
import { activeParticipation } from "./access";
import { personOf } from "./people";
import { standingOf } from "./pointLedger";
import type { Owner } from "./pointLedger/ports";
import {
  type BoardKey,
  type Counterpart,
  counterpartsOf,
  type Days,
  figuresOf,
  huntLines,
  partnerLines,
  recordLines,
} from "./rules/games";
import { MAX_ROWS_PER_CHALLENGE } from "./rules/ledger";
import { rowOfPerson, rowsFrom } from "./snapshots";
import type { ReadCtx } from "./tableOwners";

/**
 * What a game gives its players. The settlement and the preview of it call `linesOfPlayer`, which differs only in where
 * the facts come from: the frozen end of the game, or the challenge as it is now.
 */

export type Game = Doc<"miniGames">;
export type Player = Doc<"snapshotRows">;

/** A challenge has at most 366 days. */
const MAX_DAYS = 366;
/** Rows after which no further player is measured in a transaction: with one more under half of what it can read. */
export const MAX_ROWS_AT_ONCE = 12_000;
/** Sources of system rows that have a day. */
const DATED_SYSTEM_SOURCES = [
  "achievement",
  "miniGame",
  "adjustment",
] as const satisfies readonly Source[];

/** Where the facts of a game's players come from. */
export interface GameFacts {
  /** A person's place at the end; null when they are on the board no more. */
  endOf(userId: Id<"users">): Promise<BoardKey | null>;
  figuresOf(player: Player): Promise<Figures>;
}

/** Whether somebody still takes part in a game's challenge: who left, was removed or deleted their account gets nothing. */
export async function isPlaying(
  ctx: ReadCtx,
  { challengeId }: Game,
  userId: Id<"users">,
): Promise<boolean> {
  if ((await activeParticipation(ctx, challengeId, userId)) === null) return false;
  return (await personOf(ctx, userId)) !== null;
}

/** The player at a position of the start snapshot, and whom they play with or against. Null past the last. */
export async function playerAt(
  ctx: ReadCtx,
  game: Game,
  position: number,
): Promise<{ player: Player; counterparts: Array<Counterpart & { player: Player }> } | null> {
  const player = await startRow(ctx, game, position);
  if (player === null) return null;
  const counterparts = [];
  for (const counterpart of counterpartsOf(game.settings.kind, position, game.players)) {
    const other = await startRow(ctx, game, counterpart.position);
    if (other === null) throw new Error(`no player ${counterpart.position} in ${game._id}`);
    counterparts.push({ ...counterpart, player: other });
  }
  return { player, counterparts };
}

async function startRow(ctx: ReadCtx, game: Game, position: number): Promise<Player | null> {
  const snapshot = game.startSnapshotId && (await ctx.db.get("snapshots", game.startSnapshotId));
  if (snapshot?.status !== "ready") return null;
  const [row] = await rowsFrom(ctx, snapshot, position, 1);
  return row?.position === position ? row : null;
}

/** A person's row in a game's start snapshot; null when they do not play. */
export async function playerOf(
  ctx: ReadCtx,
  game: Game,
  userId: Id<"users">,
): Promise<Player | null> {
  const snapshot = game.startSnapshotId && (await ctx.db.get("snapshots", game.startSnapshotId));
  if (snapshot?.status !== "ready") return null;
  return await rowOfPerson(ctx, { snapshotId: snapshot._id, run: snapshot.run, userId });
}

/** What a player gets, line by line; null for somebody who is on the board no more and so gets nothing. */
export async function linesOfPlayer(
  game: Game,
  { player, counterparts }: NonNullable<Awaited<ReturnType<typeof playerAt>>>,
  facts: GameFacts,
): Promise<GameLine[] | null> {
  const { settings } = game;
  const own = await facts.endOf(player.userId);
  if (own === null) return null;
  const find = (role: Counterpart["role"]) =>
    counterparts.find((counterpart) => counterpart.role === role)?.player;
  switch (settings.kind) {
    case "partnerWeek":
      return partnerLines(settings, await facts.figuresOf(find("partner") ?? player));
    case "huntWeek": {
      const endOf = async (other: Player | undefined) => other && (await facts.endOf(other.userId));
      const others = { prey: await endOf(find("prey")), hunter: await endOf(find("hunter")) };
      return huntLines(settings, own, others);
    }
    case "prWeek":
      return recordLines(settings, await facts.figuresOf(player));
  }
}

/** The facts as the game's end froze them. */
export function frozenFacts(ctx: ReadCtx, game: Game, end: Doc<"snapshots">): GameFacts {
  return {
    endOf: async (userId) => await rowOfPerson(ctx, { snapshotId: end._id, run: end.run, userId }),
    figuresOf: async (player) => {
      const result = await resultAt(ctx, game._id, player.position);
      if (!result?.figures) throw new Error(`no figures of player ${player.position}`);
      return result.figures;
    },
  };
}

/**
 * The facts as they are now; `rowsRead` counts what measuring people has read.
 *
 * @param days of the game, which may be ended before its last one
 */
export function liveFacts(
  ctx: ReadCtx,
  { challengeId }: Game,
  days: Days,
): GameFacts & { rowsRead(): number } {
  let rowsRead = 0;
  return {
    rowsRead: () => rowsRead,
    endOf: async (userId) => {
      const standing = await standingOf(ctx, { challengeId, userId });
      return standing?.listed && !standing.isFormer ? standing : null;
    },
    figuresOf: async ({ userId }) => {
      const { figures, rows } = await measure(ctx, { challengeId, userId }, days);
      rowsRead += rows;
      return figures;
    },
  };
}

/**
 * A person's own figures for the days of a game, read now: their day totals up to its last day (at most 366) without
 * their live system rows, so that it costs days and awards and never the history of their activities. `rows` is how many
 * it read, at most 2,366.
 */
export async function measure(
  ctx: ReadCtx,
  owner: Owner,
  days: Days,
): Promise<{ figures: Figures; rows: number }> {
  const { challengeId, userId } = owner;
  const totals = await ctx.db
    .query("dayTotals")
    .withIndex("by_challengeId_and_userId_and_day", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId).lte("day", days.endsOn),
    )
    .take(MAX_DAYS);
  const systemRows = [];
  let read = totals.length;
  for (const source of DATED_SYSTEM_SOURCES) {
    const rows = await ctx.db
      .query("activities")
      .withIndex("by_challengeId_and_userId_and_source_and_externalId", (q) =>
        q.eq("challengeId", challengeId).eq("userId", userId).eq("source", source),
      )
      .take(MAX_ROWS_PER_CHALLENGE);
    read += rows.length;
    for (const { loggedDate, pointsEarned, deletedAt } of rows)
      if (loggedDate !== null && deletedAt === undefined)
        systemRows.push({ loggedDate, pointsEarned });
  }
  return { figures: figuresOf(totals, systemRows, days), rows: read };
}

/** What a game gave the player at a position; null before it is settled. */
export async function resultAt(
  ctx: ReadCtx,
  gameId: Id<"miniGames">,
  position: number,
): Promise<Doc<"miniGameResults"> | null> {
  return await ctx.db
    .query("miniGameResults")
    .withIndex("by_gameId_and_position", (q) => q.eq("gameId", gameId).eq("position", position))
    .unique();
}
