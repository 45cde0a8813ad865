import type { Checked } from "../errors";
import { accept } from "./checked";
import { scoredFields } from "./daySheets";
import { type ActivityRow, fieldsOf, type RowChange, type StoredActivity } from "./ledger";
import type { LedgerBook } from "./ledgerBook";
import type { TypeRule } from "./ledger";
import { automaticVariant } from "./variants";

/**
 * A live row scored by another version of its type's rule, with the facts it has; limits and the log window do not bind,
 * because the row is there. Where the option it was logged with is gone or no longer fits, the default counts, else the
 * first that fits. Refuses what `scoreUncapped` refuses: a metric the new rule needs and the row lacks.
 */
export function decideRescore(
  book: LedgerBook,
  row: StoredActivity,
  types: { before: TypeRule; after: TypeRule },
  note?: string,
): Checked<RowChange> {
  const { rule, version: ruleVersion } = types.after;
  const facts: ActivityRow = {
    ...fieldsOf(row),
    ruleVersion,
    variant: automaticVariant(rule.scoring, row.variant, row.metrics),
    version: row.version + 1,
  };
  const score = book.score(row, facts, rule);
  if (!score.ok) return score;
  return accept({
    before: row,
    after: { ...facts, ...scoredFields(score.value) },
    traitsBefore: types.before.rule,
    traitsAfter: rule,
    rule,
    kind: "repriced",
    reason: "rescored",
    note,
  });
}
