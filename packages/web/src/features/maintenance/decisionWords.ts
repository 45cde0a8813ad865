import type { api } from "@milepost/backend/api";
import type { FunctionReturnType } from "convex/server";

/** One entry of the log of what organisers decided. */
export type Decision = FunctionReturnType<typeof api.queries.moderation.log>["page"][number];

const WORDS: Record<Decision["action"], (name: string) => string> = {
  flagsDismissed: (name) => `found nothing wrong with an activity of ${name}`,
  flagsUpheld: (name) => `agreed with a doubt about an activity of ${name}`,
  heldKept: (name) => `let a held activity of ${name} count as well`,
  heldReplaced: (name) => `let a held activity of ${name} replace the one that was there`,
  heldDiscarded: (name) => `discarded a held activity of ${name}`,
  lateAccepted: (name) => `let an activity of ${name} count that came late`,
  lateDismissed: (name) => `left out an activity of ${name} that came late`,
  appealAccepted: (name) => `accepted an appeal of ${name}`,
  appealRejected: (name) => `rejected an appeal of ${name}`,
  decisionUndone: (name) => `undid a decision about an activity of ${name}`,
  commented: (name) => `commented on an activity of ${name}`,
  commentDeleted: (name) => `deleted a comment on an activity of ${name}`,
  madeAdmin: (name) => `made ${name} an organiser`,
  madeParticipant: (name) => `made ${name} a participant`,
  removed: (name) => `removed ${name} from the challenge`,
  banned: (name) => `banned ${name}`,
  unbanned: (name) => `let ${name} join again`,
  settingsChanged: () => "changed the settings of the challenge",
  ruleChanged: () => "changed a rule",
  gameReversed: () => "took back a mini-game",
};

/** Whether a decision is about the challenge and not about a person. */
export function isAboutNobody({ action }: Pick<Decision, "action">): boolean {
  return action === "settingsChanged" || action === "ruleChanged" || action === "gameReversed";
}

/** What somebody did, to be read after their name: "banned Ada". */
export function decisionWords({
  action,
  displayName,
}: Pick<Decision, "action" | "displayName">): string {
  const words = WORDS[action];
  return words(displayName);
}
