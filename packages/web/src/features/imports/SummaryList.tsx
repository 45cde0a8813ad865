import { formatNumber } from "../../lib/format";
import { importReasonWords } from "../../lib/refusals";
import type { Summary } from "./importPlan";

/** How many rows end how, with the reasons of those that do not count. */
export function SummaryList({
  summary,
  refusedCount,
  isDone,
}: {
  summary: Summary;
  refusedCount: number;
  isDone: boolean;
}) {
  const lines: Array<[words: string, count: number]> = [
    [isDone ? "Imported" : "New, will be imported", summary.created],
    [isDone ? "Updated" : "Changed since last time, will be updated", summary.updated],
    ["Already here", summary.exists],
    [
      isDone ? "Held until you decide: perhaps logged already" : "Perhaps logged already",
      summary.held,
    ],
    ...summary.skipped.map(({ reason, count }): [string, number] => [
      importReasonWords(reason),
      count,
    ]),
    ["Could not be read", refusedCount],
  ];
  return (
    <dl className="divide-y divide-line">
      {lines
        .filter(([, count], index) => count > 0 || index === 0)
        .map(([words, count], index) => (
          <div key={words} className="flex items-baseline justify-between gap-4 py-2.5">
            <dt className={index === 0 ? "font-semibold" : "text-ink-soft"}>{words}</dt>
            <dd className="font-bold tabular-nums">{formatNumber(count)}</dd>
          </div>
        ))}
    </dl>
  );
}
