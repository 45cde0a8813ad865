import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { activityPointsAggregate } from "../lib/activityPointsAggregate";
import { refusedUnchanged } from "./backend.setup";
import { foundBy, jobOf, runJob, runWhole, stepOnce } from "./jobs.setup";
import { accountOf, km, log, newScene, type Scene, standAtNoon, TODAY } from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const { maintenance } = internal.mutations;
const { activityTypes, challenges } = api.mutations;

const kinds = (findings: ReadonlyArray<{ kind: string }>) => findings.map(({ kind }) => kind);

/** The first drink of a day is free. */
const DRINKS = {
  scoring: { kind: "allowance", metric: "count", unit: "each", freePerDay: 1, pointsPerUnit: 5 },
  isNegative: true,
} as const;

/** Ada with 48 runs and drinks on 8 days, so that no chunk of 25 ends with a day; Bob with one run. */
async function largeScene(): Promise<Scene> {
  const scene = await newScene();
  const { admin, types } = scene;
  await admin.as.mutation(activityTypes.update, { activityTypeId: types.drink, ...DRINKS });
  const next = () => vi.setSystemTime(Date.now() + 5_000);
  for (let round = 0; round < 3; round += 1)
    for (let day = 3; day <= 10; day += 1) {
      const loggedDate = `2026-06-${String(day).padStart(2, "0")}`;
      await log(scene, scene.ada, { loggedDate, metrics: km(1 + round) });
      await log(scene, scene.ada, { type: "drink", loggedDate, metrics: { count: 1 } });
      next();
    }
  await log(scene, scene.bob);
  return scene;
}

/** Two drinks are free and runs give twice as much. */
async function setRules({ admin, types }: Scene) {
  const scoring = { ...DRINKS.scoring, freePerDay: 2 };
  await admin.as.mutation(activityTypes.update, { activityTypeId: types.drink, scoring });
  await admin.as.mutation(activityTypes.update, { activityTypeId: types.run, scoring: DOUBLE });
}
const DOUBLE = { kind: "perUnit", metric: "distance_m", unit: "km", pointsPerUnit: 20 } as const;

const impactOf = async ({ challengeId, admin }: Scene, jobId: Id<"jobs">) =>
  await admin.as.query(api.queries.maintenance.impact, { challengeId, jobId });

const verified = async (scene: Scene) => (await runWhole(scene, "verify")).findings;

describe("C4 a rescore of an account larger than one chunk", () => {
  test("changes what its dry run says, day by day, and says how much altogether", async () => {
    const scene = await largeScene();
    await setRules(scene);
    const before = (await accountOf(scene, scene.ada)).standing.totalPoints;
    const dry = await runWhole(scene, "rescore", { dryRun: true });
    expect((await accountOf(scene, scene.ada)).standing.totalPoints).toBe(before);
    const { t, challengeId } = scene;
    const wish = { challengeId, kind: "rescore", dryRun: false } as const;
    const { jobId } = await t.mutation(maintenance.startInternal, wish);
    const { boundaries } = await runJob(t, jobId, async () => {
      // Totals agree after every chunk.
      const { findings } = await t.query(internal.queries.maintenance.verifyPage, { challengeId });
      expect(findings).toEqual([]);
    });
    expect(boundaries).toBeGreaterThan(3);
    const found = await foundBy(t, jobId);
    // 24 runs, and the second drink of each of 8 days.
    expect(found.length).toBe(24 + 8 + 1);
    expect(found).toEqual(dry.findings);
    const after = (await accountOf(scene, scene.ada)).standing.totalPoints;
    const impact = await impactOf(scene, jobId);
    const { userId } = scene.ada;
    expect(impact).toEqual({
      status: "completed",
      people: 2,
      activities: 33,
      points: after - before + 12,
      skipped: 0,
      largest: [
        { userId, displayName: "Ada", activities: 32, points: after - before },
        { userId: scene.bob.userId, displayName: "Bob", activities: 1, points: 12 },
      ],
    });
    expect(await impactOf(scene, dry.job._id)).toEqual(impact);
    expect((await runWhole(scene, "rescore")).findings).toEqual([]);
    expect(await verified(scene)).toEqual([]);
  });

  test("C16 begins a person again where older code said how far it came", async () => {
    const scene = await largeScene();
    const { t, challengeId, ada } = scene;
    await setRules(scene);
    const wish = { challengeId, kind: "rescore" as const, dryRun: false };
    const { jobId } = await t.mutation(maintenance.startInternal, wish);
    const cursor = `${ada.userId} 0002`;
    await t.run(async (ctx) => await ctx.db.patch("jobs", jobId, { cursor }));
    await runJob(t, jobId);
    const { rows } = await accountOf(scene, ada);
    const live = rows.filter(({ activityTypeId }) => activityTypeId !== null);
    const runs = live.filter(({ activityTypeId }) => activityTypeId === scene.types.run);
    expect(new Set(runs.map(({ ruleVersion }) => ruleVersion))).toEqual(new Set([2]));
  });

  test("leaves a person whose standing is lost to a repair, and goes on", async () => {
    const scene = await largeScene();
    await setRules(scene);
    const { standing } = await accountOf(scene, scene.bob);
    await scene.t.run(async (ctx) => await ctx.db.delete("standings", standing._id));
    const { job, findings } = await runWhole(scene, "rescore");
    expect(job.status).toBe("completed");
    expect(findings).toContainEqual(
      expect.objectContaining({ kind: "rescored.skipped", userId: scene.bob.userId }),
    );
  });
});

describe("C4 a repair of an account with more wrong entries than one round writes", () => {
  test("changes what its dry run says", async () => {
    const scene = await largeScene();
    const { rows } = await accountOf(scene, scene.ada);
    await scene.t.run(async (ctx) => {
      for (const row of rows) await activityPointsAggregate.delete(ctx, row);
    });
    const dry = await runWhole(scene, "repair", { dryRun: true });
    expect(dry.findings.length).toBe(rows.length);
    const real = await runWhole(scene, "repair");
    expect(real.findings).toEqual(dry.findings);
    expect(await verified(scene)).toEqual([]);
  });
});

describe("the preview of a rule that is not saved", () => {
  test("says what saving and rescoring will do, and changes nothing", async () => {
    const scene = await largeScene();
    const { t, admin, types } = scene;
    const before = await accountOf(scene, scene.ada);
    const change = { activityTypeId: types.run, scoring: DOUBLE };
    const first = await admin.as.mutation(activityTypes.preview, change);
    const { jobId } = await admin.as.mutation(activityTypes.preview, change);
    expect((await jobOf(t, first.jobId)).status).toBe("cancelled");
    await runJob(t, jobId);
    expect(await accountOf(scene, scene.ada)).toEqual(before);
    const impact = await impactOf(scene, jobId);
    expect(impact).toMatchObject({ status: "completed", people: 2, activities: 25 });
    await admin.as.mutation(activityTypes.update, change);
    const { job } = await runWhole(scene, "rescore");
    expect(await impactOf(scene, job._id)).toEqual(impact);
  });

  test("is its caller's alone, and nobody is told that it ended", async () => {
    const scene = await newScene();
    const { t, admin, ada, challengeId, types } = scene;
    const coOrganiser = { challengeId, userId: ada.userId, role: "admin" as const };
    await admin.as.mutation(api.mutations.participants.setRole, coOrganiser);
    const change = { activityTypeId: types.run, scoring: DOUBLE };
    const own = await admin.as.mutation(activityTypes.preview, change);
    const other = await ada.as.mutation(activityTypes.preview, change);
    expect(other.jobId).not.toBe(own.jobId);
    await admin.as.mutation(activityTypes.preview, { ...change, contributesToStreak: false });
    await runJob(t, other.jobId);
    expect((await jobOf(t, other.jobId)).status).toBe("completed");
    expect((await jobOf(t, own.jobId)).status).toBe("cancelled");
    const news = await t.run(async (ctx) => await ctx.db.query("notifications").collect());
    expect(news.filter(({ news: { kind } }) => kind === "jobEnded")).toEqual([]);
  });

  test("stays what it is when another rule is saved meanwhile", async () => {
    const scene = await largeScene();
    const { t, admin, types } = scene;
    const change = { activityTypeId: types.run, scoring: DOUBLE };
    const { jobId } = await admin.as.mutation(activityTypes.preview, change);
    const scoring = { kind: "fixed", points: 1 } as const;
    await admin.as.mutation(activityTypes.update, { activityTypeId: types.run, scoring });
    await runJob(t, jobId);
    expect((await impactOf(scene, jobId)).largest).toContainEqual(
      expect.objectContaining({ userId: scene.bob.userId, points: 12 }),
    );
  });

  test("refuses a rule that cannot be saved", async () => {
    const { t, admin, types } = await newScene();
    const scoring = { kind: "fixed", points: 0.5 } as const;
    const call = () =>
      admin.as.mutation(activityTypes.preview, { activityTypeId: types.run, scoring });
    await refusedUnchanged(t, "INVALID_INPUT", call);
  });
});

describe("other rules of the streak", () => {
  const streakOf = async (scene: Scene) => {
    const { standing, events } = await accountOf(scene, scene.ada);
    const last = events.findLast(({ reason }) => reason === "streakChanged");
    return { ...standing, reason: last?.reason };
  };

  test("are settled for everybody by a job, through the ledger", async () => {
    const scene = await largeScene();
    const { t, challengeId, admin } = scene;
    expect(await streakOf(scene)).toMatchObject({ streakBonusPoints: 36, streakLength: 8 });
    const total = (await streakOf(scene)).totalPoints;
    const change = { challengeId, streakBonusDailyCap: 3 };
    const { jobId } = await admin.as.mutation(challenges.update, change);
    if (jobId === null) throw new Error("no job");
    await runJob(t, jobId);
    const after = await streakOf(scene);
    expect(after).toMatchObject({ streakBonusPoints: 21, totalPoints: total - 15 });
    expect(await impactOf(scene, jobId)).toMatchObject({ people: 1, activities: 0, points: -15 });
    expect(await verified(scene)).toEqual([]);
    await runWhole(scene, "rescore");
    expect(await streakOf(scene)).toEqual(after);
  });

  test("settle the streak of somebody who logs before the job comes to them", async () => {
    const scene = await newScene();
    const { challengeId, admin, ada } = scene;
    for (const loggedDate of ["2026-06-08", "2026-06-09", "2026-06-10"])
      await log(scene, ada, { loggedDate });
    expect(await streakOf(scene)).toMatchObject({ streakBonusPoints: 1 + 2 + 3 });
    // Not by when they changed: a clock may go back.
    vi.setSystemTime(Date.now() - 1_000);
    await admin.as.mutation(challenges.update, { challengeId, streakBonusDailyCap: 1 });
    await log(scene, ada);
    expect(await streakOf(scene)).toMatchObject({ streakBonusPoints: 3 });
  });

  test("settle the streak an older release left, which does not say by what rules", async () => {
    const scene = await newScene();
    const { t, challengeId, ada } = scene;
    for (const loggedDate of ["2026-06-08", "2026-06-09"]) await log(scene, ada, { loggedDate });
    await t.run(async (ctx) => {
      await ctx.db.patch("challenges", challengeId, { streakBonusDailyCap: 1 });
      const standings = await ctx.db.query("standings").collect();
      for (const { _id } of standings)
        await ctx.db.patch("standings", _id, { streakRules: undefined });
    });
    await log(scene, ada, { loggedDate: "2026-06-10" });
    expect(await streakOf(scene)).toMatchObject({ streakBonusPoints: 3 });
  });

  test("that change again while it runs are settled by a second one, also for whom it has passed", async () => {
    const scene = await largeScene();
    const { t, challengeId, admin } = scene;
    const set = async (streakMinPoints: number) =>
      (await admin.as.mutation(challenges.update, { challengeId, streakMinPoints })).jobId;
    const first = await set(1_000);
    if (first === null) throw new Error("no job");
    await t.run(async (ctx) => await ctx.db.patch("jobs", first, { batchSize: 1 }));
    await stepOnce(t, first);
    await stepOnce(t, first);
    await stepOnce(t, first);
    const second = await set(500);
    if (second === null) throw new Error("no job");
    expect(second).not.toBe(first);
    // Back to the rules of the first job, which joins it: the second one still comes.
    expect(await set(1_000)).toBe(first);
    await log(scene, scene.ada, { loggedDate: TODAY, metrics: km(100) });
    await runJob(t, first);
    await runJob(t, second);
    expect(await streakOf(scene)).toMatchObject({ streakBonusPoints: 1, streakLength: 1 });
    expect(await verified(scene)).toEqual([]);
  });

  test("that are as before start no job, and wrong ones are refused", async () => {
    const { t, challengeId, admin } = await newScene();
    const update = async (change: object) =>
      await admin.as.mutation(challenges.update, { challengeId, ...change });
    expect(await update({ streakMinPoints: 10, name: "June" })).toEqual({ jobId: null });
    for (const change of [
      { streakBonusDailyCap: 0.5 },
      { streakMinPoints: 0 },
      { finalDaysFrom: 400 },
      { finalDaysFrom: 0 },
    ])
      await refusedUnchanged(t, "INVALID_INPUT", () => update(change));
  });

  test("a challenge that becomes private gets a view key, once", async () => {
    const { t, challengeId, admin } = await newScene();
    const keys = async () =>
      await t.run(async (ctx) => await ctx.db.query("challengeKeys").collect());
    for (const visibility of ["private", "public", "private"] as const)
      await admin.as.mutation(challenges.update, { challengeId, visibility });
    expect((await keys()).map((key) => key.challengeId)).toEqual([challengeId]);
  });
});

describe("C6 a change that is logged while a stored total is wrong", () => {
  test("goes on from the last event, and a repair alone heals the total", async () => {
    const scene = await newScene();
    await log(scene, scene.ada);
    const { standing } = await accountOf(scene, scene.ada);
    const wrong = { totalPoints: 999, negTotal: -999 };
    await scene.t.run(async (ctx) => await ctx.db.patch("standings", standing._id, wrong));
    await log(scene, scene.ada, { metrics: km(2) });
    expect(kinds(await verified(scene))).toEqual(["standings.totalPoints", "standings.negTotal"]);
    await runWhole(scene, "repair");
    expect(await verified(scene)).toEqual([]);
  });

  test("a repair and then an explanation of a damaged ledger end clean", async () => {
    const scene = await newScene();
    const { t, challengeId, admin, ada } = scene;
    await log(scene, ada);
    const { standing, events } = await accountOf(scene, ada);
    const [event] = events;
    if (event === undefined) throw new Error("no event");
    await t.run(async (ctx) => {
      await ctx.db.patch("standings", standing._id, { totalPoints: 999 });
      await ctx.db.patch("pointEvents", event._id, { totalAfter: event.totalAfter + 7 });
    });
    await log(scene, ada, { metrics: km(2) });
    await runWhole(scene, "repair");
    const explains = (await verified(scene)).map(({ kind, about, actual, cure }) => {
      expect(cure).toBe("explain");
      const damage = kind.replace("pointEvents.", "") as "altered";
      return { kind: damage, seq: Number(about), points: Number(actual) };
    });
    expect(explains.length).toBeGreaterThan(0);
    const args = { challengeId, userId: ada.userId, explains, reason: "A bad disk" };
    await admin.as.mutation(api.mutations.maintenance.explain, args);
    await log(scene, ada, { metrics: km(3) });
    const left = await verified(scene);
    expect(new Set(left.map(({ cure }) => cure))).toEqual(new Set(["explained"]));
    expect((await accountOf(scene, ada)).standing.totalPoints).toBe(63);
  });
});
