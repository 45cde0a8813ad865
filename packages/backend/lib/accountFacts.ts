import type { Doc, Id } from "../_generated/dataModel";
import { activityPointsAggregate } from "./activityPointsAggregate";
import { boardTotalsOf } from "./boardTotals";
import { participationOf } from "./participations";
import { streakRulesOf } from "./rules/streak";
import type { AccountFacts } from "./rules/verifyAccount";
import type { ReadCtx } from "./tableOwners";

/** An account has at most 2,000 rows and 366 days. */
const MAX_ROWS = 2_001;
const MAX_DAYS = 400;
const MAX_STANDINGS = 10;
/** More events than that are verified from the last one back. */
const MAX_EVENTS = 8_000;
/** Entries of the aggregate read at once, and at most for one person. */
const ENTRIES_PER_PAGE = 250;
const MAX_ENTRIES = 2_500;

/** Answers which rule version each of these rows is scored with. */
type RuleReader = (rows: ReadonlyArray<Doc<"activities">>) => Promise<AccountFacts["ruleOf"]>;

/** Reads each rule version once, also over many accounts. */
export function ruleReader(ctx: ReadCtx): RuleReader {
  const known = new Map<string, Doc<"activityTypeVersions"> | null>();
  const keyOf = (row: { activityTypeId: string | null; ruleVersion: number }) =>
    `${row.activityTypeId}/${row.ruleVersion}`;
  return async (rows) => {
    for (const row of rows) {
      const { activityTypeId, ruleVersion } = row;
      if (activityTypeId === null || known.has(keyOf(row))) continue;
      const version = await ctx.db
        .query("activityTypeVersions")
        .withIndex("by_activityTypeId_and_version", (q) =>
          q.eq("activityTypeId", activityTypeId).eq("version", ruleVersion),
        )
        .unique();
      known.set(keyOf(row), version);
    }
    return (row) => known.get(keyOf(row)) ?? null;
  };
}

/**
 * Everything stored about one person in one challenge, for verify and repair. Null while the person is being erased,
 * when nothing has to agree.
 */
export async function accountFacts(
  ctx: ReadCtx,
  challenge: Doc<"challenges">,
  userId: Id<"users">,
  rules: RuleReader = ruleReader(ctx),
): Promise<AccountFacts | null> {
  const owner = { challengeId: challenge._id, userId };
  const participation = await participationOf(ctx, owner.challengeId, userId);
  if (participation?.status === "erasing") return null;
  const rows = await ctx.db
    .query("activities")
    .withIndex("by_challengeId_and_userId_and_loggedDate", (q) =>
      q.eq("challengeId", owner.challengeId).eq("userId", userId),
    )
    .take(MAX_ROWS);
  const days = await ctx.db
    .query("dayTotals")
    .withIndex("by_challengeId_and_userId_and_day", (q) =>
      q.eq("challengeId", owner.challengeId).eq("userId", userId),
    )
    .take(MAX_DAYS);
  const standings = await ctx.db
    .query("standings")
    .withIndex("by_challengeId_and_userId", (q) =>
      q.eq("challengeId", owner.challengeId).eq("userId", userId),
    )
    .take(MAX_STANDINGS);
  const events = await ctx.db
    .query("pointEvents")
    .withIndex("by_challengeId_and_userId_and_seq", (q) =>
      q.eq("challengeId", owner.challengeId).eq("userId", userId),
    )
    .order("desc")
    .take(MAX_EVENTS);
  return {
    owner,
    rows,
    days,
    standings,
    events,
    hasAllEvents: events.length < MAX_EVENTS,
    boards: await boardTotalsOf(ctx, owner),
    aggregate: await entriesOf(ctx, owner),
    streakRules: streakRulesOf(challenge),
    ruleOf: await rules(rows),
    startsOn: challenge.startsOn,
    isListed: participation?.status === "active" && participation.isUnranked !== true,
    joinedAt: participation?.joinedAt ?? challenge._creationTime,
    isFinal: challenge.finalAt !== undefined,
  };
}

/** What the aggregate counts for a person, and its sum of it. */
async function entriesOf(
  ctx: ReadCtx,
  { challengeId, userId }: AccountFacts["owner"],
): Promise<AccountFacts["aggregate"]> {
  const prefix: [Id<"users">] = [userId];
  const ofPerson = { namespace: challengeId, bounds: { prefix } };
  const items: Array<{ activityId: string; points: number }> = [];
  let cursor: string | undefined;
  while (items.length < MAX_ENTRIES) {
    const page = await activityPointsAggregate.paginate(ctx, {
      ...ofPerson,
      cursor,
      pageSize: ENTRIES_PER_PAGE,
    });
    items.push(...page.page.map(({ id, sumValue }) => ({ activityId: id, points: sumValue })));
    if (page.isDone) break;
    cursor = page.cursor;
  }
  return { items, sum: await activityPointsAggregate.sum(ctx, ofPerson) };
}
