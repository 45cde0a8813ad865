/** Requests of one window: how many Strava allows, and how many are used or promised to work under way. */
export interface BudgetWindow {
  limit: number;
  used: number;
}

/** The windows Strava counts all requests of the app in, overall and for reads. */
export interface Budget {
  /** UTC ms. */
  quarterStart: number;
  dayStart: number;
  quarter: BudgetWindow;
  day: BudgetWindow;
  readQuarter: BudgetWindow;
  readDay: BudgetWindow;
}

/** What the headers of one answer say; a number that is missing is null. */
export type RateHeaders = Record<
  "limit" | "usage" | "readLimit" | "readUsage",
  { quarter: number | null; day: number | null }
>;

const QUARTER_MS = 15 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** Work that can wait leaves the other half of a window to events that just happened. */
const BACKFILL_SHARE = 0.5;

/** The budget until the first answer says otherwise: the lower of Strava's published limits. */
export function firstBudget(now: number): Budget {
  const limits = { quarter: 200, day: 2000, readQuarter: 100, readDay: 1000 };
  return {
    ...startsAt(now),
    quarter: { limit: limits.quarter, used: 0 },
    day: { limit: limits.day, used: 0 },
    readQuarter: { limit: limits.readQuarter, used: 0 },
    readDay: { limit: limits.readDay, used: 0 },
  };
}

function startsAt(now: number) {
  return { quarterStart: now - (now % QUARTER_MS), dayStart: now - (now % DAY_MS) };
}

/** The budget at an instant (UTC ms): windows that ended since are empty again. */
export function budgetAt(budget: Budget, now: number): Budget {
  const starts = startsAt(now);
  const empty = (window: BudgetWindow) => ({ ...window, used: 0 });
  const isNewQuarter = starts.quarterStart > budget.quarterStart;
  const isNewDay = starts.dayStart > budget.dayStart;
  return {
    ...(isNewQuarter || isNewDay ? starts : budget),
    quarter: isNewQuarter ? empty(budget.quarter) : budget.quarter,
    readQuarter: isNewQuarter ? empty(budget.readQuarter) : budget.readQuarter,
    day: isNewDay ? empty(budget.day) : budget.day,
    readDay: isNewDay ? empty(budget.readDay) : budget.readDay,
  };
}

/** How many reads may be sent now; work that can wait leaves half of every window to what is live. */
export function roomFor(budget: Budget, isLive: boolean): number {
  const share = isLive ? 1 : BACKFILL_SHARE;
  const rooms = windowsOf(budget).map(({ limit, used }) => Math.floor(limit * share) - used);
  return Math.max(0, Math.min(...rooms));
}

function windowsOf({ quarter, day, readQuarter, readDay }: Budget): BudgetWindow[] {
  return [quarter, day, readQuarter, readDay];
}

/** The budget after `reads` more reads were promised. */
export function spend(budget: Budget, reads: number): Budget {
  const more = ({ limit, used }: BudgetWindow) => ({ limit, used: used + reads });
  return {
    ...budget,
    quarter: more(budget.quarter),
    day: more(budget.day),
    readQuarter: more(budget.readQuarter),
    readDay: more(budget.readDay),
  };
}

/** What is left for live reads of each window as it was last counted, and when the window ends (UTC ms). */
export function windowsLeft({
  quarterStart,
  dayStart,
  quarter,
  day,
  readQuarter,
  readDay,
}: Budget) {
  const left = (...windows: BudgetWindow[]) =>
    Math.max(0, Math.min(...windows.map(({ limit, used }) => limit - used)));
  return {
    quarter: { left: left(quarter, readQuarter), endsAt: quarterStart + QUARTER_MS },
    day: { left: left(day, readDay), endsAt: dayStart + DAY_MS },
  };
}

/** When there is room again (UTC ms): the end of the day when that is used up, else of the quarter hour. */
export function roomAt(budget: Budget, isLive: boolean): number {
  const share = isLive ? 1 : BACKFILL_SHARE;
  const isFull = ({ limit, used }: BudgetWindow) => used >= Math.floor(limit * share);
  const isDayFull = isFull(budget.day) || isFull(budget.readDay);
  return isDayFull ? budget.dayStart + DAY_MS : budget.quarterStart + QUARTER_MS;
}

/**
 * The budget after an answer: its limits count, and its usage where it is higher than what we counted, since answers
 * arrive out of order and others may use the same app.
 */
export function learn(budget: Budget, headers: RateHeaders): Budget {
  const merge = (window: BudgetWindow, limit: number | null, used: number | null) => ({
    limit: limit ?? window.limit,
    used: Math.max(window.used, used ?? 0),
  });
  const { limit, usage, readLimit, readUsage } = headers;
  return {
    ...budget,
    quarter: merge(budget.quarter, limit.quarter, usage.quarter),
    day: merge(budget.day, limit.day, usage.day),
    readQuarter: merge(budget.readQuarter, readLimit.quarter, readUsage.quarter),
    readDay: merge(budget.readDay, readLimit.day, readUsage.day),
  };
}

/** The budget after a 429: the quarter hour is used up, whatever was counted. */
export function exhausted(budget: Budget): Budget {
  const full = ({ limit, used }: BudgetWindow) => ({ limit, used: Math.max(limit, used) });
  return { ...budget, quarter: full(budget.quarter), readQuarter: full(budget.readQuarter) };
}

function pairOf(header: string | null): { quarter: number | null; day: number | null } {
  const [quarter, day] = (header ?? "").split(",").map((part) => {
    const text = part.trim();
    return /^\d{1,9}$/.test(text) ? Number(text) : null;
  });
  return { quarter: quarter ?? null, day: day ?? null };
}

/** Reads both families of rate-limit headers, each `quarter hour,day`; parts may be empty or have blanks. */
export function readRateHeaders(header: (name: string) => string | null): RateHeaders {
  return {
    limit: pairOf(header("x-ratelimit-limit")),
    usage: pairOf(header("x-ratelimit-usage")),
    readLimit: pairOf(header("x-readratelimit-limit")),
    readUsage: pairOf(header("x-readratelimit-usage")),
  };
}
