import { ArrowDown, ArrowUp } from "lucide-react";
import { cn } from "../../lib/cn";
import { formatNumber } from "../../lib/format";
import { movementWords, type Basis } from "./rankMovement";

/** How far somebody moved: an arrow and a number, in words for screen readers; a dot for who stayed. */
export function Movement({
  change,
  basis,
  className,
}: {
  change: number;
  basis: Basis;
  className?: string;
}) {
  const Arrow = change > 0 ? ArrowUp : ArrowDown;
  const words = movementWords(change, basis);
  return (
    <span
      title={words}
      className={cn(
        "inline-flex items-center text-xs leading-none font-bold tabular-nums",
        change > 0 ? "text-accent-ink" : "text-ink-soft",
        className,
      )}
    >
      {change === 0 ? (
        <span aria-hidden>·</span>
      ) : (
        <>
          <Arrow className="size-3 stroke-3" aria-hidden />
          <span aria-hidden>{formatNumber(Math.abs(change))}</span>
        </>
      )}
      <span className="sr-only">{words}</span>
    </span>
  );
}
