import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { refusalOf } from "../lib/errors";
import { sealActivity } from "../lib/pointLedger/corrections";
import { importActivities } from "../lib/pointLedger/importChunk";
import { planRescore, rescoreAccount } from "../lib/pointLedger/rescore";
import {
  editActivity,
  logActivity,
  restoreActivity,
  softDeleteActivity,
} from "../lib/pointLedger/verbs";
import type { Posted } from "../lib/pointLedger/commit";
import type { StoredActivity } from "../lib/rules/ledger";
import type { TypeRule } from "../lib/rules/ledger";
import { refusalFrom } from "./backend.setup";
import { DRINK, JOG, modelOfDay, versionsOf } from "./dayModel.setup";
import { CHALLENGE } from "./memoryLedger.setup";
import { args, BASE, jog, ledger, row, sealNow, start, types, YESTERDAY } from "./dayPricing.setup";

beforeEach(() => start(2));

describe("a rescore", () => {
  const system = { ...BASE, actor: { kind: "system" } as const };
  const all = () => [...ledger.rows.values()];

  test("is what its plan says, once, around sealed and deleted rows", async () => {
    start(1);
    const [first, sealed, removed] = [await jog(2), await jog(3), await jog(4)];
    const other = await jog(2, YESTERDAY);
    await sealNow(sealed);
    await softDeleteActivity(ledger, args(removed));
    types.push(...versionsOf(JOG).slice(1));
    const versions = { [JOG]: 2 };
    const { writes } = ledger;
    const plan = await planRescore(ledger, { ...system, rows: all(), versions }, ledger.now());
    expect(ledger.writes).toBe(writes);
    const done = await rescoreAccount(ledger, { ...system, rows: all(), versions });
    expect(done).toEqual(plan);
    expect(done).toMatchObject({
      skipped: [{ activityId: sealed.activityId, reason: "RAW_EXPIRED" }],
      totalBefore: 73,
      totalAfter: 87,
    });
    const of = ({ activityId }: Posted) => done.rows.find((one) => one.activityId === activityId);
    expect(of(first)).toMatchObject({ pointsBefore: 20, pointsAfter: 27, versionAfter: 2 });
    expect(of(other)).toMatchObject({ pointsBefore: 20, pointsAfter: 27, versionBefore: 1 });
    expect(row(removed).ruleVersion).toBe(1);
    expect(ledger.events.at(-1)).toMatchObject({ kind: "repriced", reason: "rescored" });
    expect(ledger.findings()).toEqual([]);
    const again = ledger.writes;
    await rescoreAccount(ledger, { ...system, rows: all(), versions });
    expect(ledger.writes).toBe(again);
  });

  test("chunk by chunk ends where one chunk does, and totals agree in between", async () => {
    start(1);
    for (const kilometres of [2, 1, 3, 4]) await jog(kilometres);
    types.push(...versionsOf(JOG).slice(1));
    const versions = { [JOG]: 3 };
    const rows = all().filter(({ activityTypeId }) => activityTypeId === JOG);
    const plan = await planRescore(ledger, { ...system, rows, versions }, ledger.now());
    for (const one of rows) {
      await rescoreAccount(ledger, { ...system, rows: [ledger.row(one._id)], versions });
      expect(ledger.findings()).toEqual([]);
    }
    expect(ledger.standing.totalPoints).toBe(plan.totalAfter);
    expect(rows.map(({ _id }) => ledger.row(_id).pointsEarned)).toEqual([23, 10, 32, 0]);
  });

  test("leaves rows the new rule cannot score, and refuses after the end", async () => {
    const first = await jog(2);
    const [, , last] = versionsOf(JOG);
    if (last === undefined) throw new Error("no version");
    const scoring = { ...last.rule.scoring, metric: "steps", unit: "each" } as const;
    types.push({ ...last, rule: { ...last.rule, scoring } as TypeRule["rule"] });
    const versions = { [JOG]: 3 };
    const { writes } = ledger;
    const done = await rescoreAccount(ledger, { ...system, rows: all(), versions });
    expect(done.skipped).toEqual([{ activityId: first.activityId, reason: "INVALID_INPUT" }]);
    expect(ledger.writes).toBe(writes);
    const challenge = { ...CHALLENGE, finalAt: ledger.now() };
    const rescore = rescoreAccount(ledger, { ...system, challenge, rows: all(), versions });
    expect(await refusalFrom(rescore)).toMatchObject({ code: "CHALLENGE_FINAL" });
  });
});

const step = fc.record({
  verb: fc.nat(11),
  pick: fc.nat(40),
  day: fc.nat(2),
  amount: fc.nat(5),
  isJog: fc.boolean(),
});
type Step = Parameters<Parameters<typeof step.map>[0]>[0];

/** One random step, refused or not. */
async function take({ verb, pick, day, amount, isJog }: Step): Promise<void> {
  ledger.nowMs += 1000;
  const loggedDate = `2026-06-0${7 + day}`;
  const activityTypeId = isJog ? JOG : DRINK;
  const metrics = { distance_m: amount * 1000, count: amount };
  const own = [...ledger.rows.values()].filter((one) => one.activityTypeId !== null);
  const activity = own[pick % Math.max(own.length, 1)];
  if (verb < 4 || activity === undefined) {
    await logActivity(ledger, { ...BASE, activityTypeId, loggedDate, metrics });
  } else if (verb === 4) {
    await editActivity(ledger, { ...BASE, activity, loggedDate, metrics });
  } else if (verb === 5) {
    await editActivity(ledger, { ...BASE, activity, activityTypeId, metrics });
  } else if (verb === 6) {
    await softDeleteActivity(ledger, { ...BASE, activity });
  } else if (verb === 7) {
    await restoreActivity(ledger, { ...BASE, activity });
  } else if (verb === 8) {
    await sealActivity(ledger, { activity });
  } else if (verb === 9) {
    const next =
      versionsOf(activityTypeId)[
        types.filter((type) => type.activityTypeId === activityTypeId).length
      ];
    if (next) types.push(next);
  } else if (verb === 10) {
    const version = types.filter((type) => type.activityTypeId === activityTypeId).length;
    const rows = own.slice(0, pick);
    await rescoreAccount(ledger, { ...BASE, rows, versions: { [activityTypeId]: version } });
  } else {
    const rows = [pick, pick + 1, pick + 2].map((number) => ({
      externalId: `ride-${number % 5}`,
      sport: number % 2 === 0 ? "Jog" : "Drink",
      startedAt: Date.parse(`${loggedDate}T08:00:00Z`),
      loggedDate,
      metrics,
    }));
    const chunk = { ...BASE, source: "archive" as const, allowDuplicates: true, rows };
    await importActivities(ledger, chunk);
  }
}

async function isRefused(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return false;
  } catch (error) {
    if (refusalOf(error) === null) throw error;
    return true;
  }
}

/** What the model says about every row, against what is stored. */
function expectPriced(): void {
  const days = new Map<string, StoredActivity[]>();
  for (const one of ledger.rows.values()) {
    if (one.activityTypeId === null || one.deletedAt !== undefined) continue;
    const key = `${one.activityTypeId}/${one.loggedDate}`;
    days.set(key, [...(days.get(key) ?? []), one]);
  }
  for (const rows of days.values()) {
    const stored = rows.map(({ _id, pointsEarned }) => [_id, pointsEarned]);
    expect(stored).toEqual([...modelOfDay(rows)]);
    const carried = rows.flatMap(({ carriedBonuses = [] }) => carriedBonuses);
    expect(carried.length, "a bonus of the day is carried twice").toBe(new Set(carried).size);
    for (const one of rows) {
      const sum = one.breakdown.reduce((total, { points }) => total + points, 0);
      expect(sum).toBe(one.pointsEarned);
    }
  }
}

describe("D6 L1 to L5, L7 of days", () => {
  test("hold after every step of any sequence, and points are the pricing of the live rows", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: "max" }), async (steps) => {
        start(1);
        for (const one of steps) {
          const { writes } = ledger;
          const wasRefused = await isRefused(take(one));
          expect(wasRefused && ledger.writes !== writes, "a refused step wrote").toBe(false);
          expectPriced();
          expect(ledger.findings()).toEqual([]);
        }
      }),
      { numRuns: Number(process.env.MILEPOST_SEQUENCES ?? 150) },
    );
  });
});
