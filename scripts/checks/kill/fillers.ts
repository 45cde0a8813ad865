import { internalQueryGeneric } from "convex/server";
import { v } from "convex/values";

/** Which of the two deployed versions answers, by its code and by its index. */
export const version = internalQueryGeneric({
  args: {},
  returns: v.object({ code: v.string(), index: v.string() }),
  handler: async (ctx) => {
    const first = ctx.db.query("fillers").withIndex("by_text").first();
    const hasIndex = await first.then(
      () => true,
      () => false,
    );
    return { code: "with index", index: hasIndex ? "with index" : "without index" };
  },
});

/** Of which imports there are rows, and how many. */
export const imports = internalQueryGeneric({
  args: {},
  returns: v.object({ rows: v.number(), rounds: v.array(v.number()) }),
  handler: async (ctx) => {
    const rounds: number[] = [];
    for await (const { round } of ctx.db.query("fillers")) rounds.push(round);
    return { rows: rounds.length, rounds: [...new Set(rounds)] };
  },
});
