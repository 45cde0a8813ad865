import type { Infer } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { Finding, flagReasonValidator } from "../tables/moderation";
import { need, refuse } from "./errors";
import { notify } from "./notifications";
import type { Owner } from "./pointLedger/ports";
import { flagQuota } from "./rules/flagQuota";
import { MAX_REASON_LENGTH } from "./rules/reasons";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";
import { checkText } from "./text";

type Flag = Doc<"flags">;
type Activity = Doc<"activities">;

/** Open flags of one activity; more would tell nothing new. */
export const MAX_OPEN_FLAGS = 20;
/** Flags of the system that were dismissed and are looked through, per activity. */
const MAX_DISMISSED = 50;
/** Open flags of one person in a challenge that are looked through. */
const MAX_OPEN_OF_PERSON = 200;
const DAY_MS = 24 * 60 * 60 * 1000;

/** What a participant doubts about an activity. */
export interface Doubt {
  reason: Infer<typeof flagReasonValidator>;
  text?: string;
}

/** The open flags of an activity, the system's and people's, at most 20 + 4. */
export async function openFlagsOf(ctx: ReadCtx, activityId: Id<"activities">): Promise<Flag[]> {
  return await ctx.db
    .query("flags")
    .withIndex("by_activityId_and_status", (q) =>
      q.eq("activityId", activityId).eq("status", "open"),
    )
    .take(MAX_OPEN_FLAGS + 4);
}

/** The open flags of all activities of a person in a challenge, at most 200. */
export async function openFlagsAbout(
  ctx: ReadCtx,
  { challengeId, userId }: Owner,
): Promise<Flag[]> {
  return await ctx.db
    .query("flags")
    .withIndex("by_challengeId_and_userId_and_status_and_flaggedBy", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId).eq("status", "open"),
    )
    .take(MAX_OPEN_OF_PERSON);
}

/**
 * Asks the organisers to look at somebody else's live activity, which counts on. Flagging it twice is flagging it once.
 * Refuses SYSTEM_ROW, ACTIVITY_DELETED, INVALID_INPUT (`text`, one's own activity) and LIMIT_REACHED (`flagsPerDay`;
 * `openFlags` of the activity).
 */
export async function raiseFlag(
  ctx: WriteCtx,
  activity: Activity,
  { flaggedBy, doubt }: { flaggedBy: Id<"users">; doubt: Doubt },
): Promise<"created" | "exists"> {
  const { _id: activityId, challengeId, userId } = activity;
  const text = need(checkText(doubt.text ?? "", "text", MAX_REASON_LENGTH));
  if (userId === flaggedBy) {
    const problem = "is your own: edit or remove it instead";
    refuse({ code: "INVALID_INPUT", path: "activityId", problem });
  }
  if (activity.activityTypeId === null) refuse({ code: "SYSTEM_ROW", activityId });
  if (activity.deletedAt !== undefined) refuse({ code: "ACTIVITY_DELETED", activityId });
  const open = await openFlagsOf(ctx, activityId);
  if (open.some((flag) => flag.flaggedBy === flaggedBy)) return "exists";
  if (open.filter((flag) => flag.flaggedBy !== null).length >= MAX_OPEN_FLAGS)
    refuse({ code: "LIMIT_REACHED", limit: "openFlags", max: MAX_OPEN_FLAGS });
  await needQuota(ctx, flaggedBy);
  await openTable(ctx, "flags").insert({
    challengeId,
    activityId,
    userId,
    flaggedBy,
    about: { reason: doubt.reason, text: text || undefined },
    status: "open",
    at: Date.now(),
  });
  return "created";
}

async function needQuota(ctx: ReadCtx, flaggedBy: Id<"users">): Promise<void> {
  const max = flagQuota((await flaggerOf(ctx, flaggedBy)) ?? { upheld: 0, dismissed: 0 });
  const today = await ctx.db
    .query("flags")
    .withIndex("by_flaggedBy_and_at", (q) =>
      q.eq("flaggedBy", flaggedBy).gt("at", Date.now() - DAY_MS),
    )
    .take(max);
  if (today.length >= max) refuse({ code: "LIMIT_REACHED", limit: "flagsPerDay", max });
}

async function flaggerOf(ctx: ReadCtx, userId: Id<"users">): Promise<Doc<"flaggers"> | null> {
  return await ctx.db
    .query("flaggers")
    .withIndex("by_userId", (q) => q.eq("userId", userId))
    .unique();
}

/** Closes the open flags of an activity, and counts for whoever raised them whether the organisers agreed. */
export async function closeFlags(
  ctx: WriteCtx,
  flags: readonly Flag[],
  status: "upheld" | "dismissed",
): Promise<void> {
  const table = openTable(ctx, "flags");
  const flaggers = openTable(ctx, "flaggers");
  for (const { _id, flaggedBy } of flags) {
    await table.patch(_id, { status });
    if (flaggedBy === null) continue;
    const known = await flaggerOf(ctx, flaggedBy);
    if (known === null) {
      const counts = { upheld: 0, dismissed: 0, [status]: 1 };
      await flaggers.insert({ userId: flaggedBy, ...counts });
    } else await flaggers.patch(known._id, { [status]: known[status] + 1 });
  }
}

/**
 * Opens flags of an activity again that a decision closed, and forgets what it said about whoever raised them. A doubt that
 * somebody raised again since stays one.
 */
export async function reopenFlags(
  ctx: WriteCtx,
  activityId: Id<"activities">,
  flagIds: ReadonlyArray<Id<"flags">>,
): Promise<void> {
  const open = await openFlagsOf(ctx, activityId);
  const flaggers = openTable(ctx, "flaggers");
  for (const flagId of flagIds) {
    const flag = await ctx.db.get("flags", flagId);
    if (flag === null || (flag.status !== "upheld" && flag.status !== "dismissed")) continue;
    const { status, flaggedBy } = flag;
    const known = flaggedBy && (await flaggerOf(ctx, flaggedBy));
    if (known) await flaggers.patch(known._id, { [status]: Math.max(0, known[status] - 1) });
    const isOpen = open.some((other) => isSameDoubt(other, flag));
    if (!isOpen) await openTable(ctx, "flags").patch(flagId, { status: "open" });
  }
}

/** Whether two flags are one person's, or the system's of one code: of those only one is open. */
function isSameDoubt(one: Flag, other: Flag): boolean {
  if (one.flaggedBy !== other.flaggedBy) return false;
  return one.flaggedBy !== null || ("code" in other.about && isOf(one, other.about));
}

/**
 * Brings the system's flags of an activity in step with what is found about it now: opens one for each new finding,
 * resolves those whose finding is gone, and tells the person about the first. What organisers dismissed is not raised
 * again unless it got worse.
 *
 * @param findings none for a row that is deleted
 */
export async function keepFindings(
  ctx: WriteCtx,
  activity: Pick<Activity, "_id" | "challengeId" | "userId">,
  findings: readonly Finding[],
): Promise<void> {
  const { _id: activityId, challengeId, userId } = activity;
  const open = await systemFlags(ctx, activityId, "open");
  const table = openTable(ctx, "flags");
  for (const flag of open) {
    const isThere = findings.some((finding) => isOf(flag, finding));
    if (!isThere) await table.patch(flag._id, { status: "resolved" });
  }
  if (findings.length === 0) return;
  const dismissed = await systemFlags(ctx, activityId, "dismissed");
  const known = [...open, ...dismissed];
  const fresh = findings.filter((finding) => !known.some((flag) => isAtLeast(flag, finding)));
  for (const about of fresh) {
    const before = open.find((flag) => isOf(flag, about));
    if (before !== undefined) await table.patch(before._id, { about });
    else {
      const facts = { challengeId, activityId, userId, flaggedBy: null, about };
      await table.insert({ ...facts, status: "open", at: Date.now() });
    }
  }
  if (fresh.length > 0 && open.length === 0)
    await notify(ctx, [userId], { challengeId, news: { kind: "activityFlagged", activityId } });
}

async function systemFlags(
  ctx: ReadCtx,
  activityId: Id<"activities">,
  status: Flag["status"],
): Promise<Flag[]> {
  return await ctx.db
    .query("flags")
    .withIndex("by_activityId_and_flaggedBy_and_status", (q) =>
      q.eq("activityId", activityId).eq("flaggedBy", null).eq("status", status),
    )
    .take(MAX_DISMISSED);
}

function isOf({ about }: Flag, { code }: Finding): boolean {
  return "code" in about && about.code === code;
}

function isAtLeast(flag: Flag, finding: Finding): boolean {
  return isOf(flag, finding) && "code" in flag.about && flag.about.measured >= finding.measured;
}

/** Flags about or by one person whose words are looked through. */
const MAX_OF_PERSON = 4_000;

/** Deletes the flags of a challenge, or those about one person there, at most `limit`; answers how many. */
export async function eraseFlags(
  ctx: WriteCtx,
  { challengeId, userId }: { challengeId: Id<"challenges">; userId?: Id<"users"> },
  limit: number,
): Promise<number> {
  const flags = await ctx.db
    .query("flags")
    .withIndex("by_challengeId_and_userId_and_status_and_flaggedBy", (q) => {
      const ofChallenge = q.eq("challengeId", challengeId);
      return userId === undefined ? ofChallenge : ofChallenge.eq("userId", userId);
    })
    .take(limit);
  return await eraseRows(openTable(ctx, "flags"), flags);
}

/**
 * Takes the words out of flags about and by a person, at most `limit` of each, and forgets how good theirs were. The
 * flags stay: what they are about still counts. Answers how many it changed.
 */
export async function eraseFlagWords(
  ctx: WriteCtx,
  { userId }: { userId: Id<"users"> },
  limit: number,
): Promise<number> {
  const flags = ctx.db.query("flags");
  const about = flags.withIndex("by_userId", (q) => q.eq("userId", userId));
  const own = ctx.db
    .query("flags")
    .withIndex("by_flaggedBy_and_at", (q) => q.eq("flaggedBy", userId));
  const found = [...(await about.take(MAX_OF_PERSON)), ...(await own.take(MAX_OF_PERSON))];
  const worded = found.filter((flag) => "text" in flag.about && flag.about.text !== undefined);
  const table = openTable(ctx, "flags");
  for (const { _id, about: words } of worded.slice(0, limit))
    if ("reason" in words) await table.patch(_id, { about: { reason: words.reason } });
  const flagger = await flaggerOf(ctx, userId);
  if (flagger !== null) await openTable(ctx, "flaggers").delete(flagger._id);
  return Math.min(worded.length, limit);
}
