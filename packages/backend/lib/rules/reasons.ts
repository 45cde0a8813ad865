import type { Actor, Reason } from "../../tables/ledger";
import type { Checked } from "../errors";
import { checkText } from "../text";
import { invalid } from "./checked";

/** Longest reason an admin can give, and longest label of an award. */
export const MAX_REASON_LENGTH = 500;

/** An admin's reason as it is kept; refuses INVALID_INPUT for `reason` when there is none. */
export function checkReason(reason: string | undefined): Checked<string> {
  const text = checkText(reason ?? "", "reason", MAX_REASON_LENGTH);
  if (text.ok && text.value === "") return invalid("reason", "must say why");
  return text;
}

/** Whether somebody acts as an admin, of the challenge or the platform. */
export function isAdminActor(actor: Actor): boolean {
  return actor.kind === "challengeAdmin" || actor.kind === "platformAdmin";
}

/** The closed reason behind an actor's change: an admin corrects, an import imports, a person does what `own` says. */
export function reasonOf(actor: Actor, own: Reason): Reason {
  if (isAdminActor(actor)) return "adminCorrection";
  return actor.kind === "import" || actor.kind === "strava" ? "imported" : own;
}
