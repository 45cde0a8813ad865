/** Where the columns we read stand in a header; absent ones are undefined. */
export interface ArchiveColumns {
  id: number;
  date: number;
  title: number | undefined;
  sport: number;
  /** The precise one first. */
  elapsed: readonly number[];
  moving: number | undefined;
  elevation: number | undefined;
  /** Distance in metres with a decimal point, in every language. */
  metres: number | undefined;
  /** Distance as it was displayed: kilometres, metres for swimming and rowing, numbers of the language. */
  displayDistance: number | undefined;
}

/** How an export was written. `other` = a language we know by the positions of its columns only. */
export interface ArchiveGeneration {
  language: "en" | "nl" | "de" | "other";
  columns: number;
}

interface Names {
  language: ArchiveGeneration["language"];
  id: string;
  date: string;
  title: string;
  sport: string;
  elapsed: string;
  moving: string;
  distance: string;
  elevation: string;
  /** The one Distance is in metres: true of the oldest exports only. */
  distanceIsMetres?: true;
}

const NAMES: readonly Names[] = [
  {
    language: "en",
    id: "activity id",
    date: "activity date",
    title: "activity name",
    sport: "activity type",
    elapsed: "elapsed time",
    moving: "moving time",
    distance: "distance",
    elevation: "elevation gain",
  },
  {
    language: "nl",
    id: "activiteits-id",
    date: "datum van activiteit",
    title: "naam activiteit",
    sport: "activiteitstype",
    elapsed: "verstreken tijd",
    moving: "beweegtijd",
    distance: "afstand",
    elevation: "totale stijging",
  },
  {
    language: "de",
    id: "aktivitäts-id",
    date: "aktivitätsdatum",
    title: "name der aktivität",
    sport: "aktivitätsart",
    elapsed: "verstrichene zeit",
    moving: "bewegungszeit",
    distance: "distanz",
    elevation: "höhenzunahme",
  },
  {
    language: "en",
    id: "id",
    date: "date",
    title: "name",
    sport: "type",
    elapsed: "elapsed time",
    moving: "moving time",
    distance: "distance",
    elevation: "elevation gain",
    distanceIsMetres: true,
  },
];

/**
 * A header cell as the name it stands for: without HTML and BOM, the tail of "translation missing: en-US.a.b.type", underscores as
 * blanks, and without the ".1" some tools append to a repeated name.
 */
function columnName(cell: string): string {
  const text = cell
    .replace(/<[^>]*>/g, "")
    .replace(/^\uFEFF/, "")
    .replace(/\.\d+$/, "")
    .trim();
  const missing = /^translation missing:.*\.(\w+)$/i.exec(text);
  return (missing?.[1] ?? text).replaceAll("_", " ").normalize("NFC").toLowerCase();
}

function positionsOf(cells: readonly string[], name: string): number[] {
  return cells.flatMap((cell, position) => (cell === name ? [position] : []));
}

function byName(cells: readonly string[], names: Names): ArchiveColumns | null {
  const id = cells.indexOf(names.id);
  const date = cells.indexOf(names.date);
  const sport = cells.indexOf(names.sport);
  if (id < 0 || date < 0 || sport < 0) return null;
  const first = (name: string) => positionsOf(cells, name)[0];
  const moving = first(names.moving);
  const distances = positionsOf(cells, names.distance);
  // Every export with a moving time has both distances; with one of them gone, nobody can tell which one is left.
  if (moving !== undefined && distances.length !== 2) return null;
  const [firstDistance, secondDistance] = distances;
  return {
    id,
    date,
    sport,
    title: first(names.title),
    elapsed: positionsOf(cells, names.elapsed).toReversed(),
    moving,
    elevation: first(names.elevation),
    metres: names.distanceIsMetres ? firstDistance : secondDistance,
    displayDistance: names.distanceIsMetres ? undefined : firstDistance,
  };
}

/** Where the precise block starts: since 2019, and since two more columns stand before it (2021). */
const PRECISE_BLOCKS = [13, 15];

/**
 * Columns by position, which are the same in every language. Only where the header proves it: the names of the columns 5
 * (elapsed time) and 6 (distance) come again at the start of the precise block, with the moving time between them.
 */
function byPosition(cells: readonly string[]): ArchiveColumns | null {
  const [elapsed, distance] = [cells[5], cells[6]];
  if (!elapsed || !distance || elapsed === distance) return null;
  for (const block of PRECISE_BLOCKS) {
    if (cells[block] !== elapsed || cells[block + 2] !== distance) continue;
    if (cells.length <= block + 5) continue;
    return {
      id: 0,
      date: 1,
      title: 2,
      sport: 3,
      elapsed: [block, 5],
      moving: block + 1,
      elevation: block + 5,
      metres: block + 2,
      displayDistance: 6,
    };
  }
  return null;
}

/**
 * Finds the columns of an export's header: by name in English, Dutch and German, else by position. null when neither
 * works: the file is no export, or of a generation nobody has seen in that language.
 */
export function resolveHeader(
  header: readonly string[],
): { generation: ArchiveGeneration; columns: ArchiveColumns } | null {
  const cells = header.map(columnName);
  for (const names of NAMES) {
    const columns = byName(cells, names);
    if (columns) {
      return { generation: { language: names.language, columns: cells.length }, columns };
    }
  }
  const columns = byPosition(cells);
  return columns && { generation: { language: "other", columns: cells.length }, columns };
}
