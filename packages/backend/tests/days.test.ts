import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { refusedUnchanged } from "./backend.setup";
import {
  accountOf,
  newScene,
  rowOf,
  type Scene,
  settled,
  standAtNoon,
  TODAY,
} from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const PER_KM = { kind: "perUnit", metric: "distance_m", unit: "km", pointsPerUnit: 10 } as const;

/** A type whose first row of a day gets 7 more, at most 50 points a day. */
async function jogOf({ admin, challengeId }: Scene) {
  const { activityTypeId } = await admin.as.mutation(api.mutations.activityTypes.create, {
    challengeId,
    name: "Jog",
    contributesToStreak: true,
    scoring: PER_KM,
    bonuses: [{ kind: "oncePerDay", points: 7, label: "First" }],
    limits: { maxPointsPerDay: 50 },
  });
  return activityTypeId;
}

describe("D6 the doors price the day", () => {
  test("a removal lets the next row inherit, within the budget of a re-priced row", async () => {
    const scene = await newScene();
    const { t, ada, challengeId } = scene;
    const activityTypeId = await jogOf(scene);
    const logJog = async (kilometres: number) =>
      await ada.as.mutation(api.mutations.activities.log, {
        challengeId,
        activityTypeId,
        loggedDate: TODAY,
        metrics: { distance_m: kilometres * 1000 },
      });
    const [first, second] = [await logJog(1), await logJog(2)];
    expect([first.pointsEarned, second.pointsEarned]).toEqual([17, 20]);
    await settled(t);
    const costOf = async (activityId: typeof first.activityId) =>
      await ada.as.run(async (ctx) => {
        await ctx.runMutation(api.mutations.activities.remove, { activityId });
        const { documentsRead, documentsWritten } = await ctx.meta.getTransactionMetrics();
        return { read: documentsRead.used, written: documentsWritten.used };
      });
    const repricing = await costOf(first.activityId);
    expect((await rowOf(t, second.activityId)).pointsEarned).toBe(27);
    await ada.as.mutation(api.mutations.activities.restore, { activityId: first.activityId });
    expect((await rowOf(t, second.activityId)).pointsEarned).toBe(20);
    await settled(t);
    const plain = await costOf(second.activityId);
    expect(repricing.read - plain.read).toBeLessThanOrEqual(55);
    expect(repricing.written - plain.written).toBeLessThanOrEqual(15);
    await settled(t);
    const { standing } = await accountOf(scene, ada);
    // 17, and 1 for the first day of a streak.
    expect(standing.totalPoints).toBe(18);
    const verified = await t.query(internal.queries.maintenance.verifyPage, { challengeId });
    expect(verified.findings).toEqual([]);
  });

  test("D13 a preview is what is stored, and a wrong option is refused by each door", async () => {
    const scene = await newScene();
    const { t, admin, ada, challengeId } = scene;
    const fixed = (points: number) => ({ kind: "fixed", points }) as const;
    const when = { metric: "distance_m", unit: "km", op: "atLeast", value: 5 } as const;
    const { activityTypeId } = await admin.as.mutation(api.mutations.activityTypes.create, {
      challengeId,
      name: "Walk",
      contributesToStreak: false,
      scoring: {
        kind: "variants",
        default: "short",
        options: [
          { key: "short", label: "Short", scoring: fixed(3) },
          { key: "long", label: "Long", scoring: fixed(8), when },
        ],
      },
    });
    const metrics = { distance_m: 5000 };
    const deed = { challengeId, activityTypeId, loggedDate: TODAY, metrics };
    const long = { ...deed, variant: "long" };
    const preview = await ada.as.query(api.queries.activities.previewPoints, {
      ...long,
      today: TODAY,
    });
    const logged = await ada.as.mutation(api.mutations.activities.log, long);
    const row = await rowOf(t, logged.activityId);
    const alone = { others: [], streakBonusChange: 0, awards: [], awardsFollow: false };
    expect(preview).toEqual({ pointsEarned: 8, lines: row.breakdown, ...alone });
    expect(row).toMatchObject({ variant: "long", pointsEarned: 8 });
    const { activityId } = logged;
    const short = { distance_m: 4999 };
    for (const call of [
      () => ada.as.mutation(api.mutations.activities.log, { ...deed, variant: "none" }),
      () => ada.as.mutation(api.mutations.activities.log, { ...long, metrics: short }),
      () => ada.as.mutation(api.mutations.activities.edit, { activityId, metrics: short }),
      () => ada.as.mutation(api.mutations.activities.edit, { activityId, variant: "none" }),
      () =>
        ada.as.query(api.queries.activities.previewPoints, {
          ...long,
          metrics: short,
          today: TODAY,
        }),
    ])
      expect(await refusedUnchanged(t, "INVALID_INPUT", call)).toMatchObject({ path: "variant" });
    const edit = { activityId, variant: "short", metrics: short };
    const edited = await ada.as.mutation(api.mutations.activities.edit, edit);
    expect(edited.pointsEarned).toBe(3);
  });
});
