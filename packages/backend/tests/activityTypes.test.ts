import { afterEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import {
  asNewPerson,
  newChallenge,
  refusedUnchanged,
  setup,
  snapshotTables,
} from "./backend.setup";

const RUN = {
  name: "Run",
  scoring: { kind: "perUnit", metric: "distance_m", unit: "km", pointsPerUnit: 10 },
  contributesToStreak: true,
} as const;
const HALF = { kind: "threshold", metric: "distance_m", unit: "m", atLeast: 21097, points: 25 };

afterEach(() => {
  vi.useRealTimers();
});

async function start() {
  const t = setup();
  const admin = await asNewPerson(t, "Admin");
  const member = await asNewPerson(t, "Member");
  const { challengeId, joinCode } = await newChallenge(admin.as, { visibility: "private" });
  await member.as.mutation(api.mutations.challenges.join, { joinCode });
  const create = (fields: object = {}, as = admin.as) =>
    as.mutation(api.mutations.activityTypes.create, { challengeId, ...RUN, ...fields });
  const update = (activityTypeId: Id<"activityTypes">, fields: object, as = admin.as) =>
    as.mutation(api.mutations.activityTypes.update, { activityTypeId, ...fields });
  const list = () => member.as.query(api.queries.activityTypes.list, { challengeId });
  const versions = () => t.run((ctx) => ctx.db.query("activityTypeVersions").take(10));
  return { t, admin, member, challengeId, create, update, list, versions };
}

describe("a new activity type", () => {
  test("is listed with its rule as version 1, by name", async () => {
    const { create, list, versions } = await start();
    const { activityTypeId } = await create({
      category: " Cardio ",
      catalogueKey: "run",
      bonuses: [{ ...HALF, label: " Half  marathon" }],
    });
    await create({ name: "Bike" });
    const [bike, run] = await list();
    expect(bike).toMatchObject({ name: "Bike", version: 1 });
    expect(run).toEqual({
      activityTypeId,
      name: "Run",
      category: "Cardio",
      catalogueKey: "run",
      version: 1,
      scoring: RUN.scoring,
      bonuses: [{ ...HALF, label: "Half marathon" }],
      limits: {},
      contributesToStreak: true,
      isNegative: false,
    });
    expect(await versions()).toMatchObject([{ activityTypeId, version: 1 }, { version: 1 }]);
  });

  test.each([
    ["name", { name: "" }],
    ["name", { name: "run" }],
    ["category", { name: "Jog", category: "x".repeat(41) }],
    ["bonuses.0.label", { name: "Jog", bonuses: [{ ...HALF, label: "Half\u200B" }] }],
    ["catalogueKey", { name: "Jog", catalogueKey: "quidditch" }],
    ["catalogueKey", { name: "Jog", catalogueKey: "walk" }],
    ["scoring.pointsPerUnit", { name: "Jog", scoring: { ...RUN.scoring, pointsPerUnit: NaN } }],
    ["scoring.unit", { name: "Jog", scoring: { ...RUN.scoring, unit: "minute" } }],
    ["limits.maxPerDay", { name: "Jog", limits: { maxPerDay: 0 } }],
  ])("is refused with a bad or taken %s: %j", async (path, fields) => {
    const { t, create } = await start();
    await create();
    await create({ name: "Walk", catalogueKey: "walk" });
    const refusal = await refusedUnchanged(t, "INVALID_INPUT", () => create(fields));
    expect(refusal).toMatchObject({ path });
  });

  test("is refused when the challenge has 100", async () => {
    const { t, create } = await start();
    for (let count = 1; count <= 100; count += 1) await create({ name: `Run ${count}` });
    const refusal = await refusedUnchanged(t, "LIMIT_REACHED", () => create());
    expect(refusal).toEqual({ code: "LIMIT_REACHED", limit: "activityTypes", max: 100 });
  });
});

describe("a changed activity type", () => {
  test("gets a new version when its rule changed, and keeps the old one", async () => {
    const { create, update, list, versions } = await start();
    const { activityTypeId } = await create();
    const scoring = { ...RUN.scoring, pointsPerUnit: 12 };
    expect(await update(activityTypeId, { scoring })).toEqual({ version: 2 });
    expect(await list()).toMatchObject([{ version: 2, name: "Run", scoring }]);
    expect(await versions()).toMatchObject([
      { version: 1, scoring: RUN.scoring },
      { version: 2, scoring },
    ]);
  });

  test("keeps its version when only the name changed, or the same rule was sent again", async () => {
    const { create, update, list, versions } = await start();
    const { activityTypeId } = await create();
    const { kind, metric, unit, pointsPerUnit } = RUN.scoring;
    const reordered = { pointsPerUnit, unit, metric, kind };
    expect(await update(activityTypeId, { name: "RUN", scoring: reordered })).toEqual({
      version: 1,
    });
    expect(await list()).toMatchObject([{ version: 1, name: "RUN" }]);
    expect(await versions()).toHaveLength(1);
  });

  test("loses its category to an empty one", async () => {
    const { create, update, list } = await start();
    const { activityTypeId } = await create({ category: "Cardio" });
    expect(await update(activityTypeId, { category: "" })).toEqual({ version: 2 });
    expect((await list())[0]).not.toHaveProperty("category");
  });

  test("refuses a bad rule and the name of another type", async () => {
    const { t, create, update } = await start();
    const { activityTypeId } = await create();
    await create({ name: "Walk" });
    for (const fields of [{ name: "walk" }, { limits: { maxPerWeek: -1 } }]) {
      await refusedUnchanged(t, "INVALID_INPUT", () => update(activityTypeId, fields));
    }
  });
});

describe("the doors of activity types", () => {
  test("open for admins of their challenge only", async () => {
    const { t, member, create, update } = await start();
    const { activityTypeId } = await create();
    const outsider = await asNewPerson(t, "Outsider");
    await newChallenge(outsider.as);
    const stranger = t.withIdentity({ subject: "nobody|session" });
    for (const [code, as] of [
      ["NOT_CHALLENGE_ADMIN", member.as],
      ["NOT_FOUND", outsider.as],
      ["NOT_SIGNED_IN", stranger],
    ] as const) {
      await refusedUnchanged(t, code, () => create({ name: "Jog" }, as));
      await refusedUnchanged(t, code, () => update(activityTypeId, { name: "Jog" }, as));
    }
  });

  test("answer an outsider of a private challenge as they answer a missing type", async () => {
    const { t, create, update } = await start();
    const { activityTypeId } = await create();
    const outsider = await asNewPerson(t, "Outsider");
    const call = () => update(activityTypeId, { name: "Jog" }, outsider.as);
    const hidden = await refusedUnchanged(t, "NOT_FOUND", call);
    await t.run((ctx) => ctx.db.delete("activityTypes", activityTypeId));
    expect(await refusedUnchanged(t, "NOT_FOUND", call)).toEqual(hidden);
  });

  test("are closed once the challenge is final", async () => {
    const { t, admin, challengeId, create, update } = await start();
    const { activityTypeId } = await create();
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-08-01T00:00:00Z") });
    await admin.as.mutation(api.mutations.challenges.finalize, { challengeId });
    await refusedUnchanged(t, "CHALLENGE_FINAL", () => create({ name: "Jog" }));
    await refusedUnchanged(t, "CHALLENGE_FINAL", () => update(activityTypeId, { name: "Jog" }));
  });

  test("refuse an id of another table before anything runs", async () => {
    const { t, challengeId, update } = await start();
    const before = await snapshotTables(t);
    const foreign = challengeId as unknown as Id<"activityTypes">;
    await expect(update(foreign, { name: "Jog" })).rejects.toThrow("Validator error");
    expect(await snapshotTables(t)).toEqual(before);
  });
});
