import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { needChallenge } from "../lib/access";
import { discard } from "../lib/heldActivities";
import { keepLate, lateOf } from "../lib/stravaLate";
import { sealCtx } from "../lib/tableOwners";
import { refusedUnchanged } from "./backend.setup";
import { km, log, standAtNoon } from "./ledger.setup";
import { connect, drained, later, newStravaScene, run, type StravaScene } from "./strava.setup";
import {
  ATHLETE,
  DAY,
  decide,
  listed,
  listFor,
  onlyLate,
  paginationOpts,
  totalOf,
} from "./stravaLate.setup";

beforeEach(() => standAtNoon());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** Ada logged a run by hand, Strava's is held as a likely duplicate of it, and grace is over; answers what is held. */
async function heldThrough(): Promise<{ scene: StravaScene; heldId: Id<"heldActivities"> }> {
  const scene = await newStravaScene({ startsOn: "2026-06-01", endsOn: "2026-06-10" });
  await log(scene, scene.ada, { loggedDate: "2026-06-09", metrics: km(5) });
  scene.fake.put(ATHLETE, run(1));
  await connect(scene, scene.ada, ATHLETE);
  await later(scene.t, 4 * DAY);
  await listed(scene);
  const [held] = await heldOf(scene);
  if (held === undefined) throw new Error("nothing is held");
  return { scene, heldId: held.heldId };
}

const heldOf = async ({ ada, challengeId }: StravaScene) =>
  await ada.as.query(api.queries.moderation.held, { challengeId });
const decideHeld = async ({ ada }: StravaScene, heldId: Id<"heldActivities">, decision: Decision) =>
  await ada.as.mutation(api.mutations.moderation.decideHeld, { heldId, decision });
type Decision = "keepBoth" | "replace" | "discard";

/** Makes an activity late as an earlier release did, which listed also what was held. */
async function lateToo({ t, challengeId, ada, types }: StravaScene) {
  const { userId } = ada;
  const sport = { externalId: "1", sport: "Run", startedAt: Date.parse("2026-06-09T12:00:00Z") };
  const row = { ...sport, loggedDate: "2026-06-09", metrics: km(5) };
  const key = { challengeId, userId, externalId: row.externalId };
  return await t.run(async (raw) => {
    const ctx = sealCtx(raw);
    const challenge = await needChallenge(ctx, challengeId);
    const verb = { challenge, userId, actor: { kind: "strava", userId } } as const;
    await keepLate(ctx, verb, { row, activityTypeId: types.run });
    const late = await lateOf(ctx, key);
    if (late === null) throw new Error("it is not late");
    return late._id;
  });
}

/** Discards what is held and nothing else. */
async function discardOnly({ t }: StravaScene, heldId: Id<"heldActivities">): Promise<void> {
  await t.run(async (raw) => {
    const ctx = sealCtx(raw);
    const held = await ctx.db.get("heldActivities", heldId);
    if (held !== null) await discard(ctx, held);
  });
}

describe("A15 E11 what is held when grace ends counts once", () => {
  test.each([
    ["keepBoth", 100],
    ["replace", 50],
    ["discard", 50],
  ] as const)(
    "is not late as well, and is decided by its person alone: %s",
    async (what, total) => {
      const { scene, heldId } = await heldThrough();
      expect(await listFor(scene, scene.admin)).toEqual([]);
      const { page } = await scene.ada.as.query(api.queries.strava.skipped, { paginationOpts });
      expect(page).toEqual([]);
      const bonus = (await totalOf(scene, scene.ada)) - 50;
      await decideHeld(scene, heldId, what);
      const { challengeId, admin, t } = scene;
      for (const isFinal of [false, true]) {
        if (isFinal) await admin.as.mutation(api.mutations.challenges.finalize, { challengeId });
        await drained(t);
        await listed(scene);
        expect(await listFor(scene, admin)).toEqual([]);
        expect(await totalOf(scene, scene.ada)).toBe(total + bonus);
      }
    },
  );

  test("is late once the standings are frozen, when its person can decide no more", async () => {
    const { scene, heldId } = await heldThrough();
    const { challengeId, admin, ada, t } = scene;
    await admin.as.mutation(api.mutations.challenges.finalize, { challengeId });
    await drained(t);
    await refusedUnchanged(t, "CHALLENGE_FINAL", () => decideHeld(scene, heldId, "keepBoth"));
    await listed(scene);
    expect(await heldOf(scene)).toEqual([]);
    const total = await totalOf(scene, ada);
    await decide(scene, { lateId: await onlyLate(scene), isAccepted: true });
    expect(await totalOf(scene, ada)).toBe(total + 50);
  });

  test.each(["keepBoth", "discard"] as const)(
    "is late no longer once its person decided, where it was both: %s",
    async (what) => {
      const { scene, heldId } = await heldThrough();
      const lateId = await lateToo(scene);
      const accept = () => decide(scene, { lateId, isAccepted: true });
      const refusal = await refusedUnchanged(scene.t, "INVALID_INPUT", accept);
      expect(refusal).toMatchObject({ path: "lateId" });
      await decideHeld(scene, heldId, what);
      expect(await listFor(scene, scene.admin)).toEqual([]);
      await refusedUnchanged(scene.t, "NOT_FOUND", accept);
    },
  );

  test.each(["keepBoth", "discard"] as const)(
    "is late no longer after the next list, where an earlier release left it so: %s",
    async (what) => {
      const { scene, heldId } = await heldThrough();
      const { t, challengeId, admin } = scene;
      if (what === "keepBoth") await decideHeld(scene, heldId, what);
      for (const isFinal of [false, true]) {
        await lateToo(scene);
        if (what === "discard") await discardOnly(scene, heldId);
        if (isFinal) await admin.as.mutation(api.mutations.challenges.finalize, { challengeId });
        await drained(t);
        await listed(scene);
        expect(await listFor(scene, admin)).toEqual([]);
        if (what === "discard") return;
      }
    },
  );

  test("counts no more once organisers dismissed it, where it was both", async () => {
    const { scene, heldId } = await heldThrough();
    await decide(scene, { lateId: await lateToo(scene), isAccepted: false });
    for (const what of ["keepBoth", "replace"] as const) {
      const refusal = await refusedUnchanged(scene.t, "INVALID_INPUT", () =>
        decideHeld(scene, heldId, what),
      );
      expect(refusal).toMatchObject({ path: "heldId" });
    }
    await decideHeld(scene, heldId, "discard");
    expect(await heldOf(scene)).toEqual([]);
  });
});
