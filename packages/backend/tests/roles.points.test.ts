import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { refusalFrom } from "./backend.setup";
import { jobOf, runJob, stepOnce } from "./jobs.setup";
import { accountOf, log, newScene, type Scene, settled, standAtNoon } from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const { maintenance } = internal.mutations;
const { remove } = api.mutations.participants;
const { join } = api.mutations.challenges;

/** Ada with more rows than two steps take, removed with her points; her job has not begun. */
async function newLoser() {
  const scene = await newScene();
  const { admin, ada } = scene;
  for (let day = 1; day <= 10; day += 1)
    for (let time = 0; time < 5; time += 1) {
      vi.setSystemTime(Date.now() + 5_000);
      const loggedDate = `2026-06-${String(day).padStart(2, "0")}`;
      await log(scene, admin, { loggedDate, onBehalfOf: ada.userId, reason: "Sent on paper" });
    }
  await take(scene);
  const [jobId] = await jobsOf(scene);
  if (jobId === undefined) throw new Error("no job");
  return { scene, jobId };
}

const take = async ({ challengeId, admin, ada }: Scene) => {
  const args = { challengeId, userId: ada.userId, points: "remove" as const, reason: "Made up" };
  await admin.as.mutation(remove, args);
};

const jobsOf = async ({ t }: Scene): Promise<Array<Id<"jobs">>> => {
  const jobs = await t.run(async (ctx) => await ctx.db.query("jobs").collect());
  return jobs.filter(({ kind }) => kind === "takePoints").map(({ _id }) => _id);
};

async function expectTaken(scene: Scene) {
  const { t, challengeId, ada } = scene;
  const { standing, rows } = await accountOf(scene, ada);
  expect(standing).toMatchObject({ totalPoints: 0, activityCount: 0, listed: false });
  const logged = rows.filter(({ activityTypeId }) => activityTypeId !== null);
  expect(logged.filter(({ deletedAt }) => deletedAt === undefined)).toEqual([]);
  await settled(t);
  const verified = await t.query(internal.queries.maintenance.verifyPage, { challengeId });
  expect(verified.findings).toEqual([]);
}

describe("taking the points of somebody who was removed", () => {
  test("ends the same, killed at every step, and lets them join again after its end only", async () => {
    const { scene, jobId } = await newLoser();
    const { t, challengeId, ada } = scene;
    const answers: unknown[] = [];
    const { boundaries, job } = await runJob(t, jobId, async () => {
      const { ticket, stage } = await jobOf(t, jobId);
      await t.mutation(maintenance.pauseInternal, { jobId });
      await t.mutation(maintenance.step, { jobId, ticket });
      if (stage === 0) {
        const { code } = await refusalFrom(ada.as.mutation(join, { challengeId }));
        answers.push(code);
      }
      await t.mutation(maintenance.resumeInternal, { jobId });
    });
    expect([job.status, job.error, job.processed]).toEqual(["completed", null, 51]);
    expect(boundaries).toBeGreaterThan(4);
    expect(new Set(answers)).toEqual(new Set(["RATE_LIMITED"]));
    await expectTaken(scene);
    await ada.as.mutation(join, { challengeId });
    await log(scene, ada);
    expect((await accountOf(scene, ada)).standing).toMatchObject({ activityCount: 1 });
  });

  test("is found by the sweeper when a step was lost", async () => {
    const { scene, jobId } = await newLoser();
    const { t } = scene;
    vi.setSystemTime(Date.now() + 10 * 60_000);
    const before = await jobOf(t, jobId);
    await t.mutation(maintenance.sweep, {});
    expect((await jobOf(t, jobId)).ticket).toBe(before.ticket + 1);
    await runJob(t, jobId);
    await expectTaken(scene);
  });

  test("is joined by a second removal, of another admin too, and begun anew by one after it ended early", async () => {
    const { scene, jobId } = await newLoser();
    const { t, challengeId, admin, ada, bob } = scene;
    await stepOnce(t, jobId);
    await take(scene);
    const role = { challengeId, userId: bob.userId, role: "admin" as const };
    await admin.as.mutation(api.mutations.participants.setRole, role);
    await take({ ...scene, admin: bob });
    expect(await jobsOf(scene)).toEqual([jobId]);
    await t.mutation(maintenance.cancelInternal, { jobId });
    expect(await refusalFrom(ada.as.mutation(join, { challengeId }))).toMatchObject({
      code: "RATE_LIMITED",
    });
    await take(scene);
    const [, second] = await jobsOf(scene);
    if (second === undefined) throw new Error("no second job");
    await runJob(t, second);
    await expectTaken(scene);
    await ada.as.mutation(join, { challengeId });
    await log(scene, ada);
    // The first, resumed late, finds nobody who loses points.
    await t.mutation(maintenance.resumeInternal, { jobId });
    await runJob(t, jobId);
    expect((await accountOf(scene, ada)).standing).toMatchObject({ activityCount: 1 });
  });

  test("waits for other maintenance of the challenge", async () => {
    const scene = await newScene();
    const { t, challengeId, ada } = scene;
    await log(scene, ada);
    const verify = { challengeId, kind: "verify" as const, dryRun: true };
    await t.mutation(maintenance.startInternal, verify);
    await take(scene);
    const [jobId] = await jobsOf(scene);
    if (jobId === undefined) throw new Error("no job");
    expect((await jobOf(t, jobId)).status).toBe("queued");
    await settled(t);
    await expectTaken(scene);
  });
});
