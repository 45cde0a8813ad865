import type { Id } from "../../_generated/dataModel";
import type { BreakdownLine } from "../../tables/scoring";
import { need } from "../errors";
import { livePoints, type StoredActivity } from "../rules/ledger";
import type { Deed } from "../rules/deeds";
import { decideEdit, decideLog } from "../rules/ledgerDecisions";
import type { LedgerBook } from "../rules/ledgerBook";
import type { LedgerReads } from "./ports";
import { openDays } from "./openDays";
import { editTypes, needOfferedType, openEdit } from "./verbs";
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
