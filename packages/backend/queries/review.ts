import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import type { Id } from "../_generated/dataModel";
import { activeParticipation, needChallengeAdmin, type Viewer } from "../lib/access";
import { needAppeal } from "../lib/appeals";
import { displayNameOf } from "../lib/displayNames";
import { need } from "../lib/errors";
import { viewerQuery } from "../lib/functions";
import { heldFactsOf, heldFactsValidator } from "../lib/heldFacts";
import { needRowWriter } from "../lib/ledgerAccess";
import { ledgerReads } from "../lib/pointLedger";
import { heldOutcome } from "../lib/heldDecisions";
import {
  awardsValidator,
  gainOf,
  othersValidator,
  shownAwards,
  shownOthers,
} from "../lib/outcomeViews";
import {
  type Outcome,
  previewEdit,
  previewRemoval,
  previewRestoration,
  unchanged,
} from "../lib/pointLedger/previews";
import type { RowVerbArgs } from "../lib/pointLedger/verbs";
import { instantOn } from "../lib/rules/dayClock";
import { checkPaging } from "../lib/rules/pages";
import { isHiddenFrom } from "../lib/shownRow";
import { takenBackBy } from "../lib/takingBack";
import type { ReadCtx } from "../lib/tableOwners";

const MAX_PAGE = 50;

/**
 * The imported rows of a challenge that wait for a decision, first held first, at most 50 a page: without those of
 * Strava, which only their person sees, and without those of people who left, so a page may be shorter than asked for.
 * Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN and INVALID_INPUT.
 */
export const held = viewerQuery({
  args: { challengeId: v.id("challenges"), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(
    heldFactsValidator.extend({ userId: v.id("users"), displayName: v.string() }),
  ),
  handler: async (ctx, { challengeId, paginationOpts }) => {
    await needChallengeAdmin(ctx, challengeId);
    const paging = need(checkPaging(paginationOpts, MAX_PAGE));
    const result = await ctx.db
      .query("heldActivities")
      .withIndex("by_challengeId_and_source_and_status", (q) =>
        q.eq("challengeId", challengeId).eq("source", "archive").eq("status", "held"),
      )
      .paginate(paging);
    const known = await Promise.all(
      result.page.map(async (one) => {
        const { userId } = one;
        const isIn = (await activeParticipation(ctx, challengeId, userId)) !== null;
        const facts = isIn ? await heldFactsOf(ctx, one) : null;
        return facts && { ...facts, userId, displayName: await displayNameOf(ctx, userId) };
      }),
    );
    return { ...result, page: known.filter((one) => one !== null) };
  },
});

/** What a decision would do to points; null where they are a secret of Strava's person. */
const effectValidator = v.union(
  v.object({
    /** To the person's total: the sum of the next four. */
    total: v.number(),
    /** Of the activity itself. */
    own: v.number(),
    /** Of other activities. */
    others: v.number(),
    streakBonus: v.number(),
    awards: v.number(),
    /** Which activities and awards. */
    moved: v.object({ others: othersValidator, awards: awardsValidator }),
    /** More awards than are given at once: the others follow a moment later. */
    awardsFollow: v.boolean(),
  }),
  v.null(),
);

/** What an outcome is to this viewer. */
async function effectOf(ctx: ReadCtx & Viewer, outcome: Outcome) {
  const rows = [outcome.own, ...outcome.others];
  if (rows.some(({ row }) => isHiddenFrom(ctx.userId, row))) return null;
  const { awardsFollow, streakBonusChange: streakBonus } = outcome;
  const own = gainOf([outcome.own]);
  const others = gainOf(outcome.others);
  const awards = gainOf(outcome.awards);
  const moved = { others: await shownOthers(ctx, outcome), awards: shownAwards(outcome) };
  const total = own + others + streakBonus + awards;
  return { total, own, others, streakBonus, awards, moved, awardsFollow };
}

/** The activity as an organiser changes it, at the caller's present. */
async function needCorrection(
  ctx: ReadCtx & Viewer,
  activityId: Id<"activities">,
  today: string,
): Promise<{ verb: RowVerbArgs; at: number }> {
  const verb = await needRowWriter(ctx, activityId, { asAdmin: true });
  return { verb, at: need(instantOn(today, verb.zone ?? verb.challenge.timezone)) };
}

/**
 * What an organiser's removal of an activity would do to its person's points, awards among them, by the code that removes;
 * nothing for one that is removed. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, INVALID_INPUT
 * (`today`) and what removing refuses.
 */
export const removal = viewerQuery({
  args: {
    activityId: v.id("activities"),
    /** The caller's calendar day. */
    today: v.string(),
  },
  returns: effectValidator,
  handler: async (ctx, { activityId, today }) => {
    const { verb, at } = await needCorrection(ctx, activityId, today);
    return await effectOf(ctx, await previewRemoval(ledgerReads(ctx), verb, at));
  },
});

/**
 * What accepting an appeal would do to its person's points, awards among them, by the code that accepts; nothing where no
 * organiser changed the activity. Refuses NOT_SIGNED_IN, NOT_FOUND (`appeal`; also once it is decided), NOT_PARTICIPANT,
 * NOT_CHALLENGE_ADMIN, INVALID_INPUT (`today`) and what restoring and editing refuse.
 */
export const acceptance = viewerQuery({
  args: {
    appealId: v.id("appeals"),
    /** The caller's calendar day. */
    today: v.string(),
  },
  returns: effectValidator,
  handler: async (ctx, { appealId, today }) => {
    const { appeal } = await needAppeal(ctx, appealId);
    const { verb, at } = await needCorrection(ctx, appeal.activityId, today);
    return await effectOf(ctx, await acceptanceOf(ctx, verb, at));
  },
});

async function acceptanceOf(ctx: ReadCtx, verb: RowVerbArgs, at: number): Promise<Outcome> {
  const undo = await takenBackBy(ctx, verb.activity);
  const reads = ledgerReads(ctx);
  if (undo === null) return unchanged(verb.activity);
  return undo.kind === "restore"
    ? await previewRestoration(reads, verb, at)
    : await previewEdit(reads, { ...verb, ...undo.facts }, at);
}

/**
 * What counting a held row would do to its person's points, beside the activity it looks like or instead of it, awards
 * among them, by the code that decides. For its person, or admins of the challenge. Refuses NOT_SIGNED_IN, NOT_FOUND
 * (`heldActivity`; also once it is decided), NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, INVALID_INPUT (`today`) and what
 * counting it refuses.
 */
export const counting = viewerQuery({
  args: {
    heldId: v.id("heldActivities"),
    decision: v.union(v.literal("keepBoth"), v.literal("replace")),
    /** The caller's calendar day. */
    today: v.string(),
  },
  returns: effectValidator,
  handler: async (ctx, wish) => await effectOf(ctx, await heldOutcome(ctx, wish)),
});
