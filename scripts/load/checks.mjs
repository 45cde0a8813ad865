import { verifyChallenge } from "../lib/verify.mjs";

/** @typedef {import("../lib/checklist.mjs").Checklist} Checklist */
/** @typedef {import("./people.mjs").Done} Done */
/** @typedef {ReturnType<import("./people.mjs").Handlers["delaysOf"]>} Seen */
/** @typedef {Awaited<ReturnType<import("./people.mjs").Handlers["findStale"]>>} Stale */
/** @typedef {Awaited<ReturnType<import("./people.mjs").Handlers["sums"]>>} Sums */

/** How many of something are named where all should be well. */
const NAMED = 5;

/** @param {number[]} numbers */
export const sumOf = (numbers) => numbers.reduce((sum, number) => sum + number, 0);

/**
 * Everything that was sent was acknowledged, and seen by everybody who looks.
 * @param {Checklist} list @param {Done[]} done @param {Seen[]} seen
 */
export function checkDeeds(list, done, seen) {
  // The plan stays below everybody's limits, so that a refusal is a failure too.
  const failed = done.flatMap(({ error }) => error ?? []);
  const claim = `${done.length} logs and imports were acknowledged`;
  list.that(claim, failed.length === 0, { failed: failed.length, such: failed.slice(0, NAMED) });
  const shown = sumOf(seen.map(({ delays }) => delays.length));
  const missing = sumOf(seen.map((one) => one.missing));
  list.that(
    `${shown} times somebody else's screen showed a leader's log`,
    shown > 0 && missing === 0,
    {
      missing,
    },
  );
}

/** @param {Checklist} list @param {number} people @param {Stale} stale */
export function checkScreens(list, people, stale) {
  const claim = `${people} screens came to show the newest board, own row and rank`;
  list.that(claim, stale.length === 0, { stale: stale.length, such: stale.slice(0, NAMED) });
}

/**
 * Nobody was cut off, nothing that is watched failed, and every acknowledged activity is there once.
 * @param {Checklist} list @param {Sums[]} sums @param {number} before activities there were before the load @param {Done[]} done
 */
export function checkSums(list, sums, before, done) {
  const cutOff = sumOf(sums.map((one) => one.cutOff));
  const problems = sums.flatMap((one) => one.problems);
  const isWell = cutOff === 0 && problems.length === 0;
  const otherwise = { cutOff, problems: problems.slice(0, NAMED) };
  list.that("every connection held, and no query that is watched failed", isWell, otherwise);
  const made = sumOf(done.map(({ activities = 0 }) => activities));
  const actual = sumOf(sums.map(({ activities }) => activities));
  list.equal(`${made} acknowledged activities are there, each once`, actual, before + made);
}

/**
 * Rows, sums, standings, ledger and ranks agree for everybody.
 * @param {Checklist} list @param {ReturnType<typeof import("../lib/client.mjs").connect>} connection
 * @param {import("../lib/crowd.mjs").Crowd} crowd @param {(() => Promise<string>) | null} verification
 */
export async function checkTotals(list, connection, { challengeId, userIds }, verification) {
  if (verification !== null)
    list.equal(
      "the organiser's verification under load came to its end",
      await verification(),
      "completed",
    );
  const { checked, findings } = await verifyChallenge(connection, challengeId);
  const isAll = checked > userIds.length && findings.length === 0;
  list.that(`the totals of ${checked} people were verified`, isAll, findings.slice(0, NAMED));
}
