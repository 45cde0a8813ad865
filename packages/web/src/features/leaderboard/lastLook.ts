import { readStored, writeStored } from "../../lib/storage";
import type { BoardRow } from "./boardRows";

/** The ranks a viewer saw on a board. */
export interface Look {
  /** UTC ms. */
  at: number;
  /** By user id. */
  ranks: Record<string, number>;
}

/** What the browser remembers of a board: the ranks of the present or last visit, and of the one before it. */
export interface Looks {
  latest: Look;
  before: Look | null;
}

/** Whoever comes back sooner is still on the same visit. */
const SAME_VISIT_MS = 30 * 60_000;
/** Ranks that are remembered of a board, from the top. */
const MAX_RANKS = 500;

function isLook(value: unknown): value is Look {
  if (typeof value !== "object" || value === null) return false;
  if (!("at" in value && "ranks" in value)) return false;
  const { at, ranks } = value;
  if (typeof at !== "number" || typeof ranks !== "object" || ranks === null) return false;
  return Object.values(ranks).every((rank) => typeof rank === "number");
}

/** Reads what was remembered; null for anything else. */
export function looksOf(stored: unknown): Looks | null {
  if (typeof stored !== "object" || stored === null) return null;
  if (!("latest" in stored && isLook(stored.latest))) return null;
  const before = "before" in stored && isLook(stored.before) ? stored.before : null;
  return { latest: stored.latest, before };
}

/**
 * The look a visit that begins now is compared with: the last one of an earlier visit.
 *
 * @param nowMs UTC ms
 */
export function lookToCompare(looks: Looks | null, nowMs: number): Look | null {
  if (looks === null) return null;
  return nowMs - looks.latest.at > SAME_VISIT_MS ? looks.latest : looks.before;
}

/** The look at these rows now, the first 500 of them. */
export function lookAt(rows: ReadonlyArray<Pick<BoardRow, "userId" | "rank">>, at: number): Look {
  const ranks = rows.slice(0, MAX_RANKS).map(({ userId, rank }) => [userId, rank] as const);
  return { at, ranks: Object.fromEntries(ranks) };
}

/** A board as one viewer sees it. */
interface Seen {
  challengeId: string;
  board: string;
  /** "" for somebody who is not signed in. */
  viewerId: string;
}

const keyOf = ({ challengeId, board, viewerId }: Seen): string =>
  `milepost:look:${challengeId}:${board}:${viewerId}`;

/** What this browser remembers of a board. */
export function readLooks(seen: Seen): Looks | null {
  return looksOf(readStored(keyOf(seen)));
}

export function writeLooks(seen: Seen, looks: Looks): void {
  writeStored(keyOf(seen), looks);
}
