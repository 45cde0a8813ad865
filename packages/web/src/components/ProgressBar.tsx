import { Progress } from "radix-ui";
import { cn } from "../lib/cn";

/** How far something is, from 0 to `max`. */
export function ProgressBar({
  label,
  value,
  max,
  className,
}: {
  label: string;
  value: number;
  max: number;
  className?: string;
}) {
  const safeMax = Math.max(1, max);
  const shown = Math.min(Math.max(0, value), safeMax);
  return (
    <Progress.Root
      aria-label={label}
      value={shown}
      max={safeMax}
      className={cn("h-2 overflow-hidden rounded-full bg-sunken", className)}
    >
      <Progress.Indicator
        className="h-full rounded-full bg-accent transition-[width] duration-300"
        style={{ width: `${(100 * shown) / safeMax}%` }}
      />
    </Progress.Root>
  );
}
