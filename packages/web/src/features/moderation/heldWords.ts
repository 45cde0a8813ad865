import type { api } from "@milepost/backend/api";
import type { FunctionArgs, FunctionReturnType } from "convex/server";

export type Held = FunctionReturnType<typeof api.queries.review.held>["page"][number];
export type HeldDecision = FunctionArgs<typeof api.mutations.moderation.decideHeld>["decision"];

/** What becomes of the imported one and of the one it looks like. */
export function heldWords(decision: HeldDecision, twin: { isDeleted: boolean } | null): string {
  const isThere = twin !== null && !twin.isDeleted;
  switch (decision) {
    case "discard":
      return "The imported one is left out, now and when it is imported again.";
    case "replace":
      return isThere
        ? "The one already there goes, and the imported one counts instead."
        : "The other one is gone by now, and the imported one counts.";
    case "keepBoth":
      return "Both count, each by the rules of its day.";
  }
}

/** Why it is worth a second thought. */
export function heldWarning(decision: HeldDecision): string {
  return decision === "discard"
    ? "This cannot be undone: what the import said is forgotten."
    : "This is decided once. What counts afterwards can be deleted and restored in the history.";
}
