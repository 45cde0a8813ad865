/** What a person typed into a number field: the number, or what to tell them. */
export type ParsedDecimal = { ok: true; value: number } | { ok: false; problem: string };

/**
 * Reads a number typed with either decimal sign ("5.2" or "5,2"). Thousands are never guessed: "1,234" could mean
 * two numbers and is asked back.
 */
export function parseDecimal(text: string): ParsedDecimal {
  const trimmed = text.trim();
  if (trimmed === "") return { ok: false, problem: "Enter a number." };
  if (trimmed.startsWith("-")) return { ok: false, problem: "Enter a number of 0 or more." };
  if (!/^\d*[.,]?\d*$/.test(trimmed) || !/\d/.test(trimmed)) {
    return { ok: false, problem: "Enter digits only, for example 5.2." };
  }
  if (/^[1-9]\d{0,2},\d{3}$/.test(trimmed)) {
    const [whole, rest] = trimmed.split(",");
    return {
      ok: false,
      problem: `Write ${whole}${rest} or ${whole}.${rest}, so that we do not guess.`,
    };
  }
  return { ok: true, value: Number(trimmed.replace(",", ".")) };
}

/** A check of a whole number between two bounds, for a field. */
export function wholeBetween(min: number, max: number) {
  return {
    validate: (text: string) =>
      (/^\d+$/.test(text.trim()) && Number(text) >= min && Number(text) <= max) ||
      `Enter a whole number from ${min} to ${max}.`,
  };
}
