import type { Doc, Id } from "../_generated/dataModel";
import { type ChallengeAdmin, needChallengeAdmin, needMemberView, type ViewerCtx } from "./access";
import { refuse } from "./errors";
import type { Game } from "./gameFacts";
import type { ReadCtx } from "./tableOwners";

type Found = { game: Game; challenge: Doc<"challenges"> };

async function gameById(ctx: ReadCtx, gameId: Id<"miniGames">): Promise<Game> {
  return (await ctx.db.get("miniGames", gameId)) ?? refuse({ code: "NOT_FOUND", what: "game" });
}

/** A game the caller administrates. Refuses NOT_FOUND (also in private challenges of others), NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN. */
export async function needGameAdmin(
  ctx: ViewerCtx,
  gameId: Id<"miniGames">,
): Promise<Found & { admin: ChallengeAdmin }> {
  const game = await gameById(ctx, gameId);
  const { challenge, admin } = await needChallengeAdmin(ctx, game.challengeId, "game");
  return { game, challenge, admin };
}

/** A game the caller may see, as `needMemberView` decides. Refuses NOT_FOUND. */
export async function needGameView(
  ctx: ReadCtx,
  gameId: Id<"miniGames">,
  viewKey: string | undefined,
): Promise<Found> {
  const game = await gameById(ctx, gameId);
  const challenge = await needMemberView(ctx, game.challengeId, viewKey, "game");
  return { game, challenge };
}
