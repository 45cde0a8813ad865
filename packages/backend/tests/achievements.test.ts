import { getConvexSize } from "convex/values";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import type { Id, TableNames } from "../_generated/dataModel";
import { awardKeyPrefix } from "../lib/achievementAwards";
import { MAX_PARTS } from "../lib/rules/achievementDefinition";
import { MAX_ROWS_PER_CHALLENGE } from "../lib/rules/ledger";
import { refusedUnchanged, snapshotTables } from "./backend.setup";
import { awardsHeld, findingsOf, newAchievement, progressRows, stored } from "./achievements.setup";
import {
  accountOf,
  km,
  log,
  newScene,
  settled,
  standAtNoon,
  TODAY,
  uuid,
  YESTERDAY,
} from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const { edit, remove, restore } = api.mutations.activities;
const { create, update, archive } = api.mutations.achievements;
const { mine, ofPerson, list, preview } = api.queries.achievements;

describe("D7 an achievement", () => {
  test("is awarded by the log that completes it, in its transaction and on its day, and never again", async () => {
    const scene = await newScene();
    const { ada } = scene;
    await newAchievement(scene);
    const first = await log(scene, ada, { loggedDate: "2026-06-05" });
    expect(await awardsHeld(scene, ada)).toEqual([]);
    const second = await log(scene, ada, { loggedDate: YESTERDAY, requestId: uuid(1) });
    expect(second.totalPoints - first.totalPoints).toBe(12 + 100 + 1);
    expect(await awardsHeld(scene, ada)).toEqual([["once", YESTERDAY, 100, true]]);
    await log(scene, ada, { loggedDate: YESTERDAY, requestId: uuid(1) });
    await log(scene, ada);
    expect(await awardsHeld(scene, ada)).toHaveLength(1);
    const { days, events } = await accountOf(scene, ada);
    expect(days.find(({ day }) => day === YESTERDAY)).toMatchObject({
      points: 112,
      streakPoints: 12,
      activityCount: 1,
    });
    const award = events.filter(({ reason }) => reason === "awarded");
    expect(award.map(({ kind, pointsAfter }) => [kind, pointsAfter])).toEqual([["created", 100]]);
    expect(await findingsOf(scene)).toEqual([]);
  });

  test("is revoked, moved and given again under its row by delete, edit and restore", async () => {
    const scene = await newScene();
    const { ada } = scene;
    await newAchievement(scene);
    const { activityId } = await log(scene, ada, { loggedDate: "2026-06-05" });
    await log(scene, ada, { loggedDate: YESTERDAY });
    const removed = await ada.as.mutation(remove, { activityId });
    expect(removed.totalPoints).toBe(12 + 1);
    expect(await awardsHeld(scene, ada)).toEqual([["once", YESTERDAY, 100, false]]);
    await ada.as.mutation(remove, { activityId });
    const restored = await ada.as.mutation(restore, { activityId });
    expect(restored.totalPoints).toBe(24 + 2 + 100);
    expect(await awardsHeld(scene, ada)).toEqual([["once", YESTERDAY, 100, true]]);
    await ada.as.mutation(edit, { activityId, loggedDate: TODAY });
    expect(await awardsHeld(scene, ada)).toEqual([["once", TODAY, 100, true]]);
    const other = scene.types.rest;
    await ada.as.mutation(edit, { activityId, activityTypeId: other });
    expect(await awardsHeld(scene, ada)).toEqual([["once", TODAY, 100, false]]);
    const { events } = await accountOf(scene, ada);
    expect(
      events
        .filter(({ reason }) => reason === "awarded" || reason === "revoked")
        .map(({ kind, pointsBefore, pointsAfter }) => [kind, pointsAfter - pointsBefore]),
    ).toEqual([
      ["created", 100],
      ["deleted", -100],
      ["restored", 100],
      ["repriced", 0],
      ["deleted", -100],
    ]);
    expect(await findingsOf(scene)).toEqual([]);
  });

  test("of every set gives one award a set, and its awards follow when an early activity goes", async () => {
    const scene = await newScene();
    const { ada } = scene;
    await newAchievement(scene, { frequency: "perQualifyingSet", points: 7 });
    const days = ["2026-06-04", "2026-06-05", "2026-06-06", "2026-06-07", "2026-06-08"];
    const rows = new Map<string, Id<"activities">>();
    for (const loggedDate of days.toReversed())
      rows.set(loggedDate, (await log(scene, ada, { loggedDate })).activityId);
    const removeOf = async (day: string) => {
      const activityId = rows.get(day);
      if (activityId) await ada.as.mutation(remove, { activityId });
    };
    expect(await awardsHeld(scene, ada)).toEqual([
      ["set-1", "2026-06-05", 7, true],
      ["set-2", "2026-06-07", 7, true],
    ]);
    const before = await accountOf(scene, ada);
    await removeOf("2026-06-04");
    expect(await awardsHeld(scene, ada)).toEqual([
      ["set-1", "2026-06-06", 7, true],
      ["set-2", "2026-06-08", 7, true],
    ]);
    const after = await accountOf(scene, ada);
    expect(after.rows.length).toBe(before.rows.length);
    await removeOf("2026-06-08");
    expect(await awardsHeld(scene, ada)).toEqual([
      ["set-1", "2026-06-06", 7, true],
      ["set-2", "2026-06-08", 7, false],
    ]);
    expect(await findingsOf(scene)).toEqual([]);
  });

  test("of every week moves to another week with its activity", async () => {
    const scene = await newScene();
    const { ada } = scene;
    const activityTypeIds = [scene.types.run];
    const criteria = { kind: "count" as const, activityTypeIds, times: 1 };
    await newAchievement(scene, { criteria, frequency: "oncePerWeek", points: 3 });
    const { activityId } = await log(scene, ada, { loggedDate: "2026-06-07" });
    expect(await awardsHeld(scene, ada)).toEqual([["week-1", "2026-06-07", 3, true]]);
    await ada.as.mutation(edit, { activityId, loggedDate: "2026-06-08" });
    expect(await awardsHeld(scene, ada)).toEqual([
      ["week-1", "2026-06-07", 3, false],
      ["week-2", "2026-06-08", 3, true],
    ]);
    const news = await scene.t.run(async (ctx) => await ctx.db.query("notifications").collect());
    expect(news.map((row) => row.news)).toEqual([
      { kind: "achievementAwarded", name: "Two runs", points: 3 },
    ]);
    expect(await findingsOf(scene)).toEqual([]);
  });

  test("is awarded by an import, once for the chunk, and revoked by one", async () => {
    const scene = await newScene();
    const { ada, challengeId } = scene;
    await newAchievement(scene);
    const send = async (lengths: number[], sport = "Run") => {
      const rows = lengths.map((length, index) => ({
        externalId: `r${index}`,
        sport,
        startedAt: Date.parse("2026-06-08T08:00:00Z") + index,
        loggedDate: "2026-06-08",
        metrics: km(length),
      }));
      const args = { challengeId, source: "archive" as const, rows, allowDuplicates: true };
      await ada.as.mutation(api.mutations.imports.importActivities, args);
    };
    await send([1, 2, 3]);
    expect(await awardsHeld(scene, ada)).toEqual([["once", "2026-06-08", 100, true]]);
    await send([1, 2, 3]);
    expect(await awardsHeld(scene, ada)).toHaveLength(1);
    const [progress] = await progressRows(scene, ada);
    expect(progress?.entries).toHaveLength(3);
    await scene.admin.as.mutation(api.mutations.imports.setMapping, {
      challengeId,
      label: "Curling",
      activityTypeId: scene.types.rest,
    });
    await send([4, 5, 6], "Curling");
    expect(await awardsHeld(scene, ada)).toEqual([["once", "2026-06-08", 100, false]]);
    expect(await findingsOf(scene)).toEqual([]);
  });

  test("stays with somebody who leaves, and is nobody's business until they are back", async () => {
    const scene = await newScene();
    const { ada, bob, challengeId } = scene;
    const achievementId = await newAchievement(scene);
    await log(scene, ada);
    await log(scene, ada);
    const { userId } = ada;
    const seen = async () => await bob.as.query(ofPerson, { challengeId, userId });
    const earned = [{ achievementId, name: "Two runs", times: 1, points: 100 }];
    expect(await seen()).toEqual(earned);
    await ada.as.mutation(api.mutations.challenges.leave, { challengeId });
    await expect(seen()).rejects.toThrow("NOT_FOUND");
    await ada.as.mutation(api.mutations.challenges.join, { challengeId });
    expect(await seen()).toEqual(earned);
    const [own] = await ada.as.query(mine, { challengeId, today: TODAY });
    expect(own).toMatchObject({ achievementId, value: 2, target: 2 });
    expect(own?.awards.map(({ loggedDate, points }) => [loggedDate, points])).toEqual([
      [TODAY, 100],
    ]);
  });

  test("changes nothing for a refused log", async () => {
    const scene = await newScene();
    await newAchievement(scene);
    await log(scene, scene.ada);
    await refusedUnchanged(scene.t, "INVALID_INPUT", () =>
      log(scene, scene.ada, { metrics: { distance_m: -1 } }),
    );
    await refusedUnchanged(scene.t, "OUTSIDE_CHALLENGE_DATES", () =>
      log(scene, scene.ada, { loggedDate: "2026-07-01" }),
    );
  });
});

describe("a definition", () => {
  test("made late is evaluated over what people did before", async () => {
    const scene = await newScene();
    const { ada, bob, challengeId, admin } = scene;
    await log(scene, ada, { loggedDate: "2026-06-05" });
    await log(scene, ada);
    await log(scene, bob);
    const activityTypeIds = [scene.types.run];
    const dry = await admin.as.query(preview, {
      challengeId,
      criteria: { kind: "count", activityTypeIds, times: 2 },
      frequency: "oncePerChallenge",
      points: 100,
    });
    expect(dry).toEqual({
      processed: 3,
      people: 1,
      awards: 1,
      names: ["Ada"],
      continueCursor: null,
      isDone: true,
    });
    const achievementId = await newAchievement(scene);
    expect(await awardsHeld(scene, ada)).toEqual([["once", TODAY, 100, true]]);
    expect(await awardsHeld(scene, bob)).toEqual([]);
    expect(await stored(scene, achievementId)).toMatchObject({ isEvaluating: false });
    await log(scene, bob);
    expect(await awardsHeld(scene, bob)).toEqual([["once", TODAY, 100, true]]);
    expect(await findingsOf(scene)).toEqual([]);
  });

  test("is changed only with the word that awards change, and then everybody is evaluated again", async () => {
    const scene = await newScene();
    const { ada, bob, admin, t } = scene;
    const achievementId = await newAchievement(scene);
    for (const who of [ada, ada, bob, bob, bob]) await log(scene, who);
    const criteria = {
      kind: "count" as const,
      activityTypeIds: [scene.types.run],
      times: 3,
    };
    const wish = { achievementId, criteria, points: 50 };
    const refusal = await refusedUnchanged(t, "INVALID_INPUT", () =>
      admin.as.mutation(update, wish),
    );
    expect(refusal).toMatchObject({ path: "reevaluate" });
    await refusedUnchanged(t, "STALE_VERSION", () =>
      admin.as.mutation(update, { ...wish, reevaluate: true, expectedVersion: 2 }),
    );
    expect(await admin.as.mutation(update, { ...wish, reevaluate: true })).toEqual({ version: 2 });
    await settled(t);
    expect(await awardsHeld(scene, ada)).toEqual([["once", TODAY, 100, false]]);
    expect(await awardsHeld(scene, bob)).toEqual([["once", TODAY, 50, true]]);
    const before = await snapshotTables(t);
    await admin.as.mutation(update, { achievementId, reevaluate: true });
    await settled(t);
    const {
      achievementEvaluations: _,
      _scheduled_functions: __,
      ...after
    } = await snapshotTables(t);
    expect(after).toEqual(
      Object.fromEntries(Object.entries(before).filter(([name]) => name in after)),
    );
    expect(await findingsOf(scene)).toEqual([]);
  });

  test("that is archived gives no more awards, and takes back those whose basis goes", async () => {
    const scene = await newScene();
    const { ada, bob, admin, challengeId, t } = scene;
    const achievementId = await newAchievement(scene);
    await log(scene, ada);
    const { activityId } = await log(scene, ada);
    await log(scene, bob);
    await admin.as.mutation(archive, { achievementId });
    await admin.as.mutation(archive, { achievementId });
    await log(scene, bob);
    expect(await awardsHeld(scene, bob)).toEqual([]);
    expect(await awardsHeld(scene, ada)).toEqual([["once", TODAY, 100, true]]);
    await ada.as.mutation(remove, { activityId });
    expect(await awardsHeld(scene, ada)).toEqual([["once", TODAY, 100, false]]);
    const [shown] = await t.query(list, { challengeId });
    expect(shown).toMatchObject({ achievementId, isArchived: true });
    const refusal = await refusedUnchanged(t, "INVALID_INPUT", () =>
      admin.as.mutation(update, { achievementId, name: "Other" }),
    );
    expect(refusal).toMatchObject({ path: "achievementId" });
  });

  test("is refused for another challenge's types, a known name, and beyond 20", async () => {
    const scene = await newScene();
    const { admin, t, challengeId } = scene;
    const other = await newScene({}, t);
    await newAchievement(scene);
    const wish = (name: string, type = scene.types.run) => ({
      challengeId,
      name,
      criteria: { kind: "count" as const, activityTypeIds: [type], times: 1 },
      frequency: "oncePerChallenge" as const,
      points: 1,
    });
    const refusals = [
      ["criteria", wish("Foreign", other.types.run)],
      ["name", wish("two RUNS")],
      ["name", wish(" ")],
      ["points", { ...wish("Half"), points: 0.5 }],
    ] as const;
    for (const [path, args] of refusals) {
      const refusal = await refusedUnchanged(t, "INVALID_INPUT", () =>
        admin.as.mutation(create, args),
      );
      expect(refusal).toMatchObject({ path });
    }
    for (let number = 2; number <= 20; number += 1)
      await admin.as.mutation(create, wish(`Number ${number}`));
    const refusal = await refusedUnchanged(t, "LIMIT_REACHED", () =>
      admin.as.mutation(create, wish("Number 21")),
    );
    expect(refusal).toMatchObject({ limit: "achievements", max: 20 });
  });

  test("B1 B2 asked for again under its requestId is the first one", async () => {
    const { admin, ada, t, challengeId, types } = await newScene();
    const criteria = { kind: "count" as const, activityTypeIds: [types.run], times: 1 };
    const wish = { challengeId, name: "First", criteria, points: 5, requestId: uuid(1) };
    const asked = { ...wish, frequency: "oncePerChallenge" as const };
    const first = await admin.as.mutation(create, asked);
    await settled(t);
    const before = await snapshotTables(t);
    expect(await admin.as.mutation(create, asked)).toEqual(first);
    await settled(t);
    expect(await snapshotTables(t)).toEqual(before);
    const other = () => admin.as.mutation(create, { ...asked, name: "Other" });
    await refusedUnchanged(t, "IDEMPOTENCY_MISMATCH", other);
    await refusedUnchanged(t, "NOT_CHALLENGE_ADMIN", () => ada.as.mutation(create, asked));
  });

  test("of a final challenge changes no more", async () => {
    const scene = await newScene({ graceHours: 0 });
    const { admin, t, challengeId } = scene;
    const achievementId = await newAchievement(scene);
    vi.setSystemTime(new Date("2026-07-03T12:00:00Z"));
    await admin.as.mutation(api.mutations.challenges.finalize, { challengeId });
    await refusedUnchanged(t, "CHALLENGE_FINAL", () =>
      admin.as.mutation(update, { achievementId, points: 1, reevaluate: true }),
    );
    await refusedUnchanged(t, "CHALLENGE_FINAL", () =>
      admin.as.mutation(archive, { achievementId }),
    );
  });
});

describe("the progress of somebody with all rows a person can have", () => {
  test("fits into a document, with as many awards and parts as there can be", () => {
    const id = <Table extends TableNames>(number: number) =>
      `k${String(number).padStart(31, "0")}` as Id<Table>;
    const numbers = Array.from({ length: MAX_ROWS_PER_CHALLENGE }, (_, index) => index);
    const parts = Array.from({ length: MAX_PARTS }, (_, index) => index);
    const document = {
      challengeId: id<"challenges">(1),
      userId: id<"users">(2),
      achievementId: id<"achievements">(3),
      criteriaVersion: 1,
      entries: numbers.map((number) => ({
        loggedDate: TODAY,
        activityId: id<"activities">(number),
        parts,
        value: 1,
      })),
      awards: numbers.map((number) => ({
        awardKey: `${awardKeyPrefix(id(3))}set-${number}`,
        loggedDate: TODAY,
        points: 1_000_000,
      })),
    };
    const size = getConvexSize(document);
    expect(size).toBeGreaterThan(500_000);
    expect(size).toBeLessThan(1_048_576);
  });
});
