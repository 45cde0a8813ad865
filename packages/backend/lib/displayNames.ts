import type { Doc, Id } from "../_generated/dataModel";
import { personOf } from "./people";
import { standingOf } from "./pointLedger";
import type { ReadCtx } from "./tableOwners";

/** How somebody is shown whose account was deleted while their points were kept. */
const FORMER_PARTICIPANT = "Former participant";
/** How somebody is shown whose account was deleted together with their points, where a frozen list still has them. */
const DELETED_PARTICIPANT = "Deleted participant";

/** The name a person is shown by in a challenge. */
export async function displayNameOf(ctx: ReadCtx, userId: Id<"users">): Promise<string> {
  return (await personOf(ctx, userId))?.displayName ?? FORMER_PARTICIPANT;
}

/** The name beside a standing: people an organiser removed with their points kept have none. */
export async function nameOnBoard(
  ctx: ReadCtx,
  { userId, isFormer }: Pick<Doc<"standings">, "userId" | "isFormer">,
): Promise<string> {
  return isFormer ? FORMER_PARTICIPANT : await displayNameOf(ctx, userId);
}

/** The name a person is shown by in a list that was frozen: also of somebody who has no points in the challenge any more. */
export async function frozenNameOf(
  ctx: ReadCtx,
  owner: { challengeId: Id<"challenges">; userId: Id<"users"> },
): Promise<string> {
  const standing = await standingOf(ctx, owner);
  return standing === null ? DELETED_PARTICIPANT : await nameOnBoard(ctx, standing);
}
