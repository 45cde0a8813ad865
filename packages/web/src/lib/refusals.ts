import { refusalOf, type ErrorCode, type Refusal } from "@milepost/backend/errors";
import { METRIC_LABELS } from "@milepost/backend/rules/units";
import { formatDay, formatNumber } from "./format";

type Words = { [Code in ErrorCode]: (refusal: Extract<Refusal, { code: Code }>) => string };

const LIMIT_WORDS: Record<string, (max: number) => string> = {
  maxPerDay: (max) => `This activity counts at most ${times(max)} a day, and that day is full.`,
  maxPerWeek: (max) => `This activity counts at most ${times(max)} a week, and that week is full.`,
  maxPerChallenge: (max) => `This activity counts at most ${times(max)} in this challenge.`,
  rowsPerDay: (max) => `One day holds at most ${max} activities, and that day is full.`,
  rowsPerChallenge: (max) => `One challenge holds at most ${formatNumber(max)} of your activities.`,
  pointsPerActivity: () => "This would earn more points than one activity can.",
  totalPoints: () => "This would earn more points than one person can have.",
  flagsPerDay: (max) =>
    `You have asked about ${max} activities in the last 24 hours, as many as you can. Try again tomorrow.`,
  openFlags: () => "Many people have flagged this already: the organisers will look at it.",
  appeals: () => "You have objected about this activity already. That can be done once.",
  comments: (max) => `An activity holds at most ${max} comments.`,
  lastAdmin: () => "You are the only organiser, so you cannot leave.",
};

function times(count: number): string {
  return count === 1 ? "once" : `${formatNumber(count)} times`;
}

/** Plain words for every refusal. NOT_FOUND never says whether a private thing exists. */
const WORDS: Words = {
  NOT_SIGNED_IN: () => "Sign in first. What you typed is kept.",
  NOT_FOUND: () =>
    "There is nothing here that you can see. The link may be wrong or no longer valid.",
  NOT_PARTICIPANT: () => "Join this challenge first.",
  NOT_CHALLENGE_ADMIN: ({ activityId }) =>
    activityId === undefined
      ? "Only an organiser of this challenge can do that."
      : "An organiser corrected this activity, so only organisers can change it now. Ask one of them.",
  NOT_PLATFORM_ADMIN: () => "Only a platform administrator can do that.",
  INSUFFICIENT_SCOPE: () => "This key is not allowed to do that.",
  RATE_LIMITED: ({ retryAfterMs }) => `Too many tries. ${waitWords(retryAfterMs)}`,
  INVALID_INPUT: ({ path, problem }) =>
    // Most problems go on from the field's name ("must not be empty"); the others stand alone.
    /^(must|is|has|may) /.test(problem) ? `${subjectOf(path)} ${problem}.` : `${capital(problem)}.`,
  OUTSIDE_CHALLENGE_DATES: ({ earliest, latest }) =>
    earliest > latest
      ? "No day is open for logging at the moment."
      : `Days from ${formatDay(earliest)} to ${formatDay(latest)} are open for logging.`,
  NOT_AVAILABLE_THIS_WEEK: ({ validWeeks }) =>
    validWeeks.length === 0
      ? "This activity counts in the final days only."
      : `This activity counts in ${validWeeks.length === 1 ? "week" : "weeks"} ${validWeeks.join(", ")} only.`,
  LIMIT_REACHED: ({ limit, max }) =>
    LIMIT_WORDS[limit]?.(max) ??
    `The limit of ${formatNumber(max)} is reached, so this was not saved.`,
  ACTIVITY_DELETED: () => "This activity was deleted. Restore it before you change it.",
  SYSTEM_ROW: () => "These points follow from other activities and cannot be changed by hand.",
  STALE_VERSION: () => "This activity changed meanwhile. Look at its newest state and try again.",
  IDEMPOTENCY_MISMATCH: () =>
    "An earlier version of this entry was already saved. Look at your history before you save again.",
  CHALLENGE_FINAL: () => "The standings of this challenge are final.",
  JOB_UNDER_WAY: () =>
    "A job that changes points has not come to its end. Look at it under Organise, Maintenance: wait for it, resume it or cancel it.",
};

const SUBJECTS: Record<string, string> = {
  ...METRIC_LABELS,
  activityTypeId: "This activity",
  atLeast: "This amount",
  atMost: "The upper end",
  freePerDay: "The free amount",
  label: "Its name",
  maxUnits: "What counts at most",
  options: "The list of options",
  pointsPerUnit: "The number of points",
  tiers: "The list of steps",
  validWeeks: "The list of weeks",
  displayName: "Your name",
  email: "The e-mail address",
  endsOn: "The last day",
  joinCode: "The join code",
  loggedDate: "The day",
  password: "The password",
  startsOn: "The first day",
  timezone: "The time zone",
};

/** What a person calls the field at `path`: "metrics.distance_m" is Distance, "streakMinPoints" is Streak min points. */
function subjectOf(path: string): string {
  const field = path.split(".").at(-1) ?? path;
  const words = field.replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return SUBJECTS[field] ?? capital(words);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function waitWords(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  if (seconds < 60) return `Try again in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`;
  const minutes = Math.ceil(seconds / 60);
  return `Try again in ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`;
}

/** The words of one refusal. */
export function wordsOf(refusal: Refusal): string {
  // The table is keyed by the refusal's own code, which TypeScript cannot follow through an index.
  const words = WORDS[refusal.code] as (refusal: Refusal) => string;
  return words(refusal);
}

/** True when a part of the app did not come: the network is gone, or a newer version took its place. Each browser has its words. */
export function isCodeMissing(error: unknown): boolean {
  const words = /dynamically imported module|importing a module script failed|unable to preload/i;
  return error instanceof Error && words.test(error.message);
}

/** What to tell a person about any caught error: the refusal's words, or that something failed on our side. */
export function messageOf(error: unknown): string {
  if (isCodeMissing(error))
    return "A part of this page did not arrive: the connection broke off, or there is a newer version. Nothing you typed is lost.";
  const refusal = refusalOf(error);
  return refusal === null
    ? "Something went wrong on our side. Nothing you typed is lost; try again in a moment."
    : wordsOf(refusal);
}

/** True when the error means "nothing you may see": a refusal, or an id that no table could hold. */
export function isNotFound(error: unknown): boolean {
  const refusal = refusalOf(error);
  if (refusal !== null) return refusal.code === "NOT_FOUND" || refusal.code === "NOT_PARTICIPANT";
  return error instanceof Error && error.message.includes("ArgumentValidationError");
}

const IMPORT_REASONS: Record<string, string> = {
  UNMAPPED_SPORT: "This sport counts as no activity of the challenge",
  LIKELY_DUPLICATE: "Looks like an activity that is already there",
  ADMIN_CHANGED: "An organiser changed this activity; it stays as it is",
  DELETED: "Deleted here earlier; it stays deleted",
  OUTSIDE_CHALLENGE_DATES: "Outside the days that are open",
  NOT_AVAILABLE_THIS_WEEK: "This activity does not count in that week",
  LIMIT_REACHED: "A limit of that day, week or challenge is reached",
  INVALID_INPUT: "A value is missing or impossible",
  CHALLENGE_FINAL: "The standings are final",
};

/** Why a row of an import does not count, in words. */
export function importReasonWords(reason: string): string {
  return IMPORT_REASONS[reason] ?? "Cannot be imported";
}
