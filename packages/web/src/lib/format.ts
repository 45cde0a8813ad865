/** Dates and numbers in the reader's own language. A day is a calendar day `YYYY-MM-DD` without a zone. */

function instantOf(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}

const dayFormats = {
  short: new Intl.DateTimeFormat(undefined, { timeZone: "UTC", day: "numeric", month: "short" }),
  long: new Intl.DateTimeFormat(undefined, {
    timeZone: "UTC",
    weekday: "long",
    day: "numeric",
    month: "long",
  }),
  month: new Intl.DateTimeFormat(undefined, { timeZone: "UTC", day: "numeric", month: "long" }),
  full: new Intl.DateTimeFormat(undefined, {
    timeZone: "UTC",
    day: "numeric",
    month: "short",
    year: "numeric",
  }),
};

/** A day in words: `short` 12 Mar, `month` 12 March, `long` Thursday 12 March, `full` 12 Mar 2026. */
export function formatDay(day: string, style: keyof typeof dayFormats = "full"): string {
  return dayFormats[style].format(instantOf(day));
}

/** A span of days in words, such as 2 Feb – 15 Mar 2026. */
export function formatDays(from: string, to: string): string {
  return dayFormats.full.formatRange(instantOf(from), instantOf(to));
}

/** Today, Yesterday, or the day in words. */
export function formatDayNear(day: string, today: string): string {
  const days = Math.round((instantOf(today).getTime() - instantOf(day).getTime()) / 86_400_000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return formatDay(day, "long");
}

const numbers = new Intl.NumberFormat(undefined, { maximumFractionDigits: 3 });

/** A number with the reader's separators and at most three decimals; a true minus sign. */
export function formatNumber(value: number): string {
  return numbers.format(value).replace("-", "\u2212");
}

/** A number of points with its sign: +32, 0, −5. */
export function formatSigned(points: number): string {
  return points > 0 ? `+${formatNumber(points)}` : formatNumber(points);
}

/** "1 point", "32 points". */
export function formatPoints(points: number): string {
  return `${formatNumber(points)} ${Math.abs(points) === 1 ? "point" : "points"}`;
}

/** "1 day", "3 days"; the plural adds an s unless it is given. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

/** A zone as people read it: Europe/Berlin -> Europe/Berlin, America/New_York -> America/New York. */
export function formatZone(zone: string): string {
  return zone.replaceAll("_", " ");
}

const instants = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const dates = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

/** The date of an instant (UTC ms) in the reader's zone, such as 12 Mar 2026. */
export function formatDate(ms: number): string {
  return dates.format(ms);
}

/** An instant (UTC ms) in the reader's zone, such as 12 Mar 2026, 14:05. */
export function formatInstant(ms: number): string {
  return instants.format(ms);
}
