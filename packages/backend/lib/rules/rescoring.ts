import type { Checked } from "../errors";
import { accept } from "./checked";
import { scoredFields } from "./daySheets";
import { type ActivityRow, fieldsOf, type RowChange, type StoredActivity } from "./ledger";
import type { LedgerBook } from "./ledgerBook";
import type { TypeRule } from "./ledger";
import { checkMetrics } from "./metrics";
import { automaticVariant } from "./variants";

/** What the source of a sealed row says now: with it the row is no longer sealed. */
export type FetchedFacts = Pick<ActivityRow, "metrics" | "title" | "startedAtMs">;

/**
 * A live row scored by another version of its type's rule, with the facts it has; limits and the log window do not bind,
 * because the row is there. Where the option it was logged with is gone or no longer fits, the default counts, else the
 * first that fits. Refuses what `scoreUncapped` refuses: a metric the new rule needs and the row lacks.
 *
 * @param options.fetched the facts of a sealed row, whose own are gone
 */
export function decideRescore(
  book: LedgerBook,
  row: StoredActivity,
  types: { before: TypeRule; after: TypeRule },
  { note, fetched }: { note?: string; fetched?: FetchedFacts } = {},
): Checked<RowChange> {
  const { rule, version: ruleVersion } = types.after;
  const metrics = checkMetrics(fetched?.metrics ?? row.metrics);
  if (!metrics.ok) return metrics;
  const facts: ActivityRow = {
    ...fieldsOf(row),
    ...(fetched && { ...fetched, sealedAt: undefined }),
    metrics: metrics.value,
    ruleVersion,
    variant: automaticVariant(rule.scoring, row.variant, metrics.value),
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
