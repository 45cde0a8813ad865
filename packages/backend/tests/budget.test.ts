import type { TransactionMetrics } from "convex/server";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, components } from "../_generated/api";
import type { MutationCtx } from "../_generated/server";
import { needChallenge } from "../lib/access";
import * as ledger from "../lib/pointLedger";
import { addDays } from "../lib/rules/dates";
import { dueWalk, walkBatch } from "../lib/rankWalks";
import { sealCtx } from "../lib/tableOwners";
import { newAchievement } from "./achievements.setup";
import { fillAggregate } from "./aggregateFill.setup";
import {
  joined,
  km,
  log,
  newScene,
  type Scene,
  settled,
  standAtNoon,
  TODAY,
  uuid,
} from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

/** Activities in the aggregate of the challenge; the tree's depth is what the figures depend on. */
const FILL = Number(process.env.MILEPOST_BUDGET_ACTIVITIES ?? 10_000);

interface Cost {
  read: number;
  written: number;
  ranges: number;
}

const costs: Array<[string, Cost]> = [];

function costOf(name: string, metrics: TransactionMetrics): Cost {
  const cost = {
    read: metrics.documentsRead.used,
    written: metrics.documentsWritten.used,
    ranges: metrics.databaseQueries.used,
  };
  costs.push([name, cost]);
  return cost;
}

/** Runs something as a person and answers what its transaction cost. */
async function measure(
  scene: Scene,
  name: string,
  run: (ctx: MutationCtx) => Promise<unknown>,
): Promise<Cost> {
  return await scene.ada.as.run(async (ctx) => {
    await run(ctx);
    return costOf(name, await ctx.meta.getTransactionMetrics());
  });
}

const asAda = (scene: Scene) => async (ctx: MutationCtx) => {
  const challenge = await needChallenge(ctx, scene.challengeId);
  const { userId } = scene.ada;
  return { challenge, userId, actor: { kind: "user", userId } as const, zone: "UTC" };
};

describe(`H1 budgets with ${FILL} activities in the aggregate`, () => {
  test("a log, a changed streak and an import", async () => {
    const scene = await newScene();
    const { types, ada } = scene;
    await fillAggregate(scene, FILL);
    const days = ["2026-06-03", "2026-06-04", "2026-06-05", "2026-06-06", "2026-06-07"];
    for (const loggedDate of days) await log(scene, ada, { loggedDate });
    await settled(scene.t);
    const logOn = async (loggedDate: string, number: number, what: string) =>
      await measure(scene, what, (ctx) =>
        ctx.runMutation(api.mutations.activities.log, {
          challengeId: scene.challengeId,
          activityTypeId: types.run,
          metrics: km(2),
          loggedDate,
          requestId: uuid(number),
        }),
      );
    // Without the streak, reads and writes of the door's own: who calls, requestId, rate limit. At 10,000 activities 37
    // read and 15 written, of which 3 wake the worker of the ranks; 12 while it is awake.
    const plain = await logOn("2026-06-07", 1, "log");
    expect(plain.read).toBeLessThanOrEqual(42);
    expect(plain.written).toBeLessThanOrEqual(17);
    const awake = await logOn("2026-06-07", 3, "log while the worker of the ranks is awake");
    expect(awake.written).toBeLessThanOrEqual(14);

    await settled(scene.t);
    const streak = await logOn("2026-06-08", 2, "log that changes the streak");
    expect(streak.read).toBeLessThanOrEqual(45);
    expect(streak.written).toBeLessThanOrEqual(24);

    const args = asAda(scene);
    await settled(scene.t);
    const rows = Array.from({ length: 100 }, (_, index) => {
      const loggedDate = days[index % days.length] ?? TODAY;
      const startedAt = Date.parse(`${loggedDate}T08:00:00Z`);
      const metrics = km(1 + index / 100);
      return { externalId: `r${index}`, sport: "Run", startedAt, loggedDate, metrics };
    });
    const chunk = await measure(scene, "import of 100 rows", async (ctx) =>
      ledger.importActivities(sealCtx(ctx), { ...(await args(ctx)), source: "archive", rows }),
    );
    expect(chunk.ranges).toBeLessThanOrEqual(8 * 100 + 200);

    await settled(scene.t);
    const changed = rows.map((row) => ({ ...row, metrics: km(3) }));
    const update = await measure(scene, "import that changes 100 rows", async (ctx) =>
      ledger.importActivities(sealCtx(ctx), {
        ...(await args(ctx)),
        source: "archive",
        rows: changed,
      }),
    );
    expect(update.ranges).toBeLessThanOrEqual(12 * 100 + 200);
  });

  test("a log, whatever the person logged before", async () => {
    const year = { startsOn: "2025-07-01", endsOn: "2026-06-30", backdateDays: 365 };
    const scene = await newScene(year);
    const { ada, challengeId } = scene;
    // Both days are the 4th of a week of the challenge, so that what is read of the week is the same.
    const measured = async (loggedDate: string, days: number) => {
      await settled(scene.t);
      const rows = Array.from({ length: days }, (_, index) => {
        const day = addDays(loggedDate, index - days);
        const startedAt = Date.parse(`${day}T08:00:00Z`);
        return { externalId: day, sport: "Run", startedAt, loggedDate: day, metrics: km(2) };
      });
      const history = { challengeId, source: "archive", rows } as const;
      await ada.as.mutation(api.mutations.imports.importActivities, history);
      await settled(scene.t);
      const what = `log after ${days} days`;
      return await measure(scene, what, async () => await log(scene, ada, { loggedDate }));
    };
    const few = await measured("2025-10-03", 10);
    const many = await measured("2026-05-29", 100);
    expect(Math.abs(many.read - few.read)).toBeLessThanOrEqual(6);
  });

  test("each further row of a day that is priced again", async () => {
    const scene = await newScene();
    const { types, ada, admin } = scene;
    await fillAggregate(scene, FILL);
    const limits = { maxPointsPerDay: 60 };
    await admin.as.mutation(api.mutations.activityTypes.update, {
      activityTypeId: types.run,
      limits,
    });
    // The first row fills the day; when it shrinks, each of the others gets its points.
    const shrink = async (loggedDate: string, others: number) => {
      const { activityId } = await log(scene, ada, { loggedDate, metrics: km(6) });
      for (let count = 0; count < others; count += 1)
        await log(scene, ada, { loggedDate, metrics: km(1) });
      await settled(scene.t);
      const what = `edit that prices ${others} more rows of its day`;
      const cost = await measure(scene, what, (ctx) =>
        ctx.runMutation(api.mutations.activities.edit, { activityId, metrics: km(1) }),
      );
      await settled(scene.t);
      return cost;
    };
    const [one, five] = [await shrink("2026-06-05", 1), await shrink("2026-06-07", 5)];
    expect(five.read - one.read).toBeLessThanOrEqual(4 * 18);
    expect(five.written - one.written).toBeLessThanOrEqual(4 * 9);
    expect(five.written - one.written).toBeGreaterThanOrEqual(4 * 2);
  });

  test("achievements of a log and of an import", async () => {
    const scene = await newScene();
    const { types, ada, challengeId } = scene;
    await fillAggregate(scene, FILL);
    const count = (times: number) => ({
      name: `Runs ${times}`,
      criteria: { kind: "count" as const, activityTypeIds: [types.run], times },
      frequency: "perQualifyingSet" as const,
    });
    const runs = async (number: number, what: string) => {
      await settled(scene.t);
      return await measure(scene, what, (ctx) =>
        ctx.runMutation(api.mutations.activities.log, {
          challengeId,
          activityTypeId: types.run,
          metrics: km(0.2),
          loggedDate: "2026-06-07",
          requestId: uuid(number),
        }),
      );
    };
    // Two nodes of the tree more or less from log to log, in reads and in writes.
    const noise = { read: 20, written: 8 };
    await runs(1, "first log");
    await newAchievement(scene, count(5));
    const one = await runs(2, "log that counts for an achievement");
    for (let number = 6; number < 25; number += 1) await newAchievement(scene, count(number));
    const all = await runs(3, "log that counts for 20");
    expect(all.read - one.read).toBeLessThanOrEqual(19 * 3 + noise.read);
    expect(all.written - one.written).toBeLessThanOrEqual(19 * 2 + noise.written);
    await runs(4, "log that counts for 20 again");
    const awarded = await runs(5, "log that counts for 20 and earns an award");
    expect(awarded.read - all.read).toBeLessThanOrEqual(25 + noise.read);
    expect(awarded.written - all.written).toBeLessThanOrEqual(15 + noise.written);

    const rows = Array.from({ length: 100 }, (_, index) => {
      const loggedDate =
        ["2026-06-03", "2026-06-04", "2026-06-05", "2026-06-06"][index % 4] ?? TODAY;
      const startedAt = Date.parse(`${loggedDate}T08:00:00Z`);
      return { externalId: `r${index}`, sport: "Run", startedAt, loggedDate, metrics: km(1) };
    });
    const actor = { kind: "user", userId: ada.userId } as const;
    const challenge = await scene.t.run(async (ctx) => await needChallenge(ctx, challengeId));
    const source = "archive" as const;
    const args = {
      challenge,
      userId: ada.userId,
      actor,
      zone: "UTC",
      source,
      allowDuplicates: true,
    };
    const chunk = await measure(scene, "import of 100 rows for 20", async (ctx) =>
      ledger.importActivities(sealCtx(ctx), { ...args, rows }),
    );
    expect(chunk.ranges).toBeLessThan(4096);
    await settled(scene.t);
    const changed = rows.slice(0, 60).map((row) => ({ ...row, sport: "Curling" }));
    await scene.admin.as.mutation(api.mutations.imports.setMapping, {
      challengeId,
      label: "Curling",
      activityTypeId: types.rest,
    });
    const update = await measure(scene, "import that revokes for 20", async (ctx) =>
      ledger.importActivities(sealCtx(ctx), { ...args, rows: changed }),
    );
    expect(update.ranges).toBeLessThan(4096);
  });

  test("a page of 25, a standing and a profile", async () => {
    const scene = await newScene();
    const { t, challengeId, ada } = scene;
    await fillAggregate(scene, FILL);
    const { joinCode = "" } = await scene.admin.as.query(api.queries.challenges.get, {
      challengeId,
    });
    for (let number = 0; number < 25; number += 1) {
      await log(scene, await joined(t, joinCode, `Person ${number}`), { metrics: km(number) });
    }
    await settled(t);
    const page = await measure(scene, "board page of 25", (ctx) =>
      ctx.runQuery(api.queries.leaderboards.page, { challengeId }),
    );
    expect(page.read).toBeLessThanOrEqual(70);
    // As those are who log most: with many rows each, apart from each other in the tree.
    const user = (number: number) => `user${String(number).padStart(6, "0")}`;
    const people = Math.ceil(100_000 / FILL);
    const queries = Array.from({ length: 25 }, (_, index) => {
      const [k1, k2] = [40 * index, 40 * index + people].map((number) => [["", user(number)]]);
      return { namespace: challengeId, k1, k2 };
    });
    const { aggregateBetweenBatch } = components.activityPointsAggregate.btree;
    const sums = await measure(scene, "25 sums of 100 rows", (ctx) =>
      ctx.runQuery(aggregateBetweenBatch, { queries }),
    );
    expect(sums.read).toBeLessThanOrEqual(270);
    const whose = { challengeId, userId: ada.userId };
    const standing = await measure(scene, "standing", (ctx) =>
      ctx.runQuery(api.queries.leaderboards.standing, whose),
    );
    expect(standing.read).toBeLessThanOrEqual(16);
    const profile = await measure(scene, "profile", (ctx) =>
      ctx.runQuery(api.queries.profiles.get, whose),
    );
    expect(profile.read).toBeLessThanOrEqual(16);
    const week = { challengeId, board: "week", key: "2" } as const;
    const weekPage = await measure(scene, "week page of 25", (ctx) =>
      ctx.runQuery(api.queries.leaderboards.page, week),
    );
    expect(weekPage.read).toBeLessThanOrEqual(80);
    const around = await measure(scene, "10 rows above and below", (ctx) =>
      ctx.runQuery(api.queries.leaderboards.around, { ...whose, count: 10 }),
    );
    expect(around.read).toBeLessThanOrEqual(48);
    const ownWeek = await measure(scene, "own row of a week", (ctx) =>
      ctx.runQuery(api.queries.leaderboards.ownRow, week),
    );
    expect(ownWeek.read).toBeLessThanOrEqual(10);
    const walk = await measure(scene, "ranks of yesterday of 28 people", async (ctx) => {
      const sealed = sealCtx(ctx);
      const due = await dueWalk(sealed, await needChallenge(ctx, challengeId), Date.now());
      if (due) await walkBatch(sealed, due);
    });
    expect(walk.written).toBeLessThanOrEqual(28 + 2);
    expect(Math.min(page.read, standing.read, profile.read)).toBeGreaterThan(5);
  });
});

afterAll(() => {
  console.table(Object.fromEntries(costs));
});
