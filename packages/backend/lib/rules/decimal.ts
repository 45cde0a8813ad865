/** Beyond this a double times 10^4 is no longer an exact whole number. */
const MAX_ABS = 1e9;

/**
 * A number written with at most `decimals` decimals (<= 4), as the whole number value x 10^decimals.
 * null when it is not finite, has more decimals, or is beyond +-1e9. Exact: 0.7 with 4 decimals is 7000n.
 */
export function toScaled(value: number, decimals: number): bigint | null {
  if (!(Math.abs(value) <= MAX_ABS)) return null;
  const factor = 10 ** decimals;
  const scaled = Math.round(value * factor);
  // Division is correctly rounded, so equality holds exactly for the doubles that stand for such a decimal.
  return scaled / factor === value ? BigInt(scaled) : null;
}

/** numerator / denominator (> 0) to the nearest whole number, halves away from zero: 31.5 -> 32, -31.5 -> -32. */
export function divideHalfAway(numerator: bigint, denominator: bigint): bigint {
  const magnitude = numerator < 0n ? -numerator : numerator;
  const rounded = (2n * magnitude + denominator) / (2n * denominator);
  return numerator < 0n ? -rounded : rounded;
}

/** numerator / denominator (both >= 0) as text with at most three decimals and no trailing zeros. */
export function ratioText(numerator: bigint, denominator: bigint): string {
  const thousandths = divideHalfAway(numerator * 1000n, denominator);
  const fraction = (thousandths % 1000n).toString().padStart(3, "0").replace(/0+$/, "");
  return `${thousandths / 1000n}${fraction && `.${fraction}`}`;
}
