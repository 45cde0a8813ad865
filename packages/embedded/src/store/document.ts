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
  const sorted: JsonObject = {};
  for (const name of Object.keys(document).sort()) sorted[name] = document[name]!;
  const stored = found.size.toString(36).padStart(SIZE_DIGITS, "0") + JSON.stringify(sorted);
  return { ...found, stored };
}
