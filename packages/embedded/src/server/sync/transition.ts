/** Transitions: the messages that move a client from one consistent set of results to the next. */
import { randomUUID } from "node:crypto";
import { encodeTs } from "./messages.ts";

export interface StateVersion {
  querySet: number;
  identity: number;
  ts: bigint;
}

/** Longer transitions travel in parts, so that a slow line does not look like a dead server. */
const CHUNK_LENGTH = 1024 * 1024;

/** The messages of one transition: one, or several chunks of it. */
export function transitionMessages(
  start: StateVersion,
  end: StateVersion,
  modifications: string[],
): string[] {
  const text =
    `{"type":"Transition","startVersion":${versionJson(start)},"endVersion":${versionJson(end)},` +
    `"modifications":[${modifications.join(",")}]}`;
  return text.length <= CHUNK_LENGTH ? [text] : chunks(text);
}

function versionJson({ querySet, identity, ts }: StateVersion): string {
  return JSON.stringify({ querySet, identity, ts: encodeTs(ts) });
}

function chunks(text: string): string[] {
  const transitionId = randomUUID();
  const totalParts = Math.ceil(text.length / CHUNK_LENGTH);
  return Array.from({ length: totalParts }, (_, partNumber) =>
    JSON.stringify({
      type: "TransitionChunk",
      chunk: text.slice(partNumber * CHUNK_LENGTH, (partNumber + 1) * CHUNK_LENGTH),
      partNumber,
      totalParts,
      transitionId,
    }),
  );
}

/** The newest of some timestamps. */
export function highest(...timestamps: bigint[]): bigint {
  return timestamps.reduce((left, right) => (left > right ? left : right));
}
