import { internal } from "@milepost/backend/api";

/**
 * All pages of a paginated query.
 * @template T
 * @param {(paginationOpts: {numItems: number, cursor: string | null}) => Promise<{page: T[], isDone: boolean, continueCursor: string}>} fetchPage
 * @returns {Promise<T[]>}
 */
export async function pagesOf(fetchPage) {
  /** @type {T[]} */
  const all = [];
  /** @type {string | null} */
  let cursor = null;
  for (;;) {
    /** @type {{page: T[], isDone: boolean, continueCursor: string}} */
    const result = await fetchPage({ numItems: 100, cursor });
    all.push(...result.page);
    if (result.isDone) return all;
    cursor = result.continueCursor;
  }
}

/**
 * Compares, for everybody in a challenge, activity rows, aggregate, standings and ledger with each other.
 * @param {ReturnType<typeof import("./client.mjs").connect>} connection
 * @param {import("convex/values").GenericId<"challenges">} challengeId
 */
export async function verifyChallenge({ admin }, challengeId) {
  const findings = [];
  let checked = 0;
  /** @type {string | null} */
  let cursor = null;
  for (;;) {
    /** @type {import("convex/server").FunctionReturnType<typeof internal.queries.maintenance.verifyPage>} */
    const page = await admin.query(internal.queries.maintenance.verifyPage, {
      challengeId,
      cursor,
    });
    findings.push(...page.findings);
    checked += page.checked;
    if (page.isDone) return { checked, findings };
    cursor = page.continueCursor;
  }
}
