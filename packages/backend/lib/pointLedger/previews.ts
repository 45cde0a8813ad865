import type { Id } from "../../_generated/dataModel";
import type { BreakdownLine } from "../../tables/scoring";
import { need } from "../errors";
import { livePoints, type StoredActivity } from "../rules/ledger";
import type { Deed } from "../rules/deeds";
import { decideEdit, decideLog } from "../rules/ledgerDecisions";
import type { LedgerBook } from "../rules/ledgerBook";
import type { LedgerReads } from "./ports";
import { openDays } from "./openDays";
import type { RowDecision } from "../rules/rowDecisions";
import {
  editTypes,
  needOfferedType,
  openEdit,
  removalOf,
  restorationOf,
  type RowVerbArgs,
} from "./verbs";
import { openBook, type VerbArgs } from "./commit";

/** What a change would earn, and why: the lines add up to the points. */
export interface Preview {
  pointsEarned: number;
  lines: BreakdownLine[];
  /** Other rows of the day whose points change with it. */
  others: Array<{ row: StoredActivity; pointsAfter: number }>;
  /** What it adds to the streak's bonus, or takes. */
  streakBonusChange: number;
}

type PreviewArgs = VerbArgs & Deed & { activityTypeId: Id<"activityTypes"> };

/** What `logActivity` would answer at an instant (UTC ms), decided by the same code; nothing is written. */
export async function previewLog(
  reads: LedgerReads,
  args: PreviewArgs,
  at: number,
): Promise<Preview> {
  const book = await openBook(reads, args, at);
  const type = await needOfferedType(reads.rules, args.challenge._id, args.activityTypeId);
  const { loggedDate, metrics, variant } = args;
  await openDays(reads, book, [{ type, day: loggedDate }]);
  const change = need(decideLog(book, type, { loggedDate, metrics, variant, source: "manual" }));
  need(book.post(change));
  const { pointsEarned, breakdown: lines } = change.after;
  return { pointsEarned, lines, ...effectsOf(book) };
}

/** What `editActivity` would answer at an instant (UTC ms), decided by the same code; nothing is written. */
export async function previewEdit(
  reads: LedgerReads,
  args: PreviewArgs & { activity: StoredActivity },
  at: number,
): Promise<Preview> {
  const { activity, activityTypeId, loggedDate, metrics, variant } = args;
  const types = await editTypes(reads.rules, activity, activityTypeId);
  const book = await openBook(reads, args, at);
  await openEdit(reads, book, activity, types, loggedDate);
  const decision = need(decideEdit(book, activity, types, { loggedDate, metrics, variant }));
  if (decision.kind === "change") need(book.post(decision.change));
  const row = decision.kind === "change" ? decision.change.after : activity;
  return { pointsEarned: livePoints(row), lines: row.breakdown, ...effectsOf(book) };
}

/** What a change of one row does to its person's points, part by part. */
export interface Effect {
  /** To the total: the sum of the others. */
  total: number;
  /** Of the row itself. */
  own: number;
  /** Of other rows of the day. */
  others: number;
  streakBonus: number;
}

/** What nothing does. */
export const NO_EFFECT: Effect = { total: 0, own: 0, others: 0, streakBonus: 0 };

/** What `softDeleteActivity` would do at an instant (UTC ms), decided by the same code; nothing is written. */
export async function previewRemoval(
  reads: LedgerReads,
  args: RowVerbArgs,
  at: number,
): Promise<Effect> {
  const { book, decision } = await removalOf(reads, args, at);
  return effectOf(book, args.activity, decision);
}

/** What `restoreActivity` would do at an instant (UTC ms), decided by the same code; nothing is written. */
export async function previewRestoration(
  reads: LedgerReads,
  args: RowVerbArgs,
  at: number,
): Promise<Effect> {
  const { book, decision } = await restorationOf(reads, args, at);
  return effectOf(book, args.activity, decision);
}

/** What `editActivity` would do to the person's points; see `previewEdit`. */
export async function previewCorrection(
  reads: LedgerReads,
  args: PreviewArgs & { activity: StoredActivity },
  at: number,
): Promise<Effect> {
  const { pointsEarned, others, streakBonusChange } = await previewEdit(reads, args, at);
  return sumOf(pointsEarned - livePoints(args.activity), others, streakBonusChange);
}

/** What posting a decision about a row does to its person's points. */
function effectOf(book: LedgerBook, before: StoredActivity, decision: RowDecision): Effect {
  if (decision.kind !== "change") return NO_EFFECT;
  need(book.post(decision.change));
  const own = livePoints(decision.change.after) - livePoints(before);
  const { others, streakBonusChange } = effectsOf(book);
  return sumOf(own, others, streakBonusChange);
}

function sumOf(own: number, moved: Preview["others"], streakBonus: number): Effect {
  const others = moved.reduce(
    (sum, { row, pointsAfter }) => sum + pointsAfter - livePoints(row),
    0,
  );
  return { total: own + others + streakBonus, own, others, streakBonus };
}

/** What the change in a book does beside its own row. */
function effectsOf(book: LedgerBook): Pick<Preview, "others" | "streakBonusChange"> {
  const { streakBonusChange } = book;
  const others = book
    .take()
    .rows.flatMap(({ before, event }) =>
      before !== null && event.reason === "dayChanged"
        ? [{ row: before, pointsAfter: event.pointsAfter }]
        : [],
    );
  return { others, streakBonusChange };
}
