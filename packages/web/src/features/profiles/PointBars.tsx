import { cn } from "../../lib/cn";
import type { Bar } from "./barShares";

/** Points over time as bars, the oldest first; each is a list item with its words. */
export function PointBars({ bars, label }: { bars: Bar[]; label: string }) {
  const hasLosses = bars.some(({ points }) => points < 0);
  return (
    <ol aria-label={label} className="flex h-32 items-stretch gap-px sm:gap-1">
      {bars.map(({ key, words, points, share }) => (
        <li key={key} title={words} className="flex min-w-0 flex-1 flex-col">
          <span className="sr-only">{words}</span>
          <Half
            share={points > 0 ? share : 0}
            className="items-end"
            look="rounded-t-sm bg-accent"
          />
          <span aria-hidden className="h-px bg-line-strong/50" />
          {hasLosses && (
            <Half
              share={points < 0 ? share : 0}
              className="items-start"
              look="rounded-b-sm bg-danger"
            />
          )}
        </li>
      ))}
    </ol>
  );
}

interface HalfProps {
  /** 0 = there is no bar on this side. */
  share: number;
  className: string;
  look: string;
}

/** The part of a bar above or below the line. */
function Half({ share, className, look }: HalfProps) {
  return (
    <span aria-hidden className={cn("flex flex-1", className)}>
      {share > 0 && (
        <span className={cn("w-full", look)} style={{ height: `${Math.max(3, 100 * share)}%` }} />
      )}
    </span>
  );
}
