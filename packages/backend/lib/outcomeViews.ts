import { v } from "convex/values";
import type { Id } from "../_generated/dataModel";
import type { Moved, Outcome } from "./pointLedger/previews";
import { isHiddenFrom } from "./shownRow";
import type { ReadCtx } from "./tableOwners";

type ViewerCtx = ReadCtx & { userId: Id<"users"> };

const pointsValidator = { pointsBefore: v.number(), pointsAfter: v.number() };

/** Other activities whose points a change moves, without those that are not the viewer's to see. */
export const othersValidator = v.array(v.object({ typeName: v.string(), ...pointsValidator }));

/** Awards that a change gives, takes back, or moves to another day. */
export const awardsValidator = v.array(v.object({ name: v.string(), ...pointsValidator }));

/** The other activities of an outcome as this viewer may see them. */
export async function shownOthers(ctx: ViewerCtx, { others }: Outcome) {
  const shown = others.filter(({ row }) => !isHiddenFrom(ctx.userId, row));
  return await Promise.all(
    shown.map(async ({ row, pointsBefore, pointsAfter }) => {
      const type = row.activityTypeId && (await ctx.db.get("activityTypes", row.activityTypeId));
      return { typeName: type?.name ?? "", pointsBefore, pointsAfter };
    }),
  );
}

/** The awards of an outcome. */
export function shownAwards({ awards }: Outcome) {
  return awards.map(({ row, pointsBefore, pointsAfter }) => {
    return { name: row.title ?? "", pointsBefore, pointsAfter };
  });
}

/** What rows gain together. */
export function gainOf(moved: readonly Moved[]): number {
  return moved.reduce((sum, { pointsBefore, pointsAfter }) => sum + pointsAfter - pointsBefore, 0);
}
