import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { refusalFrom, refusedUnchanged, snapshotTables } from "./backend.setup";
import {
  accountOf,
  log,
  type Member,
  newScene,
  rowOf,
  type Scene,
  standAtNoon,
  TODAY,
  uuid,
} from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const { importActivities } = api.mutations.imports;
const { decideHeld } = api.mutations.moderation;

const metrics = { distance_m: 5000, duration_s: 1800 };

/** A run of the archive that looks like the one logged by hand. */
const twin = (fields: object = {}) => ({
  externalId: "r1",
  sport: "Run",
  startedAt: Date.parse(`${TODAY}T08:00:00Z`),
  loggedDate: TODAY,
  metrics: { distance_m: 5100, moving_s: 1790 },
  title: "Morning run",
  ...fields,
});

async function send(scene: Scene, who: Member, rows = [twin()], options: object = {}) {
  const args = { challengeId: scene.challengeId, source: "archive" as const, rows, ...options };
  const { results } = await who.as.mutation(importActivities, args);
  return results.map(({ status, reason }) => [status, reason]);
}

const heldOf = async ({ challengeId }: Scene, who: Member) =>
  await who.as.query(api.queries.moderation.held, { challengeId });

/** Ada logged a run by hand, and her archive has it too. */
async function withHeld() {
  const scene = await newScene();
  const { activityId } = await log(scene, scene.ada, { metrics });
  expect(await send(scene, scene.ada)).toEqual([["held", "LIKELY_DUPLICATE"]]);
  const [held] = await heldOf(scene, scene.ada);
  if (held === undefined) throw new Error("not held");
  return { scene, manualId: activityId, held };
}

async function liveSources(scene: Scene) {
  const { rows } = await accountOf(scene, scene.ada);
  const people = rows.filter((row) => row.activityTypeId !== null && row.deletedAt === undefined);
  return people.map(({ source }) => source).sort();
}

const verified = async ({ t, challengeId }: Scene) =>
  (await t.query(internal.queries.maintenance.verifyPage, { challengeId })).findings;

describe("A15 a likely duplicate is held", () => {
  test("beside the account, with the activity it looks like", async () => {
    const { scene, manualId, held } = await withHeld();
    expect(held).toMatchObject({
      source: "archive",
      row: { sport: "Run", title: "Morning run", loggedDate: TODAY },
      twin: { activityId: manualId, pointsEarned: 50 },
    });
    expect(await liveSources(scene)).toEqual(["manual"]);
    expect((await accountOf(scene, scene.ada)).standing.totalPoints).toBe(51);
  });

  test("and the same file again changes nothing", async () => {
    const { scene } = await withHeld();
    const before = await snapshotTables(scene.t);
    expect(await send(scene, scene.ada)).toEqual([["held", "LIKELY_DUPLICATE"]]);
    expect(await snapshotTables(scene.t)).toEqual(before);
  });

  test("and a later export of it says the newer thing", async () => {
    const { scene, held } = await withHeld();
    await send(scene, scene.ada, [twin({ title: "Renamed" })]);
    const now = await heldOf(scene, scene.ada);
    expect(now).toMatchObject([{ heldId: held.heldId, row: { title: "Renamed" } }]);
    await send(scene, scene.ada, [twin({ metrics: { distance_m: 4900 } })]);
    expect(await heldOf(scene, scene.ada)).toMatchObject([
      { heldId: held.heldId, row: { metrics: { distance_m: 4900 } } },
    ]);
  });

  test("until the other is gone, or a later import says both count", async () => {
    const { scene, manualId } = await withHeld();
    await scene.ada.as.mutation(api.mutations.activities.remove, { activityId: manualId });
    expect(await send(scene, scene.ada)).toEqual([["created", undefined]]);
    expect(await heldOf(scene, scene.ada)).toEqual([]);
    expect(await send(scene, scene.ada)).toEqual([["exists", undefined]]);

    const other = await withHeld();
    const options = { allowDuplicates: true };
    expect(await send(other.scene, other.scene.ada, [twin()], options)).toEqual([
      ["created", undefined],
    ]);
    expect(await heldOf(other.scene, other.scene.ada)).toEqual([]);
  });

  test("and its person is told when somebody else imported it", async () => {
    const scene = await newScene();
    await log(scene, scene.ada, { metrics });
    const options = { onBehalfOf: scene.ada.userId, reason: "Sent by mail" };
    await send(scene, scene.admin, [twin(), twin({ externalId: "r2" })], options);
    const { page } = await scene.ada.as.query(api.queries.notifications.mine, {
      paginationOpts: { numItems: 10, cursor: null },
    });
    expect(page.map(({ news }) => news)).toEqual([{ kind: "activityHeld", count: 2 }]);
  });

  test("at most 200 times a person; further ones are left out and say so", async () => {
    const scene = await newScene();
    await log(scene, scene.ada, { metrics });
    const rows = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => twin({ externalId: `r${from + index}` }));
    for (const from of [0, 100]) await send(scene, scene.ada, rows(from, 100));
    expect(await heldOf(scene, scene.ada)).toHaveLength(200);
    expect(await send(scene, scene.ada, rows(199, 2))).toEqual([
      ["held", "LIKELY_DUPLICATE"],
      ["skipped", "LIKELY_DUPLICATE"],
    ]);
  });
});

describe("deciding about a held row", () => {
  test("keeps both", async () => {
    const { scene, held } = await withHeld();
    const decision = { heldId: held.heldId, decision: "keepBoth" as const };
    expect(await scene.ada.as.mutation(decideHeld, decision)).toEqual({ pointsEarned: 51 });
    expect(await liveSources(scene)).toEqual(["archive", "manual"]);
    expect(await send(scene, scene.ada)).toEqual([["exists", undefined]]);
    expect(await verified(scene)).toEqual([]);
  });

  test("replaces the other, in one transaction", async () => {
    const { scene, manualId, held } = await withHeld();
    const decision = { heldId: held.heldId, decision: "replace" as const };
    await scene.ada.as.mutation(decideHeld, decision);
    expect(await liveSources(scene)).toEqual(["archive"]);
    expect((await rowOf(scene.t, manualId)).deletedAt).toBeDefined();
    expect((await accountOf(scene, scene.ada)).standing.totalPoints).toBe(52);
    expect(await verified(scene)).toEqual([]);
  });

  test("replaces nothing when the import is refused", async () => {
    const { scene, held } = await withHeld();
    const { t, ada, admin, challengeId } = scene;
    await admin.as.mutation(api.mutations.imports.setMapping, {
      challengeId,
      label: "Run",
      activityTypeId: null,
    });
    const decision = { heldId: held.heldId, decision: "replace" as const };
    await refusedUnchanged(t, "INVALID_INPUT", () => ada.as.mutation(decideHeld, decision));
  });

  test("discards it for good, also for later imports", async () => {
    const { scene, manualId, held } = await withHeld();
    const { ada } = scene;
    await ada.as.mutation(decideHeld, { heldId: held.heldId, decision: "discard" });
    expect(await heldOf(scene, ada)).toEqual([]);
    expect(await send(scene, ada)).toEqual([["skipped", "DELETED"]]);
    await ada.as.mutation(api.mutations.activities.remove, { activityId: manualId });
    expect(await send(scene, ada, [twin()], { allowDuplicates: true })).toEqual([
      ["skipped", "DELETED"],
    ]);
    const [stored] = await scene.t.run((ctx) => ctx.db.query("heldActivities").collect());
    expect(stored).toMatchObject({ status: "discarded", row: null });
  });

  test("once: a second decision finds nothing, the same request its answer", async () => {
    const { scene, held } = await withHeld();
    const { t, ada } = scene;
    const { heldId } = held;
    const first = { heldId, decision: "keepBoth" as const, requestId: uuid(1) };
    const answer = await ada.as.mutation(decideHeld, first);
    expect(await ada.as.mutation(decideHeld, first)).toEqual(answer);
    for (const decision of ["keepBoth", "replace", "discard"] as const)
      await refusedUnchanged(t, "NOT_FOUND", () =>
        ada.as.mutation(decideHeld, { heldId, decision }),
      );
  });

  test("by two at once is one decision", async () => {
    const { scene, held } = await withHeld();
    const { ada, admin } = scene;
    const { heldId } = held;
    const outcomes = await Promise.allSettled([
      ada.as.mutation(decideHeld, { heldId, decision: "replace" }),
      admin.as.mutation(decideHeld, { heldId, decision: "keepBoth", reason: "Two runs" }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await verified(scene)).toEqual([]);
  });

  test("is not bound by backdating: the row came in time", async () => {
    const { scene, held } = await withHeld();
    vi.setSystemTime(new Date("2026-06-28T12:00:00Z"));
    const decision = { heldId: held.heldId, decision: "keepBoth" as const };
    expect(await scene.ada.as.mutation(decideHeld, decision)).toEqual({ pointsEarned: 51 });
  });

  test("never replaces what an organiser corrected", async () => {
    const { scene, manualId, held } = await withHeld();
    const { admin, ada } = scene;
    const edit = { activityId: manualId, metrics, notes: "ok", reason: "Looked" };
    await admin.as.mutation(api.mutations.activities.edit, edit);
    const decision = { heldId: held.heldId, decision: "replace" as const };
    const refusal = await refusalFrom(ada.as.mutation(decideHeld, decision));
    expect(refusal).toMatchObject({ code: "NOT_CHALLENGE_ADMIN", activityId: manualId });
  });

  test("is its person's alone where the row came from Strava", async () => {
    const { scene, held } = await withHeld();
    const { t, admin, ada } = scene;
    const { heldId } = held;
    await t.run((ctx) => ctx.db.patch("heldActivities", heldId, { source: "strava" }));
    for (const decision of ["keepBoth", "replace", "discard"] as const) {
      const refusal = await refusedUnchanged(t, "NOT_FOUND", () =>
        admin.as.mutation(decideHeld, { heldId, decision, reason: "Looked" }),
      );
      expect(refusal).toMatchObject({ what: "heldActivity" });
    }
    await ada.as.mutation(decideHeld, { heldId, decision: "discard" });
  });

  test("is refused once the standings are final", async () => {
    const { scene, held } = await withHeld();
    const { t, challengeId, admin, ada } = scene;
    vi.setSystemTime(new Date("2026-07-04T12:00:00Z"));
    await admin.as.mutation(api.mutations.challenges.finalize, { challengeId });
    const { heldId } = held;
    for (const decision of ["keepBoth", "replace"] as const)
      await refusedUnchanged(t, "CHALLENGE_FINAL", () =>
        ada.as.mutation(decideHeld, { heldId, decision }),
      );
  });
});
