import { Badge } from "../../components/Badge";
import { cn } from "../../lib/cn";
import { formatNumber } from "../../lib/format";
import { Rank } from "./Rank";
import { tiedRanks } from "./boardRows";

export interface FinalRow {
  position: number;
  rank: number;
  userId: string;
  displayName: string;
  totalPoints: number;
}

interface FinalTableProps {
  rows: FinalRow[];
  ownUserId: string | undefined;
  /** There are more rows than these. */
  isPart: boolean;
}

/** Frozen standings as a plain table. */
export function FinalTable({ rows, ownUserId, isPart }: FinalTableProps) {
  const tied = tiedRanks(rows);
  return (
    <table
      aria-rowcount={isPart ? -1 : undefined}
      className="w-full table-fixed border-separate border-spacing-0 overflow-clip rounded-card border border-line bg-surface text-left shadow-card print:border-0 print:shadow-none"
    >
      <caption className="sr-only">Final standings</caption>
      <thead>
        <tr className="text-sm text-ink-soft [&>th]:border-b [&>th]:border-line [&>th]:py-3 [&>th]:font-medium">
          <th scope="col" className="w-18 pl-4 sm:w-24 sm:pl-6">
            Rank
          </th>
          <th scope="col">Name</th>
          <th scope="col" className="w-24 pr-4 text-right sm:pr-6">
            Points
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ position, rank, userId, displayName, totalPoints }) => (
          <tr
            key={position}
            className={cn(
              "break-inside-avoid [&>*]:border-b [&>*]:border-line [&>*]:py-2.5 last:[&>*]:border-b-0 print:[&>*]:py-1",
              userId === ownUserId && "bg-accent-soft/60 print:bg-transparent",
            )}
          >
            <td className="pl-4 tabular-nums sm:pl-6">
              <Rank rank={rank} isTied={tied.has(rank)} points={totalPoints} />
            </td>
            <th scope="row" className="pr-2 font-semibold">
              {displayName}
              {userId === ownUserId && (
                <Badge tone="accent" className="ml-2 print:hidden">
                  You
                </Badge>
              )}
            </th>
            <td className="pr-4 text-right text-lg font-bold tabular-nums sm:pr-6">
              {formatNumber(totalPoints)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
