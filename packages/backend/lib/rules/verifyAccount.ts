import { boardName, boardOrder, type BoardRow, expectedBoards } from "./boards";
import {
  type ActivityRow,
  type DayRow,
  type EventRow,
  isSystemRow,
  livePoints,
  type RowTraits,
  type StandingRow,
  type Stored,
  type StoredActivity,
} from "./ledger";
import { streakOf } from "./streak";

/** Everything stored about one person in one challenge, and the aggregate's sum for them. */
export interface AccountFacts {
  rows: readonly StoredActivity[];
  /** The last events in any order; all of them when `hasAllEvents`. */
  events: ReadonlyArray<Stored<EventRow, "pointEvents">>;
  hasAllEvents: boolean;
  days: readonly DayRow[];
  boards: readonly BoardRow[];
  standing: StandingRow;
  aggregateSum: number;
  streakRules: { minPoints: number; bonus: "none" | "running"; dailyCap: number };
  /** What the rule version a row is scored with says beside its points. */
  traitsOf: (row: ActivityRow) => RowTraits;
  /** The challenge's first day. */
  startsOn: string;
}

/** One thing that is not as the activity rows say. */
export interface Finding {
  /** What disagrees: a field of the standing, the aggregate, a day, an event or an activity. */
  kind: string;
  expected: number | string | null;
  actual: number | string | null;
}

class Findings {
  readonly list: Finding[] = [];

  compare(kind: string, expected: Finding["expected"], actual: Finding["actual"]): void {
    if (!Object.is(expected, actual)) this.list.push({ kind, expected, actual });
  }
}

type DayCounts = Omit<DayRow, "challengeId" | "userId" | "day">;

/** A day's totals as one text, types in order, so that two can be compared and shown. */
function dayText(day: DayCounts): string {
  const { points, streakPoints, activityCount } = day;
  const counts = day.typeCounts.map(({ activityTypeId, count }) => `${activityTypeId}:${count}`);
  return JSON.stringify({ points, streakPoints, activityCount, types: counts.sort() });
}

function emptyDay(): DayCounts {
  return { points: 0, streakPoints: 0, activityCount: 0, typeCounts: [] };
}

/** Days as a group-by of the live rows. */
function daysOf({ rows, traitsOf }: AccountFacts): Map<string, DayCounts> {
  const days = new Map<string, DayCounts>();
  for (const row of rows) {
    const { loggedDate, deletedAt, activityTypeId, pointsEarned } = row;
    if (loggedDate === null || deletedAt !== undefined) continue;
    const day = days.get(loggedDate) ?? emptyDay();
    days.set(loggedDate, day);
    day.points += pointsEarned;
    if (activityTypeId === null) continue;
    day.activityCount += 1;
    if (traitsOf(row).contributesToStreak) day.streakPoints += pointsEarned;
    const entry = day.typeCounts.find((count) => count.activityTypeId === activityTypeId);
    if (entry) entry.count += 1;
    else day.typeCounts.push({ activityTypeId, count: 1 });
  }
  return days;
}

function compareDays(facts: AccountFacts, findings: Findings): void {
  const expected = daysOf(facts);
  const stored = new Map(facts.days.map((day) => [day.day, day]));
  if (stored.size !== facts.days.length)
    findings.compare("dayTotals.rows", stored.size, facts.days.length);
  for (const day of new Set([...expected.keys(), ...stored.keys()])) {
    const wanted = dayText(expected.get(day) ?? emptyDay());
    findings.compare(`dayTotals.${day}`, wanted, dayText(stored.get(day) ?? emptyDay()));
  }
}

function compareBoards(facts: AccountFacts, findings: Findings): void {
  const { rows, traitsOf, startsOn, boards, standing } = facts;
  const expected = expectedBoards(rows, traitsOf, startsOn);
  const stored = new Map(boards.map((row) => [boardName(row), row]));
  if (stored.size !== boards.length)
    findings.compare("boardTotals.rows", stored.size, boards.length);
  const countText = ({ points, activityCount }: Pick<BoardRow, "points" | "activityCount">) =>
    JSON.stringify({ points, activityCount });
  for (const name of new Set([...expected.keys(), ...stored.keys()])) {
    const wanted = expected.get(name);
    const row = stored.get(name);
    const kind = `boardTotals.${name}`;
    findings.compare(kind, wanted ? countText(wanted) : null, row ? countText(row) : null);
    if (row === undefined) continue;
    const order = JSON.stringify(boardOrder(row));
    findings.compare(`${kind}.order`, order, JSON.stringify(row.order));
    findings.compare(`${kind}.listed`, String(standing.listed), String(row.listed));
  }
}

function compareEvents({ events, rows, standing, hasAllEvents }: AccountFacts, findings: Findings) {
  const ascending = [...events].sort((a, b) => a.seq - b.seq);
  const last = ascending.at(-1);
  const total = rows.reduce((sum, row) => sum + livePoints(row), 0);
  findings.compare("pointEvents.totalAfter", total, last?.totalAfter ?? 0);
  findings.compare("pointEvents.seq", standing.seq, last?.seq ?? 0);
  const firstSeq = hasAllEvents ? 1 : (ascending[0]?.seq ?? 1);
  let totalBefore: number | null = hasAllEvents ? 0 : null;
  for (const [index, { seq, pointsBefore, pointsAfter, totalAfter }] of ascending.entries()) {
    findings.compare("pointEvents.gap", firstSeq + index, seq);
    const expected = totalBefore === null ? totalAfter : totalBefore + pointsAfter - pointsBefore;
    findings.compare(`pointEvents.${seq}.totalAfter`, expected, totalAfter);
    totalBefore = totalAfter;
  }
  if (!hasAllEvents) return;
  const given = new Map<string, number>();
  for (const { activityId, pointsBefore, pointsAfter } of events) {
    given.set(activityId, (given.get(activityId) ?? 0) + pointsAfter - pointsBefore);
  }
  for (const row of rows) {
    findings.compare(`activity.${row._id}`, livePoints(row), given.get(row._id) ?? 0);
  }
  const moved = ascending.findLast((event) => event.pointsAfter !== event.pointsBefore);
  if (moved) findings.compare("standings.reachedAt", moved.at, standing.reachedAt);
}

/**
 * What disagrees with a person's activity rows: standing, aggregate, day and board totals, streak row, events. The rows are the
 * truth; everything else is computed from them again, by counting and not by the code that writes.
 */
export function verifyAccount(facts: AccountFacts): Finding[] {
  const findings = new Findings();
  const { rows, standing, aggregateSum, streakRules } = facts;
  const total = rows.reduce((sum, row) => sum + livePoints(row), 0);
  findings.compare("aggregate", total, aggregateSum);
  findings.compare("standings.totalPoints", total, standing.totalPoints);
  findings.compare("standings.negTotal", 0 - total, standing.negTotal);
  findings.compare("standings.rowCount", rows.length, standing.rowCount);
  const live = rows.filter((row) => row.deletedAt === undefined);
  const ownCount = live.filter((row) => !isSystemRow(row)).length;
  findings.compare("standings.activityCount", ownCount, standing.activityCount);

  const days = [...daysOf(facts)].map(([day, { streakPoints }]) => ({ day, streakPoints }));
  days.sort((a, b) => (a.day < b.day ? -1 : 1));
  const streak = streakOf(days, streakRules);
  const streakRows = live.filter((row) => row.source === "streak");
  findings.compare("standings.streakLength", streak.length, standing.streakLength);
  findings.compare("standings.streakLastDay", streak.lastDay, standing.streakLastDay);
  findings.compare("standings.longestStreak", streak.longest, standing.longestStreak);
  findings.compare("standings.streakBonusPoints", streak.bonusPoints, standing.streakBonusPoints);
  findings.compare("streak.rows", Math.min(streakRows.length, 1), streakRows.length);
  findings.compare("streak.points", streak.bonusPoints, streakRows[0]?.pointsEarned ?? 0);
  findings.compare(
    "standings.streakActivityId",
    streakRows[0]?._id ?? null,
    standing.streakActivityId,
  );
  compareDays(facts, findings);
  compareBoards(facts, findings);
  compareEvents(facts, findings);
  return findings.list;
}
