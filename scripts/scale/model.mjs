// From what one operation costs to what a month of a challenge costs: pure formulas over docs/scale.json.

/** @typedef {import("./recorder.mjs").Cost} Cost */
/** @typedef {import("./measure.mjs").Cell} Cell */
/** Challenges as the product is, and one of them with a tree of points a person. @typedef {{cells: Cell[], treeAPerson: Cell}} Measured */

/** What people of a challenge do, each of them on an average day. Change these and run `npm run scale -- --render`. */
export const HABITS = {
  days: 30,
  firstLogs: 0.6,
  furtherLogs: 0.2,
  edits: 0.05,
  boardsOpened: 2,
  minutesOpen: 2,
  profilesOpened: 0.5,
  historiesOpened: 0.5,
  /** Of a day's logs, those in its busiest hour. */
  busiestHour: 0.15,
};

/** Queries of opening a board that answer one person only; their rank is asked for again while the board is open. */
const PRIVATE_QUERIES = ["viewer", "unread notices", "challenge", "own row"];
/** And those that answer everybody: one run serves all until something changes. */
const SHARED_QUERIES = ["boards", "page of 25"];

/** Of the plan Professional, in US regions, beyond what it includes; the fee for developers is not in it. */
export const PRICES = { calls: 25e6, perMillionCalls: 2, gigabytes: 50, perGigabyte: 0.2 };

/** How long the ranks' worker looks for more before it sleeps: DEFAULT_COOLDOWN_MS of @convex-dev/batch-worker. */
const COOLDOWN_SECONDS = 2;
const SECONDS_A_DAY = 86_400;
const BYTES_A_GIGABYTE = 1e9;

/**
 * A figure at another number of activities: trees grow by a level each time those multiply, so it follows their logarithm.
 * @param {Array<{activities: number, value: number}>} points @param {number} activities
 */
export function extrapolated(points, activities) {
  const xs = points.map((point) => Math.log10(point.activities));
  const mean = (/** @type {number[]} */ values) =>
    values.reduce((sum, one) => sum + one, 0) / values.length;
  const [meanX, meanY] = [mean(xs), mean(points.map(({ value }) => value))];
  const spread = xs.reduce((sum, x) => sum + (x - meanX) ** 2, 0);
  const together = points.reduce(
    (sum, { value }, at) => sum + ((xs[at] ?? 0) - meanX) * (value - meanY),
    0,
  );
  const slope = spread === 0 ? 0 : together / spread;
  return Math.max(0, meanY + slope * (Math.log10(activities) - meanX));
}

/** @param {Cost | undefined} cost */
const bytesOf = (cost) => (cost?.bytesRead ?? 0) + (cost?.bytesWritten ?? 0);

/**
 * Database bytes of a cost in a challenge with so many activities.
 * @param {Cell[]} cells @param {(cell: Cell) => Cost | undefined} costOf @param {number} activities
 */
const extended = (cells, costOf, activities) =>
  extrapolated(
    cells.map((cell) => ({ activities: cell.activities, value: bytesOf(costOf(cell)) })),
    activities,
  );

/** Those of an operation. @param {Cell[]} cells @param {string} operation @param {number} activities */
export const bytesAt = (cells, operation, activities) =>
  extended(cells, (cell) => cell.operations[operation], activities);

/** The cell with the most activities. @param {Cell[]} cells @returns {Cell} */
export const largest = (cells) =>
  /** @type {Cell} */ (cells.toSorted((a, b) => b.activities - a.activities)[0]);

/**
 * How an open board is kept up to date. pageBytes: of one run of the first page; rerunShare: of logs, that run it again;
 * isShared: one run serves everybody; everySeconds: between two looks at the page where it is not live; rankEverySeconds:
 * between two looks at the own rank.
 * @typedef {{pageBytes: number, rerunShare: number, isShared: boolean, everySeconds: number | null, rankEverySeconds: number}} Board
 */

/** Activities at the end of the first month. @param {number} people */
export const activitiesOf = (people) =>
  people * HABITS.days * (HABITS.firstLogs + HABITS.furtherLogs);

/** Boards that are open at an average moment. @param {number} people */
export const watchersOf = (people) => (people * HABITS.boardsOpened * HABITS.minutesOpen) / 1440;

/** Logs a second in the busiest hour of a day. @param {number} people */
export const busiestPerSecond = (people) =>
  (people * (HABITS.firstLogs + HABITS.furtherLogs) * HABITS.busiestHour) / 3600;

/** The board as it is: live, with sums from the tree, and the rank as in packages/web. @param {Cell[]} cells @param {number} people @returns {Board} */
export const boardAsIs = (cells, people) => ({
  pageBytes: bytesAt(cells, "page of 25", activitiesOf(people)),
  rerunShare: largest(cells).reruns.total,
  isShared: true,
  everySeconds: null,
  rankEverySeconds: 20,
});

/**
 * Runs of the ranks' worker in a month. A log wakes it, it looks for more every so often until none came for two
 * seconds; under a steady stream it never sleeps and runs no more often.
 * @param {number} changes a month @param {number} runsAlone because of one log when nothing else happens
 */
export function workerRuns(changes, runsAlone) {
  const seconds = HABITS.days * SECONDS_A_DAY;
  const awake = 1 - Math.exp((-changes / seconds) * COOLDOWN_SECONDS);
  return (awake * seconds * runsAlone) / COOLDOWN_SECONDS;
}

/**
 * Function calls and database I/O (gigabytes) of a month, by what causes them.
 * @param {Cell[]} cells @param {number} people @param {Board} [board]
 */
export function monthly(cells, people, board = boardAsIs(cells, people)) {
  const activities = activitiesOf(people);
  const of = (/** @type {string} */ operation) => bytesAt(cells, operation, activities);
  const times = (/** @type {number} */ aDay) => people * HABITS.days * aDay;
  const ranksAlone = extended(cells, ({ ranks }) => ranks.alone.afterwards, activities);
  const ranksOfLog = extended(cells, ({ ranks }) => ranks.perLog.afterwards, activities);
  const { scheduled } = largest(cells).ranks.alone;

  const [first, further, edits] = [
    times(HABITS.firstLogs),
    times(HABITS.furtherLogs),
    times(HABITS.edits),
  ];
  const changes = first + further + edits;
  const runs = workerRuns(changes, scheduled);
  const emptyRun = Math.max(0, ranksAlone - ranksOfLog) / scheduled;

  const opens = times(HABITS.boardsOpened);
  const watchers = watchersOf(people);
  const isWatched = 1 - Math.exp(-watchers);
  const seconds = HABITS.days * SECONDS_A_DAY;
  const updates = changes * board.rerunShare;
  // Everybody who looks is told of each update, also when one run answers all of them.
  const liveCalls =
    board.everySeconds === null ? watchers * updates : (watchers * seconds) / board.everySeconds;
  const runsOfPage = Math.min(liveCalls, board.isShared ? updates * isWatched : liveCalls);
  const rankAsks = opens * (1 + Math.floor((HABITS.minutesOpen * 60) / board.rankEverySeconds));
  const privately = PRIVATE_QUERIES.reduce((sum, name) => sum + of(name), 0);
  // Somebody else's run is at hand while somebody else is looking.
  const onOpening = board.pageBytes * (board.isShared ? 1 - isWatched : 1);

  const calls = {
    writes: changes,
    ranks: runs,
    opening: opens * (PRIVATE_QUERIES.length + SHARED_QUERIES.length),
    ownRank: rankAsks,
    live: liveCalls,
    other: times(HABITS.profilesOpened + HABITS.historiesOpened),
  };
  const bytes = {
    writes: first * of("log") + further * of("another log of the day") + edits * of("edit"),
    ranks: changes * ranksOfLog + runs * emptyRun,
    opening: opens * (privately + onOpening),
    ownRank: rankAsks * of("own rank"),
    live: runsOfPage * board.pageBytes,
    other:
      times(HABITS.profilesOpened) * of("profile") +
      times(HABITS.historiesOpened) * of("history of 20"),
  };
  const gigabytes = Object.fromEntries(
    Object.entries(bytes).map(([name, value]) => [name, value / BYTES_A_GIGABYTE]),
  );
  return { calls, gigabytes: /** @type {typeof bytes} */ (gigabytes) };
}

/** @param {Record<string, number>} parts */
export const sum = (parts) => Object.values(parts).reduce((total, part) => total + part, 0);

/** US dollars beyond what the plan includes. @param {ReturnType<typeof monthly>} month */
export function dollars({ calls, gigabytes }) {
  const moreCalls = Math.max(0, sum(calls) - PRICES.calls);
  const moreGigabytes = Math.max(0, sum(gigabytes) - PRICES.gigabytes);
  return (moreCalls / 1e6) * PRICES.perMillionCalls + moreGigabytes * PRICES.perGigabyte;
}

/** The rows of a first page. */
const PAGE = 25;

/**
 * Logs that change one of the people of a first page, or bring somebody onto it, as a share in a larger challenge.
 * @param {Array<{people: number, share: number}>} measured @param {number} people
 */
const shareOnPage = (measured, people) =>
  Math.min(1, Math.max(PAGE, ...measured.map(({ people: all, share }) => share * all)) / people);

/**
 * A tree of points a person in challenges of every size: each operation costs by as much less (or more) as where it was
 * measured, beside the same challenge with one tree.
 * @param {Measured} measured @param {number} people @returns {{cells: Cell[], board: Board}}
 */
function withTreeAPerson({ cells, treeAPerson }, people) {
  const { activities, reruns } = treeAPerson;
  const twin = cells.find(
    (cell) => cell.people === treeAPerson.people && cell.activities === activities,
  );
  /** @param {Cost} cost @param {(cell: Cell) => Cost | undefined} of */
  const changedCost = (cost, of) => {
    const by = bytesOf(of(treeAPerson)) / bytesOf(twin && of(twin));
    return { ...cost, bytesRead: cost.bytesRead * by, bytesWritten: cost.bytesWritten * by };
  };
  const changed = cells.map((cell) => {
    const { alone, perLog } = cell.ranks;
    const operations = Object.entries(cell.operations).map(([name, cost]) => {
      return [name, changedCost(cost, (one) => one.operations[name])];
    });
    const ranks = {
      alone: {
        ...alone,
        afterwards: changedCost(alone.afterwards, (one) => one.ranks.alone.afterwards),
      },
      perLog: {
        ...perLog,
        afterwards: changedCost(perLog.afterwards, (one) => one.ranks.perLog.afterwards),
      },
    };
    return { ...cell, operations: Object.fromEntries(operations), ranks };
  });
  const touched = [{ people: treeAPerson.people, share: reruns.total }];
  const rerunShare = shareOnPage(touched, people);
  return { cells: changed, board: { ...boardAsIs(changed, people), rerunShare } };
}

/**
 * A month with one thing changed, each: what a lever is worth.
 * @param {Measured} measured @param {number} people
 * @returns {Array<{name: string, month: ReturnType<typeof monthly>}>}
 */
export function leverMonths(measured, people) {
  const { cells } = measured;
  const asIs = boardAsIs(cells, people);
  const trees = withTreeAPerson(measured, people);
  const seldom = { rankEverySeconds: 120 };
  const bytes = (/** @type {string} */ operation) =>
    bytesAt(cells, operation, activitiesOf(people));
  const stored = cells.map((cell) => ({ people: cell.people, share: cell.reruns.stored }));
  /** @type {Array<{name: string, board: Board, cells?: Cell[]}>} */
  const levers = [
    { name: "as it is: live, shared, 25 rows", board: asIs },
    { name: "a tree a person", ...trees },
    { name: "own rank every 2 minutes, not 20 s", board: { ...asIs, ...seldom } },
    { name: "both", cells: trees.cells, board: { ...trees.board, ...seldom } },
    {
      name: "stored totals",
      board: {
        ...asIs,
        pageBytes: bytes("stored page of 25"),
        rerunShare: shareOnPage(stored, people),
      },
    },
    { name: "page every 10 s, not live", board: { ...asIs, everySeconds: 10 } },
    { name: "10 rows", board: { ...asIs, pageBytes: bytes("page of 10") } },
    { name: "not shared: a run for everybody who looks", board: { ...asIs, isShared: false } },
  ];
  return levers.map(({ name, board, cells: others = cells }) => ({
    name,
    month: monthly(others, people, board),
  }));
}
