import type { api } from "@milepost/backend/api";
import type { FunctionArgs, FunctionReturnType } from "convex/server";
import { formatPoints } from "../../lib/format";

export type Held = FunctionReturnType<typeof api.queries.review.held>["page"][number];
export type HeldDecision = FunctionArgs<typeof api.mutations.moderation.decideHeld>["decision"];

/** What becomes of points, as far as it can be known before the row is scored. */
export function heldWords(
  decision: HeldDecision,
  { twin, displayName }: Pick<Held, "twin" | "displayName">,
): string {
  const there =
    twin === null || twin.isDeleted || twin.source === "strava"
      ? null
      : formatPoints(twin.pointsEarned);
  switch (decision) {
    case "discard":
      return `No points move: the total of ${displayName} stays as it is.`;
    case "replace":
      return there === null
        ? "The imported one is scored by the rules of its day."
        : `The ${there} of the one already there go. The imported one is scored instead, by the rules of its day.`;
    case "keepBoth":
      return there === null
        ? "The imported one is scored by the rules of its day, and counts on top."
        : `The ${there} of the one already there stay. The imported one is scored by the rules of its day, and counts on top.`;
  }
}
