import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { refusedUnchanged } from "./backend.setup";
import {
  earn,
  endGame,
  gameOf,
  type GameScene,
  HOUR,
  HUNT,
  later,
  loseSteps,
  MINUTE,
  newGame,
  PARTNER,
  pendingSteps,
  play,
  resultsOf,
  runAll,
  runOnce,
  started,
  startGame,
  sweep,
  totalsOf,
  verified,
} from "./games.setup";
import { standAtNoon } from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

/** What a game left behind: totals, results, awards, rows of its snapshots. */
async function outcomeOf(scene: GameScene) {
  const { t } = scene;
  const { status, failures, players } = await gameOf(scene);
  const totals = await totalsOf(scene);
  return await t.run(async (ctx) => {
    const names = new Map(scene.players.map(({ userId }, index) => [userId, index]));
    const results = await ctx.db.query("miniGameResults").collect();
    const rows = await ctx.db.query("snapshotRows").collect();
    const activities = await ctx.db.query("activities").collect();
    const news = await ctx.db.query("notifications").collect();
    const board = rows.map(({ position, rank, userId }) => [position, rank, names.get(userId)]);
    return {
      game: { status, failures, players },
      totals,
      work: await ctx.db.query("miniGameWork").collect(),
      results: results.map(({ position, state, points, lines, figures }) => {
        return { position, state, points, lines, figures };
      }),
      board: board.map((row) => row.join(" ")).sort(),
      awards: activities
        .filter(({ source }) => source === "miniGame")
        .map(({ userId, pointsEarned, deletedAt }) => {
          return [names.get(userId), pointsEarned, deletedAt !== undefined];
        }),
      news: news.map((one) => JSON.stringify([names.get(one.userId), one.news])).sort(),
    };
  });
}

/** Drives a game's scheduled work; loses everything that waits before its step number `lostAt`, once. */
async function drive(scene: GameScene, lostAt: number): Promise<number> {
  let steps = 0;
  for (;;) {
    if ((await pendingSteps(scene.t)).length === 0) return steps;
    if (steps === lostAt) {
      await loseSteps(scene.t);
      later(6 * MINUTE);
      await sweep(scene.t);
    }
    steps += 1;
    await runOnce(scene.t);
  }
}

describe("C13 work that is lost", () => {
  const settle = async (settings: typeof HUNT | typeof PARTNER, lostAt: number) => {
    const scene = await newGame(settings, 21);
    for (const player of scene.players.slice(10)) await earn(scene, player, 300, "2026-06-09");
    await runAll(scene.t);
    let steps = 0;
    await startGame(scene);
    steps += await drive(scene, lostAt - steps);
    await endGame(scene);
    steps += await drive(scene, lostAt - steps);
    const settled = await outcomeOf(scene);
    await scene.admin.as.mutation(api.mutations.miniGames.reverse, { gameId: scene.gameId });
    steps += await drive(scene, lostAt - steps);
    await runAll(scene.t);
    return { steps, settled, reversed: await outcomeOf(scene), findings: await verified(scene) };
  };

  test("at every step is found and done, with the same outcome", async () => {
    const whole = await settle(HUNT, -1);
    expect(whole.settled.game).toEqual({ status: "completed", failures: 0, players: 21 });
    expect(whole.reversed.game.status).toBe("cancelled");
    expect(whole.findings).toEqual([]);
    expect(whole.steps).toBe(9);
    for (let lostAt = 0; lostAt < whole.steps; lostAt += 1) {
      const { settled, reversed, findings } = await settle(HUNT, lostAt);
      expect(settled, `lost at ${lostAt}`).toEqual(whole.settled);
      expect(reversed, `lost at ${lostAt}`).toEqual(whole.reversed);
      expect(findings).toEqual([]);
    }
  }, 120_000);

  test("between the batches of a snapshot is begun again, and what the lost run still writes is turned away", async () => {
    const scene = await newGame(HUNT, 4);
    const { t } = scene;
    await startGame(scene);
    await loseSteps(t);
    const snapshotId = (await gameOf(scene)).startSnapshotId;
    if (snapshotId === null) throw new Error("no snapshot");
    const board = await t.query(internal.queries.snapshots.board, {
      snapshotId,
      cursor: null,
      before: null,
    });
    const rows = board.batches.flat();
    const write = async (from: number, to: number) =>
      await t.mutation(internal.mutations.snapshots.write, {
        snapshotId,
        run: 1,
        rows: rows.slice(from, to),
      });
    await write(0, 2);
    await write(0, 2);
    const sizeOf = async () =>
      (await t.run((ctx) => ctx.db.query("snapshotRows").collect())).length;
    expect(await sizeOf()).toBe(2);
    const complete = { snapshotId, run: 1, size: 4 };
    await t.mutation(internal.mutations.snapshots.complete, complete);
    expect((await gameOf(scene)).status).toBe("draft");
    later(6 * MINUTE);
    // Somebody passes everybody before the second try.
    await earn(scene, scene.players[3] ?? scene.ada, 500, "2026-06-09");
    await sweep(t);
    await write(0, 4);
    await t.mutation(internal.mutations.snapshots.complete, complete);
    expect((await gameOf(scene)).status).toBe("draft");
    await runAll(t);
    expect((await gameOf(scene)).status).toBe("active");
    const stored = await t.run((ctx) => ctx.db.query("snapshotRows").collect());
    expect(stored.map(({ run, position }) => [run, position])).toEqual([
      [2, 1],
      [2, 2],
      [2, 3],
      [2, 4],
    ]);
    expect(stored[0]?.userId).toBe(scene.players[3]?.userId);
  });

  test("a second chain of the same work stops", async () => {
    const scene = await started(await newGame(HUNT, 4));
    await play(scene);
    const before = await totalsOf(scene);
    await endGame(scene);
    while ((await gameOf(scene)).status === "active") await runOnce(scene.t);
    const step = { gameId: scene.gameId, phase: "measure", next: 1 } as const;
    await scene.t.mutation(internal.mutations.miniGameSteps.step, step);
    await scene.t.mutation(internal.mutations.miniGameSteps.step, step);
    await runAll(scene.t);
    const given = (await totalsOf(scene)).map((total, index) => total - (before[index] ?? 0));
    expect(given).toEqual([-25, 50, 50, 75]);
    expect(await verified(scene)).toEqual([]);
  });
});

describe("a reversal", () => {
  test("takes everything back, also from who left, once", async () => {
    const scene = await started(await newGame(HUNT, 4));
    const { admin, gameId, challengeId, players, t } = scene;
    await play(scene);
    const before = await totalsOf(scene);
    await endGame(scene);
    await runAll(t);
    expect(await totalsOf(scene)).not.toEqual(before);
    await players[3]?.as.mutation(api.mutations.challenges.leave, { challengeId });
    later(47 * HOUR);
    await refusedUnchanged(t, "INVALID_INPUT", () =>
      admin.as.mutation(api.mutations.miniGames.reverse, { gameId, reason: " " }),
    );
    const reason = "The wrong week";
    await admin.as.mutation(api.mutations.miniGames.reverse, { gameId, reason });
    const decisions = await admin.as.query(api.queries.moderation.log, {
      challengeId,
      paginationOpts: { numItems: 1, cursor: null },
    });
    expect(decisions.page).toMatchObject([
      { action: "gameReversed", note: expect.stringMatching(/: The wrong week$/) },
    ]);
    await refusedUnchanged(t, "INVALID_INPUT", () =>
      admin.as.mutation(api.mutations.miniGames.reverse, { gameId }),
    );
    await runAll(t);
    expect(await totalsOf(scene)).toEqual(before);
    expect(await gameOf(scene)).toMatchObject({
      status: "cancelled",
      cancelledBecause: "reversed",
    });
    expect(await resultsOf(scene)).toBeNull();
    expect(await verified(scene)).toEqual([]);
  });

  test("comes too late after 48 hours", async () => {
    const scene = await started(await newGame(HUNT, 2));
    const { admin, gameId, t } = scene;
    await endGame(scene);
    await runAll(t);
    later(48 * HOUR + MINUTE);
    await refusedUnchanged(t, "INVALID_INPUT", () =>
      admin.as.mutation(api.mutations.miniGames.reverse, { gameId }),
    );
  });

  test("is what cancelling does in the middle of a settlement", async () => {
    const scene = await started(await newGame(HUNT, 25));
    const { admin, gameId, t } = scene;
    await play(scene);
    const before = await totalsOf(scene);
    await endGame(scene);
    const isPaying = async () => {
      const answer = await admin.as.query(api.queries.miniGames.progress, { gameId });
      return answer?.phase === "settle" && answer.done === 20;
    };
    while (!(await isPaying())) await runOnce(t);
    expect(await totalsOf(scene)).not.toEqual(before);
    await admin.as.mutation(api.mutations.miniGames.cancel, { gameId });
    await runAll(t);
    expect(await totalsOf(scene)).toEqual(before);
    expect(await gameOf(scene)).toMatchObject({ status: "cancelled", cancelledBecause: "asked" });
    expect(await verified(scene)).toEqual([]);
  });
});

describe("E12 the clock", () => {
  test("starts and ends a game, however late and however often it runs", async () => {
    const scene = await newGame(HUNT, 3);
    const { t } = scene;
    // The cron has not run since the 8th; it is noon of the 10th.
    await sweep(t);
    await sweep(t);
    await runAll(t);
    expect(await gameOf(scene)).toMatchObject({
      status: "active",
      dueAt: Date.parse("2026-06-15T00:00:00Z"),
    });
    vi.setSystemTime(new Date("2026-06-14T23:59:00Z"));
    await sweep(t);
    await runAll(t);
    expect(await gameOf(scene)).toMatchObject({ status: "active", endSnapshotId: null });
    vi.setSystemTime(new Date("2026-06-17T08:00:00Z"));
    await sweep(t);
    await sweep(t);
    await runAll(t);
    await sweep(t);
    await runAll(t);
    expect(await gameOf(scene)).toMatchObject({ status: "completed", endsOn: "2026-06-14" });
    const snapshots = await t.run((ctx) => ctx.db.query("snapshots").collect());
    expect(snapshots.map(({ kind }) => kind)).toEqual(["gameStart", "gameEnd"]);
  });

  test("waits for the first day to begin in the challenge's zone", async () => {
    vi.setSystemTime(new Date("2026-06-07T12:00:00Z"));
    const scene = await newGame(HUNT, 2, { timezone: "America/New_York" });
    vi.setSystemTime(new Date("2026-06-08T03:59:00Z"));
    await sweep(scene.t);
    expect(await pendingSteps(scene.t)).toEqual([]);
    vi.setSystemTime(new Date("2026-06-08T04:00:00Z"));
    await sweep(scene.t);
    await runAll(scene.t);
    expect((await gameOf(scene)).status).toBe("active");
  });

  test("cancels a draft whose days went by unnoticed", async () => {
    const scene = await newGame(HUNT, 2);
    vi.setSystemTime(new Date("2026-06-15T00:00:00Z"));
    await sweep(scene.t);
    await runAll(scene.t);
    expect(await gameOf(scene)).toMatchObject({
      status: "cancelled",
      cancelledBecause: "missed",
      startSnapshotId: null,
    });
  });
});
