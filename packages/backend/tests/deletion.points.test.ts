import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { startRescore } from "../lib/stravaRescores";
import { sealCtx } from "../lib/tableOwners";
import { keyOf, send } from "./api.setup";
import {
  type BusyScene,
  deleteZora,
  deletionJob,
  findingsIn,
  newBusyScene,
  SECRET,
  tablesOf,
  textOf,
  ZORA,
} from "./deletion.setup";
import { earn, runAll } from "./games.setup";
import { jobOf, runWhole } from "./jobs.setup";
import { km, newScene, standAtNoon } from "./ledger.setup";
import { stubSignInEnvironment } from "./signIn.setup";
import { drained } from "./strava.setup";

beforeAll(stubSignInEnvironment);
beforeEach(async () => {
  standAtNoon();
  await stubSignInEnvironment();
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** What the ledger says of everybody but Zora, and of her alone. */
async function accounts({ t, zora }: BusyScene) {
  const tables = await tablesOf(t);
  const of = (table: string, isZora: boolean) =>
    (tables[table] ?? []).filter((row) => (row["userId"] === zora.userId) === isZora);
  const ledger = ["pointEvents", "dayTotals", "standings", "boardTotals"];
  return {
    others: Object.fromEntries(ledger.map((table) => [table, of(table, false)])),
    own: ledger.flatMap((table) => of(table, true)),
    events: of("pointEvents", true),
    rows: of("activities", true),
  };
}

async function board({ t, challengeId }: BusyScene) {
  const { page } = await t.query(api.queries.leaderboards.page, { challengeId, cursor: null });
  return page.map(({ displayName, totalPoints, rank }) => ({ displayName, totalPoints, rank }));
}

const softDelete = async ({ admin, zoraRow }: BusyScene) =>
  await admin.as.mutation(api.mutations.activities.remove, {
    activityId: zoraRow,
    reason: "Made up",
  });

const sumOf = (events: ReadonlyArray<Record<string, unknown>>) =>
  events.reduce(
    (sum, { pointsBefore, pointsAfter }) => sum + Number(pointsAfter) - Number(pointsBefore),
    0,
  );

describe("K2 deleted for good", () => {
  test.each([true, false])(
    "leaves nothing counted and everybody else's totals and ranks exact (removed before: %s)",
    async (isRemovedBefore) => {
      const scene = await newBusyScene();
      if (isRemovedBefore) await softDelete(scene);
      await drained(scene.t);
      const { others } = await accounts(scene);
      const shown = (await board(scene)).filter(({ displayName }) => displayName !== ZORA.name);
      await deleteZora(scene, "remove");
      const after = await accounts(scene);
      expect([after.own, after.rows]).toEqual([[], []]);
      expect(after.others).toEqual(others);
      const better = (points: number) => shown.filter((one) => one.totalPoints > points).length;
      const ranked = shown.map((one) => ({ ...one, rank: better(one.totalPoints) + 1 }));
      expect(await board(scene)).toEqual(ranked);
      const { job, findings } = await runWhole(scene, "verify", { dryRun: true });
      expect([job.status, findings]).toEqual(["completed", []]);
    },
  );

  test("keeps the ledger of kept points whole: a removed row nets 0, and its tombstone has no words", async () => {
    const scene = await newBusyScene();
    await softDelete(scene);
    await drained(scene.t);
    const before = await accounts(scene);
    await deleteZora(scene, "keep");
    const { events, rows } = await accounts(scene);
    expect(sumOf(events)).toBe(sumOf(before.events));
    for (const row of rows) {
      const ofRow = events.filter((event) => event["activityId"] === row["_id"]);
      const isGone = row["deletedAt"] !== undefined;
      expect([row["_id"], sumOf(ofRow)]).toEqual([row["_id"], isGone ? 0 : row["pointsEarned"]]);
    }
    expect(rows.some((row) => row["_id"] === scene.zoraRow && row["deletedAt"])).toBe(true);
    expect(textOf(rows)).not.toContain(SECRET);
    const { findings } = await runWhole(scene, "verify", { dryRun: true });
    expect(findings).toEqual([]);
  });
});

/** Gives Zora more rows with words, and more notes on her events, than one step of a deletion erases. */
async function writeMuch({ challengeId, admin, zora, zoraRow }: BusyScene) {
  const CHUNK = 42;
  for (let chunk = 0; chunk < 5; chunk += 1) {
    const rows = Array.from({ length: CHUNK }, (_, index) => {
      const loggedDate = `2026-06-${String(1 + ((chunk * 2 + (index % 2)) % 9)).padStart(2, "0")}`;
      const startedAt = Date.parse(`${loggedDate}T08:00:00Z`) + index * 60_000;
      const externalId = `${SECRET}-${chunk}-${index}`;
      return { externalId, sport: "Run", startedAt, loggedDate, metrics: km(1), title: SECRET };
    });
    const wish = { challengeId, source: "archive" as const, rows, allowDuplicates: true };
    await admin.as.mutation(api.mutations.imports.importActivities, {
      ...wish,
      onBehalfOf: zora.userId,
      reason: "From her archive",
    });
  }
  for (let edit = 0; edit < 30; edit += 1) {
    vi.setSystemTime(Date.now() + 2_000);
    await admin.as.mutation(api.mutations.activities.edit, {
      activityId: zoraRow,
      metrics: km(5 + (edit % 2)),
      reason: `${SECRET} ${edit}`,
    });
  }
}

describe("K4 a deletion", () => {
  test("erases what takes more than one step", { timeout: 120_000 }, async () => {
    const scene = await newBusyScene();
    await writeMuch(scene);
    await drained(scene.t);
    const { rows, events } = await accounts(scene);
    expect([rows.length, events.length].every((count) => count > 200)).toBe(true);
    await deleteZora(scene, "keep");
    expect(textOf(await tablesOf(scene.t))).not.toContain(SECRET);
    const { job, findings } = await runWhole(scene, "verify", { dryRun: true });
    expect([job.status, findings]).toEqual(["completed", []]);
  });

  test("leaves rank and total in final standings, and may be that of the last admin", async () => {
    const scene = await newScene({ streakBonus: "none" });
    const { t, challengeId, admin, ada } = scene;
    await earn(scene, admin, 20, "2026-06-08");
    await earn(scene, ada, 30, "2026-06-08");
    await runAll(t);
    vi.setSystemTime(new Date("2026-07-03T00:00:00Z"));
    await admin.as.mutation(api.mutations.challenges.finalize, { challengeId });
    await runAll(t);
    const { deleteAccount } = api.mutations.viewer;
    await ada.as.mutation(deleteAccount, { points: "remove", confirm: "Ada" });
    await admin.as.mutation(deleteAccount, { points: "keep", confirm: "Olga Organiser" });
    await runAll(t);
    const final = await t.query(api.queries.standings.final, { challengeId });
    const lines = final?.page.map((one) => [one.rank, one.displayName, one.totalPoints]);
    expect(lines?.slice(0, 2)).toEqual([
      [1, "Deleted participant", 30],
      [2, "Former participant", 20],
    ]);
  });

  test("C14 goes through while a purge of Strava and a rescore run", async () => {
    const scene = await newBusyScene();
    const { t, challengeId, zora } = scene;
    await zora.as.mutation(api.mutations.strava.disconnect, { points: "remove" });
    await t.run(async (ctx) => await startRescore(sealCtx(ctx), challengeId, { kind: "system" }));
    const rescore = { challengeId, kind: "rescore" as const, dryRun: false };
    await t.mutation(internal.mutations.maintenance.startInternal, rescore);
    await deleteZora(scene, "remove");
    const { own, rows } = await accounts(scene);
    expect([own, rows]).toEqual([[], []]);
    const words = Object.values(await tablesOf(t)).flatMap((all) => all.map(textOf));
    expect(words.filter((row) => row.includes(SECRET))).toEqual([]);
    expect(await findingsIn(scene)).toEqual([]);
  });

  test("refuses the person's API keys, and rotates the view key, with the call itself", async () => {
    const scene = await newBusyScene("private");
    const { t, challengeId, zora, admin } = scene;
    const { key } = await keyOf(scene, zora, "read");
    const path = `/challenges/${challengeId}`;
    expect((await send(t, "GET", path, { key })).status).toBe(200);
    const { viewKey } = await admin.as.query(api.queries.challenges.get, { challengeId });
    const wish = { points: "keep" as const, confirm: ZORA.name };
    await zora.as.mutation(api.mutations.viewer.deleteAccount, wish);
    expect((await send(t, "GET", path, { key })).status).toBe(401);
    const rotated = await admin.as.query(api.queries.challenges.get, { challengeId });
    expect(rotated.viewKey).toEqual(expect.any(String));
    expect(rotated.viewKey).not.toBe(viewKey);
  });

  test("that fails for good is told to the admins of the platform", async () => {
    const scene = await newBusyScene();
    const { t, admin, zora } = scene;
    await t.run(async (ctx) => {
      const people = await ctx.db.query("people").collect();
      const olga = people.find(({ userId }) => userId === admin.userId);
      if (olga) await ctx.db.patch("people", olga._id, { isPlatformAdmin: true });
    });
    const wish = { points: "keep" as const, confirm: ZORA.name };
    await zora.as.mutation(api.mutations.viewer.deleteAccount, wish);
    const jobId = await deletionJob(t);
    for (let lost = 0; lost < 3; lost += 1) {
      vi.setSystemTime(Date.now() + 6 * 60_000);
      await t.mutation(internal.mutations.maintenance.sweep, {});
    }
    expect((await jobOf(t, jobId)).status).toBe("failed");
    const paginationOpts = { numItems: 10, cursor: null };
    const { page } = await admin.as.query(api.queries.notifications.mine, { paginationOpts });
    const news = page.map((one) => one.news);
    expect(news).toContainEqual({ kind: "jobEnded", job: "deletePerson", status: "failed" });
  });
});
