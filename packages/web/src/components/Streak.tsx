import { Flame } from "lucide-react";
import { cn } from "../lib/cn";
import { formatCount, formatNumber } from "../lib/format";

/** A streak as flame and number; a dash when there is none. */
export function Streak({ days, className }: { days: number; className?: string }) {
  if (days === 0) {
    return (
      <span className={cn("text-ink-soft", className)}>
        <span aria-hidden>–</span>
        <span className="sr-only">no streak</span>
      </span>
    );
  }
  return (
    <span
      className={cn(
        "relative inline-flex items-center gap-1 align-middle leading-none text-flame-ink",
        className,
      )}
    >
      <Flame className="size-[1.1em] shrink-0 fill-flame/35 text-flame" aria-hidden />
      <span aria-hidden className="tabular-nums">
        {formatNumber(days)}
      </span>
      <span className="sr-only">streak of {formatCount(days, "day")}</span>
    </span>
  );
}
