import type { Id } from "../../_generated/dataModel";
import type { BreakdownLine } from "../../tables/scoring";
import { need } from "../errors";
import { livePoints, type StoredActivity } from "../rules/ledger";
import type { Deed } from "../rules/deeds";
import { decideEdit, decideLog } from "../rules/ledgerDecisions";
import type { LedgerReads } from "./ports";
import { openDays } from "./openDays";
import { editTypes, needOfferedType, openEdit } from "./verbs";
import { openBook, type VerbArgs } from "./commit";

/** What a change would earn, and why: the lines add up to the points. */
export interface Preview {
  pointsEarned: number;
  lines: BreakdownLine[];
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
  return { pointsEarned: change.after.pointsEarned, lines: change.after.breakdown };
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
  return { pointsEarned: livePoints(row), lines: row.breakdown };
}
