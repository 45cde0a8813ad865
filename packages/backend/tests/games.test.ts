import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { refusedUnchanged } from "./backend.setup";
import {
  earn,
  endGame,
  gameOf,
  type GameScene,
  HOUR,
  later,
  loseSteps,
  MINUTE,
  newGame,
  pendingSteps,
  resultsOf,
  runAll,
  runOnce,
  started,
  startGame,
  sweep,
  totalsOf,
} from "./games.setup";
import { log, standAtNoon, uuid } from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const PARTNER = { kind: "partnerWeek" } as const;
const HUNT = { kind: "huntWeek" } as const;
const RECORD = { kind: "prWeek" } as const;

/** Plays a few days: everybody logs, the last one most. */
async function play(scene: GameScene): Promise<void> {
  for (const [index, player] of scene.players.entries()) {
    await earn(scene, player, 15 + index * 30, "2026-06-09");
    await earn(scene, player, 20, "2026-06-10");
  }
  await runAll(scene.t);
}

async function verified({ t, challengeId }: GameScene): Promise<unknown[]> {
  return (await t.query(internal.queries.maintenance.verifyPage, { challengeId })).findings;
}

/** The points each player of a page gets, by their position. */
const pointsIn = (page: ReadonlyArray<{ position: number; points: number }> | null | undefined) =>
  page?.map(({ position, points }) => [position, points]);

describe("a game", () => {
  test.each([
    // Partners 1-4 and 2-3 earned 35, 65, 95 and 125 in the game.
    [PARTNER, [13, 10, 7, 4]],
    // Totals before 40, 30, 20, 10; after 75, 95, 115, 135: everybody passes the one above.
    [HUNT, [-25, 50, 50, 75]],
    // Best days before 40, 30, 20, 10; in the game 20, 45, 75, 105.
    [RECORD, [0, 100, 100, 100]],
  ])("%j pays what its rule says, as the preview said", async (settings, expected) => {
    const scene = await started(await newGame(settings, 4));
    await play(scene);
    const before = await totalsOf(scene);
    const { admin, gameId } = scene;
    const preview = await admin.as.query(api.queries.miniGames.previewEnd, {
      gameId,
      today: "2026-06-10",
    });
    expect(preview).toMatchObject({ players: 4, endsOn: "2026-06-10", continueCursor: null });
    expect(preview.page.map(({ points }) => points)).toEqual(expected);
    await endGame(scene);
    await runAll(scene.t);
    expect(await gameOf(scene)).toMatchObject({ status: "completed", failures: 0, dueAt: null });
    const results = await resultsOf(scene);
    expect(pointsIn(results)).toEqual(pointsIn(preview.page));
    expect(results?.map(({ lines }) => lines)).toEqual(preview.page.map(({ lines }) => lines));
    expect(results?.map(({ state }) => state)).toEqual(Array(4).fill("settled"));
    const after = await totalsOf(scene);
    expect(after.map((total, index) => total - (before[index] ?? 0))).toEqual(expected);
    expect(await verified(scene)).toEqual([]);
    const rows = await scene.t.run((ctx) => ctx.db.query("activities").collect());
    const awards = rows.filter(({ source }) => source === "miniGame");
    expect(awards.length).toBe(expected.filter((points) => points !== 0).length);
    for (const award of awards)
      expect(award).toMatchObject({ loggedDate: "2026-06-10", awardKey: `miniGame/${gameId}` });
  });

  test.each([1, 2, 3])("of %i people settles", async (count) => {
    for (const settings of [PARTNER, HUNT, RECORD]) {
      const scene = await started(await newGame(settings, count));
      await play(scene);
      const { admin, gameId } = scene;
      const preview = await admin.as.query(api.queries.miniGames.previewEnd, {
        gameId,
        today: "2026-06-10",
      });
      await endGame(scene);
      await runAll(scene.t);
      const results = await resultsOf(scene);
      expect(results?.length).toBe(count);
      expect(pointsIn(results)).toEqual(pointsIn(preview.page));
    }
  });

  test("starts as its preview said, and tells its players", async () => {
    const scene = await newGame(PARTNER, 3);
    const { admin, ada, bob, gameId, t } = scene;
    const preview = await admin.as.query(api.queries.miniGames.previewStart, { gameId });
    const pairs = preview.page.map(({ userId, counterparts }) => [userId, counterparts[0]?.userId]);
    expect(pairs).toEqual([
      [admin.userId, bob.userId],
      [ada.userId, ada.userId],
      [bob.userId, admin.userId],
    ]);
    await startGame(scene);
    expect(await gameOf(scene)).toMatchObject({ status: "draft", dueAt: null });
    expect(await admin.as.query(api.queries.miniGames.get, { gameId })).toMatchObject({
      isChanging: true,
      viewer: null,
    });
    await runAll(t);
    expect(await gameOf(scene)).toMatchObject({ status: "active", players: 3 });
    for (const [userId, partner] of pairs) {
      const player = scene.players.find((one) => one.userId === userId);
      const game = await player?.as.query(api.queries.miniGames.get, { gameId });
      expect(game?.viewer?.counterparts.map((one) => one.userId)).toEqual([partner]);
    }
    const news = await t.run((ctx) => ctx.db.query("notifications").collect());
    expect(news.map((one) => [one.userId, one.news])).toEqual(
      scene.players.map(({ userId }) => [userId, { kind: "gameStarted", name: "The game" }]),
    );
  });

  test("shows a hunter and their prey who is ahead now", async () => {
    const scene = await started(await newGame(HUNT, 3));
    const { ada, bob, gameId, admin } = scene;
    await earn(scene, bob, 15, "2026-06-09");
    const game = await ada.as.query(api.queries.miniGames.get, { gameId });
    expect(game.viewer).toEqual({
      startRank: 2,
      counterparts: [
        { role: "prey", userId: admin.userId, displayName: "Olga Organiser", isBehind: false },
        { role: "hunter", userId: bob.userId, displayName: "Bob", isBehind: false },
      ],
      pointsIfEndedNow: -25,
    });
  });

  test("skips who left, also between its end and their turn, and counts them below everybody", async () => {
    const scene = await started(await newGame(HUNT, 4));
    const { players, challengeId, t } = scene;
    const [, prey, hunter, last] = players;
    await prey?.as.mutation(api.mutations.challenges.leave, { challengeId });
    await endGame(scene);
    await runOnce(t);
    await last?.as.mutation(api.mutations.challenges.leave, { challengeId });
    await runAll(t);
    const results = await resultsOf(scene);
    expect(results?.map(({ state, points }) => [state, points])).toEqual([
      ["settled", 0],
      ["skipped", 0],
      ["settled", 75],
      ["skipped", 0],
    ]);
    expect(results?.[2]?.userId).toBe(hunter?.userId);
    expect(await verified(scene)).toEqual([]);
  });

  test("leaves system rows and other days out", async () => {
    const scene = await newGame(HUNT, 2);
    const { admin, ada, challengeId, t } = scene;
    await started(scene);
    await earn(scene, ada, 35, "2026-06-09");
    await endGame(scene);
    await runAll(t);
    // Ada got 75 on the 10th, which is no day of hers.
    const { gameId } = await admin.as.mutation(api.mutations.miniGames.create, {
      challengeId,
      name: "Second",
      startsOn: "2026-06-10",
      endsOn: "2026-06-12",
      settings: { kind: "prWeek" },
    });
    const second = { ...scene, gameId };
    await started(second);
    await earn(second, ada, 30, "2026-06-10");
    await endGame(second);
    await runAll(t);
    expect((await resultsOf(second))?.map(({ points }) => points)).toEqual([0, 0]);
  });
});

describe("a settled game", () => {
  test("does not follow what is logged or corrected later, and neither does one being settled", async () => {
    const scene = await started(await newGame(PARTNER, 4));
    await play(scene);
    await endGame(scene);
    // The snapshot, then the figures, then everybody's points.
    while ((await gameOf(scene)).status === "active") await runOnce(scene.t);
    await runOnce(scene.t);
    for (const player of scene.players) await earn(scene, player, 500, "2026-06-10");
    await runAll(scene.t);
    const results = await resultsOf(scene);
    expect(results?.map(({ points }) => points)).toEqual([13, 10, 7, 4]);
    const { admin, gameId, ada } = scene;
    await log(scene, ada, { loggedDate: "2026-06-08" });
    await runAll(scene.t);
    expect(await admin.as.query(api.queries.miniGames.results, { gameId })).toMatchObject({
      page: results,
    });
  });
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

describe("what is refused", () => {
  test("a second start and a second end", async () => {
    const scene = await newGame(HUNT, 2);
    const { t } = scene;
    await refusedUnchanged(t, "INVALID_INPUT", () => endGame(scene));
    await startGame(scene);
    await refusedUnchanged(t, "INVALID_INPUT", () => startGame(scene));
    await runAll(t);
    await refusedUnchanged(t, "INVALID_INPUT", () => startGame(scene));
    await endGame(scene);
    await refusedUnchanged(t, "INVALID_INPUT", () => endGame(scene));
    await runAll(t);
    await refusedUnchanged(t, "INVALID_INPUT", () => endGame(scene));
    await refusedUnchanged(t, "INVALID_INPUT", () =>
      scene.admin.as.mutation(api.mutations.miniGames.cancel, { gameId: scene.gameId }),
    );
  });

  test("changes of a game that has started, and drafts nobody could play", async () => {
    const scene = await newGame(HUNT, 2);
    const { t, admin, gameId, challengeId } = scene;
    const update = (change: { name?: string; endsOn?: string; startsOn?: string }) =>
      admin.as.mutation(api.mutations.miniGames.update, { gameId, ...change });
    await update({ name: "Renamed", endsOn: "2026-06-12" });
    expect(await gameOf(scene)).toMatchObject({ name: "Renamed", endsOn: "2026-06-12" });
    for (const change of [
      { name: " " },
      { endsOn: "2026-06-07" },
      { endsOn: "2026-07-01" },
      { startsOn: "2026-06-05", endsOn: "2026-06-09" },
    ]) {
      await refusedUnchanged(t, "INVALID_INPUT", () => update(change));
      const draft = { name: "New", startsOn: "2026-06-08", endsOn: "2026-06-14", ...change };
      await refusedUnchanged(t, "INVALID_INPUT", () =>
        admin.as.mutation(api.mutations.miniGames.create, {
          challengeId,
          ...draft,
          settings: HUNT,
        }),
      );
    }
    await startGame(scene);
    await refusedUnchanged(t, "INVALID_INPUT", () => update({ name: "Too late" }));
    await runAll(t);
    await refusedUnchanged(t, "INVALID_INPUT", () => update({ name: "Too late" }));
  });

  test("B1 B2 a draft asked for again under its requestId is the first one", async () => {
    const { admin, bob, t, challengeId } = await newGame(HUNT, 3);
    const { create } = api.mutations.miniGames;
    const wish = { challengeId, name: "New", startsOn: "2026-06-15", endsOn: "2026-06-21" };
    const asked = { ...wish, settings: HUNT, requestId: uuid(1) };
    const first = await admin.as.mutation(create, asked);
    expect(await admin.as.mutation(create, asked)).toEqual(first);
    const games = await admin.as.query(api.queries.miniGames.list, { challengeId });
    expect(games.filter(({ name }) => name === "New")).toHaveLength(1);
    const other = () => admin.as.mutation(create, { ...asked, name: "Other" });
    await refusedUnchanged(t, "IDEMPOTENCY_MISMATCH", other);
    await refusedUnchanged(t, "NOT_CHALLENGE_ADMIN", () => bob.as.mutation(create, asked));
  });

  test("cancelling takes the snapshot under way with it", async () => {
    const scene = await newGame(HUNT, 3);
    const { t, admin, gameId } = scene;
    await startGame(scene);
    await admin.as.mutation(api.mutations.miniGames.cancel, { gameId });
    await runAll(t);
    expect(await gameOf(scene)).toMatchObject({ status: "cancelled", cancelledBecause: "asked" });
    expect(await t.run((ctx) => ctx.db.query("snapshotRows").collect())).toEqual([]);
    expect(await t.run((ctx) => ctx.db.query("notifications").collect())).toEqual([]);
    await refusedUnchanged(t, "INVALID_INPUT", () => startGame(scene));
  });
});
