import { isDeepStrictEqual } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { walkBatch } from "../lib/rankWalks";
import { sealCtx } from "../lib/tableOwners";
import { snapshotTables } from "./backend.setup";
import { joined, km, log, newScene, type Scene, settled, standAtNoon, TODAY } from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const { startAll, walk } = internal.mutations.rankWalks;

/** People in pairs of equal totals, above three without points. */
async function crowd(size: number): Promise<Scene> {
  const scene = await newScene();
  const { challengeId, t } = scene;
  const { joinCode = "" } = await scene.admin.as.query(api.queries.challenges.get, { challengeId });
  for (let number = 0; number < size; number += 1) {
    const member = await joined(t, joinCode, `Person ${number}`);
    await log(scene, member, { metrics: km(Math.floor(number / 2) / 10 + 0.1) });
  }
  await settled(t);
  return scene;
}

/** The rank of everybody's standing on the board, and the one that was taken. */
async function ranks({ t, challengeId }: Scene) {
  const rows = [];
  let cursor: string | undefined;
  for (let isDone = false; !isDone;) {
    const args = { challengeId, limit: 50, today: TODAY, cursor };
    const next: Awaited<ReturnType<typeof t.query<typeof api.queries.leaderboards.page>>> =
      await t.query(api.queries.leaderboards.page, args);
    rows.push(...next.page);
    isDone = next.isDone;
    cursor = next.continueCursor;
  }
  return rows.map(({ rank, rankYesterday }) => [rank, rankYesterday]);
}

/** Takes the ranks of the next three people. */
async function runBatch({ t, challengeId }: Scene): Promise<void> {
  await t.run(async (ctx) => {
    await walkBatch(sealCtx(ctx), { challengeId, day: TODAY }, 3);
  });
}

describe("yesterday's ranks", () => {
  test("are the board's when the day begins, ties among them, and touch nothing else", async () => {
    const scene = await crowd(101);
    const before = await snapshotTables(scene.t);
    await scene.t.mutation(startAll, {});
    await settled(scene.t);
    const taken = await ranks(scene);
    expect(taken).toHaveLength(104);
    for (const [rank, rankYesterday] of taken) expect(rankYesterday).toBe(rank);
    const after = await snapshotTables(scene.t);
    const changed = Object.keys(before).filter(
      (name) => !isDeepStrictEqual(before[name], after[name]),
    );
    expect(changed).toEqual(["standings", "rankWalks"]);
    const bare = (rows: unknown[] = []) =>
      rows.map((row) => ({ ...(row as object), rankYesterday: undefined }));
    expect(bare(after.standings)).toEqual(bare(before.standings));
    // A second run on the same day finds that it is done.
    await scene.t.mutation(startAll, {});
    await settled(scene.t);
    expect(await snapshotTables(scene.t)).toEqual(after);
  }, 60_000);

  test.each([0, 1, 2])(
    "C1 are taken to the end after a kill before batch %i",
    async (killedAt) => {
      const scene = await crowd(6);
      const { t, challengeId } = scene;
      await t.mutation(startAll, {});
      // The batches that were scheduled are lost with the kill: only these ran.
      vi.clearAllTimers();
      for (let step = 0; step < killedAt; step += 1) await runBatch(scene);
      await t.mutation(startAll, {});
      // The lost batch turns up after all, and both go on.
      await t.mutation(walk, { challengeId, day: TODAY });
      await settled(t);
      for (const [rank, rankYesterday] of await ranks(scene)) expect(rankYesterday).toBe(rank);
    },
    60_000,
  );

  test("stay as they were while the board moves, and are not shown for long", async () => {
    const scene = await newScene();
    const { t, challengeId, ada, bob } = scene;
    await log(scene, ada, { metrics: km(0.9) });
    await t.mutation(startAll, {});
    await settled(t);
    await log(scene, bob, { metrics: km(2) });
    await settled(t);
    const shown = async (today: string) => {
      const { page } = await t.query(api.queries.leaderboards.page, { challengeId, today });
      return page.map(({ displayName, rank, rankYesterday }) => [displayName, rank, rankYesterday]);
    };
    const moved = [
      ["Bob", 1, 2],
      ["Ada", 2, 1],
      ["Olga Organiser", 3, 2],
    ];
    expect(await shown(TODAY)).toEqual(moved);
    expect(await shown("2026-06-11")).toEqual(moved);
    expect((await shown("2026-06-12")).map(([, , before]) => before)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    vi.setSystemTime(new Date("2026-06-12T00:07:00Z"));
    await t.mutation(startAll, {});
    await settled(t);
    expect((await shown("2026-06-12")).map(([, , before]) => before)).toEqual([1, 2, 3]);
  });

  test("follow the day of the challenge's zone, in open challenges, from the second day on", async () => {
    const starts = async (timezone: string, now: string, ends = "2026-06-30") => {
      const scene = await newScene({ timezone, endsOn: ends });
      vi.setSystemTime(new Date(now));
      await scene.t.mutation(startAll, {});
      const walks = await scene.t.run(async (ctx) => await ctx.db.query("rankWalks").collect());
      return walks.map(({ day }) => day);
    };
    expect(await starts("Pacific/Auckland", "2026-06-10T12:07:00Z")).toEqual(["2026-06-11"]);
    expect(await starts("America/Los_Angeles", "2026-06-11T06:07:00Z")).toEqual(["2026-06-10"]);
    expect(await starts("UTC", "2026-06-01T12:00:00Z")).toEqual([]);
    expect(await starts("UTC", "2026-06-02T00:07:00Z")).toEqual(["2026-06-02"]);
    expect(await starts("UTC", "2026-05-30T00:07:00Z")).toEqual([]);
    expect(await starts("UTC", "2026-06-12T12:00:00Z", "2026-06-11")).toEqual(["2026-06-12"]);
    expect(await starts("UTC", "2026-06-20T12:00:00Z", "2026-06-11")).toEqual([]);
  });

  test("a batch of a day that is over does nothing", async () => {
    const scene = await newScene();
    const { t, challengeId } = scene;
    await t.mutation(startAll, {});
    await settled(t);
    const before = await snapshotTables(t);
    const old = async (id: Id<"challenges">, day: string) =>
      await t.mutation(walk, { challengeId: id, day });
    await old(challengeId, TODAY);
    await old(challengeId, "2026-06-09");
    expect(await snapshotTables(t)).toEqual(before);
  });
});
