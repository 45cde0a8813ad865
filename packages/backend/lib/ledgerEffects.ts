import type { Doc, Id } from "../_generated/dataModel";
import { activeParticipation } from "./access";
import { keepFindings, openFlagsAbout } from "./flags";
import { notify } from "./notifications";
import type { WrittenRow } from "./pointLedger/ports";
import type { LedgerBook } from "./rules/ledgerBook";
import { implausibilities } from "./rules/plausibility";
import type { WriteCtx } from "./tableOwners";

/** Rows of one person and day, deleted ones included, that a day's hours are added up from. */
const MAX_ROWS_PER_DAY = 100;

/**
 * What moderation makes of rows that were written, whatever the door: the system's flags are brought in step with them,
 * and people are told what organisers changed. Refuses nothing.
 */
export async function moderate(
  ctx: WriteCtx,
  book: LedgerBook,
  rows: readonly WrittenRow[],
): Promise<void> {
  await flagImplausible(ctx, book, rows);
  await tellCorrected(ctx, book, rows);
}

/**
 * Judges the written rows, and those of their days that are flagged: a change of one row can make the day of another
 * plausible.
 */
async function flagImplausible(
  ctx: WriteCtx,
  book: LedgerBook,
  rows: readonly WrittenRow[],
): Promise<void> {
  const done = rows.filter(({ after }) => after.activityTypeId !== null);
  const days = new Set(done.flatMap(({ before, after }) => [before?.loggedDate, after.loggedDate]));
  const judged = new Map(
    done.map(({ activityId, after }) => [activityId, { ...after, _id: activityId }]),
  );
  const flagged = await openFlagsAbout(ctx, book.account.standing);
  const flaggedIds = new Set(
    flagged.filter(({ flaggedBy }) => flaggedBy === null).map(({ activityId }) => activityId),
  );
  const reader = dayReader(ctx, book);
  const sportOf = sportReader(ctx);
  for (const activityId of new Set([...judged.keys(), ...flaggedIds])) {
    const row = judged.get(activityId) ?? (await ctx.db.get("activities", activityId));
    if (row === null || (!judged.has(activityId) && !days.has(row.loggedDate))) continue;
    const isLive = row.deletedAt === undefined && row.activityTypeId !== null;
    const findings = isLive
      ? implausibilities(await sportOf(row.activityTypeId), row.metrics, await reader(row))
      : [];
    if (findings.length > 0 || flaggedIds.has(activityId)) await keepFindings(ctx, row, findings);
  }
}

/** The metrics of all live rows of a row's day; a day with no other row is not read. */
function dayReader(ctx: WriteCtx, book: LedgerBook) {
  const known = new Map<string, Array<Doc<"activities">>>();
  const { challengeId, userId } = book.account.standing;
  return async ({ loggedDate, metrics }: Pick<Doc<"activities">, "loggedDate" | "metrics">) => {
    if (loggedDate === null || book.liveRowsOn(loggedDate) <= 1) return [metrics];
    const rows =
      known.get(loggedDate) ??
      (await ctx.db
        .query("activities")
        .withIndex("by_challengeId_and_userId_and_loggedDate", (q) =>
          q.eq("challengeId", challengeId).eq("userId", userId).eq("loggedDate", loggedDate),
        )
        .take(MAX_ROWS_PER_DAY));
    known.set(loggedDate, rows);
    const live = rows.filter((row) => row.deletedAt === undefined && row.activityTypeId !== null);
    return live.map((row) => row.metrics);
  };
}

/** The sport a type stands for; null for types that are none of the starter catalogue. */
function sportReader(ctx: WriteCtx) {
  const known = new Map<Id<"activityTypes">, string | null>();
  return async (id: Id<"activityTypes"> | null) => {
    if (id === null) return null;
    const sport = known.get(id) ?? (await ctx.db.get("activityTypes", id))?.catalogueKey ?? null;
    known.set(id, sport);
    return sport;
  };
}

const CHANGES = { edited: "edited", deleted: "deleted", restored: "restored" } as const;

/** Tells people which of their activities an organiser changed; people who are out are told nothing more. */
async function tellCorrected(
  ctx: WriteCtx,
  book: LedgerBook,
  rows: readonly WrittenRow[],
): Promise<void> {
  const { actor } = book.posting;
  const { challengeId, userId } = book.account.standing;
  const isAdmin = actor.kind === "challengeAdmin" || actor.kind === "platformAdmin";
  if (!isAdmin || actor.userId === userId) return;
  if ((await activeParticipation(ctx, challengeId, userId)) === null) return;
  for (const { activityId, after, before, event } of rows) {
    if (after.source === "adjustment" && before === null) {
      const news = { kind: "pointsAdjusted", points: after.pointsEarned } as const;
      await notify(ctx, [userId], { challengeId, news });
    }
    if (after.activityTypeId === null || !(event.kind in CHANGES)) continue;
    const change = CHANGES[event.kind as keyof typeof CHANGES];
    const news = { kind: "activityCorrected", activityId, change } as const;
    await notify(ctx, [userId], { challengeId, news });
  }
}
