import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import { activeParticipation, needChallengeAdmin, type Viewer } from "../lib/access";
import { needAppeal, takenBackBy } from "../lib/appeals";
import { displayNameOf } from "../lib/displayNames";
import { need } from "../lib/errors";
import { viewerQuery } from "../lib/functions";
import { heldFactsOf, heldFactsValidator } from "../lib/heldFacts";
import { needRowWriter } from "../lib/ledgerAccess";
import { ledgerReads } from "../lib/pointLedger";
import {
  type Effect,
  NO_EFFECT,
  previewCorrection,
  previewRemoval,
  previewRestoration,
} from "../lib/pointLedger/previews";
import type { RowVerbArgs } from "../lib/pointLedger/verbs";
import { instantOn } from "../lib/rules/dayClock";
import { checkPaging } from "../lib/rules/pages";
import { isHiddenFrom } from "../lib/shownRow";
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
    /** To the person's total: the sum of the other three. */
    total: v.number(),
    /** Of the activity itself. */
    own: v.number(),
    /** Of other activities of the day. */
    others: v.number(),
    streakBonus: v.number(),
  }),
  v.null(),
);

/** The activity as an organiser changes it, at the caller's present. */
async function needCorrection(
  ctx: ReadCtx & Viewer,
  { _id }: Pick<Doc<"activities">, "_id">,
  today: string,
): Promise<{ verb: RowVerbArgs; at: number; isHidden: boolean }> {
  const verb = await needRowWriter(ctx, _id, { asAdmin: true });
  const at = need(instantOn(today, verb.zone ?? verb.challenge.timezone));
  return { verb, at, isHidden: isHiddenFrom(ctx.userId, verb.activity) };
}

/**
 * What an organiser's removal of an activity would do to its person's points, decided by the code that removes; nothing
 * for one that is removed. Awards that hang on it follow later and are not in it. Refuses NOT_SIGNED_IN, NOT_FOUND,
 * NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, INVALID_INPUT (`today`) and what removing refuses.
 */
export const removal = viewerQuery({
  args: {
    activityId: v.id("activities"),
    /** The caller's calendar day. */
    today: v.string(),
  },
  returns: effectValidator,
  handler: async (ctx, { activityId, today }) => {
    const { verb, at, isHidden } = await needCorrection(ctx, { _id: activityId }, today);
    const effect = await previewRemoval(ledgerReads(ctx), verb, at);
    return isHidden ? null : effect;
  },
});

/**
 * What accepting an appeal would do to its person's points, decided by the code that accepts; nothing where no organiser
 * changed the activity. Awards that hang on it follow later and are not in it. Refuses NOT_SIGNED_IN, NOT_FOUND
 * (`appeal`; also once it is decided), NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, INVALID_INPUT (`today`) and what restoring
 * and editing refuse.
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
    const { verb, at, isHidden } = await needCorrection(ctx, { _id: appeal.activityId }, today);
    const effect = await acceptanceOf(ctx, verb, at);
    return isHidden ? null : effect;
  },
});

async function acceptanceOf(ctx: ReadCtx, verb: RowVerbArgs, at: number): Promise<Effect> {
  const undo = await takenBackBy(ctx, verb.activity);
  if (undo === null) return NO_EFFECT;
  const reads = ledgerReads(ctx);
  return undo.kind === "restore"
    ? await previewRestoration(reads, verb, at)
    : await previewCorrection(reads, { ...verb, ...undo.facts }, at);
}
