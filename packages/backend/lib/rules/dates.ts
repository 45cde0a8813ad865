const MS_PER_DAY = 86_400_000;
const MS_PER_HOUR = 3_600_000;
const MS_PER_MINUTE = 60_000;
const DAY_PATTERN = /^(\d{4})-(\d{2})-(\d{2})$/;
const FIRST_YEAR = 1970;
const LAST_YEAR = 2999;

function dayFromUtc(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function utcOfDay(day: string): number {
  const match = DAY_PATTERN.exec(day);
  if (!match) throw new RangeError(`not a calendar day: ${day}`);
  return Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
}

/** Whether a text is a real calendar day `YYYY-MM-DD` of the years 1970 to 2999; 2026-02-30 is not. */
export function isDay(text: string): boolean {
  const match = DAY_PATTERN.exec(text);
  if (!match) return false;
  const year = Number(match[1]);
  return year >= FIRST_YEAR && year <= LAST_YEAR && dayFromUtc(utcOfDay(text)) === text;
}

/** The calendar day `count` days after `day` (before it when negative). Throws when `day` is no `YYYY-MM-DD`. */
export function addDays(day: string, count: number): string {
  return dayFromUtc(utcOfDay(day) + count * MS_PER_DAY);
}

/** Whole days from one calendar day to another: 0 for the same day, negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return (utcOfDay(to) - utcOfDay(from)) / MS_PER_DAY;
}

/** Making a formatter costs far more than using it; one per zone is kept, and stored zones have one spelling each. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-US-u-ca-gregory-nu-latn", {
      timeZone: zone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
    });
    formatters.set(zone, formatter);
  }
  return formatter;
}

/**
 * The one spelling of an IANA time zone (`Europe/Amsterdam` for `europe/amsterdam`, `UTC`); null for everything else,
 * bare offsets such as `+02:00` among it.
 */
export function canonicalZone(text: string): string | null {
  // Newer engines take offsets for zones, older ones do not: the answer must not depend on who asks.
  if (!/^[A-Za-z]/.test(text)) return null;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

/** Whether a text names an IANA time zone, in any spelling. */
export function isZone(text: string): boolean {
  return canonicalZone(text) !== null;
}

/** The calendar day an instant (UTC ms) falls on in a zone. Throws on a zone `isZone` refuses. */
export function dayOfInstant(ms: number, zone: string): string {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const { type, value } of formatterOf(zone).formatToParts(ms)) parts[type] = value;
  return `${parts.year?.padStart(4, "0")}-${parts.month}-${parts.day}`;
}

/** An instant (UTC ms) at which a day is over in no zone yet. */
export function beforeEndOfDay(day: string): number {
  return utcOfDay(day) - 15 * MS_PER_HOUR;
}

/**
 * The instant (UTC ms) at which `day` is over in a zone: the first minute of a later day there.
 * Found by halving, so days of 23 or 25 hours and days a zone skipped need no case of their own.
 */
export function endOfDay(day: string, zone: string): number {
  let before = beforeEndOfDay(day);
  let after = utcOfDay(day) + 40 * MS_PER_HOUR;
  while (after - before > MS_PER_MINUTE) {
    const minutes = Math.floor((after - before) / MS_PER_MINUTE / 2);
    const middle = before + minutes * MS_PER_MINUTE;
    if (dayOfInstant(middle, zone) > day) after = middle;
    else before = middle;
  }
  return after;
}

/**
 * The days that may be "today" for a person at an instant (UTC ms): one day in their zone when it is known,
 * otherwise every day that is today somewhere from UTC-12 to UTC+14.
 */
export function possibleToday(nowMs: number, zone?: string): { earliest: string; latest: string } {
  if (zone !== undefined) {
    const today = dayOfInstant(nowMs, zone);
    return { earliest: today, latest: today };
  }
  return {
    earliest: dayFromUtc(nowMs - 12 * MS_PER_HOUR),
    latest: dayFromUtc(nowMs + 14 * MS_PER_HOUR),
  };
}
