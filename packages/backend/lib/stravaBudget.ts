import { internal } from "../_generated/api";
import type { Doc } from "../_generated/dataModel";
import { type Budget, budgetAt, firstBudget } from "./rules/stravaBudget";
import { openTable, type ReadCtx, type WriteCtx } from "./tableOwners";

/** The one row of what is left of Strava's rate limits, and when the pump looks at what waits for them. */

async function budgetRow(ctx: ReadCtx): Promise<Doc<"stravaBudgets"> | null> {
  return await ctx.db.query("stravaBudgets").first();
}

/** What is left of the rate limits, as last known; null before the first request. */
export async function storedBudget(
  ctx: ReadCtx,
): Promise<(Budget & { unconfirmed: number }) | null> {
  return await budgetRow(ctx);
}

/** What is left of the rate limits now, with its row, which the first request makes. */
export async function openBudget(ctx: WriteCtx) {
  const now = Date.now();
  const stored = await budgetRow(ctx);
  if (stored !== null) return { row: stored, budget: budgetAt(stored, now) };
  const budget = firstBudget(now);
  const fields = { ...budget, wakeAt: 0, unconfirmed: 0 };
  const _id = await openTable(ctx, "stravaBudgets").insert(fields);
  return { row: { ...fields, _id, _creationTime: now }, budget };
}

/** Writes down what changed of the rate limits. */
export async function saveBudget(
  ctx: WriteCtx,
  row: Doc<"stravaBudgets">,
  change: Partial<Doc<"stravaBudgets">>,
): Promise<void> {
  await openTable(ctx, "stravaBudgets").patch(row._id, change);
}

/** Makes sure that the pump runs at this time (UTC ms) at the latest. */
export async function wakeBy(ctx: WriteCtx, row: Doc<"stravaBudgets">, at: number): Promise<void> {
  if (row.wakeAt > Date.now() && row.wakeAt <= at) return;
  await ctx.scheduler.runAt(at, internal.mutations.stravaWebhook.pump, {});
  await saveBudget(ctx, row, { wakeAt: at });
}
