import type { PaginationOptions, PaginationResult } from "convex/server";
import type { Doc, Id } from "../_generated/dataModel";
import { refuse } from "./errors";
import { personOf } from "./people";
import { needStanding, openStanding, setListed, standingOf } from "./pointLedger";
import type { Owner } from "./pointLedger/ports";
import { afterPrefix, searchForm } from "./rules/nameSearch";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";

type Participation = Doc<"participations">;

/** At most this many challenges of one person are listed. */
const MAX_LISTED = 100;
/** Participations that get a new name in one transaction. */
const RENAMED_AT_ONCE = 100;

/** A person's part in a challenge, also when they left; null when they never joined. */
export async function participationOf(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  userId: Id<"users">,
): Promise<Participation | null> {
  return await ctx.db
    .query("participations")
    .withIndex("by_challengeId_and_userId", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId),
    )
    .unique();
}

/** The challenges a person takes part in, last joined first, at most 100. */
export async function activeParticipationsOf(
  ctx: ReadCtx,
  userId: Id<"users">,
): Promise<Participation[]> {
  return await ctx.db
    .query("participations")
    .withIndex("by_userId_and_status", (q) => q.eq("userId", userId).eq("status", "active"))
    .order("desc")
    .take(MAX_LISTED);
}

/** Whether a person administrates one of the challenges they take part in. */
export async function isOrganiser(ctx: ReadCtx, userId: Id<"users">): Promise<boolean> {
  const participations = await activeParticipationsOf(ctx, userId);
  return participations.some(({ role }) => role === "admin");
}

/** Up to two admins of a challenge, first one first: enough to know one, and whether there is another. */
export async function adminsOf(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
): Promise<Participation[]> {
  return await ctx.db
    .query("participations")
    .withIndex("by_challengeId_and_role", (q) =>
      q.eq("challengeId", challengeId).eq("role", "admin"),
    )
    .take(2);
}

/** The admins of a challenge, at most 100: whom its alarms go to. */
export async function adminIdsOf(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
): Promise<Array<Id<"users">>> {
  const admins = await ctx.db
    .query("participations")
    .withIndex("by_challengeId_and_role", (q) =>
      q.eq("challengeId", challengeId).eq("role", "admin"),
    )
    .take(MAX_LISTED);
  return admins.map(({ userId }) => userId);
}

/**
 * Lets a person take part: a first time with a new standing, or again with the points they had. Changes nothing for
 * somebody who is in already.
 *
 * @param role of a new participation; somebody who comes back, and may, is a participant
 */
export async function enter(
  ctx: WriteCtx,
  member: { challengeId: Id<"challenges">; userId: Id<"users">; role: Participation["role"] },
): Promise<Id<"participations">> {
  const { challengeId, userId, role } = member;
  const existing = await participationOf(ctx, challengeId, userId);
  if (existing?.status === "active") return existing._id;
  const participations = openTable(ctx, "participations");
  if (existing !== null) {
    const searchName = await searchNameOf(ctx, userId);
    await participations.patch(existing._id, { status: "active", searchName });
    await setListed(ctx, { challengeId, userId, listed: existing.isUnranked !== true });
    return existing._id;
  }
  const at = Date.now();
  const id = await participations.insert({
    challengeId,
    userId,
    role,
    status: "active",
    joinedAt: at,
    searchName: await searchNameOf(ctx, userId),
  });
  await openStanding(ctx, { challengeId, userId, at });
  return id;
}

/**
 * Ends a person's part in a challenge: off the boards unless `staysListed`, with the points kept for the day they come
 * back, and without the rights of an admin. Refuses LIMIT_REACHED (`lastAdmin`) for the only admin.
 */
export async function leave(
  ctx: WriteCtx,
  participation: Participation,
  { staysListed }: { staysListed: boolean },
): Promise<void> {
  const { challengeId, userId } = participation;
  await end(ctx, participation, "left");
  if (!staysListed) await setListed(ctx, { challengeId, userId, listed: false });
}

/**
 * Ends somebody's part in a challenge for them. Kept points stay on the boards without a name; others are off them at
 * once and are taken away by the job `takePoints`, which the caller starts. Refuses LIMIT_REACHED
 * (`lastAdmin`) for the only admin.
 */
export async function expel(
  ctx: WriteCtx,
  participation: Participation,
  { status, keepsPoints }: { status: "removed" | "banned"; keepsPoints: boolean },
): Promise<void> {
  const { challengeId, userId } = participation;
  await end(ctx, participation, status);
  const participations = openTable(ctx, "participations");
  if (!keepsPoints) await participations.patch(participation._id, { isLosingPoints: true });
  const { listed } = await needStanding(ctx, { challengeId, userId });
  const isShown = keepsPoints && listed;
  await setListed(ctx, { challengeId, userId, listed: isShown, isFormer: isShown || undefined });
}

async function end(
  ctx: WriteCtx,
  participation: Participation,
  status: Exclude<Participation["status"], "active">,
): Promise<void> {
  if (participation.role === "admin") await needAnotherAdmin(ctx, participation.challengeId);
  // Without the role, every admin row is an active one: adminsOf counts on it.
  const ended = { status, role: "participant" } as const;
  await openTable(ctx, "participations").patch(participation._id, ended);
}

/** Says that all points of somebody who was removed are gone. */
export async function endTakingPoints(ctx: WriteCtx, participation: Participation): Promise<void> {
  await openTable(ctx, "participations").patch(participation._id, { isLosingPoints: undefined });
}

/** Lets a banned person join again; they are not in until they do. */
export async function unban(ctx: WriteCtx, participation: Participation): Promise<void> {
  if (participation.status !== "banned") return;
  await openTable(ctx, "participations").patch(participation._id, { status: "removed" });
}

/** Makes a participant an admin or an admin a participant. Refuses LIMIT_REACHED (`lastAdmin`) for the only admin. */
export async function setRole(
  ctx: WriteCtx,
  participation: Participation,
  role: Participation["role"],
): Promise<void> {
  if (participation.role === role) return;
  if (role === "participant") await needAnotherAdmin(ctx, participation.challengeId);
  await openTable(ctx, "participations").patch(participation._id, { role });
}

async function needAnotherAdmin(ctx: ReadCtx, challengeId: Id<"challenges">): Promise<void> {
  if ((await adminsOf(ctx, challengeId)).length < 2) {
    refuse({ code: "LIMIT_REACHED", limit: "lastAdmin", max: 1, challengeId });
  }
}

/**
 * Puts a person on the boards of a challenge or takes them off, by their own wish; it stays when they leave and come
 * back. Their points are counted all the same.
 */
export async function setRanked(
  ctx: WriteCtx,
  participation: Participation,
  ranked: boolean,
): Promise<void> {
  const isUnranked = ranked ? undefined : true;
  if (participation.isUnranked === isUnranked) return;
  await openTable(ctx, "participations").patch(participation._id, { isUnranked });
  const { challengeId, userId } = participation;
  await setListed(ctx, { challengeId, userId, listed: ranked });
}

/**
 * The standing of somebody others are shown in a challenge: who takes part, ranked or not, and who left when its board
 * was frozen. Refuses NOT_FOUND (`participant`) for everybody else.
 */
export async function needShownStanding(ctx: ReadCtx, owner: Owner): Promise<Doc<"standings">> {
  return (await shownStanding(ctx, owner)) ?? refuse({ code: "NOT_FOUND", what: "participant" });
}

/** The same, null for people who are not shown. */
export async function shownStanding(ctx: ReadCtx, owner: Owner): Promise<Doc<"standings"> | null> {
  const standing = await standingOf(ctx, owner);
  if (standing === null || standing.listed) return standing;
  const participation = await participationOf(ctx, owner.challengeId, owner.userId);
  return participation?.status === "active" ? standing : null;
}

async function searchNameOf(ctx: ReadCtx, userId: Id<"users">): Promise<string | undefined> {
  const person = await personOf(ctx, userId);
  return person === null ? undefined : searchForm(person.displayName);
}

/** Makes somebody findable who joined before there was a search; nothing where they are. */
export async function fillSearchName(
  ctx: WriteCtx,
  challengeId: Id<"challenges">,
  userId: Id<"users">,
): Promise<void> {
  const participation = await participationOf(ctx, challengeId, userId);
  if (participation === null || participation.searchName !== undefined) return;
  const searchName = await searchNameOf(ctx, userId);
  await openTable(ctx, "participations").patch(participation._id, { searchName });
}

/** People of one status whose display name begins with this, by name, page by page. */
export async function participationsPage(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  { status, prefix }: { status: Participation["status"]; prefix: string },
  paging: PaginationOptions,
): Promise<PaginationResult<Participation>> {
  const wanted = searchForm(prefix);
  return await ctx.db
    .query("participations")
    .withIndex("by_challengeId_and_status_and_searchName", (q) => {
      const all = q.eq("challengeId", challengeId).eq("status", status);
      // Who has no name any more is found by no beginning of it.
      return wanted === ""
        ? all
        : all.gte("searchName", wanted).lt("searchName", afterPrefix(wanted));
    })
    .paginate(paging);
}

/** People who take part whose display name begins with this, by name; capitals and accents do not matter. */
export async function participantsByName(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  { prefix, limit }: { prefix: string; limit: number },
): Promise<Participation[]> {
  const wanted = searchForm(prefix);
  return await ctx.db
    .query("participations")
    .withIndex("by_challengeId_and_status_and_searchName", (q) =>
      q
        .eq("challengeId", challengeId)
        .eq("status", "active")
        .gte("searchName", wanted)
        .lt("searchName", afterPrefix(wanted)),
    )
    .take(limit);
}

/**
 * Makes a person found by the name they have now, in the next 100 of their challenges.
 *
 * @param cursor where the last call ended, null for the first
 * @returns where the next one goes on, null when all are done
 */
export async function renameParticipations(
  ctx: WriteCtx,
  userId: Id<"users">,
  cursor: string | null,
): Promise<string | null> {
  const searchName = await searchNameOf(ctx, userId);
  const { page, isDone, continueCursor } = await ctx.db
    .query("participations")
    .withIndex("by_userId_and_status", (q) => q.eq("userId", userId))
    .paginate({ cursor, numItems: RENAMED_AT_ONCE });
  for (const participation of page) {
    if (participation.searchName !== searchName)
      await openTable(ctx, "participations").patch(participation._id, { searchName });
  }
  return isDone ? null : continueCursor;
}

/** Deletes the participations of a challenge, at most `limit`; answers how many. */
export async function eraseParticipations(
  ctx: WriteCtx,
  { challengeId }: { challengeId: Id<"challenges"> },
  limit: number,
): Promise<number> {
  const rows = await ctx.db
    .query("participations")
    .withIndex("by_challengeId_and_userId", (q) => q.eq("challengeId", challengeId))
    .take(limit);
  return await eraseRows(openTable(ctx, "participations"), rows);
}

/** Challenges one person ever took part in that are looked at. */
const MAX_EVER = 1_000;

/** Every part a person ever had in a challenge, at most 1,000. */
export async function participationsOf(
  ctx: ReadCtx,
  userId: Id<"users">,
): Promise<Participation[]> {
  return await ctx.db
    .query("participations")
    .withIndex("by_userId_and_status", (q) => q.eq("userId", userId))
    .take(MAX_EVER);
}

/**
 * Takes a person's roles as an admin, for the deletion of their account. Refuses LIMIT_REACHED (`lastAdmin`, with the
 * challenge) while they are the only admin of a challenge that is not final.
 */
export async function resign(ctx: WriteCtx, userId: Id<"users">): Promise<void> {
  for (const { _id, role, challengeId } of await participationsOf(ctx, userId)) {
    if (role !== "admin") continue;
    const challenge = await ctx.db.get("challenges", challengeId);
    if (challenge !== null && challenge.finalAt === undefined)
      await needAnotherAdmin(ctx, challengeId);
    await openTable(ctx, "participations").patch(_id, { role: "participant" });
  }
}

/**
 * Ends the part of somebody whose account is deleted. Kept points stay where they are shown, without a name; others are
 * off the boards at once, and their account is closed: `erasing`, until a job has removed it.
 */
export async function endErased(
  ctx: WriteCtx,
  participation: Participation,
  { keepsPoints }: { keepsPoints: boolean },
): Promise<void> {
  const { _id, challengeId, userId } = participation;
  const isActive = participation.status === "active";
  const status = keepsPoints ? (isActive ? "left" : participation.status) : "erasing";
  await openTable(ctx, "participations").patch(_id, { status, searchName: undefined });
  const standing = await standingOf(ctx, { challengeId, userId });
  if (standing === null) return;
  const isShown = keepsPoints && standing.listed;
  await setListed(ctx, { challengeId, userId, listed: isShown, isFormer: isShown || undefined });
}

/** Forgets that somebody ever took part, once nothing of theirs is left in the challenge. */
export async function forgetParticipation(
  ctx: WriteCtx,
  { challengeId, userId }: Owner,
): Promise<void> {
  const participation = await participationOf(ctx, challengeId, userId);
  if (participation !== null) await eraseRows(openTable(ctx, "participations"), [participation]);
}
