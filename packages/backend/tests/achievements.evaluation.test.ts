import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import { refusedUnchanged } from "./backend.setup";
import { awardsHeld, findingsOf, newAchievement, progressRows, stored } from "./achievements.setup";
import { runWhole } from "./jobs.setup";
import {
  joined,
  km,
  log,
  type Member,
  newScene,
  type Scene,
  settled,
  standAtNoon,
  TODAY,
} from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const { update } = api.mutations.achievements;
const { evaluateStep, restartLostEvaluations } = internal.mutations.achievements;
const MINUTE = 60_000;

async function evaluationOf({ t }: Scene, id: Id<"achievements">) {
  const rows = await t.run(async (ctx) => await ctx.db.query("achievementEvaluations").collect());
  const row = rows.find(({ achievementId }) => achievementId === id);
  if (row === undefined) throw new Error("no evaluation");
  return row;
}

/** Lets no step run by itself: as if it had been killed before it began. */
async function killed(
  scene: Scene,
  id: Id<"achievements">,
): Promise<Doc<"achievementEvaluations">> {
  await scene.t.run(async (ctx) => {
    for (const job of await ctx.db.system.query("_scheduled_functions").collect())
      if (job.state.kind === "pending" && job.name.includes("evaluateStep"))
        await ctx.scheduler.cancel(job._id);
  });
  return await evaluationOf(scene, id);
}

/** A scene with an achievement that four more people wait to be evaluated by, all of whom ran twice. */
async function waiting() {
  const scene = await newScene();
  const { admin, ada, bob, t, challengeId } = scene;
  const { joinCode = "" } = await admin.as.query(api.queries.challenges.get, { challengeId });
  const people = [ada, bob];
  for (const name of ["Cleo", "Dora", "Emil", "Finn"]) people.push(await joined(t, joinCode, name));
  for (const who of people)
    for (const length of [1, 2]) await log(scene, who, { metrics: km(length) });
  const achievementId = await newAchievement(scene, { points: 5 });
  await admin.as.mutation(update, { achievementId, points: 50, reevaluate: true });
  await killed(scene, achievementId);
  people.sort((a, b) => (a.userId < b.userId ? -1 : 1));
  return { scene, people, achievementId };
}

/** Lets the sweeper find the run lost; answers the next one. */
async function lose(scene: Scene, achievementId: Id<"achievements">): Promise<number> {
  vi.setSystemTime(Date.now() + 6 * MINUTE);
  await scene.t.mutation(restartLostEvaluations, {});
  return (await killed(scene, achievementId)).run;
}

const pointsOf = async (scene: Scene, people: Member[]) => {
  const points: number[] = [];
  for (const who of people) for (const [, , one] of await awardsHeld(scene, who)) points.push(one);
  return points;
};

describe("an evaluation of everybody", () => {
  test("that is lost goes on where it was with half the people, and is given up the third time", async () => {
    const { scene, achievementId } = await waiting();
    await scene.t.mutation(restartLostEvaluations, {});
    expect((await evaluationOf(scene, achievementId)).losses).toBe(0);
    const first = await evaluationOf(scene, achievementId);
    expect(await lose(scene, achievementId)).toBe(first.run + 1);
    expect(await evaluationOf(scene, achievementId)).toMatchObject({ batch: 25, losses: 1 });
    // The run that was taken for lost comes back: it must not go on beside the new one.
    await scene.t.mutation(evaluateStep, { achievementId, run: first.run });
    expect(await evaluationOf(scene, achievementId)).toMatchObject({ cursor: null, processed: 0 });
    await lose(scene, achievementId);
    await lose(scene, achievementId);
    expect(await evaluationOf(scene, achievementId)).toMatchObject({ status: "failed", losses: 3 });
    await scene.admin.as.mutation(update, { achievementId, reevaluate: true });
    await settled(scene.t);
    expect(await evaluationOf(scene, achievementId)).toMatchObject({ status: "done", losses: 0 });
    expect(await stored(scene, achievementId)).toMatchObject({ isEvaluating: false });
  });

  test.each([1, 2, 3, 4, 5, 6])(
    "killed after %i people and with logs of everybody in between gives what an undisturbed one gives",
    async (after) => {
      const { scene, people, achievementId } = await waiting();
      const { t } = scene;
      const { _id } = await evaluationOf(scene, achievementId);
      // A step takes one person: what a run has come to that was lost again and again.
      await t.run(async (ctx) => await ctx.db.patch(_id, { batch: 1 }));
      const { run } = await evaluationOf(scene, achievementId);
      for (let step = 0; step < after; step += 1) {
        await t.mutation(evaluateStep, { achievementId, run });
        await killed(scene, achievementId);
      }
      expect(await evaluationOf(scene, achievementId)).toMatchObject({ processed: after });
      const everybody = [...people, scene.admin].sort((a, b) => (a.userId < b.userId ? -1 : 1));
      const reached = everybody.slice(0, after);
      for (const who of people) {
        const isReached = reached.includes(who);
        const { activityId } = await log(scene, who, { metrics: km(3) });
        expect(await pointsOf(scene, [who])).toEqual([isReached ? 50 : 5]);
        await who.as.mutation(api.mutations.activities.remove, { activityId });
      }
      const [first, second] = people;
      if (!first || !second) throw new Error("no people");
      for (const who of [first, second]) {
        const rows = await t.run(async (ctx) => await ctx.db.query("activities").collect());
        const row = rows.find((one) => one.userId === who.userId && one.source === "manual");
        if (row) await who.as.mutation(api.mutations.activities.remove, { activityId: row._id });
      }
      vi.setSystemTime(Date.now() + 6 * MINUTE);
      await t.mutation(restartLostEvaluations, {});
      await settled(t);
      expect(await stored(scene, achievementId)).toMatchObject({ isEvaluating: false });
      for (const who of people) {
        const isGone = who === first || who === second;
        const held = await awardsHeld(scene, who);
        expect(held.map(([key, day, , isLive]) => [key, day, isLive])).toEqual([
          ["once", TODAY, !isGone],
        ]);
        const points = await pointsOf(scene, [who]);
        expect(isGone || points[0] === 50).toBe(true);
        const [progress] = await progressRows(scene, who);
        expect(progress?.entries).toHaveLength(isGone ? 1 : 2);
      }
      expect(await findingsOf(scene)).toEqual([]);
    },
  );

  test("does not lose somebody who joins behind it", async () => {
    const { scene, people, achievementId } = await waiting();
    const { t, admin, challengeId } = scene;
    const { _id, run } = await evaluationOf(scene, achievementId);
    await t.run(async (ctx) => await ctx.db.patch(_id, { batch: 1 }));
    for (let step = 0; step < 7; step += 1) {
      await t.mutation(evaluateStep, { achievementId, run });
      await killed(scene, achievementId);
    }
    const { joinCode = "" } = await admin.as.query(api.queries.challenges.get, { challengeId });
    const late = await joined(t, joinCode, "Late");
    await log(scene, late);
    await log(scene, late);
    await t.mutation(evaluateStep, { achievementId, run });
    await settled(t);
    expect(await pointsOf(scene, [late])).toEqual([50]);
    expect(await pointsOf(scene, people)).toEqual([50, 50, 50, 50, 50, 50]);
    expect(await evaluationOf(scene, achievementId)).toMatchObject({ status: "done" });
  });

  test("holds up the end of the challenge: frozen standings have the awards of everybody", async () => {
    const { scene, people, achievementId } = await waiting();
    vi.setSystemTime(new Date("2026-07-03T12:00:00Z"));
    const { challengeId, admin, t } = scene;
    const { finalize } = api.mutations.challenges;
    await refusedUnchanged(t, "INVALID_INPUT", () => admin.as.mutation(finalize, { challengeId }));
    await t.mutation(restartLostEvaluations, {});
    await settled(t);
    await admin.as.mutation(finalize, { challengeId });
    expect(await evaluationOf(scene, achievementId)).toMatchObject({ status: "done" });
    expect(await pointsOf(scene, people)).toEqual([50, 50, 50, 50, 50, 50]);
  });
});

/** An import of 100 runs, each of which earns an award: more than its transaction can give. */
async function imported() {
  const scene = await newScene();
  const { ada, challengeId } = scene;
  const activityTypeIds = [scene.types.run];
  const criteria = { kind: "count" as const, activityTypeIds, times: 1 };
  await newAchievement(scene, { criteria, frequency: "perQualifyingSet", points: 1 });
  const days = ["2026-06-05", "2026-06-06", "2026-06-07", "2026-06-08"];
  const rows = Array.from({ length: 100 }, (_, index) => {
    const loggedDate = days[index % 4] ?? TODAY;
    const startedAt = Date.parse(`${loggedDate}T08:00:00Z`) + index;
    return { externalId: `r${index}`, sport: "Run", startedAt, loggedDate, metrics: km(1) };
  });
  const args = { challengeId, source: "archive" as const, rows, allowDuplicates: true };
  const again = async () => await ada.as.mutation(api.mutations.imports.importActivities, args);
  await again();
  const live = async () => (await awardsHeld(scene, ada)).filter(([, , , isLive]) => isLive).length;
  return { scene, again, live };
}

/** The transactions that go on with awards. */
const followUps = async ({ t }: Scene) =>
  await t.run(async (ctx) => {
    const rows = await ctx.db.query("achievementProgress").collect();
    return rows.flatMap(({ followUp }) => followUp ?? []);
  });

describe("more awards than a transaction holds", () => {
  test("are given by the ones after it, each once", async () => {
    const { scene, again, live } = await imported();
    const { ada, t } = scene;
    expect(await live()).toBe(1);
    await settled(t);
    expect(await live()).toBe(100);
    await again();
    await settled(t);
    expect(await awardsHeld(scene, ada)).toHaveLength(100);
    const news = await t.run(async (ctx) => await ctx.db.query("notifications").collect());
    const told = news.map((row) => (row.news.kind === "achievementAwarded" ? row.news.points : 0));
    expect(told.reduce((sum, points) => sum + points, 0)).toBe(100);
    expect(await findingsOf(scene)).toEqual([]);
  });

  test("are not missed by verify while their transaction waits, and are left to it by a repair", async () => {
    const { scene, live } = await imported();
    expect(await followUps(scene)).toHaveLength(1);
    expect(await findingsOf(scene)).toEqual([]);
    for (const kind of ["verify", "repair"] as const)
      expect((await runWhole(scene, kind)).findings).toEqual([]);
    expect(await live()).toBe(1);
    await settled(scene.t);
    expect(await live()).toBe(100);
    expect(await followUps(scene)).toEqual([]);
    expect(await findingsOf(scene)).toEqual([]);
  });

  test("are missed by verify once their transaction is lost, and given by a repair", async () => {
    const { scene, live } = await imported();
    const { t } = scene;
    for (const id of await followUps(scene))
      await t.run(async ({ scheduler }) => await scheduler.cancel(id));
    const missing = (await findingsOf(scene)).filter(({ kind }) => kind === "award.missing");
    expect(missing).toHaveLength(99);
    await runWhole(scene, "repair");
    await settled(t);
    expect(await live()).toBe(100);
    expect(await findingsOf(scene)).toEqual([]);
  });
});
