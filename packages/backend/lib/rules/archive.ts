import Papa from "papaparse";
import type { Metrics } from "../../tables/scoring";
import { activityInstant, displayedNumber, preciseNumber } from "./archiveCells";
import { resolveHeader, type ArchiveColumns, type ArchiveGeneration } from "./archiveHeader";
import { dayOfInstant } from "./dates";
import { checkMetrics } from "./metrics";
import { catalogueKeyOfLabel } from "./sports";
import { METRIC_BOUNDS } from "./units";

export const MAX_ARCHIVE_CHARACTERS = 20 * 1024 * 1024;
export const MAX_ARCHIVE_ROWS = 50_000;
const MAX_TITLE_LENGTH = 200;

/** One activity of an export, as `importActivities` takes it. */
export interface ArchiveRow {
  /** The export's Activity ID: digits, kept as text. */
  externalId: string;
  /** The sport's label as the file spells it. */
  sport: string;
  /** UTC milliseconds. */
  startedAt: number;
  /** The person's calendar day of `startedAt`. */
  loggedDate: string;
  metrics: Metrics;
  title?: string;
}

/** What there is to say about one row; `line` counts the file's lines from 1, the header's. */
export interface ArchiveRemark {
  line: number;
  externalId?: string;
  problem: string;
}

/** What came out of a file: its activities, the rows that could not be read, and what was changed in rows that could. */
export interface Archive {
  ok: true;
  generation: ArchiveGeneration;
  rows: ArchiveRow[];
  refused: ArchiveRemark[];
  adjusted: ArchiveRemark[];
}

/** Why a file could not be read at all. */
export interface ArchiveProblem {
  ok: false;
  code: "TOO_LARGE" | "TOO_MANY_ROWS" | "NOT_TEXT" | "CORRUPT" | "UNKNOWN_HEADER" | "EMPTY";
  problem: string;
  line?: number;
}

interface FileContext {
  generation: ArchiveGeneration;
  columns: ArchiveColumns;
  zone: string;
}

/** Thrown and caught in this file only: the row at hand cannot be read. */
class Unreadable extends Error {}

function cellAt(cells: readonly string[], position: number | undefined): string {
  return position === undefined ? "" : (cells[position] ?? "").trim();
}

function numberAt(cells: readonly string[], position: number | undefined, name: string) {
  const cell = cellAt(cells, position);
  if (cell === "") return undefined;
  const value = preciseNumber(cell);
  if (value === null) throw new Unreadable(`${name} "${cell}" is not a number we can read`);
  return Math.round(value * 1000) / 1000;
}

function readId(cell: string): string {
  if (/^\d{1,19}$/.test(cell)) return cell;
  if (/^\d([.,]\d+)?e\+?\d+$/i.test(cell)) {
    throw new Unreadable(
      `Activity ID "${cell}" was rounded by a spreadsheet; use the file as Strava sent it`,
    );
  }
  throw new Unreadable(`Activity ID "${cell}" is not a whole number`);
}

/** Kilometres, except that pools and boats are measured in metres; never guessed where the language is unknown. */
function displayedMetres(cell: string, sport: string, generation: ArchiveGeneration): number {
  const amount = displayedNumber(cell, generation.language);
  if (amount === null) throw new Unreadable(`Distance "${cell}" can be read in more than one way`);
  const key = catalogueKeyOfLabel(sport);
  if (amount > 0 && key === null && generation.language === "other") {
    throw new Unreadable(`Distance "${cell}" of "${sport}" may be kilometres or metres`);
  }
  const metres = key === "swim" || key === "row" ? amount : amount * 1000;
  return Math.round(metres * 1000) / 1000;
}

/** A distance of 0 is "not measured" in an export, so it is left out like an empty one. */
function readDistance(cells: readonly string[], sport: string, file: FileContext) {
  const { columns, generation } = file;
  const metres = numberAt(cells, columns.metres, "Distance");
  if (metres !== undefined) return metres > 0 ? metres : undefined;
  const displayed = cellAt(cells, columns.displayDistance);
  if (displayed === "") return undefined;
  return displayedMetres(displayed, sport, generation) || undefined;
}

/** A time, cut to a day: watches forgotten for a week are common, and no activity counts more. */
function cappedTime(value: number | undefined, name: string, remark: (problem: string) => void) {
  if (value === undefined || value <= METRIC_BOUNDS.duration_s) return value;
  remark(`${name} of ${Math.round(value / 360) / 10} hours is counted as 24 hours`);
  return METRIC_BOUNDS.duration_s;
}

function readTimes(
  cells: readonly string[],
  columns: ArchiveColumns,
  remark: (problem: string) => void,
): Pick<Metrics, "duration_s" | "moving_s"> {
  const elapsedCells = columns.elapsed.map((at) => numberAt(cells, at, "Elapsed time"));
  const elapsed = elapsedCells.find((value) => value !== undefined);
  const duration = cappedTime(elapsed, "Elapsed time", remark);
  const moving = cappedTime(numberAt(cells, columns.moving, "Moving time"), "Moving time", remark);
  if (moving === undefined && duration !== undefined && columns.moving !== undefined) {
    remark("Moving time is missing; elapsed time is used");
  }
  if (moving === 0 && duration) remark("Moving time is 0, so rules that count time give nothing");
  return { duration_s: duration, moving_s: moving ?? duration };
}

function readRow(
  cells: readonly string[],
  file: FileContext,
  remark: (problem: string) => void,
): ArchiveRow {
  const { columns, generation, zone } = file;
  if (cells.length !== generation.columns) {
    throw new Unreadable(`has ${cells.length} cells instead of ${generation.columns}`);
  }
  const externalId = readId(cellAt(cells, columns.id));
  const sport = cellAt(cells, columns.sport);
  if (sport === "") throw new Unreadable("Activity type is empty");
  const dateCell = cellAt(cells, columns.date);
  const startedAt = activityInstant(dateCell);
  if (startedAt === null) throw new Unreadable(`Activity date "${dateCell}" is not a known format`);

  const checked = checkMetrics({
    distance_m: readDistance(cells, sport, file),
    ...readTimes(cells, columns, remark),
    elevation_m: numberAt(cells, columns.elevation, "Elevation gain"),
  });
  if (!checked.ok) {
    const { refusal } = checked;
    const why = refusal.code === "INVALID_INPUT" ? `${refusal.path} ${refusal.problem}` : "";
    throw new Unreadable(why);
  }
  const title = Array.from(cellAt(cells, columns.title)).slice(0, MAX_TITLE_LENGTH).join("");
  const row = { externalId, sport, startedAt, loggedDate: dayOfInstant(startedAt, zone) };
  return { ...row, metrics: checked.value, ...(title && { title }) };
}

function problemOfText(text: string): ArchiveProblem | null {
  if (text.length > MAX_ARCHIVE_CHARACTERS) {
    return { ok: false, code: "TOO_LARGE", problem: "The file is larger than 20 MB." };
  }
  if (text.startsWith("PK")) {
    const problem = "This is a zip file. Unpack it and choose activities.csv inside.";
    return { ok: false, code: "NOT_TEXT", problem };
  }
  // oxlint-disable-next-line no-control-regex -- control characters are what tells a binary file
  if (/[\u0000-\u0008\u000E-\u001F]/.test(text.slice(0, 1000))) {
    return { ok: false, code: "NOT_TEXT", problem: "This is not a text file." };
  }
  return null;
}

/** The line each record starts on; a record with line breaks inside its cells takes several. */
function startLines(records: ReadonlyArray<readonly string[]>): number[] {
  let line = 1;
  return records.map((cells) => {
    const start = line;
    line += 1 + cells.reduce((breaks, cell) => breaks + cell.split("\n").length - 1, 0);
    return start;
  });
}

function isBlank(cells: readonly string[]): boolean {
  return cells.length === 1 && cellAt(cells, 0) === "";
}

interface Records {
  ok: true;
  records: string[][];
  lines: number[];
}

/** The records of a CSV text after RFC 4180, with the line each starts on. */
function readRecords(text: string): Records | ArchiveProblem {
  const { data: records, errors } = Papa.parse<string[]>(text, { delimiter: "," });
  const lines = startLines(records);
  const broken = errors.find(({ type }) => type === "Quotes");
  if (broken) {
    const line = lines[broken.row ?? 0] ?? 1;
    const problem = `A quotation mark of the record on line ${line} is not closed. The file is cut off or was changed.`;
    return { ok: false, code: "CORRUPT", problem, line };
  }
  if (records.length - 1 > MAX_ARCHIVE_ROWS) {
    const problem = `The file has more than ${MAX_ARCHIVE_ROWS.toLocaleString("en-US")} rows.`;
    return { ok: false, code: "TOO_MANY_ROWS", problem };
  }
  return { ok: true, records, lines };
}

function unknownHeader(header: readonly string[]): ArchiveProblem {
  const isResaved = header.length === 1 && (header[0] ?? "").includes(";");
  const problem = isResaved
    ? "This file was saved again by a spreadsheet. Use activities.csv as Strava sent it."
    : `The first line is not the header of a Strava export we know: ${header.length} columns, the first is "${(header[0] ?? "").slice(0, 60)}". Set the language of Strava to English and export again.`;
  return { ok: false, code: "UNKNOWN_HEADER", problem, line: 1 };
}

/**
 * Reads `activities.csv` of a Strava bulk export.
 *
 * `text` is the file's content, at most 20 MB and 50,000 rows; `zone` the person's checked IANA zone, which decides the day of
 * each row: the file's times are UTC without a zone. Metrics come out canonical: `distance_m` (left out when the export has none or
 * 0), `duration_s` (elapsed), `moving_s`, `elevation_m`; times are cut to 24 hours. A missing moving time is the elapsed time; a
 * moving time of 0 stays 0, because the export says that nobody moved. Both are listed in `adjusted`.
 *
 * Never guesses: a row whose id, date or numbers can be read in no way or in two is listed in `refused` with its line and the
 * others are kept. A file that is no export, or is damaged, is a problem with a code. Rows keep the file's order; an id that
 * comes again is refused.
 */
export function parseArchive(text: string, { zone }: { zone: string }): Archive | ArchiveProblem {
  const textProblem = problemOfText(text);
  if (textProblem) return textProblem;
  const read = readRecords(text);
  if (!read.ok) return read;
  const { records, lines } = read;
  const header = records[0];
  if (!header || records.every(isBlank)) {
    return { ok: false, code: "EMPTY", problem: "The file is empty." };
  }
  const resolved = resolveHeader(header);
  if (!resolved) return unknownHeader(header);

  const file = { ...resolved, zone };
  const { generation } = resolved;
  const archive: Archive = { ok: true, generation, rows: [], refused: [], adjusted: [] };
  const lineOfId = new Map<string, number>();
  for (const [index, cells] of records.entries()) {
    if (index === 0 || isBlank(cells)) continue;
    const line = lines[index] ?? index + 1;
    readRecord(archive, file, { cells, line, lineOfId });
  }
  return archive;
}

function readRecord(
  archive: Archive,
  file: FileContext,
  { cells, line, lineOfId }: { cells: string[]; line: number; lineOfId: Map<string, number> },
): void {
  const remarks: string[] = [];
  const id = cellAt(cells, file.columns.id);
  const about = { line, ...(/^\d+$/.test(id) && { externalId: id }) };
  try {
    const row = readRow(cells, file, (problem) => remarks.push(problem));
    const earlier = lineOfId.get(row.externalId);
    if (earlier !== undefined) throw new Unreadable(`is on line ${earlier} already`);
    lineOfId.set(row.externalId, line);
    archive.rows.push(row);
    archive.adjusted.push(...remarks.map((problem) => ({ ...about, problem })));
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    archive.refused.push({ ...about, problem: error.message });
  }
}
