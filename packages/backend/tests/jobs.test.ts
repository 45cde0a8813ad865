import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { activityPointsAggregate } from "../lib/activityPointsAggregate";
import { refusedUnchanged } from "./backend.setup";
import { foundBy, jobOf, runJob, runWhole, stepOnce } from "./jobs.setup";
import {
  accountOf,
  km,
  log,
  newScene,
  type Scene,
  settled,
  standAtNoon,
  YESTERDAY,
} from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const { maintenance } = internal.mutations;
const paginationOpts = { numItems: 10, cursor: null };

async function busyScene(): Promise<Scene> {
  const scene = await newScene();
  await log(scene, scene.ada, { loggedDate: YESTERDAY });
  await log(scene, scene.ada, { metrics: km(3) });
  await log(scene, scene.bob);
  return scene;
}

const start = async (
  { t, challengeId }: Scene,
  kind: "verify" | "repair" | "backfill",
  dryRun = false,
) => (await t.mutation(maintenance.startInternal, { challengeId, kind, dryRun })).jobId;

/** Breaks Bob's total behind the ledger's back. */
async function damage(scene: Scene) {
  const { standing } = await accountOf(scene, scene.bob);
  const wrong = { totalPoints: 999, negTotal: -999 };
  await scene.t.run(async (ctx) => await ctx.db.patch("standings", standing._id, wrong));
}

describe("C3 single flight", () => {
  test("a second start joins the running job, also by another admin", async () => {
    const scene = await busyScene();
    const first = await start(scene, "repair");
    expect(await start(scene, "repair")).toBe(first);
    const { t, challengeId, admin } = scene;
    const args = { challengeId, kind: "repair", dryRun: false } as const;
    expect(await admin.as.mutation(api.mutations.maintenance.start, args)).toEqual({
      jobId: first,
    });
    expect((await t.run(async (ctx) => await ctx.db.query("jobs").collect())).length).toBe(1);
  });

  test("another kind waits for the end of the running one", async () => {
    const scene = await busyScene();
    const repair = await start(scene, "repair");
    const verify = await start(scene, "verify");
    expect((await jobOf(scene.t, verify)).status).toBe("queued");
    await runJob(scene.t, repair);
    expect((await jobOf(scene.t, verify)).status).toBe("running");
    expect((await runJob(scene.t, verify)).job.status).toBe("completed");
  });

  test("an old step does nothing", async () => {
    const scene = await busyScene();
    const jobId = await start(scene, "repair");
    const { ticket } = await jobOf(scene.t, jobId);
    const after = await stepOnce(scene.t, jobId);
    await scene.t.mutation(maintenance.step, { jobId, ticket });
    expect(await jobOf(scene.t, jobId)).toEqual(after);
  });
});

describe("C8 pause, resume and cancel", () => {
  test("stop at a boundary and go on from there", async () => {
    const scene = await busyScene();
    await damage(scene);
    const { t, challengeId, admin } = scene;
    const jobId = await start(scene, "repair");
    await stepOnce(t, jobId);
    for (const stop of ["pause", "cancel"] as const) {
      const before = await jobOf(t, jobId);
      await admin.as.mutation(api.mutations.maintenance[stop], { challengeId, jobId });
      // The step that was scheduled before finds that it may not.
      await t.mutation(maintenance.step, { jobId, ticket: before.ticket });
      const stopped = await jobOf(t, jobId);
      expect(stopped).toMatchObject({ cursor: before.cursor, processed: before.processed });
      await admin.as.mutation(api.mutations.maintenance.resume, { challengeId, jobId });
    }
    expect((await runJob(t, jobId)).job.status).toBe("completed");
    expect((await runWhole(scene, "verify")).findings).toEqual([]);
  });

  test("refuse jobs that ended, and jobs of another challenge", async () => {
    const scene = await busyScene();
    const { t, challengeId, admin } = scene;
    const { job } = await runWhole(scene, "verify");
    const args = { challengeId, jobId: job._id };
    for (const verb of ["pause", "resume", "cancel"] as const) {
      const call = () => admin.as.mutation(api.mutations.maintenance[verb], args);
      await refusedUnchanged(t, "INVALID_INPUT", call);
    }
    const other = await newScene({}, t);
    const foreign = { challengeId: other.challengeId, jobId: job._id };
    const call = () => other.admin.as.mutation(api.mutations.maintenance.cancel, foreign);
    await refusedUnchanged(t, "NOT_FOUND", call);
  });

  test("a seventh start within an hour is refused", async () => {
    const { challengeId, admin, t } = await busyScene();
    const args = { challengeId, kind: "repair", dryRun: true } as const;
    const call = () => admin.as.mutation(api.mutations.maintenance.start, args);
    for (let count = 0; count < 6; count += 1) await call();
    await refusedUnchanged(t, "RATE_LIMITED", call);
  });
});

describe("C13 the sweeper", () => {
  test("sends a lost step again with half of its items, and fails the third time", async () => {
    const scene = await busyScene();
    const { t } = scene;
    const jobId = await start(scene, "repair");
    await stepOnce(t, jobId);
    await stepOnce(t, jobId);
    const { batchSize, ticket } = await jobOf(t, jobId);
    const lose = async () => {
      vi.setSystemTime(Date.now() + 6 * 60_000);
      await t.mutation(maintenance.sweep, {});
      return await jobOf(t, jobId);
    };
    expect(await lose()).toMatchObject({
      batchSize: batchSize / 2,
      attempts: 1,
      status: "running",
    });
    // The lost step comes late: its ticket is no longer good.
    await t.mutation(maintenance.step, { jobId, ticket });
    expect(await jobOf(t, jobId)).toMatchObject({ processed: 1, attempts: 1 });
    await lose();
    expect(await lose()).toMatchObject({ status: "failed", error: "its steps never came back" });
    await t.mutation(maintenance.resumeInternal, { jobId });
    expect((await runJob(t, jobId)).job.status).toBe("completed");
  });
});

describe("C12 a step that throws", () => {
  test("fails the job where it is, and a resume completes it", async () => {
    const scene = await busyScene();
    await damage(scene);
    const { t } = scene;
    const jobId = await start(scene, "repair");
    await stepOnce(t, jobId);
    // A cap that gives half points: what the step would store is no whole number.
    const setCap = async (streakBonusDailyCap: number) =>
      await t.run(
        async (ctx) => await ctx.db.patch("challenges", scene.challengeId, { streakBonusDailyCap }),
      );
    await setCap(0.5);
    const { job } = await runJob(t, jobId);
    const error = expect.stringContaining("points must be a whole number");
    expect(job).toMatchObject({ status: "failed", error, stage: 1, cursor: null });
    await setCap(30);
    await t.mutation(maintenance.resumeInternal, { jobId });
    expect((await runJob(t, jobId)).job.status).toBe("completed");
    expect((await runWhole(scene, "verify")).findings).toEqual([]);
  });
});

describe("C10 a step that passes a limit", () => {
  /** Gives everybody so many activities with very long notes, which no door would take. */
  async function heavyScene(rowsOfAda: number, rowsOfBob: number) {
    const scene = await newScene();
    const { t, ada, bob } = scene;
    for (const [who, count] of [
      [ada, rowsOfAda],
      [bob, rowsOfBob],
    ] as const) {
      for (let row = 0; row < count; row += 1) {
        const { activityId } = await log(scene, who, { type: "rest" });
        const notes = "x".repeat(900_000);
        await t.run(async (ctx) => await ctx.db.patch("activities", activityId, { notes }));
      }
    }
    await damage(scene);
    return scene;
  }

  test("tries half of its items, and goes on with so few", async () => {
    const scene = await heavyScene(5, 5);
    const { job, findings } = await runWhole(scene, "repair");
    expect(job.status).toBe("completed");
    expect(findings.map(({ kind }) => kind)).toEqual([
      "standings.totalPoints",
      "standings.negTotal",
    ]);
    expect((await runWhole(scene, "verify")).findings).toEqual([]);
  });

  test("lists a person who is too much alone, and repairs the others", async () => {
    const scene = await heavyScene(9, 1);
    const { job, findings } = await runWhole(scene, "repair");
    expect(job.status).toBe("completed");
    const poison = findings.filter(({ kind }) => kind === "poison");
    expect(poison).toMatchObject([{ about: scene.ada.userId, cure: "none" }]);
    expect((await accountOf(scene, scene.bob)).standing.totalPoints).toBe(0);
  });
});

describe("C14 a challenge that is deleted meanwhile", () => {
  test("ends its job cleanly", async () => {
    const scene = await busyScene();
    const { t, challengeId } = scene;
    const jobId = await start(scene, "repair");
    await stepOnce(t, jobId);
    await t.run(async (ctx) => await ctx.db.delete("challenges", challengeId));
    const { job } = await runJob(t, jobId);
    expect(job).toMatchObject({ status: "cancelled", error: "the challenge is deleted" });
  });
});

describe("C4 C5 C7 repair", () => {
  test("changes what its dry run says, and a second one nothing", async () => {
    const scene = await busyScene();
    await damage(scene);
    const dry = await runWhole(scene, "repair", { dryRun: true });
    expect(dry.findings.map(({ kind }) => kind)).toEqual([
      "standings.totalPoints",
      "standings.negTotal",
    ]);
    expect((await accountOf(scene, scene.bob)).standing.totalPoints).toBe(999);
    const real = await runWhole(scene, "repair");
    expect(real.findings).toEqual(dry.findings);
    expect((await accountOf(scene, scene.bob)).standing.totalPoints).toBe(13);
    expect((await runWhole(scene, "repair")).findings).toEqual([]);
  });

  test("C7 builds an aggregate with NaN in it anew, and totals come from the standings meanwhile", async () => {
    const scene = await busyScene();
    const { t, challengeId, ada } = scene;
    const [row] = (await accountOf(scene, ada)).rows;
    if (row === undefined) throw new Error("no row");
    await t.run(async (ctx) => {
      await activityPointsAggregate.replace(ctx, row, { ...row, pointsEarned: NaN });
    });
    const total = async () =>
      (await t.query(api.queries.profiles.get, { challengeId, userId: ada.userId })).totalPoints;
    expect(await total()).toBeNaN();
    const dry = await runWhole(scene, "repair", { dryRun: true });
    expect(dry.findings).toMatchObject([{ kind: "aggregate.notANumber", actual: "NaN" }]);
    const jobId = await start(scene, "repair");
    const totals: number[] = [];
    await runJob(t, jobId, async (boundary) => {
      if (boundary > 0) totals.push(await total());
    });
    expect(new Set(totals)).toEqual(new Set([45]));
    expect(await foundBy(t, jobId)).toEqual(dry.findings);
    expect(await total()).toBe(45);
    expect((await runWhole(scene, "verify")).findings).toEqual([]);
  });
});

describe("C9 C14 rescore", () => {
  const setRule = async ({ admin, types }: Scene, pointsPerUnit: number) =>
    await admin.as.mutation(api.mutations.activityTypes.update, {
      activityTypeId: types.run,
      scoring: { kind: "perUnit", metric: "distance_m", unit: "km", pointsPerUnit },
    });
  const totalOf = async (scene: Scene) => (await accountOf(scene, scene.bob)).standing.totalPoints;

  test("applies the rules it began with, says before what it will do, and a second one nothing", async () => {
    const scene = await busyScene();
    const { t, challengeId } = scene;
    await setRule(scene, 20);
    const dry = await runWhole(scene, "rescore", { dryRun: true });
    expect(await totalOf(scene)).toBe(13);
    const wish = { challengeId, kind: "rescore", dryRun: false } as const;
    const { jobId } = await t.mutation(maintenance.startInternal, wish);
    // Another rule meanwhile is another job, which waits.
    await setRule(scene, 30);
    const later = await t.mutation(maintenance.startInternal, wish);
    expect(later.jobId).not.toBe(jobId);
    await runJob(t, jobId);
    expect(await totalOf(scene)).toBe(25);
    expect(await foundBy(t, jobId)).toEqual(dry.findings);
    expect(dry.findings).toContainEqual(
      expect.objectContaining({ userId: scene.bob.userId, expected: 24, actual: 12 }),
    );
    await runJob(t, later.jobId);
    expect(await totalOf(scene)).toBe(37);
    expect((await runWhole(scene, "rescore")).findings).toEqual([]);
    expect((await runWhole(scene, "verify")).findings).toEqual([]);
  });

  test("ends where standings were frozen meanwhile", async () => {
    const scene = await busyScene();
    const { t, challengeId } = scene;
    await setRule(scene, 20);
    const wish = { challengeId, kind: "rescore", dryRun: false } as const;
    const { jobId } = await t.mutation(maintenance.startInternal, wish);
    await t.run(async (ctx) => await ctx.db.patch("challenges", challengeId, { finalAt: 1 }));
    const error = "the standings are final";
    expect((await runJob(t, jobId)).job).toMatchObject({ status: "cancelled", error });
    expect(await totalOf(scene)).toBe(13);
  });
});

describe("C17 data of an older release or of an import", () => {
  test("is built by one call, and by no second one", async () => {
    const scene = await busyScene();
    const { t, challengeId } = scene;
    await t.run(async (ctx) => {
      await ctx.db.patch("challenges", challengeId, { aggregateState: undefined });
      for (const { _id } of await ctx.db.query("boardTotals").collect())
        await ctx.db.delete("boardTotals", _id);
      for (const row of await ctx.db.query("activities").collect())
        await activityPointsAggregate.delete(ctx, row);
    });
    const { userId } = scene.ada;
    const profile = await t.query(api.queries.profiles.get, { challengeId, userId });
    expect(profile.totalPoints).toBe(45);
    expect(await t.mutation(maintenance.backfillAll, {})).toEqual({ started: 1 });
    const { jobs } = api.queries.maintenance;
    const args = { challengeId, paginationOpts };
    const [job] = (await scene.admin.as.query(jobs, args)).page;
    if (job === undefined) throw new Error("no job");
    // Asked again while it runs, it is the same job.
    await t.mutation(maintenance.backfillAll, {});
    expect((await runJob(t, job.jobId)).job.status).toBe("completed");
    expect(await t.mutation(maintenance.backfillAll, {})).toEqual({ started: 0 });
    expect((await scene.admin.as.query(jobs, args)).page.length).toBe(1);
    expect((await runWhole(scene, "verify")).findings).toEqual([]);
  });
});

describe("health", () => {
  test("C15 tells what the nightly verification found, and tells the admins", async () => {
    const scene = await busyScene();
    const { t, challengeId, admin } = scene;
    const health = async () =>
      await admin.as.query(api.queries.maintenance.health, { challengeId });
    expect(await health()).toEqual({
      status: "unknown",
      lastVerifiedAt: null,
      jobId: null,
      counts: {},
      findings: [],
    });
    const verifyNow = async () => {
      await t.mutation(maintenance.verifyAll, {});
      const args = { challengeId, paginationOpts };
      const [job] = (await admin.as.query(api.queries.maintenance.jobs, args)).page;
      if (job === undefined) throw new Error("no job");
      await runJob(t, job.jobId);
    };
    await verifyNow();
    expect(await health()).toMatchObject({ status: "ok", lastVerifiedAt: Date.now() });
    await damage(scene);
    await verifyNow();
    expect(await health()).toMatchObject({
      status: "drift",
      findings: [
        { kind: "standings.totalPoints", userId: scene.bob.userId, displayName: "Bob" },
        { kind: "standings.negTotal" },
      ],
    });
    const told = async () =>
      await t.run(async (ctx) => await ctx.db.query("notifications").collect());
    const news = { userId: admin.userId, news: { kind: "verifyFailed", findings: 2 } };
    expect(await told()).toMatchObject([news]);
    // The same drift is no news, something more is.
    await verifyNow();
    expect(await told()).toHaveLength(1);
    const { standing } = await accountOf(scene, scene.ada);
    await t.run(async (ctx) => await ctx.db.patch("standings", standing._id, { rowCount: 99 }));
    await verifyNow();
    expect(await told()).toMatchObject([news, { news: { kind: "verifyFailed", findings: 3 } }]);
    await settled(t);
  });
});
