import type { Checked } from "../errors";
import { accept, invalid } from "./checked";
import { endOfDay, isDay } from "./dates";

const HALF_A_DAY_MS = 12 * 60 * 60_000;

/**
 * An instant (UTC ms) in the middle of a calendar day in a zone. Queries must not read the clock, so they decide by the
 * day the caller says it is. Refuses INVALID_INPUT (`today`) for anything that is no day.
 */
export function instantOn(today: string, zone: string): Checked<number> {
  if (!isDay(today)) return invalid("today", "must be a calendar day YYYY-MM-DD");
  return accept(endOfDay(today, zone) - HALF_A_DAY_MS);
}
