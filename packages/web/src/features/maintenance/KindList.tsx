import { Badge } from "../../components/Badge";
import { formatNumber } from "../../lib/format";
import { kindWords } from "./findingWords";
import { countsByKind, type Job } from "./jobWords";

/** Findings by kind: what each is called, what it means, and how many there are. */
export function KindList({ counts }: { counts: Job["counts"] }) {
  return (
    <ul className="divide-y divide-line border-y border-line">
      {countsByKind(counts).map(({ kind, count, isExplained }) => {
        const { title, meaning } = kindWords(kind);
        return (
          <li key={`${kind} ${isExplained}`} className="flex items-start gap-4 py-3">
            <p className="min-w-0 flex-1">
              <span className="block font-semibold">{title}</span>
              <span className="text-sm text-ink-soft">{meaning}</span>
            </p>
            {isExplained && <Badge>Explained</Badge>}
            <p className="text-lg font-bold tabular-nums">
              {formatNumber(count)}
              <span className="sr-only"> found</span>
            </p>
          </li>
        );
      })}
    </ul>
  );
}
