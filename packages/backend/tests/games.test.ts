import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import { refusedUnchanged } from "./backend.setup";
import {
  earn,
  endGame,
  gameOf,
  HUNT,
  newGame,
  PARTNER,
  play,
  pointsIn,
  RECORD,
  resultsOf,
  runAll,
  runOnce,
  started,
  startGame,
  totalsOf,
  verified,
} from "./games.setup";
import { log, standAtNoon, uuid } from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

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
