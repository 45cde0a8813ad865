/**
 * The data file as bytes. LMDB maps it into memory and trusts it: a page that is not there ends the process
 * without a word. So the file is looked at before LMDB opens it, by the layout of LMDB's pages.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const MAGIC = 0xbeef_c0de;
const PAGE_HEADER_BYTES = 24;
const NODE_HEADER_BYTES = 8;
const NO_PAGE = 0xffff_ffff;

/** Kinds of pages, bits of their flags. */
const BRANCH = 0x01;
const LEAF = 0x02;
const OVERFLOW = 0x04;
const META = 0x08;
/** A leaf node whose value is on overflow pages. */
const BIG_VALUE = 0x01;

/** Where the fields of a meta page are. */
const AT = {
  flags: 18,
  lower: 20,
  upper: 22,
  overflowPages: 20,
  magic: 24,
  pageSize: 48,
  freeRoot: 88,
  mainRoot: 136,
  lastPage: 144,
  transaction: 152,
} as const;

/** What the newest commit says about the file. */
interface Header {
  pageSize: number;
  lastPage: number;
  /** First pages of the two trees: free pages and rows. */
  roots: number[];
}

/** Whole file in pages, read one at a time. */
class DataFile {
  readonly #file: number;
  readonly size: number;

  constructor(path: string) {
    this.#file = openSync(path, "r");
    this.size = fstatSync(this.#file).size;
  }

  read(position: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    readSync(this.#file, bytes, 0, length, position);
    return bytes;
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Page numbers have 64 bits, of which files that fit a disk use fewer than 53. */
function pageNumber(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;
}

/** The newest of the two meta pages; null when one of them is none. */
function readHeader(file: DataFile): Header | null {
  const first = file.read(0, AT.transaction + 8);
  const pageSize = first.readUInt32LE(AT.pageSize);
  if (!isMeta(first) || pageSize < 512 || pageSize > 65_536) return null;
  const second = file.read(pageSize, AT.transaction + 8);
  if (!isMeta(second)) return null;
  const isNewer = pageNumber(second, AT.transaction) > pageNumber(first, AT.transaction);
  const newest = isNewer ? second : first;
  const roots = [AT.freeRoot, AT.mainRoot]
    .filter((at) => newest.readUInt32LE(at) !== NO_PAGE)
    .map((at) => pageNumber(newest, at));
  return { pageSize, lastPage: pageNumber(newest, AT.lastPage), roots };
}

function isMeta(bytes: Buffer): boolean {
  return bytes.readUInt32LE(AT.magic) === MAGIC && (bytes.readUInt16LE(AT.flags) & META) !== 0;
}

/**
 * Why a data file cannot be opened; null when nothing speaks against it. Costs two reads, unless the file is
 * shorter than its newest commit says, which is right only if nobody uses the pages at its end.
 */
export function reasonNotToOpen(path: string): string | null {
  const file = new DataFile(path);
  try {
    const header = readHeader(file);
    if (header === null) return "its first pages are not those of a data file";
    if (file.size >= (header.lastPage + 1) * header.pageSize) return null;
    const [damaged] = brokenPages(file, header);
    return damaged === undefined ? null : `it has been cut off: ${damaged}`;
  } finally {
    file.close();
  }
}

/** Every page that is damaged, in words; for a file that nobody writes to. */
export function damagedPages(path: string): string[] {
  const file = new DataFile(path);
  try {
    const header = readHeader(file);
    if (header === null) return ["the first pages are not those of a data file"];
    return [...brokenPages(file, header)];
  } finally {
    file.close();
  }
}

/** Walks both trees from their roots; a page that is damaged may point back to one above it. */
function* brokenPages(file: DataFile, { pageSize, roots }: Header): Generator<string> {
  const pages = Math.floor(file.size / pageSize);
  const waiting = [...roots];
  const seen = new Set<number>();
  for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
    if (seen.has(number)) {
      yield `page ${number} is in the file's trees twice`;
      continue;
    }
    seen.add(number);
    if (number >= pages) {
      yield `page ${number} is behind the end of the file`;
      continue;
    }
    const page = file.read(number * pageSize, pageSize);
    const problem = problemOf(page, number);
    if (problem !== null) {
      yield `page ${number} ${problem}`;
      continue;
    }
    if ((page.readUInt16LE(AT.flags) & BRANCH) !== 0) {
      waiting.push(...nodes(page).map((at) => childOf(page, at)));
      continue;
    }
    for (const { first, count } of overflows(page, file, pageSize)) {
      if (first + count > pages) yield `page ${first} is behind the end of the file`;
    }
  }
}

/** What is wrong with a tree page by itself; null when it is sound. */
function problemOf(page: Buffer, number: number): string | null {
  if (pageNumber(page, 0) !== number) return "carries another number";
  const kind = page.readUInt16LE(AT.flags) & (BRANCH | LEAF | OVERFLOW | META);
  if (kind !== BRANCH && kind !== LEAF) return "is of a wrong kind";
  const lower = page.readUInt16LE(AT.lower);
  const upper = page.readUInt16LE(AT.upper);
  if (lower > upper || upper > page.length - PAGE_HEADER_BYTES) return "has wrong bounds";
  const outside = nodes(page).some((at) => at + NODE_HEADER_BYTES > page.length);
  return outside ? "points outside itself" : null;
}

/** Positions of the nodes in a page. */
function nodes(page: Buffer): number[] {
  const count = page.readUInt16LE(AT.lower) >> 1;
  return Array.from(
    { length: count },
    (_, i) => page.readUInt16LE(PAGE_HEADER_BYTES + 2 * i) + PAGE_HEADER_BYTES,
  );
}

function childOf(page: Buffer, at: number): number {
  return page.readUInt32LE(at) + page.readUInt16LE(at + 4) * 2 ** 32;
}

/** The overflow pages that the values of a leaf are on; a first page of another kind counts without end. */
function* overflows(page: Buffer, file: DataFile, pageSize: number) {
  for (const at of nodes(page)) {
    if ((page.readUInt16LE(at + 4) & BIG_VALUE) === 0) continue;
    const valueAt = at + NODE_HEADER_BYTES + page.readUInt16LE(at + 6);
    if (valueAt + 8 > page.length) continue;
    const first = pageNumber(page, valueAt);
    const header = file.read(first * pageSize, PAGE_HEADER_BYTES);
    const isOverflow = (header.readUInt16LE(AT.flags) & OVERFLOW) !== 0;
    yield { first, count: isOverflow ? header.readUInt32LE(AT.overflowPages) : Infinity };
  }
}
