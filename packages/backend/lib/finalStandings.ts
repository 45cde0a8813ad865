import type { Doc } from "../_generated/dataModel";
import { needNoEvaluation } from "./achievements";
import { finalizeChallenge } from "./challenges";
import { needNoOpenGame } from "./games";
import { requestFinalStandings } from "./snapshots";
import type { WriteCtx } from "./tableOwners";

/**
 * Freezes a challenge and asks for the first version of its final standings, which people see within seconds. Refuses
 * what `finalizeChallenge` refuses, and INVALID_INPUT while a mini-game is on or awards are given to everybody.
 */
export async function freezeStandings(ctx: WriteCtx, challenge: Doc<"challenges">): Promise<void> {
  await finalizeChallenge(ctx, challenge);
  await needNoOpenGame(ctx, challenge._id);
  await needNoEvaluation(ctx, challenge._id);
  await requestFinalStandings(ctx, challenge._id);
}
