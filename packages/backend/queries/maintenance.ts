import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import type { Id } from "../_generated/dataModel";
import { verifyAwards } from "../lib/achievementVerification";
import { accountFacts, ruleReader } from "../lib/accountFacts";
import { needChallenge, needChallengeAdmin } from "../lib/access";
import { displayNameOf } from "../lib/displayNames";
import { need, refuse } from "../lib/errors";
import { internalQuery, viewerQuery } from "../lib/functions";
import { backfillsUnderWay, findingsOf, healthOf, needJob } from "../lib/jobReads";
import { peopleAfter } from "../lib/jobs/accounts";
import { findingViews, findingViewValidator, jobView, jobViewValidator } from "../lib/jobViews";
import { closeImpact } from "../lib/rules/impact";
import { checkPageSize, checkPaging } from "../lib/rules/pages";
import { verifyAccount } from "../lib/rules/verifyAccount";
import { listedRows, lostFinding, rankFinding, wrongRanks } from "../lib/rankRepair";
import { lostRankChanges } from "../lib/ranks";
import type { ReadCtx } from "../lib/tableOwners";
import { findingValidator, impactShareValidator, jobStatusValidator } from "../tables/jobs";

const DEFAULT_PAGE = 20;
const MAX_PAGE = 50;
/** A page ends early when it has read this many documents: half of what a transaction may. */
const MAX_DOCUMENTS = 16_000;
/** What comparing one rank with the board counts as: it reads the nodes of its tree. */
const READS_PER_RANK = 40;
/** Findings a verification shows at once; `findings` pages through all that are kept. */
const MAX_SHOWN = 100;
const MAX_JOBS = 50;

const finding = v.object(findingValidator.fields);

/**
 * Verifies the next people of a challenge (`limit` at most 50, fewer when they have many rows): live rows, aggregate,
 * standing, events, day and board totals, streak, awards and, unless changes are queued, the ranks must agree; the first page also names
 * changes of ranks that were lost. Finds, and repairs nothing. Refuses NOT_FOUND and INVALID_INPUT.
 *
 * @param cursor where the last page ended, null for the first
 */
export const verifyPage = internalQuery({
  args: {
    challengeId: v.id("challenges"),
    cursor: v.optional(v.union(v.string(), v.null())),
    limit: v.optional(v.number()),
  },
  returns: v.object({
    checked: v.number(),
    findings: v.array(finding),
    continueCursor: v.string(),
    isDone: v.boolean(),
  }),
  handler: async (ctx, { challengeId, cursor = null, limit = DEFAULT_PAGE }) => {
    const challenge = await needChallenge(ctx, challengeId);
    const size = need(checkPageSize("limit", limit, MAX_PAGE));
    const people = await peopleAfter(ctx, challengeId, { after: cursor, limit: size + 1 });
    const rules = ruleReader(ctx);
    const findings = [];
    const verified: Array<Id<"users">> = [];
    let checked = 0;
    let read = 0;
    for (const person of people.slice(0, size)) {
      if (read > MAX_DOCUMENTS) break;
      const userId = person as Id<"users">;
      const facts = await accountFacts(ctx, challenge, userId, rules);
      checked += 1;
      if (facts === null) continue;
      // The rows are read once more for the awards.
      read += 2 * facts.rows.length + facts.events.length + facts.days.length;
      read += facts.boards.length * READS_PER_RANK;
      findings.push(...verifyAccount(facts).findings.map((one) => ({ ...one, userId })));
      findings.push(...(await verifyAwards(ctx, challenge, userId)).findings);
      verified.push(userId);
    }
    findings.push(...(await rankFindings(ctx, challengeId, verified)));
    if (cursor === null) findings.push(...(await lostFindings(ctx, challengeId)));
    const continueCursor = people[checked - 1] ?? cursor ?? "";
    return { checked, findings, continueCursor, isDone: checked === people.length };
  },
});

/** Rows of boards that are not ranked where they stand; none while changes are queued. */
async function rankFindings(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  people: ReadonlyArray<Id<"users">>,
) {
  const rows = [];
  for (const userId of people) rows.push(...(await listedRows(ctx, { challengeId, userId })));
  return ((await wrongRanks(ctx, rows)) ?? []).map(rankFinding);
}

/** Changes of ranks that were given up. */
async function lostFindings(ctx: ReadCtx, challengeId: Id<"challenges">) {
  const findings = [];
  for (const lost of await lostRankChanges(ctx, challengeId))
    findings.push(await lostFinding(ctx, lost));
  return findings;
}

/**
 * What the last verification of a challenge found, for its admins: `ok`, `drift` or, before the first one, `unknown`.
 * Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN.
 */
export const health = viewerQuery({
  args: { challengeId: v.id("challenges") },
  returns: v.object({
    status: v.union(v.literal("unknown"), v.literal("ok"), v.literal("drift")),
    lastVerifiedAt: v.union(v.number(), v.null()),
    /** The verification, and its findings by kind. */
    jobId: v.union(v.id("jobs"), v.null()),
    counts: v.record(v.string(), v.number()),
    findings: v.array(findingViewValidator),
  }),
  handler: async (ctx, { challengeId }) => {
    await needChallengeAdmin(ctx, challengeId);
    const { job: verification, ...found } = await healthOf(ctx, challengeId);
    const named = verification ? await findingsOf(ctx, verification._id, MAX_SHOWN) : [];
    const { _id: jobId = null, counts = {} } = verification ?? {};
    return { ...found, jobId, counts, findings: await findingViews(ctx, named) };
  },
});

/** The jobs of a challenge, newest first, at most 50 a page, for its admins. Refuses like `health`, and INVALID_INPUT. */
export const jobs = viewerQuery({
  args: { challengeId: v.id("challenges"), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(jobViewValidator),
  handler: async (ctx, { challengeId, paginationOpts }) => {
    await needChallengeAdmin(ctx, challengeId);
    const result = await ctx.db
      .query("jobs")
      .withIndex("by_challengeId", (q) => q.eq("challengeId", challengeId))
      .order("desc")
      .paginate(need(checkPaging(paginationOpts, MAX_JOBS)));
    const page = await Promise.all(result.page.map((one) => jobView(ctx, one)));
    return { ...result, page };
  },
});

async function needOwnJob(ctx: ReadCtx, jobId: Id<"jobs">, challengeId: Id<"challenges">) {
  const job = await needJob(ctx, jobId);
  return job.challengeId === challengeId ? job : refuse({ code: "NOT_FOUND", what: "job" });
}

/** How far the backfills of all challenges have come: what `npm start` shows. */
export const openBackfills = internalQuery({
  args: {},
  returns: v.object({ open: v.number(), processed: v.number(), failed: v.number() }),
  handler: async (ctx) => await backfillsUnderWay(ctx),
});

/** How far a job of a challenge has come, live, for its admins. Refuses like `health`. */
export const job = viewerQuery({
  args: { challengeId: v.id("challenges"), jobId: v.id("jobs") },
  returns: jobViewValidator,
  handler: async (ctx, { challengeId, jobId }) => {
    await needChallengeAdmin(ctx, challengeId);
    return await jobView(ctx, await needOwnJob(ctx, jobId, challengeId));
  },
});

/**
 * What a rescore has changed so far, or, of a dry run, would change: people, activities, points, the ten largest changes
 * of one person, and how many activities it had to leave. Streak bonuses count as points; awards that follow do so once
 * they are given, so not in a dry run; activities of Strava are counted, and their points are not. Nothing for jobs of other kinds. Refuses like `health`.
 */
export const impact = viewerQuery({
  args: { challengeId: v.id("challenges"), jobId: v.id("jobs") },
  returns: v.object({
    status: jobStatusValidator,
    people: v.number(),
    activities: v.number(),
    points: v.number(),
    skipped: v.number(),
    largest: v.array(v.object({ ...impactShareValidator.fields, displayName: v.string() })),
  }),
  handler: async (ctx, { challengeId, jobId }) => {
    await needChallengeAdmin(ctx, challengeId);
    const found = await needOwnJob(ctx, jobId, challengeId);
    const { largest, ...sums } = closeImpact(found.impact);
    const named = [];
    for (const share of largest)
      named.push({ ...share, displayName: await displayNameOf(ctx, share.userId) });
    const skipped = found.counts["rescored.skipped"] ?? 0;
    return { status: found.status, ...sums, skipped, largest: named };
  },
});

/** What a job found, page by page, for admins of its challenge; 1,000 are kept. Refuses like `health`. */
export const findings = viewerQuery({
  args: {
    challengeId: v.id("challenges"),
    jobId: v.id("jobs"),
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(findingViewValidator),
  handler: async (ctx, { challengeId, jobId, paginationOpts }) => {
    await needChallengeAdmin(ctx, challengeId);
    await needOwnJob(ctx, jobId, challengeId);
    const result = await ctx.db
      .query("jobFindings")
      .withIndex("by_jobId", (q) => q.eq("jobId", jobId))
      .paginate(need(checkPaging(paginationOpts, MAX_SHOWN)));
    return { ...result, page: await findingViews(ctx, result.page) };
  },
});
