import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { formatDay, formatSigned } from "../../lib/format";
import { metricWords } from "../../lib/metricWords";
import { preferredUnit } from "../../lib/unitChoice";
import type { PlannedRow } from "./importPlan";
import { newestFirst, outcomeWords } from "./rowWords";

const STEP = 50;

/** Every activity of the file with what becomes of it, folded until asked for. */
export function RowList({ plan }: { plan: readonly PlannedRow[] }) {
  const [count, setCount] = useState(STEP);
  if (plan.length === 0) return null;
  const rows = newestFirst(plan);
  return (
    <details className="group">
      <summary className="inline-flex min-h-9 items-center gap-1 rounded text-sm font-semibold text-accent-ink">
        See each activity
        <ChevronDown className="size-4 transition-transform group-open:rotate-180" aria-hidden />
      </summary>
      <ul aria-label="Activities of the file" className="divide-y divide-line">
        {rows.slice(0, count).map((planned) => (
          <Row key={planned.row.externalId} planned={planned} />
        ))}
      </ul>
      {rows.length > count && (
        <Button
          size="sm"
          variant="secondary"
          className="mt-2"
          onClick={() => setCount(count + STEP)}
        >
          Show more
        </Button>
      )}
    </details>
  );
}

function Row({ planned: { row, result } }: { planned: PlannedRow }) {
  const facts = [formatDay(row.loggedDate), metricWords(row.metrics, preferredUnit)];
  return (
    <li className="flex items-start justify-between gap-4 py-2.5 text-sm">
      <div className="min-w-0">
        <p className="font-semibold break-words">
          {row.sport}
          {row.title !== undefined && (
            <span className="font-normal text-ink-soft"> · {row.title}</span>
          )}
        </p>
        <p className="text-ink-soft">{facts.filter((fact) => fact !== "").join(" · ")}</p>
      </div>
      <p className="max-w-[45%] shrink-0 text-right">
        {result.pointsEarned !== undefined && (
          <span className="block font-bold tabular-nums">
            {formatSigned(result.pointsEarned)}
            <span className="sr-only"> points</span>
          </span>
        )}
        <span className="text-ink-soft">{outcomeWords(result)}</span>
      </p>
    </li>
  );
}
