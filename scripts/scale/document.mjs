// docs/scale.md: the words around the tables and figures of docs/scale.json.
import { CONVEX_RETRY, pairShare, unpacked } from "./contention.mjs";
import * as model from "./model.mjs";
import { LATENCY_MS, REFUSED_SHARE, SLOTS } from "./simulations.mjs";
import * as tables from "./tables.mjs";
import { brief, dollars, percent, rate, SIZES } from "./tables.mjs";

/** @typedef {import("./tables.mjs").Data} Data */

const [SMALL, MIDDLE, LARGE] = SIZES;

/**
 * A month with one thing changed.
 * @param {Data} data @param {number} people @param {string} lever its name begins so
 */
function monthWith(data, people, lever) {
  const found = model.leverMonths(data, people).find(({ name }) => name.startsWith(lever));
  const month = found?.month ?? model.monthly(data.cells, people);
  return { calls: brief(model.sum(month.calls)), price: dollars(model.dollars(month)) };
}

/** @param {Data} data */
function inShort(data) {
  const { cells, simulations } = data;
  const shares = cells.map(({ contention }) => percent(pairShare(unpacked(contention.conflicts))));
  const sizes = cells.map(({ activities }) => brief(activities)).join(", ");
  const worst = simulations.ways[0]?.sustained[1] ?? 0;
  const often = (/** @type {number} */ people) => {
    const perSecond = model.busiestPerSecond(people);
    return `${brief(perSecond)} times a second (${perSecond > worst ? "too often" : "seldom enough"})`;
  };
  const [small, middle, large] = SIZES.map((people) => monthWith(data, people, "as it is"));
  return `## In short

- A month costs ${small?.price} beyond the plan for ${brief(SMALL)} people, ${middle?.price} for ${brief(MIDDLE)} and ${large?.price} for ${brief(LARGE)}, all in one challenge. What
  grows is **updates of open boards**: each log is shown to everybody who looks, with the square of the people.
- Two logs of different people that run at the same time meet in ${shares.join(", ")} of cases (${sizes}
  activities): they pass through the same nodes of the tree of points. With runs of ${LATENCY_MS} ms one challenge takes ${rate(simulations.asIs[1] ?? 0)} logs a
  second before ${percent(REFUSED_SHARE)} are refused, and ${rate(worst)} in a small app at the size where its logs meet most. In the busiest hour ${brief(LARGE)}
  people log ${often(LARGE)}, ${brief(MIDDLE)} ${often(MIDDLE)}.
- **First lever for thousands: ask for one's own rank less often.** It is most of the I/O: every two minutes instead of
  every 20 seconds brings ${middle?.price} down to ${monthWith(data, MIDDLE, "own rank").price}.
- **First lever for hundreds of thousands: a tree of points a person.** Nobody meets anybody, and an update reaches a board
  only when somebody on it logs: ${monthWith(data, LARGE, "a tree a person").calls} calls instead of ${large?.calls}, ${monthWith(data, LARGE, "both").price} instead of ${large?.price} with both.
`;
}

/** @param {Data} data */
function aMonth(data) {
  const { alone, perLog } = model.largest(data.cells).ranks;
  const { HABITS: habits, PRICES: prices } = model;
  return `## A month

${tables.monthTable(data)}

A person logs on ${percent(habits.firstLogs)} of days, makes ${brief(habits.furtherLogs)} further logs and ${brief(habits.edits)} edits a day, and opens a board ${habits.boardsOpened} times a day for
${habits.minutesOpen} minutes. ${percent(habits.busiestHour)} of a day's logs fall into its busiest hour. Trees are as deep as after a month. These are assumptions:
\`HABITS\` in \`scripts/scale/model.mjs\`, and \`npm run scale -- --render\`.

- Calls by clients, scheduled runs and updates of subscriptions are function calls; an answer from the cache is a call
  without I/O. Professional includes ${brief(prices.calls)} calls and ${prices.gigabytes} GB, then $${prices.perMillionCalls} a million calls and $${prices.perGigabyte.toFixed(2)} a GB; its fee for developers
  is not counted (\`npm-packages/docs/docs/production/state/limits.mdx\` of get-convex/convex-backend, commit 02b250b).
- A log that finds the ranks' worker asleep causes ${alone.scheduled} scheduled runs, since the worker looks for more for two seconds; of
  many logs at once, each causes ${brief(perLog.scheduled)}. There is one worker a deployment: it makes ${brief(model.workerRuns(Infinity, alone.scheduled))} runs a month at most.
- Open boards are sessions. A deployment has at most 1,000 of them in class S16, 10,000 in S256, 100,000 in D1024 (same
  file); ${brief(LARGE)} people have ${brief(model.watchersOf(LARGE))} on average.
`;
}

/** @param {Data} data */
function anOperation(data) {
  const { people, activities } = model.largest(data.cells);
  const near = tables.nearestLimit(data);
  return `## An operation

With ${brief(people)} people and ${brief(activities)} activities; then its bytes extended to ${brief(LARGE)} people, by the logarithm of the
activities, with which trees grow. "log" is the first of a day: the streak grows.

${tables.operationTable(data)}

Nearest to a limit of a transaction (32,000 documents, 4,096 ranges, 16 MiB read; same file) comes "${near.operation}", with ${percent(near.share)} of
the ${near.word}.
`;
}

/** @param {Data} data */
function atOnce(data) {
  const { contention } = model.largest(data.cells);
  const met = Object.entries(contention.met).map(
    ([name, share]) => `\`${name}\` (${percent(share)})`,
  );
  return `## People who log at once

Convex runs a mutation again when something it read was changed before its commit: ${CONVEX_RETRY.retries} times, after a random wait of at most
${CONVEX_RETRY.initialMs} ms, twice that each further time up to ${brief(CONVEX_RETRY.maxMs)} ms; then the caller gets an error (\`UDF_EXECUTOR_OCC_*\` in
\`crates/common/src/knobs.rs\`, \`Backoff\` in \`crates/convex/sync_types/src/backoff.rs\`, same repository). Simulated: logs of
different people arrive at random; who meets whom is what ${unpacked(contention.conflicts).length} logs of the product were recorded to read and write; a run takes
${LATENCY_MS} ms, give or take half; ${SLOTS} run at once (S256; S16 runs 16, so ${brief(16_000 / LATENCY_MS)} logs a second at most).

${tables.rateTable(data)}

- They meet in ${met.join(", ")} and nowhere else: ranks are queued, and ${percent(contention.behind)} of logs meet a run of the ranks' worker.
  A log that wakes the worker meets ${percent(contention.waking)} of the others in flight, once at the start of a burst.
- The table is of the largest challenge that was measured. How often two meet rises and falls as a challenge grows: the root of a tree has between 2 and 17 children, and logs under the
  same child meet.

The same for other ways to keep points, alone in a small app, at the size where their logs meet most. The three columns of
logs a second are what they take before ${percent(REFUSED_SHARE)} are refused:

${tables.waysTable(data)}
`;
}

/** @param {Data} data */
function levers(data) {
  return `## Levers, in order

A month with one thing changed:

${tables.leverTable(data)}

1. **A tree a person** (namespace \`[challenge, person]\`): the one change that helps calls, I/O and contention. What reads the
   tree of a whole challenge changes with it: verify's sum and its search for entries without a row, and the rebuild. Trees
   for groups of people (64) end most contention with less to change, and do less for the board. Measured on a copy of
   the backend with two lines changed, documents read / written and bytes:

${tables.treeTable(data)}

2. **Own rank less often**: each time it reads a place above and below, with their sums.
3. **Stored totals on the page**: \`standings\` has them and verify compares them; boards of weeks and categories show theirs
   already. The page then no longer checks each total against its rows, and contention stays.
4. **The page every ten seconds instead of live**, above some ten thousand people: calls grow with the people, not with
   their square. Below, it costs more than it saves.
5. **Page size**: cheaper runs of the page, as many calls.
6. **Shared queries** are in place (a \`viewKey\` instead of an identity): the last row is what a month would cost without.
7. Larger nodes do not pay: just after a split as many logs meet.
`;
}

const LEFT_OUT = `## What is not in it

- Convex may bill entries of indexes beside documents. These are the counts of \`ctx.meta.getTransactionMetrics\`.
- Measured challenges are small. What is said of ${brief(LARGE)} people extends lines over three more powers of ten: a guess of
  the right size, no more.
- The latency of a run on Convex was not measured: it is a parameter. Runs again add their I/O ("runs a log").
- People look when others log. Updates are from averages over the month; evenings that coincide make them more.
- Convex says that updates of subscriptions are calls. Here every run again is one for everybody who looks, also when the
  page it gives is the same.
- Stored totals are measured on the board of a category, which shows its points so.
- Challenges share nothing but the worker of the ranks and the class of their deployment.
- Sign-in, imports, Strava and daily jobs are left out.
`;

/** The whole document. @param {Data} data */
export const documentOf = (data) => `# What a challenge costs on Convex, and where it starts to hurt

\`npm run scale\` writes this page and [scale.json](scale.json); last on ${data.measured} with Node ${data.node}. Figures are measured on the
embedded deployment, which counts documents, ranges and bytes as Convex does, or follow from those by the formulas in
\`scripts/scale/model.mjs\`. A test demands that this page says what the formulas give.

${[inShort, aMonth, anOperation, atOnce, levers].map((section) => section(data)).join("\n")}
${LEFT_OUT}`;
