/**
 * The value below which a share of the values lies.
 * @param {number[]} values @param {number} share 0.5 = the median
 */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const index = Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1);
  return sorted[Math.max(0, index)] ?? Number.NaN;
}

/** @param {number} value at most one decimal */
export const short = (value) => String(Math.round(value * 10) / 10);

/**
 * A table for the terminal and for documents.
 * @param {string[]} header @param {string[][]} rows
 */
export function table(header, rows) {
  const widths = header.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => (row[at] ?? "").length)),
  );
  /** @param {string[]} cells */
  const line = (cells) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(header), rule, ...rows.map(line)].join("\n");
}
