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

/** What the form changes of the challenge; empty when nothing. */
export function changeOf(challenge: Challenge, values: SettingsValues): SettingsChange {
  const change: SettingsChange = {};
  const { name, description, visibility } = values;
  if (name.trim() !== challenge.name) change.name = name;
  if (description.trim() !== challenge.description) change.description = description;
  if (visibility !== challenge.visibility) change.visibility = visibility;
  const streakBonus = values.hasStreakBonus ? "running" : "none";
  if (streakBonus !== challenge.streakBonus) change.streakBonus = streakBonus;
  for (const field of NUMBERS)
    if (Number(values[field]) !== challenge[field]) change[field] = Number(values[field]);
  return change;
}
