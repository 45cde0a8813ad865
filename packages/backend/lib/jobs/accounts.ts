import type { Doc, Id } from "../../_generated/dataModel";
import type { AccountFinding } from "../../tables/jobs";
import { needChallenge } from "../access";
import { repairAwards, verifyAwards } from "../achievementVerification";
import { activityPointsAggregate } from "../activityPointsAggregate";
import { clearAggregate } from "../activityWrites";
import { setAggregateState } from "../challenges";
import { fillSearchName } from "../participations";
import { repairAccount } from "../pointLedger";
import { listedRows, lostFinding, rankFinding, repairRanks, wrongRanks } from "../rankRepair";
import { forgetLostChange, lostRankChanges } from "../ranks";
import type { ReadCtx, WriteCtx } from "../tableOwners";
import { type Applied, type Job, once, type Stage } from "./stage";

/** Above every id. */
const LAST = "\uffff";

/** The challenge of a job. */
export async function challengeOf(ctx: ReadCtx, { challengeId }: Job): Promise<Doc<"challenges">> {
  if (challengeId === null) throw new Error("this job is about no challenge");
  return await needChallenge(ctx, challengeId);
}

/**
 * The next people something is stored about in a challenge, by id: in any table and in the aggregate, so that what
 * belongs to nobody is found as well.
 */
export async function peopleAfter(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  { after, limit }: { after: string | null; limit: number },
): Promise<string[]> {
  const people: string[] = [];
  let last = after ?? "";
  while (people.length < limit) {
    const next = await personAfter(ctx, challengeId, last as Id<"users">);
    if (next === undefined) break;
    people.push(next);
    last = next;
  }
  return people;
}

async function personAfter(ctx: ReadCtx, challengeId: Id<"challenges">, last: Id<"users">) {
  const lower = { key: [last, LAST] as [Id<"users">, Id<"activities">], inclusive: false };
  const bounds = last === "" ? {} : { bounds: { lower } };
  const counted = await activityPointsAggregate.min(ctx, { namespace: challengeId, ...bounds });
  const rows = [
    await ctx.db
      .query("participations")
      .withIndex("by_challengeId_and_userId", (q) =>
        q.eq("challengeId", challengeId).gt("userId", last),
      )
      .first(),
    await ctx.db
      .query("standings")
      .withIndex("by_challengeId_and_userId", (q) =>
        q.eq("challengeId", challengeId).gt("userId", last),
      )
      .first(),
    await ctx.db
      .query("activities")
      .withIndex("by_challengeId_and_userId_and_loggedDate", (q) =>
        q.eq("challengeId", challengeId).gt("userId", last),
      )
      .first(),
    await ctx.db
      .query("dayTotals")
      .withIndex("by_challengeId_and_userId_and_day", (q) =>
        q.eq("challengeId", challengeId).gt("userId", last),
      )
      .first(),
    await ctx.db
      .query("boardTotals")
      .withIndex("by_challengeId_and_userId_and_board_and_key", (q) =>
        q.eq("challengeId", challengeId).gt("userId", last),
      )
      .first(),
    await ctx.db
      .query("pointEvents")
      .withIndex("by_challengeId_and_userId_and_seq", (q) =>
        q.eq("challengeId", challengeId).gt("userId", last),
      )
      .first(),
  ];
  const ids = [...rows.flatMap((row) => (row ? [row.userId] : [])), counted?.key[0]];
  return ids.filter((id) => id !== undefined).sort()[0];
}

const people: Stage["keys"] = async (ctx, job, range) =>
  await peopleAfter(ctx, (await challengeOf(ctx, job))._id, range);

/** Compares everybody with their rows, and repairs what differs unless it is a dry run. */
export const accounts: Stage = {
  name: "accounts",
  batch: 10,
  keys: people,
  apply: async (ctx, job, key): Promise<Applied> => {
    const challenge = await challengeOf(ctx, job);
    const userId = key as Id<"users">;
    const { dryRun } = job;
    const repaired = await repairAccount(ctx, { challenge, userId, dryRun, at: Date.now() });
    const findings = repaired.findings
      .filter(({ kind }) => !(job.isRebuild && kind.startsWith("aggregate.")))
      .map((finding) => ({ ...finding, userId }));
    return { findings, isAgain: !repaired.isDone };
  },
};

/** Compares everybody's awards with what their rows deserve. */
export const awards: Stage = {
  name: "awards",
  batch: 5,
  keys: people,
  apply: async (ctx, job, key): Promise<Applied> => {
    const challenge = await challengeOf(ctx, job);
    const userId = key as Id<"users">;
    const { findings, wrong } = await verifyAwards(ctx, challenge, userId);
    if (!job.dryRun) await repairAwards(ctx, challenge, userId, wrong);
    return { findings };
  },
};

/** Compares everybody's ranks with the boards; what is queued is late and not wrong. */
export const ranks: Stage = {
  name: "ranks",
  batch: 5,
  keys: people,
  apply: async (ctx, job, key): Promise<Applied> => {
    const challengeId = (await challengeOf(ctx, job))._id;
    const rows = await listedRows(ctx, { challengeId, userId: key as Id<"users"> });
    const wrong = await wrongRanks(ctx, rows);
    if (wrong === null) return { isWaiting: true };
    if (!job.dryRun) await repairRanks(ctx, wrong);
    return { findings: wrong.map(rankFinding) };
  },
};

/** Makes everybody findable by name who joined before there was a search. */
export const searchNames: Stage = {
  name: "names",
  batch: 50,
  keys: people,
  apply: async (ctx, job, key) => {
    const { _id } = await challengeOf(ctx, job);
    if (!job.dryRun) await fillSearchName(ctx, _id, key as Id<"users">);
    return {};
  },
};

/** A sum that is no whole number never heals: the aggregate is emptied, to be built again from the rows. */
export const aggregateSum = once(async (ctx, job) => {
  const { _id } = await challengeOf(ctx, job);
  const sum = await activityPointsAggregate.sum(ctx, { namespace: _id });
  if (Number.isSafeInteger(sum)) return {};
  if (!job.dryRun) {
    await setAggregateState(ctx, _id, "building");
    await clearAggregate(ctx, _id);
  }
  const kind = "aggregate.notANumber";
  const finding = { kind, expected: null, actual: String(sum), cure: "repair" } as const;
  return { findings: [finding], isRebuild: true };
}, "sums");

/** From here on totals are read from standings, and live changes tolerate what the aggregate lacks. */
export const beginBuilding = once(async (ctx, job) => {
  if (!job.dryRun) await setAggregateState(ctx, (await challengeOf(ctx, job))._id, "building");
  return { isRebuild: true };
}, "sums");

/** Everybody's entries are there: sums are read again. */
export const endBuilding = once(async (ctx, job) => {
  const { _id, aggregateState } = await challengeOf(ctx, job);
  if (!job.dryRun && aggregateState !== "ready") await setAggregateState(ctx, _id, "ready");
  return {};
}, "sums");

/** Changes of ranks that the queue gave up; once the ranks were set right they are forgotten. */
export const deadLetters = once(async (ctx: WriteCtx, job) => {
  const findings: AccountFinding[] = [];
  const { _id } = await challengeOf(ctx, job);
  for (const lost of await lostRankChanges(ctx, _id)) {
    findings.push(await lostFinding(ctx, lost));
    if (!job.dryRun) await forgetLostChange(ctx, lost);
  }
  return { findings };
}, "lostRanks");
