import type { Checked } from "../errors";
import { accept, invalid } from "./checked";
import { addDays, beforeEndOfDay, dayOfInstant, endOfDay, isDay, possibleToday } from "./dates";

const MS_PER_HOUR = 3_600_000;

/** What of a challenge decides its stage; days are calendar days, `timezone` an IANA zone. */
export interface ChallengeDates {
  startsOn: string;
  endsOn: string;
  timezone: string;
  graceHours: number;
  finalAt?: number;
}

/** What of a challenge decides whether a day can be logged. */
export interface LogWindowChallenge extends ChallengeDates {
  challengeId: string;
  backdateDays: number;
}

/** One wish to write on a day. */
export interface LogWindowRequest {
  loggedDate: string;
  nowMs: number;
  /** The person's own IANA zone, when it is known. */
  zone?: string;
  /** An admin of the challenge acts as such: backdating and grace do not bind. */
  isAdmin: boolean;
}

/** The instant (UTC ms) from which participants can write nothing more: the end of the last day in the challenge's zone, plus grace. */
export function graceEndsAt(challenge: Omit<ChallengeDates, "finalAt">): number {
  return endOfDay(challenge.endsOn, challenge.timezone) + challenge.graceHours * MS_PER_HOUR;
}

/** Whether participants can write nothing more at an instant (UTC ms). Long before the end no calendar is asked. */
function isGraceOver(challenge: Omit<ChallengeDates, "finalAt">, nowMs: number): boolean {
  const atBest = beforeEndOfDay(challenge.endsOn) + challenge.graceHours * MS_PER_HOUR;
  return nowMs >= atBest && nowMs >= graceEndsAt(challenge);
}

/** Where a challenge stands at an instant (UTC ms): it is open until its grace is over, and final once its standings are frozen. */
export function stageOf(
  challenge: ChallengeDates,
  nowMs: number,
): "upcoming" | "open" | "ended" | "final" {
  if (challenge.finalAt !== undefined) return "final";
  if (dayOfInstant(nowMs, challenge.timezone) < challenge.startsOn) return "upcoming";
  return isGraceOver(challenge, nowMs) ? "ended" : "open";
}

/**
 * The days a person can write on at an instant, both ends included; none when earliest is after latest.
 * Nobody can write on a day that is not yet today for them. Participants reach back `backdateDays` days and stop
 * when grace is over; admins reach any past day of the challenge.
 */
export function openDays(
  challenge: LogWindowChallenge,
  { nowMs, zone, isAdmin }: Omit<LogWindowRequest, "loggedDate">,
): { earliest: string; latest: string } {
  const today = possibleToday(nowMs, zone);
  const latest = today.latest < challenge.endsOn ? today.latest : challenge.endsOn;
  if (isAdmin) return { earliest: challenge.startsOn, latest };
  if (isGraceOver(challenge, nowMs)) return { earliest: addDays(challenge.endsOn, 1), latest };
  const reach = addDays(today.earliest, -challenge.backdateDays);
  return { earliest: reach > challenge.startsOn ? reach : challenge.startsOn, latest };
}

/**
 * Whether a person may log, edit, restore or import on `loggedDate` now. Refuses everything in a final challenge
 * (CHALLENGE_FINAL), a text that is no calendar day (INVALID_INPUT), and any other day that is not among `openDays`
 * (OUTSIDE_CHALLENGE_DATES with those days).
 */
export function checkLogWindow(
  challenge: LogWindowChallenge,
  request: LogWindowRequest,
): Checked<null> {
  if (challenge.finalAt !== undefined) {
    return {
      ok: false,
      refusal: { code: "CHALLENGE_FINAL", challengeId: challenge.challengeId },
    };
  }
  const { loggedDate } = request;
  if (!isDay(loggedDate)) return invalid("loggedDate", "must be a calendar day YYYY-MM-DD");
  const { earliest, latest } = openDays(challenge, request);
  if (loggedDate >= earliest && loggedDate <= latest) return accept(null);
  return { ok: false, refusal: { code: "OUTSIDE_CHALLENGE_DATES", earliest, latest } };
}
