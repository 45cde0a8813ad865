/**
 * Finds the subscriptions that a commit touches without looking at all of them: document ids in a
 * map, key ranges in one interval tree per index. A range that several have read is there once.
 */
import type { Commit, KeyRange, ReadSet } from "../types.ts";

/** A range in a treap ordered by `lo`, then by `hi`; every node knows the highest `hi` below it. */
interface Node<Id> {
  lo: Buffer;
  hi: Buffer;
  /** Whose range it is. */
  ids: Set<Id>;
  priority: number;
  highest: Buffer;
  left: Node<Id> | null;
  right: Node<Id> | null;
}

type Tree<Id> = Node<Id> | null;

/** The ranges of one index, by their bounds and in order. */
interface Ranges<Id> {
  byBounds: Map<string, Node<Id>>;
  tree: Tree<Id>;
}

export class SubscriptionIndex<Id> {
  readonly #byDocument = new Map<string, Set<Id>>();
  readonly #byIndex = new Map<number, Ranges<Id>>();
  /** What each subscription was added with, so that it can be removed again. */
  readonly #added = new Map<Id, { documentIds: string[]; nodes: Array<[number, Node<Id>]> }>();

  get size(): number {
    return this.#added.size;
  }

  /** Watches everything in `readSet`; replaces what the subscription watched before. */
  add(id: Id, readSet: ReadSet): void {
    this.remove(id);
    const documentIds = [...readSet.documentIds];
    for (const documentId of documentIds) {
      const watchers = this.#byDocument.get(documentId);
      if (watchers === undefined) this.#byDocument.set(documentId, new Set([id]));
      else watchers.add(id);
    }
    const nodes: Array<[number, Node<Id>]> = [];
    for (const [indexNumber, ranges] of readSet.ranges) {
      for (const { lo, hi } of ranges) {
        if (lo.compare(hi) < 0) nodes.push([indexNumber, this.#watch(id, indexNumber, { lo, hi })]);
      }
    }
    this.#added.set(id, { documentIds, nodes });
  }

  /** Stops watching; does nothing for an unknown subscription. */
  remove(id: Id): void {
    const added = this.#added.get(id);
    if (added === undefined) return;
    this.#added.delete(id);
    for (const documentId of added.documentIds) {
      const watchers = this.#byDocument.get(documentId);
      watchers?.delete(id);
      if (watchers?.size === 0) this.#byDocument.delete(documentId);
    }
    for (const [indexNumber, node] of added.nodes) this.#unwatch(id, indexNumber, node);
  }

  /** The subscriptions whose read set overlaps the commit. */
  affected(commit: Commit): Set<Id> {
    if (commit.everything) return new Set(this.#added.keys());
    const found = new Set<Id>();
    for (const documentId of commit.documentIds) {
      for (const id of this.#byDocument.get(documentId) ?? []) found.add(id);
    }
    for (const [indexNumber, keys] of commit.keys) {
      const ranges = this.#byIndex.get(indexNumber);
      if (ranges !== undefined) for (const key of keys) collect(ranges.tree, key, found);
    }
    return found;
  }

  #watch(id: Id, indexNumber: number, range: KeyRange): Node<Id> {
    let ranges = this.#byIndex.get(indexNumber);
    if (ranges === undefined) {
      ranges = { byBounds: new Map(), tree: null };
      this.#byIndex.set(indexNumber, ranges);
    }
    const bounds = boundsOf(range);
    let node = ranges.byBounds.get(bounds);
    if (node === undefined) {
      node = makeNode(range);
      ranges.byBounds.set(bounds, node);
      ranges.tree = insert(ranges.tree, node);
    }
    node.ids.add(id);
    return node;
  }

  #unwatch(id: Id, indexNumber: number, node: Node<Id>): void {
    const ranges = this.#byIndex.get(indexNumber);
    // Whoever read a range several times has left it already.
    if (ranges === undefined || !node.ids.delete(id) || node.ids.size > 0) return;
    ranges.byBounds.delete(boundsOf(node));
    ranges.tree = remove(ranges.tree, node);
    if (ranges.tree === null) this.#byIndex.delete(indexNumber);
  }
}

/** Different for different ranges. */
function boundsOf({ lo, hi }: KeyRange): string {
  return `${lo.length} ${lo.toString("latin1")}${hi.toString("latin1")}`;
}

function makeNode<Id>({ lo, hi }: KeyRange): Node<Id> {
  const priority = Math.random();
  return { lo, hi, ids: new Set(), priority, highest: hi, left: null, right: null };
}

function precedes<Id>(left: Node<Id>, right: Node<Id>): boolean {
  return (left.lo.compare(right.lo) || left.hi.compare(right.hi)) < 0;
}

/** Adds the owners of all ranges that hold `key`. */
function collect<Id>(tree: Tree<Id>, key: Buffer, found: Set<Id>): void {
  for (let node = tree; node !== null && key.compare(node.highest) < 0; node = node.right) {
    collect(node.left, key, found);
    if (key.compare(node.lo) < 0) return;
    if (key.compare(node.hi) < 0) for (const id of node.ids) found.add(id);
  }
}

function insert<Id>(tree: Tree<Id>, node: Node<Id>): Node<Id> {
  if (tree === null) return node;
  if (node.priority > tree.priority) {
    [node.left, node.right] = split(tree, node);
    return updated(node);
  }
  if (node.hi.compare(tree.highest) > 0) tree.highest = node.hi;
  if (precedes(node, tree)) tree.left = insert(tree.left, node);
  else tree.right = insert(tree.right, node);
  return tree;
}

/** Splits into the nodes before `at`, and the others. */
function split<Id>(tree: Tree<Id>, at: Node<Id>): [Tree<Id>, Tree<Id>] {
  if (tree === null) return [null, null];
  if (precedes(tree, at)) {
    const [below, above] = split(tree.right, at);
    tree.right = below;
    return [updated(tree), above];
  }
  const [below, above] = split(tree.left, at);
  tree.left = above;
  return [below, updated(tree)];
}

function remove<Id>(tree: Tree<Id>, node: Node<Id>): Tree<Id> {
  if (tree === null) return null;
  if (tree === node) return join(tree.left, tree.right);
  if (precedes(node, tree)) tree.left = remove(tree.left, node);
  else tree.right = remove(tree.right, node);
  return updated(tree);
}

/** One tree of two, all of `left` lying before all of `right`. */
function join<Id>(left: Tree<Id>, right: Tree<Id>): Tree<Id> {
  if (left === null) return right;
  if (right === null) return left;
  if (left.priority > right.priority) {
    left.right = join(left.right, right);
    return updated(left);
  }
  right.left = join(left, right.left);
  return updated(right);
}

function updated<Id>(node: Node<Id>): Node<Id> {
  let highest = node.hi;
  if (node.left !== null && node.left.highest.compare(highest) > 0) highest = node.left.highest;
  if (node.right !== null && node.right.highest.compare(highest) > 0) highest = node.right.highest;
  node.highest = highest;
  return node;
}
