import type { Doc, Id } from "../_generated/dataModel";

/**
 * A row as this viewer may see it. Of what came from Strava others, organisers included, learn that it is there, its type
 * and its day: with a linear rule already its points would give the distance away. So its points read 0 to them, and
 * metrics, title, start, option and breakdown are empty.
 */
export function shownTo(viewerId: Id<"users">, row: Doc<"activities">): Doc<"activities"> {
  if (row.source !== "strava" || row.userId === viewerId) return row;
  const { title: _, startedAtMs: __, variant: ___, ...shown } = row;
  return { ...shown, metrics: {}, pointsEarned: 0, breakdown: [] };
}
