import type { Doc, Id } from "../_generated/dataModel";
import type { Ranked } from "./ranks";
import type { ReadCtx } from "./tableOwners";

type Standing = Doc<"standings">;

const BOARD_INDEX = "by_challengeId_and_listed_and_negTotal_and_reachedAt_and_userId";

/** A standing as the tree of its challenge's total holds it. */
export function rankedStanding(standing: Standing): Ranked {
  const { _id: id, challengeId: namespace, negTotal, reachedAt, userId, listed } = standing;
  return { namespace, key: [negTotal, reachedAt, userId], id, listed };
}

/** The listed standings of a challenge, best first. */
const listedStandings = (ctx: ReadCtx, challengeId: Id<"challenges">) =>
  ctx.db
    .query("standings")
    .withIndex(BOARD_INDEX, (q) => q.eq("challengeId", challengeId).eq("listed", true));

/** A page of the listed standings of a challenge, best first, for those who walk over all of them. */
export async function standingsPage(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  paging: { cursor: string | null; numItems: number },
) {
  return await listedStandings(ctx, challengeId).paginate(paging);
}

/** The first `count` listed standings of a challenge, best first. */
export async function firstStandings(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  count: number,
): Promise<Standing[]> {
  return await listedStandings(ctx, challengeId).take(count);
}

/** Up to `count` listed standings next to a place on the board, nearest first. */
export async function standingsNextTo(
  ctx: ReadCtx,
  {
    challengeId,
    negTotal,
    reachedAt,
    userId,
  }: Pick<Standing, "challengeId" | "negTotal" | "reachedAt" | "userId">,
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
