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

const { page, standing, ownRow, around, boards } = api.queries.leaderboards;

const THIS_WEEK = { board: "week", key: "2" } as const;
const MOVING = { board: "category", key: "Moving" } as const;
const TOTAL = { board: "total" } as const;
const POINTS = [3, 9, 5, 9, 5, 5, 1];

/** People with these points today, logged at the same moment, so that only their ids tell ties apart. */
async function crowd(points: number[] = POINTS): Promise<{ scene: Scene; members: Member[] }> {
  const scene = await newScene();
  const { challengeId } = scene;
  const { joinCode = "" } = await scene.admin.as.query(api.queries.challenges.get, { challengeId });
  const members: Member[] = [];
  for (const [index, amount] of points.entries()) {
    const member = await joined(scene.t, joinCode, `Person ${index}`);
    members.push(member);
    await log(scene, member, { metrics: km(amount / 10) });
  }
  await settled(scene.t);
  return { scene, members };
}

type Wish = typeof THIS_WEEK | typeof MOVING | typeof TOTAL;

async function inPages({ t, challengeId }: Scene, wish: Wish, limit: number) {
  const rows = [];
  let cursor: string | undefined;
  for (let isDone = false; !isDone;) {
    const args = { challengeId, today: TODAY, limit, cursor, ...wish };
    const next: Awaited<ReturnType<typeof t.query<typeof page>>> = await t.query(page, args);
    rows.push(...next.page);
    isDone = next.isDone;
    cursor = next.continueCursor;
  }
  return rows;
}

test.each([
  "",
  "nonsense",
  "[1,2]",
  '[1,2,"nobody"]',
  '["1",2,"ADA"]',
  '[1,2,"ADA",3]',
  "[1,2,3]",
  "{}",
  "null",
])("H3 refuses the cursor %j, where no page ended", async (cursor) => {
  const { t, challengeId, ada } = await newScene();
  const args = { challengeId, cursor: cursor.replace("ADA", ada.userId), ...TOTAL };
  expect(await refusalFrom(t.query(page, args))).toMatchObject({
    code: "INVALID_INPUT",
    path: "cursor",
  });
});

test.each([THIS_WEEK, MOVING, TOTAL])(
  "H3 the board of a $board goes on where a page ended, though its last person has moved since",
  async (wish) => {
    const { scene, members } = await crowd();
    const { t, challengeId } = scene;
    const args = { challengeId, limit: 3, ...wish };
    const first = await t.query(page, args);
    const before = await inPages(scene, wish, 50);
    const [last] = members.filter(({ userId }) => userId === first.page[2]?.userId);
    if (last === undefined) throw new Error("the third of the board is one of the crowd");
    await log(scene, last, { metrics: km(20) });
    await settled(t);
    const next = await t.query(page, { ...args, cursor: first.continueCursor });
    expect(next.page).toEqual(
      before.slice(3, 6).map((row) => expect.objectContaining({ userId: row.userId })),
    );
  },
);

test("B8 L6 the pages of the total, however long, make the whole, ties at their ends among them", async () => {
  const { scene, members } = await crowd();
  const whole = await inPages(scene, TOTAL, 50);
  const order = [1, 3, 2, 4, 5, 0, 6].map((index) => members[index]?.userId);
  expect(whole.slice(0, 7).map(({ userId }) => userId)).toEqual(order);
  for (const limit of [1, 2, 3, 4]) expect(await inPages(scene, TOTAL, limit)).toEqual(whole);
});

describe.each([THIS_WEEK, MOVING])("the board of a $board", (wish) => {
  test("B8 L6 shares ranks, and tells ties apart by time and id, the same in every size of page", async () => {
    const { scene, members } = await crowd();
    const whole = await inPages(scene, wish, 50);
    expect(whole.map(({ rank, totalPoints }) => [rank, totalPoints])).toEqual([
      [1, 9],
      [1, 9],
      [3, 5],
      [3, 5],
      [3, 5],
      [6, 3],
      [7, 1],
    ]);
    const order = [1, 3, 2, 4, 5, 0, 6].map((index) => members[index]?.userId);
    expect(whole.map(({ userId }) => userId)).toEqual(order);
    for (const limit of [1, 2, 3, 4]) expect(await inPages(scene, wish, limit)).toEqual(whole);
  });

  test("L6 has the ranks of the aggregate once its queue is empty, and none for people who are not on it", async () => {
    const { scene } = await crowd();
    const { t, challengeId, ada } = scene;
    for (const { userId, rank, totalPoints } of await inPages(scene, wish, 50)) {
      const own = await t.query(standing, { challengeId, userId, ...wish });
      expect(own).toMatchObject({ rank, totalPoints, activityCount: 1 });
    }
    const nothing = { rank: null, totalPoints: 0, activityCount: 0 };
    const asked = { challengeId, userId: ada.userId, ...wish };
    expect(await t.query(standing, asked)).toMatchObject(nothing);
  });

  test("shows streaks and stored points, without the streak's bonus", async () => {
    const scene = await newScene();
    await log(scene, scene.ada, { loggedDate: "2026-06-09" });
    await log(scene, scene.ada);
    expect(await inPages(scene, wish, 25)).toEqual([
      {
        rank: 1,
        userId: scene.ada.userId,
        displayName: "Ada",
        totalPoints: 24,
        currentStreak: 2,
        streakLastDay: TODAY,
      },
    ]);
  });

  test("has a live own row, 0 without anything on it", async () => {
    const scene = await newScene();
    const { challengeId, ada, bob } = scene;
    await log(scene, ada);
    const own = await ada.as.query(ownRow, { challengeId, ...wish });
    expect(own).toMatchObject({ totalPoints: 12, activityCount: 1, currentStreak: 1 });
    const none = await bob.as.query(ownRow, { challengeId, ...wish });
    expect(none).toMatchObject({ totalPoints: 0, activityCount: 0 });
  });
});

describe("boards", () => {
  test("lie side by side: a row counts in its week and category only", async () => {
    const scene = await newScene();
    await log(scene, scene.ada, { loggedDate: "2026-06-07" });
    await log(scene, scene.bob, { type: "drink", metrics: { count: 1 } });
    const shown = async (wish: { board: "week" | "category"; key: string }) => {
      const { t, challengeId } = scene;
      const rows = (await t.query(page, { challengeId, ...wish })).page;
      return rows.map(({ displayName, totalPoints }) => [displayName, totalPoints]);
    };
    expect(await shown({ board: "week", key: "1" })).toEqual([["Ada", 12]]);
    expect(await shown({ board: "week", key: "2" })).toEqual([["Bob", -5]]);
    expect(await shown({ board: "week", key: "3" })).toEqual([]);
    expect(await shown({ board: "category", key: "Moving" })).toEqual([["Ada", 12]]);
    expect(await shown({ board: "category", key: "Treats" })).toEqual([["Bob", -5]]);
  });

  test("are listed: all weeks, categories of types and of rows that were scored before", async () => {
    const scene = await newScene();
    const { t, challengeId, admin, bob, types } = scene;
    const asked = async () => await t.query(boards, { challengeId });
    expect(await asked()).toEqual({ weeks: 5, categories: ["Moving", "Treats"] });
    await log(scene, bob, { type: "drink", metrics: { count: 1 } });
    const renamed = { activityTypeId: types.drink, category: "Vices" };
    await admin.as.mutation(api.mutations.activityTypes.update, renamed);
    expect((await asked()).categories).toEqual(["Moving", "Treats", "Vices"]);
    for (const key of ["Treats", "Vices"]) {
      const { page: rows } = await t.query(page, { challengeId, board: "category", key });
      expect(rows).toHaveLength(key === "Treats" ? 1 : 0);
    }
  });

  test.each([
    { board: "week", key: "0" },
    { board: "week", key: "6" },
    { board: "week", key: "02" },
    { board: "week", key: "1.5" },
    { board: "week" },
    { board: "category", key: "Nothing" },
    { board: "category" },
    { board: "total", key: "1" },
    { key: "1" },
  ] as const)("refuses %j", async (wish) => {
    const scene = await newScene();
    const { t, challengeId, ada } = scene;
    const asked = { challengeId, ...wish };
    const expected = { code: "INVALID_INPUT", path: "key" };
    expect(await refusalFrom(t.query(page, asked))).toMatchObject(expected);
    expect(await refusalFrom(ada.as.query(standing, asked))).toMatchObject(expected);
    expect(await refusalFrom(ada.as.query(around, asked))).toMatchObject(expected);
  });
});

describe("around", () => {
  test.each([THIS_WEEK, MOVING, TOTAL])("B8 is a cut of the board: %j", async (wish) => {
    const { scene } = await crowd();
    const { t, challengeId } = scene;
    const whole = await inPages(scene, wish, 50);
    for (const [index, { userId }] of whole.entries()) {
      const asked = { challengeId, userId, count: 2, today: TODAY, ...wish };
      const { rows } = await t.query(around, asked);
      expect(rows).toEqual(whole.slice(Math.max(0, index - 2), index + 3));
    }
  });

  test("is the caller's without a userId, and empty for people who are not on the board", async () => {
    const { scene, members } = await crowd([9, 3]);
    const { t, challengeId, ada } = scene;
    const own = await members[1]?.as.query(around, { challengeId, ...THIS_WEEK });
    expect(own?.rows.map(({ displayName }) => displayName)).toEqual(["Person 0", "Person 1"]);
    expect(await ada.as.query(around, { challengeId, ...THIS_WEEK })).toEqual({ rows: [] });
    expect(await refusalFrom(t.query(around, { challengeId }))).toEqual({ code: "NOT_SIGNED_IN" });
    const stranger = await asNewPerson(t, "Otto");
    const nobody = { code: "NOT_FOUND", what: "participant" };
    expect(await refusalFrom(stranger.as.query(around, { challengeId }))).toEqual(nobody);
    const tooMany = ada.as.query(around, { challengeId, count: 11 });
    expect(await refusalFrom(tooMany)).toMatchObject({ code: "INVALID_INPUT", path: "count" });
  });
});
