import type { Id } from "../_generated/dataModel";
import { personOf } from "./people";
import type { ReadCtx } from "./tableOwners";

/** How somebody is shown whose account was deleted while their points were kept. */
const FORMER_PARTICIPANT = "Former participant";

/** The name a person is shown by in a challenge. */
export async function displayNameOf(ctx: ReadCtx, userId: Id<"users">): Promise<string> {
  return (await personOf(ctx, userId))?.displayName ?? FORMER_PARTICIPANT;
}
