// Other ways to keep the points than one tree with nodes of 16, in a small app of the same aggregate.
import { makeFunctionReference } from "convex/server";
import { deployApp } from "../bench/embedded-load.mjs";
import { connect } from "../lib/client.mjs";
import { seededRandom } from "../lib/random.mjs";
import { withFolder } from "../lib/temporary.mjs";
import { packed } from "./contention.mjs";
import { RECORDED } from "./measure.mjs";
import { withRecorder } from "./recorder.mjs";

/** @typedef {{name: string, nodeSize: number, trees: number | null}} Lever trees: 0 = one a person, null = none */
/** @typedef {{id: string, user: number, points: number}} Row */
/** @typedef {import("./recorder.mjs").Cost} Cost */

/** One way with so many rows: conflicts of logs of different people, what a log and a page of 25 cost, how many logs run the page again. */
/** @typedef {{rows: number, people: number, conflicts: string, log: Cost, page: Cost, rerun: number}} LeverCell */

/** @typedef {{name: string, cells: LeverCell[]}} MeasuredLever */

/** @type {Lever[]} */
const LEVERS = [
  { name: "one tree, nodes of 16 (as it is)", nodeSize: 16, trees: 1 },
  { name: "one tree, nodes of 64", nodeSize: 64, trees: 1 },
  { name: "16 trees, people spread over them", nodeSize: 16, trees: 16 },
  { name: "64 trees", nodeSize: 16, trees: 64 },
  { name: "a tree a person", nodeSize: 16, trees: 0 },
  { name: "stored totals, no tree", nodeSize: 16, trees: null },
];
/** So few that the most rows are about a month of each. */
const PEOPLE = 400;
const PAGE = 25;
const ROWS_PER_LOAD = 100;

/** @type {import("convex/server").FunctionReference<"mutation", "public", {lever: Lever}, null>} */
const setUp = makeFunctionReference("levers:setUp");
/** @type {import("convex/server").FunctionReference<"mutation", "public", {lever: Lever, rows: Row[]}, null>} */
const add = makeFunctionReference("levers:add");
/** @type {import("convex/server").FunctionReference<"query", "public", {lever: Lever, users: number[]}, number[]>} */
const page = makeFunctionReference("levers:page");

/**
 * Records logs of different people on what is there.
 * @param {import("./recorder.mjs").Recorder} recorder @param {Lever} lever @param {number} rows how many there are
 * @returns {Promise<LeverCell>}
 */
async function recordLever(recorder, lever, rows) {
  const { admin } = connect(recorder.server);
  const every = Math.floor(PEOPLE / RECORDED);
  recorder.record();
  const users = Array.from({ length: PAGE }, (_, index) => (index * 37) % PEOPLE);
  await admin.query(page, { lever, users });
  const [pageCost, pageReads] = [recorder.total("query"), recorder.queried()];
  recorder.record();
  for (let index = 0; index < RECORDED; index++) {
    const row = { id: `log ${rows} ${index}`, user: index * every, points: 7 };
    await admin.mutation(add, { lever, rows: [row] });
  }
  const logs = recorder.commits;
  const conflicts = logs.map((reader) =>
    logs.map((writer) => reader !== writer && recorder.overlaps(reader.readSet, writer.commit)),
  );
  const costs = logs.map(({ cost }) => cost).toSorted((a, b) => a.bytesRead - b.bytesRead);
  const rerun = logs.filter(({ commit }) => recorder.overlaps(pageReads, commit)).length;
  recorder.stop();
  return {
    rows,
    people: PEOPLE,
    conflicts: packed(conflicts),
    log: /** @type {Cost} */ (costs[costs.length >> 1]),
    page: pageCost,
    rerun: rerun / logs.length,
  };
}

/**
 * Records every way at every number of rows.
 * @param {number[]} sizes growing
 * @returns {Promise<MeasuredLever[]>}
 */
export const measureLevers = async (sizes) =>
  await withFolder((dataDir) =>
    withRecorder(dataDir, async (recorder) => {
      await deployApp(recorder.server);
      const { admin } = connect(recorder.server);
      const measured = [];
      for (const lever of LEVERS) {
        const random = seededRandom("levers");
        await admin.mutation(setUp, { lever });
        /** @type {LeverCell[]} */
        const cells = [];
        for (let rows = 0; rows < (sizes.at(-1) ?? 0);) {
          const batch = Array.from({ length: ROWS_PER_LOAD }, (_, index) => ({
            id: `${rows + index}`,
            user: Math.floor(random() * PEOPLE),
            points: 1 + Math.floor(random() * 100),
          }));
          await admin.mutation(add, { lever, rows: batch });
          rows += ROWS_PER_LOAD;
          if (sizes.includes(rows)) cells.push(await recordLever(recorder, lever, rows));
        }
        measured.push({ name: lever.name, cells });
      }
      return measured;
    }),
  );
