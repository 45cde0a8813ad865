type Cell = string | number | null;
/** The rows of a file, its header first. */
export type Table = ReadonlyArray<readonly Cell[]>;

/** Byte order mark: without it spreadsheets take UTF-8 for the encoding of their country. */
const BOM = "\uFEFF";

/**
 * Where a spreadsheet could begin to read a formula: at the start of a text, and behind what it may split cells at
 * (a semicolon in much of Europe, a tab, a line break), also behind a quotation mark there.
 */
const FORMULA_START = /(?<=^|[;\t\r\n])(?="*[=+\-@\t\r])/g;

/**
 * One cell of a CSV file. Where a spreadsheet would run a text as a formula an apostrophe is put in front; numbers are
 * written as they are, negative ones too, so that they still add up.
 */
function cellOf(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const text = cell.replaceAll(FORMULA_START, "'");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows as a CSV file (RFC 4180, UTF-8) that is safe to open in a spreadsheet. */
export function csvOf(rows: Table): string {
  return BOM + rows.map((row) => `${row.map(cellOf).join(",")}\r\n`).join("");
}

/** The name of a CSV file out of words: letters and digits of any language, the rest as hyphens. */
export function csvFileName(...words: string[]): string {
  const name = words
    .join(" ")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-|-$/g, "");
  return `${name}.csv`;
}

/** Hands a CSV file to the browser's downloads. */
export function downloadCsv(fileName: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  // Browsers start the download after this turn.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
