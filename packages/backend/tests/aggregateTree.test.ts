import type { FunctionArgs } from "convex/server";
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { components } from "../_generated/api";
import type { MutationCtx } from "../_generated/server";
import { setup } from "./backend.setup";
import { settled } from "./ledger.setup";

afterEach(() => {
  vi.useRealTimers();
});

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
  sum: entries.reduce((sum, [, given]) => sum + given, 0),
});

interface Span {
  k1: number | undefined;
  k2: number | undefined;
}

/** Between any two of some keys, and without a bound. */
function spansOf(keys: number[]): Span[] {
  const bounds = [undefined, ...keys];
  return bounds.flatMap((k1) => bounds.map((k2) => ({ k1, k2 })));
}

const totalBetween = (entries: Array<[number, number]>, { k1 = -Infinity, k2 = Infinity }: Span) =>
  total(entries.filter(([at]) => at > k1 && at < k2));

const spans = spansOf([0, 9, 10, 20, 30, 40]);

/** What the tree answers; refuses one with a node that is too full, out of order, or with a wrong count or sum. */
async function answers(ctx: MutationCtx) {
  const { validate, paginate, aggregateBetweenBatch, atOffsetBatch } = tree.btree;
  await ctx.runQuery(validate, {});
  const { page } = await ctx.runQuery(paginate, { limit: 100, order: "asc" });
  const [inNoTree, ...between] = await ctx.runQuery(aggregateBetweenBatch, {
    queries: [{ namespace: "another tree" }, ...spans],
  });
  expect(inNoTree).toEqual(total([]));
  const queries = page.flatMap((_, offset) => [{ offset }, { offset: offset - page.length }]);
  const items = await ctx.runQuery(atOffsetBatch, { queries });
  return {
    entries: page.map(({ k, s }) => [k, s]),
    places: items.map(({ k }) => k),
    between,
  };
}

/** What it should answer. */
function expected(model: Map<number, number>) {
  const entries = [...model].sort(([a], [b]) => a - b);
  const between = spans.map((span) => totalBetween(entries, span));
  return { entries, places: entries.flatMap(([at]) => [at, at]), between };
}

const steps = fc.array(write, { minLength: 30, maxLength: 60, size: "max" });

/** An empty tree. */
async function planted(rootLazy: boolean) {
  const t = setup();
  await t.run(async (ctx) => {
    await ctx.runMutation(tree.public.init, { maxNodeSize: NODE_SIZE, rootLazy });
  });
  return t;
}

test("the tree of the aggregate holds what a map holds, whatever is done to it", async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), async (writes, rootLazy) => {
      const t = await planted(rootLazy);
      await t.run(async (ctx) => {
        const model = new Map<number, number>();
        for (const step of writes) await apply(ctx, model, step);
        expect(await answers(ctx)).toEqual(expected(model));
      });
    }),
    { numRuns: 8 },
  );
});

test.each([false, true])(
  "what is between any two keys, also where it is most of a node, with a lazy root: %s",
  async (rootLazy) => {
    const t = await planted(rootLazy);
    const keys = Array.from({ length: 44 }, (_, index) => index);
    const queries = spansOf(keys);
    await t.run(async (ctx) => {
      for (const key of keys)
        await ctx.runMutation(tree.public.insert, { key, value: "row", summand: key ** 2 });
      const found = await ctx.runQuery(tree.btree.aggregateBetweenBatch, { queries });
      const entries = keys.map((key): [number, number] => [key, key ** 2]);
      expect(found).toEqual(queries.map((span) => totalBetween(entries, span)));
    });
  },
);

test("a sum stays what it is beside a row that has no number", async () => {
  const t = await planted(false);
  await t.run(async (ctx) => {
    for (let key = 0; key < 44; key += 1)
      await ctx.runMutation(tree.public.insert, {
        key,
        value: "row",
        summand: key < 43 ? 1 : Infinity,
      });
    const queries = [{ k1: -1, k2: 43 }];
    const found = await ctx.runQuery(tree.btree.aggregateBetweenBatch, { queries });
    expect(found).toEqual([{ count: 43, sum: 43 }]);
  });
});

type Queued = FunctionArgs<typeof tree.public.enqueueBatch>["operations"];

test("and what is queued for it", async () => {
  vi.useFakeTimers();
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), async (writes, rootLazy) => {
      const t = await planted(rootLazy);
      const model = new Map<number, number>();
      const operations = writes.flatMap((step): Queued => {
        if (step.type === "drop") {
          model.delete(step.key);
          return [{ type: "deleteIfExists", key: step.key }];
        }
        const { key: currentKey, summand } = step;
        const newKey = step.type === "move" ? step.to : currentKey;
        if (newKey !== currentKey && model.has(newKey)) return [];
        const type = model.delete(currentKey) ? "replace" : "replaceOrInsert";
        model.set(newKey, summand);
        return [{ type, currentKey, newKey, value: "row", summand }];
      });
      await t.run(async (ctx) => await ctx.runMutation(tree.public.enqueueBatch, { operations }));
      await settled(t);
      expect(await t.run(answers)).toEqual(expected(model));
    }),
    { numRuns: 4 },
  );
});
