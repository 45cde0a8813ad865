import { compareValues } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { AccountFinding } from "../tables/jobs";
import {
  assess,
  type Assessment,
  evaluateAccount,
  hasAccount,
  rowsOf,
} from "./achievementEvaluation";
import { settleLater } from "./achievementAwards";
import { achievementsOf } from "./achievements";
import { standingOf } from "./pointLedger";
import { awardChanges } from "./rules/achievements";
import { MAX_ROWS_PER_CHALLENGE } from "./rules/ledger";
import type { ReadCtx, WriteCtx } from "./tableOwners";

type Achievement = Doc<"achievements">;

/** What is wrong with a person's awards, and the achievements a repair has to evaluate them by. */
export interface VerifiedAwards {
  findings: AccountFinding[];
  wrong: Achievement[];
}

/**
 * Compares a person's awards, and what is kept about them, with what all their rows deserve: awards without a basis
 * (`award.undeserved`), those that are missing (`award.missing`), and those on another day or for other points
 * (`award.moved`). Achievements everybody is still being evaluated by are left to that, and awards a transaction that is
 * scheduled goes on with to that one. So are people whose account was deleted, whose points stay as they are.
 */
export async function verifyAwards(
  ctx: ReadCtx,
  challenge: Doc<"challenges">,
  userId: Id<"users">,
): Promise<VerifiedAwards> {
  const owner = { challengeId: challenge._id, userId };
  const verified: VerifiedAwards = { findings: [], wrong: [] };
  const all = await achievementsOf(ctx, challenge._id);
  const settled = all.filter(({ isEvaluating }) => !isEvaluating);
  if (settled.length === 0 || !(await hasAccount(ctx, owner))) return verified;
  const account = { userId, rows: await rowsOf(ctx, owner) };
  // Without room for another row what is missing cannot be given.
  const isFull = account.rows.length >= MAX_ROWS_PER_CHALLENGE - 1;
  const cure = challenge.finalAt === undefined ? ("repair" as const) : ("none" as const);
  for (const achievement of settled) {
    const assessment = await assess(ctx, challenge, achievement, account);
    if (await isFollowed(ctx, assessment)) continue;
    const found = awardProblems(assessment, achievement.isArchived || isFull);
    if (found.length === 0) continue;
    verified.wrong.push(achievement);
    verified.findings.push(...found.map((finding) => ({ ...finding, userId, cure })));
  }
  return verified;
}

/** Whether what is missing is about to be given: a follow-up that failed, or ended, gives nothing more. */
async function isFollowed(ctx: ReadCtx, { stored }: Assessment): Promise<boolean> {
  if (stored?.followUp === undefined) return false;
  const followUp = await ctx.db.system.get("_scheduled_functions", stored.followUp);
  return followUp?.state.kind === "pending" || followUp?.state.kind === "inProgress";
}

type Problem = Pick<AccountFinding, "kind" | "about" | "expected" | "actual">;

function awardProblems(
  { stored, entries, deserved, held }: Assessment,
  givesNone: boolean,
): Problem[] {
  const { revoked, moved, issued } = awardChanges(held, deserved, givesNone);
  const text = ({ loggedDate, points }: { loggedDate: string; points: number }) =>
    `${points} on ${loggedDate}`;
  const before = new Map(held.map((award) => [award.awardKey, text(award)]));
  const problems: Problem[] = [
    ...revoked.map((award) => {
      return {
        kind: "award.undeserved",
        about: award.awardKey,
        expected: null,
        actual: text(award),
      };
    }),
    ...issued.map((award) => {
      return { kind: "award.missing", about: award.awardKey, expected: text(award), actual: null };
    }),
    ...moved.map((award) => {
      const actual = before.get(award.awardKey) ?? null;
      return { kind: "award.moved", about: award.awardKey, expected: text(award), actual };
    }),
  ];
  const byKey = (awards: typeof held) =>
    [...awards].sort((a, b) => (a.awardKey < b.awardKey ? -1 : 1));
  const kept = [stored?.entries ?? [], byKey(stored?.awards ?? [])];
  if (compareValues(kept, [entries, byKey(held)]) !== 0) {
    const counts = (list: readonly unknown[], awards: readonly unknown[]) =>
      `${list.length} entries, ${awards.length} awards`;
    problems.push({
      kind: "achievementProgress",
      about: stored?.achievementId,
      expected: counts(entries, held),
      actual: counts(stored?.entries ?? [], stored?.awards ?? []),
    });
  }
  return problems;
}

/** Evaluates a person by the achievements whose awards are wrong; what one transaction cannot hold follows at once. */
export async function repairAwards(
  ctx: WriteCtx,
  challenge: Doc<"challenges">,
  userId: Id<"users">,
  wrong: readonly Achievement[],
): Promise<void> {
  if (challenge.finalAt !== undefined) return;
  for (const achievement of wrong) {
    // Read anew: the evaluation before changed it.
    const standing = await standingOf(ctx, { challengeId: challenge._id, userId });
    if (standing === null) return;
    const { isComplete } = await evaluateAccount(ctx, challenge, achievement, standing);
    if (!isComplete) await settleLater(ctx, achievement._id, userId);
  }
}
