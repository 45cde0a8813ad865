import { availableParallelism } from "node:os";

/**
 * Does something with all of a list in its order, two at a time where the machine has two processors.
 * @template T, R
 * @param {readonly T[]} all @param {(one: T) => Promise<R>} act
 * @returns {Promise<R[]>} what came of each, in the order of the list
 */
export async function inPairs(all, act) {
  const waiting = all.entries();
  /** @type {R[]} */
  const results = [];
  const worker = async () => {
    for (const [index, one] of waiting) results[index] = await act(one);
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
  return results;
}
