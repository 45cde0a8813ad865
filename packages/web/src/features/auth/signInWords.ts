import { refusalOf } from "@milepost/backend/errors";
import { wordsOf } from "../../lib/refusals";

/**
 * What to tell someone whose sign-in or sign-up failed. The sign-in service names its own refusals only outside
 * production, so everything that is not ours means: this pair was not accepted. The client's own error for a
 * connection that broke before the answer says nothing about the pair.
 */
export function signInWords(error: unknown, flow: "signIn" | "signUp"): string {
  const refusal = refusalOf(error);
  if (refusal !== null && refusal.code !== "NOT_FOUND" && refusal.code !== "NOT_SIGNED_IN")
    return wordsOf(refusal);
  if (error instanceof Error && error.message.includes("Connection lost"))
    return "The connection broke before the server answered. Try again.";
  return flow === "signIn"
    ? "E-mail and password do not match. Check both, or create an account."
    : "This account could not be created. If you already have one with this e-mail, sign in instead.";
}
