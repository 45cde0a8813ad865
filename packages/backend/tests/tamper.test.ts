import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { needChallenge } from "../lib/access";
import { repairAccount } from "../lib/pointLedger";
import type { Finding } from "../lib/rules/verifyAccount";
import { sealCtx } from "../lib/tableOwners";
import { refusalFrom } from "./backend.setup";
import { runWhole } from "./jobs.setup";
import {
  accountOf,
  km,
  log,
  newScene,
  type Scene,
  standAtNoon,
  TODAY,
  YESTERDAY,
} from "./ledger.setup";
import { drawFrom, type Draw } from "./random.setup";
import { newAchievement } from "./achievements.setup";
import { type Account, AWARDS, DERIVED, LEDGER, ROWS, type Tampering } from "./tamper.setup";

/** Every kind three times; `npm run proofs` does many more. */
const TAMPERINGS = Number(process.env.MILEPOST_TAMPERINGS ?? 75);
const FRESH = 100;
const SEED = Number(process.env.MILEPOST_SEED ?? 20_260_610);

/** Ada with a full account, an award and a removed row included, and Bob with one run. */
async function tamperScene(): Promise<Scene> {
  const made = await newScene();
  await newAchievement(made);
  await log(made, made.ada, { loggedDate: "2026-06-04" });
  await log(made, made.ada, { loggedDate: YESTERDAY });
  await log(made, made.ada, { metrics: km(3) });
  await log(made, made.ada, { type: "drink", metrics: { count: 2 } });
  const { activityId } = await log(made, made.ada, { type: "stretch" });
  await made.ada.as.mutation(api.mutations.activities.remove, { activityId });
  await log(made, made.bob);
  return made;
}

let scene: Scene;
beforeAll(async () => {
  standAtNoon();
  scene = await tamperScene();
});
afterAll(() => {
  vi.useRealTimers();
});

/** What repair, or its dry run, says about Ada. */
async function repair(dryRun: boolean): Promise<Finding[]> {
  const { t, challengeId, ada } = scene;
  return await t.run(async (raw) => {
    const ctx = sealCtx(raw);
    const challenge = await needChallenge(ctx, challengeId);
    const args = { challenge, userId: ada.userId, dryRun, at: Date.now() };
    return (await repairAccount(ctx, args)).findings;
  });
}

async function verify(): Promise<string[]> {
  const { t, challengeId } = scene;
  const { findings } = await t.query(internal.queries.maintenance.verifyPage, { challengeId });
  return findings.map(({ kind }) => kind);
}

/** Ids and moments of writing are new where a row was made anew. */
function contentOf({ standing, rows, days, boards, events }: Account): string {
  const plain = (row: object) =>
    JSON.stringify({ ...row, _id: null, _creationTime: null, version: null });
  const sorted = (list: object[]) => list.map(plain).sort();
  return JSON.stringify([
    plain(standing),
    ...[rows, days, boards, events].map((list) => sorted(list)),
  ]);
}

/** What counts: without tombstones, the history, and when points last moved. */
function countedOf({ standing, rows, days, boards }: Account): string {
  const { totalPoints, negTotal, activityCount, streakBonusPoints } = standing;
  const live = rows.filter(({ deletedAt }) => deletedAt === undefined);
  const given = live.map((row) => [row.source, row.awardKey, row.loggedDate, row.pointsEarned]);
  const sums = [...days, ...boards].map(({ points, activityCount: count }) => [points, count]);
  const sorted = [given, sums].map((list) => list.map((item) => JSON.stringify(item)).sort());
  return JSON.stringify([totalPoints, negTotal, activityCount, streakBonusPoints, sorted]);
}

/** Damages Ada's account, and answers what is wrong with how that was found and repaired; null when nothing is. */
async function trial(tampering: Tampering, draw: Draw): Promise<string | null> {
  const { t, ada } = scene;
  const before = await accountOf(scene, ada);
  let undo: Awaited<ReturnType<Tampering["damage"]>>;
  await t.run(async (ctx) => {
    undo = await tampering.damage(ctx, before, draw);
  });
  const found = await verify();
  if (!found.includes(tampering.kind)) return `found ${found.join(", ") || "nothing"}`;
  const dry = JSON.stringify(await repair(true));
  const real = JSON.stringify(await repair(false));
  if (dry !== real) return `the dry run says ${dry}, the repair ${real}`;
  const left = (await repair(false)).filter(({ cure }) => cure !== "explain");
  if (left.length > 0) return `a second repair finds ${JSON.stringify(left)}`;
  if (undo === undefined) {
    if ((await verify()).length > 0) return "verify still finds something";
  } else await t.run(async (ctx) => void (await undo?.(ctx)));
  const compared = AWARDS.includes(tampering) ? countedOf : contentOf;
  return compared(await accountOf(scene, ada)) === compared(before)
    ? null
    : "it is another account";
}

describe("C4 C5 C6 tampering", () => {
  test(
    `${TAMPERINGS} random ones are found and named, repaired where they may be, and reported where not`,
    async () => {
      const draw = drawFrom(SEED);
      const kinds = [...DERIVED, ...AWARDS, ...LEDGER];
      for (let count = 0; count < TAMPERINGS; count += 1) {
        // Every kind comes in turn, what exactly is damaged is drawn.
        const tampering = kinds[count % kinds.length];
        // Tombstones and events stay: an account that grew is no better to damage.
        if (count > 0 && count % FRESH === 0) scene = await tamperScene();
        if (tampering === undefined) throw new Error("no such kind");
        const problem = await trial(tampering, draw);
        expect(problem, `${tampering.what}, tampering ${count} of seed ${SEED}`).toBeNull();
      }
      console.log(`${TAMPERINGS} tamperings of ${kinds.length} kinds, seed ${SEED}`);
    },
    60_000 + TAMPERINGS * 100,
  );

  test.each([...DERIVED, ...AWARDS])(
    "$what is repaired by a job, and the next one finds nothing",
    async (one) => {
      const account = await accountOf(scene, scene.ada);
      await scene.t.run(async (ctx) => void (await one.damage(ctx, account, drawFrom(1))));
      const dry = await runWhole(scene, "repair", { dryRun: true });
      const real = await runWhole(scene, "repair");
      expect(real.findings).toEqual(dry.findings);
      expect(real.findings.map(({ kind }) => kind)).toContain(one.kind);
      expect((await runWhole(scene, "repair")).findings).toEqual([]);
      const compared = AWARDS.includes(one) ? countedOf : contentOf;
      expect(compared(await accountOf(scene, scene.ada))).toBe(compared(account));
    },
  );

  test.each(ROWS)("$what is named, and no repair settles it", async (one) => {
    scene = await tamperScene();
    const { t, challengeId, ada } = scene;
    const row = { externalId: "1", sport: "Run", startedAt: Date.parse("2026-06-10T06:00:00Z") };
    const rows = [{ ...row, loggedDate: TODAY, metrics: km(5) }];
    const { importActivities } = api.mutations.imports;
    await ada.as.mutation(importActivities, { challengeId, source: "archive", rows });
    const account = await accountOf(scene, ada);
    let undo: Awaited<ReturnType<Tampering["damage"]>>;
    await t.run(async (ctx) => {
      undo = await one.damage(ctx, account, drawFrom(1));
    });
    const copy = (await accountOf(scene, ada)).rows.at(-1);
    const wanted = { kind: one.kind, about: copy?._id, expected: null, cure: "none" };
    for (const found of [await repair(true), await repair(false), await repair(false)])
      expect(found.filter(({ kind }) => kind === one.kind)).toMatchObject([wanted]);
    expect((await accountOf(scene, ada)).rows.at(-1)).toMatchObject({ externalId: "1" });
    await t.run(async (ctx) => void (await undo?.(ctx)));
    expect(await verify()).not.toContain(one.kind);
  });

  test("a damaged streak row of final standings stays so, and the total is the sum of the rows again", async () => {
    scene = await tamperScene();
    const { t, challengeId, ada } = scene;
    const streakRow = DERIVED.find(({ kind }) => kind === "streakRow.points");
    const account = await accountOf(scene, ada);
    await t.run(async (ctx) => void (await streakRow?.damage(ctx, account, drawFrom(1))));
    await t.run(async (ctx) => await ctx.db.patch("challenges", challengeId, { finalAt: 1 }));
    const { rows } = await accountOf(scene, ada);
    const live = rows.filter(({ deletedAt }) => deletedAt === undefined);
    const sum = live.reduce((total, { pointsEarned }) => total + pointsEarned, 0);
    const { findings } = await runWhole(scene, "repair");
    expect(findings).toContainEqual(
      expect.objectContaining({ kind: "streakRow.points", cure: "none" }),
    );
    expect(findings).toContainEqual(
      expect.objectContaining({
        kind: "standings.totalPoints",
        expected: sum,
        actual: account.standing.totalPoints,
      }),
    );
    const { standing, rows: after } = await accountOf(scene, ada);
    expect(after).toEqual(rows);
    expect(standing.totalPoints).toBe(sum);
    expect((await runWhole(scene, "verify")).findings.map(({ kind }) => kind)).not.toContain(
      "standings.totalPoints",
    );
  });

  test("an award that is there twice stays so where standings are final, and life goes on after a repair", async () => {
    scene = await tamperScene();
    const { t, challengeId, ada } = scene;
    const [twice] = AWARDS;
    const account = await accountOf(scene, ada);
    await t.run(async (ctx) => void (await twice?.damage(ctx, account, drawFrom(1))));
    await t.run(async (ctx) => await ctx.db.patch("challenges", challengeId, { finalAt: 1 }));
    const doubled = (findings: Finding[]) =>
      findings.filter(({ kind }) => kind === "award.doubled");
    expect(doubled((await runWhole(scene, "repair")).findings)).toMatchObject([
      { expected: null, actual: 100, cure: "none" },
    ]);
    await t.run(
      async (ctx) => await ctx.db.patch("challenges", challengeId, { finalAt: undefined }),
    );
    expect(doubled((await runWhole(scene, "repair")).findings)).toMatchObject([{ cure: "repair" }]);
    const { rows, events } = await accountOf(scene, ada);
    const awards = rows.filter(({ source }) => source === "achievement");
    expect(awards.map((row) => [row.awardKey === undefined, row.deletedAt === undefined])).toEqual([
      [false, true],
      [true, false],
    ]);
    expect(events.at(-1)).toMatchObject({
      kind: "deleted",
      reason: "revoked",
      actor: { kind: "system" },
    });
    // The key names one row again: losing the basis takes the award back.
    for (const row of rows.filter(({ source, deletedAt }) => source === "manual" && !deletedAt))
      await ada.as.mutation(api.mutations.activities.remove, { activityId: row._id });
    const after = await accountOf(scene, ada);
    expect(after.standing.totalPoints).toBe(0);
    expect((await runWhole(scene, "verify")).findings).toEqual([]);
  });
});

describe("C6 damage of the ledger", () => {
  test.each(LEDGER)("$what is explained by an admin, and listed as explained", async (one) => {
    scene = await tamperScene();
    const { t, challengeId, admin, ada } = scene;
    const { userId } = ada;
    const account = await accountOf(scene, ada);
    let undo: Awaited<ReturnType<Tampering["damage"]>>;
    await t.run(async (ctx) => {
      undo = await one.damage(ctx, account, drawFrom(SEED));
    });
    const { findings } = await runWhole(scene, "verify");
    const explains = findings.map(({ kind, about, actual }) => ({
      kind: kind.replace("pointEvents.", "") as "missing",
      seq: Number(about),
      points: Number(actual),
    }));
    const args = { challengeId, userId, reason: "Restored from a backup" };
    const { explain } = api.mutations.maintenance;
    const made = [{ seq: 99, kind: "missing" as const, points: 3 }];
    const refusal = await refusalFrom(admin.as.mutation(explain, { ...args, explains: made }));
    expect(refusal).toMatchObject({ code: "INVALID_INPUT", path: "explains" });
    await admin.as.mutation(explain, { ...args, explains });
    const after = await accountOf(scene, ada);
    expect(after.standing.totalPoints).toBe(account.standing.totalPoints);
    expect(after.events.at(-1)).toMatchObject({ kind: "restatement", explains });
    expect((await runWhole(scene, "repair")).findings).toMatchObject(
      findings.map(({ kind }) => ({ kind, cure: "explained" })),
    );
    // Life goes on: what is logged from now on is found to be right.
    const { activityId } = await log(scene, ada);
    await ada.as.mutation(api.mutations.activities.remove, { activityId });
    const kinds = (await runWhole(scene, "verify")).findings.map(({ cure }) => cure);
    expect(new Set(kinds)).toEqual(new Set(["explained"]));
    await t.run(async (ctx) => void (await undo?.(ctx)));
    expect((await runWhole(scene, "verify")).findings).toEqual([]);
  });
});
