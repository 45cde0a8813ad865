import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useLayoutEffect, useRef, useState } from "react";
import type { RenderRow } from "./BoardTable";
import type { BoardRow } from "./boardRows";

const ROW_HEIGHT = 57;
const ROWS_AROUND_VIEW = 15;

/** The body of a large board: the rows in view and some around them, between two empty ones as high as all others. */
export function WindowedRows({ rows, renderRow }: { rows: BoardRow[]; renderRow: RenderRow }) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [scrollMargin, setScrollMargin] = useState(0);
  useLayoutEffect(() => {
    const top = body.current?.getBoundingClientRect().top;
    if (top !== undefined) setScrollMargin(top + scrollY);
  }, []);
  // Another function would have every row placed anew, at each step of scrolling.
  const getItemKey = useCallback((index: number) => rows[index]?.userId ?? index, [rows]);
  const virtualizer = useWindowVirtualizer<HTMLTableRowElement>({
    count: rows.length,
    estimateSize: () => ROW_HEIGHT,
    getItemKey,
    overscan: ROWS_AROUND_VIEW,
    scrollMargin,
  });
  const items = virtualizer.getVirtualItems();
  const [first, last] = [items[0], items.at(-1)];
  const above = first === undefined ? 0 : first.start - scrollMargin;
  const below = last === undefined ? 0 : virtualizer.getTotalSize() - (last.end - scrollMargin);
  return (
    <tbody ref={body}>
      <Gap height={above} />
      {items.map(({ index }) => renderRow(index, virtualizer.measureElement))}
      <Gap height={below} />
    </tbody>
  );
}

function Gap({ height }: { height: number }) {
  return <tr aria-hidden style={{ height }} />;
}
