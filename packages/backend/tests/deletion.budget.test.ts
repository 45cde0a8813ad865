import type { TransactionMetrics } from "convex/server";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { newAchievement } from "./achievements.setup";
import { fillAggregate } from "./aggregateFill.setup";
import type { TestBackend } from "./backend.setup";
import { type BusyScene, CHALLENGE_NAME, newBusyScene } from "./deletion.setup";
import { makePlatformAdmin } from "./deletionTraffic.setup";
import { joined, km, log, newScene, settled, standAtNoon } from "./ledger.setup";
import { stubSignInEnvironment } from "./signIn.setup";

beforeAll(stubSignInEnvironment);
beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

/** Activities in the aggregate of the challenge; the tree's depth is what the figures depend on. */
const FILL = Number(process.env.MILEPOST_BUDGET_ACTIVITIES ?? 10_000);
const MIB = 1024 * 1024;
/** 40 % of what Convex allows a transaction: what a batch of a job gets. */
const LIMITS = { ranges: 1_638, read: 12_800, written: 6_400, mib: 6.4 };

type Cost = typeof LIMITS;
const costs: Array<[string, Cost]> = [];

const costOf = (metrics: TransactionMetrics): Cost => ({
  ranges: metrics.databaseQueries.used,
  read: metrics.documentsRead.used,
  written: metrics.documentsWritten.used,
  mib: Math.max(metrics.bytesRead.used, metrics.bytesWritten.used) / MIB,
});

/** Runs the steps of a job, and answers the largest figures of one step, by the item the step follows. */
async function measureJob(t: TestBackend, kind: string): Promise<Map<string, Cost>> {
  const largest = new Map<string, Cost>();
  for (let step = 0; step < 500; step += 1) {
    const job = await t.run(async (ctx) => {
      const jobs = await ctx.db.query("jobs").collect();
      return jobs.find((one) => one.kind === kind && one.status !== "completed") ?? null;
    });
    if (job === null) return largest;
    expect([job.status, job.error]).toEqual(["running", null]);
    const { _id: jobId, ticket, cursor, stage } = job;
    const cost = await t.run(async (ctx) => {
      await ctx.runMutation(internal.mutations.maintenance.step, { jobId, ticket });
      return costOf(await ctx.meta.getTransactionMetrics());
    });
    const where = kind === "deleteChallenge" ? `${stage} after ${cursor ?? "nothing"}` : "step";
    const before = largest.get(where) ?? { ranges: 0, read: 0, written: 0, mib: 0 };
    const larger = (field: keyof Cost) => Math.max(before[field], cost[field]);
    largest.set(where, {
      ranges: larger("ranges"),
      read: larger("read"),
      written: larger("written"),
      mib: larger("mib"),
    });
  }
  throw new Error("the job does not end");
}

/** Notes what a step cost, and answers the figures that are not far below the limits. */
function nearLimits(what: string, cost: Cost): string[] {
  costs.push([what, { ...cost, mib: Math.ceil(cost.mib * 100) / 100 }]);
  const fields = ["ranges", "read", "written", "mib"] as const;
  return fields
    .filter((field) => cost[field] >= LIMITS[field])
    .map((field) => `${what}: ${cost[field]} ${field}`);
}

/** More than one step takes of most things: people who logged, five of them with an archive of 110 runs. */
async function fillChallenge(scene: BusyScene): Promise<void> {
  const { t, challengeId, admin } = scene;
  const { joinCode = "" } = await admin.as.query(api.queries.challenges.get, { challengeId });
  for (let number = 0; number < 105; number += 1) {
    const member = await joined(t, joinCode, `Person ${number}`);
    await log(scene, member, { notes: "n".repeat(2_000) });
    if (number >= 5) continue;
    for (const chunk of [0, 1])
      await admin.as.mutation(api.mutations.imports.importActivities, {
        challengeId,
        source: "archive",
        rows: Array.from({ length: 55 }, (_, index) => archiveRow(chunk * 55 + index)),
        allowDuplicates: true,
        onBehalfOf: member.userId,
        reason: "From an archive",
      });
  }
}

function archiveRow(number: number) {
  const loggedDate = `2026-06-${String(1 + (number % 9)).padStart(2, "0")}`;
  const startedAt = Date.parse(`${loggedDate}T08:00:00Z`) + number * 60_000;
  return { externalId: `r${number}`, sport: "Run", startedAt, loggedDate, metrics: km(1) };
}

describe("H1 K6 the steps of", () => {
  test("a large challenge's deletion stay far below the limits", { timeout: 300_000 }, async () => {
    const scene = await newBusyScene();
    const { t, challengeId, admin } = scene;
    await makePlatformAdmin(scene);
    await fillChallenge(scene);
    await settled(t);
    const wish = { challengeId, confirm: CHALLENGE_NAME };
    await admin.as.mutation(api.mutations.challenges.delete, wish);
    const steps = [...(await measureJob(t, "deleteChallenge"))];
    const large = steps.filter(([, { written, mib }]) => written > 150 || mib > 0.3);
    expect(large.length).toBeGreaterThanOrEqual(3);
    expect(large.flatMap(([where, cost]) => nearLimits(where, cost))).toEqual([]);
  });

  test("a deletion empty a large aggregate at once", async () => {
    const scene = await newScene();
    const { t, challengeId, admin } = scene;
    await fillAggregate(scene, FILL);
    await log(scene, scene.ada);
    await makePlatformAdmin(scene);
    await admin.as.mutation(api.mutations.challenges.delete, {
      challengeId,
      confirm: CHALLENGE_NAME,
    });
    const steps = await measureJob(t, "deleteChallenge");
    expect(nearLimits("aggregate", steps.get("1 after nothing") ?? LIMITS)).toEqual([]);
  });

  test("taking a person's points stay far below the limits", { timeout: 300_000 }, async () => {
    const scene = await newScene();
    const { t, challengeId, admin, ada } = scene;
    await fillAggregate(scene, FILL);
    for (let times = 1; times <= 5; times += 1)
      await newAchievement(scene, {
        name: `Runs ${times}`,
        criteria: { kind: "count", activityTypeIds: [scene.types.run], times },
        frequency: "perQualifyingSet",
      });
    for (const day of ["07", "08", "09", "10"])
      for (let row = 0; row < 6; row += 1) {
        vi.setSystemTime(Date.now() + 61_000);
        await log(scene, ada, { loggedDate: `2026-06-${day}`, metrics: km(2 + row) });
      }
    await settled(t);
    const wish = { challengeId, userId: ada.userId, points: "remove", reason: "Made up" } as const;
    await admin.as.mutation(api.mutations.participants.remove, wish);
    const { step = LIMITS } = Object.fromEntries(await measureJob(t, "takePoints"));
    expect(nearLimits("takePoints", step)).toEqual([]);
  });
});

afterAll(() => {
  console.table(Object.fromEntries(costs));
});
