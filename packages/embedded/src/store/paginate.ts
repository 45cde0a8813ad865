/** One page of a query. */
import { afterKey } from "../codec/keys.ts";
import { decodeCursor, encodeCursor, fingerprint, type Position } from "./cursor.ts";
import { storedSize, storedText } from "./document.ts";
import { TRANSACTION_LIMITS, type Budget } from "./limits.ts";
import { compileOperators, compileRange, findIndex, querySource } from "./query.ts";
import { Pipeline } from "./pipeline.ts";
import type { SnapshotReader } from "./reader.ts";
import type { ScanRange } from "./scan.ts";
import type { ComponentPath, Page, PageOptions, QueryJson } from "../types.ts";

/** The cursor of a query on a table that does not exist yet: there is nothing to continue. */
const NOTHING: Page = {
  page: [],
  isDone: true,
  continueCursor: "",
  splitCursor: null,
  pageStatus: null,
};

/** From this share of a limit on, the page should be split. */
const SOFT_SHARE = 3 / 4;

/**
 * Reads from `cursor` until `pageSize` documents are found, or exactly up to `endCursor`, however many
 * there are now. Without an end cursor, passing `maximumRowsRead`, `maximumBytesRead` or the
 * transaction's own limits ends the page early with `SplitRequired`.
 */
export function readPage(
  reader: SnapshotReader,
  budget: Budget,
  component: ComponentPath,
  query: QueryJson,
  options: PageOptions,
): Page {
  const source = querySource(query);
  const pipeline = new Pipeline(compileOperators(query));
  const table = reader.table(component, source.table);
  if (table === undefined) return NOTHING;
  const index = findIndex(table, source.index);
  const identity = fingerprint(table, index, query);
  // An empty cursor is one of a page that had nothing before it.
  const start = options.cursor ? decodeCursor(identity, index, options.cursor) : null;
  const end = options.endCursor ? decodeCursor(identity, index, options.endCursor) : null;

  const range = between(compileRange(query, index), start, end);
  const scan = reader.scan(range, pipeline.expected ?? options.pageSize);
  const page: string[] = [];
  const keys: Buffer[] = [];
  let bytesRead = 0;
  let position: Position | null = null;
  let pageStatus: Page["pageStatus"] = null;
  while (end !== null || page.length < options.pageSize) {
    const limited =
      keys.length >= (options.maximumRowsRead ?? Infinity) ||
      bytesRead >= (options.maximumBytesRead ?? Infinity) ||
      budget.readsExhausted;
    if (end === null && keys.length > 0 && limited) {
      pageStatus = "SplitRequired";
      break;
    }
    const key = pipeline.finished ? null : scan.next();
    if (key === null) {
      position = end ?? "end";
      break;
    }
    const stored = reader.documentOfKey(table, key);
    keys.push(key);
    bytesRead += storedSize(stored);
    if (pipeline.accepts(stored)) page.push(storedText(stored));
  }
  if (position === null && keys.length > 0) position = { after: keys.at(-1)! };
  if (pageStatus === null && shouldSplit(options, keys.length, bytesRead)) {
    pageStatus = "SplitRecommended";
  }
  return {
    page,
    isDone: position === "end",
    // A page of size 0 read nothing and ends where it began.
    continueCursor: position === null ? (options.cursor ?? "") : encodeCursor(identity, position),
    splitCursor:
      keys.length > 2 ? encodeCursor(identity, { after: keys[keys.length >> 1]! }) : null,
    pageStatus,
  };
}

/** The part of the range behind `start` and up to `end`, which is included. */
function between(range: ScanRange, start: Position | null, end: Position | null): ScanRange {
  if (start === "end") return { ...range, lo: range.hi };
  let { lo, hi } = range;
  if (range.reverse) {
    if (start !== null) hi = lower(hi, start.after);
    if (end !== null && end !== "end") lo = higher(lo, end.after);
  } else {
    if (start !== null) lo = higher(lo, afterKey(start.after));
    if (end !== null && end !== "end") hi = lower(hi, afterKey(end.after));
  }
  return { ...range, lo, hi };
}

function shouldSplit(options: PageOptions, rowsRead: number, bytesRead: number): boolean {
  const { documentsRead, bytesRead: mostBytes } = TRANSACTION_LIMITS;
  const rows = Math.min(options.maximumRowsRead ?? Infinity, documentsRead);
  const bytes = Math.min(options.maximumBytesRead ?? Infinity, mostBytes);
  return rowsRead > rows * SOFT_SHARE || bytesRead > bytes * SOFT_SHARE;
}

function lower(left: Buffer, right: Buffer): Buffer {
  return left.compare(right) < 0 ? left : right;
}

function higher(left: Buffer, right: Buffer): Buffer {
  return left.compare(right) > 0 ? left : right;
}
