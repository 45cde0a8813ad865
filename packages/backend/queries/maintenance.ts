import { v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import { needChallenge } from "../lib/access";
import { boardTotalsOf } from "../lib/boardTotals";
import { totalOf } from "../lib/challengePoints";
import { need } from "../lib/errors";
import { internalQuery } from "../lib/functions";
import { NO_TRAITS, type RowTraits } from "../lib/rules/ledger";
import { checkPageSize } from "../lib/rules/pages";
import { verifyAccount } from "../lib/rules/verifyAccount";
import { lostRankChanges, rankSteps } from "../lib/standingsRank";
import type { ReadCtx } from "../lib/tableOwners";

const DEFAULT_PAGE = 20;
const MAX_PAGE = 50;
/** A page ends early when it has read this many documents: half of what a transaction may. */
const MAX_DOCUMENTS = 16_000;
/** An account has at most 2,000 rows and 366 days. */
const MAX_ROWS = 2_001;
const MAX_DAYS = 400;
/** More events than that are verified from the last one back. */
const MAX_EVENTS = 8_000;

const finding = v.object({
  kind: v.string(),
  userId: v.id("users"),
  expected: v.union(v.number(), v.string(), v.null()),
  actual: v.union(v.number(), v.string(), v.null()),
});

/**
 * Verifies the next participants of a challenge (`limit` at most 50, fewer when they have many rows): live rows,
 * aggregate, standing, last event, gapless sequence, day and board totals, streak and, unless changes are queued, the ranks must
 * agree; the first page also names changes of ranks that were lost. Finds, and repairs nothing. Refuses NOT_FOUND and
 * INVALID_INPUT.
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
  handler: async (ctx, { challengeId, cursor, limit = DEFAULT_PAGE }) => {
    const challenge = await needChallenge(ctx, challengeId);
    const size = need(checkPageSize("limit", limit, MAX_PAGE));
    const standings = await ctx.db
      .query("standings")
      .withIndex("by_challengeId_and_userId", (q) => {
        const inChallenge = q.eq("challengeId", challengeId);
        return cursor ? inChallenge.gt("userId", cursor as Id<"users">) : inChallenge;
      })
      .take(size + 1);
    const traitsOf = traitsReader(ctx);
    const findings = [];
    let checked = 0;
    let read = 0;
    for (const standing of standings.slice(0, size)) {
      if (read > MAX_DOCUMENTS) break;
      const account = await readAccount(ctx, standing);
      const { rows, events, days, boards } = account;
      read += rows.length + events.length + days.length + boards.length;
      const found = verifyAccount({
        ...account,
        standing,
        aggregateSum: await totalOf(ctx, challengeId, standing.userId),
        streakRules: {
          minPoints: challenge.streakMinPoints,
          bonus: challenge.streakBonus,
          dailyCap: challenge.streakBonusDailyCap,
        },
        traitsOf: await traitsOf(account.rows),
        startsOn: challenge.startsOn,
      });
      findings.push(...found.map((one) => ({ ...one, userId: standing.userId })));
      checked += 1;
    }
    findings.push(...(await rankFindings(ctx, standings.slice(0, checked))));
    if (!cursor) findings.push(...(await lostFindings(ctx, challengeId)));
    const continueCursor = standings[checked - 1]?.userId ?? cursor ?? "";
    return { checked, findings, continueCursor, isDone: checked === standings.length };
  },
});

async function readAccount(ctx: ReadCtx, { challengeId, userId }: Doc<"standings">) {
  const rows = await ctx.db
    .query("activities")
    .withIndex("by_challengeId_and_userId_and_loggedDate", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId),
    )
    .take(MAX_ROWS);
  const days = await ctx.db
    .query("dayTotals")
    .withIndex("by_challengeId_and_userId_and_day", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId),
    )
    .take(MAX_DAYS);
  const events = await ctx.db
    .query("pointEvents")
    .withIndex("by_challengeId_and_userId_and_seq", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId),
    )
    .order("desc")
    .take(MAX_EVENTS);
  const boards = await boardTotalsOf(ctx, { challengeId, userId });
  return { rows, days, boards, events, hasAllEvents: events.length < MAX_EVENTS };
}

/** Listed people who are not ranked where they stand on the board; none while changes are queued. */
async function rankFindings(ctx: ReadCtx, standings: Array<Doc<"standings">>) {
  const listed = standings.filter((standing) => standing.listed);
  const steps = (await rankSteps(ctx, listed)) ?? [];
  return listed.flatMap(({ userId }, index) => {
    const actual = steps[index] ?? 1;
    return actual === 1 ? [] : [{ kind: "standingsRank", userId, expected: 1, actual }];
  });
}

/** Changes of ranks that were given up, with whose they are. */
async function lostFindings(ctx: ReadCtx, challengeId: Id<"challenges">) {
  const findings = [];
  for (const { standingId, error } of await lostRankChanges(ctx, challengeId)) {
    const standing = await ctx.db.get("standings", standingId);
    if (standing === null) continue;
    const { userId } = standing;
    findings.push({ kind: "standingsRank.deadLetter", userId, expected: null, actual: error });
  }
  return findings;
}

/** Answers what the rules of rows say beside their points; reads each rule version of the page once. */
function traitsReader(ctx: ReadCtx) {
  const known = new Map<string, RowTraits>();
  const keyOf = (row: Pick<Doc<"activities">, "activityTypeId" | "ruleVersion">) =>
    `${row.activityTypeId}/${row.ruleVersion}`;
  return async (rows: Array<Doc<"activities">>) => {
    for (const row of rows) {
      const { activityTypeId, ruleVersion } = row;
      if (activityTypeId === null || known.has(keyOf(row))) continue;
      const rule = await ctx.db
        .query("activityTypeVersions")
        .withIndex("by_activityTypeId_and_version", (q) =>
          q.eq("activityTypeId", activityTypeId).eq("version", ruleVersion),
        )
        .unique();
      known.set(keyOf(row), rule ?? NO_TRAITS);
    }
    return (row: Pick<Doc<"activities">, "activityTypeId" | "ruleVersion">) =>
      known.get(keyOf(row)) ?? NO_TRAITS;
  };
}
