import { lazy, Suspense, useMemo, useRef, type ReactNode } from "react";
import { useGlidingRows } from "../../lib/motion";
import { BoardTableRow } from "./BoardTableRow";
import { tiedRanks, type BoardRow } from "./boardRows";
import type { Look } from "./lastLook";
import { movementOf, type Basis } from "./rankMovement";

/** From here on only the rows in view, and some around them, are on the page. */
const WINDOWED_ABOVE = 200;

const WindowedRows = lazy(async () => ({ default: (await import("./WindowedRows")).WindowedRows }));

interface BoardTableProps {
  caption: string;
  rows: BoardRow[];
  ownUserId: string | undefined;
  /** A row that is pointed out. */
  markedUserId?: string | undefined;
  /** What movement is compared with; null = none is shown. */
  basis: Basis | null;
  look: Look | null;
  /** There are more rows than these. */
  isPart: boolean;
}

/** Draws the row at a position, counted from 0. */
export type RenderRow = (
  index: number,
  measure?: (row: HTMLTableRowElement | null) => void,
) => ReactNode;

/** A board as a real table: the name heads each row. */
export function BoardTable(props: BoardTableProps) {
  const { caption, rows, ownUserId, markedUserId, basis, look, isPart } = props;
  const tied = useMemo(() => tiedRanks(rows), [rows]);
  const renderRow: RenderRow = (index, measure) => {
    const row = rows[index];
    if (row === undefined) return null;
    return (
      <BoardTableRow
        key={row.userId}
        row={row}
        index={index}
        isOwn={row.userId === ownUserId}
        isMarked={row.userId === markedUserId}
        isTied={tied.has(row.rank)}
        basis={basis}
        change={basis === null ? undefined : movementOf(row, basis, look)}
        measure={measure}
      />
    );
  };
  const plain = <PlainRows rows={rows.slice(0, WINDOWED_ABOVE)} renderRow={renderRow} />;
  return (
    <table
      aria-rowcount={isPart ? -1 : rows.length + 1}
      className="w-full table-fixed border-separate border-spacing-0 overflow-clip rounded-b-card text-left"
    >
      <caption className="sr-only">{caption}</caption>
      <thead>
        <tr
          aria-rowindex={1}
          className="text-sm text-ink-soft [&>th]:border-b [&>th]:border-line [&>th]:py-3 [&>th]:font-medium"
        >
          <th scope="col" className="w-15 pl-3 sm:w-26 sm:pl-6">
            Rank
          </th>
          <th scope="col">Name</th>
          {/* On a phone the streak stands below the name. */}
          <th scope="col" className="hidden sm:table-cell sm:w-24">
            Streak
          </th>
          <th scope="col" className="w-20 pr-4 text-right sm:w-32 sm:pr-6">
            Points
          </th>
        </tr>
      </thead>
      {rows.length <= WINDOWED_ABOVE ? (
        plain
      ) : (
        <Suspense fallback={plain}>
          <WindowedRows rows={rows} renderRow={renderRow} />
        </Suspense>
      )}
    </table>
  );
}

function PlainRows({ rows, renderRow }: { rows: BoardRow[]; renderRow: RenderRow }) {
  const body = useRef<HTMLTableSectionElement>(null);
  useGlidingRows(body, rows.map(({ userId }) => userId).join());
  return <tbody ref={body}>{rows.map((_, index) => renderRow(index))}</tbody>;
}
