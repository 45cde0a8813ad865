import type { ReactNode } from "react";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { cn } from "../../lib/cn";
import { formatNumber } from "../../lib/format";

interface PlayerRow {
  position: number;
  userId: string;
  displayName: string;
}

interface PlayersTableProps<Row extends PlayerRow> {
  caption: string;
  rows: Row[];
  ownUserId: string | undefined;
  /** Below the name. */
  details: (row: Row) => ReactNode;
  /** What the last column is called, and what it says. */
  figure: { heading: string; of: (row: Row) => ReactNode };
}

/** Players of a game, one a row, in the order of its start. */
export function PlayersTable<Row extends PlayerRow>(props: PlayersTableProps<Row>) {
  const { caption, rows, ownUserId, details, figure } = props;
  return (
    <table className="w-full table-fixed text-left">
      <caption className="sr-only">{caption}</caption>
      <thead>
        <tr className="text-sm text-ink-soft [&>th]:border-b [&>th]:border-line [&>th]:pb-2 [&>th]:font-medium">
          <th scope="col" className="w-12">
            Start
          </th>
          <th scope="col">Player</th>
          <th scope="col" className="w-20 text-right">
            {figure.heading}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr
            key={row.position}
            className={cn(
              "[&>*]:border-b [&>*]:border-line [&>*]:py-2.5 [&>*]:align-top last:[&>*]:border-b-0",
              row.userId === ownUserId && "bg-accent-soft/60",
            )}
          >
            <td className="text-ink-soft tabular-nums">{formatNumber(row.position)}</td>
            <th scope="row" className="pr-2 font-semibold wrap-anywhere">
              {row.displayName}
              {row.userId === ownUserId && (
                <Badge tone="accent" className="ml-2">
                  You
                </Badge>
              )}
              <span className="block text-sm font-normal text-ink-soft">{details(row)}</span>
            </th>
            <td className="text-right font-bold tabular-nums">{figure.of(row)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface PagerProps {
  /** What the pages are of, for screen readers. */
  label: string;
  first: number;
  last: number;
  of: number;
  onPrevious: (() => void) | null;
  onNext: (() => void) | null;
}

/** Leafs through the pages of a table; nothing where there is one. */
export function Pager({ label, first, last, of, onPrevious, onNext }: PagerProps) {
  if (onPrevious === null && onNext === null) return null;
  return (
    <nav aria-label={label} className="mt-4 flex items-center justify-between gap-3">
      <Button
        variant="secondary"
        size="sm"
        disabled={onPrevious === null}
        onClick={() => onPrevious?.()}
      >
        Previous
      </Button>
      <p className="text-sm text-ink-soft tabular-nums" aria-live="polite">
        {formatNumber(first)}–{formatNumber(last)} of {formatNumber(of)}
      </p>
      <Button variant="secondary" size="sm" disabled={onNext === null} onClick={() => onNext?.()}>
        Next
      </Button>
    </nav>
  );
}
