import { Link } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { useRef } from "react";
import { Avatar } from "../../components/Avatar";
import { Badge } from "../../components/Badge";
import { Streak } from "../../components/Streak";
import { cn } from "../../lib/cn";
import { formatNumber } from "../../lib/format";
import { useGlidingRows, useRiseFlash } from "../../lib/motion";
import { useChallenge } from "../challenges/challengeContext";
import { tiedRanks, type BoardRow } from "./boardRows";

/** The board as a real table: the name heads each row. */
export function BoardTable({
  rows,
  ownUserId,
}: {
  rows: BoardRow[];
  ownUserId: string | undefined;
}) {
  const body = useRef<HTMLTableSectionElement>(null);
  useGlidingRows(body, rows.map(({ userId }) => userId).join());
  const tied = tiedRanks(rows);
  return (
    <table className="w-full table-fixed border-separate border-spacing-0 text-left">
      <caption className="sr-only">Leaderboard by total points. It updates by itself.</caption>
      <thead>
        <tr className="text-sm text-ink-soft [&>th]:border-b [&>th]:border-line [&>th]:py-3 [&>th]:font-medium">
          <th scope="col" className="w-14 pl-4 sm:w-20 sm:pl-6">
            Rank
          </th>
          <th scope="col">Name</th>
          <th scope="col" className="w-15 sm:w-24">
            Streak
          </th>
          <th scope="col" className="w-20 pr-4 text-right sm:w-28 sm:pr-6">
            Points
          </th>
        </tr>
      </thead>
      <tbody ref={body}>
        {rows.map((row) => (
          <Row
            key={row.userId}
            row={row}
            isOwn={row.userId === ownUserId}
            isTied={tied.has(row.rank)}
          />
        ))}
      </tbody>
    </table>
  );
}

const MEDALS: Record<number, string> = {
  1: "bg-[light-dark(#f6dd8f,#5b4a12)] text-[light-dark(#5d4500,#ffe08a)]",
  2: "bg-[light-dark(#dfe3e6,#424a4f)] text-[light-dark(#3c464c,#e2e8ec)]",
  3: "bg-[light-dark(#f2cfae,#5a3a1e)] text-[light-dark(#6e3b10,#ffc998)]",
};

function Row({ row, isOwn, isTied }: { row: BoardRow; isOwn: boolean; isTied: boolean }) {
  const { challengeId } = useChallenge();
  const cell = useRef<HTMLTableRowElement>(null);
  useRiseFlash(cell, row.totalPoints);
  return (
    <tr
      ref={cell}
      data-row-key={row.userId}
      className={cn(
        "[&>*]:h-14 [&>*]:border-b [&>*]:border-line last:[&>*]:border-b-0",
        isOwn && "bg-accent-soft/60 [&>*:first-child]:shadow-[inset_3px_0_0_var(--color-accent)]",
      )}
    >
      <td className="pl-4 tabular-nums sm:pl-6">
        <span
          className={cn(
            "inline-flex h-8 min-w-8 items-center justify-center rounded-full px-1 text-sm font-bold",
            MEDALS[row.rank] ?? "text-ink-soft",
          )}
        >
          {formatNumber(row.rank)}
          {isTied && <span aria-hidden>=</span>}
          {isTied && <span className="sr-only"> tied</span>}
        </span>
      </td>
      <th scope="row" className="py-1.5 pr-2 font-semibold">
        <span className="flex items-center gap-3">
          <Avatar name={row.displayName} seed={row.userId} className="hidden sm:grid" />
          <span className="flex min-w-0 flex-wrap items-center gap-x-2">
            <Link
              to="/c/$challengeId/people/$userId"
              params={{ challengeId, userId: row.userId }}
              className="rounded py-1 leading-snug decoration-accent decoration-2 underline-offset-4 hover:underline"
            >
              {row.displayName}
            </Link>
            {isOwn && <Badge tone="accent">You</Badge>}
            {row.differs === true && (
              <Badge
                tone="flame"
                title="The stored total differs from the sum of the activities shown here."
              >
                <TriangleAlert aria-hidden />
                Being checked
              </Badge>
            )}
          </span>
        </span>
      </th>
      <td>
        <Streak days={row.currentStreak} className="font-semibold" />
      </td>
      <td className="pr-4 text-right text-lg font-bold tabular-nums sm:pr-6">
        {formatNumber(row.totalPoints)}
      </td>
    </tr>
  );
}
