import { compareValues } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { SkipReason } from "../tables/imports";
import { activeParticipation, needChallengeAdmin, type Viewer } from "./access";
import { adjustPerson } from "./adjustments";
import { need, refuse } from "./errors";
import { isHeld } from "./heldActivities";
import { record } from "./moderationLog";
import { notify } from "./notifications";
import { adminIdsOf } from "./participations";
import { ledgerReads } from "./pointLedger";
import type { VerbArgs } from "./pointLedger/commit";
import { previewImport } from "./pointLedger/importChunk";
import { dayOfInstant } from "./rules/dates";
import type { ImportRow } from "./rules/importRows";
import { stageOf } from "./rules/logWindow";
import { checkReason } from "./rules/reasons";
import { LATE_ENTRY } from "./shownRow";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";

/**
 * Activities of Strava that arrived after a challenge closed. They count nothing by themselves: an organiser accepts one,
 * as an entry by hand of what it would have given when it arrived, or dismisses it. What it measured is not kept.
 */

type Late = Doc<"stravaLateActivities">;

/** What its person reads beside the points of an accepted one. */
const LABEL = "Arrived late from Strava";

/** One person's activity in one challenge. */
interface LateKey {
  challengeId: Id<"challenges">;
  userId: Id<"users">;
  externalId: string;
}

/** Whether a challenge takes nothing more by itself at an instant (UTC ms): its grace is over, or it is final. */
export function isClosed(challenge: Doc<"challenges">, nowMs: number): boolean {
  const stage = stageOf(challenge, nowMs);
  return stage === "ended" || stage === "final";
}

/** An activity that arrived late in a challenge, decided or not; null when it did not. */
export async function lateOf(ctx: ReadCtx, key: LateKey): Promise<Late | null> {
  const { challengeId, userId, externalId } = key;
  return await ctx.db
    .query("stravaLateActivities")
    .withIndex("by_challengeId_and_userId_and_externalId", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId).eq("externalId", externalId),
    )
    .unique();
}

/**
 * Lists an activity as late, with the points it would give now by the code that prices imports, as if the challenge were
 * open, and tells the organisers. One that is listed already is brought up to date and keeps when it came; one that was
 * decided stays so.
 *
 * @param came.activityTypeId what its sport counts as
 * @returns null, or why it would not count in time either
 */
export async function keepLate(
  ctx: WriteCtx,
  verb: VerbArgs & { challenge: Doc<"challenges"> },
  came: { row: ImportRow; activityTypeId: Id<"activityTypes"> },
): Promise<SkipReason | null> {
  const { row, activityTypeId } = came;
  const { externalId, loggedDate } = row;
  const key = { challengeId: verb.challenge._id, userId: verb.userId, externalId };
  const known = await lateOf(ctx, key);
  if (known !== null && known.status !== "open") return null;
  const priced = await priceOf(ctx, verb, row);
  const table = openTable(ctx, "stravaLateActivities");
  if ("reason" in priced) {
    if (known !== null) await table.delete(known._id);
    return priced.reason;
  }
  const facts = { loggedDate, sport: row.sport.trim().normalize("NFC"), activityTypeId, ...priced };
  if (known !== null) {
    // The nightly list says mostly what it said the night before.
    if (compareValues({ ...known, ...facts }, { ...known }) !== 0)
      await table.patch(known._id, facts);
  } else {
    await announceLate(ctx, verb.challenge);
    await table.insert({ ...key, ...facts, arrivedAt: Date.now(), status: "open" });
  }
  return null;
}

/** Tells the organisers that something arrived late: once a day of the challenge, with the first that is new to them. */
async function announceLate(ctx: WriteCtx, challenge: Doc<"challenges">): Promise<void> {
  const { _id: challengeId, timezone } = challenge;
  const today = dayOfInstant(Date.now(), timezone);
  for (const status of ["open", "accepted", "dismissed"] as const) {
    const last = await lateIn(ctx, challengeId, status).order("desc").first();
    if (last !== null && dayOfInstant(last.arrivedAt, timezone) === today) return;
  }
  const admins = await adminIdsOf(ctx, challengeId);
  await notify(ctx, admins, { challengeId, news: { kind: "lateArrived" } });
}

async function priceOf(
  ctx: ReadCtx,
  verb: VerbArgs,
  row: ImportRow,
): Promise<{ points: number; isLikelyDuplicate: boolean } | { reason: SkipReason }> {
  const challenge = { ...verb.challenge, finalAt: undefined };
  const wish = { ...verb, challenge, source: "strava" as const, rows: [row], isAdmin: true };
  const ask = async (allowDuplicates: boolean) =>
    (await previewImport(ledgerReads(ctx), { ...wish, allowDuplicates }, Date.now()))[0];
  const first = await ask(false);
  const isLikelyDuplicate = first?.status === "held";
  const result = isLikelyDuplicate ? await ask(true) : first;
  if (result?.pointsEarned !== undefined) return { points: result.pointsEarned, isLikelyDuplicate };
  return { reason: result?.reason ?? "INVALID_INPUT" };
}

/** Forgets that an activity waits as late: it counts after all, or Strava has it no more. A decision stays. */
export async function dropLate(ctx: WriteCtx, key: LateKey): Promise<void> {
  const late = await lateOf(ctx, key);
  if (late?.status === "open") await openTable(ctx, "stravaLateActivities").delete(late._id);
}

/**
 * Refuses to count a held row that organisers decided about as late: INVALID_INPUT (`heldId`). Either is one decision, and
 * what they accepted counts already.
 */
export async function needUndecided(ctx: ReadCtx, held: Doc<"heldActivities">): Promise<void> {
  if (held.source !== "strava") return;
  const late = await lateOf(ctx, held);
  if (late === null || late.status === "open") return;
  const problem = "the organisers have decided about this activity already";
  refuse({ code: "INVALID_INPUT", path: "heldId", problem });
}

/** Refuses to count what the challenge has already, or what its person may still let count: INVALID_INPUT (`lateId`). */
async function needMissing(ctx: ReadCtx, late: Late): Promise<void> {
  const { externalId } = late;
  const stored = await ledgerReads(ctx).activities.ofExternalId(late, "strava", externalId);
  if (stored === null && !(await isHeld(ctx, late, "strava", externalId))) return;
  const problem = "this activity is in the challenge already, or its person decides about it";
  refuse({ code: "INVALID_INPUT", path: "lateId", problem });
}

/** Activities that arrived late in a challenge, in one state, in the order they came. */
export function lateIn(ctx: ReadCtx, challengeId: Id<"challenges">, status: Late["status"]) {
  return ctx.db
    .query("stravaLateActivities")
    .withIndex("by_challengeId_and_status_and_arrivedAt", (q) =>
      q.eq("challengeId", challengeId).eq("status", status),
    );
}

/** A person's activities that arrived late anywhere, the last one first. */
export function lateBy(ctx: ReadCtx, userId: Id<"users">) {
  return ctx.db
    .query("stravaLateActivities")
    .withIndex("by_userId_and_arrivedAt", (q) => q.eq("userId", userId))
    .order("desc");
}

/**
 * Decides about an activity that arrived late. Accepting one that gives points posts them as an organiser's entry dated by
 * its day, and final standings get their next version; its person is told either way. Refuses NOT_FOUND (`lateActivity`; also once it is decided),
 * NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, INVALID_INPUT (`reason`; `lateId` to accept what counts or may count otherwise) and
 * what an entry is refused for.
 */
export async function decideLate(
  ctx: WriteCtx & Viewer,
  wish: { lateId: Id<"stravaLateActivities">; isAccepted: boolean; reason: string },
): Promise<void> {
  const { lateId, isAccepted } = wish;
  const found = await ctx.db.get("stravaLateActivities", lateId);
  const late = found ?? refuse({ code: "NOT_FOUND", what: "lateActivity" });
  const { challengeId, userId, points, loggedDate } = late;
  const { challenge, admin } = await needChallengeAdmin(ctx, challengeId, "lateActivity");
  if (late.status !== "open") refuse({ code: "NOT_FOUND", what: "lateActivity" });
  const answer = need(checkReason(wish.reason));
  if (isAccepted) await needMissing(ctx, late);
  const decided = isAccepted ? "accepted" : "dismissed";
  const decision = { status: decided, answer, decidedAt: Date.now() } as const;
  await openTable(ctx, "stravaLateActivities").patch(lateId, decision);
  if (isAccepted && points !== 0) {
    const entry = { userId, points, loggedDate, label: LABEL, reason: answer };
    const requestId = `${LATE_ENTRY}${lateId}`;
    await adjustPerson({ ...ctx, challenge, admin }, { ...entry, requestId });
  }
  const action = isAccepted ? "lateAccepted" : "lateDismissed";
  await record(ctx, admin, { challengeId, action, userId, note: answer });
  // Of an accepted one the ledger tells.
  const isTold = !isAccepted && userId !== admin.userId;
  if (isTold && (await activeParticipation(ctx, challengeId, userId)))
    await notify(ctx, [userId], { challengeId, news: { kind: "lateDismissed", loggedDate } });
}

/** Forgets what waits of a person whose connection ended, at most `limit`; answers how many. What was decided stays. */
export async function forgetOpenLate(
  ctx: WriteCtx,
  userId: Id<"users">,
  limit: number,
): Promise<number> {
  const rows = await ctx.db
    .query("stravaLateActivities")
    .withIndex("by_userId_and_status", (q) => q.eq("userId", userId).eq("status", "open"))
    .take(limit);
  return await eraseRows(openTable(ctx, "stravaLateActivities"), rows);
}

/** Deletes what arrived late in a challenge or of a person, at most `limit`; answers how many. */
export async function eraseLate(
  ctx: WriteCtx,
  of: { challengeId: Id<"challenges"> } | { userId: Id<"users"> },
  limit: number,
): Promise<number> {
  const all = ctx.db.query("stravaLateActivities");
  const rows =
    "challengeId" in of
      ? all.withIndex("by_challengeId_and_status_and_arrivedAt", (q) =>
          q.eq("challengeId", of.challengeId),
        )
      : all.withIndex("by_userId_and_arrivedAt", (q) => q.eq("userId", of.userId));
  return await eraseRows(openTable(ctx, "stravaLateActivities"), await rows.take(limit));
}
