import { Link } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { memo, useCallback, useRef } from "react";
import { Avatar } from "../../components/Avatar";
import { Badge } from "../../components/Badge";
import { Streak } from "../../components/Streak";
import { cn } from "../../lib/cn";
import { formatNumber, formatSigned } from "../../lib/format";
import { useRiseFlash } from "../../lib/motion";
import { useChallenge } from "../challenges/challengeContext";
import { isSameRow, type BoardRow } from "./boardRows";
import { Movement } from "./Movement";
import type { Basis } from "./rankMovement";
import { Rank } from "./Rank";

interface BoardTableRowProps {
  row: BoardRow;
  /** Position among the rows, from 0. */
  index: number;
  isOwn: boolean;
  isMarked: boolean;
  isTied: boolean;
  basis: Basis | null;
  /** Ranks risen since then; undefined when it is not known. */
  change: number | undefined;
  /** Where only the rows in view are drawn: reports their height. */
  measure: ((row: HTMLTableRowElement | null) => void) | undefined;
}

/** One person's place; drawn again only when what it says changes, though every answer brings new rows. */
export const BoardTableRow = memo(function BoardTableRow(props: BoardTableRowProps) {
  const { row, index, isOwn, isMarked, isTied, basis, change, measure } = props;
  const { challengeId } = useChallenge();
  const line = useRef<HTMLTableRowElement>(null);
  useRiseFlash(line, row.totalPoints);
  const keep = useCallback(
    (element: HTMLTableRowElement | null) => {
      line.current = element;
      measure?.(element);
    },
    [measure],
  );
  return (
    <tr
      ref={keep}
      data-row-key={row.userId}
      data-index={index}
      // The head of the table is row 1.
      aria-rowindex={index + 2}
      className={cn(
        "[&>*]:h-14 [&>*]:border-b [&>*]:border-line last:[&>*]:border-b-0",
        isMarked && "bg-flame-soft [&>*:first-child]:shadow-[inset_3px_0_0_var(--color-flame)]",
        isOwn && "bg-accent-soft/60 [&>*:first-child]:shadow-[inset_3px_0_0_var(--color-accent)]",
      )}
    >
      <td className="pl-3 tabular-nums sm:pl-6">
        <span className="flex w-8 flex-col items-center gap-0.5 sm:w-auto sm:flex-row sm:gap-2">
          <Rank rank={row.rank} isTied={isTied} points={row.totalPoints} />
          {basis !== null && change !== undefined && <Movement change={change} basis={basis} />}
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
            {row.differs === true && <CheckedBadge />}
            {row.currentStreak > 0 && (
              <span className="basis-full text-sm sm:hidden">
                <Streak days={row.currentStreak} />
              </span>
            )}
          </span>
        </span>
      </th>
      <td className="hidden sm:table-cell">
        <Streak days={row.currentStreak} className="font-semibold" />
      </td>
      <td className="pr-4 text-right tabular-nums sm:pr-6">
        <span className="block text-lg leading-tight font-bold">
          {formatNumber(row.totalPoints)}
        </span>
        {row.pointsToday !== undefined && row.pointsToday !== 0 && (
          <span className="block text-xs whitespace-nowrap text-ink-soft">
            {formatSigned(row.pointsToday)} today
          </span>
        )}
      </td>
    </tr>
  );
}, isSame);

function isSame(before: BoardTableRowProps, now: BoardTableRowProps): boolean {
  const props = Object.keys(now) as Array<keyof BoardTableRowProps>;
  return props.every((prop) =>
    prop === "row" ? isSameRow(before.row, now.row) : before[prop] === now[prop],
  );
}

function CheckedBadge() {
  return (
    <Badge
      tone="flame"
      title="The stored total differs from the sum of the activities, which is shown here. It is being looked into."
    >
      <TriangleAlert aria-hidden />
      Being checked
    </Badge>
  );
}
