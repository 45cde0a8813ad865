import type { Id } from "../../_generated/dataModel";
import type { Deed, EditedDeed } from "../rules/deeds";
import { isSystemRow, livePoints, type StoredActivity } from "../rules/ledger";
import type { VerbArgs } from "./commit";
import { DryLedger } from "./dryLedger";
import { countHeld, type HeldArgs } from "./heldRow";
import type { LedgerReads } from "./ports";
import {
  editActivity,
  logActivity,
  restoreActivity,
  type RowVerbArgs,
  softDeleteActivity,
} from "./verbs";

/** A row whose points a change moves. */
export interface Moved {
  /** As it would be. */
  row: StoredActivity;
  pointsBefore: number;
  pointsAfter: number;
}

/** What a change does: to the row it is about, and to all that follows from it. */
export interface Outcome {
  own: Moved;
  /** Other activities whose points change with it. */
  others: Moved[];
  /** Awards that are given, taken back, or move to another day. */
  awards: Moved[];
  /** Whether there are more awards than one transaction gives; the others follow a moment later. */
  awardsFollow: boolean;
  /** What it adds to the streak's bonus, or takes. */
  streakBonusChange: number;
}

/** What `logActivity` would do at an instant (UTC ms): the verb itself, run where nothing is written. */
export async function previewLog(
  reads: LedgerReads,
  args: VerbArgs & Deed & { activityTypeId: Id<"activityTypes"> },
  at: number,
): Promise<Outcome> {
  const ledger = new DryLedger(reads, at);
  const { activityId } = await logActivity(ledger, args);
  return outcomeOf(ledger, ({ _id }) => _id === activityId, null);
}

/** What `editActivity` would do; see `previewLog`. */
export async function previewEdit(
  reads: LedgerReads,
  args: RowVerbArgs & EditedDeed & { activityTypeId: Id<"activityTypes"> },
  at: number,
): Promise<Outcome> {
  return await previewOf(reads, args, at, async (ledger) => await editActivity(ledger, args));
}

/** What `softDeleteActivity` would do; see `previewLog`. */
export async function previewRemoval(
  reads: LedgerReads,
  args: RowVerbArgs,
  at: number,
): Promise<Outcome> {
  return await previewOf(reads, args, at, async (ledger) => await softDeleteActivity(ledger, args));
}

/** What `restoreActivity` would do; see `previewLog`. */
export async function previewRestoration(
  reads: LedgerReads,
  args: RowVerbArgs,
  at: number,
): Promise<Outcome> {
  return await previewOf(reads, args, at, async (ledger) => await restoreActivity(ledger, args));
}

/** What `countHeld` would do; see `previewLog`. */
export async function previewHeld(
  reads: LedgerReads,
  args: HeldArgs,
  at: number,
): Promise<Outcome> {
  const ledger = new DryLedger(reads, at);
  await countHeld(ledger, args);
  const { source, externalId } = args.held;
  const isOwn = (row: StoredActivity) => row.source === source && row.externalId === externalId;
  return outcomeOf(ledger, isOwn, null);
}

async function previewOf(
  reads: LedgerReads,
  { activity }: RowVerbArgs,
  at: number,
  verb: (ledger: DryLedger) => Promise<unknown>,
): Promise<Outcome> {
  const ledger = new DryLedger(reads, at);
  await verb(ledger);
  return outcomeOf(ledger, ({ _id }) => _id === activity._id, activity);
}

/** @param stored the row it is about, should nothing change; null for a new one */
function outcomeOf(
  ledger: DryLedger,
  isOwn: (row: StoredActivity) => boolean,
  stored: StoredActivity | null,
): Outcome {
  const moved = ledger.changes.map(({ before, after: row }) => {
    return { row, pointsBefore: livePoints(before), pointsAfter: livePoints(row) };
  });
  const known = moved.find(({ row }) => isOwn(row)) ?? (stored && unchanged(stored).own);
  if (known === null) throw new Error("a change without its row");
  const streak = moved.find(({ row }) => row.source === "streak");
  return {
    own: known,
    others: moved.filter(
      (one) => one !== known && !isSystemRow(one.row) && one.pointsBefore !== one.pointsAfter,
    ),
    awards: moved.filter(({ row }) => row.source === "achievement"),
    awardsFollow: ledger.awardsFollow,
    streakBonusChange: streak ? streak.pointsAfter - streak.pointsBefore : 0,
  };
}

/** What nothing does to a row. */
export function unchanged(row: StoredActivity): Outcome {
  const own = { row, pointsBefore: livePoints(row), pointsAfter: livePoints(row) };
  return { own, others: [], awards: [], awardsFollow: false, streakBonusChange: 0 };
}
