import { type Infer, v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import { activityTypesOf } from "./activityTypes";
import { ledgerReads } from "./pointLedger";
import type { Owner } from "./pointLedger/ports";
import { MAX_ROWS_PER_CHALLENGE } from "./rules/ledger";
import type { ReadCtx } from "./tableOwners";

/** One line of what a person's points come from. */
const lineValidator = v.object({
  kind: v.union(
    v.literal("activity"),
    v.literal("streak"),
    v.literal("achievement"),
    v.literal("miniGame"),
    v.literal("adjustment"),
  ),
  /** Of the activity type, the achievement or the game; empty for the streak and adjustments. */
  name: v.string(),
  /** That of the rule the activities are scored by; null for none, and for what is no activity. */
  category: v.union(v.string(), v.null()),
  /** How many rows. */
  count: v.number(),
  points: v.number(),
});
type Line = Infer<typeof lineValidator>;

/** What a person's points come from; the lines add up to the total. */
export const pointSourcesValidator = v.object({
  lines: v.array(lineValidator),
  totalPoints: v.number(),
});

/**
 * What a person's points come from: a line per type and category, per achievement and game, for the streak and for
 * adjustments, most points first. Read from all their live rows, of which nobody has more than 2,000: to be asked when
 * somebody wants to know, never as a subscription.
 */
export async function pointSourcesOf(
  ctx: ReadCtx,
  { challengeId, userId }: Owner,
): Promise<Infer<typeof pointSourcesValidator>> {
  const rows = await ctx.db
    .query("activities")
    .withIndex("by_challengeId_and_userId_and_deletedAt", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId).eq("deletedAt", undefined),
    )
    .take(MAX_ROWS_PER_CHALLENGE);
  const lineOf = await lineReader(ctx, challengeId);
  const lines = new Map<string, Line>();
  for (const row of rows) {
    const { key, ...line } = await lineOf(row);
    const known = lines.get(key) ?? { ...line, count: 0, points: 0 };
    known.count += 1;
    known.points += row.pointsEarned;
    lines.set(key, known);
  }
  const sorted = [...lines.values()].sort((one, other) => other.points - one.points);
  return {
    lines: sorted.filter(({ kind, points }) => kind !== "streak" || points !== 0),
    totalPoints: sorted.reduce((sum, { points }) => sum + points, 0),
  };
}

/** Which line a row belongs to; every type and version of a rule is read once. */
async function lineReader(ctx: ReadCtx, challengeId: Id<"challenges">) {
  const types = await activityTypesOf(ctx, challengeId);
  const names = new Map(types.map(({ _id, name }) => [_id, name]));
  const categories = new Map<string, string | null>();
  const categoryOf = async (typeId: Id<"activityTypes">, version: number) => {
    const key = `${typeId} ${version}`;
    const known = categories.get(key);
    if (known !== undefined) return known;
    const { rule } = await ledgerReads(ctx).rules.version(typeId, version);
    categories.set(key, rule.category ?? null);
    return rule.category ?? null;
  };
  return async (
    row: Doc<"activities">,
  ): Promise<Omit<Line, "count" | "points"> & { key: string }> => {
    const { activityTypeId, ruleVersion, source, title } = row;
    if (activityTypeId !== null) {
      const category = await categoryOf(activityTypeId, ruleVersion);
      const name = names.get(activityTypeId) ?? "";
      const key = JSON.stringify([activityTypeId, category]);
      return { key, kind: "activity", name, category };
    }
    const kind = kindOf(source);
    const isNamed = kind === "achievement" || kind === "miniGame";
    const name = isNamed ? (title ?? "") : "";
    return { key: JSON.stringify([kind, name]), kind, name, category: null };
  };
}

/** What kind of points a system row gives. */
function kindOf(source: Doc<"activities">["source"]): Line["kind"] {
  return source === "streak" || source === "achievement" || source === "miniGame"
    ? source
    : "adjustment";
}
