import type { Doc } from "../../_generated/dataModel";
import { planAwards } from "../achievementAwards";
import { activityTypesOf, ruleOf } from "../activityTypes";
import { refuse } from "../errors";
import { heldReads } from "../heldActivities";
import type { DaySpan, StoredDay } from "../rules/ledger";
import { catalogueKeyOfLabel } from "../rules/sports";
import { streakRulesOf, streakRulesText } from "../rules/streak";
import { sportMappingOf } from "../sportMappings";
import type { ReadCtx } from "../tableOwners";
import type { LedgerReads, Owner } from "./ports";

/** Rows of one person and day, deleted ones included, that are looked through for duplicates. */
const MAX_ROWS_READ_PER_DAY = 100;
/** A challenge has at most 366 days. */
const MAX_DAYS = 366;

/** A person's stored standing; null when they never took part. */
export async function standingOf(ctx: ReadCtx, owner: Owner): Promise<Doc<"standings"> | null> {
  return await ctx.db
    .query("standings")
    .withIndex("by_challengeId_and_userId", (q) =>
      q.eq("challengeId", owner.challengeId).eq("userId", owner.userId),
    )
    .unique();
}

/** A person's stored standing; refuses NOT_FOUND when they never took part. */
export async function needStanding(ctx: ReadCtx, owner: Owner): Promise<Doc<"standings">> {
  return (await standingOf(ctx, owner)) ?? refuse({ code: "NOT_FOUND", what: "participant" });
}

/** The ledger's view of a query's or mutation's database. */
export function ledgerReads(ctx: ReadCtx): LedgerReads {
  return {
    activities: activityReads(ctx),
    participations: {
      account: async (challenge, userId, wanted) => {
        const owner = { challengeId: challenge._id, userId };
        const standing = await standingOf(ctx, owner);
        if (standing === null) return null;
        const lastEvent = await ctx.db
          .query("pointEvents")
          .withIndex("by_challengeId_and_userId_and_seq", (q) =>
            q
              .eq("challengeId", owner.challengeId)
              .eq("userId", owner.userId)
              .eq("seq", standing.seq),
          )
          .first();
        // Events go on from the last one: a stored total that is wrong stays in the standing, where a repair finds it.
        const ledgerTotal = lastEvent?.totalAfter ?? standing.totalPoints;
        // A streak of other rules, or of an older release, is told anew from all days.
        const isSettled = standing.streakRules === streakRulesText(streakRulesOf(challenge));
        const span = isSettled ? (wanted ?? null) : null;
        const days = await daysOf(ctx, owner, span);
        return { challenge, standing, days, span, ledgerTotal };
      },
      days: async (owner) => await daysOf(ctx, owner, null),
    },
    rules: ruleReads(ctx),
    held: heldReads(ctx),
    awards: async (wish) => await planAwards(ctx, wish),
  };
}

/** A person's days of a span (null: all of them), oldest first. */
async function daysOf(
  ctx: ReadCtx,
  { challengeId, userId }: Owner,
  span: DaySpan | null,
): Promise<StoredDay[]> {
  return await ctx.db
    .query("dayTotals")
    .withIndex("by_challengeId_and_userId_and_day", (q) => {
      const own = q.eq("challengeId", challengeId).eq("userId", userId);
      return span === null ? own : own.gte("day", span.from).lte("day", span.to);
    })
    .take(MAX_DAYS);
}

function activityReads(ctx: ReadCtx): LedgerReads["activities"] {
  return {
    get: async (id) => await ctx.db.get("activities", id),
    ofExternalId: async ({ challengeId, userId }, source, externalId) =>
      await ctx.db
        .query("activities")
        .withIndex("by_challengeId_and_userId_and_source_and_externalId", (q) =>
          q
            .eq("challengeId", challengeId)
            .eq("userId", userId)
            .eq("source", source)
            .eq("externalId", externalId),
        )
        .unique(),
    ofAwardKey: async ({ challengeId, userId }, awardKey) =>
      await ctx.db
        .query("activities")
        .withIndex("by_challengeId_and_userId_and_awardKey", (q) =>
          q.eq("challengeId", challengeId).eq("userId", userId).eq("awardKey", awardKey),
        )
        .unique(),
    ofDay: async ({ challengeId, userId }, day) =>
      await ctx.db
        .query("activities")
        .withIndex("by_challengeId_and_userId_and_loggedDate", (q) =>
          q.eq("challengeId", challengeId).eq("userId", userId).eq("loggedDate", day),
        )
        .take(MAX_ROWS_READ_PER_DAY),
    liveOfType: async (userId, activityTypeId, day) =>
      await ctx.db
        .query("activities")
        .withIndex("by_activityTypeId_and_userId_and_loggedDate_and_deletedAt", (q) =>
          q
            .eq("activityTypeId", activityTypeId)
            .eq("userId", userId)
            .eq("loggedDate", day)
            .eq("deletedAt", undefined),
        )
        .take(MAX_ROWS_READ_PER_DAY),
  };
}

function ruleReads(ctx: ReadCtx): LedgerReads["rules"] {
  const typeRule = (type: Doc<"activityTypes">) => ({
    activityTypeId: type._id,
    version: type.version,
    rule: ruleOf(type),
    isRetired: type.isRetired,
  });
  const ruleIfAny = (type: Doc<"activityTypes"> | null | undefined) =>
    type ? typeRule(type) : null;
  return {
    current: async (challengeId, activityTypeId) => {
      const type = await ctx.db.get("activityTypes", activityTypeId);
      return type?.challengeId === challengeId ? typeRule(type) : null;
    },
    version: async (activityTypeId, version) => {
      const row = await ctx.db
        .query("activityTypeVersions")
        .withIndex("by_activityTypeId_and_version", (q) =>
          q.eq("activityTypeId", activityTypeId).eq("version", version),
        )
        .unique();
      if (row === null) throw new Error(`no version ${version} of type ${activityTypeId}`);
      return { activityTypeId, version, rule: ruleOf(row) };
    },
    ofSport: async (challengeId, sport) => {
      const mapping = await sportMappingOf(ctx, challengeId, sport.normalize("NFC"));
      if (mapping !== null) {
        const type =
          mapping.activityTypeId && (await ctx.db.get("activityTypes", mapping.activityTypeId));
        return ruleIfAny(type);
      }
      const key = catalogueKeyOfLabel(sport);
      if (key === null) return null;
      const types = await activityTypesOf(ctx, challengeId);
      return ruleIfAny(types.find(({ catalogueKey }) => catalogueKey === key));
    },
  };
}
