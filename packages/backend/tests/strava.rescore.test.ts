import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { refusedUnchanged } from "./backend.setup";
import { accountOf, km, type Member, standAtNoon, TYPES } from "./ledger.setup";
import {
  connect,
  counted,
  deliver,
  drained,
  later,
  newStravaScene,
  run,
  type StravaScene,
  stravaRows,
  tasks,
} from "./strava.setup";

/** An organiser's rescore of rows of Strava whose raw fields expired. */

beforeEach(() => standAtNoon());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const ATHLETE = "77";
const QUARTER_MS = 15 * 60_000;
const WEEK_AND_A_DAY = 8 * 24 * 60 * 60_000;

/** Lets the raw fields of all rows expire, and makes a kilometre of running worth 20 points in place of 10. */
async function expire(scene: StravaScene): Promise<void> {
  vi.setSystemTime(Date.now() + WEEK_AND_A_DAY);
  await scene.t.mutation(internal.mutations.stravaWebhook.eraseRawFields, {});
  await drained(scene.t);
  const scoring = { ...TYPES.run.scoring, pointsPerUnit: 20 };
  const args = { activityTypeId: scene.types.run, scoring };
  await scene.admin.as.mutation(api.mutations.activityTypes.update, args);
}

/** Ada with so many runs of 1, 2, 3 ... km, all of them expired. */
async function expiredScene(
  runs: number,
  limits: Parameters<typeof newStravaScene>[1] = {},
): Promise<StravaScene> {
  const scene = await newStravaScene({}, limits);
  for (let id = 1; id <= runs; id++) scene.fake.put(ATHLETE, run(id, { distance: 1000 * id }));
  await connect(scene, scene.ada, ATHLETE);
  await expire(scene);
  return scene;
}

const start = async ({ admin, challengeId }: StravaScene) =>
  await admin.as.mutation(api.mutations.rescoreStrava.start, { challengeId });

async function progress({ admin, challengeId }: StravaScene) {
  const found = await admin.as.query(api.queries.strava.rescore, { challengeId });
  if (found === null) throw new Error("no rescore");
  const { endedAt, startedAt: _startedAt, ...counts } = found;
  return { ...counts, isOver: endedAt !== null };
}

const OVER = { isListed: true, waiting: 0, kept: 0, rawExpired: 0, left: 0, isOver: true };

/** Ada's ledger says of every row what the row says. */
async function expectSound(scene: StravaScene, who: Member): Promise<void> {
  const { challengeId } = scene;
  const page = await scene.t.query(internal.queries.maintenance.verifyPage, { challengeId });
  expect(page.findings).toEqual([]);
  const { standing, rows } = await accountOf(scene, who);
  const live = rows.filter(({ deletedAt }) => deletedAt === undefined);
  expect(standing.totalPoints).toBe(live.reduce((sum, row) => sum + row.pointsEarned, 0));
}

test("A20 expired rows are fetched again and scored by the rules of now, with one event each", async () => {
  const scene = await expiredScene(3);
  await start(scene);
  await drained(scene.t);
  expect(await progress(scene)).toEqual({ ...OVER, rescored: 3 });
  expect(await counted(scene, scene.ada)).toEqual([
    ["1", 20],
    ["2", 40],
    ["3", 60],
  ]);
  const [first] = await stravaRows(scene, scene.ada);
  expect(first).toMatchObject({ ruleVersion: 2, title: "Run 1", metrics: { distance_m: 1000 } });
  expect(first?.sealedAt).toBeUndefined();
  const { events } = await accountOf(scene, scene.ada);
  const rescored = events.filter(({ reason }) => reason === "rescored");
  expect(rescored.map(({ actor }) => actor.kind)).toEqual(Array(3).fill("challengeAdmin"));
  await expectSound(scene, scene.ada);
  // What was fetched again may be kept for a week again, and no longer.
  vi.setSystemTime(Date.now() + WEEK_AND_A_DAY);
  await scene.t.mutation(internal.mutations.stravaWebhook.eraseRawFields, {});
  const sealed = await stravaRows(scene, scene.ada);
  expect(sealed.map(({ sealedAt, title }) => [sealedAt !== undefined, title])).toEqual(
    Array(3).fill([true, undefined]),
  );
});

test("A20 what cannot be fetched keeps its points, and nothing is scored as zero", async () => {
  const scene = await newStravaScene();
  const athletes = { [ATHLETE]: scene.ada, "88": scene.bob };
  for (const [athleteId, who] of Object.entries(athletes)) {
    for (const id of [1, 2]) scene.fake.put(athleteId, run(Number(athleteId) * 10 + id));
    await connect(scene, who, athleteId);
  }
  await expire(scene);
  await scene.bob.as.mutation(api.mutations.strava.disconnect, { points: "keep" });
  await drained(scene.t);
  scene.fake.remove(ATHLETE, "771");
  scene.fake.put(ATHLETE, run(772, { distance: 0 }));
  await start(scene);
  await drained(scene.t);
  // 771 is gone, 772 has no distance any more, and bob's two have nobody to ask with.
  expect(await progress(scene)).toEqual({ ...OVER, rescored: 0, kept: 1, rawExpired: 3 });
  expect(await counted(scene, scene.ada)).toEqual([
    ["771", 50],
    ["772", 50],
  ]);
  expect((await counted(scene, scene.bob)).map(([, points]) => points)).toEqual([50, 50]);
  await expectSound(scene, scene.ada);
});

test("A20 the budget is never exceeded, live events come first, and the rest waits for the next window", async () => {
  const scene = await expiredScene(30, { readQuarter: 20, readDay: 1_000 });
  await later(scene.t, QUARTER_MS);
  const before = scene.fake.counts.reads;
  await start(scene);
  await drained(scene.t);
  const first = await progress(scene);
  expect(first).toMatchObject({ isListed: true, isOver: false, waiting: 30 - first.rescored });
  // The learned limit is 20 reads a quarter hour, of which work that can wait may take half.
  expect(first.rescored).toBeLessThanOrEqual(10);
  expect(scene.fake.counts.reads - before).toBe(first.rescored);
  scene.fake.put(
    ATHLETE,
    run(99, { start_date: "2026-06-18T08:00:00Z", start_date_local: "2026-06-18T08:00:00Z" }),
  );
  await deliver(scene, scene.fake.event(ATHLETE, "99", "create"));
  await drained(scene.t);
  expect((await counted(scene, scene.ada)).at(-1)).toEqual(["99", 100]);
  for (let quarter = 0; quarter < 6; quarter++) await later(scene.t, QUARTER_MS);
  expect(await progress(scene)).toEqual({ ...OVER, rescored: 30 });
  expect(scene.fake.counts.refused).toBe(0);
  expect(scene.fake.counts.mostInQuarter).toBeLessThanOrEqual(20);
  await expectSound(scene, scene.ada);
});

test("one runs at a time, and killed between fetching and writing it goes on without counting twice", async () => {
  const scene = await expiredScene(3);
  const handle = scene.fake.handle.bind(scene.fake);
  const lost = vi.spyOn(scene.fake, "handle").mockImplementation(async (request) => {
    await handle(request);
    // The process dies here.
    return await new Promise(() => {});
  });
  const { rescoreId } = await start(scene);
  expect(await start(scene)).toEqual({ rescoreId });
  vi.advanceTimersByTime(10_000);
  await scene.t.mutation(internal.mutations.rescoreStrava.list, { rescoreId });
  await scene.t.mutation(internal.mutations.rescoreStrava.list, { rescoreId });
  await scene.t.mutation(internal.mutations.stravaWebhook.pump, {});
  const open = (await tasks(scene.t)).filter(({ kind }) => kind === "rescore");
  expect(open.map(({ status }) => status)).toEqual(Array(3).fill("processing"));
  lost.mockRestore();
  vi.setSystemTime(Date.now() + 6 * 60_000);
  await scene.t.mutation(internal.mutations.stravaWebhook.pump, {});
  for (const { _id: taskId, lease } of (await tasks(scene.t)).filter(
    ({ kind }) => kind === "rescore",
  )) {
    // The lost worker's answer is void, and a second run of the new one finds nothing to do.
    for (const by of [lease - 1, lease, lease])
      await scene.t.action(internal.integrations.strava.work, { taskId, lease: by });
  }
  await drained(scene.t);
  expect(await progress(scene)).toEqual({ ...OVER, rescored: 3 });
  expect((await counted(scene, scene.ada)).map(([, points]) => points)).toEqual([20, 40, 60]);
  // Another one finds all rows at their version.
  await start(scene);
  await drained(scene.t);
  expect(await progress(scene)).toEqual({ ...OVER, rescored: 0 });
  await expectSound(scene, scene.ada);
});

test("A13 whoever disconnects or leaves while rows wait keeps their points, and the rescore ends", async () => {
  const scene = await expiredScene(2);
  const fetchedOnce = vi.spyOn(scene.fake, "handle").mockImplementation(async () => {
    fetchedOnce.mockRestore();
    await scene.ada.as.mutation(api.mutations.strava.disconnect, { points: "keep" });
    return { status: 503, headers: {}, body: "" };
  });
  await start(scene);
  await drained(scene.t);
  expect(await progress(scene)).toEqual({ ...OVER, rescored: 0, rawExpired: 2 });
  expect((await counted(scene, scene.ada)).map(([, points]) => points)).toEqual([10, 20]);
});

test("a row its person corrected keeps the correction, and a changed activity counts as Strava has it now", async () => {
  const scene = await newStravaScene({ backdateDays: 30 });
  for (const id of [1, 2]) scene.fake.put(ATHLETE, run(id));
  await connect(scene, scene.ada, ATHLETE);
  const [own] = await stravaRows(scene, scene.ada);
  if (own === undefined) throw new Error("no row");
  const correction = { activityId: own._id, metrics: km(4) };
  await scene.ada.as.mutation(api.mutations.activities.edit, correction);
  await expire(scene);
  const moved = { start_date: "2026-06-08T08:00:00Z", start_date_local: "2026-06-08T08:00:00Z" };
  scene.fake.put(ATHLETE, run(2, { distance: 7000, ...moved }));
  await start(scene);
  await drained(scene.t);
  expect(await progress(scene)).toEqual({ ...OVER, rescored: 1, kept: 1 });
  expect(await counted(scene, scene.ada)).toEqual([
    ["1", 40],
    ["2", 140],
  ]);
  expect((await stravaRows(scene, scene.ada))[1]?.loggedDate).toBe("2026-06-08");
  await expectSound(scene, scene.ada);
});

test("E4 frozen standings are not rescored", async () => {
  const scene = await expiredScene(1);
  const { challengeId } = scene;
  await scene.t.run(async (ctx) => await ctx.db.patch("challenges", challengeId, { finalAt: 1 }));
  await refusedUnchanged(scene.t, "CHALLENGE_FINAL", () => start(scene));
});
