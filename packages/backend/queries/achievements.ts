import { v } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import { needChallengeAdmin, needMemberView, needParticipant } from "../lib/access";
import { awardRuleOf } from "../lib/achievementAwards";
import { previewAwards } from "../lib/achievementEvaluation";
import {
  achievementsOf,
  definitionOf,
  evaluationsOf,
  needDefinition,
  progressInChallenge,
} from "../lib/achievements";
import { displayNameOf } from "../lib/displayNames";
import { need, refuse } from "../lib/errors";
import { publicQuery, viewerQuery } from "../lib/functions";
import { standingOf } from "../lib/pointLedger";
import { progressTowards } from "../lib/rules/achievements";
import { checkToday } from "../lib/rules/pages";
import {
  definitionFields,
  evaluationStatusValidator,
  heldAwardValidator,
} from "../tables/achievements";

const MAX_NAMES = 20;

/** The achievements of a challenge by name, archived ones included, at most 40. Refuses NOT_FOUND. */
export const list = publicQuery({
  args: { challengeId: v.id("challenges"), viewKey: v.optional(v.string()) },
  returns: v.array(
    v.object({
      achievementId: v.id("achievements"),
      name: v.string(),
      description: v.string(),
      ...definitionFields,
      version: v.number(),
      isArchived: v.boolean(),
      /** Awards by the current definition are still being given. */
      isEvaluating: v.boolean(),
    }),
  ),
  handler: async (ctx, { challengeId, viewKey }) => {
    await needMemberView(ctx, challengeId, viewKey);
    const achievements = await achievementsOf(ctx, challengeId);
    return achievements.map((achievement) => {
      const { _id, name, description, version, isArchived, isEvaluating } = achievement;
      const states = { version, isArchived, isEvaluating };
      return { achievementId: _id, name, description, ...definitionOf(achievement), ...states };
    });
  },
});

/**
 * How far the caller is towards each achievement, and what they earned. Refuses NOT_SIGNED_IN, NOT_FOUND,
 * NOT_PARTICIPANT and INVALID_INPUT.
 */
export const mine = viewerQuery({
  args: {
    challengeId: v.id("challenges"),
    /** The caller's calendar day, whose week is meant. */
    today: v.string(),
  },
  returns: v.array(
    v.object({
      achievementId: v.id("achievements"),
      name: v.string(),
      isArchived: v.boolean(),
      /** Of what the next award needs: activities, parts, or an amount in the achievement's unit. */
      value: v.number(),
      target: v.number(),
      awards: v.array(heldAwardValidator),
    }),
  ),
  handler: async (ctx, { challengeId, today }) => {
    const { challenge } = await needParticipant(ctx, challengeId);
    need(checkToday(today));
    const progress = await progressInChallenge(ctx, { challengeId, userId: ctx.userId });
    const own = new Map(progress.map((row) => [row.achievementId, row]));
    const achievements = await achievementsOf(ctx, challengeId);
    return achievements.map((achievement) => {
      const { _id: achievementId, name, isArchived } = achievement;
      const { entries = [], awards = [] } = own.get(achievementId) ?? {};
      const rule = awardRuleOf(achievement, challenge.startsOn);
      const towards = progressTowards(rule, entries, today);
      return { achievementId, name, isArchived, ...towards, awards };
    });
  },
});

/**
 * What a participant earned, as everybody who may see the challenge sees it: which achievements and the points of each,
 * but no days and no amounts, which could tell of single activities. Refuses NOT_FOUND (also `participant`, for people who
 * are not listed).
 */
export const ofPerson = publicQuery({
  args: {
    challengeId: v.id("challenges"),
    viewKey: v.optional(v.string()),
    userId: v.id("users"),
  },
  returns: v.array(
    v.object({
      achievementId: v.id("achievements"),
      name: v.string(),
      /** How often, and what all of it gave. */
      times: v.number(),
      points: v.number(),
    }),
  ),
  handler: async (ctx, { challengeId, viewKey, userId }) => {
    await needMemberView(ctx, challengeId, viewKey);
    const standing = await standingOf(ctx, { challengeId, userId });
    if (!standing?.listed) return refuse({ code: "NOT_FOUND", what: "participant" });
    const progress = await progressInChallenge(ctx, { challengeId, userId });
    const achievements = await achievementsOf(ctx, challengeId);
    return achievements.flatMap(({ _id: achievementId, name }) => {
      const awards = progress.find((row) => row.achievementId === achievementId)?.awards ?? [];
      return awards.length === 0 ? [] : [{ achievementId, name, ...sumOf(awards) }];
    });
  },
});

function sumOf(awards: Doc<"achievementProgress">["awards"]): { times: number; points: number } {
  let points = 0;
  for (const award of awards) points += award.points;
  return { times: awards.length, points };
}

/**
 * Who would get awards by a definition now, some people a page; the answers of all pages add up. Computed by the code
 * that gives awards. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN and INVALID_INPUT.
 */
export const preview = viewerQuery({
  args: {
    challengeId: v.id("challenges"),
    ...definitionFields,
    cursor: v.optional(v.union(v.id("users"), v.null())),
  },
  returns: v.object({
    /** People of this page: looked at, with an award, and all their awards. */
    processed: v.number(),
    people: v.number(),
    awards: v.number(),
    /** The first 20 of them. */
    names: v.array(v.string()),
    continueCursor: v.union(v.id("users"), v.null()),
    isDone: v.boolean(),
  }),
  handler: async (ctx, { challengeId, cursor = null, ...wish }) => {
    const { challenge } = await needChallengeAdmin(ctx, challengeId);
    const definition = await needDefinition(ctx, challengeId, wish);
    const page = await previewAwards(ctx, challenge, definition, cursor);
    const names: string[] = [];
    for (const { userId } of page.people.slice(0, MAX_NAMES))
      names.push(await displayNameOf(ctx, userId));
    const { processed, continueCursor, isDone } = page;
    let awards = 0;
    for (const person of page.people) awards += person.awards;
    return { processed, people: page.people.length, awards, names, continueCursor, isDone };
  },
});

/**
 * How far the evaluations of everybody are, one per achievement. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT and
 * NOT_CHALLENGE_ADMIN.
 */
export const evaluations = viewerQuery({
  args: { challengeId: v.id("challenges") },
  returns: v.array(
    v.object({
      achievementId: v.id("achievements"),
      status: evaluationStatusValidator,
      /** People done, and awards given, moved or taken back. */
      processed: v.number(),
      changed: v.number(),
      /** UTC ms. */
      startedAt: v.number(),
      endedAt: v.optional(v.number()),
    }),
  ),
  handler: async (ctx, { challengeId }) => {
    await needChallengeAdmin(ctx, challengeId);
    const rows = await evaluationsOf(ctx, challengeId);
    return rows.map(({ achievementId, status, processed, changed, startedAt, endedAt }) => {
      return { achievementId, status, processed, changed, startedAt, endedAt };
    });
  },
});
