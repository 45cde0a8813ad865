import type { Metrics } from "../../tables/scoring";
import type { Checked } from "../errors";
import { accept, invalid } from "./checked";
import { isDay, possibleToday } from "./dates";
import type { ActivityRow, StoredActivity, TypeRule } from "./ledger";
import { isSystemRow } from "./ledger";
import type { ExternalSource } from "./deeds";
import { isMeasuredAlike } from "./sameWorkout";

/** Rows of one import call. */
export const MAX_IMPORT_ROWS = 100;
/** Longest id, sport label and title of a row, in UTF-16 units; a longer title is cut. */
export const MAX_EXTERNAL_ID_LENGTH = 64;
export const MAX_SPORT_LENGTH = 100;
const MAX_TITLE_LENGTH = 200;
/** Two records of one workout start within this time of each other, or measure it alike. */
const SAME_START_MS = 15 * 60_000;
/** The end of the last year `isDay` knows. */
const LAST_INSTANT_MS = Date.UTC(3000, 0, 1);

/** One row of an archive, normalised. */
export interface ImportRow {
  externalId: string;
  /** The label the archive gives the sport. */
  sport: string;
  /** UTC ms. */
  startedAt: number;
  loggedDate: string;
  metrics: Metrics;
  title?: string;
}

/**
 * Whether a row can be what it says: ids and labels that fit, a real instant, and the day it was somewhere on earth at
 * that instant. Refuses INVALID_INPUT; the metrics are checked where the row is scored.
 */
export function checkImportRow(row: ImportRow): Checked<null> {
  const { externalId, sport, startedAt, loggedDate } = row;
  if (externalId === "" || externalId.length > MAX_EXTERNAL_ID_LENGTH)
    return invalid("externalId", `must have 1 to ${MAX_EXTERNAL_ID_LENGTH} characters`);
  if (sport.trim() === "" || sport.length > MAX_SPORT_LENGTH)
    return invalid("sport", `must have 1 to ${MAX_SPORT_LENGTH} characters`);
  if (!Number.isInteger(startedAt) || startedAt < 0 || startedAt >= LAST_INSTANT_MS)
    return invalid("startedAt", "must be an instant in UTC milliseconds");
  if (!isDay(loggedDate)) return invalid("loggedDate", "must be a calendar day YYYY-MM-DD");
  const { earliest, latest } = possibleToday(startedAt);
  if (loggedDate < earliest || loggedDate > latest)
    return invalid("loggedDate", "is not the day the activity started on");
  return accept(null);
}

/** A title from a file as it is kept: one line of printable text, cut to length. */
export function cleanTitle(title: string | undefined): string | undefined {
  const text = (title ?? "").replaceAll(/[\p{C}\p{Z}]+/gu, " ").trim();
  // Cut by code points, so that no character is halved.
  return Array.from(text).slice(0, MAX_TITLE_LENGTH).join("") || undefined;
}

/**
 * Fingerprint of what a row says happened (64-bit FNV-1a of its canonical form), to tell a changed row from a repeated
 * one. The title is left out: it is kept as it is and compared itself.
 */
export function contentOf(row: ImportRow): string {
  const metrics = Object.entries(row.metrics).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([row.sport.trim(), row.startedAt, row.loggedDate, metrics]);
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, "0");
}

/**
 * Whether a person's row of the same day, of another source, probably records the same workout: it starts within 15
 * minutes, or what both rows measured is within 15 %: the distance, and moving time or else elapsed time. A hand-logged
 * row has only what its rule reads, so a measure one row lacks says nothing. Without a distance on both, only rows of
 * one type can be the same, as many short workouts last half an hour; they are when nothing tells them apart.
 */
export function isLikelyDuplicate(
  other: StoredActivity,
  row: ImportRow,
  { source, activityTypeId }: { source: ExternalSource; activityTypeId: string },
): boolean {
  if (other.source === source || isSystemRow(other) || other.deletedAt !== undefined) return false;
  if (other.startedAtMs !== undefined)
    if (Math.abs(other.startedAtMs - row.startedAt) <= SAME_START_MS) return true;
  const { metrics } = row;
  return isMeasuredAlike(other, { activityTypeId, metrics }) ?? other.startedAtMs === undefined;
}

/**
 * Whether what came in counts as a type. A retired one takes nothing new, and the rows it has stay: what their source
 * changes still reaches them. So do rows that count as another type here, while the source says nothing new of them.
 *
 * @param type what its sport counts as; null: nothing
 * @param stored the row it has already; null: it is new
 */
export function takesSport(
  type: TypeRule | null,
  stored: Pick<ActivityRow, "activityTypeId" | "importedContent"> | null,
  row: ImportRow,
): type is TypeRule {
  if (type?.isRetired !== true) return type !== null;
  const isOfType = stored?.activityTypeId === type.activityTypeId;
  return isOfType || stored?.importedContent === contentOf(row);
}
