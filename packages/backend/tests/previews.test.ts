import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import { addDays } from "../lib/rules/dates";
import { newAchievement } from "./achievements.setup";
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
  YESTERDAY,
} from "./ledger.setup";
import { type Draw, drawFrom } from "./random.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const { previewPoints } = api.queries.activities;
const DAYS = ["2026-06-07", "2026-06-08", YESTERDAY, TODAY];

/** A challenge whose runs share a day's cap, and whose achievements come, move and go with what is logged. */
async function newCappedScene(): Promise<Scene> {
  const scene = await newScene();
  const { admin, types } = scene;
  const limits = { maxPointsPerDay: 60 };
  await admin.as.mutation(api.mutations.activityTypes.update, {
    activityTypeId: types.run,
    limits,
  });
  const both = [types.run, types.stretch];
  await newAchievement(scene);
  await newAchievement(scene, {
    name: "Seven kilometres",
    criteria: {
      kind: "cumulative",
      metric: "distance_m",
      unit: "km",
      atLeast: 7,
      types: [{ activityTypeId: types.run, factor: 1 }],
    },
    frequency: "perQualifyingSet",
    points: 15,
  });
  await newAchievement(scene, {
    name: "Both",
    criteria: { kind: "oneOfEach", activityTypeIds: both },
    frequency: "oncePerWeek",
    points: -5,
  });
  return scene;
}

/** What an event says about points, in the words of a preview. */
type Line = [what: string, pointsBefore: number, pointsAfter: number];

const inOrder = (lines: Line[]) => lines.map(String).sort();

/** What the events of the ledger say from a number on, the streak's as what it adds. */
async function written(scene: Scene, after: number, own: Id<"activities">) {
  const { events, rows } = await accountOf(scene, scene.ada);
  const known = new Map(rows.map((row) => [row._id, row]));
  const lines: Record<"own" | "others" | "awards", Line[]> = { own: [], others: [], awards: [] };
  let streakBonusChange = 0;
  for (const { activityId, seq, pointsBefore, pointsAfter } of events) {
    const row = activityId && known.get(activityId);
    if (seq <= after || !row) continue;
    const line = lineOf(scene, row, [pointsBefore, pointsAfter]);
    if (row._id === own) lines.own.push(line);
    else if (row.source === "achievement") lines.awards.push(line);
    else if (row.source === "streak") streakBonusChange += pointsAfter - pointsBefore;
    else lines.others.push(line);
  }
  return { ...lines, streakBonusChange };
}

function lineOf(
  { types }: Scene,
  { title, activityTypeId }: Doc<"activities">,
  points: [number, number],
): Line {
  const isRun = activityTypeId === types.run;
  return [title ?? (isRun ? "Run" : "Stretch"), ...points];
}

/** A log or an edit: first asked about, then done, and both compared. */
async function compare(scene: Scene, draw: Draw, rows: Array<Id<"activities">>): Promise<void> {
  const { ada, challengeId, types } = scene;
  const type = draw(4) === 0 ? "stretch" : "run";
  const activityTypeId = types[type];
  const loggedDate = DAYS[draw(DAYS.length)] ?? TODAY;
  const metrics = type === "run" ? km(1 + draw(50) / 10) : {};
  const activityId = draw(3) === 0 ? rows[draw(rows.length)] : undefined;
  const before = (await accountOf(scene, ada)).standing;
  const deed = { activityTypeId, loggedDate, metrics };
  const wish = { challengeId, ...deed, today: TODAY };
  const preview = await ada.as
    .query(previewPoints, activityId === undefined ? wish : { ...wish, activityId })
    .catch(() => null);
  const done = await (
    activityId === undefined
      ? ada.as.mutation(api.mutations.activities.log, { challengeId, ...deed })
      : ada.as.mutation(api.mutations.activities.edit, { activityId, ...deed })
  ).catch(() => null);
  expect(preview === null).toBe(done === null);
  if (preview === null || done === null) return;
  const own = activityId ?? ("activityId" in done ? done.activityId : undefined);
  if (own === undefined) throw new Error("neither logged nor edited");
  if (activityId === undefined) rows.push(own);
  const { pointsEarned, lines, others, awards, awardsFollow, streakBonusChange } = preview;
  const row = await rowOf(scene.t, own);
  expect([pointsEarned, lines]).toEqual([row.pointsEarned, row.breakdown]);
  const events = await written(scene, before.seq, own);
  expect(inOrder(awards.map((one): Line => [one.name, one.pointsBefore, one.pointsAfter]))).toEqual(
    inOrder(events.awards),
  );
  expect(
    inOrder(others.map((one): Line => [one.typeName, one.pointsBefore, one.pointsAfter])),
  ).toEqual(inOrder(events.others));
  expect([streakBonusChange, awardsFollow]).toEqual([events.streakBonusChange, false]);
}

describe("D13 a preview is what is then written, awards included", () => {
  test.each([1, 2, 3])("over random logs and edits, seed %i", async (seed) => {
    const scene = await newCappedScene();
    const draw = drawFrom(seed);
    const rows: Array<Id<"activities">> = [];
    for (let step = 0; step < 12; step += 1) await compare(scene, draw, rows);
    await settled(scene.t);
    const { rows: all } = await accountOf(scene, scene.ada);
    // The steps had something to get wrong.
    expect(all.filter(({ source }) => source === "achievement").length).toBeGreaterThan(1);
  });

  test("names the award an edit takes away", async () => {
    const scene = await newCappedScene();
    const { ada, challengeId, types } = scene;
    await log(scene, ada, { metrics: km(2) });
    const { activityId } = await log(scene, ada, { metrics: km(5), loggedDate: YESTERDAY });
    const preview = await ada.as.query(previewPoints, {
      challengeId,
      activityId,
      activityTypeId: types.run,
      loggedDate: YESTERDAY,
      metrics: km(4),
      today: TODAY,
    });
    expect(preview.awards).toEqual([
      { name: "Seven kilometres", pointsBefore: 15, pointsAfter: 0 },
    ]);
  });

  test("says that more follow where one change moves too many awards for its transaction", async () => {
    const scene = await newScene({ startsOn: "2026-01-01" });
    const { admin, ada, challengeId, types } = scene;
    const rows = Array.from({ length: 98 }, (_, index) => {
      const loggedDate = addDays("2026-01-01", index);
      const startedAt = Date.parse(`${loggedDate}T08:00:00Z`);
      return { externalId: `r${index}`, sport: "Run", startedAt, loggedDate, metrics: km(1) };
    });
    const source = "archive" as const;
    const args = { challengeId, source, rows, onBehalfOf: ada.userId, reason: "Sent by mail" };
    await admin.as.mutation(api.mutations.imports.importActivities, args);
    const criteria = { kind: "count" as const, activityTypeIds: [types.run], times: 2 };
    await newAchievement(scene, { criteria, frequency: "perQualifyingSet" });
    const { rows: all } = await accountOf(scene, ada);
    const first = all.find(({ loggedDate }) => loggedDate === "2026-01-01");
    if (first === undefined) throw new Error("nothing was imported");
    const wish = { activityId: first._id, today: TODAY };
    const effect = await admin.as.query(api.queries.review.removal, wish);
    expect(effect?.awardsFollow).toBe(true);
    expect(effect?.moved.awards).toHaveLength(47);
  });
});
