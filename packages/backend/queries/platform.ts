import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { need } from "../lib/errors";
import { platformAdminQuery } from "../lib/functions";
import { healthOf, jobsInStatus } from "../lib/jobReads";
import { jobView, jobViewValidator } from "../lib/jobViews";
import { activeParticipationsOf } from "../lib/participations";
import { type Person, peopleByName, personByEmail } from "../lib/people";
import { listedCount } from "../lib/ranks";
import { checkPaging } from "../lib/rules/pages";
import type { ReadCtx } from "../lib/tableOwners";
import { checkEmail } from "../lib/text";
import { visibilityValidator } from "../tables/challenges";
import { jobStatusValidator } from "../tables/jobs";

const MAX_PAGE = 50;

/**
 * Every challenge, private ones too, newest first, at most 50 a page: how many people are on its boards, and what its
 * last verification said. For admins of the platform. Refuses NOT_SIGNED_IN, NOT_PLATFORM_ADMIN, INVALID_INPUT.
 */
export const challenges = platformAdminQuery({
  args: { paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(
    v.object({
      challengeId: v.id("challenges"),
      name: v.string(),
      startsOn: v.string(),
      endsOn: v.string(),
      timezone: v.string(),
      visibility: visibilityValidator,
      isFinal: v.boolean(),
      people: v.number(),
      status: v.union(v.literal("unknown"), v.literal("ok"), v.literal("drift")),
      /** UTC ms. */
      lastVerifiedAt: v.union(v.number(), v.null()),
    }),
  ),
  handler: async (ctx, { paginationOpts }) => {
    const paging = need(checkPaging(paginationOpts, MAX_PAGE));
    const result = await ctx.db.query("challenges").order("desc").paginate(paging);
    const page = await Promise.all(
      result.page.map(async (challenge) => {
        const { _id: challengeId, name, startsOn, endsOn, timezone, visibility } = challenge;
        const people = await listedCount(ctx, challengeId);
        const { status, lastVerifiedAt } = await healthOf(ctx, challengeId);
        const facts = { challengeId, name, startsOn, endsOn, timezone, visibility };
        const isFinal = challenge.finalAt !== undefined;
        return { ...facts, isFinal, people, status, lastVerifiedAt };
      }),
    );
    return { ...result, page };
  },
});

const personValidator = v.object({
  userId: v.id("users"),
  displayName: v.string(),
  isPlatformAdmin: v.boolean(),
  isDemo: v.boolean(),
  /** UTC ms. */
  createdAt: v.number(),
  /** Challenges they take part in, and those of them they organise; 100 at most are counted. */
  challenges: v.number(),
  organises: v.number(),
});

async function personView(ctx: ReadCtx, person: Person) {
  const { userId, displayName, isPlatformAdmin, isDemo, _creationTime: createdAt } = person;
  const parts = await activeParticipationsOf(ctx, userId);
  const organises = parts.filter(({ role }) => role === "admin").length;
  const counts = { challenges: parts.length, organises };
  return { userId, displayName, isPlatformAdmin, isDemo, createdAt, ...counts };
}

/**
 * People by name, at most 50 a page: those whose name begins with `search` as it is written, everybody for an empty
 * one, and for an e-mail address who signs in with exactly that. Addresses are never told. For admins of the platform.
 * Refuses NOT_SIGNED_IN, NOT_PLATFORM_ADMIN, INVALID_INPUT.
 */
export const people = platformAdminQuery({
  args: { search: v.string(), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(personValidator),
  handler: async (ctx, { search, paginationOpts }) => {
    const paging = need(checkPaging(paginationOpts, MAX_PAGE));
    if (search.includes("@")) {
      const person = await personByEmail(ctx, need(checkEmail(search, "search")));
      const page = person === null ? [] : [await personView(ctx, person)];
      return { page, isDone: true, continueCursor: "" };
    }
    const result = await peopleByName(ctx, search.trim()).paginate(paging);
    const page = await Promise.all(result.page.map((person) => personView(ctx, person)));
    return { ...result, page };
  },
});

/**
 * Jobs in one state, of all challenges and about none, the last that moved first, at most 50 a page. For admins of the
 * platform. Refuses NOT_SIGNED_IN, NOT_PLATFORM_ADMIN, INVALID_INPUT.
 */
export const jobs = platformAdminQuery({
  args: { status: jobStatusValidator, paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(
    v.object({
      ...jobViewValidator.fields,
      /** null: it is about no single challenge. */
      challengeId: v.union(v.id("challenges"), v.null()),
      /** null: there is none, or it is deleted. */
      challengeName: v.union(v.string(), v.null()),
    }),
  ),
  handler: async (ctx, { status, paginationOpts }) => {
    const paging = need(checkPaging(paginationOpts, MAX_PAGE));
    const result = await jobsInStatus(ctx, status).paginate(paging);
    const page = await Promise.all(
      result.page.map(async (job) => {
        const { challengeId } = job;
        const challenge = challengeId && (await ctx.db.get("challenges", challengeId));
        const challengeName = challenge?.name ?? null;
        return { ...(await jobView(ctx, job)), challengeId, challengeName };
      }),
    );
    return { ...result, page };
  },
});
