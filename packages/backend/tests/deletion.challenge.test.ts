import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import type { Id, TableNames } from "../_generated/dataModel";
import { beginWork } from "../lib/gameSteps";
import { record } from "../lib/moderationLog";
import { rawFetched } from "../lib/stravaRaw";
import { startRescore } from "../lib/stravaRescores";
import { recordSkip } from "../lib/stravaSkips";
import { sealCtx } from "../lib/tableOwners";
import { asNewPerson, newChallenge, refusalFrom, refusedUnchanged } from "./backend.setup";
import {
  type BusyScene,
  CHALLENGE_NAME,
  deletionJob,
  newBusyScene,
  tablesOf,
  TABLES,
  textOf,
} from "./deletion.setup";
import { jobOf, runJob } from "./jobs.setup";
import { km, log, standAtNoon } from "./ledger.setup";
import { stubSignInEnvironment } from "./signIn.setup";
import { drained } from "./strava.setup";

beforeAll(stubSignInEnvironment);
beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** Which tables belong to a challenge, directly or through something of it: a new table has to be put here. */
const IS_OF_CHALLENGE: Record<TableNames, boolean> = {
  challenges: true,
  challengeKeys: true,
  participations: true,
  activityTypes: true,
  activityTypeVersions: true,
  sportMappings: true,
  activities: true,
  achievements: true,
  achievementProgress: true,
  achievementEvaluations: true,
  pointEvents: true,
  eventNotes: true,
  standings: true,
  dayTotals: true,
  boardTotals: true,
  rankWalks: true,
  apiKeys: true,
  apiRequests: true,
  apiKeyUses: true,
  notifications: true,
  jobs: true,
  jobFindings: true,
  stravaRescores: true,
  stravaSkips: true,
  stravaLateActivities: true,
  stravaRawRows: true,
  flags: true,
  heldActivities: true,
  appeals: true,
  comments: true,
  moderationLog: true,
  miniGames: true,
  miniGameWork: true,
  miniGameResults: true,
  snapshots: true,
  snapshotRows: true,
  // An answer that is remembered names ids for a week; nothing reads through them.
  idempotencyKeys: false,
  // A task that failed in a challenge names it for a week; it is passed over.
  stravaTasks: false,
  users: false,
  people: false,
  authSessions: false,
  authAccounts: false,
  authRefreshTokens: false,
  authVerificationCodes: false,
  authVerifiers: false,
  authRateLimits: false,
  stravaConnections: false,
  stravaLinks: false,
  stravaGrants: false,
  stravaSubscriptions: false,
  stravaEvents: false,
  stravaOutcomes: false,
  stravaBudgets: false,
  stravaPurges: false,
  flaggers: false,
};
const OF_CHALLENGE = TABLES.filter((table) => IS_OF_CHALLENGE[table]);

/** The busy scene, with what only clocks and lost work leave behind. */
async function newFullScene(): Promise<BusyScene> {
  const scene = await newBusyScene("private");
  const { t, challengeId, admin, zora, zoraRow, bob } = scene;
  await admin.as.mutation(api.mutations.imports.setMapping, {
    challengeId,
    label: "Curling",
    activityTypeId: null,
  });
  await t.mutation(internal.mutations.rankWalks.startAll, {});
  await drained(t);
  await t.run(async (raw) => {
    const ctx = sealCtx(raw);
    const { userId } = zora;
    const activity = await ctx.db.get("activities", zoraRow);
    if (activity !== null) await rawFetched(ctx, activity);
    const row = {
      externalId: "404",
      sport: "Curling",
      startedAt: 0,
      loggedDate: "2026-06-09",
      metrics: km(1),
    };
    const skip = { challengeId, userId, athleteId: "9", row, reason: "UNMAPPED_SPORT" as const };
    await recordSkip(ctx, skip);
    await startRescore(ctx, challengeId, { kind: "system" });
    const about = { challengeId, action: "unbanned" as const, userId, note: "Words" };
    await record(ctx, { kind: "challengeAdmin", userId: bob.userId }, about);
    // Work that has just begun, and damage for a verification to find.
    const game = await ctx.db.query("miniGames").first();
    if (game !== null) await beginWork(ctx, game._id, "measure");
    const [standing] = await ctx.db.query("standings").collect();
    if (standing) await raw.db.patch("standings", standing._id, { totalPoints: 12_345 });
  });
  const verify = { challengeId, kind: "verify" as const, dryRun: true };
  const { jobId } = await t.mutation(internal.mutations.maintenance.startInternal, verify);
  await runJob(t, jobId);
  return scene;
}

/** Every row that belongs to the challenge, found by the ids in it: what names one that belongs, belongs. */
async function belongings({ t, challengeId }: BusyScene) {
  const tables = await tablesOf(t);
  const ids = new Set<string>([challengeId]);
  for (let size = 0; size !== ids.size;) {
    size = ids.size;
    for (const table of OF_CHALLENGE)
      for (const row of tables[table] ?? []) {
        const named = textOf(row).match(/"\d{10,}\w+"/g) ?? [];
        if (named.some((id) => ids.has(id.slice(1, -1)))) ids.add(String(row["_id"]));
      }
  }
  return ids;
}

/** Tables with a row that is one of these, or names one. */
async function tablesWith({ t }: BusyScene, ids: ReadonlySet<string>): Promise<string[]> {
  const tables = await tablesOf(t);
  const isAbout = (row: unknown) =>
    (textOf(row).match(/"\d{10,}\w+"/g) ?? []).some((id) => ids.has(id.slice(1, -1)));
  return Object.keys(tables).filter((table) => tables[table]?.some(isAbout));
}

async function makePlatformAdmin({ t }: BusyScene, userId: Id<"users">): Promise<void> {
  await t.run(async (ctx) => {
    const people = await ctx.db.query("people").collect();
    const person = people.find((one) => one.userId === userId);
    if (person) await ctx.db.patch("people", person._id, { isPlatformAdmin: true });
  });
}

async function deleteIt(
  scene: BusyScene,
  between?: (boundary: number, jobId: Id<"jobs">) => Promise<unknown>,
): Promise<number> {
  const { t, admin, challengeId } = scene;
  await makePlatformAdmin(scene, admin.userId);
  const args = { challengeId, confirm: CHALLENGE_NAME };
  await admin.as.mutation(api.mutations.challenges.delete, args);
  const jobId = await deletionJob(t);
  let steps = 0;
  for (; steps < 500; steps += 1) {
    await between?.(steps, jobId);
    const job = await t.run(async (ctx) => await ctx.db.get("jobs", jobId));
    if (job === null) break;
    expect([job.status, job.error]).toEqual(["running", null]);
    await t.mutation(internal.mutations.maintenance.step, { jobId, ticket: job.ticket });
  }
  await drained(t);
  return steps;
}

describe("K6 deleting a challenge", () => {
  test("leaves no row anywhere that belonged to it", async () => {
    const scene = await newFullScene();
    const ids = await belongings(scene);
    const before = await tablesWith(scene, ids);
    expect(before).toEqual(expect.arrayContaining(OF_CHALLENGE));
    expect(ids.size).toBeGreaterThan(80);
    await deleteIt(scene);
    const after = await tablesWith(scene, ids);
    const exempt = ["idempotencyKeys", "stravaTasks"];
    const empty = after.filter((table) => !exempt.includes(table) && !isTree(table));
    expect(empty).toEqual([]);
    expect(await treesOf(scene)).toEqual([]);
  });

  test("is there for nobody from that moment on", async () => {
    const scene = await newFullScene();
    const { t, admin, bob, challengeId, types } = scene;
    await makePlatformAdmin(scene, admin.userId);
    const args = { challengeId, confirm: ` ${CHALLENGE_NAME.toUpperCase()}` };
    await admin.as.mutation(api.mutations.challenges.delete, args);
    const { activities, apiKeys, challenges, leaderboards, moderation } = api.queries;
    const [row] = (await tablesOf(t))["activities"] ?? [];
    const activityId = row?.["_id"] as Id<"activities">;
    const paginationOpts = { numItems: 10, cursor: null };
    const calls = [
      async () => await bob.as.query(challenges.get, { challengeId }),
      async () => await bob.as.query(leaderboards.page, { challengeId, cursor: null }),
      async () => await admin.as.query(moderation.log, { challengeId, paginationOpts }),
      async () => await admin.as.query(activities.get, { activityId }),
      async () => await bob.as.query(apiKeys.list, { challengeId }),
      async () => await log(scene, bob),
      async () => await admin.as.mutation(api.mutations.activities.remove, { activityId }),
      async () =>
        await admin.as.mutation(api.mutations.activityTypes.update, {
          activityTypeId: types.run,
          name: "Walk",
        }),
      async () => await admin.as.mutation(api.mutations.challenges.delete, args),
    ];
    for (const call of calls) await refusedUnchanged(t, "NOT_FOUND", call);
    expect(await bob.as.query(challenges.mine, {})).toEqual([]);
    const news = await bob.as.query(api.queries.notifications.mine, { paginationOpts });
    expect(textOf(news)).not.toContain(CHALLENGE_NAME);
  });

  test("its admins may until somebody else logged in it, by its name", async () => {
    const scene = await newBusyScene();
    const { t, admin } = scene;
    const args = { challengeId: scene.challengeId, confirm: CHALLENGE_NAME };
    const { delete: erase } = api.mutations.challenges;
    await refusedUnchanged(t, "NOT_PLATFORM_ADMIN", () => admin.as.mutation(erase, args));
    const own = await newChallenge(admin.as, { name: "Mine" });
    const wrong = () =>
      admin.as.mutation(erase, { challengeId: own.challengeId, confirm: CHALLENGE_NAME });
    expect(await refusedUnchanged(t, "INVALID_INPUT", wrong)).toMatchObject({ path: "confirm" });
    const right = { challengeId: own.challengeId, confirm: "Mine" };
    await admin.as.mutation(erase, right);
    expect(await refusalFrom(admin.as.mutation(erase, right))).toMatchObject({ code: "NOT_FOUND" });
  });

  test("C14 jobs and games of it end cleanly, and nothing is told about it", async () => {
    const scene = await newFullScene();
    const { t, challengeId } = scene;
    const start = internal.mutations.maintenance.startInternal;
    const kinds = ["backfill", "repair"] as const;
    for (const kind of kinds) await t.mutation(start, { challengeId, kind, dryRun: false });
    await makePlatformAdmin(scene, scene.admin.userId);
    const args = { challengeId, confirm: CHALLENGE_NAME };
    await scene.admin.as.mutation(api.mutations.challenges.delete, args);
    const running = await deletionJob(t);
    expect((await jobOf(t, running)).status).toBe("queued");
    await t.mutation(internal.mutations.miniGameSteps.sweep, {});
    await drained(t, 60_000);
    const tables = await tablesOf(t);
    expect(tables["jobs"]).toEqual([]);
    expect(tables["miniGames"]).toEqual([]);
    const told = tables["notifications"]?.filter((row) => textOf(row).includes(challengeId));
    expect(told).toEqual([]);
    expect(textOf(tables["notifications"])).toContain('"job":"deleteChallenge"');
  });

  test("ends the same, killed at every step, and leaves other challenges alone", async () => {
    const scene = await newFullScene();
    const { t, bob } = scene;
    const other = await newChallenge(bob.as, { name: "Other" });
    const eve = await asNewPerson(t, "Eve", { timezone: "UTC" });
    await eve.as.mutation(api.mutations.challenges.join, { joinCode: other.joinCode });
    const ids = await belongings(scene);
    const { maintenance } = internal.mutations;
    const steps = await deleteIt(scene, async (_, jobId) => {
      const job = await t.run(async (ctx) => await ctx.db.get("jobs", jobId));
      if (job === null) return;
      await t.mutation(maintenance.pauseInternal, { jobId });
      await t.mutation(maintenance.step, { jobId, ticket: job.ticket });
      await t.mutation(maintenance.resumeInternal, { jobId });
    });
    expect(steps).toBeGreaterThan(30);
    const after = await tablesWith(scene, ids);
    const exempt = ["idempotencyKeys", "stravaTasks"];
    expect(after.filter((table) => !exempt.includes(table) && !isTree(table))).toEqual([]);
    const { challengeId } = other;
    const page = await t.query(internal.queries.maintenance.verifyPage, { challengeId });
    expect(page).toMatchObject({ checked: 2, findings: [] });
  });
});

const isTree = (table: string) => table.includes(":");

/** Entries in the aggregates that name the challenge; an empty tree may stay. */
async function treesOf({ t, challengeId }: BusyScene): Promise<string[]> {
  const tables = await tablesOf(t);
  return Object.entries(tables)
    .filter(([table]) => isTree(table) && table.endsWith("btreeNode"))
    .flatMap(([, rows]) => rows.map(textOf))
    .filter((row) => row.includes(challengeId));
}
