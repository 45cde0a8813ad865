import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { keyOf, send, tablesBesideCalls } from "./api.setup";
import { importRow } from "./apiCases.setup";
import { runJob } from "./jobs.setup";
import { km, log, newScene, type Scene, standAtNoon, TODAY, uuid } from "./ledger.setup";

let scene: Scene;
beforeEach(async () => {
  standAtNoon();
  scene = await newScene();
});
afterEach(() => {
  vi.useRealTimers();
});

const perKm = (pointsPerUnit: number) => ({
  kind: "perUnit",
  metric: "distance_m",
  unit: "km",
  pointsPerUnit,
});

describe("activity types by key", () => {
  const adminKey = async () => (await keyOf(scene, scene.admin, "read", "admin")).key;

  test("B1 are made once, changed, and counted by the new rule", async () => {
    const { t, challengeId, ada } = scene;
    const key = await adminKey();
    const path = `/challenges/${challengeId}/activity-types`;
    const bonuses = [{ kind: "oncePerDay", points: 5, label: "Out at all" }];
    const type = { name: "Swim", scoring: perKm(4), contributesToStreak: true, bonuses };
    const sent = { key, body: type, headers: { "Idempotency-Key": uuid(1) } };
    const made = await send(t, "POST", path, sent);
    const again = await send(t, "POST", path, sent);
    expect([made.status, again.body]).toEqual([201, made.body]);
    const { activityTypeId } = made.body as { activityTypeId: Id<"activityTypes"> };
    const body = { scoring: perKm(40), bonuses: [] };
    const changed = await send(t, "PATCH", `/activity-types/${activityTypeId}`, { key, body });
    expect([changed.status, changed.body]).toEqual([200, { version: 2 }]);
    const deed = { challengeId, activityTypeId, loggedDate: TODAY, metrics: km(1) };
    const { pointsEarned } = await ada.as.mutation(api.mutations.activities.log, deed);
    expect(pointsEarned).toBe(40);
    const { items } = (await send(t, "GET", path, { key })).body;
    expect(items).toContainEqual(
      expect.objectContaining({ name: "Swim", version: 2, scoring: perKm(40), bonuses: [] }),
    );
  });

  test("are retired and offered again", async () => {
    const { t, challengeId, types } = scene;
    const key = await adminKey();
    const retire = async (isRetired: boolean) => {
      const path = `/activity-types/${types.run}`;
      const { status } = await send(t, "PATCH", path, { key, body: { isRetired } });
      const list = await send(t, "GET", `/challenges/${challengeId}/activity-types`, { key });
      const items = list.body.items as Array<{ name: string; isRetired?: true }>;
      return [status, items.find(({ name }) => name === "Run")?.isRetired];
    };
    expect(await retire(true)).toEqual([200, true]);
    expect(await retire(false)).toEqual([200, undefined]);
  });

  test("F5 say which field of a rule is wrong", async () => {
    const { t, types } = scene;
    const key = await adminKey();
    const path = `/activity-types/${types.run}`;
    const pathOf = async (body: object) => {
      const { status, body: problem } = await send(t, "PATCH", path, { key, body });
      return [status, problem.path];
    };
    expect(await pathOf({ scoring: { kind: "magic" } })).toEqual([400, "scoring.kind"]);
    expect(await pathOf({ scoring: { ...perKm(1), unit: "parsec" } })).toEqual([
      400,
      "scoring.unit",
    ]);
    expect(await pathOf({ scoring: { ...perKm(1), points: 1 } })).toEqual([400, "scoring.points"]);
    expect(await pathOf({ limits: { maxPerDay: "2" } })).toEqual([400, "limits.maxPerDay"]);
    expect(await pathOf({ bonuses: [{ kind: "oncePerDay", points: 1 }] })).toEqual([
      400,
      "bonuses.0.label",
    ]);
    // The rules of rules are those of the page.
    expect(await pathOf({ limits: { maxPerDay: 0.5 } })).toEqual([400, "limits.maxPerDay"]);
  });

  test("tell what a rescore by another rule would do, which is not saved", async () => {
    const { t, challengeId, types, ada } = scene;
    const key = await adminKey();
    await log(scene, ada, { metrics: km(1) });
    const body = { scoring: { kind: "fixed", points: 100 } };
    const preview = await send(t, "POST", `/activity-types/${types.run}/preview`, { key, body });
    expect(preview.status).toBe(201);
    const { jobId } = preview.body as { jobId: Id<"jobs"> };
    await runJob(t, jobId);
    const jobs = `/challenges/${challengeId}/maintenance/jobs`;
    const impact = await send(t, "GET", `${jobs}/${jobId}/impact`, { key });
    expect(impact.body).toMatchObject({
      status: "completed",
      people: 1,
      activities: 1,
      points: 90,
    });
    const all = await ada.as.query(api.queries.activityTypes.list, { challengeId });
    expect(all.find(({ activityTypeId }) => activityTypeId === types.run)?.version).toBe(1);
  });
});

describe("imports by key", () => {
  test("are previewed as they are decided, and nothing is changed", async () => {
    const { t, challengeId, ada } = scene;
    const { key } = await keyOf(scene, ada, "log");
    const path = `/challenges/${challengeId}/imports`;
    const rows = [
      importRow,
      {
        ...importRow,
        externalId: "2",
        loggedDate: "2026-05-01",
        startedAt: Date.UTC(2026, 4, 1, 8),
      },
      { ...importRow, externalId: "3", sport: "Chess" },
    ];
    const body = { source: "archive", rows };
    const before = await tablesBesideCalls(t);
    const asked = { key, body: { ...body, today: TODAY } };
    const preview = await send(t, "POST", `${path}/preview`, asked);
    expect([preview.status, await tablesBesideCalls(t)]).toEqual([200, before]);
    const results = preview.body.results as Array<{ status: string; reason?: string }>;
    expect(results.map(({ status, reason }) => [status, reason])).toEqual([
      ["created", undefined],
      ["skipped", "OUTSIDE_CHALLENGE_DATES"],
      ["skipped", "UNMAPPED_SPORT"],
    ]);
    const { activityId: _, ...imported } = (
      (await send(t, "POST", path, { key, body })).body.results as object[]
    )[0] as { activityId?: string };
    expect(results[0]).toMatchObject(imported);
    const again = await send(t, "POST", `${path}/preview`, asked);
    expect(again.body.results).toMatchObject([{ status: "exists" }, {}, {}]);
  });

  test("B1 hold what looks like a logged activity, until its person decides once", async () => {
    const { t, challengeId, ada } = scene;
    await log(scene, ada, { metrics: km(5) });
    const { key } = await keyOf(scene, ada, "read", "log");
    const twin = { ...importRow, loggedDate: TODAY, startedAt: Date.parse(`${TODAY}T08:00:00Z`) };
    const body = { source: "archive", rows: [{ ...twin, metrics: { distance_m: 5000 } }] };
    await send(t, "POST", `/challenges/${challengeId}/imports`, { key, body });
    const list = `/challenges/${challengeId}/held-activities`;
    const held = (await send(t, "GET", list, { key })).body.items as Array<{ heldId: string }>;
    expect(held).toHaveLength(1);
    const path = `/held-activities/${held[0]?.heldId}/decide`;
    const headers = { "Idempotency-Key": uuid(1) };
    const decision = { key, body: { decision: "keepBoth" }, headers };
    const decided = await send(t, "POST", path, decision);
    expect(decided.status).toBe(200);
    expect(decided.body.pointsEarned).toBeGreaterThan(0);
    expect((await send(t, "POST", path, decision)).body).toEqual(decided.body);
    expect((await send(t, "GET", list, { key })).body).toEqual({ items: [] });
    const other = await send(t, "POST", path, { key, body: { decision: "discard" } });
    expect([other.status, other.body.what]).toEqual([404, "heldActivity"]);
  });
});

test("one's own activity is appealed about by key, once", async () => {
  const { t, challengeId, admin, ada } = scene;
  const { activityId } = await log(scene, ada);
  await admin.as.mutation(api.mutations.activities.remove, { activityId, reason: "Made up" });
  const { key } = await keyOf(scene, ada, "log");
  const path = `/activities/${activityId}/appeal`;
  const sent = { key, body: { text: "It is true" }, headers: { "Idempotency-Key": uuid(1) } };
  const first = await send(t, "POST", path, sent);
  expect([first.status, (await send(t, "POST", path, sent)).body]).toEqual([201, first.body]);
  const again = await send(t, "POST", path, { key, body: sent.body });
  expect([again.status, again.body.code]).toEqual([422, "LIMIT_REACHED"]);
  const queue = await admin.as.query(api.queries.moderation.appeals, {
    challengeId,
    paginationOpts: { numItems: 10, cursor: null },
  });
  expect(queue.page).toMatchObject([{ text: "It is true", displayName: "Ada" }]);
});
