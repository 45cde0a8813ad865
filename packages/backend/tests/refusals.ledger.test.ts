import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import type { ErrorCode } from "../lib/errors";
import type { Metrics } from "../tables/scoring";
import { asNewPerson, newChallenge, refusedUnchanged, snapshotTables } from "./backend.setup";
import {
  accountOf,
  km,
  log,
  type Member,
  newScene,
  rowOf,
  type Scene,
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
const { importActivities } = api.mutations.imports;

/** A scene in which Ada ran 1.2 km today, with somebody outside and a type of another challenge. */
interface Stage extends Scene {
  activityId: Id<"activities">;
  streakId: Id<"activities">;
  otto: Member;
  foreignType: Id<"activityTypes">;
}

async function newStage(fields: Parameters<typeof newScene>[0] = {}): Promise<Stage> {
  const scene = await newScene(fields);
  const { activityId } = await log(scene, scene.ada);
  const { standing } = await accountOf(scene, scene.ada);
  const otto = await asNewPerson(scene.t, "Otto Outsider");
  const other = await newChallenge(scene.admin.as, { name: "Another" });
  const made = await scene.admin.as.mutation(api.mutations.activityTypes.create, {
    challengeId: other.challengeId,
    name: "Run",
    contributesToStreak: true,
    scoring: { kind: "fixed", points: 1000 },
  });
  const streakId = standing.streakActivityId as Id<"activities">;
  return { ...scene, activityId, streakId, otto, foreignType: made.activityTypeId };
}

function archiveRow(fields: { externalId?: string; sport?: string; metrics?: Metrics } = {}) {
  const startedAt = Date.parse("2026-06-10T08:00:00Z");
  return { externalId: "1", sport: "Run", startedAt, loggedDate: TODAY, metrics: km(1), ...fields };
}

function importing({ challengeId }: Stage, count = 1) {
  const rows = Array.from({ length: count }, (_, index) => archiveRow({ externalId: `${index}` }));
  return { challengeId, source: "archive" as const, rows };
}

type Attempt = [code: ErrorCode, what: string, call: (stage: Stage) => Promise<unknown>];

const WHO: Attempt[] = [
  [
    "NOT_SIGNED_IN",
    "logging without signing in",
    ({ t, challengeId, types }) =>
      t.mutation(api.mutations.activities.log, {
        challengeId,
        activityTypeId: types.run,
        loggedDate: TODAY,
        metrics: km(1),
      }),
  ],
  [
    "NOT_SIGNED_IN",
    "editing without signing in",
    ({ t, activityId }) => t.mutation(edit, { activityId }),
  ],
  [
    "NOT_SIGNED_IN",
    "importing without signing in",
    (stage) => stage.t.mutation(importActivities, importing(stage)),
  ],
  ["NOT_PARTICIPANT", "an outsider's log", (stage) => log(stage, stage.otto)],
  [
    "NOT_PARTICIPANT",
    "an outsider's edit of somebody's row",
    ({ otto, activityId }) => otto.as.mutation(edit, { activityId, reason: "Mine" }),
  ],
  [
    "NOT_PARTICIPANT",
    "an outsider's import",
    (stage) => stage.otto.as.mutation(importActivities, importing(stage)),
  ],
  [
    "NOT_CHALLENGE_ADMIN",
    "a participant's edit of another's row",
    ({ bob, activityId }) => bob.as.mutation(edit, { activityId, metrics: km(90) }),
  ],
  [
    "NOT_CHALLENGE_ADMIN",
    "a participant's removal of another's row",
    ({ bob, activityId }) => bob.as.mutation(remove, { activityId }),
  ],
  [
    "NOT_CHALLENGE_ADMIN",
    "a participant's restoring of another's row",
    ({ bob, activityId }) => bob.as.mutation(restore, { activityId }),
  ],
  [
    "NOT_CHALLENGE_ADMIN",
    "a participant's log for another",
    (stage) => log(stage, stage.bob, { onBehalfOf: stage.ada.userId, reason: "She asked" }),
  ],
  [
    "NOT_CHALLENGE_ADMIN",
    "a participant who gives a reason",
    (stage) => log(stage, stage.bob, { loggedDate: "2026-06-01", reason: "Forgot" }),
  ],
  [
    "NOT_CHALLENGE_ADMIN",
    "a participant's import for another",
    (stage) =>
      stage.bob.as.mutation(importActivities, {
        ...importing(stage),
        onBehalfOf: stage.ada.userId,
        reason: "She asked",
      }),
  ],
  [
    "NOT_CHALLENGE_ADMIN",
    "a participant's mapping of a sport",
    ({ bob, challengeId }) =>
      bob.as.mutation(api.mutations.imports.setMapping, {
        challengeId,
        label: "Curling",
        activityTypeId: null,
      }),
  ],
  [
    "NOT_FOUND",
    "F3 a type of another challenge",
    ({ ada, challengeId, foreignType }) =>
      ada.as.mutation(api.mutations.activities.log, {
        challengeId,
        activityTypeId: foreignType,
        loggedDate: TODAY,
        metrics: {},
      }),
  ],
  [
    "NOT_FOUND",
    "F3 an edit to a type of another challenge",
    ({ ada, activityId, foreignType }) =>
      ada.as.mutation(edit, { activityId, activityTypeId: foreignType }),
  ],
  [
    "NOT_FOUND",
    "F3 a mapping to a type of another challenge",
    ({ admin, challengeId, foreignType }) =>
      admin.as.mutation(api.mutations.imports.setMapping, {
        challengeId,
        label: "Curling",
        activityTypeId: foreignType,
      }),
  ],
  [
    "NOT_FOUND",
    "an admin's log for somebody outside",
    (stage) => log(stage, stage.admin, { onBehalfOf: stage.otto.userId, reason: "A guest" }),
  ],
];

const INPUT: Attempt[] = [
  [
    "INVALID_INPUT",
    "an admin without a reason",
    ({ admin, activityId }) => admin.as.mutation(edit, { activityId, metrics: km(1) }),
  ],
  [
    "INVALID_INPUT",
    "an admin with a blank reason",
    ({ admin, activityId }) => admin.as.mutation(remove, { activityId, reason: "  " }),
  ],
  [
    "INVALID_INPUT",
    "an import for another without a reason",
    (stage) =>
      stage.admin.as.mutation(importActivities, {
        ...importing(stage),
        onBehalfOf: stage.ada.userId,
      }),
  ],
  ["INVALID_INPUT", "a requestId that is no UUID", (s) => log(s, s.ada, { requestId: "1" })],
  [
    "INVALID_INPUT",
    "H2 notes of 2,001 characters",
    (stage) => log(stage, stage.ada, { notes: "x".repeat(2001) }),
  ],
  [
    "INVALID_INPUT",
    "H2 notes of 100 kB in an edit",
    ({ ada, activityId }) => ada.as.mutation(edit, { activityId, notes: "x".repeat(100_000) }),
  ],
  [
    "INVALID_INPUT",
    "F13 notes with marks that reorder text",
    (stage) => log(stage, stage.ada, { notes: "abc\u202Edef" }),
  ],
  [
    "INVALID_INPUT",
    "101 rows of an import",
    (stage) => stage.ada.as.mutation(importActivities, importing(stage, 101)),
  ],
  [
    "INVALID_INPUT",
    "a sport label of nothing",
    ({ admin, challengeId }) =>
      admin.as.mutation(api.mutations.imports.setMapping, {
        challengeId,
        label: " ",
        activityTypeId: null,
      }),
  ],
];

const RULES: Attempt[] = [
  ["OUTSIDE_CHALLENGE_DATES", "tomorrow", (s) => log(s, s.ada, { loggedDate: "2026-06-11" })],
  [
    "OUTSIDE_CHALLENGE_DATES",
    "further back than backdateDays",
    (stage) => log(stage, stage.ada, { loggedDate: "2026-06-02" }),
  ],
  [
    "OUTSIDE_CHALLENGE_DATES",
    "before the challenge, for an admin too",
    (stage) =>
      log(stage, stage.admin, {
        loggedDate: "2026-05-31",
        onBehalfOf: stage.ada.userId,
        reason: "Early",
      }),
  ],
  [
    "OUTSIDE_CHALLENGE_DATES",
    "D9 an edit to such a day",
    ({ ada, activityId }) => ada.as.mutation(edit, { activityId, loggedDate: "2026-06-02" }),
  ],
  [
    "NOT_AVAILABLE_THIS_WEEK",
    "a type of week two in week one",
    (stage) => log(stage, stage.ada, { type: "hike", loggedDate: "2026-06-07" }),
  ],
  [
    "NOT_AVAILABLE_THIS_WEEK",
    "D9 an edit to such a type",
    ({ ada, activityId, types }) =>
      ada.as.mutation(edit, {
        activityId,
        activityTypeId: types.hike,
        loggedDate: "2026-06-07",
      }),
  ],
  [
    "STALE_VERSION",
    "B6 an edit of a version that is gone",
    ({ ada, activityId }) =>
      ada.as.mutation(edit, { activityId, metrics: km(5), expectedVersion: 2 }),
  ],
  [
    "STALE_VERSION",
    "B6 a removal of a version that is gone",
    ({ ada, activityId }) => ada.as.mutation(remove, { activityId, expectedVersion: 0 }),
  ],
  [
    "SYSTEM_ROW",
    "editing the streak row",
    ({ ada, streakId }) => ada.as.mutation(edit, { activityId: streakId, metrics: km(1) }),
  ],
  [
    "SYSTEM_ROW",
    "removing the streak row",
    ({ ada, streakId }) => ada.as.mutation(remove, { activityId: streakId }),
  ],
  [
    "SYSTEM_ROW",
    "restoring the streak row, for an admin too",
    ({ admin, streakId }) =>
      admin.as.mutation(restore, { activityId: streakId, reason: "Just because" }),
  ],
];

describe("D14 L7 a refused call changes no table", () => {
  test.each([...WHO, ...INPUT, ...RULES])("%s: %s", async (code, _what, call) => {
    const stage = await newStage();
    await refusedUnchanged(stage.t, code, () => call(stage));
  });

  test("LIMIT_REACHED: B5 D9 a third stretch of the day by log, edit and K3 restore", async () => {
    const stage = await newStage();
    const { t, ada, activityId, types } = stage;
    const first = await log(stage, ada, { type: "stretch" });
    await log(stage, ada, { type: "stretch" });
    const full = { limit: "maxPerDay", max: 2 };
    const third = () => log(stage, ada, { type: "stretch" });
    expect(await refusedUnchanged(t, "LIMIT_REACHED", third)).toMatchObject(full);
    const edited = () => ada.as.mutation(edit, { activityId, activityTypeId: types.stretch });
    expect(await refusedUnchanged(t, "LIMIT_REACHED", edited)).toMatchObject(full);
    await ada.as.mutation(remove, { activityId: first.activityId });
    await third();
    const restored = () => ada.as.mutation(restore, { activityId: first.activityId });
    expect(await refusedUnchanged(t, "LIMIT_REACHED", restored)).toMatchObject(full);
  });

  test("F6 NOT_PARTICIPANT and NOT_FOUND: whoever left, and an admin for them", async () => {
    const stage = await newStage();
    const { t, ada, admin, activityId, challengeId } = stage;
    await ada.as.mutation(api.mutations.challenges.leave, { challengeId });
    await refusedUnchanged(t, "NOT_PARTICIPANT", () => log(stage, ada));
    await refusedUnchanged(t, "NOT_PARTICIPANT", () => ada.as.mutation(remove, { activityId }));
    const reason = "She went home";
    const options = { onBehalfOf: ada.userId, reason };
    await refusedUnchanged(t, "NOT_FOUND", () => log(stage, admin, options));
    // What she did before can still be corrected.
    const corrected = await admin.as.mutation(edit, { activityId, metrics: km(2), reason });
    expect(corrected).toMatchObject({ pointsEarned: 20, totalPoints: 21 });
  });

  test("ACTIVITY_DELETED: editing what was removed", async () => {
    const { t, ada, activityId } = await newStage();
    await ada.as.mutation(remove, { activityId });
    const change = { activityId, metrics: km(2) };
    await refusedUnchanged(t, "ACTIVITY_DELETED", () => ada.as.mutation(edit, change));
  });

  test("IDEMPOTENCY_MISMATCH: B2 a requestId used for something else", async () => {
    const stage = await newStage();
    const { t, ada, activityId } = stage;
    const requestId = uuid(7);
    await log(stage, ada, { requestId });
    const code = "IDEMPOTENCY_MISMATCH";
    await refusedUnchanged(t, code, () => log(stage, ada, { requestId, metrics: km(9) }));
    await refusedUnchanged(t, code, () => ada.as.mutation(remove, { activityId, requestId }));
    const chunk = { ...importing(stage), requestId };
    await refusedUnchanged(t, code, () => ada.as.mutation(importActivities, chunk));
  });

  test("OUTSIDE_CHALLENGE_DATES: K3 restoring on a day that has closed", async () => {
    const { t, ada, activityId } = await newStage();
    await ada.as.mutation(remove, { activityId });
    vi.setSystemTime(new Date("2026-06-18T12:00:00Z"));
    await refusedUnchanged(t, "OUTSIDE_CHALLENGE_DATES", () =>
      ada.as.mutation(restore, { activityId }),
    );
  });

  test("RATE_LIMITED: a flood of logs", async () => {
    const stage = await newStage();
    for (let count = 1; count < 10; count += 1) await log(stage, stage.ada, { type: "rest" });
    const refusal = await refusedUnchanged(stage.t, "RATE_LIMITED", () => log(stage, stage.ada));
    expect(refusal).toMatchObject({ retryAfterMs: expect.any(Number) });
  });

  test("CHALLENGE_FINAL: L10 whatever would move points or notes", async () => {
    const stage = await newStage();
    const { t, ada, admin, activityId } = stage;
    const removed = await log(stage, ada);
    await ada.as.mutation(remove, { activityId: removed.activityId });
    vi.setSystemTime(new Date("2026-07-04T12:00:00Z"));
    const { challengeId } = stage;
    await admin.as.mutation(api.mutations.challenges.finalize, { challengeId });
    const code = "CHALLENGE_FINAL";
    await refusedUnchanged(t, code, () => log(stage, ada));
    const reason = "Too late";
    await refusedUnchanged(t, code, () => log(stage, admin, { onBehalfOf: ada.userId, reason }));
    const change = { activityId, reason };
    await refusedUnchanged(t, code, () => admin.as.mutation(edit, { ...change, metrics: km(2) }));
    await refusedUnchanged(t, code, () => admin.as.mutation(edit, { ...change, notes: "Late" }));
    await refusedUnchanged(t, code, () => admin.as.mutation(remove, change));
    const back = { activityId: removed.activityId, reason };
    await refusedUnchanged(t, code, () => admin.as.mutation(restore, back));
  });

  test("NOT_FOUND: F9 everything of a private challenge, for people outside", async () => {
    const stage = await newStage({ visibility: "private" });
    const { t, otto, challengeId, activityId } = stage;
    const code = "NOT_FOUND";
    await refusedUnchanged(t, code, () => log(stage, otto));
    await refusedUnchanged(t, code, () => otto.as.mutation(edit, { activityId }));
    await refusedUnchanged(t, code, () => otto.as.mutation(remove, { activityId }));
    const chunk = importing(stage);
    await refusedUnchanged(t, code, () => otto.as.mutation(importActivities, chunk));
    const page = { challengeId, paginationOpts: { numItems: 5, cursor: null } };
    await refusedUnchanged(t, code, () => otto.as.query(api.queries.activities.history, page));
    const { leaderboards, profiles } = api.queries;
    await refusedUnchanged(t, code, () => otto.as.query(leaderboards.page, { challengeId }));
    const whose = { challengeId, userId: stage.ada.userId };
    await refusedUnchanged(t, code, () => otto.as.query(leaderboards.standing, whose));
    await refusedUnchanged(t, code, () => otto.as.query(profiles.get, whose));
    const wrongKey = { ...whose, viewKey: "A".repeat(26) };
    await refusedUnchanged(t, code, () => otto.as.query(profiles.get, wrongKey));
  });

  test("NOT_FOUND: ids of rows that are gone", async () => {
    const { t, ada, activityId } = await newStage();
    await t.run(async (ctx) => await ctx.db.delete("activities", activityId));
    for (const door of [edit, remove, restore]) {
      await refusedUnchanged(t, "NOT_FOUND", () => ada.as.mutation(door, { activityId }));
    }
  });
});

const BAD_METRICS: Array<[string, Metrics]> = [
  ["NaN", { distance_m: Number.NaN }],
  ["Infinity", { distance_m: Number.POSITIVE_INFINITY }],
  ["-Infinity", { distance_m: Number.NEGATIVE_INFINITY }],
  ["1e400 in JSON", { distance_m: JSON.parse("1e400") as number }],
  ["a negative one", { distance_m: -0.001 }],
  ["1e308", { distance_m: 1e308 }],
  ["2^53 + 1", { distance_m: 2 ** 53 + 1 }],
  ["more than 1,000 km", { distance_m: 1_000_001 }],
  ["four decimals", { distance_m: 1.0001 }],
  ["NaN in a metric the rule does not use", { ...km(1), steps: Number.NaN }],
  ["none at all", {}],
];

describe("D1 bad metrics", () => {
  test.each(BAD_METRICS)("%s: log, edit, preview and import refuse it", async (_what, metrics) => {
    const stage = await newStage();
    const { t, ada, activityId, challengeId, types } = stage;
    const code = "INVALID_INPUT";
    const path = expect.stringMatching(/^metrics\./);
    const logged = await refusedUnchanged(t, code, () => log(stage, ada, { metrics }));
    expect(logged).toMatchObject({ path });
    const edited = () => ada.as.mutation(edit, { activityId, metrics });
    expect(await refusedUnchanged(t, code, edited)).toMatchObject({ path });
    const deed = { challengeId, activityTypeId: types.run, loggedDate: TODAY, metrics };
    const args = { ...deed, today: TODAY };
    await refusedUnchanged(t, code, () => ada.as.query(api.queries.activities.previewPoints, args));
    const before = await snapshotTables(t);
    const rows = [archiveRow({ metrics })];
    const { results } = await ada.as.mutation(importActivities, {
      challengeId,
      source: "archive",
      rows,
    });
    expect(results).toEqual([{ externalId: "1", status: "skipped", reason: code }]);
    expect(await snapshotTables(t)).toEqual(before);
  });

  test("-0 is stored as 0", async () => {
    const scene = await newScene();
    const { activityId } = await log(scene, scene.ada, { metrics: { distance_m: -0 } });
    const { metrics, pointsEarned } = await rowOf(scene.t, activityId);
    expect([metrics.distance_m, pointsEarned].map((value) => Object.is(value, 0))).toEqual([
      true,
      true,
    ]);
  });
});

describe("E6 impossible dates", () => {
  const dates = [
    "2026-02-30",
    "2026-06-31",
    "2026-6-1",
    "",
    "today",
    "9999-01-01",
    "2026-06-10T00",
  ];
  test.each(dates)("%j: log, edit and preview refuse it", async (loggedDate) => {
    const stage = await newStage();
    const { t, ada, activityId, challengeId, types } = stage;
    const code = "INVALID_INPUT";
    await refusedUnchanged(t, code, () => log(stage, ada, { loggedDate }));
    await refusedUnchanged(t, code, () => ada.as.mutation(edit, { activityId, loggedDate }));
    const deed = { challengeId, activityTypeId: types.run, metrics: km(1), loggedDate };
    const preview = api.queries.activities.previewPoints;
    await refusedUnchanged(t, code, () => ada.as.query(preview, { ...deed, today: TODAY }));
    const asked = { ...deed, loggedDate: TODAY, today: loggedDate };
    await refusedUnchanged(t, code, () => ada.as.query(preview, asked));
  });
});

/** What Convex's own argument validation stops before a handler runs. */
const BAD_SHAPES: Array<[string, (stage: Stage) => Record<string, unknown>]> = [
  ["a text as metric", () => ({ metrics: { distance_m: "12" } })],
  ["null as metric", () => ({ metrics: { distance_m: null } })],
  ["true as metric", () => ({ metrics: { distance_m: true } })],
  ["an unknown metric", () => ({ metrics: { distance_m: 1000, points: 1_000_000 } })],
  ["F5 points", () => ({ pointsEarned: 1_000_000 })],
  ["F5 a source", () => ({ source: "adjustment" })],
  ["F5 a userId", ({ bob }) => ({ userId: bob.userId })],
  ["F5 an externalId", () => ({ externalId: "1" })],
  ["F3 an id of another table", ({ ada }) => ({ activityTypeId: ada.userId })],
  ["a number as day", () => ({ loggedDate: 20260610 })],
];

describe("F5 H2 arguments that are no arguments", () => {
  test.each(BAD_SHAPES)("%s changes no table", async (_what, fieldsOf) => {
    const stage = await newStage();
    const { t, ada, challengeId, types } = stage;
    const deed = { challengeId, activityTypeId: types.run, loggedDate: TODAY, metrics: km(1) };
    const args = { ...deed, ...fieldsOf(stage) } as unknown as typeof deed;
    const before = await snapshotTables(t);
    await expect(ada.as.mutation(api.mutations.activities.log, args)).rejects.toThrow(/[Vv]alidat/);
    expect(await snapshotTables(t)).toEqual(before);
  });
});

describe("what verify says afterwards", () => {
  test("a ledger that refused all this is as its rows say", async () => {
    const stage = await newStage();
    const attempts = [...INPUT, ...RULES].map(([, , call]) => call(stage).catch(() => null));
    await Promise.all(attempts);
    await log(stage, stage.ada, { loggedDate: YESTERDAY });
    const { challengeId } = stage;
    const verified = await stage.t.query(internal.queries.maintenance.verifyPage, { challengeId });
    expect(verified).toMatchObject({ checked: 3, findings: [], isDone: true });
  });
});
