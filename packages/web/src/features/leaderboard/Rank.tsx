import { cn } from "../../lib/cn";
import { formatNumber } from "../../lib/format";

const MEDALS: Record<number, string> = {
  1: "bg-[light-dark(#f6dd8f,#5b4a12)] text-[light-dark(#5d4500,#ffe08a)]",
  2: "bg-[light-dark(#dfe3e6,#424a4f)] text-[light-dark(#3c464c,#e2e8ec)]",
  3: "bg-[light-dark(#f2cfae,#5a3a1e)] text-[light-dark(#6e3b10,#ffc998)]",
};

interface RankProps {
  rank: number;
  isTied: boolean;
  /** Without a point nobody stands on a podium. */
  points: number;
}

/** A rank, the first three as medals; a tie is marked. */
export function Rank({ rank, isTied, points }: RankProps) {
  return (
    <span
      className={cn(
        "inline-flex h-8 min-w-8 items-center justify-center rounded-full px-1 text-sm font-bold whitespace-nowrap",
        (points > 0 ? MEDALS[rank] : undefined) ?? "text-ink-soft",
      )}
    >
      {formatNumber(rank)}
      {isTied && <span aria-hidden>=</span>}
      {isTied && <span className="sr-only"> tied</span>}
    </span>
  );
}
