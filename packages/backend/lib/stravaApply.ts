import type { Doc, Id } from "../_generated/dataModel";
import type { Actor } from "../tables/ledger";
import type { ImportResult, SkipReason } from "../tables/imports";
import { activeParticipation } from "./access";
import { dropHeld, isHeld } from "./heldActivities";
import { personOf } from "./people";
import { importActivities, ledgerReads, restoreActivity, softDeleteActivity } from "./pointLedger";
import { type ImportRow, takesSport } from "./rules/importRows";
import { dropLate, isClosed, keepLate, lateOf } from "./stravaLate";
import { countsForFormer } from "./stravaPurge";
import { rawFetched } from "./stravaRaw";
import { clearSkip, recordSkip, skipOf } from "./stravaSkips";
import type { ReadCtx, WriteCtx } from "./tableOwners";

/**
 * Makes a challenge agree with what Strava says now about a person's activities. Everything goes through the verbs of
 * the ledger as the actor `strava`; the challenge's own rules decide what counts.
 */

type Activity = Doc<"activities">;

interface Account {
  challenge: Doc<"challenges">;
  userId: Id<"users">;
  athleteId: string;
}

interface Writer extends Account {
  actor: Actor;
  zone: string | undefined;
}

/** With these an activity cannot count where Strava says it is now, so what counted before must not stay. */
const UNCOUNTED: ReadonlySet<SkipReason> = new Set([
  "INVALID_INPUT",
  "LIMIT_REACHED",
  "NOT_AVAILABLE_THIS_WEEK",
  "UNMAPPED_SPORT",
]);

async function writerOf(ctx: ReadCtx, account: Account): Promise<Writer> {
  const { userId } = account;
  const person = await personOf(ctx, userId);
  return { ...account, actor: { kind: "strava", userId }, zone: person?.timezone };
}

/** The row of one of Strava's activities in a challenge, also when it was removed; null when there never was one. */
export async function stravaRowOf(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  userId: Id<"users">,
  externalId: string,
): Promise<Activity | null> {
  const owner = { challengeId, userId };
  return await ledgerReads(ctx).activities.ofExternalId(owner, "strava", externalId);
}

/** Whether Strava took this row away, and not its person or an organiser: only then may Strava bring it back. */
async function wasRemovedByStrava(ctx: ReadCtx, row: Activity): Promise<boolean> {
  const last = await ctx.db
    .query("pointEvents")
    .withIndex("by_activityId_and_seq", (q) => q.eq("activityId", row._id))
    .order("desc")
    .first();
  return last?.kind === "deleted" && last.actor.kind === "strava";
}

/**
 * Brings rows (at most 100) as Strava has them into a challenge: counts them, scores changed ones again, brings back
 * those Strava had taken away, and takes away those that cannot count any more. What is new after the challenge closed is
 * listed as late. Left as they are: sealed rows, rows of final standings, what was decided as late, and everything of
 * somebody who takes no part (any more).
 */
export async function applyRows(
  ctx: WriteCtx,
  account: Account,
  rows: readonly ImportRow[],
): Promise<void> {
  const { challenge, userId } = account;
  if ((await activeParticipation(ctx, challenge._id, userId)) === null) return;
  const writer = await writerOf(ctx, account);
  const importable: ImportRow[] = [];
  for (const row of rows) {
    const key = { challengeId: challenge._id, userId, externalId: row.externalId };
    const stored = await stravaRowOf(ctx, key.challengeId, userId, key.externalId);
    if (stored !== null && challenge.finalAt !== undefined) {
      await dropLate(ctx, key);
      continue;
    }
    const late = await lateOf(ctx, key);
    if (late !== null && late.status !== "open") continue;
    const type = await ledgerReads(ctx).rules.ofSport(challenge._id, row.sport.trim());
    const isBack = stored?.deletedAt !== undefined && (await wasRemovedByStrava(ctx, stored));
    const counts = takesSport(type, stored, row);
    if (counts && isBack) await restoreActivity(ctx, { ...writer, activity: stored });
    // A sealed row is never scored again, so what it gave stays whatever it says now.
    if (stored?.sealedAt !== undefined) continue;
    if (!counts) await skip(ctx, writer, row, "UNMAPPED_SPORT");
    else importable.push(row);
  }
  if (importable.length === 0) return;
  const results = await importActivities(ctx, { ...writer, source: "strava", rows: importable });
  for (const [index, result] of results.entries()) {
    const row = importable[index];
    if (row !== undefined) await settleRow(ctx, writer, row, result);
  }
}

/** Keeps what follows from one row's import: why it does not count, or until when its raw fields may be kept. */
async function settleRow(
  ctx: WriteCtx,
  writer: Writer,
  row: ImportRow,
  { status, reason }: ImportResult,
): Promise<void> {
  const { challenge, userId } = writer;
  const key = { challengeId: challenge._id, userId, externalId: row.externalId };
  if (status === "skipped" && reason !== undefined) {
    const why = await unlessWaiting(ctx, writer, row, reason);
    // What somebody removed or corrected here stays so, and is no question to anybody.
    if (why === "DELETED" || why === "ADMIN_CHANGED") await dropLate(ctx, key);
    else if (why !== null) await skip(ctx, writer, row, why);
    return;
  }
  await clearSkip(ctx, key);
  await dropLate(ctx, key);
  const stored = await stravaRowOf(ctx, challenge._id, userId, row.externalId);
  if (stored !== null && status !== "exists") await rawFetched(ctx, stored);
}

/**
 * Why a row does not count; null where only the end of the challenge is against it, and it waits: as held for its person,
 * who may still decide about it, or else as late for the organisers. It never waits for both, as it would count twice.
 */
async function unlessWaiting(
  ctx: WriteCtx,
  writer: Writer,
  row: ImportRow,
  reason: SkipReason,
): Promise<SkipReason | null> {
  const { challenge, userId } = writer;
  const { externalId, loggedDate } = row;
  const isTooLate = reason === "OUTSIDE_CHALLENGE_DATES" || reason === "CHALLENGE_FINAL";
  const isInside = challenge.startsOn <= loggedDate && loggedDate <= challenge.endsOn;
  if (!isTooLate || !isInside || !isClosed(challenge, Date.now())) return reason;
  const key = { challengeId: challenge._id, userId, externalId };
  const isFinal = challenge.finalAt !== undefined;
  if (isFinal && (await countsForFormer(ctx, writer.athleteId, key))) return reason;
  // Its day was out of reach while the challenge was open: the end is not what was against it.
  if ((await skipOf(ctx, key))?.reason === "OUTSIDE_CHALLENGE_DATES") return reason;
  if (isFinal) await dropHeld(ctx, key, "strava", externalId);
  if (await isHeld(ctx, key, "strava", externalId)) {
    await dropLate(ctx, key);
    return null;
  }
  const type = await ledgerReads(ctx).rules.ofSport(challenge._id, row.sport.trim());
  const isNew = (await stravaRowOf(ctx, challenge._id, userId, externalId)) === null;
  if (type === null || !isNew) return reason;
  const why = await keepLate(ctx, writer, { row, activityTypeId: type.activityTypeId });
  if (why === null) await clearSkip(ctx, key);
  return why;
}

/** Keeps why a row does not count, and takes away what counted of it before when it cannot any more. */
async function skip(
  ctx: WriteCtx,
  writer: Writer,
  row: ImportRow,
  reason: SkipReason,
): Promise<void> {
  const { challenge, userId, athleteId } = writer;
  const { startsOn, endsOn, _id: challengeId } = challenge;
  const isOutside = row.loggedDate < startsOn || row.loggedDate > endsOn;
  if (UNCOUNTED.has(reason) || isOutside) await removeRow(ctx, writer, row.externalId);
  const key = { challengeId, userId, externalId: row.externalId };
  // A day outside the challenge is no more than that: most of what somebody does is.
  if (isOutside) await clearSkip(ctx, key);
  else await recordSkip(ctx, { challengeId, userId, athleteId, row, reason });
}

async function removeRow(ctx: WriteCtx, writer: Writer, externalId: string): Promise<void> {
  const stored = await stravaRowOf(ctx, writer.challenge._id, writer.userId, externalId);
  // What an organiser corrected is theirs until they release it.
  if (stored === null || stored.deletedAt !== undefined || stored.isSticky) return;
  if (writer.challenge.finalAt !== undefined) return;
  await softDeleteActivity(ctx, { ...writer, activity: stored });
}

/** Takes an activity out of a challenge because Strava has it no more; frozen standings stay as they are. */
export async function applyGone(
  ctx: WriteCtx,
  account: Account,
  externalId: string,
): Promise<void> {
  const writer = await writerOf(ctx, account);
  await removeRow(ctx, writer, externalId);
  const { challenge, userId } = account;
  const owner = { challengeId: challenge._id, userId };
  await dropHeld(ctx, owner, "strava", externalId);
  await clearSkip(ctx, { ...owner, externalId });
  await dropLate(ctx, { ...owner, externalId });
}

/** At most so many challenges of one person follow Strava. */
const MAX_CHALLENGES = 100;
/** Rows of one person and some weeks that are compared with a list. */
const MAX_ROWS_COMPARED = 500;

/** The challenges a person ever took part in, last joined first. */
async function challengesOf(ctx: ReadCtx, userId: Id<"users">): Promise<Array<Doc<"challenges">>> {
  const participations = await ctx.db
    .query("participations")
    .withIndex("by_userId_and_status", (q) => q.eq("userId", userId))
    .order("desc")
    .take(MAX_CHALLENGES);
  const found: Array<Doc<"challenges">> = [];
  for (const { challengeId } of participations) {
    const challenge = await ctx.db.get("challenges", challengeId);
    if (challenge !== null) found.push(challenge);
  }
  return found;
}

/**
 * The challenges that an activity may have to do with: those its day lies in, and those that have it already.
 *
 * @param day null when the activity is gone: then all, since any may have kept why it does not count
 */
export async function challengesFor(
  ctx: ReadCtx,
  userId: Id<"users">,
  { externalId, day }: { externalId: string; day: string | null },
): Promise<Array<Id<"challenges">>> {
  const found: Array<Id<"challenges">> = [];
  for (const { _id, startsOn, endsOn, finalAt } of await challengesOf(ctx, userId)) {
    const mayHold = day === null || (startsOn <= day && day <= endsOn);
    // What left a final challenge's days changes nothing there.
    const mayLeave = finalAt === undefined;
    const isIn =
      mayHold || (mayLeave && (await stravaRowOf(ctx, _id, userId, externalId)) !== null);
    if (isIn) found.push(_id);
  }
  return found;
}

/** The challenges that overlap some days, and the ids of the live rows of Strava dated in them. */
export async function knownBetween(
  ctx: ReadCtx,
  userId: Id<"users">,
  { first, last }: { first: string; last: string },
): Promise<{ challengeIds: Array<Id<"challenges">>; externalIds: string[] }> {
  const challengeIds: Array<Id<"challenges">> = [];
  const externalIds = new Set<string>();
  for (const { _id, startsOn, endsOn, finalAt } of await challengesOf(ctx, userId)) {
    if (startsOn > last || endsOn < first) continue;
    challengeIds.push(_id);
    // What is missing in a final one changes nothing there.
    if (finalAt !== undefined) continue;
    const rows = await ctx.db
      .query("activities")
      .withIndex("by_challengeId_and_userId_and_loggedDate", (q) =>
        q
          .eq("challengeId", _id)
          .eq("userId", userId)
          .gte("loggedDate", first)
          .lte("loggedDate", last),
      )
      .take(MAX_ROWS_COMPARED);
    for (const { source, deletedAt, externalId } of rows) {
      if (source === "strava" && deletedAt === undefined && externalId) externalIds.add(externalId);
    }
  }
  return { challengeIds, externalIds: [...externalIds] };
}
