import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import { needOwner, type Viewer } from "../lib/access";
import { need, refuse } from "../lib/errors";
import { viewerQuery } from "../lib/functions";
import { needAccountWriter, needRowWriter } from "../lib/ledgerAccess";
import { openFlagsAbout } from "../lib/flags";
import { historyPage, historyStatusValidator, underReviewOf } from "../lib/historyPages";
import { changesOf } from "../lib/activityChanges";
import { displayNameOf } from "../lib/displayNames";
import { ledgerReads } from "../lib/pointLedger";
import { awardsValidator, othersValidator, shownAwards, shownOthers } from "../lib/outcomeViews";
import { type Outcome, previewEdit, previewLog } from "../lib/pointLedger/previews";
import type { Owner } from "../lib/pointLedger/ports";
import { instantOn } from "../lib/rules/dayClock";
import { isSystemRow } from "../lib/rules/ledger";
import { checkPaging } from "../lib/rules/pages";
import { isHiddenFrom, shownTo } from "../lib/shownRow";
import type { ReadCtx } from "../lib/tableOwners";
import { sourceValidator } from "../tables/activities";
import {
  actorKindValidator,
  eventKindValidator,
  reasonValidator,
  type ReplacedFacts,
} from "../tables/ledger";
import { breakdownLineValidator, metricsValidator } from "../tables/scoring";

const MAX_PAGE = 100;
const whose = { challengeId: v.id("challenges"), userId: v.optional(v.id("users")) };

const historyRow = v.object({
  activityId: v.id("activities"),
  activityTypeId: v.union(v.id("activityTypes"), v.null()),
  typeName: v.string(),
  source: sourceValidator,
  loggedDate: v.union(v.string(), v.null()),
  metrics: metricsValidator,
  variant: v.optional(v.string()),
  notes: v.optional(v.string()),
  title: v.optional(v.string()),
  pointsEarned: v.number(),
  breakdown: v.array(breakdownLineValidator),
  version: v.number(),
  /** UTC ms; a removed row can be restored. */
  deletedAt: v.optional(v.number()),
  isSystem: v.boolean(),
  /** An organiser changed it: its person can only remove it. */
  isCorrected: v.boolean(),
  /** It is flagged; it counts on until organisers decide. */
  isUnderReview: v.boolean(),
  /** What it gives and what was measured is its person's alone: they read 0 and empty here. */
  isHidden: v.boolean(),
});

/**
 * A person's activities, newest day first, removed ones and system rows included, at most 100 a page: the caller's own,
 * or anybody's for admins of the challenge, where rows of Strava keep their details to themselves. With a status those
 * that have it, deleted ones by when that was; a page may then be short or empty and not the last. Refuses NOT_SIGNED_IN,
 * NOT_FOUND (also `activityType`), NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, INVALID_INPUT.
 */
export const history = viewerQuery({
  args: {
    ...whose,
    /** Only activities of this type. */
    activityTypeId: v.optional(v.id("activityTypes")),
    status: v.optional(historyStatusValidator),
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(historyRow),
  handler: async (ctx, { paginationOpts, status, activityTypeId, ...args }) => {
    const owner = await needOwner(ctx, args);
    const paging = need(checkPaging(paginationOpts, MAX_PAGE));
    if (activityTypeId !== undefined) await needType(ctx, owner.challengeId, activityTypeId);
    const result = await historyPage(ctx, owner, { activityTypeId, status }, paging);
    return { ...result, page: await historyRows(ctx, owner, result.page) };
  },
});

/**
 * The activities of a person that are under review, newest day first, at most 200: the caller's own, or anybody's for
 * admins of the challenge. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT and NOT_CHALLENGE_ADMIN.
 */
export const underReview = viewerQuery({
  args: whose,
  returns: v.array(historyRow),
  handler: async (ctx, args) => {
    const owner = await needOwner(ctx, args);
    return await historyRows(ctx, owner, await underReviewOf(ctx, owner));
  },
});

async function historyRows(ctx: ReadCtx & Viewer, owner: Owner, rows: Array<Doc<"activities">>) {
  const names = await typeNames(ctx, rows);
  const flags = await openFlagsAbout(ctx, owner);
  const flagged = new Set(flags.map(({ activityId }) => activityId));
  return rows.map((row) => ({
    ...historyRowOf(ctx.userId, row, names),
    isUnderReview: flagged.has(row._id),
  }));
}

/**
 * One activity, removed or not: the caller's own, or anybody's for admins of its challenge. Refuses NOT_SIGNED_IN,
 * NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN.
 */
export const get = viewerQuery({
  args: { activityId: v.id("activities") },
  returns: v.object({ ...historyRow.fields, userId: v.id("users") }),
  handler: async (ctx, { activityId }) => {
    const row = await ctx.db.get("activities", activityId);
    if (row === null) return refuse({ code: "NOT_FOUND", what: "activity" });
    const { challengeId, userId } = row;
    await needOwner(ctx, row, "activity");
    const flags = await openFlagsAbout(ctx, { challengeId, userId });
    const isUnderReview = flags.some((flag) => flag.activityId === activityId);
    return {
      ...historyRowOf(ctx.userId, row, await typeNames(ctx, [row])),
      isUnderReview,
      userId,
    };
  },
});

/** Refuses NOT_FOUND (`activityType`) for a type of another challenge. */
async function needType(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  activityTypeId: Id<"activityTypes">,
): Promise<void> {
  const type = await ctx.db.get("activityTypes", activityTypeId);
  if (type?.challengeId !== challengeId) refuse({ code: "NOT_FOUND", what: "activityType" });
}

/** Names of the types on one page, each read once. */
async function typeNames(
  ctx: ReadCtx,
  rows: ReadonlyArray<Pick<Doc<"activities">, "activityTypeId">>,
) {
  const ids = new Set(rows.flatMap(({ activityTypeId }) => activityTypeId ?? []));
  const names = new Map<Id<"activityTypes">, string>();
  for (const id of ids) {
    const type = await ctx.db.get("activityTypes", id);
    if (type) names.set(id, type.name);
  }
  return names;
}

function historyRowOf(
  viewerId: Id<"users">,
  stored: Doc<"activities">,
  names: Map<Id<"activityTypes">, string>,
) {
  const row = shownTo(viewerId, stored);
  const { activityTypeId } = row;
  const systemName = row.breakdown[0]?.label ?? "Points";
  return {
    activityId: row._id,
    activityTypeId,
    typeName: activityTypeId === null ? systemName : (names.get(activityTypeId) ?? ""),
    source: row.source,
    loggedDate: row.loggedDate,
    metrics: row.metrics,
    variant: row.variant,
    notes: row.notes,
    title: row.title,
    pointsEarned: row.pointsEarned,
    breakdown: row.breakdown,
    version: row.version,
    deletedAt: row.deletedAt,
    isSystem: isSystemRow(row),
    isCorrected: row.isSticky,
    isHidden: isHiddenFrom(viewerId, stored),
  };
}

/**
 * What logging this now would earn, and why; with `activityId`, what editing that activity to it would. Decided by the
 * code that logs and edits, so it refuses what they refuse. Of an activity of Strava organisers are told nothing but zeros.
 */
export const previewPoints = viewerQuery({
  args: {
    challengeId: v.id("challenges"),
    activityTypeId: v.id("activityTypes"),
    loggedDate: v.string(),
    metrics: metricsValidator,
    variant: v.optional(v.string()),
    /** The caller's calendar day. */
    today: v.string(),
    activityId: v.optional(v.id("activities")),
  },
  returns: v.object({
    pointsEarned: v.number(),
    lines: v.array(breakdownLineValidator),
    others: othersValidator,
    awards: awardsValidator,
    /** More awards than are given at once: the others follow a moment later. */
    awardsFollow: v.boolean(),
    /** What it adds to the streak's bonus, or takes. */
    streakBonusChange: v.number(),
  }),
  handler: async (ctx, { challengeId, activityId, today, ...deed }) => {
    const reads = ledgerReads(ctx);
    if (activityId === undefined) {
      const wish = { userId: ctx.userId, asAdmin: false };
      const writer = await needAccountWriter(ctx, challengeId, wish);
      const at = need(instantOn(today, writer.zone ?? writer.challenge.timezone));
      return await previewOf(ctx, await previewLog(reads, { ...writer, ...deed }, at));
    }
    const writer = await needRowWriter(ctx, activityId, { asAdmin: false });
    if (writer.challenge._id !== challengeId)
      return refuse({ code: "NOT_FOUND", what: "activity" });
    const at = need(instantOn(today, writer.zone ?? writer.challenge.timezone));
    const outcome = await previewEdit(reads, { ...writer, ...deed }, at);
    return isHiddenFrom(ctx.userId, writer.activity) ? UNTOLD : await previewOf(ctx, outcome);
  },
});

/** What somebody is answered about a row of Strava that is not theirs: what it gives would tell what was measured. */
const UNTOLD = {
  pointsEarned: 0,
  lines: [],
  others: [],
  awards: [],
  awardsFollow: false,
  streakBonusChange: 0,
};

async function previewOf(ctx: ReadCtx & Viewer, outcome: Outcome) {
  const { own, awardsFollow, streakBonusChange } = outcome;
  return {
    pointsEarned: own.pointsAfter,
    lines: own.row.breakdown,
    others: await shownOthers(ctx, outcome),
    awards: shownAwards(outcome),
    awardsFollow,
    streakBonusChange,
  };
}

const factsValidator = v.object({
  typeName: v.string(),
  loggedDate: v.union(v.string(), v.null()),
  metrics: metricsValidator,
  variant: v.optional(v.string()),
});

/**
 * What happened to an activity, newest first, at most 100 changes: who, when, why, its points before and after, and of an
 * edit the facts. To its person, or to admins of the challenge, to whom points of Strava read 0. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT and
 * NOT_CHALLENGE_ADMIN.
 */
export const changes = viewerQuery({
  args: { activityId: v.id("activities") },
  returns: v.array(
    v.object({
      seq: v.number(),
      kind: eventKindValidator,
      reason: reasonValidator,
      pointsBefore: v.number(),
      pointsAfter: v.number(),
      /** UTC ms. */
      at: v.number(),
      by: v.object({ role: actorKindValidator, displayName: v.optional(v.string()) }),
      /** An organiser's words. */
      note: v.optional(v.string()),
      before: v.optional(factsValidator),
      after: v.optional(factsValidator),
    }),
  ),
  handler: async (ctx, { activityId }) => {
    const { activity } = await needRowWriter(ctx, activityId, { asAdmin: false });
    const found = await changesOf(ctx, activity);
    const isHidden = isHiddenFrom(ctx.userId, activity);
    return await Promise.all(
      found.map(async ({ event, note, facts }) => {
        const { seq, kind, reason, pointsBefore, pointsAfter, at, actor } = event;
        const role = actor.kind;
        const displayName = "userId" in actor ? await displayNameOf(ctx, actor.userId) : undefined;
        return {
          seq,
          kind,
          reason,
          pointsBefore: isHidden ? 0 : pointsBefore,
          pointsAfter: isHidden ? 0 : pointsAfter,
          at,
          note,
          by: { role, displayName },
          before: facts ? await factsOf(ctx, facts.before) : undefined,
          after: facts ? await factsOf(ctx, facts.after) : undefined,
        };
      }),
    );
  },
});

async function factsOf(ctx: ReadCtx, { activityTypeId, ...facts }: ReplacedFacts) {
  const type = activityTypeId && (await ctx.db.get("activityTypes", activityTypeId));
  return { typeName: type?.name ?? "", ...facts };
}
