import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { Id } from "../_generated/dataModel";
import { refusalOf } from "../lib/errors";
import { importActivities } from "../lib/pointLedger/importChunk";
import { awardBonusActivity, revokeBonusActivity } from "../lib/pointLedger/awards";
import {
  editActivity,
  logActivity,
  restoreActivity,
  softDeleteActivity,
} from "../lib/pointLedger/verbs";
import type { Posted } from "../lib/pointLedger/commit";
import { MAX_ROWS_PER_CHALLENGE, MAX_TOTAL_POINTS } from "../lib/rules/ledger";
import type { TypeRule } from "../lib/rules/ledger";
import { MAX_ROWS_PER_DAY } from "../lib/rules/limits";
import type { Rule } from "../tables/scoring";
import { refusalFrom } from "./backend.setup";
import { ADA, CHALLENGE, MemoryLedger } from "./memoryLedger.setup";

const RUN = "run" as Id<"activityTypes">;
const FIXED = "fixed" as Id<"activityTypes">;
const PENALTY = "penalty" as Id<"activityTypes">;
const LIMITED = "limited" as Id<"activityTypes">;

function rule(scoring: Rule["scoring"], more: Partial<Rule> = {}): Rule {
  return {
    scoring,
    bonuses: [],
    limits: {},
    contributesToStreak: true,
    isNegative: false,
    ...more,
  };
}

const perKm = (pointsPerUnit: number) =>
  rule({ kind: "perUnit", metric: "distance_m", unit: "km", pointsPerUnit });

/** Two versions of a run: the second pays ten times as much. */
const TYPES: TypeRule[] = [
  { activityTypeId: RUN, version: 1, rule: perKm(10) },
  { activityTypeId: RUN, version: 2, rule: perKm(100) },
  { activityTypeId: FIXED, version: 1, rule: rule({ kind: "fixed", points: 1_000_000 }) },
  {
    activityTypeId: PENALTY,
    version: 1,
    rule: rule({ kind: "fixed", points: 5 }, { isNegative: true }),
  },
  {
    activityTypeId: LIMITED,
    version: 1,
    rule: rule({ kind: "fixed", points: 4 }, { limits: { maxPerChallenge: 5 } }),
  },
];

const user = { kind: "user", userId: ADA } as const;
const BASE = { challenge: CHALLENGE, userId: ADA, actor: user, zone: "UTC" };

let ledger: MemoryLedger;
beforeEach(() => {
  ledger = new MemoryLedger(TYPES);
});

const run = (loggedDate: string, kilometres: number) =>
  logActivity(ledger, {
    ...BASE,
    activityTypeId: RUN,
    loggedDate,
    metrics: { distance_m: kilometres * 1000 },
  });

const activity = (posted: Posted) => ledger.row(posted.activityId);

describe("the ledger on maps with a clock of its own", () => {
  test("days beyond the week of a change are read only where the streak takes them", async () => {
    for (const day of ["2026-06-03", "2026-06-07", "2026-06-08", "2026-06-08"]) await run(day, 1);
    const last = await run("2026-06-09", 1);
    expect(ledger.standing).toMatchObject({ streakLength: 3, streakBonusPoints: 1 + 1 + 2 + 3 });
    expect(ledger.fullReads).toBe(0);
    await run("2026-06-06", 1);
    expect(ledger.fullReads).toBe(1);
    await softDeleteActivity(ledger, { ...BASE, activity: activity(last) });
    expect(ledger.fullReads).toBe(2);
    expect(ledger.standing).toMatchObject({ streakLength: 3, longestStreak: 3 });
    expect(ledger.findings()).toEqual([]);
  });

  test("a limit of the challenge asks for all days where it binds, not where a row leaves it", async () => {
    const deed = { ...BASE, loggedDate: "2026-06-10", metrics: {} };
    const removed = await logActivity(ledger, { ...deed, activityTypeId: LIMITED });
    const changed = await logActivity(ledger, { ...deed, activityTypeId: LIMITED });
    expect(ledger.fullReads).toBe(2);
    await softDeleteActivity(ledger, { ...BASE, activity: activity(removed) });
    await editActivity(ledger, {
      ...BASE,
      activity: activity(changed),
      activityTypeId: PENALTY,
    });
    expect(ledger.fullReads).toBe(2);
    await restoreActivity(ledger, { ...BASE, activity: activity(removed) });
    expect(ledger.fullReads).toBe(3);
    expect(ledger.findings()).toEqual([]);
  });

  test("a day of the running streak pays its position, up to the cap", async () => {
    const totals = [];
    for (let day = 1; day <= 4; day += 1) {
      ledger.nowMs = Date.parse(`2026-06-0${day}T12:00:00Z`);
      totals.push((await run(`2026-06-0${day}`, 1)).totalPoints);
    }
    // 100 a day, and 1, 1+2, 1+2+3, 1+2+3+4.
    expect(totals).toEqual([101, 203, 306, 410]);
    expect(ledger.events.map(({ seq, kind }) => `${seq} ${kind}`)).toEqual([
      "1 created",
      "2 created",
      "3 created",
      "4 repriced",
      "5 created",
      "6 repriced",
      "7 created",
      "8 repriced",
    ]);
    expect(ledger.findings()).toEqual([]);
  });

  test("reachedAt is when the total last moved", async () => {
    const first = await run("2026-06-10", 1);
    const { reachedAt } = ledger.standing;
    expect(reachedAt).toBe(ledger.nowMs);
    ledger.nowMs += 60_000;
    const change = { metrics: { distance_m: 1000, duration_s: 300 } };
    await editActivity(ledger, { ...BASE, activity: activity(first), ...change });
    expect(ledger.standing.reachedAt).toBe(reachedAt);
    await softDeleteActivity(ledger, { ...BASE, activity: activity(first) });
    expect(ledger.standing.reachedAt).toBe(ledger.nowMs);
  });

  test("an edit is scored by the row's version, a new type by its current one", async () => {
    const posted = await logActivity(ledger, {
      ...BASE,
      activityTypeId: PENALTY,
      loggedDate: "2026-06-10",
      metrics: { distance_m: 2000 },
    });
    expect(posted.pointsEarned).toBe(-5);
    const args = { ...BASE, activity: activity(posted), activityTypeId: RUN };
    expect((await editActivity(ledger, args)).pointsEarned).toBe(200);
    expect(activity(posted).ruleVersion).toBe(2);
  });

  test("an award is paid once per key, taken back once, and given again under its row", async () => {
    const award = {
      ...BASE,
      actor: { kind: "system" } as const,
      source: "achievement" as const,
      awardKey: "first-week",
      loggedDate: "2026-06-05",
      points: 25,
      label: "First week",
    };
    const first = await awardBonusActivity(ledger, award);
    expect(first).toMatchObject({ pointsEarned: 25, totalPoints: 25 });
    const writes = ledger.writes;
    expect(await awardBonusActivity(ledger, award)).toEqual(first);
    expect(ledger.writes).toBe(writes);
    const system = { ...BASE, actor: award.actor };
    const row = () => ledger.row(first.activityId);
    await revokeBonusActivity(ledger, { ...system, activity: row() });
    const revoked = await revokeBonusActivity(ledger, { ...system, activity: row() });
    expect(revoked).toMatchObject({ pointsEarned: 0, totalPoints: 0, version: 2 });
    const again = await awardBonusActivity(ledger, { ...award, points: 30 });
    expect(again).toMatchObject({ activityId: first.activityId, pointsEarned: 30, version: 3 });
    expect(ledger.standing.activityCount).toBe(0);
    expect(ledger.findings()).toEqual([]);
  });

  test("participants cannot touch system rows", async () => {
    await run("2026-06-10", 1);
    const { streakActivityId } = ledger.standing;
    const args = { ...BASE, activity: ledger.row(streakActivityId ?? "") };
    for (const verb of [editActivity, softDeleteActivity, restoreActivity]) {
      expect((await refusalFrom(verb(ledger, args))).code).toBe("SYSTEM_ROW");
    }
    const refusal = await refusalFrom(revokeBonusActivity(ledger, args));
    expect(refusal).toEqual({ code: "NOT_FOUND", what: "award" });
  });

  test("D2 a total stops at a thousand million", async () => {
    const totalPoints = MAX_TOTAL_POINTS - 500_000;
    ledger.standing = { ...ledger.standing, totalPoints, negTotal: -totalPoints };
    const writes = ledger.writes;
    const refusal = await refusalFrom(fixed("2026-06-10"));
    expect(refusal).toEqual({ code: "LIMIT_REACHED", limit: "totalPoints", max: MAX_TOTAL_POINTS });
    expect(ledger.writes).toBe(writes);
  });

  test("2,000 rows are the most, and the streak row always has its place", async () => {
    ledger.standing = { ...ledger.standing, rowCount: MAX_ROWS_PER_CHALLENGE - 2 };
    await run("2026-06-10", 1);
    expect(ledger.standing.rowCount).toBe(MAX_ROWS_PER_CHALLENGE);
    const full = { code: "LIMIT_REACHED", limit: "rowsPerChallenge" };
    expect(await refusalFrom(run("2026-06-10", 1))).toMatchObject(full);
    ledger = new MemoryLedger(TYPES);
    ledger.standing = { ...ledger.standing, rowCount: MAX_ROWS_PER_CHALLENGE - 1 };
    expect(await refusalFrom(run("2026-06-10", 1))).toMatchObject(full);
  });

  test("30 live rows are the most of a day, removed ones are not counted", async () => {
    const posted = [];
    for (let count = 0; count < MAX_ROWS_PER_DAY; count += 1)
      posted.push(await run("2026-06-10", 0.1));
    const refusal = await refusalFrom(run("2026-06-10", 0.1));
    expect(refusal).toMatchObject({ code: "LIMIT_REACHED", limit: "rowsPerDay" });
    const last = posted.at(-1);
    if (last) await softDeleteActivity(ledger, { ...BASE, activity: activity(last) });
    await run("2026-06-10", 0.1);
    const restored = last && restoreActivity(ledger, { ...BASE, activity: activity(last) });
    // K3: its place was taken meanwhile.
    expect(await refusalFrom(Promise.resolve(restored))).toMatchObject({ limit: "rowsPerDay" });
  });

  test("D3 whatever is added and taken away again leaves exactly nothing", async () => {
    const posted = [];
    for (const length of [0.1, 0.2, 0.3, 7.7, 12.35]) posted.push(await run("2026-06-09", length));
    for (const one of posted)
      await softDeleteActivity(ledger, { ...BASE, activity: activity(one) });
    expect(ledger.sum).toBe(0);
    expect(Object.is(ledger.standing.negTotal, 0)).toBe(true);
    expect(ledger.findings()).toEqual([]);
  });
});

const fixed = (loggedDate: string) =>
  logActivity(ledger, { ...BASE, activityTypeId: FIXED, loggedDate, metrics: {} });

type Step = { verb: number; pick: number; day: number; amount: number };

/** One random step, refused or not. */
async function take({ verb, pick, day, amount }: Step): Promise<void> {
  ledger.nowMs += 1000;
  const loggedDate = `2026-06-${String(1 + (day % 12)).padStart(2, "0")}`;
  const metrics = { distance_m: amount };
  const ids = [...ledger.rows.keys()];
  const id = ids[pick % Math.max(ids.length, 1)];
  const types = [RUN, RUN, PENALTY];
  const activityTypeId = types[pick % 3] ?? RUN;
  if (verb < 3 || id === undefined) {
    await logActivity(ledger, { ...BASE, activityTypeId, loggedDate, metrics });
    return;
  }
  const args = { ...BASE, activity: ledger.row(id) };
  if (verb === 3) await editActivity(ledger, { ...args, loggedDate, metrics });
  if (verb === 4) await editActivity(ledger, { ...args, activityTypeId });
  if (verb === 5) await softDeleteActivity(ledger, args);
  if (verb === 6) await restoreActivity(ledger, args);
  if (verb === 7)
    await importActivities(ledger, {
      ...BASE,
      source: "archive",
      rows: archiveRows(pick, amount, day),
    });
}

async function isRefused(step: Promise<void>): Promise<boolean> {
  try {
    await step;
    return false;
  } catch (error) {
    if (refusalOf(error) === null) throw error;
    return true;
  }
}

function archiveRows(pick: number, amount: number, day: number) {
  return [pick, pick + 1, pick + 2].map((number) => {
    const loggedDate = `2026-06-${String(1 + ((day + number) % 12)).padStart(2, "0")}`;
    return {
      externalId: `ride-${number % 7}`,
      sport: number % 5 === 0 ? "Curling" : "Run",
      startedAt: Date.parse(`${loggedDate}T08:00:00Z`),
      loggedDate,
      metrics: { distance_m: amount },
    };
  });
}

describe("L1 to L5, L7", () => {
  test("hold after every step of any sequence", async () => {
    const step = fc.record({
      verb: fc.nat(7),
      pick: fc.nat(40),
      day: fc.nat(11),
      amount: fc.oneof(fc.nat(5000), fc.constantFrom(Number.NaN, -1, Infinity, 1e308, 0.0001)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: "max" }), async (steps) => {
        ledger = new MemoryLedger(TYPES);
        for (const one of steps) {
          const { writes } = ledger;
          const wasRefused = await isRefused(take(one));
          expect(wasRefused && ledger.writes !== writes, "a refused step wrote").toBe(false);
          expect(ledger.findings()).toEqual([]);
        }
      }),
      { numRuns: Number(process.env.MILEPOST_SEQUENCES ?? 100) },
    );
  });
});
