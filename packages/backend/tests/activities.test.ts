import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { refusedUnchanged, snapshotTables } from "./backend.setup";
import {
  accountOf,
  km,
  log,
  newScene,
  rowOf,
  type Scene,
  settled,
  standAtNoon,
  TODAY,
  TYPES,
  uuid,
  YESTERDAY,
} from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const { edit, remove, restore } = api.mutations.activities;

describe("logging", () => {
  test("stores points, breakdown, event, day, standing and the streak row in one go", async () => {
    const scene = await newScene();
    const posted = await log(scene, scene.ada, { metrics: km(7.2), notes: " Lovely " });
    expect(posted).toMatchObject({ pointsEarned: 72, totalPoints: 73, status: "created" });
    const { standing, rows, days, events } = await accountOf(scene, scene.ada);
    expect(rows.map(({ source, pointsEarned }) => [source, pointsEarned])).toEqual([
      ["manual", 72],
      ["streak", 1],
    ]);
    expect(rows[0]).toMatchObject({
      notes: "Lovely",
      version: 1,
      ruleVersion: 1,
      isSticky: false,
      loggedDate: TODAY,
      breakdown: [{ kind: "base", label: "7.2 km x 10/km", points: 72 }],
    });
    expect(
      events.map(({ seq, kind, totalAfter, reason }) => [seq, kind, totalAfter, reason]),
    ).toEqual([
      [1, "created", 72, "logged"],
      [2, "created", 73, "streakChanged"],
    ]);
    expect(standing).toMatchObject({
      totalPoints: 73,
      negTotal: -73,
      activityCount: 1,
      rowCount: 2,
      seq: 2,
      streakLength: 1,
      streakLastDay: TODAY,
      streakBonusPoints: 1,
    });
    expect(days).toMatchObject([{ day: TODAY, points: 72, streakPoints: 72, activityCount: 1 }]);
  });

  test("B1 the same requestId five times at once is one activity with one answer", async () => {
    const scene = await newScene();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => log(scene, scene.ada, { requestId: uuid(1) })),
    );
    expect(new Set(answers.map(({ activityId }) => activityId)).size).toBe(1);
    expect(answers.map(({ status }) => status).sort()).toEqual([
      "created",
      ...Array.from({ length: 4 }, () => "exists"),
    ]);
    expect((await accountOf(scene, scene.ada)).events).toHaveLength(2);
  });

  test("B1 a replay writes nothing at all", async () => {
    const scene = await newScene();
    await log(scene, scene.ada, { requestId: uuid(1) });
    await settled(scene.t);
    const before = await snapshotTables(scene.t);
    const again = await log(scene, scene.ada, { requestId: uuid(1) });
    expect(again).toMatchObject({ pointsEarned: 12, totalPoints: 13, status: "exists" });
    expect(await snapshotTables(scene.t)).toEqual(before);
  });

  test("B3 two people may use the same requestId", async () => {
    const scene = await newScene();
    const first = await log(scene, scene.ada, { requestId: uuid(1) });
    const second = await log(scene, scene.bob, { requestId: uuid(1) });
    expect(second.status).toBe("created");
    expect(second.activityId).not.toBe(first.activityId);
  });

  test("D5 an activity without points is kept and moves nobody", async () => {
    const scene = await newScene();
    await log(scene, scene.ada);
    const before = (await accountOf(scene, scene.ada)).standing;
    vi.setSystemTime(new Date("2026-06-10T12:30:00Z"));
    await log(scene, scene.ada, { type: "rest" });
    const { standing, events } = await accountOf(scene, scene.ada);
    expect(standing).toMatchObject({ totalPoints: 13, reachedAt: before.reachedAt });
    expect(standing.activityCount).toBe(2);
    expect(events.at(-1)).toMatchObject({ pointsBefore: 0, pointsAfter: 0, totalAfter: 13 });
  });

  test("D4 penalties take a total below zero, and none of 0 points is stored as -0", async () => {
    const scene = await newScene();
    const nothing = await log(scene, scene.ada, { type: "drink", metrics: { count: 0 } });
    expect(Object.is(nothing.pointsEarned, 0)).toBe(true);
    const posted = await log(scene, scene.ada, { type: "drink", metrics: { count: 3 } });
    expect(posted).toMatchObject({ pointsEarned: -15, totalPoints: -15 });
    expect((await accountOf(scene, scene.ada)).standing.negTotal).toBe(15);
  });

  test("an admin logs for somebody else and says why", async () => {
    const scene = await newScene();
    const reason = "Her phone broke";
    // 1 June is further back than participants reach.
    const deed = { onBehalfOf: scene.ada.userId, loggedDate: "2026-06-01", reason };
    await log(scene, scene.admin, deed);
    const { events, notes, rows } = await accountOf(scene, scene.ada);
    const actor = { kind: "challengeAdmin", userId: scene.admin.userId };
    expect(events[0]).toMatchObject({ actor, reason: "adminCorrection" });
    expect(notes).toMatchObject([{ eventId: events[0]?._id, text: reason }]);
    expect(rows[0]).toMatchObject({ userId: scene.ada.userId, source: "manual" });
  });
});

describe("editing", () => {
  test("D8 moving the day and the type moves the days' sums", async () => {
    const scene = await newScene();
    const { activityId } = await log(scene, scene.ada, { metrics: km(2) });
    const change = { activityId, loggedDate: YESTERDAY, activityTypeId: scene.types.stretch };
    const edited = await scene.ada.as.mutation(edit, change);
    expect(edited).toEqual({ pointsEarned: 5, totalPoints: 5, version: 2 });
    const { days, events, standing } = await accountOf(scene, scene.ada);
    const typeCounts = [{ activityTypeId: scene.types.stretch, count: 1 }];
    expect(days).toMatchObject([
      { day: TODAY, points: 0, streakPoints: 0, activityCount: 0, typeCounts: [] },
      { day: YESTERDAY, points: 5, streakPoints: 5, activityCount: 1, typeCounts },
    ]);
    expect(events.map(({ kind, totalAfter }) => [kind, totalAfter])).toEqual([
      ["created", 20],
      ["created", 21],
      ["edited", 6],
      ["repriced", 5],
    ]);
    expect(standing).toMatchObject({ streakLength: 0, streakLastDay: null, longestStreak: 0 });
  });

  test("uses the rule the activity was scored with, and the current one of a new type", async () => {
    const scene = await newScene();
    const { activityId } = await log(scene, scene.ada, { metrics: km(1) });
    await scene.admin.as.mutation(api.mutations.activityTypes.update, {
      activityTypeId: scene.types.run,
      scoring: { ...TYPES.run.scoring, pointsPerUnit: 100 },
    });
    const edited = await scene.ada.as.mutation(edit, { activityId, metrics: km(2) });
    expect(edited.pointsEarned).toBe(20);
    const { stretch, run } = scene.types;
    await scene.ada.as.mutation(edit, { activityId, activityTypeId: stretch });
    const back = await scene.ada.as.mutation(edit, { activityId, activityTypeId: run });
    expect(back.pointsEarned).toBe(200);
    expect((await rowOf(scene.t, activityId)).ruleVersion).toBe(2);
  });

  test("an edit that scores the same is one event without a difference", async () => {
    const scene = await newScene();
    const { activityId } = await log(scene, scene.ada, { type: "stretch" });
    const { reachedAt } = (await accountOf(scene, scene.ada)).standing;
    vi.setSystemTime(new Date("2026-06-10T13:00:00Z"));
    await scene.ada.as.mutation(edit, { activityId, metrics: { duration_s: 600 } });
    const { events, standing } = await accountOf(scene, scene.ada);
    expect(events).toHaveLength(2);
    expect(events[1]).toMatchObject({ kind: "edited", pointsBefore: 5, pointsAfter: 5 });
    expect(standing.reachedAt).toBe(reachedAt);
  });

  test("an activity does not stand in its own way where the day is full", async () => {
    const scene = await newScene();
    await log(scene, scene.ada, { type: "stretch" });
    const { activityId } = await log(scene, scene.ada, { type: "stretch" });
    const change = { activityId, metrics: { duration_s: 600 } };
    expect(await scene.ada.as.mutation(edit, change)).toMatchObject({ version: 2 });
  });

  test("notes alone write no event, and the same facts again write nothing", async () => {
    const scene = await newScene();
    const { activityId } = await log(scene, scene.ada);
    const edited = await scene.ada.as.mutation(edit, { activityId, notes: "In the rain" });
    expect(edited.version).toBe(2);
    await settled(scene.t);
    const before = await snapshotTables(scene.t);
    const same = { activityId, notes: "In the rain", metrics: km(1.2), loggedDate: TODAY };
    expect((await scene.ada.as.mutation(edit, same)).version).toBe(2);
    expect(await snapshotTables(scene.t)).toEqual(before);
    expect((await accountOf(scene, scene.ada)).events).toHaveLength(2);
    await scene.ada.as.mutation(edit, { activityId, notes: "" });
    expect((await rowOf(scene.t, activityId)).notes).toBeUndefined();
  });

  test("B6 of two edits with the same expectedVersion one loses", async () => {
    const scene = await newScene();
    const { activityId } = await log(scene, scene.ada);
    const change = { activityId, expectedVersion: 1 };
    const edits = await Promise.allSettled([
      scene.ada.as.mutation(edit, { ...change, metrics: km(3) }),
      scene.ada.as.mutation(edit, { ...change, metrics: km(4) }),
    ]);
    expect(edits.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect((await rowOf(scene.t, activityId)).version).toBe(2);
  });

  test("B7 an admin's edit names the admin and stays against imports", async () => {
    const scene = await newScene();
    const { activityId } = await log(scene, scene.ada);
    const reason = "Distance was in miles";
    await scene.admin.as.mutation(edit, { activityId, metrics: km(1.9), reason });
    const { events, notes } = await accountOf(scene, scene.ada);
    const edited = events.find(({ kind }) => kind === "edited");
    expect(edited?.actor).toEqual({ kind: "challengeAdmin", userId: scene.admin.userId });
    expect(notes).toMatchObject([{ eventId: edited?._id, text: reason }]);
    expect((await rowOf(scene.t, activityId)).isSticky).toBe(true);
    // An admin's change of words moves no points and leaves an event all the same.
    await scene.admin.as.mutation(edit, { activityId, notes: "Checked", reason: "Asked her" });
    const after = await accountOf(scene, scene.ada);
    expect(after.events.at(-1)).toMatchObject({
      kind: "edited",
      pointsBefore: 19,
      pointsAfter: 19,
    });
    expect(after.notes.map((note) => note.text)).toEqual([reason, "Asked her"]);
  });
});

describe("removing and restoring", () => {
  test("K1 the second of two changes nothing", async () => {
    const scene = await newScene();
    const { activityId } = await log(scene, scene.ada);
    const live = { pointsEarned: 12, totalPoints: 13, version: 1 };
    expect(await scene.ada.as.mutation(restore, { activityId })).toEqual(live);
    const removed = { pointsEarned: 0, totalPoints: 0, version: 2 };
    expect(await scene.ada.as.mutation(remove, { activityId })).toEqual(removed);
    await settled(scene.t);
    const before = await snapshotTables(scene.t);
    expect(await scene.ada.as.mutation(remove, { activityId })).toEqual(removed);
    expect(await snapshotTables(scene.t)).toEqual(before);
    const restored = { ...live, version: 3 };
    expect(await scene.ada.as.mutation(restore, { activityId })).toEqual(restored);
    expect(await scene.ada.as.mutation(restore, { activityId })).toEqual(restored);
    const { events } = await accountOf(scene, scene.ada);
    expect(events.map(({ kind }) => kind)).toEqual([
      "created",
      "created",
      "deleted",
      "repriced",
      "restored",
      "repriced",
    ]);
  });

  test("a restored activity keeps its points and its version of the rule", async () => {
    const scene = await newScene();
    const { activityId } = await log(scene, scene.ada, { type: "stretch" });
    await scene.ada.as.mutation(remove, { activityId });
    await scene.admin.as.mutation(api.mutations.activityTypes.update, {
      activityTypeId: scene.types.stretch,
      scoring: { kind: "fixed", points: 50 },
    });
    const restored = await scene.ada.as.mutation(restore, { activityId });
    expect(restored.pointsEarned).toBe(5);
    expect((await rowOf(scene.t, activityId)).ruleVersion).toBe(1);
  });
});

describe("what an organiser corrected", () => {
  const reason = "Distance was in miles";
  const refused = ({ challengeId }: Scene, activityId: Id<"activities">) => ({
    code: "NOT_CHALLENGE_ADMIN",
    challengeId,
    activityId,
  });

  test("stays as corrected: its person can neither edit it nor preview an edit", async () => {
    const scene = await newScene();
    const { t, challengeId, types, ada, admin } = scene;
    const { activityId } = await log(scene, ada);
    await admin.as.mutation(edit, { activityId, metrics: km(1.9), reason });
    const deed = { metrics: km(9), loggedDate: TODAY, activityTypeId: types.run };
    const code = "NOT_CHALLENGE_ADMIN";
    const preview = { challengeId, activityId, today: TODAY, ...deed };
    const attempts = [
      () => ada.as.mutation(edit, { activityId, ...deed }),
      () => ada.as.mutation(edit, { activityId, notes: "It was 9 km" }),
      () => ada.as.query(api.queries.activities.previewPoints, preview),
    ];
    for (const attempt of attempts)
      expect(await refusedUnchanged(t, code, attempt)).toEqual(refused(scene, activityId));
  });

  test("stays removed: its person cannot restore it, an organiser can", async () => {
    const scene = await newScene();
    const { t, ada, admin } = scene;
    const { activityId } = await log(scene, ada);
    await admin.as.mutation(remove, { activityId, reason });
    const attempts = [
      () => ada.as.mutation(restore, { activityId }),
      () => ada.as.mutation(edit, { activityId, metrics: km(9) }),
    ];
    for (const attempt of attempts)
      expect(await refusedUnchanged(t, "NOT_CHALLENGE_ADMIN", attempt)).toEqual(
        refused(scene, activityId),
      );
    const restored = await admin.as.mutation(restore, { activityId, reason });
    expect(restored.pointsEarned).toBe(12);
  });

  test("may be taken back by its person, and then only an organiser counts it again", async () => {
    const scene = await newScene();
    const { t, ada, admin } = scene;
    const { activityId } = await log(scene, ada);
    await admin.as.mutation(edit, { activityId, metrics: km(1.9), reason });
    const removed = await ada.as.mutation(remove, { activityId });
    expect(removed).toMatchObject({ pointsEarned: 0, totalPoints: 0 });
    const attempt = () => ada.as.mutation(restore, { activityId });
    await refusedUnchanged(t, "NOT_CHALLENGE_ADMIN", attempt);
  });
});

describe("the streak", () => {
  test("back-filled, weakened and removed days re-shape its row", async () => {
    const scene = await newScene();
    const bonus = async () => (await accountOf(scene, scene.ada)).standing.streakBonusPoints;
    await log(scene, scene.ada, { loggedDate: "2026-06-08" });
    await log(scene, scene.ada);
    expect(await bonus()).toBe(2);
    const filled = await log(scene, scene.ada, { loggedDate: YESTERDAY });
    expect(await bonus()).toBe(1 + 2 + 3);
    await scene.ada.as.mutation(edit, { activityId: filled.activityId, metrics: km(0.9) });
    expect(await bonus()).toBe(2);
    await log(scene, scene.ada, { type: "stretch", loggedDate: YESTERDAY });
    expect(await bonus()).toBe(6);
    const { rows, standing } = await accountOf(scene, scene.ada);
    expect(rows.filter(({ source }) => source === "streak")).toHaveLength(1);
    expect(standing).toMatchObject({ totalPoints: 12 + 9 + 12 + 5 + 6, longestStreak: 3 });
  });
});

describe("history", () => {
  const opts = { numItems: 50, cursor: null };

  test("shows own activities newest day first, removed ones and the streak row too", async () => {
    const scene = await newScene();
    const { challengeId, ada } = scene;
    await log(scene, ada, { loggedDate: YESTERDAY });
    const { activityId } = await log(scene, ada, { type: "drink", metrics: { count: 1 } });
    await ada.as.mutation(remove, { activityId });
    const args = { challengeId, paginationOpts: opts };
    const { page } = await ada.as.query(api.queries.activities.history, args);
    expect(page.map(({ typeName, loggedDate }) => [typeName, loggedDate])).toEqual([
      ["Drink", TODAY],
      ["Run", YESTERDAY],
      ["Streak bonus", null],
    ]);
    expect(page.map(({ deletedAt, isSystem }) => [deletedAt === undefined, isSystem])).toEqual([
      [false, false],
      [true, false],
      [true, true],
    ]);
  });

  test("is open to admins and to nobody else", async () => {
    const scene = await newScene();
    await log(scene, scene.ada);
    const args = { challengeId: scene.challengeId, userId: scene.ada.userId, paginationOpts: opts };
    const { page } = await scene.admin.as.query(api.queries.activities.history, args);
    expect(page).toHaveLength(2);
    await expect(scene.bob.as.query(api.queries.activities.history, args)).rejects.toThrow(
      "NOT_CHALLENGE_ADMIN",
    );
  });
});

describe("a page of the history", () => {
  test.each([0, -1, 1.5, Number.NaN])("of %d rows is refused", async (numItems) => {
    const { ada, challengeId, t } = await newScene();
    const args = { challengeId, paginationOpts: { numItems, cursor: null } };
    await refusedUnchanged(t, "INVALID_INPUT", () =>
      ada.as.query(api.queries.activities.history, args),
    );
  });
});

describe("D13 a preview", () => {
  test("equals what logging and editing then store", async () => {
    const scene = await newScene();
    const { challengeId, ada, types } = scene;
    const deed = { challengeId, activityTypeId: types.run, loggedDate: TODAY, metrics: km(3.3) };
    const preview = await ada.as.query(api.queries.activities.previewPoints, {
      ...deed,
      today: TODAY,
    });
    const { activityId, pointsEarned } = await ada.as.mutation(api.mutations.activities.log, deed);
    expect(preview.pointsEarned).toBe(pointsEarned);
    expect(preview.lines).toEqual((await rowOf(scene.t, activityId)).breakdown);
    const change = { activityTypeId: types.stretch, loggedDate: TODAY, metrics: {} };
    const previewed = await ada.as.query(api.queries.activities.previewPoints, {
      challengeId,
      activityId,
      today: TODAY,
      ...change,
    });
    const edited = await ada.as.mutation(edit, { activityId, ...change });
    expect(previewed.pointsEarned).toBe(edited.pointsEarned);
  });

  test("refuses what they would refuse", async () => {
    const scene = await newScene();
    const { challengeId, ada, types } = scene;
    for (let count = 0; count < 2; count += 1) await log(scene, ada, { type: "stretch" });
    const deed = { challengeId, activityTypeId: types.stretch, metrics: {}, today: TODAY };
    const preview = (loggedDate: string) =>
      ada.as.query(api.queries.activities.previewPoints, { ...deed, loggedDate });
    await expect(preview(TODAY)).rejects.toThrow("LIMIT_REACHED");
    await expect(preview("2026-06-11")).rejects.toThrow("OUTSIDE_CHALLENGE_DATES");
    await expect(preview("2026-02-30")).rejects.toThrow("INVALID_INPUT");
    expect((await preview(YESTERDAY)).pointsEarned).toBe(5);
  });
});
