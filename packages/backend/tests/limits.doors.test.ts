import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import type { Limits } from "../tables/scoring";
import { keyOf, send, tablesBesideCalls } from "./api.setup";
import { refusalFrom } from "./backend.setup";
import { accountOf, log, newScene, rowOf, type Scene, standAtNoon, TODAY } from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const { edit, remove, restore } = api.mutations.activities;
const FIXED = { kind: "fixed", points: 5 } as const;
const WEEK_1 = "2026-06-06";
const WEEK_2 = "2026-06-08";

/** A limit, the day it closes, and a day before that may be `full` and from which a row may still `move`. */
interface Case {
  limits: Limits;
  blocked: string;
  full?: string;
  move?: string;
  refusal: Record<string, unknown>;
}

const reached = (limit: string, max: number) => ({ code: "LIMIT_REACHED", limit, max });
const CASES: Array<[name: string, one: Case]> = [
  [
    "maxPerDay",
    {
      limits: { maxPerDay: 1 },
      blocked: WEEK_2,
      full: WEEK_2,
      move: TODAY,
      refusal: reached("maxPerDay", 1),
    },
  ],
  [
    "maxPerWeek",
    {
      limits: { maxPerWeek: 1 },
      blocked: WEEK_2,
      full: TODAY,
      move: WEEK_1,
      refusal: reached("maxPerWeek", 1),
    },
  ],
  [
    // A row that moves stays one of the challenge, and the rows of other weeks count: K3 also for a row that was scored
    // by a version without this limit.
    "maxPerChallenge",
    {
      limits: { maxPerChallenge: 1 },
      blocked: WEEK_2,
      full: WEEK_1,
      refusal: reached("maxPerChallenge", 1),
    },
  ],
  [
    "validWeeks",
    {
      limits: { validWeeks: [2] },
      blocked: WEEK_1,
      move: TODAY,
      refusal: { code: "NOT_AVAILABLE_THIS_WEEK", validWeeks: [2] },
    },
  ],
  [
    "finalDaysOnly",
    {
      limits: { finalDaysOnly: true },
      blocked: WEEK_1,
      move: TODAY,
      refusal: { code: "OUTSIDE_CHALLENGE_DATES", earliest: "2026-06-09", latest: TODAY },
    },
  ],
];

/** Ada in a challenge that ends today, and what each door needs to bring a row of the type to a day. */
interface Stage {
  scene: Scene;
  typeId: Id<"activityTypes">;
  key: string;
  logOn: (loggedDate: string) => Promise<Id<"activities">>;
  removed: Id<"activities">;
  other: Id<"activities">;
}

async function newStage(limits: Limits, blocked: string): Promise<Stage> {
  const scene = await newScene({ endsOn: TODAY });
  const { challengeId, admin, ada } = scene;
  const type = { name: "Limited", contributesToStreak: true, scoring: FIXED };
  const { activityTypeId: typeId } = await admin.as.mutation(api.mutations.activityTypes.create, {
    challengeId,
    ...type,
  });
  const label = "Limited";
  const mapping = { challengeId, label, activityTypeId: typeId };
  await admin.as.mutation(api.mutations.imports.setMapping, mapping);
  const logOn = async (loggedDate: string) => {
    const deed = { challengeId, activityTypeId: typeId, loggedDate, metrics: {} };
    return (await ada.as.mutation(api.mutations.activities.log, deed)).activityId;
  };
  const removed = await logOn(blocked);
  await ada.as.mutation(remove, { activityId: removed });
  const { activityId: other } = await log(scene, ada, { type: "rest", loggedDate: blocked });
  await admin.as.mutation(api.mutations.activityTypes.update, { activityTypeId: typeId, limits });
  const { key } = await keyOf(scene, ada, "log", "read");
  // The first use of a key is written down.
  await send(scene.t, "GET", "/me", { key });
  return { scene, typeId, key, logOn, removed, other };
}

async function importOn({ scene }: Stage, loggedDate: string) {
  const startedAt = Date.parse(`${loggedDate}T08:00:00Z`);
  const row = { externalId: "1", sport: "Limited", startedAt, loggedDate, metrics: {} };
  const { results } = await scene.ada.as.mutation(api.mutations.imports.importActivities, {
    challengeId: scene.challengeId,
    source: "archive",
    rows: [row],
    allowDuplicates: true,
  });
  return results[0];
}

async function logByKey({ scene, typeId, key }: Stage, loggedDate: string) {
  const body = { activityTypeId: typeId, loggedDate, metrics: {} };
  const path = `/challenges/${scene.challengeId}/activities`;
  return (await send(scene.t, "POST", path, { key, body })).body;
}

describe("D9 D14 a limit refuses at every door alike", () => {
  test.each(CASES)("%s", async (_name, { limits, blocked, full, move, refusal }) => {
    const stage = await newStage(limits, blocked);
    const { scene, typeId, logOn } = stage;
    const { ada } = scene;
    if (full !== undefined) await logOn(full);
    const movable = move === undefined ? null : await logOn(move);
    const before = await tablesBesideCalls(scene.t);

    expect(await refusalFrom(logOn(blocked))).toEqual(refusal);
    const toType = { activityId: stage.other, activityTypeId: typeId };
    expect(await refusalFrom(ada.as.mutation(edit, toType))).toEqual(refusal);
    const toDay = movable && { activityId: movable, loggedDate: blocked };
    const moving = toDay ? await refusalFrom(ada.as.mutation(edit, toDay)) : refusal;
    expect(moving).toEqual(refusal);
    const again = ada.as.mutation(restore, { activityId: stage.removed });
    expect(await refusalFrom(again)).toEqual(refusal);
    expect(await importOn(stage, blocked)).toMatchObject({
      status: "skipped",
      reason: refusal.code,
    });
    expect(await logByKey(stage, blocked)).toMatchObject(refusal);
    expect(await tablesBesideCalls(scene.t)).toEqual(before);
  });

  test("maxPointsPerDay refuses at none and cuts at every one", async () => {
    const stage = await newStage({ maxPointsPerDay: 5 }, WEEK_2);
    const { scene, typeId, logOn } = stage;
    const { t, ada } = scene;
    const first = await logOn(WEEK_2);
    const moved = await logOn(TODAY);
    expect((await rowOf(t, first)).pointsEarned).toBe(5);
    const given = async (id: Id<"activities">) => (await rowOf(t, id)).pointsEarned;
    expect(await given(await logOn(WEEK_2))).toBe(0);
    // Made before the others, it comes first in the day, and the day holds five points all the same.
    await ada.as.mutation(edit, { activityId: stage.other, activityTypeId: typeId });
    expect([await given(stage.other), await given(first)]).toEqual([5, 0]);
    await ada.as.mutation(edit, { activityId: moved, loggedDate: WEEK_2 });
    expect(await given(moved)).toBe(0);
    expect(await importOn(stage, WEEK_2)).toMatchObject({ status: "created", pointsEarned: 0 });
    expect(await logByKey(stage, WEEK_2)).toMatchObject({ pointsEarned: 0, status: "created" });
    const { days } = await accountOf(scene, ada);
    expect(days.find(({ day }) => day === WEEK_2)?.points).toBe(5);
  });
});
