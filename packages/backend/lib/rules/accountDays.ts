import { countRow, emptyDay, isSameDay } from "./dayTotals";
import type { Account, ActivityRow, DayRow, RowTraits } from "./ledger";
import type { DayCount } from "./limits";
import { type Streak, streakAfter, streakOf, type StreakRules } from "./streak";

/**
 * The days of an account as its changes leave them: all of them, or those of a span until the others are given. Pure.
 */
export class AccountDays {
  private readonly stored: Map<string, DayRow>;
  private readonly days: Map<string, DayRow>;
  private span: Account["span"];

  constructor(
    { days, span }: Pick<Account, "days" | "span">,
    private readonly owner: Pick<DayRow, "challengeId" | "userId">,
  ) {
    this.stored = new Map(days.map((day) => [day.day, day]));
    this.days = new Map(this.stored);
    this.span = span;
  }

  /** Whether what the person has on all days from one to another is known. */
  knows(from: string, to = from): boolean {
    return this.span === null || (this.span.from <= from && to <= this.span.to);
  }

  /** Takes all stored days. */
  complete(days: readonly DayRow[]): void {
    for (const day of days) {
      if (this.knows(day.day)) continue;
      this.stored.set(day.day, day);
      this.days.set(day.day, day);
    }
    this.span = null;
  }

  /** Live rows per known day; without this row where it is among them. */
  counts(without: ActivityRow | null): DayCount[] {
    const counts = new Map(this.days);
    if (without?.deletedAt === undefined && without?.loggedDate) {
      const day = counts.get(without.loggedDate);
      if (day) counts.set(day.day, countRow(day, without, false, -1));
    }
    return [...counts.values()];
  }

  /** Live rows of people on a day. */
  liveRowsOn(day: string): number {
    return this.days.get(day)?.activityCount ?? 0;
  }

  /** Counts a live row on its day, or takes it away (-1). Throws for a day that is not known. */
  count(row: ActivityRow, { contributesToStreak }: RowTraits, sign: 1 | -1): void {
    const { loggedDate } = row;
    if (loggedDate === null) return;
    if (!this.knows(loggedDate)) throw new Error(`${loggedDate} was not read`);
    const day = this.days.get(loggedDate) ?? { ...this.owner, day: loggedDate, ...emptyDay() };
    this.days.set(loggedDate, countRow(day, row, contributesToStreak, sign));
  }

  /** The days that add up to something else than is stored. */
  changed(): DayRow[] {
    return [...this.days.values()].filter((day) => !isSameDay(day, this.stored.get(day.day)));
  }

  /**
   * The streak of all days. Null where days that are not known have a say in it.
   *
   * @param before the streak of the stored days
   */
  streak(before: Streak, rules: StreakRules): Streak | null {
    if (this.span === null) {
      const ascending = [...this.days.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
      return streakOf(ascending, rules);
    }
    const changes = this.changed().map(({ day, streakPoints: now }) => {
      return { day, before: this.stored.get(day)?.streakPoints ?? 0, now };
    });
    return streakAfter(before, changes, rules);
  }
}
