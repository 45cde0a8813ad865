import type { PaginationOptions, PaginationResult } from "convex/server";
import { compareValues, type Infer, type Value } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { streakBonusValidator, visibilityValidator } from "../tables/challenges";
import { activeParticipation, refuseOutsider, type Viewer } from "./access";
import { need, refuse } from "./errors";
import * as participations from "./participations";
import { needZone } from "./people";
import { countCall } from "./rateLimits";
import { daysBetween, isDay } from "./rules/dates";
import { stageOf } from "./rules/logWindow";
import { type StreakRules, streakRulesOf, streakRulesText } from "./rules/streak";
import { randomCode } from "./secrets";
import { listedCount } from "./ranks";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";
import { checkName, checkText } from "./text";

type Challenge = Doc<"challenges">;
type ViewerWriteCtx = WriteCtx & Viewer;

const MAX_NAME_LENGTH = 120;
const MAX_DESCRIPTION_LENGTH = 2000;
const MAX_ANNOUNCEMENT_LENGTH = 500;
const MAX_DAYS = 366;
const MAX_GRACE_HOURS = 720;
const MAX_STREAK_MIN_POINTS = 1_000_000;
const STREAK_BONUS_DAILY_CAP = 30;
const MAX_STREAK_DAILY_CAP = 1_000;
const MAX_PARTICIPANTS = 50_000;
/** Taking away the points of somebody with many activities takes about so long. */
const TAKING_POINTS_MS = 60_000;

/** What an organiser decides when making a challenge; what is left out gets its default. */
export interface NewChallenge {
  name: string;
  description?: string;
  /** Calendar days `YYYY-MM-DD`, both inside the challenge; they may be past. */
  startsOn: string;
  endsOn: string;
  timezone: string;
  visibility: Infer<typeof visibilityValidator>;
  streakMinPoints?: number;
  streakBonus?: Infer<typeof streakBonusValidator>;
  backdateDays?: number;
  graceHours?: number;
}

/**
 * Makes a challenge whose caller is its first admin and participant. A private one gets its view key. Refuses
 * RATE_LIMITED and INVALID_INPUT.
 */
export async function createChallenge(
  ctx: ViewerWriteCtx,
  wish: NewChallenge,
): Promise<{ challengeId: Id<"challenges">; joinCode: string }> {
  await countCall(ctx, "createChallenge", ctx.userId);
  const fields = needValidFields(wish);
  const joinCode = randomCode();
  const challengeId = await openTable(ctx, "challenges").insert({
    ...fields,
    joinCode,
    aggregateState: "ready",
  });
  if (fields.visibility === "private") await rotateViewKey(ctx, challengeId);
  await participations.enter(ctx, { challengeId, userId: ctx.userId, role: "admin" });
  return { challengeId, joinCode };
}

function needValidFields(
  wish: NewChallenge,
): Omit<Challenge, "_id" | "_creationTime" | "joinCode"> {
  const name = need(checkName(wish.name, "name", MAX_NAME_LENGTH));
  const description = need(
    checkText(wish.description ?? "", "description", MAX_DESCRIPTION_LENGTH),
  );
  if (!isDay(wish.startsOn)) refuseInput("startsOn", "must be a real day, YYYY-MM-DD");
  if (!isDay(wish.endsOn)) refuseInput("endsOn", "must be a real day, YYYY-MM-DD");
  const days = daysBetween(wish.startsOn, wish.endsOn) + 1;
  if (days < 1) refuseInput("endsOn", "must not be before startsOn");
  if (days > MAX_DAYS) refuseInput("endsOn", `must be at most ${MAX_DAYS} days from startsOn`);
  return {
    name,
    description,
    startsOn: wish.startsOn,
    endsOn: wish.endsOn,
    timezone: needZone(wish.timezone),
    visibility: wish.visibility,
    streakMinPoints: needWhole(wish.streakMinPoints ?? 10, "streakMinPoints", [
      1,
      MAX_STREAK_MIN_POINTS,
    ]),
    streakBonus: wish.streakBonus ?? "running",
    streakBonusDailyCap: STREAK_BONUS_DAILY_CAP,
    backdateDays: needWhole(wish.backdateDays ?? 7, "backdateDays", [0, MAX_DAYS]),
    graceHours: needWhole(wish.graceHours ?? 48, "graceHours", [0, MAX_GRACE_HOURS]),
    finalDaysFrom: Math.max(1, days - 1),
  };
}

/** What an organiser may change while people take part: nothing that activities were scored or dated by. */
export type ChallengeChange = Partial<
  Omit<NewChallenge, "startsOn" | "endsOn" | "timezone"> & {
    streakBonusDailyCap: number;
    /** Day number (1 = the first) from which activities of the final days can be logged. */
    finalDaysFrom: number;
    /** Shown to everybody until they dismiss it; empty takes it away. */
    announcement: string;
  }
>;

/**
 * Changes a challenge; what is left out stays. One that becomes private gets a new view key. Refuses INVALID_INPUT and
 * CHALLENGE_FINAL.
 *
 * @returns the rules of the streak where they changed, so that everybody's has to be settled anew, and the names of all
 *   fields that changed
 */
export async function updateChallenge(
  ctx: WriteCtx,
  challenge: Challenge,
  change: ChallengeChange,
): Promise<{ streak: StreakRules | null; changed: string[] }> {
  const { announcement: text, ...rest } = change;
  const fields: Partial<Challenge> & ReturnType<typeof needValidFields> = {
    ...needValidFields({ ...challenge, ...rest }),
    announcement: text === undefined ? challenge.announcement : announcementOf(challenge, text),
  };
  const { streakBonusDailyCap: cap, finalDaysFrom: day } = { ...challenge, ...rest };
  const days = daysBetween(challenge.startsOn, challenge.endsOn) + 1;
  fields.streakBonusDailyCap = needWhole(cap, "streakBonusDailyCap", [1, MAX_STREAK_DAILY_CAP]);
  fields.finalDaysFrom = needWhole(day, "finalDaysFrom", [1, days]);
  needNotFinal(challenge);
  await openTable(ctx, "challenges").patch(challenge._id, fields);
  // Anybody may have had the key that was there before.
  const isClosing = fields.visibility === "private" && challenge.visibility === "public";
  if (isClosing) await rotateViewKey(ctx, challenge._id);
  const streak = streakRulesOf(fields);
  const isSame = streakRulesText(streak) === streakRulesText(streakRulesOf(challenge));
  const before: Record<string, Value | undefined> = { ...challenge };
  const after: Record<string, Value | undefined> = { ...fields };
  const changed = Object.keys(after).filter(
    (name) => compareValues(after[name], before[name]) !== 0,
  );
  return { streak: isSame ? null : streak, changed };
}

/** The announcement with these words: the same one where they did not change, so that nobody reads it twice. */
function announcementOf(challenge: Challenge, text: string): Challenge["announcement"] {
  const words = need(checkText(text, "announcement", MAX_ANNOUNCEMENT_LENGTH));
  if (words === "") return undefined;
  const before = challenge.announcement;
  return before?.text === words ? before : { text: words, at: Date.now() };
}

/** Makes a new join code; the old one lets nobody in any more. Refuses CHALLENGE_FINAL. */
export async function renewJoinCode(ctx: WriteCtx, challenge: Challenge): Promise<string> {
  needNotFinal(challenge);
  const joinCode = randomCode();
  await openTable(ctx, "challenges").patch(challenge._id, { joinCode });
  return joinCode;
}

/**
 * Lets the caller into a public challenge by its id, or into any by its join code; exactly one is given. Somebody who
 * is in already stays as they are, and somebody who left gets their points back. Refuses INVALID_INPUT, NOT_FOUND
 * (also for a private challenge by its id), RATE_LIMITED, LIMIT_REACHED (`participants`, 50,000: people who left do not
 * count, and neither does who joined within the last second) and CHALLENGE_FINAL; whom admins banned: NOT_FOUND or NOT_PARTICIPANT.
 */
export async function joinChallenge(
  ctx: ViewerWriteCtx,
  by: { challengeId?: Id<"challenges">; joinCode?: string },
): Promise<{ challengeId: Id<"challenges">; participationId: Id<"participations"> }> {
  if ((by.challengeId === undefined) === (by.joinCode === undefined)) {
    refuseInput("joinCode", "give either challengeId or joinCode");
  }
  const challenge = await challengeBy(ctx, by);
  if (challenge === null) return refuse({ code: "NOT_FOUND", what: "challenge" });
  const challengeId = challenge._id;
  const current = await activeParticipation(ctx, challengeId, ctx.userId);
  if (current !== null) return { challengeId, participationId: current._id };
  if (by.joinCode === undefined && challenge.visibility === "private") {
    return refuse({ code: "NOT_FOUND", what: "challenge" });
  }
  await countCall(ctx, "joinChallenge", ctx.userId);
  needMayJoin(challenge, await participations.participationOf(ctx, challengeId, ctx.userId));
  if ((await listedCount(ctx, challengeId)) >= MAX_PARTICIPANTS) {
    refuse({ code: "LIMIT_REACHED", limit: "participants", max: MAX_PARTICIPANTS });
  }
  needNotFinal(challenge);
  const member = { challengeId, userId: ctx.userId, role: "participant" } as const;
  return { challengeId, participationId: await participations.enter(ctx, member) };
}

/**
 * Refuses whom admins banned, and whose rows are being erased: NOT_FOUND in a private challenge, as a wrong code is answered, else NOT_PARTICIPANT;
 * and RATE_LIMITED while the points somebody had are still being taken away, which ends with the challenge.
 */
function needMayJoin(challenge: Challenge, before: Doc<"participations"> | null): void {
  if (isShutOut(before)) refuseOutsider(challenge);
  if (before?.isLosingPoints && challenge.finalAt === undefined)
    refuse({ code: "RATE_LIMITED", retryAfterMs: TAKING_POINTS_MS });
}

/** Whether somebody with this part in a challenge, or with none, can never come into it. */
export function isShutOut(part: Doc<"participations"> | null): boolean {
  return part?.status === "banned" || part?.status === "erasing";
}

async function challengeBy(
  ctx: ReadCtx,
  by: { challengeId?: Id<"challenges">; joinCode?: string },
): Promise<Challenge | null> {
  if (by.challengeId !== undefined) return ctx.db.get("challenges", by.challengeId);
  return await challengeByCode(ctx, by.joinCode ?? "");
}

/** The challenge a join code lets into, null when it lets into none; capitals and spaces around it do not matter. */
export async function challengeByCode(ctx: ReadCtx, text: string): Promise<Challenge | null> {
  const joinCode = text.trim().toUpperCase();
  return await ctx.db
    .query("challenges")
    .withIndex("by_joinCode", (q) => q.eq("joinCode", joinCode))
    .unique();
}

/**
 * Ends a person's part in a challenge and makes a new view key, so that the old one shows them nothing more. They are
 * off its boards from then on, unless it is final: a frozen board stays as it is. Refuses LIMIT_REACHED for the only
 * admin.
 */
export async function leaveChallenge(
  ctx: WriteCtx,
  challenge: Challenge,
  participation: Doc<"participations">,
): Promise<void> {
  await participations.leave(ctx, participation, { staysListed: challenge.finalAt !== undefined });
  await rotateViewKey(ctx, challenge._id);
}

/**
 * Removes or bans somebody, with a new view key. Their points stay on the boards without a name, or go: off the boards at
 * once, and then row by row, see `lib/jobs/takePoints`. Somebody who is out already can still be banned, and
 * lose their points. Refuses LIMIT_REACHED for the only admin, and CHALLENGE_FINAL for taking points from frozen
 * standings.
 */
export async function expelFromChallenge(
  ctx: WriteCtx,
  challenge: Challenge,
  participation: Doc<"participations">,
  how: { status: "removed" | "banned"; keepsPoints: boolean },
): Promise<void> {
  if (!how.keepsPoints) needNotFinal(challenge);
  await participations.expel(ctx, participation, how);
  await rotateViewKey(ctx, challenge._id);
}

/**
 * Makes a new view key, so that the one before, where there was one, shows nothing more to somebody who is out. A public
 * challenge has one as well once somebody left it, and gives it to nobody.
 */
export async function rotateViewKey(ctx: WriteCtx, challengeId: Id<"challenges">): Promise<void> {
  const keys = openTable(ctx, "challengeKeys");
  const key = await ctx.db
    .query("challengeKeys")
    .withIndex("by_challengeId", (q) => q.eq("challengeId", challengeId))
    .unique();
  const viewKey = randomCode();
  if (key === null) await keys.insert({ challengeId, viewKey });
  else await keys.patch(key._id, { viewKey });
}

/**
 * Freezes a challenge that has ended: from then on nothing in it can be logged, edited or imported. Refuses
 * CHALLENGE_FINAL when it is frozen already, and INVALID_INPUT while people can still log.
 */
export async function finalizeChallenge(ctx: WriteCtx, challenge: Challenge): Promise<void> {
  needNotFinal(challenge);
  const now = Date.now();
  if (stageOf(challenge, now) !== "ended") {
    refuseInput("challengeId", "people can still log: wait for the end of the grace period");
  }
  await openTable(ctx, "challenges").patch(challenge._id, { finalAt: now });
}

/** Refuses CHALLENGE_FINAL once a challenge's standings are frozen. */
export function needNotFinal(challenge: Challenge): void {
  if (challenge.finalAt !== undefined) {
    refuse({ code: "CHALLENGE_FINAL", challengeId: challenge._id });
  }
}

function needWhole(value: number, path: string, [min, max]: [number, number]): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value === 0 ? 0 : value;
  return refuseInput(path, `must be a whole number from ${min} to ${max}`);
}

function refuseInput(path: string, problem: string): never {
  return refuse({ code: "INVALID_INPUT", path, problem });
}

/** All challenges, page by page. */
export async function challengesAfter(
  ctx: ReadCtx,
  options: PaginationOptions,
): Promise<PaginationResult<Challenge>> {
  return await ctx.db.query("challenges").paginate(options);
}

/** The challenges whose points can still change, page by page. */
export async function openChallengesAfter(
  ctx: ReadCtx,
  options: PaginationOptions,
): Promise<PaginationResult<Challenge>> {
  const result = await challengesAfter(ctx, options);
  return { ...result, page: result.page.filter(({ finalAt }) => finalAt === undefined) };
}

/** Says whether the sums of a challenge's aggregate may be read; the jobs that build it call this. */
export async function setAggregateState(
  ctx: WriteCtx,
  challengeId: Id<"challenges">,
  aggregateState: "ready" | "building",
): Promise<void> {
  await openTable(ctx, "challenges").patch(challengeId, { aggregateState });
}

/**
 * Deletes a challenge's own row and its view key, by which it is there for nobody from now on; the job `deleteChallenge`
 * removes what belonged to it.
 */
export async function dropChallenge(ctx: WriteCtx, { _id }: Challenge): Promise<void> {
  const keys = await ctx.db
    .query("challengeKeys")
    .withIndex("by_challengeId", (q) => q.eq("challengeId", _id))
    .take(2);
  await eraseRows(openTable(ctx, "challengeKeys"), keys);
  await openTable(ctx, "challenges").delete(_id);
}
