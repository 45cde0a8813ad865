import { need } from "../errors";
import { checkAdjustment } from "../rules/adjusting";
import type { StoredActivity } from "../rules/ledger";
import { decideAward } from "../rules/awards";
import { sealed } from "../rules/sealing";
import type { Ledger } from "./ports";
import { carryOut, openBook, type Posted, type VerbArgs, write } from "./commit";

/**
 * Gives or takes points by hand: an admin's entry of its own, dated by a day of the challenge, that no participant can
 * change. The only verb that writes after the standings are final; who calls it then makes the next version of
 * their snapshot. The same requestId again changes nothing and answers the entry. Refuses NOT_FOUND when the person never
 * took part, and INVALID_INPUT: no whole number from 1 to a million either way (`points`), no day of the challenge, an
 * empty label, no reason (`reason`).
 *
 * @param args.label what the person reads; `args.note` is why, kept beside the event
 */
export async function adjustPoints(
  ledger: Ledger,
  args: VerbArgs & { requestId: string; points: number; loggedDate: string; label: string },
): Promise<Posted> {
  const book = await openBook(ledger, args, ledger.now());
  const note = need(checkAdjustment(book, args));
  const awardKey = `adjustment:${args.requestId}`;
  const owner = { challengeId: args.challenge._id, userId: args.userId };
  const existing = await ledger.activities.ofAwardKey(owner, awardKey);
  const { points, loggedDate, label } = args;
  const entry = { source: "adjustment" as const, awardKey, points, loggedDate, label, note };
  const decision = need(decideAward(book, entry, existing, { isCorrection: true }));
  if (existing) return await carryOut(ledger, book, existing, decision);
  if (decision.kind !== "change") throw new Error("a first adjustment always writes");
  return await write(ledger, book, decision.change);
}

/**
 * Clears what a row says about its activity, for a source that may not be kept for longer; see `sealed`. Moves no points
 * and makes no event. Sealing a sealed row changes nothing; deleted rows are sealed as well. Throws for system rows,
 * which say nothing of an activity.
 */
export async function sealActivity(
  ledger: Ledger,
  { activity }: { activity: StoredActivity },
): Promise<void> {
  if (activity.activityTypeId === null) throw new Error("a system row has nothing to seal");
  if (activity.sealedAt !== undefined) return;
  await ledger.activities.seal(activity, sealed(activity, ledger.now()));
}
