import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import { newAchievement } from "./achievements.setup";
import { km, log, newScene, type Scene, standAtNoon, TODAY, YESTERDAY } from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const { edit, remove } = api.mutations.activities;
const { history, underReview } = api.queries.activities;
const reason = "Looked at it";
type Status = "counted" | "corrected" | "notCounted" | "deleted";

/** What the pages of a filter show, page after page, and how many pages there are. */
async function shown({ ada, challengeId }: Scene, filter: object, numItems = 2) {
  const rows = [];
  let pages = 0;
  let cursor: string | null = null;
  for (;;) {
    const paginationOpts = { numItems, cursor };
    const result: Awaited<ReturnType<typeof ask>> = await ask({ ...filter, paginationOpts });
    rows.push(...result.page);
    pages += 1;
    if (result.isDone) return { rows, pages };
    cursor = result.continueCursor;
  }
  async function ask(args: { paginationOpts: { numItems: number; cursor: string | null } }) {
    return await ada.as.query(history, { challengeId, ...args });
  }
}

/** Five runs of Ada: live, corrected, removed by an organiser, removed by her, and flagged; and a stretch. */
async function sorted() {
  const scene = await newScene();
  const { admin, ada, bob } = scene;
  const ids = [];
  for (const kilometres of [1, 2, 3, 4, 5]) {
    const loggedDate = kilometres === 3 ? YESTERDAY : TODAY;
    ids.push((await log(scene, ada, { metrics: km(kilometres), loggedDate })).activityId);
  }
  const [, corrected, removed, deleted, flagged] = ids;
  if (!corrected || !removed || !deleted || !flagged) throw new Error("not logged");
  await admin.as.mutation(edit, { activityId: corrected, metrics: km(1.5), reason });
  await admin.as.mutation(remove, { activityId: removed, reason });
  await ada.as.mutation(remove, { activityId: deleted });
  await bob.as.mutation(api.mutations.moderation.flag, { activityId: flagged, reason: "OTHER" });
  await log(scene, ada, { type: "stretch" });
  return { scene, flagged };
}

const points = async (scene: Scene, status?: Status, activityTypeId?: string) => {
  const filter = { status, activityTypeId };
  const { rows } = await shown(scene, filter);
  return rows.filter(({ isSystem }) => !isSystem).map(({ pointsEarned }) => pointsEarned);
};

const inOrder = (figures: number[]) => figures.toSorted((one, other) => one - other);

describe("a history by status", () => {
  test("has each activity where it belongs, page after page", async () => {
    const { scene, flagged } = await sorted();
    const { ada, challengeId } = scene;
    expect(inOrder(await points(scene))).toEqual([5, 10, 15, 30, 40, 50]);
    expect(inOrder(await points(scene, "counted"))).toEqual([5, 10, 15, 50]);
    expect(await points(scene, "corrected")).toEqual([15]);
    expect(await points(scene, "notCounted")).toEqual([30]);
    expect(await points(scene, "deleted")).toEqual([40]);
    expect(await ada.as.query(underReview, { challengeId })).toMatchObject([
      { activityId: flagged, pointsEarned: 50, isUnderReview: true },
    ]);
  });

  test("can be of one type as well, and its pages may be empty before the last", async () => {
    const { scene } = await sorted();
    const { stretch, run } = scene.types;
    expect(await points(scene, "counted", stretch)).toEqual([5]);
    expect(inOrder(await points(scene, "counted", run))).toEqual([10, 15, 50]);
    expect(await points(scene, "deleted", stretch)).toEqual([]);
    expect(await points(scene, "deleted", run)).toEqual([40]);
    const { rows, pages } = await shown(scene, { status: "notCounted" }, 1);
    expect([rows.length, pages > 1]).toEqual([1, true]);
  });

  test("has an award that was taken back among what is deleted", async () => {
    const scene = await newScene();
    await newAchievement(scene);
    await log(scene, scene.ada);
    const { activityId } = await log(scene, scene.ada);
    await scene.ada.as.mutation(remove, { activityId });
    const { rows } = await shown(scene, { status: "deleted" });
    expect(rows.map(({ source }) => source).toSorted()).toEqual(["achievement", "manual"]);
  });
});
