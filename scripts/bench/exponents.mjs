/**
 * How a figure grows: the b of figure = a * size^b, by least squares over the logarithms (Gauss 1809). 0 = not at all, 1 =
 * in proportion. NaN for fewer than two sizes.
 * @param {Array<{size: number, figure: number}>} points all above 0
 */
export function growthExponent(points) {
  const logs = points.map(({ size, figure }) => [Math.log(size), Math.log(figure)]);
  const mean = (/** @type {number} */ at) =>
    logs.reduce((sum, pair) => sum + (pair[at] ?? 0), 0) / logs.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  let [above, below] = [0, 0];
  for (const [x = 0, y = 0] of logs) {
    above += (x - meanX) * (y - meanY);
    below += (x - meanX) ** 2;
  }
  return below === 0 ? Number.NaN : above / below;
}

/** @typedef {import("./workload.mjs").Cell} Cell */

/**
 * The cells that differ in nothing but one of their sizes, the largest such group.
 * @template {{cell: Cell}} T
 * @param {T[]} results @param {keyof Cell} size
 * @returns {T[]}
 */
export function sameButFor(results, size) {
  const other = size === "people" ? "activities" : "people";
  const groups = results.map(({ cell }) =>
    results.filter((result) => result.cell[other] === cell[other]),
  );
  return groups.reduce((most, group) => (group.length >= most.length ? group : most), []);
}
