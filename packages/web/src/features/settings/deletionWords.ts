import { refusalOf } from "@milepost/backend/errors";
import { messageOf } from "../../lib/refusals";

interface Named {
  challengeId: string;
  name: string;
}

/** Why an account was not deleted, naming the challenge that would be left without an organiser. */
export function deletionProblem(error: unknown, challenges: readonly Named[]): string {
  const refusal = refusalOf(error);
  if (refusal?.code !== "LIMIT_REACHED" || refusal.limit !== "lastAdmin") return messageOf(error);
  const found = challenges.find(({ challengeId }) => challengeId === refusal.challengeId);
  const where = found === undefined ? "a challenge" : `“${found.name}”`;
  return `You are the only organiser of ${where}. Make somebody else an organiser there, or delete it, and come back. Nothing was deleted.`;
}
