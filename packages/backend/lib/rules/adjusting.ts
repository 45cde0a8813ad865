import type { Checked } from "../errors";
import { invalid } from "./checked";
import type { LedgerBook } from "./ledgerBook";
import type { Award } from "./awards";
import { checkReason, isAdminActor } from "./reasons";

/** What an admin's entry must have beside what an award has; answers their reason. Refuses INVALID_INPUT. */
export function checkAdjustment(
  { posting }: LedgerBook,
  { points, label, note }: Pick<Award, "points" | "label" | "note">,
): Checked<string> {
  if (!isAdminActor(posting.actor)) throw new Error("only an admin adjusts points");
  if (points === 0) return invalid("points", "must not be 0");
  if (label.trim() === "") return invalid("label", "must say what for");
  return checkReason(note);
}
