import type { Id } from "../_generated/dataModel";
import type { News } from "../tables/notifications";
import { openTable, type WriteCtx } from "./tableOwners";

/**
 * Tells people something inside the product, in the transaction it happens in.
 *
 * @param to at most 100 people
 */
export async function notify(
  ctx: WriteCtx,
  to: ReadonlyArray<Id<"users">>,
  about: { challengeId?: Id<"challenges">; news: News },
): Promise<void> {
  const table = openTable(ctx, "notifications");
  for (const userId of to) await table.insert({ userId, ...about, at: Date.now() });
}
