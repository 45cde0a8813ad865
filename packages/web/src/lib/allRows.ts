interface Page<Row, Cursor> {
  page: Row[];
  isDone: boolean;
  continueCursor: Cursor;
}

/**
 * All rows of a query that answers in pages, one page after the other.
 *
 * @param ask one page; its cursor is null for the first
 * @param onProgress is told after each page how many rows there are
 */
export async function allRows<Row, Cursor>(
  ask: (cursor: Cursor | null) => Promise<Page<Row, Cursor>>,
  onProgress: (count: number) => void,
): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: Cursor | null = null;
  for (;;) {
    const { page, isDone, continueCursor }: Page<Row, Cursor> = await ask(cursor);
    rows.push(...page);
    onProgress(rows.length);
    if (isDone) return rows;
    cursor = continueCursor;
  }
}
