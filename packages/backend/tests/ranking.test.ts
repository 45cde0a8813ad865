import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { refusedUnchanged } from "./backend.setup";
import {
  accountOf,
  km,
  log,
  type Member,
  newScene,
  type Scene,
  settled,
  standAtNoon,
} from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const { page, standing, ownRow, around } = api.queries.leaderboards;
const WEEK = { board: "week", key: "2" } as const;

async function setRanked({ t, challengeId }: Scene, who: Member, ranked: boolean): Promise<void> {
  await who.as.mutation(api.mutations.participations.setRanked, { challengeId, ranked });
  await settled(t);
}

/** Who is on the board of the total and on that of the week, by name. */
async function shown({ t, challengeId }: Scene): Promise<string[][]> {
  const boards = [{}, WEEK].map(async (wish) => {
    const { page: rows } = await t.query(page, { challengeId, ...wish });
    return rows.map(({ displayName }) => displayName);
  });
  return await Promise.all(boards);
}

async function findings({ t, challengeId }: Scene) {
  return (await t.query(internal.queries.maintenance.verifyPage, { challengeId })).findings;
}

/** Ada has 12 points and a streak of one day, Bob 9. */
async function twoRanked(): Promise<Scene> {
  const scene = await newScene();
  await log(scene, scene.ada);
  await log(scene, scene.bob, { metrics: km(0.9) });
  await settled(scene.t);
  return scene;
}

describe("people who want no rank", () => {
  test("are on no board, and everybody below moves up", async () => {
    const scene = await twoRanked();
    const { t, challengeId, ada, bob } = scene;
    await setRanked(scene, ada, false);
    expect(await shown(scene)).toEqual([["Bob", "Olga Organiser"], ["Bob"]]);
    for (const wish of [{}, WEEK]) {
      const bobs = { challengeId, userId: bob.userId, ...wish };
      expect(await t.query(standing, bobs)).toMatchObject({ rank: 1 });
      const adas = { challengeId, userId: ada.userId, ...wish };
      expect(await t.query(standing, adas)).toMatchObject({ rank: null, activityCount: 1 });
      expect(await t.query(around, adas)).toEqual({ rows: [] });
    }
    expect(await findings(scene)).toEqual([]);
  });

  test("are counted all the same, and see their own row", async () => {
    const scene = await twoRanked();
    const { t, challengeId, ada } = scene;
    await setRanked(scene, ada, false);
    await log(scene, ada, { type: "stretch" });
    expect(await ada.as.query(ownRow, { challengeId })).toMatchObject({
      totalPoints: 18,
      activityCount: 2,
      isRanked: false,
    });
    const own = { challengeId, userId: ada.userId };
    expect(await t.query(standing, own)).toMatchObject({ rank: null, totalPoints: 18 });
    const profile = await t.query(api.queries.profiles.get, own);
    expect(profile).toMatchObject({ displayName: "Ada", totalPoints: 18 });
    await setRanked(scene, ada, true);
    expect(await shown(scene)).toEqual([
      ["Ada", "Bob", "Olga Organiser"],
      ["Ada", "Bob"],
    ]);
    expect(await t.query(standing, { ...own, ...WEEK })).toMatchObject({
      rank: 1,
      totalPoints: 17,
    });
    expect(await findings(scene)).toEqual([]);
  });

  test("B11 stay unranked when they leave and come back", async () => {
    const scene = await twoRanked();
    const { challengeId, ada } = scene;
    await setRanked(scene, ada, false);
    await ada.as.mutation(api.mutations.challenges.leave, { challengeId });
    await ada.as.mutation(api.mutations.challenges.join, { challengeId });
    await settled(scene.t);
    expect(await shown(scene)).toEqual([["Bob", "Olga Organiser"], ["Bob"]]);
    const { boards, standing: own } = await accountOf(scene, ada);
    expect([own.listed, ...boards.map(({ listed }) => listed)]).toEqual([false, false, false]);
    expect(await findings(scene)).toEqual([]);
  });

  test("ask twice for one change", async () => {
    const scene = await twoRanked();
    await setRanked(scene, scene.ada, false);
    const before = await accountOf(scene, scene.ada);
    await setRanked(scene, scene.ada, false);
    expect(await accountOf(scene, scene.ada)).toEqual(before);
  });

  test("D14 L7 cannot change a frozen board, nor one of a challenge they left", async () => {
    const scene = await twoRanked();
    const { t, challengeId, admin, ada, bob } = scene;
    const ask = { challengeId, ranked: false };
    const { setRanked: door } = api.mutations.participations;
    await bob.as.mutation(api.mutations.challenges.leave, { challengeId });
    await refusedUnchanged(t, "NOT_PARTICIPANT", () => bob.as.mutation(door, ask));
    vi.setSystemTime(new Date("2026-07-05T12:00:00Z"));
    await admin.as.mutation(api.mutations.challenges.finalize, { challengeId });
    await refusedUnchanged(t, "CHALLENGE_FINAL", () => ada.as.mutation(door, ask));
  });
});
