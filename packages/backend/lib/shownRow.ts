import type { Doc, Id } from "../_generated/dataModel";

/** Whether what Strava told of a row is not this viewer's to see: everybody's but its person's, organisers included. */
export function isHiddenFrom(
  viewerId: Id<"users">,
  row: Pick<Doc<"activities">, "source" | "userId">,
): boolean {
  return row.source === "strava" && row.userId !== viewerId;
}

/**
 * A row as this viewer may see it. Of what came from Strava others, organisers included, learn that it is there, its type
 * and its day: with a linear rule already its points would give the distance away. So its points read 0 to them, and
 * metrics, title, start, option and breakdown are empty.
 */
export function shownTo(viewerId: Id<"users">, row: Doc<"activities">): Doc<"activities"> {
  if (!isHiddenFrom(viewerId, row)) return row;
  const { title: _, startedAtMs: __, variant: ___, ...shown } = row;
  return { ...shown, metrics: {}, pointsEarned: 0, breakdown: [] };
}
