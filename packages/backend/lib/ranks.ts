import { DirectAggregate } from "@convex-dev/aggregate";
import { ConvexError } from "convex/values";
import { components } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import type { BoardId } from "./rules/boards";
import type { ReadCtx, WriteCtx } from "./tableOwners";

/** What a rank tree is sorted by, upwards: 0 - points, when they were reached (UTC ms), whose they are. */
export type RankKey = [negPoints: number, reachedAt: number, userId: Id<"users">];

/** A tree: of a challenge's total, or of one of its other boards. */
type RankTree = Id<"challenges"> | [Id<"challenges">, board: BoardId["board"], key: string];

/** A row of a board as its tree holds it. Only listed rows have a rank. */
export interface Ranked {
  namespace: RankTree;
  key: RankKey;
  id: Id<"standings"> | Id<"boardTotals">;
  listed: boolean;
}

/** A row before (null: there was none) and after (null: there is none) a change. */
export interface RankMove {
  before: Ranked | null;
  after: Ranked | null;
}

/** Where somebody is on a board: rows above them, and rows above everybody they share their points with. */
export interface BoardPlace {
  position: number;
  rank: number;
}

/** A part of a tree between two keys. */
interface RankSpan {
  namespace: RankTree;
  bounds: {
    lower?: { key: RankKey; inclusive: boolean };
    upper?: { key: RankKey; inclusive: boolean };
  };
}

/** Entries of a tree that one look at a part of it reads. */
const MAX_ENTRIES = 20;
const LOST_PER_PAGE = 100;
/** Pages of lost changes that are looked through, over all challenges. */
const MAX_LOST_PAGES = 10;

/**
 * The ranks of all boards, a tree each, in one component: what a change of points queues for the total and for the
 * boards is one entry of one queue, which wakes one worker. It is called after the first of its boards.
 */
const ranks = new DirectAggregate<{ Namespace: RankTree; Key: RankKey; Id: Ranked["id"] }>(
  components.standingsRank,
);

type Operation = Parameters<typeof ranks.enqueueBatch>[1][number];

/** Whether two rows are at the same place of the same tree. */
export function isSamePlace(one: Ranked | null, other: Ranked | null): boolean {
  const text = (row: Ranked | null) => JSON.stringify(row && [row.namespace, row.key]);
  return text(one) === text(other);
}

const itemOf = ({ namespace, key, id }: Ranked) => ({ namespace, key, id });

/**
 * Keeps ranks in step with their rows. Queued: a worker applies it about a second later, so that people who log at once
 * do not wait for each other's rank.
 */
export async function queueRanks(ctx: WriteCtx, moves: readonly RankMove[]): Promise<void> {
  const operations = moves.flatMap(({ before, after }): Operation[] => {
    const ranked = before?.listed === true ? before : null;
    const next = after?.listed === true ? after : null;
    if (ranked === null) return next === null ? [] : [{ type: "insert", ...itemOf(next) }];
    if (next === null) return [{ type: "delete", ...itemOf(ranked) }];
    if (isSamePlace(ranked, next)) return [];
    return [{ type: "replace", currentItem: itemOf(ranked), newItem: itemOf(next) }];
  });
  if (operations.length > 0) await ranks.enqueueBatch(ctx, operations);
}

/**
 * Puts rows where they belong, wherever they were: for repairs, which cannot trust what is there. Queued like every
 * other change.
 */
export async function requeueRanks(ctx: WriteCtx, moves: readonly RankMove[]): Promise<void> {
  const operations = moves.flatMap(({ before, after }): Operation[] => {
    const isAway = after?.listed !== true || !isSamePlace(before, after);
    const gone: Operation[] =
      before !== null && isAway ? [{ type: "deleteIfExists", ...itemOf(before) }] : [];
    if (after?.listed !== true) return gone;
    const item = itemOf(after);
    return [...gone, { type: "replaceOrInsert", currentItem: item, newItem: item }];
  });
  if (operations.length > 0) await ranks.enqueueBatch(ctx, operations);
}

/** How the points of everybody on a challenge's total board are spread. */
export interface Spread {
  /** People on the board. */
  count: number;
  /** null while nobody is on it. */
  best: number | null;
  /** Of an even number of people the mean of the two in the middle; null while nobody is on it. */
  median: number | null;
}

/** The spread of a challenge's total board as of about a second ago, read from a snapshot like `listedCount`. */
export async function spreadOf(
  ctx: Pick<ReadCtx, "runQuery" | "meta">,
  namespace: Id<"challenges">,
): Promise<Spread> {
  const count = await listedCount(ctx, namespace);
  if (count === 0) return { count, best: null, median: null };
  const offsets = [0, Math.floor((count - 1) / 2), Math.floor(count / 2)];
  const places = offsets.map((offset) => ({ namespace, offset }));
  const items = await ranks.atBatch(ctx, places, { stale: true });
  const [best = 0, upper = 0, lower = 0] = items.map(({ key: [negPoints] }) => 0 - negPoints);
  return { count, best, median: (upper + lower) / 2 };
}

/**
 * The place of a row on its board, counted from 1; people with equal points share a rank (1, 2, 2, 4). It lags the
 * points by what is still queued, about a second.
 */
export async function placeOf(
  ctx: Pick<ReadCtx, "runQuery" | "meta">,
  { namespace, key: [negPoints, reachedAt, userId] }: Ranked,
): Promise<BoardPlace> {
  const above = (key: [number, number, Id<"users">] | [number, number, ""]): RankSpan => ({
    namespace,
    bounds: { upper: { key: key as RankKey, inclusive: false } },
  });
  // No reachedAt is below 0, so the second bound is under everybody with the same points.
  const bounds = [above([negPoints, reachedAt, userId]), above([negPoints, -1, ""])];
  const [before = 0, better = 0] = await ranks.countBatch(ctx, bounds, { stale: true });
  return { position: before + 1, rank: better + 1 };
}

/**
 * How many people are listed in a challenge, as of about a second ago: read from a snapshot, so that people who join at
 * once do not conflict. People who left are not among them.
 */
export async function listedCount(
  ctx: Pick<ReadCtx, "runQuery" | "meta">,
  challengeId: Id<"challenges">,
): Promise<number> {
  return await ranks.count(ctx, { namespace: challengeId, stale: true });
}

/** How many entries parts of trees have. Null while changes are queued: then late is not wrong. */
export async function countSpans(
  ctx: ReadCtx,
  spans: readonly RankSpan[],
): Promise<number[] | null> {
  try {
    return await ranks.countBatch(ctx, [...spans]);
  } catch (error) {
    if (error instanceof ConvexError && error.data?.code === "PENDING_OPERATIONS") return null;
    throw error;
  }
}

/** The first 20 entries of a part of a tree. */
export async function entriesOf(ctx: ReadCtx, span: RankSpan): Promise<Ranked[]> {
  const { namespace } = span;
  const { page } = await ranks.paginate(ctx, { ...span, pageSize: MAX_ENTRIES });
  return page.map(({ key, id }) => ({ namespace, key, id, listed: true }));
}

/** A change of ranks the queue gave up, because the tree was not as it says. */
export interface LostRankChange {
  lostId: string;
  namespace: RankTree;
  /** The row it is about, which may be gone. */
  id: Ranked["id"];
  error: string;
}

/** Changes of a challenge's ranks that the queue gave up, among the first 1,000 of all challenges. */
export async function lostRankChanges(
  ctx: Pick<ReadCtx, "runQuery">,
  challengeId: Id<"challenges">,
): Promise<LostRankChange[]> {
  const { list } = components.standingsRank.deadLetter;
  const found: LostRankChange[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < MAX_LOST_PAGES; pages += 1) {
    const paginationOpts = { numItems: LOST_PER_PAGE, cursor };
    const result: Awaited<ReturnType<typeof ctx.runQuery<typeof list>>> = await ctx.runQuery(list, {
      paginationOpts,
    });
    for (const { _id: lostId, operation, error } of result.page) {
      const namespace = operation.namespace as RankTree;
      const owner = typeof namespace === "string" ? namespace : namespace[0];
      // A position in the tree is a key and the id of the row it belongs to.
      const [, id] = "key" in operation ? operation.key : operation.currentKey;
      if (owner === challengeId) found.push({ lostId, namespace, id, error });
    }
    if (result.isDone) break;
    cursor = result.continueCursor;
  }
  return found;
}

/** Forgets a lost change, once the rank it is about was set right. */
export async function forgetLostChange(
  ctx: WriteCtx,
  { lostId: id }: LostRankChange,
): Promise<void> {
  await ctx.runMutation(components.standingsRank.deadLetter.delete_, { id });
}
