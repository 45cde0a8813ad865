import type { Checked } from "../errors";
import { accept, invalid } from "./checked";
import { isDay } from "./dates";

/** A page's size; refuses INVALID_INPUT unless it is a whole number from 1 to `max`. */
export function checkPageSize(path: string, size: number, max: number): Checked<number> {
  const fits = Number.isInteger(size) && size >= 1 && size <= max;
  return fits ? accept(size) : invalid(path, `must be a whole number from 1 to ${max}`);
}

/** The caller's calendar day, where it was sent; refuses INVALID_INPUT for anything that is no day. */
export function checkToday(today: string | undefined): Checked<null> {
  if (today === undefined || isDay(today)) return accept(null);
  return invalid("today", "must be a calendar day YYYY-MM-DD");
}
