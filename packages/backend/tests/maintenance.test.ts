import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import type { MutationCtx } from "../_generated/server";
import { activityPointsAggregate } from "../lib/activityPointsAggregate";
import { rankedBoardTotal } from "../lib/boardTotals";
import { queueRanks, type Ranked, type RankMove } from "../lib/ranks";
import { runWhole } from "./jobs.setup";
import { rankedStanding } from "../lib/totalBoard";
import { sealCtx } from "../lib/tableOwners";
import {
  accountOf,
  km,
  log,
  newScene,
  type Scene,
  settled,
  standAtNoon,
  YESTERDAY,
} from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const { verifyPage } = internal.queries.maintenance;

/** Ada with two days of runs, a removed row and a streak; Bob with one run. */
async function busyScene(): Promise<Scene> {
  const scene = await newScene();
  await log(scene, scene.ada, { loggedDate: YESTERDAY });
  await log(scene, scene.ada, { metrics: km(3) });
  const { activityId } = await log(scene, scene.ada, { type: "stretch" });
  await scene.ada.as.mutation(api.mutations.activities.remove, { activityId });
  await log(scene, scene.bob);
  return scene;
}

async function kindsFound({ t, challengeId }: Scene): Promise<string[]> {
  const { findings } = await t.query(verifyPage, { challengeId });
  return [...new Set(findings.map(({ kind }) => kind))].sort();
}

type Account = Awaited<ReturnType<typeof accountOf>>;
type Damage = (ctx: MutationCtx, account: Account) => Promise<unknown>;

function boardOf(boards: Account["boards"], key: string) {
  const board = boards.find((row) => row.key === key);
  if (board === undefined) throw new Error(`nothing on the board ${key}`);
  return board._id;
}

/** Damage done behind the ledger's back, and what verify says about it. */
const DAMAGES: Array<[what: string, kinds: string[], damage: Damage]> = [
  [
    "a standing's total",
    ["standings.totalPoints"],
    (ctx, { standing }) => ctx.db.patch("standings", standing._id, { totalPoints: 1 }),
  ],
  [
    "a standing's order",
    ["standings.negTotal"],
    (ctx, { standing }) => ctx.db.patch("standings", standing._id, { negTotal: -1 }),
  ],
  [
    "a standing's counts",
    ["standings.activityCount", "standings.rowCount"],
    (ctx, { standing }) =>
      ctx.db.patch("standings", standing._id, { activityCount: 9, rowCount: 9 }),
  ],
  [
    "a standing's streak",
    ["standings.streakLastDay", "standings.streakLength"],
    (ctx, { standing }) =>
      ctx.db.patch("standings", standing._id, { streakLength: 9, streakLastDay: null }),
  ],
  [
    "a standing's seq",
    ["pointEvents.missing"],
    (ctx, { standing }) => ctx.db.patch("standings", standing._id, { seq: 99 }),
  ],
  [
    "a standing's moment",
    ["standings.reachedAt"],
    (ctx, { standing }) => ctx.db.patch("standings", standing._id, { reachedAt: 1 }),
  ],
  [
    "the aggregate's value",
    ["aggregate.value"],
    async (ctx, { rows }) => {
      const [row] = rows;
      if (row) await activityPointsAggregate.replace(ctx, row, { ...row, pointsEarned: 500 });
    },
  ],
  [
    "a key missing in the aggregate",
    ["aggregate.missing"],
    async (ctx, { rows }) => {
      const [row] = rows;
      if (row) await activityPointsAggregate.delete(ctx, row);
    },
  ],
  [
    "a day's total",
    ["dayTotals"],
    async (ctx, { days }) => {
      const day = days.find((one) => one.day === YESTERDAY);
      if (day) await ctx.db.patch("dayTotals", day._id, { streakPoints: 1 });
    },
  ],
  [
    "a day that is missing",
    ["dayTotals"],
    async (ctx, { days }) => {
      const day = days.find((one) => one.day === YESTERDAY);
      if (day) await ctx.db.delete("dayTotals", day._id);
    },
  ],
  [
    "a day that is there twice",
    ["dayTotals.doubled"],
    async (ctx, { days }) => {
      const [day] = days;
      if (day === undefined) return;
      const { _id, _creationTime, ...fields } = day;
      await ctx.db.insert("dayTotals", fields);
    },
  ],
  [
    "a board's points",
    ["boardTotals"],
    (ctx, { boards }) => ctx.db.patch("boardTotals", boardOf(boards, "2"), { points: 1 }),
  ],
  [
    "a board's activities",
    ["boardTotals"],
    (ctx, { boards }) =>
      ctx.db.patch("boardTotals", boardOf(boards, "Moving"), { activityCount: 9 }),
  ],
  [
    "a board's order",
    ["boardTotals.order"],
    (ctx, { boards }) => ctx.db.patch("boardTotals", boardOf(boards, "2"), { order: [-9] }),
  ],
  [
    "who is shown on a board",
    ["boardTotals.listed"],
    (ctx, { boards }) => ctx.db.patch("boardTotals", boardOf(boards, "2"), { listed: false }),
  ],
  [
    "a board that is missing",
    ["boardTotals"],
    (ctx, { boards }) => ctx.db.delete("boardTotals", boardOf(boards, "Moving")),
  ],
  [
    "a board that should not be",
    ["boardTotals"],
    (ctx, { boards }) =>
      ctx.db.patch("boardTotals", boardOf(boards, "2"), { key: "3", order: [0] }),
  ],
  [
    "a board that is there twice",
    ["boardTotals.doubled"],
    async (ctx, { boards }) => {
      const board = boards.find(({ key }) => key === "2");
      if (board === undefined) return;
      const { _id, _creationTime, ...fields } = board;
      await ctx.db.insert("boardTotals", fields);
    },
  ],
  [
    "a lost event",
    ["pointEvents.missing"],
    async (ctx, { events }) => {
      const event = events[1];
      if (event) await ctx.db.delete("pointEvents", event._id);
    },
  ],
  [
    "a doubled event",
    ["pointEvents.doubled"],
    async (ctx, { events }) => {
      const [event] = events;
      if (event === undefined) return;
      const { _id, _creationTime, ...fields } = event;
      await ctx.db.insert("pointEvents", fields);
    },
  ],
];

describe("C6 C15 verify", () => {
  test("finds nothing after honest work, in pages as in one", async () => {
    const { t, challengeId } = await busyScene();
    const whole = await t.query(verifyPage, { challengeId });
    expect(whole).toMatchObject({ checked: 3, findings: [], isDone: true });
    let cursor: string | null = null;
    let checked = 0;
    for (let isDone = false; !isDone;) {
      const next: typeof whole = await t.query(verifyPage, { challengeId, cursor, limit: 1 });
      checked += next.checked;
      cursor = next.continueCursor;
      isDone = next.isDone;
    }
    expect(checked).toBe(3);
  });

  test.each(DAMAGES)("names %s", async (_what, kinds, damage) => {
    const scene = await busyScene();
    const account = await accountOf(scene, scene.ada);
    await scene.t.run(async (ctx) => {
      await damage(ctx, account);
    });
    expect(await kindsFound(scene)).toEqual(kinds);
  });

  test("names a row changed behind the ledger's back, wherever it was counted", async () => {
    const scene = await busyScene();
    const { rows } = await accountOf(scene, scene.ada);
    const [row] = rows;
    await scene.t.run(async (ctx) => {
      if (row) await ctx.db.patch("activities", row._id, { pointsEarned: 999 });
    });
    expect(await kindsFound(scene)).toEqual([
      "activities.points",
      "aggregate.value",
      "boardTotals",
      "boardTotals.order",
      "dayTotals",
      "pointEvents.altered",
      "standings.negTotal",
      "standings.totalPoints",
    ]);
  });

  test("names whose account it is", async () => {
    const scene = await busyScene();
    const { t, challengeId, bob } = scene;
    const { standing } = await accountOf(scene, bob);
    await t.run(async (ctx) => await ctx.db.patch("standings", standing._id, { totalPoints: 1 }));
    const { findings } = await t.query(verifyPage, { challengeId });
    const values = { expected: 13, actual: 1, cure: "repair" };
    const finding = { kind: "standings.totalPoints", userId: bob.userId, ...values };
    expect(findings).toEqual([finding]);
  });
});

describe("L6 verify of the ranks", () => {
  const rankFinding = (userId: string, actual: number) => ({
    kind: "standingsRank",
    userId,
    expected: 1,
    actual,
    cure: "repair",
  });

  type Standing = Account["standing"];
  type RankDamage = (standing: Standing) => [before: Standing | null, after: Standing];
  const ofTotal =
    (damage: RankDamage) =>
    ({ standing }: Account): RankMove[] => {
      const [before, after] = damage(standing);
      return [{ before: before && rankedStanding(before), after: rankedStanding(after) }];
    };

  /** What is found once these writes, which no change of a standing asked for, have gone through the queue. */
  async function foundAfter(
    damage: (account: Account) => RankMove[],
  ): Promise<{ scene: Scene; findings: unknown[] }> {
    const scene = await busyScene();
    const { t, challengeId } = scene;
    await settled(t);
    expect((await t.query(verifyPage, { challengeId })).findings).toEqual([]);
    const account = await accountOf(scene, scene.bob);
    await t.run(async (ctx) => await queueRanks(sealCtx(ctx), damage(account)));
    // What is still queued is late, not wrong.
    expect((await t.query(verifyPage, { challengeId })).findings).toEqual([]);
    await settled(t);
    return { scene, findings: (await t.query(verifyPage, { challengeId })).findings };
  }

  test("names who has none", async () => {
    const { scene, findings } = await foundAfter(
      ofTotal((bob) => [bob, { ...bob, listed: false }]),
    );
    const { userId } = scene.bob;
    expect(findings).toEqual([rankFinding(userId, 0)]);
  });

  test("names who stands below one that is nobody's", async () => {
    const { scene, findings } = await foundAfter(
      ofTotal((bob) => [null, { ...bob, negTotal: -1_000 }]),
    );
    const { userId } = scene.ada;
    expect(findings).toEqual([rankFinding(userId, 2)]);
  });

  test("names who stands last above one that is nobody's", async () => {
    const { scene, findings } = await foundAfter(
      ofTotal((bob) => [null, { ...bob, negTotal: 1_000 }]),
    );
    const { userId } = scene.admin;
    expect(findings).toEqual([rankFinding(userId, 2)]);
  });

  test("names whose change the queue gave up", async () => {
    const { scene, findings } = await foundAfter(
      ofTotal((bob) => [
        { ...bob, negTotal: -1_000 },
        { ...bob, negTotal: -2_000 },
      ]),
    );
    const { userId } = scene.bob;
    const kind = "standingsRank.deadLetter";
    const actual = expect.stringContaining("DELETE_MISSING_KEY");
    expect(findings).toEqual([{ kind, userId, expected: null, actual, cure: "repair" }]);
    await repairedTwice(scene);
  });

  /** A repair says what verify said, and after it both find nothing. */
  async function repairedTwice(scene: Scene): Promise<void> {
    const before = await runWhole(scene, "verify");
    const dry = await runWhole(scene, "repair", { dryRun: true });
    const real = await runWhole(scene, "repair");
    expect(dry.findings).toEqual(before.findings);
    expect(real.findings).toEqual(before.findings);
    await settled(scene.t);
    for (const kind of ["repair", "verify"] as const)
      expect((await runWhole(scene, kind)).findings).toEqual([]);
  }

  const ofBoard =
    (board: "week" | "category", change: (row: Ranked) => [Ranked | null, Ranked]) =>
    ({ boards }: Account): RankMove[] => {
      const row = boards.find((one) => one.board === board);
      if (row === undefined) throw new Error("Bob is on no such board");
      const [before, after] = change(rankedBoardTotal(row));
      return [{ before, after }];
    };

  test.each(["week", "category"] as const)(
    "names who has none on the board of a %s, which a repair gives them",
    async (board) => {
      const { scene, findings } = await foundAfter(
        ofBoard(board, (row) => [row, { ...row, listed: false }]),
      );
      const { userId } = scene.bob;
      const about = expect.stringContaining(`${board}.`);
      const values = { expected: 1, actual: 0, cure: "repair" };
      expect(findings).toEqual([{ kind: "boardRank", userId, about, ...values }]);
      await repairedTwice(scene);
    },
  );

  test("names who stands on a week's board below one that is nobody's, which a repair takes away", async () => {
    const { scene, findings } = await foundAfter(
      ofBoard("week", (row) => [null, { ...row, key: [-1_000, 0, row.key[2]] }]),
    );
    expect(findings).toMatchObject([{ kind: "boardRank", expected: 1, actual: 2 }]);
    await repairedTwice(scene);
  });

  test("names a change of a week's board that the queue gave up, which a repair forgets", async () => {
    const { scene, findings } = await foundAfter(
      ofBoard("week", (row) => [
        { ...row, key: [-1_000, 0, row.key[2]] },
        { ...row, key: [-2_000, 0, row.key[2]] },
      ]),
    );
    const { userId } = scene.bob;
    const about = expect.stringContaining("week.");
    const actual = expect.stringContaining("DELETE_MISSING_KEY");
    const values = { userId, about, expected: null, actual, cure: "repair" };
    expect(findings).toEqual([{ kind: "boardRank.deadLetter", ...values }]);
    await repairedTwice(scene);
  });

  test("agrees where totals and moments are shared, and with people who left", async () => {
    const scene = await busyScene();
    const { t, challengeId, admin, ada, bob } = scene;
    await log(scene, ada, { type: "rest", metrics: {} });
    await log(scene, admin);
    await bob.as.mutation(api.mutations.challenges.leave, { challengeId });
    await settled(t);
    expect((await t.query(verifyPage, { challengeId })).findings).toEqual([]);
  });
});
