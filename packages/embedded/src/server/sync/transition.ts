/** Transitions: the messages that move a client from one consistent set of results to the next. */
import { randomUUID } from "node:crypto";
import { encodeTs } from "./messages.ts";

export interface StateVersion {
  querySet: number;
  identity: number;
  ts: bigint;
}

export interface Transition {
  start: StateVersion;
  end: StateVersion;
  /** JSON texts. */
  modifications: string[];
  /** How far the client's clock is ahead, milliseconds; undefined when it did not tell. */
  clientClockSkew: number | undefined;
}

/** Longer transitions travel in parts, so that a slow line does not look like a dead server. */
const CHUNK_LENGTH = 1024 * 1024;

/** The messages of one transition: one, or several chunks of it for a client that knows them. */
export function transitionMessages(transition: Transition, inChunks: boolean): string[] {
  const { start, end, modifications, clientClockSkew } = transition;
  const clocks = JSON.stringify({ clientClockSkew, serverTs: Date.now() * 1e6 });
  const text =
    `{"type":"Transition","startVersion":${versionJson(start)},"endVersion":${versionJson(end)},` +
    `"modifications":[${modifications.join(",")}],${clocks.slice(1)}`;
  return text.length <= CHUNK_LENGTH || !inChunks ? [text] : chunks(text);
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
