import type { ArchiveRemark } from "@milepost/backend/rules/archive";
import { ChevronDown } from "lucide-react";

const SHOWN = 100;

/** Lines of the file with something to say about each, folded until asked for. */
export function Remarks({ title, remarks }: { title: string; remarks: readonly ArchiveRemark[] }) {
  if (remarks.length === 0) return null;
  return (
    <details className="group">
      <summary className="inline-flex min-h-9 items-center gap-1 rounded text-sm font-semibold text-accent-ink">
        {title}
        <ChevronDown className="size-4 transition-transform group-open:rotate-180" aria-hidden />
      </summary>
      <ul className="grid gap-1 rounded-xl bg-sunken px-4 py-3 text-sm">
        {remarks.slice(0, SHOWN).map(({ line, problem }, index) => (
          <li key={index}>
            Line {line}: {problem}
          </li>
        ))}
        {remarks.length > SHOWN && <li>and {remarks.length - SHOWN} more.</li>}
      </ul>
    </details>
  );
}
