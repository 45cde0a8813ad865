type Cell = string | number | null;

/** Byte order mark: without it spreadsheets take UTF-8 for the encoding of their country. */
const BOM = "\uFEFF";

/**
 * One cell of a CSV file. A text that a spreadsheet would run as a formula gets an apostrophe in front; numbers are
 * written as they are, negative ones too, so that they still add up.
 */
function cellOf(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows as a CSV file (RFC 4180, UTF-8) that is safe to open in a spreadsheet. */
export function csvOf(rows: ReadonlyArray<readonly Cell[]>): string {
  return BOM + rows.map((row) => `${row.map(cellOf).join(",")}\r\n`).join("");
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
