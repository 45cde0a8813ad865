import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import { asNewPerson, refusalFrom } from "./backend.setup";
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

const { page, standing, ownRow } = api.queries.leaderboards;

async function boardOf(
  { t, challengeId }: Scene,
  options: { limit?: number; cursor?: string } = {},
) {
  return await t.query(page, { challengeId, today: TODAY, ...options });
}

/** Gives somebody so many points without a streak, a minute after whoever came before. */
async function give(scene: Scene, who: Member, points: number): Promise<void> {
  vi.setSystemTime(Date.now() + 60_000);
  await log(scene, who, { metrics: km(points / 10) });
}

/** A board of 0 to 9 points in steps, everybody below the streak's threshold, in one order of joining. */
async function crowd(points: number[]) {
  const scene = await newScene();
  const { joinCode } = await scene.admin.as.query(api.queries.challenges.get, {
    challengeId: scene.challengeId,
  });
  const members: Member[] = [];
  for (const [index, amount] of points.entries()) {
    const member = await joined(scene.t, joinCode ?? "", `Person ${index}`);
    members.push(member);
    if (amount > 0) await give(scene, member, amount);
  }
  await settled(scene.t);
  return { scene, members };
}

describe("the board", () => {
  test("B8 equal totals share a rank, who was there first stands first", async () => {
    const { scene, members } = await crowd([3, 9, 5, 9, 5, 5, 1]);
    const { page: rows, isDone } = await boardOf(scene);
    expect(rows.map(({ rank, totalPoints }) => [rank, totalPoints])).toEqual([
      [1, 9],
      [1, 9],
      [3, 5],
      [3, 5],
      [3, 5],
      [6, 3],
      [7, 1],
      [8, 0],
      [8, 0],
      [8, 0],
    ]);
    const order = [1, 3, 2, 4, 5, 0, 6].map((index) => members[index]?.userId);
    expect(rows.slice(0, 7).map(({ userId }) => userId)).toEqual(order);
    expect(isDone).toBe(true);
  });

  test.each([1, 2, 3, 4])("L6 H3 is the same in pages of %i", async (limit) => {
    const { scene } = await crowd([3, 9, 5, 9, 5, 5, 1]);
    const whole = (await boardOf(scene)).page;
    const rows = [];
    let cursor: string | undefined;
    for (let isDone = false; !isDone;) {
      const next = await boardOf(scene, { limit, cursor });
      rows.push(...next.page);
      isDone = next.isDone;
      cursor = next.continueCursor;
    }
    expect(rows).toEqual(whole);
  });

  test("shows names, streaks and the sum of the rows, and marks a stored total that differs", async () => {
    const scene = await newScene();
    await log(scene, scene.ada, { loggedDate: "2026-06-09" });
    await log(scene, scene.ada);
    const first = async () => (await boardOf(scene)).page[0];
    expect(await first()).toEqual({
      rank: 1,
      userId: scene.ada.userId,
      displayName: "Ada",
      totalPoints: 27,
      pointsToday: 12,
      currentStreak: 2,
      streakLastDay: TODAY,
    });
    await tamper(scene, scene.ada, { totalPoints: 1000, negTotal: -1000 });
    expect(await first()).toMatchObject({ totalPoints: 27, differs: true });
  });

  test("K4 a person whose account is deleted keeps their points under another name", async () => {
    const scene = await newScene();
    await log(scene, scene.ada);
    await scene.t.run(async (ctx) => {
      const people = await ctx.db.query("people").collect();
      const ada = people.find(({ userId }) => userId === scene.ada.userId);
      if (ada) await ctx.db.patch("people", ada._id, { erasedAt: Date.now() });
    });
    const [row] = (await boardOf(scene)).page;
    expect(row).toMatchObject({ displayName: "Former participant", totalPoints: 13 });
  });

  test("a streak that neither today nor yesterday carries on is over", async () => {
    const scene = await newScene();
    await log(scene, scene.ada, { loggedDate: "2026-06-08" });
    const asked = async (today?: string) => {
      const { challengeId, t } = scene;
      return (await t.query(page, { challengeId, today })).page[0]?.currentStreak;
    };
    expect([await asked("2026-06-09"), await asked(TODAY), await asked()]).toEqual([1, 0, 1]);
  });

  test("people who left are nowhere to be seen, and come back with their points", async () => {
    const scene = await newScene();
    const { t, challengeId, ada, bob } = scene;
    await log(scene, ada);
    await ada.as.mutation(api.mutations.challenges.leave, { challengeId });
    await settled(t);
    expect((await boardOf(scene)).page.map(({ userId }) => userId)).not.toContain(ada.userId);
    const asked = { challengeId, userId: ada.userId };
    const nobody = { code: "NOT_FOUND", what: "participant" };
    for (const caller of [t, bob.as, ada.as]) {
      expect(await refusalFrom(caller.query(standing, asked))).toEqual(nobody);
      expect(await refusalFrom(caller.query(api.queries.profiles.get, asked))).toEqual(nobody);
    }
    expect(await refusalFrom(ada.as.query(standing, { challengeId }))).toEqual(nobody);
    await ada.as.mutation(api.mutations.challenges.join, { challengeId });
    await settled(t);
    expect(await t.query(standing, asked)).toMatchObject({ rank: 1, totalPoints: 13 });
    const profile = await t.query(api.queries.profiles.get, asked);
    expect(profile).toMatchObject({ displayName: "Ada", totalPoints: 13 });
  });

  test.each([0, 51, 2.5, Number.NaN])("refuses a page of %d", async (limit) => {
    const scene = await newScene();
    const refusal = await refusalFrom(boardOf(scene, { limit }));
    expect(refusal).toMatchObject({ code: "INVALID_INPUT", path: "limit" });
  });
});

/** Damages a stored standing behind the ledger's back, which nothing but a test does. */
async function tamper(
  { t, challengeId }: Scene,
  { userId }: Member,
  fields: { totalPoints: number; negTotal: number },
): Promise<void> {
  await t.run(async (ctx) => {
    const all = await ctx.db.query("standings").collect();
    const own = all.find((row) => row.challengeId === challengeId && row.userId === userId);
    if (own) await ctx.db.patch("standings", own._id, fields);
  });
}

describe("a standing", () => {
  test("L6 has the rank of the board once the queue of ranks is empty", async () => {
    const { scene } = await crowd([3, 9, 5, 9, 5, 5, 1]);
    for (const { userId, rank } of (await boardOf(scene)).page) {
      const own = await scene.t.query(standing, { challengeId: scene.challengeId, userId });
      expect(own.rank).toBe(rank);
    }
  });

  test("reads the points of its own transaction, and the rank when the worker comes by", async () => {
    const scene = await newScene();
    const { challengeId, ada, bob } = scene;
    await log(scene, bob, { metrics: km(0.5) });
    await settled(scene.t);
    await log(scene, ada, { metrics: km(0.9) });
    const own = { challengeId, userId: bob.userId };
    expect(await scene.t.query(standing, own)).toMatchObject({ rank: 1, totalPoints: 5 });
    await settled(scene.t);
    expect(await scene.t.query(standing, own)).toMatchObject({ rank: 2, totalPoints: 5 });
  });

  test("is the caller's without a userId", async () => {
    const scene = await newScene();
    const { t, challengeId, ada } = scene;
    await log(scene, ada);
    const asked = { challengeId, today: TODAY };
    expect(await ada.as.query(standing, asked)).toMatchObject({
      totalPoints: 13,
      activityCount: 1,
      currentStreak: 1,
      longestStreak: 1,
      streakLastDay: TODAY,
    });
    expect(await refusalFrom(t.query(standing, asked))).toEqual({ code: "NOT_SIGNED_IN" });
  });
});

describe("the own row", () => {
  test("is live for its person and null for others", async () => {
    const scene = await newScene();
    const { challengeId, ada } = scene;
    await log(scene, ada);
    expect(await ada.as.query(ownRow, { challengeId, today: TODAY })).toEqual({
      totalPoints: 13,
      activityCount: 1,
      currentStreak: 1,
      streakLastDay: TODAY,
      longestStreak: 1,
      isRanked: true,
    });
    const stranger = await asNewPerson(scene.t, "Otto Outsider");
    expect(await stranger.as.query(ownRow, { challengeId })).toBeNull();
  });

  test.each(["public", "private"] as const)(
    "is null for people who left a %s challenge",
    async (visibility) => {
      const scene = await newScene({ visibility });
      const { challengeId, ada } = scene;
      await log(scene, ada);
      await ada.as.mutation(api.mutations.challenges.leave, { challengeId });
      expect(await ada.as.query(ownRow, { challengeId, today: TODAY })).toBeNull();
    },
  );
});

describe("a private challenge", () => {
  test("shows its board to members and to whoever has its key", async () => {
    const scene = await newScene({ visibility: "private" });
    const { t, challengeId, ada } = scene;
    const { viewKey } = await ada.as.query(api.queries.challenges.get, { challengeId });
    expect((await t.query(page, { challengeId, viewKey })).page).toHaveLength(3);
    expect((await ada.as.query(page, { challengeId })).page).toHaveLength(3);
    const own = { challengeId, userId: ada.userId, viewKey };
    expect(await t.query(standing, own)).toMatchObject({ totalPoints: 0 });
    expect(await t.query(api.queries.profiles.get, own)).toMatchObject({ displayName: "Ada" });
  });
});
