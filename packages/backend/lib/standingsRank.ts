import { TableAggregate } from "@convex-dev/aggregate";
import { ConvexError } from "convex/values";
import { components } from "../_generated/api";
import type { DataModel, Doc, Id } from "../_generated/dataModel";
import { type BoardPlace, placeIn, type RankKey } from "./ranks";
import type { ReadCtx, WriteCtx } from "./tableOwners";

type Standing = Doc<"standings">;

const BOARD_INDEX = "by_challengeId_and_listed_and_negTotal_and_reachedAt_and_userId";
/** Writes the queue gave up that one verification looks at. */
const MAX_DEAD_LETTERS = 100;
/** Ranks from a standing on that one repair looks at. */
const MAX_STRAY_RANKS = 20;

const rank = new TableAggregate<{
  Namespace: Id<"challenges">;
  Key: RankKey;
  DataModel: DataModel;
  TableName: "standings";
}>(components.standingsRank, {
  namespace: (row) => row.challengeId,
  sortKey: keyOf,
});

function keyOf({ negTotal, reachedAt, userId }: Standing): RankKey {
  return [negTotal, reachedAt, userId];
}

/**
 * Keeps the rank in step with one standing (null: there was none). Queued: a worker applies it about a second later,
 * so that people who log at once do not wait for each other's rank. Only listed standings have a rank.
 */
export async function queueRank(
  ctx: WriteCtx,
  before: Standing | null,
  after: Standing,
): Promise<void> {
  const ranked = before?.listed === true ? before : null;
  if (!after.listed) {
    if (ranked) await rank.delete(ctx, ranked, { async: true });
  } else if (ranked === null) {
    await rank.insert(ctx, after, { async: true });
  } else if (ranked.negTotal !== after.negTotal || ranked.reachedAt !== after.reachedAt) {
    await rank.replace(ctx, ranked, after, { async: true });
  }
}

/**
 * Puts a standing's rank where it belongs, wherever it was: for repairs, which cannot trust what is there. Queued like
 * every other change.
 *
 * @param before as it was stored; null: it is new
 * @param after null: it is gone
 */
export async function requeueRank(
  ctx: WriteCtx,
  before: Standing | null,
  after: Standing | null,
): Promise<void> {
  const isAway =
    after === null || !after.listed || JSON.stringify(keyOf(after)) !== keyText(before);
  if (before && isAway) await rank.deleteIfExists(ctx, before, { async: true });
  if (after?.listed) await rank.replaceOrInsert(ctx, after, after, { async: true });
}

const keyText = (standing: Standing | null) => JSON.stringify(standing && keyOf(standing));

/**
 * Sets the ranks right from the standing above this one to itself: its own is put there, and those of nobody are taken
 * away. Answers how many it counted where one belongs; null while changes are queued, when nothing is done.
 */
export async function repairRank(
  ctx: WriteCtx,
  standing: Standing,
  { dryRun }: { dryRun: boolean },
): Promise<number | null> {
  const [step = 1] = (await rankSteps(ctx, [standing])) ?? [null];
  if (dryRun || step === null || step === 1) return step;
  const [above] = await standingsNextTo(ctx, standing, "above", 1);
  const lower = above === undefined ? {} : { lower: { key: keyOf(above), inclusive: false } };
  const options = { namespace: standing.challengeId, bounds: lower, pageSize: MAX_STRAY_RANKS };
  const { page } = await rank.paginate(ctx, options);
  for (const { key, id } of page) {
    const [negTotal, reachedAt, userId] = key;
    const owner = await ctx.db.get("standings", id);
    const isOwn = owner?.listed && JSON.stringify(key) === keyText(owner);
    const stray = { ...standing, _id: id, negTotal, reachedAt, userId };
    if (!isOwn) await rank.deleteIfExists(ctx, stray, { async: true });
  }
  await rank.replaceOrInsert(ctx, standing, standing, { async: true });
  return step;
}

/**
 * How many people are listed in a challenge, as of about a second ago: read from a snapshot, so that people who join at
 * once do not conflict. People who left are not among them.
 */
export async function listedCount(
  ctx: Pick<ReadCtx, "runQuery" | "meta">,
  challengeId: Id<"challenges">,
): Promise<number> {
  return await rank.count(ctx, { namespace: challengeId, stale: true });
}

/** The place of a listed standing on the board of the total, see `placeIn`. */
export async function placeOf(
  ctx: Pick<ReadCtx, "runQuery" | "meta">,
  standing: Standing,
): Promise<BoardPlace> {
  return await placeIn(ctx, rank, standing.challengeId, keyOf(standing));
}

/** A page of the listed standings of a challenge, best first. */
export async function standingsPage(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  paging: { cursor: string | null; numItems: number },
) {
  return await ctx.db
    .query("standings")
    .withIndex(BOARD_INDEX, (q) => q.eq("challengeId", challengeId).eq("listed", true))
    .paginate(paging);
}

/** Up to `count` listed standings next to a listed one on the board, nearest first. */
export async function standingsNextTo(
  ctx: ReadCtx,
  { challengeId, negTotal, reachedAt, userId }: Standing,
  side: "above" | "below",
  count: number,
): Promise<Standing[]> {
  const isAbove = side === "above";
  const standings = () => ctx.db.query("standings");
  const sameMoment = standings().withIndex(BOARD_INDEX, (q) => {
    const same = q
      .eq("challengeId", challengeId)
      .eq("listed", true)
      .eq("negTotal", negTotal)
      .eq("reachedAt", reachedAt);
    return isAbove ? same.lt("userId", userId) : same.gt("userId", userId);
  });
  const sameTotal = standings().withIndex(BOARD_INDEX, (q) => {
    const same = q.eq("challengeId", challengeId).eq("listed", true).eq("negTotal", negTotal);
    return isAbove ? same.lt("reachedAt", reachedAt) : same.gt("reachedAt", reachedAt);
  });
  const others = standings().withIndex(BOARD_INDEX, (q) => {
    const listed = q.eq("challengeId", challengeId).eq("listed", true);
    return isAbove ? listed.lt("negTotal", negTotal) : listed.gt("negTotal", negTotal);
  });
  const found: Standing[] = [];
  for (const range of [sameMoment, sameTotal, others]) {
    if (found.length === count) break;
    found.push(...(await range.order(isAbove ? "desc" : "asc").take(count - found.length)));
  }
  return found;
}

/**
 * How many people the ranks count from the standing above each of these, exclusive, to itself, and for the last of the
 * board from there on: 1 wherever the ranks follow the board. Null while changes are queued.
 *
 * @param standings listed ones of one challenge
 */
export async function rankSteps(
  ctx: ReadCtx,
  standings: readonly Standing[],
): Promise<number[] | null> {
  const challengeId = standings[0]?.challengeId;
  if (challengeId === undefined) return [];
  const last = await ctx.db
    .query("standings")
    .withIndex(BOARD_INDEX, (q) => q.eq("challengeId", challengeId).eq("listed", true))
    .order("desc")
    .first();
  const spans = [];
  for (const standing of standings) {
    const [above] = await standingsNextTo(ctx, standing, "above", 1);
    const lower = above === undefined ? {} : { lower: { key: keyOf(above), inclusive: false } };
    const isLast = standing._id === last?._id;
    const upper = isLast ? {} : { upper: { key: keyOf(standing), inclusive: true } };
    spans.push({ namespace: challengeId, bounds: { ...lower, ...upper } });
  }
  try {
    // Not stale: this read is refused while anything is queued, and late is not wrong.
    return await rank.countBatch(ctx, spans);
  } catch (error) {
    if (error instanceof ConvexError && error.data?.code === "PENDING_OPERATIONS") return null;
    throw error;
  }
}

/** Changes of a challenge's ranks that the queue gave up because they did not fit, with the standing they are about. */
export async function lostRankChanges(
  ctx: Pick<ReadCtx, "runQuery">,
  challengeId: Id<"challenges">,
): Promise<Array<{ standingId: Id<"standings">; error: string }>> {
  const paginationOpts = { numItems: MAX_DEAD_LETTERS, cursor: null };
  const list = components.standingsRank.deadLetter.list;
  const { page } = await ctx.runQuery(list, { paginationOpts });
  const own = page.filter(({ operation }) => operation.namespace === challengeId);
  return own.map(({ operation, error }) => {
    // A position in the tree is a key and the id of the row it belongs to.
    const [, standingId] = "key" in operation ? operation.key : operation.currentKey;
    return { standingId, error };
  });
}
