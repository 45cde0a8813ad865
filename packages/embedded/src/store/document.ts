/** A stored document: its size in five base-36 digits, then its Convex JSON text. */
import { measure } from "../codec/json.ts";
import type { JsonObject } from "../types.ts";

const SIZE_DIGITS = 5;

export function storedText(stored: string): string {
  return stored.slice(SIZE_DIGITS);
}

/** Convex's size of the document in bytes, without parsing it. */
export function storedSize(stored: string): number {
  return Number.parseInt(stored.slice(0, SIZE_DIGITS), 36);
}

export function parseStored(stored: string): JsonObject {
  return JSON.parse(storedText(stored)) as JsonObject;
}

/** The stored form of a document with its system fields, and what the walk over it found. */
export function storeDocument(document: JsonObject): ReturnType<typeof measure> & {
  stored: string;
} {
  const found = measure(document);
  const text = JSON.stringify(inOrder(document));
  const stored = found.size.toString(36).padStart(SIZE_DIGITS, "0") + text;
  return { ...found, stored };
}

/** The document with its fields sorted by name. */
function inOrder(document: JsonObject): JsonObject {
  const names = Object.keys(document);
  if (names.every((name, i) => i === 0 || names[i - 1]! < name)) return document;
  const sorted: JsonObject = {};
  for (const name of names.sort()) sorted[name] = document[name]!;
  return sorted;
}
