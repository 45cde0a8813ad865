import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { requestFinalStandings } from "../lib/snapshots";
import { sealCtx } from "../lib/tableOwners";
import { refusalFrom, refusedUnchanged } from "./backend.setup";
import {
  earn,
  gameOf,
  later,
  loseSteps,
  MINUTE,
  newGame,
  pendingSteps,
  runAll,
  runOnce,
  startGame,
  started,
  sweep,
} from "./games.setup";
import { accountOf, type Member, newScene, type Scene, standAtNoon } from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

/** Three people with 30, 20 and 20 points, after the end of grace. */
async function ended(): Promise<Scene> {
  const scene = await newScene({ streakBonus: "none" });
  const { admin, ada, bob } = scene;
  await earn(scene, admin, 20, "2026-06-08");
  later(MINUTE);
  await earn(scene, ada, 30, "2026-06-08");
  later(MINUTE);
  await earn(scene, bob, 20, "2026-06-08");
  await runAll(scene.t);
  vi.setSystemTime(new Date("2026-07-03T00:00:00Z"));
  return scene;
}

const finalize = async ({ admin, challengeId }: Scene) =>
  await admin.as.mutation(api.mutations.challenges.finalize, { challengeId });

async function board(
  { t, challengeId }: Scene,
  options: { version?: number; cursor?: number; limit?: number } = {},
) {
  return await t.query(api.queries.standings.final, { challengeId, ...options });
}

const linesOf = (answer: Awaited<ReturnType<typeof board>>) =>
  answer?.page.map(({ rank, displayName, totalPoints }) => [rank, displayName, totalPoints]);

const FIRST = [
  [1, "Ada", 30],
  [2, "Olga Organiser", 20],
  [2, "Bob", 20],
];

/** What an adjusting entry asks for, after which nothing else can be written. */
async function requestAnother({ t, challengeId }: Scene): Promise<void> {
  await t.run(async (ctx) => await requestFinalStandings(sealCtx(ctx), challengeId));
}

async function standingId({ t, challengeId }: Scene, { userId }: Member) {
  return await t.run(async (ctx) => {
    const all = await ctx.db.query("standings").collect();
    const own = all.find((row) => row.userId === userId && row.challengeId === challengeId);
    if (own === undefined) throw new Error("no standing");
    return own._id;
  });
}

describe("K9 final standings", () => {
  test("are frozen at once, shown when complete, and told once", async () => {
    const scene = await ended();
    const { t } = scene;
    await finalize(scene);
    expect(await board(scene)).toBeNull();
    expect(await refusalFrom(earn(scene, scene.ada, 10, "2026-06-08"))).toMatchObject({
      code: "CHALLENGE_FINAL",
    });
    await runAll(t);
    const answer = await board(scene);
    expect(linesOf(answer)).toEqual(FIRST);
    expect(answer).toMatchObject({ version: 1, continueCursor: null });
    const news = await t.run((ctx) => ctx.db.query("notifications").collect());
    expect(news.map((one) => one.news)).toEqual([
      { kind: "standingsFinal", rank: 1 },
      { kind: "standingsFinal", rank: 2 },
      { kind: "standingsFinal", rank: 2 },
    ]);
    await requestAnother(scene);
    await runAll(t);
    expect((await t.run((ctx) => ctx.db.query("notifications").collect())).length).toBe(3);
  });

  test("come in pages that end where the next begins", async () => {
    const scene = await ended();
    await finalize(scene);
    await runAll(scene.t);
    const first = await board(scene, { limit: 2 });
    expect(linesOf(first)).toEqual(FIRST.slice(0, 2));
    expect(first?.continueCursor).toBe(2);
    const second = await board(scene, { limit: 2, cursor: 2 });
    expect(linesOf(second)).toEqual(FIRST.slice(2));
    expect(second?.continueCursor).toBeNull();
  });

  test("a later entry makes another version and leaves the ones before as they were", async () => {
    const scene = await ended();
    const { t, bob } = scene;
    await finalize(scene);
    await runAll(t);
    const id = await standingId(scene, bob);
    await t.run((ctx) => ctx.db.patch("standings", id, { totalPoints: 90, negTotal: -90 }));
    await requestAnother(scene);
    expect(linesOf(await board(scene))).toEqual(FIRST);
    await runAll(t);
    expect(await board(scene)).toMatchObject({ version: 2 });
    expect(linesOf(await board(scene))).toEqual([
      [1, "Bob", 90],
      [2, "Ada", 30],
      [3, "Olga Organiser", 20],
    ]);
    expect(linesOf(await board(scene, { version: 1 }))).toEqual(FIRST);
    expect(await board(scene, { version: 3 })).toBeNull();
  });

  test("entries in quick succession are one version with all of them", async () => {
    const scene = await ended();
    const { t, bob } = scene;
    await finalize(scene);
    await runAll(t);
    const id = await standingId(scene, bob);
    await requestAnother(scene);
    await t.run((ctx) => ctx.db.patch("standings", id, { totalPoints: 90, negTotal: -90 }));
    await requestAnother(scene);
    await runAll(t);
    const answer = await board(scene);
    expect(answer).toMatchObject({ version: 2 });
    expect(answer?.page[0]).toMatchObject({ displayName: "Bob", totalPoints: 90 });
    expect((await t.run((ctx) => ctx.db.query("snapshotRows").collect())).length).toBe(6);
  });

  test("K8 keep rank and total of people whose account is deleted since, without their name", async () => {
    const scene = await ended();
    const { t, ada, bob } = scene;
    await finalize(scene);
    await runAll(t);
    const gone = await standingId(scene, bob);
    await t.run(async (ctx) => {
      for (const person of await ctx.db.query("people").collect())
        if ([ada.userId, bob.userId].includes(person.userId))
          await ctx.db.patch("people", person._id, { erasedAt: 1, displayName: "" });
      await ctx.db.delete("standings", gone);
    });
    expect(linesOf(await board(scene))).toEqual([
      [1, "Former participant", 30],
      [2, "Olga Organiser", 20],
      [2, "Deleted participant", 20],
    ]);
  });

  test.each([0, 1])("C13 are taken again when the work is lost after %i steps", async (steps) => {
    const scene = await ended();
    const { t } = scene;
    await finalize(scene);
    for (let step = 0; step < steps; step += 1) await runOnce(t);
    expect(await loseSteps(t)).toBe(1);
    later(6 * MINUTE);
    await sweep(t);
    await runAll(t);
    expect(linesOf(await board(scene))).toEqual(FIRST);
    expect((await t.run((ctx) => ctx.db.query("notifications").collect())).length).toBe(3);
    expect(await pendingSteps(t)).toEqual([]);
  });
});

describe("a final challenge", () => {
  test("waits for its games, and refuses to start, end or reverse one", async () => {
    const scene = await newGame({ kind: "huntWeek" }, 3);
    const { t, admin, gameId, challengeId } = scene;
    const { gameId: draftId } = await admin.as.mutation(api.mutations.miniGames.create, {
      challengeId,
      name: "Never played",
      startsOn: "2026-06-20",
      endsOn: "2026-06-30",
      settings: { kind: "prWeek" },
    });
    const draft = { ...scene, gameId: draftId };
    await started(scene);
    vi.setSystemTime(new Date("2026-07-03T00:00:00Z"));
    await refusedUnchanged(t, "INVALID_INPUT", () => finalize(scene));
    await admin.as.mutation(api.mutations.miniGames.end, { gameId });
    await refusedUnchanged(t, "INVALID_INPUT", () => finalize(scene));
    await runAll(t);
    await finalize(scene);
    await runAll(t);
    for (const call of [
      () => startGame(draft),
      () => admin.as.mutation(api.mutations.miniGames.reverse, { gameId }),
      () => admin.as.mutation(api.mutations.miniGames.update, { gameId: draftId, name: "Late" }),
      () => admin.as.query(api.queries.miniGames.previewStart, { gameId: draftId }),
    ])
      await refusedUnchanged(t, "CHALLENGE_FINAL", call);
    await sweep(t);
    await runAll(t);
    expect(await gameOf(draft)).toMatchObject({ status: "cancelled", cancelledBecause: "final" });
    const found = await t.query(internal.queries.maintenance.verifyPage, { challengeId });
    expect(found.findings).toEqual([]);
  });
});

describe("a freeze waits for jobs that change points", () => {
  const { maintenance, participants, challenges } = api.mutations;

  /** Starts a job that changes points, and lets none of its steps run. */
  const STARTS: Record<string, (scene: Scene) => Promise<unknown>> = {
    rescore: async ({ admin, challengeId }) =>
      await admin.as.mutation(challenges.update, { challengeId, streakMinPoints: 25 }),
    repair: async ({ admin, challengeId }) =>
      await admin.as.mutation(maintenance.start, { challengeId, kind: "repair", dryRun: false }),
    takePoints: async ({ admin, ada: { userId }, challengeId }) => {
      const how = { points: "remove" as const, reason: "Made up" };
      await admin.as.mutation(participants.remove, { challengeId, userId, ...how });
    },
  };

  async function only({ t }: Scene) {
    const [job, ...others] = await t.run(async (ctx) => await ctx.db.query("jobs").collect());
    if (job === undefined || others.length > 0) throw new Error("not one job");
    return job;
  }

  test.each(Object.entries(STARTS))("%s", async (kind, start) => {
    const scene = await ended();
    const { t, admin, challengeId } = scene;
    await start(scene);
    const { _id: jobId } = await only(scene);
    const waits = async () => {
      const refusal = await refusedUnchanged(t, "JOB_UNDER_WAY", () => finalize(scene));
      expect(refusal).toEqual({ code: "JOB_UNDER_WAY", challengeId, jobId, job: kind });
    };
    await waits();
    await admin.as.mutation(maintenance.pause, { challengeId, jobId });
    await waits();
    await t.run(async (ctx) => await ctx.db.patch("jobs", jobId, { status: "failed" }));
    await waits();
    await admin.as.mutation(maintenance.resume, { challengeId, jobId });
    await runAll(t);
    expect(await only(scene)).toMatchObject({ status: "completed" });
    await finalize(scene);
    await runAll(t);
    const { findings } = await t.query(internal.queries.maintenance.verifyPage, { challengeId });
    expect(findings).toEqual([]);
  });

  test("and not for what only looks, or was cancelled", async () => {
    const scene = await ended();
    const { t, admin, ada, challengeId } = scene;
    const args = { challengeId, kind: "repair" as const, dryRun: true };
    await admin.as.mutation(maintenance.start, args);
    const { _id: jobId } = await only(scene);
    await STARTS.takePoints?.(scene);
    await refusedUnchanged(t, "JOB_UNDER_WAY", () => finalize(scene));
    const jobs = await t.run(async (ctx) => await ctx.db.query("jobs").collect());
    const taking = jobs.find((job) => job._id !== jobId);
    if (taking === undefined) throw new Error("nothing is taken");
    await admin.as.mutation(maintenance.cancel, { challengeId, jobId: taking._id });
    await finalize(scene);
    // Frozen standings change no more, and nobody waits for what will not come.
    await admin.as.mutation(maintenance.resume, { challengeId, jobId: taking._id });
    await runAll(t);
    const ends = await t.run(async (ctx) => await ctx.db.get("jobs", taking._id));
    expect(ends).toMatchObject({ status: "cancelled", error: "the standings are final" });
    await refusedUnchanged(t, "CHALLENGE_FINAL", () =>
      ada.as.mutation(challenges.join, { challengeId }),
    );
    expect((await accountOf(scene, ada)).standing.totalPoints).toBe(30);
  });
});

test("people of a private challenge see its final standings, and nobody else", async () => {
  const scene = await newScene({ visibility: "private" });
  const { t, challengeId, admin, ada } = scene;
  vi.setSystemTime(new Date("2026-07-03T00:00:00Z"));
  await finalize(scene);
  await runAll(t);
  await refusedUnchanged(t, "NOT_FOUND", () => board(scene));
  const { viewKey } = await ada.as.query(api.queries.challenges.get, { challengeId });
  const answer = await t.query(api.queries.standings.final, { challengeId, viewKey });
  expect(answer?.page.length).toBe(3);
  expect(admin.userId).toBe(answer?.page[0]?.userId);
});
