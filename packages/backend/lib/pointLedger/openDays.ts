import { isDayDependent } from "../rules/dayShare";
import type { LedgerBook } from "../rules/ledgerBook";
import type { TypeRule } from "../rules/ledger";
import type { LedgerReads } from "./ports";

/** Gives the book all days of an account it was opened for with some of them. */
export async function readAllDays(reads: LedgerReads, book: LedgerBook): Promise<void> {
  book.completeDays(await reads.participations.days(book.account.standing));
}

/**
 * Gives the book the days that the limits of a rule count beyond the week of a day: all, where it limits the challenge.
 * To be called with the rule whose limits bind, before the change is decided.
 */
export async function openLimits(
  reads: LedgerReads,
  book: LedgerBook,
  { rule: { limits } }: TypeRule,
): Promise<void> {
  const { startsOn, endsOn } = book.account.challenge;
  const countsAll = limits.maxPerChallenge !== undefined;
  if (countsAll && !book.knowsDays(startsOn, endsOn)) await readAllDays(reads, book);
}

/**
 * Gives the book the days a change leaves or comes to, each with its week, and their rows where the rule of the change
 * looks at them; a rule that does not costs no read. To be called before the change is decided; a day is read once.
 *
 * @param places the rule of the row before the change with its day, and the rule and day after it; a null day is none
 */
export async function openDays(
  reads: LedgerReads,
  book: LedgerBook,
  places: ReadonlyArray<{ type: TypeRule; day: string | null }>,
): Promise<void> {
  for (const { type, day } of places) {
    const { activityTypeId } = type;
    if (day === null) continue;
    if (!book.knowsDays(day)) await readAllDays(reads, book);
    if (!isDayDependent(type.rule) || book.isDayOpen(activityTypeId, day)) continue;
    const { userId } = book.account.standing;
    const rows = await reads.activities.liveOfType(userId, activityTypeId, day);
    const rules = new Map([[type.version, type.rule]]);
    const known = [];
    for (const row of rows) {
      const rule =
        rules.get(row.ruleVersion) ??
        (await reads.rules.version(activityTypeId, row.ruleVersion)).rule;
      rules.set(row.ruleVersion, rule);
      known.push({ row, rule });
    }
    book.openDay(activityTypeId, day, known);
  }
}
