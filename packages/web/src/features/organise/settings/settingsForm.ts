import type { Challenge } from "../../challenges/challengeContext";

/** The settings an organiser may change, as typed. */
export interface SettingsValues {
  name: string;
  description: string;
  visibility: Challenge["visibility"];
  backdateDays: string;
  graceHours: string;
  finalDaysFrom: string;
  streakMinPoints: string;
  hasStreakBonus: boolean;
  streakBonusDailyCap: string;
}

const NUMBERS = [
  "backdateDays",
  "graceHours",
  "finalDaysFrom",
  "streakMinPoints",
  "streakBonusDailyCap",
] as const;
type NumberName = (typeof NUMBERS)[number];

/** Fields of the streak: a change of one counts everybody's streak again. */
export const STREAK_FIELDS = ["streakMinPoints", "hasStreakBonus", "streakBonusDailyCap"] as const;

/** What is sent: only what changed. */
export type SettingsChange = Partial<
  Pick<Challenge, "name" | "description" | "visibility" | "streakBonus" | NumberName>
>;

/** The form of a challenge as it is. */
export function settingsOf(challenge: Challenge): SettingsValues {
  const { name, description, visibility } = challenge;
  return {
    name,
    description,
    visibility,
    hasStreakBonus: challenge.streakBonus === "running",
    backdateDays: String(challenge.backdateDays),
    graceHours: String(challenge.graceHours),
    finalDaysFrom: String(challenge.finalDaysFrom),
    streakMinPoints: String(challenge.streakMinPoints),
    streakBonusDailyCap: String(challenge.streakBonusDailyCap),
  };
}

/**
 * What was changed in the form since it was opened; empty when nothing. Compared with what it was opened with and not
 * with the challenge of now: what another organiser saved meanwhile stays, unless this one changed the same.
 */
export function changeOf(opened: SettingsValues, values: SettingsValues): SettingsChange {
  const change: SettingsChange = {};
  const { name, description, visibility, hasStreakBonus } = values;
  if (name.trim() !== opened.name.trim()) change.name = name;
  if (description.trim() !== opened.description.trim()) change.description = description;
  if (visibility !== opened.visibility) change.visibility = visibility;
  if (hasStreakBonus !== opened.hasStreakBonus)
    change.streakBonus = hasStreakBonus ? "running" : "none";
  for (const field of NUMBERS) {
    const typed = Number(values[field]);
    if (typed !== Number(opened[field])) change[field] = typed;
  }
  return change;
}
