import type { api } from "@milepost/backend/api";
import { MAX_POINTS_PER_ACTIVITY } from "@milepost/backend/rules/scoring";
import type { FunctionReturnType } from "convex/server";
import { formatPoints } from "../../../lib/format";
import type { Challenge } from "../../challenges/challengeContext";
import { readSigned } from "../rules/readRule";

/** One person of the list. */
export type ListedPerson = FunctionReturnType<typeof api.queries.participants.list>["page"][number];

/** Who can be listed, in words, and what to say when there is none. */
export const STATUSES = {
  active: { label: "Taking part", empty: "Nobody takes part yet" },
  left: { label: "Left", empty: "Nobody left" },
  removed: { label: "Removed", empty: "Nobody was removed" },
  banned: { label: "Banned", empty: "Nobody is banned" },
} as const;
export type ListedStatus = keyof typeof STATUSES;

/** Whether a text names one of the lists. */
export function isStatus(text: string): text is ListedStatus {
  return Object.hasOwn(STATUSES, text);
}

/** What an organiser can do about somebody. */
export type PersonDeed = "adjust" | "makeAdmin" | "makeParticipant" | "remove" | "ban" | "unban";

/** What can be done about somebody of a list, the frequent first. Nobody acts against themselves here. */
export function deedsFor(
  person: Pick<ListedPerson, "userId" | "role">,
  status: ListedStatus,
  challenge: Pick<Challenge, "viewer">,
): PersonDeed[] {
  const isSelf = challenge.viewer?.userId === person.userId;
  const role = person.role === "admin" ? "makeParticipant" : "makeAdmin";
  switch (status) {
    case "active":
      return isSelf ? ["adjust", "makeParticipant"] : ["adjust", role, "remove", "ban"];
    case "left":
    case "removed":
      return ["adjust", "ban"];
    case "banned":
      return ["adjust", "unban"];
  }
}

export type ReadPoints = { ok: true; points: number } | { ok: false; problem: string };

/** Points typed for an adjustment: a whole number that is not 0, at most a million either way. */
export function readPoints(text: string): ReadPoints {
  const read = readSigned(text.replace(/^\s*\+/, ""));
  if (!read.ok) return read;
  const { value } = read;
  if (!Number.isInteger(value)) return { ok: false, problem: "Enter a whole number." };
  if (value === 0) return { ok: false, problem: "Enter how many points to give or take." };
  if (Math.abs(value) > MAX_POINTS_PER_ACTIVITY)
    return { ok: false, problem: `At most ${formatPoints(MAX_POINTS_PER_ACTIVITY)}.` };
  return { ok: true, points: value };
}
