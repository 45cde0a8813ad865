import fc from "fast-check";
import type { MutationCtx } from "../_generated/server";
import { expect, test } from "vitest";
import { components } from "../_generated/api";
import { setup } from "./backend.setup";

/**
 * The aggregate is used with a patch (docs/adr/0018): fewer reads and writes, the same answers. Nodes of 4 items split and
 * merge often.
 */
const tree = components.activityPointsAggregate;
const NODE_SIZE = 4;

const key = fc.integer({ min: 0, max: 40 });
const points = fc.integer({ min: -5, max: 100 });
const write = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant("put" as const), key, summand: points }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("drop" as const), key }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant("move" as const), key, to: key, summand: points }),
  },
);
type Write = typeof write extends fc.Arbitrary<infer W> ? W : never;

/** Does to the tree what it does to the model: the strict calls refuse a key the model does not have. */
async function apply(ctx: MutationCtx, model: Map<number, number>, step: Write): Promise<void> {
  const { delete_, replace, replaceOrInsert } = tree.public;
  const newKey = step.type === "move" ? step.to : step.key;
  if (newKey !== step.key && model.has(newKey)) return;
  const summand = step.type === "drop" ? null : step.summand;
  const args = { currentKey: step.key, newKey, value: "row", summand: summand ?? 0 };
  const { key } = step;
  const strict =
    summand === null ? ctx.runMutation(delete_, { key }) : ctx.runMutation(replace, args);
  const isRefused = await strict.then(
    () => false,
    () => true,
  );
  expect(isRefused).toBe(!model.has(step.key));
  model.delete(step.key);
  if (summand === null) return;
  if (isRefused) await ctx.runMutation(replaceOrInsert, args);
  model.set(newKey, summand);
}

const total = (entries: Array<[number, number]>) => ({
  count: entries.length,
  sum: entries.reduce((sum, [, points]) => sum + points, 0),
});

test("the tree of the aggregate holds what a map holds, whatever is done to it", async () => {
  const steps = fc.array(write, { minLength: 30, maxLength: 60, size: "max" });
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), async (writes, rootLazy) => {
      const t = setup();
      await t.run(async (ctx) => {
        await ctx.runMutation(tree.public.init, { maxNodeSize: NODE_SIZE, rootLazy });
        const model = new Map<number, number>();
        for (const step of writes) await apply(ctx, model, step);
        // Every node in bounds, in order, and with the count and sum of what is below it.
        await ctx.runQuery(tree.btree.validate, {});
        const entries = [...model].sort(([a], [b]) => a - b);
        const { page } = await ctx.runQuery(tree.btree.paginate, { limit: 100, order: "asc" });
        expect(page.map(({ k, s }) => [k, s])).toEqual(entries);
        expect(await ctx.runQuery(tree.btree.aggregateBetween, {})).toEqual(total(entries));
        const middle = entries.filter(([at]) => at > 10 && at < 30);
        const bounds = { k1: 10, k2: 30 };
        expect(await ctx.runQuery(tree.btree.aggregateBetween, bounds)).toEqual(total(middle));
      });
    }),
    { numRuns: 8 },
  );
});
