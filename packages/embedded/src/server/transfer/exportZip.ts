/** A snapshot as the zip file of `npx convex export`. */
import { Readable } from "node:stream";
import { ZipFile } from "yazl";
import type { Snapshot, SnapshotTable } from "../../types.ts";
import { toExportText } from "./exportJson.ts";

/** Lines are handed on in chunks of about so many characters. */
const CHUNK_LENGTH = 65_536;
/** The first line of a table's schema file: its values are in the JSON of exports. */
const EXPORT_JSON = '"uniform"\n';

const README = `# Snapshot of a Convex deployment

<table>/documents.jsonl has the documents of a table, one per line, _components/<name>/ those of a component.
Bring them back with: npx convex import --replace FILE.zip
`;

/** Streams the documents of every table with their ids and creation times; closes the snapshot at the end. */
export function exportZip(snapshot: Snapshot): Readable {
  const zip = new ZipFile();
  let reading: Readable | null = null;
  zip.addBuffer(Buffer.from(README), "README.md");
  const tables = snapshot.tables();
  for (const component of new Set(["", ...tables.map((table) => table.component)])) {
    const lines = tables
      .filter((table) => table.component === component)
      .map(({ name, number }) => `${JSON.stringify({ name, id: number })}\n`);
    zip.addBuffer(Buffer.from(lines.join("")), `${folderOf(component)}_tables/documents.jsonl`);
  }
  for (const table of tables) {
    const folder = `${folderOf(table.component)}${table.name}/`;
    zip.addBuffer(Buffer.from(EXPORT_JSON), `${folder}generated_schema.jsonl`);
    zip.addReadStreamLazy(`${folder}documents.jsonl`, (answer) => {
      reading = Readable.from(chunks(snapshot, table));
      answer(null, reading);
    });
  }
  zip.end();
  const stream = Readable.from(zip.outputStream);
  stream.once("close", () => {
    // Of a download that was broken off, somebody has to end the table that was being read.
    reading?.destroy();
    snapshot.close();
  });
  return stream;
}

function* chunks(snapshot: Snapshot, table: SnapshotTable): Generator<Buffer> {
  let chunk = "";
  for (const document of snapshot.documents(table)) {
    chunk += `${toExportText(document)}\n`;
    if (chunk.length < CHUNK_LENGTH) continue;
    yield Buffer.from(chunk);
    chunk = "";
  }
  if (chunk !== "") yield Buffer.from(chunk);
}

/** `_components/a/_components/b/` for a/b, nothing for the app. */
function folderOf(component: string): string {
  return component === ""
    ? ""
    : component
        .split("/")
        .map((name) => `_components/${name}/`)
        .join("");
}
