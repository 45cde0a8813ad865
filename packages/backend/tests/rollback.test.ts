import { makeFunctionReference } from "convex/server";
import { v } from "convex/values";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseWriter, MutationCtx } from "../_generated/server";
import { needChallenge } from "../lib/access";
import { internalMutation } from "../lib/functions";
import * as ledger from "../lib/pointLedger";
import type { VerbArgs } from "../lib/pointLedger/commit";
import { sealCtx, type WriteCtx } from "../lib/tableOwners";
import { newAchievement } from "./achievements.setup";
import { setup, snapshotTables } from "./backend.setup";
import {
  accountOf,
  km,
  log,
  newScene,
  rowOf,
  type Scene,
  standAtNoon,
  TODAY,
  YESTERDAY,
} from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

class Fault extends Error {}

/** A mutation's ctx that throws after its `failAt`th write, of the app's tables and of components alike. */
function faultyCtx(raw: MutationCtx, failAt: number): { ctx: WriteCtx; writes: () => number } {
  let writes = 0;
  const counted =
    <Args extends unknown[], Result>(write: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      const result = await write(...args);
      writes += 1;
      if (writes === failAt) throw new Fault(`after write ${writes}`);
      return result;
    };
  const { db } = raw;
  const counting = {
    ...db,
    get: db.get.bind(db),
    query: db.query.bind(db),
    normalizeId: db.normalizeId.bind(db),
    insert: counted(db.insert.bind(db)),
    patch: counted(db.patch.bind(db) as (...args: unknown[]) => Promise<void>),
    replace: counted(db.replace.bind(db) as (...args: unknown[]) => Promise<void>),
    delete: counted(db.delete.bind(db) as (...args: unknown[]) => Promise<void>),
  } as DatabaseWriter;
  const runMutation = counted(raw.runMutation as (...args: unknown[]) => Promise<unknown>);
  const ctx = sealCtx({ ...raw, db: counting, runMutation } as MutationCtx);
  return { ctx, writes: () => writes };
}

type RunVerb = (ctx: WriteCtx, args: VerbArgs, row: Doc<"activities">) => Promise<unknown>;

const system = { kind: "system" } as const;
const award = {
  actor: system,
  source: "adjustment",
  awardKey: "thanks",
  loggedDate: TODAY,
  points: 40,
  label: "Thanks",
} as const;
const archiveRows = ["1", "2", "3"].map((externalId, index) => ({
  externalId,
  sport: "Run",
  startedAt: Date.parse("2026-06-07T08:00:00Z"),
  loggedDate: "2026-06-07",
  metrics: km(1 + index),
}));

/** Every verb, and how many writes it is known to make at least. */
const VERBS: Array<{ name: string; atLeast: number; run: RunVerb; removed?: boolean }> = [
  {
    name: "logActivity",
    atLeast: 9,
    run: async (ctx, args, row) =>
      await ledger.logActivity(ctx, {
        ...args,
        activityTypeId: row.activityTypeId as Id<"activityTypes">,
        loggedDate: YESTERDAY,
        metrics: km(2),
        note: "With a reason",
      }),
  },
  {
    name: "editActivity",
    atLeast: 9,
    run: async (ctx, args, activity) =>
      await ledger.editActivity(ctx, {
        ...args,
        activity,
        loggedDate: "2026-06-05",
        metrics: km(0.2),
      }),
  },
  {
    name: "softDeleteActivity",
    atLeast: 8,
    run: async (ctx, args, activity) => await ledger.softDeleteActivity(ctx, { ...args, activity }),
  },
  {
    name: "restoreActivity",
    atLeast: 8,
    removed: true,
    run: async (ctx, args, activity) => await ledger.restoreActivity(ctx, { ...args, activity }),
  },
  {
    name: "awardBonusActivity",
    atLeast: 5,
    run: async (ctx, args) => await ledger.awardBonusActivity(ctx, { ...args, ...award }),
  },
  {
    name: "adjustPoints",
    atLeast: 5,
    run: async (ctx, args, { userId }) =>
      await ledger.adjustPoints(ctx, {
        ...args,
        actor: { kind: "challengeAdmin", userId },
        requestId: "one",
        loggedDate: TODAY,
        points: -3,
        label: "Counted twice",
        note: "Seen on paper",
      }),
  },
  {
    name: "sealActivity",
    atLeast: 1,
    run: async (ctx, _args, activity) => await ledger.sealActivity(ctx, { activity }),
  },
  {
    name: "importActivities",
    atLeast: 13,
    run: async (ctx, args) =>
      await ledger.importActivities(ctx, { ...args, source: "archive", rows: archiveRows }),
  },
  {
    name: "rescoreAccount",
    atLeast: 8,
    run: async (ctx, args, row) =>
      await ledger.rescoreAccount(ctx, {
        ...args,
        actor: system,
        rows: [row],
        versions: { [row.activityTypeId as string]: 2 },
      }),
  },
  {
    name: "setListed",
    atLeast: 2,
    run: async (ctx, { challenge, userId }) =>
      await ledger.setListed(ctx, { challengeId: challenge._id, userId, listed: false }),
  },
];

/** A scene in which Ada has one row, live or removed. */
async function sceneWithRow(removed = false, t = setup()) {
  const scene = await newScene({}, t);
  // Every run earns an award, so that verbs give, move and take back one.
  const criteria = { kind: "count" as const, activityTypeIds: [scene.types.run], times: 1 };
  await newAchievement(scene, { criteria, frequency: "perQualifyingSet", points: 3 });
  const { activityId } = await log(scene, scene.ada, { metrics: km(1.5) });
  // A version the row can be rescored to, which leaves the day too weak for the streak.
  await scene.admin.as.mutation(api.mutations.activityTypes.update, {
    activityTypeId: scene.types.run,
    scoring: { kind: "perUnit", metric: "distance_m", unit: "km", pointsPerUnit: 2 },
  });
  if (removed) await runVerb(scene, activityId, VERBS[2]?.run ?? nothing, 0);
  return { scene, activityId };
}

const nothing: RunVerb = async () => null;

/** Runs a verb on Ada's account; answers how many writes it made. */
async function runVerb(
  { t, challengeId, ada }: Scene,
  activityId: Id<"activities">,
  run: RunVerb,
  failAt: number,
): Promise<number> {
  return await t.run(async (raw) => {
    const { ctx, writes } = faultyCtx(raw, failAt);
    const challenge = await needChallenge(ctx, challengeId);
    const row = await ctx.db.get("activities", activityId);
    if (row === null) throw new Error("no row");
    const actor = { kind: "user", userId: ada.userId } as const;
    await run(ctx, { challenge, userId: ada.userId, actor, zone: "UTC" }, row);
    return writes();
  });
}

describe("B12 D14 L7", () => {
  test.each(VERBS)("$name leaves nothing behind whichever write it fails after", async (verb) => {
    const { scene, activityId } = await sceneWithRow(verb.removed);
    const before = await snapshotTables(scene.t);
    let failAt = 1;
    for (; failAt < 100; failAt += 1) {
      const outcome = await runVerb(scene, activityId, verb.run, failAt).catch((error) => error);
      if (!(outcome instanceof Error)) break;
      expect(outcome).toBeInstanceOf(Fault);
      expect(await snapshotTables(scene.t), `after write ${failAt}`).toEqual(before);
    }
    expect(failAt - 1).toBeGreaterThanOrEqual(verb.atLeast);
    expect(await snapshotTables(scene.t)).not.toEqual(before);
  });

  test("revokeBonusActivity leaves nothing behind whichever write it fails after", async () => {
    const { scene, activityId } = await sceneWithRow();
    const run: RunVerb = async (ctx, args) =>
      await ledger.awardBonusActivity(ctx, { ...args, ...award });
    await runVerb(scene, activityId, run, 0);
    const { rows } = await accountOf(scene, scene.ada);
    const awarded = rows.find(({ awardKey }) => awardKey === award.awardKey);
    const awardId = awarded?._id as Id<"activities">;
    const revoke: RunVerb = async (ctx, args, activity) =>
      await ledger.revokeBonusActivity(ctx, { ...args, actor: system, activity });
    const before = await snapshotTables(scene.t);
    for (let failAt = 1; failAt <= 5; failAt += 1) {
      await expect(runVerb(scene, awardId, revoke, failAt)).rejects.toBeInstanceOf(Fault);
      expect(await snapshotTables(scene.t)).toEqual(before);
    }
    await runVerb(scene, awardId, revoke, 0);
    expect((await rowOf(scene.t, awardId)).deletedAt).toBeDefined();
  });

  test("a nested log that throws and is caught leaves nothing behind", async () => {
    const failing = internalMutation({
      args: {
        challengeId: v.id("challenges"),
        userId: v.id("users"),
        typeId: v.id("activityTypes"),
      },
      returns: v.null(),
      handler: async (ctx, { challengeId, userId, typeId }) => {
        const challenge = await needChallenge(ctx, challengeId);
        await ledger.logActivity(ctx, {
          challenge,
          userId,
          actor: { kind: "user", userId },
          activityTypeId: typeId,
          loggedDate: TODAY,
          metrics: km(3),
        });
        throw new Fault("after the whole verb");
      },
    });
    const t = setup({ "../mutations/failing.ts": async () => ({ failing }) });
    const { scene } = await sceneWithRow(false, t);
    const before = await snapshotTables(t);
    const caught = await t.run(async (ctx) => {
      const { challengeId, ada, types } = scene;
      const reference = makeFunctionReference<"mutation">("mutations/failing:failing");
      const args = { challengeId, userId: ada.userId, typeId: types.run };
      return await ctx.runMutation(reference, args).then(
        () => "",
        (error: Error) => error.message,
      );
    });
    expect(caught).toContain("after the whole verb");
    expect(await snapshotTables(t)).toEqual(before);
  });
});
