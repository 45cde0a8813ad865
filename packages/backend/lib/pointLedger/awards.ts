import { need } from "../errors";
import { type Award, decideAward, decideRevoke } from "../rules/awards";
import type { StoredActivity } from "../rules/ledger";
import type { LedgerBook } from "../rules/ledgerBook";
import { carryOut, commit, openBook, type Posted, type VerbArgs, write } from "./commit";
import type { ActivityReads, Ledger, Settlement } from "./ports";

/** Gives points that no activity earned, once per award key. Refuses what `decideAward` refuses. */
export async function awardBonusActivity(ledger: Ledger, args: VerbArgs & Award): Promise<Posted> {
  const book = await openBook(ledger, args, ledger.now());
  const owner = { challengeId: args.challenge._id, userId: args.userId };
  const existing = await ledger.activities.ofAwardKey(owner, args.awardKey);
  const decision = need(decideAward(book, args, existing));
  if (existing) return await carryOut(ledger, book, existing, decision);
  if (decision.kind !== "change") throw new Error("a first award always writes");
  return await write(ledger, book, decision.change);
}

/** Takes an award back; the row stays as a tombstone. Refuses what `decideRevoke` refuses. */
export async function revokeBonusActivity(
  ledger: Ledger,
  args: VerbArgs & { activity: StoredActivity },
): Promise<Posted> {
  const book = await openBook(ledger, args, ledger.now());
  const decision = need(decideRevoke(book, args.activity, args.note));
  return await carryOut(ledger, book, args.activity, decision);
}

/** Posts what an evaluation says about an account's awards. Refuses NOT_FOUND for somebody who never took part. */
export async function settleAwards(
  ledger: Ledger,
  args: VerbArgs & {
    decide: (book: LedgerBook, activities: ActivityReads) => Promise<Settlement>;
  },
): Promise<Settlement> {
  const book = await openBook(ledger, args, ledger.now());
  const settlement = await args.decide(book, ledger.activities);
  for (const change of settlement.changes) need(book.post(change));
  await commit(ledger, book);
  return settlement;
}
