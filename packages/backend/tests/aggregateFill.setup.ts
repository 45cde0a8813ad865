import type { GenericDataModel, GenericMutationCtx } from "convex/server";
import type { Value } from "convex/values";
import type { Id } from "../_generated/dataModel";
import type { TestBackend } from "./backend.setup";
import type { Scene } from "./ledger.setup";

/** Items of a node once a tree has grown by inserts: between 8 and 16. */
const NODE_ITEMS = 11;
const MAX_NODE_ITEMS = 16;
const PEOPLE = 1_000;

type Item = { k: Value; v: string; s: number };

interface TreeNode {
  id: string;
  count: number;
  sum: number;
}

type ComponentCtx = GenericMutationCtx<GenericDataModel>;
type RunInComponent = (path: string, run: (ctx: ComponentCtx) => Promise<null>) => Promise<null>;

/**
 * Puts `size` activities of other people into the aggregate of a challenge, one point each, by writing the nodes of
 * its tree: inserting them one by one takes minutes. For figures of cost only, as no rows belong to them.
 */
export async function fillAggregate({ t, challengeId }: Scene, size: number): Promise<void> {
  const items = Array.from({ length: size }, (_, number) => {
    const userId = `user${String(number % PEOPLE).padStart(6, "0")}`;
    const id = `row${String(number).padStart(8, "0")}`;
    return { userId, id };
  });
  items.sort((a, b) => (a.userId + a.id < b.userId + b.id ? -1 : 1));
  const positioned = items.map(({ userId, id }) => ({ ...itemOf([userId, id], id), s: 1 }));
  await plantTree(t, { component: "activityPointsAggregate", challengeId, items: positioned });
}

/** Ranks `size` other people in a challenge, all without points, in the same way. */
export async function fillRanks(
  t: TestBackend,
  challengeId: Id<"challenges">,
  size: number,
): Promise<void> {
  const items = Array.from({ length: size }, (_, number) => {
    const userId = `user${String(number).padStart(8, "0")}`;
    return itemOf([0, 0, userId], userId);
  });
  await plantTree(t, { component: "standingsRank", challengeId, items });
}

/** An item as the component spells it: its position is the key between empty texts, the id, and a mark. */
function itemOf(key: Value[], id: string): Item {
  return { k: [["", ...key.flatMap((part) => [part, ""])], id, ""], v: id, s: 0 };
}

/** Makes the tree of a challenge out of sorted items. */
async function plantTree(
  t: TestBackend,
  tree: { component: string; challengeId: Id<"challenges">; items: Item[] },
): Promise<void> {
  // convex-test has it, its types do not.
  const { runInComponent } = t as unknown as { runInComponent: RunInComponent };
  await runInComponent(tree.component, async (ctx) => {
    for (const { namespace } of await ctx.db.query("btree").collect()) {
      if (namespace === tree.challengeId) throw new Error("fill before anything is written");
    }
    const root = await buildTree(ctx, tree.items);
    const fields = { namespace: tree.challengeId, maxNodeSize: MAX_NODE_ITEMS };
    await ctx.db.insert("btree", { root, ...fields });
    return null;
  });
}

/** Builds the tree from its leaves up; answers the root, whose totals are left to be computed on reading. */
async function buildTree(ctx: ComponentCtx, items: Item[]): Promise<Value> {
  let children: TreeNode[] = [];
  let level = items;
  while (level.length > MAX_NODE_ITEMS) {
    const groups = Math.max(2, Math.round((level.length + 1) / (NODE_ITEMS + 1)));
    const separators: Item[] = [];
    const nodes: TreeNode[] = [];
    for (let group = 0; group < groups; group += 1) {
      const from = Math.floor((group * (level.length + 1)) / groups);
      const to = Math.floor(((group + 1) * (level.length + 1)) / groups) - 1;
      const own = level.slice(from, to);
      const below = children.slice(from, to + 1);
      const separator = level[to];
      if (separator) separators.push(separator);
      const count = own.length + below.reduce((sum, node) => sum + node.count, 0);
      const sum = own.length + below.reduce((total, node) => total + node.sum, 0);
      const subtrees = below.map(({ id }) => id);
      const aggregate = { count, sum };
      const id = await ctx.db.insert("btreeNode", { items: own, subtrees, aggregate });
      nodes.push({ id, ...aggregate });
    }
    children = nodes;
    level = separators;
  }
  const subtrees = children.map(({ id }) => id);
  return await ctx.db.insert("btreeNode", { items: level, subtrees });
}
