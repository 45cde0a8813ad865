import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MAX_ROWS_PER_CHALLENGE } from "../lib/rules/ledger";
import { runWhole } from "./jobs.setup";
import { accountOf, log, newScene, rowOf, type Scene, standAtNoon } from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

/** Rows of one person; the double of the database takes minutes for as many as a person may have. */
const ROWS = Math.min(Number(process.env.MILEPOST_ROWS ?? 150), MAX_ROWS_PER_CHALLENGE);
const ROWS_PER_DAY = 30;
const NOTES = "Around the lake and back over the hill, with the wind. ".repeat(4);

/** Stores rows of Ada as an import past the code would: in no total, no ledger and not in the aggregate. */
async function addBareRows(scene: Scene, count: number): Promise<void> {
  const { activityId } = await log(scene, scene.ada, { loggedDate: "2026-06-05" });
  const { _id, _creationTime, ...row } = await rowOf(scene.t, activityId);
  await scene.t.run(async (ctx) => {
    for (let number = 1; number < count; number += 1) {
      const day = 6 + Math.floor(number / ROWS_PER_DAY);
      const loggedDate = new Date(Date.UTC(2026, 5, day)).toISOString().slice(0, 10);
      await ctx.db.insert("activities", { ...row, loggedDate, notes: NOTES });
    }
  });
}

test(
  `C11 a person with ${ROWS} rows nobody counted is repaired in rounds within the limits, and verified`,
  async () => {
    const scene = await newScene({ endsOn: "2026-12-31" });
    await addBareRows(scene, ROWS);
    const repair = await runWhole(scene, "repair");
    expect(repair.job).toMatchObject({ status: "completed" });
    const { standing, events, rows } = await accountOf(scene, scene.ada);
    const ofDays = rows.filter(({ source }) => source === "manual");
    expect(ofDays.length).toBe(ROWS);
    expect(standing.totalPoints).toBe(rows.reduce((sum, row) => sum + row.pointsEarned, 0));
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.at(-1)?.totalAfter).toBe(standing.totalPoints);
    const verify = await runWhole(scene, "verify");
    expect([verify.job.status, verify.findings]).toEqual(["completed", []]);
    expect((await runWhole(scene, "repair")).findings).toEqual([]);
  },
  60_000 + ROWS * 1_000,
);
