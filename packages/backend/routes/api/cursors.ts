import { DAMAGED_CURSOR, HttpRefusal } from "./problems";

/**
 * The API's cursors: a place in one list, told apart from places in other lists, so that a cursor of another challenge, of
 * another filter is refused before anything is read.
 */

/** What a cursor is for: the path and the filters of the list. */
export function listOf(url: URL): string {
  const filters = [...url.searchParams]
    .filter(([name]) => name !== "cursor" && name !== "limit")
    .map((pair) => pair.join("="))
    .sort();
  return [url.pathname, ...filters].join(" ");
}

/** A place in a list as clients get it; null at its end. */
export function writeCursor(list: string, { continueCursor, isDone }: Place): string | null {
  if (isDone) return null;
  const bytes = new TextEncoder().encode(JSON.stringify([list, continueCursor]));
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

interface Place {
  continueCursor: string;
  isDone: boolean;
}

/** The place a client's cursor names in this list; null for its beginning. Refuses INVALID_INPUT (`cursor`). */
export function readCursor(list: string, cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const parsed = parse(cursor);
  if (Array.isArray(parsed) && parsed.length === 2 && parsed[0] === list) {
    const place: unknown = parsed[1];
    if (typeof place === "string") return place;
  }
  throw new HttpRefusal(400, DAMAGED_CURSOR);
}

function parse(cursor: string): unknown {
  try {
    const text = atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
