/** The files that `npx convex import` takes: zip, JSON lines, a JSON array, CSV. Read in pieces. */
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import Papa from "papaparse";
import { openPromise, type Entry, type ZipFile } from "yauzl";
import { z } from "zod";
import { StoreError } from "../../store/index.ts";
import type { ImportTable, JsonObject } from "../../types.ts";
import { fromExportText } from "./exportJson.ts";

const MAX_JSON_ARRAY_BYTES = 16 * 1024 * 1024;
/** In characters. A document has 1 MiB, of which JSON may escape every byte with six characters. */
const LONGEST_LINE = 8 * 1024 * 1024;
const COMPONENT_FOLDER = /^(.*\/)?_components\/([^/]+)\/$/;
const TABLE_FILE = /^(.*\/)?([^/]+)\/(documents|generated_schema)\.jsonl$/;
const CSV_NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

export const importFormat = z.enum(["zip", "jsonLines", "jsonArray", "csv"]);
export type ImportFormat = z.output<typeof importFormat>;

/** One table in the file. Its documents can be read more than once. */
export interface FileTable extends ImportTable {
  documents(): AsyncIterable<JsonObject>;
}

export interface ImportFile {
  tables: FileTable[];
  close(): void;
}

/** The refusal of a file; the message is for the person who imports it. */
function refusal(message: string): StoreError {
  return new StoreError("IMPORT", message);
}

/**
 * Opens a file. `component` and `table` are where documents of a file without tables belong; a zip file has
 * tables of its own, below `component`. Refuses what is not in the format.
 */
export async function openImportFile(
  path: string,
  format: ImportFormat,
  component: string,
  table: string | undefined,
): Promise<ImportFile> {
  if (format === "zip") return openZip(path, component);
  if (table === undefined) throw refusal("A table name is needed for this format.");
  const documents = () => readers[format](path);
  const number = null;
  return { tables: [{ component, name: table, number, documents }], close: () => undefined };
}

const readers: Readonly<
  Record<Exclude<ImportFormat, "zip">, (path: string) => AsyncIterable<JsonObject>>
> = {
  jsonLines: (path) => jsonLines(createReadStream(path), false),
  jsonArray,
  csv,
};

async function openZip(path: string, component: string): Promise<ImportFile> {
  const zip = await openPromise(path, { autoClose: false }).catch((error: unknown) => {
    throw refusal(`The file is no zip file: ${String(error)}`);
  });
  const files = new Map<string, { component: string; name: string; parts: Map<string, Entry> }>();
  for await (const entry of zip.eachEntry()) {
    const [, folder = "", name = "", part = ""] = TABLE_FILE.exec(entry.fileName) ?? [];
    if (name === "") continue;
    const place = componentOf(folder, component);
    const key = `${place}:${name}`;
    const file = files.get(key) ?? { component: place, name, parts: new Map<string, Entry>() };
    files.set(key, file.parts.set(part, entry) && file);
  }
  const read = async (entry: Entry) => await zip.openReadStreamPromise(entry);
  const numbers = new Map<string, number>();
  const tables: FileTable[] = [];
  for (const { component: place, name, parts } of files.values()) {
    const entry = parts.get("documents");
    if (entry === undefined) continue;
    if (name === "_storage" && entry.uncompressedSize > 0) {
      throw refusal("The file holds stored files, which the embedded deployment cannot keep.");
    }
    if (name !== "_tables") continue;
    for await (const row of jsonLines(await read(entry), false)) {
      const { name: table, id } = tableRow.parse(row);
      numbers.set(`${place}:${table}`, id);
      if (files.has(`${place}:${table}`)) continue;
      tables.push({ component: place, name: table, number: id, documents: nothing });
    }
  }
  for (const [key, { component: place, name, parts }] of files) {
    const entry = parts.get("documents");
    if (entry === undefined || name.startsWith("_")) continue;
    const isExport = await isInExportJson(zip, name, parts.get("generated_schema"));
    tables.push({
      component: place,
      name,
      number: numbers.get(key) ?? null,
      documents: async function* documents() {
        yield* jsonLines(await read(entry), isExport);
      },
    });
  }
  return { tables, close: () => zip.close() };
}

const tableRow = z.looseObject({ name: z.string(), id: z.number().int().positive() });

async function* nothing(): AsyncIterable<JsonObject> {
  // A table of the export that has no documents.
}

/** Whether the values are in the JSON of exports. Refuses the older one, whose strings may stand for integers. */
async function isInExportJson(
  zip: ZipFile,
  table: string,
  schema: Entry | undefined,
): Promise<boolean> {
  if (schema === undefined) return false;
  for await (const line of lines(await zip.openReadStreamPromise(schema))) {
    if (line === '"uniform"') return true;
    break;
  }
  throw refusal(
    `Table "${table}" was exported by an older version of Convex, which wrote integers and bytes as strings. Export it again with a newer one.`,
  );
}

/** The component of a folder such as `snapshot/_components/a/_components/b/`, below `base`. */
function componentOf(folder: string, base: string): string {
  const names: string[] = [];
  let rest = folder;
  for (
    let found = COMPONENT_FOLDER.exec(rest);
    found !== null;
    found = COMPONENT_FOLDER.exec(rest)
  ) {
    names.unshift(found[2] ?? "");
    rest = found[1] ?? "";
  }
  return [...(base === "" ? [] : [base]), ...names].join("/");
}

async function* jsonLines(
  stream: AsyncIterable<Buffer>,
  isExport: boolean,
): AsyncGenerator<JsonObject> {
  let row = 0;
  for await (const line of lines(stream)) {
    row++;
    if (line.trim() !== "") yield parseObject(line, row, isExport);
  }
}

/**
 * Lines end with a line feed and nothing else: JSON strings may hold other separators. Refuses a line that is
 * longer than any document.
 */
async function* lines(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let pieces: string[] = [];
  let length = 0;
  const add = (piece: string): void => {
    length += piece.length;
    if (length > LONGEST_LINE) throw refusal("A line of the file is longer than 8 MiB.");
    pieces.push(piece);
  };
  const take = (): string => {
    const line = pieces.join("");
    pieces = [];
    length = 0;
    return line;
  };
  for await (const chunk of stream) {
    const [end = "", ...others] = decode(decoder, chunk).split("\n");
    add(end);
    for (const other of others) {
      yield take();
      add(other);
    }
  }
  add(decode(decoder));
  const last = take();
  if (last !== "") yield last;
}

function decode(decoder: TextDecoder, chunk?: Buffer): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch {
    throw refusal("The file is not valid UTF-8.");
  }
}

async function* jsonArray(path: string): AsyncGenerator<JsonObject> {
  if ((await stat(path)).size > MAX_JSON_ARRAY_BYTES) {
    throw refusal("The file is too large for a JSON array (16 MiB). Use JSON lines instead.");
  }
  const array = parseJson(await readFile(path, "utf8"), false, "The file");
  if (!Array.isArray(array)) throw refusal("The file is not a JSON array.");
  for (const [i, element] of array.entries()) yield requireObject(element, i + 1);
}

/** The first row names the fields; a cell is a number where it reads as one, else a string. */
async function* csv(path: string): AsyncGenerator<JsonObject> {
  const rows = createReadStream(path).pipe(
    Papa.parse(Papa.NODE_STREAM_INPUT, { skipEmptyLines: true }),
  );
  let names: string[] | null = null;
  let row = 0;
  for await (const cells of rows as AsyncIterable<string[]>) {
    if (names === null) {
      names = cells.map((name) => name.trim());
      continue;
    }
    row++;
    if (cells.length !== names.length) {
      throw refusal(`CSV row ${row} doesn't have all of the fields in the header`);
    }
    yield Object.fromEntries(
      names.map((name, i) => {
        const cell = cells[i] ?? "";
        return [name, CSV_NUMBER.test(cell) ? Number(cell) : cell];
      }),
    );
  }
}

function parseObject(line: string, row: number, isExport: boolean): JsonObject {
  return requireObject(parseJson(line, isExport, `Row ${row}`), row);
}

function parseJson(text: string, isExport: boolean, what: string): unknown {
  try {
    return JSON.parse(fromExportText(text, isExport));
  } catch (error) {
    throw refusal(`${what} wasn't valid JSON: ${error instanceof Error ? error.message : ""}`);
  }
}

function requireObject(value: unknown, row: number): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as JsonObject;
  throw refusal(`Row ${row} wasn't an object`);
}
