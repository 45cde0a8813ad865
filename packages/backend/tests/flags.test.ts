import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { flagQuota } from "../lib/rules/flagQuota";
import { refusalFrom, refusedUnchanged } from "./backend.setup";
import {
  accountOf,
  joined,
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

const { flag, decideFlags } = api.mutations.moderation;
const { edit, remove, restore } = api.mutations.activities;
const paginationOpts = { numItems: 50, cursor: null };
const dismiss = { decision: { kind: "dismiss" as const }, reason: "Looked at it" };

const raise = async (who: Member, activityId: Id<"activities">) =>
  await who.as.mutation(flag, { activityId, reason: "IMPLAUSIBLE", text: "Really?" });

const queueOf = async ({ admin, challengeId }: Scene) =>
  (await admin.as.query(api.queries.moderation.flags, { challengeId, paginationOpts })).page;

const newsOf = async ({ as }: Member) =>
  (await as.query(api.queries.notifications.mine, { paginationOpts })).page;

const codesOf = async (scene: Scene) =>
  (await queueOf(scene)).map(({ about }) => ("code" in about ? about.code : about.reason));

describe("flagging", () => {
  test("twice is flagging once, and the activity counts on", async () => {
    const scene = await newScene();
    const { activityId, totalPoints } = await log(scene, scene.ada);
    expect(await raise(scene.bob, activityId)).toEqual({ status: "created" });
    expect(await raise(scene.bob, activityId)).toEqual({ status: "exists" });
    expect(await queueOf(scene)).toMatchObject([
      {
        displayName: "Ada",
        flaggedBy: "Bob",
        about: { reason: "IMPLAUSIBLE", text: "Really?" },
        activity: { activityId, pointsEarned: 12, isDeleted: false },
      },
    ]);
    expect((await accountOf(scene, scene.ada)).standing.totalPoints).toBe(totalPoints);
  });

  test("is for others' live activities, in plain words", async () => {
    const scene = await newScene();
    const { t, ada, bob } = scene;
    const { activityId } = await log(scene, ada);
    await refusedUnchanged(t, "INVALID_INPUT", () => raise(ada, activityId));
    const odd = { activityId, reason: "OTHER" as const, text: "a\u202Eb" };
    await refusedUnchanged(t, "INVALID_INPUT", () => bob.as.mutation(flag, odd));
    const { standing } = await accountOf(scene, ada);
    if (standing.streakActivityId === null) throw new Error("no streak row");
    const streakId = standing.streakActivityId;
    await refusedUnchanged(t, "SYSTEM_ROW", () => raise(bob, streakId));
    await ada.as.mutation(remove, { activityId });
    await refusedUnchanged(t, "ACTIVITY_DELETED", () => raise(bob, activityId));
  });

  test("F16 has a quota a day, and an activity a bound", async () => {
    const scene = await newScene();
    const { t, ada, bob, admin } = scene;
    const ids: Array<Id<"activities">> = [];
    for (let index = 0; index < 21; index += 1) {
      vi.setSystemTime(Date.now() + 5_000);
      const day = { loggedDate: index % 2 ? TODAY : YESTERDAY };
      ids.push((await log(scene, ada, { ...day, type: "rest" })).activityId);
    }
    for (const activityId of ids.slice(0, 20)) await raise(bob, activityId);
    const last = ids[20];
    if (last === undefined) throw new Error("no row");
    const refusal = await refusedUnchanged(t, "LIMIT_REACHED", () => raise(bob, last));
    expect(refusal).toMatchObject({ limit: "flagsPerDay", max: 20 });
    vi.setSystemTime(Date.now() + 24 * 60 * 60_000);
    expect(await raise(bob, last)).toEqual({ status: "created" });

    const { joinCode } = await admin.as.query(api.queries.challenges.get, {
      challengeId: scene.challengeId,
    });
    for (let index = 0; index < 19; index += 1)
      await raise(await joined(t, joinCode ?? "", `Person ${index}`), last);
    const refused = await refusalFrom(raise(await joined(t, joinCode ?? "", "Eve"), last));
    expect(refused).toMatchObject({ code: "LIMIT_REACHED", limit: "openFlags" });
  });

  test("F16 the quota follows how often organisers agreed", () => {
    expect(flagQuota({ upheld: 0, dismissed: 0 })).toBe(20);
    expect(flagQuota({ upheld: 5, dismissed: 2 })).toBe(26);
    expect(flagQuota({ upheld: 500, dismissed: 0 })).toBe(100);
    expect(flagQuota({ upheld: 0, dismissed: 500 })).toBe(5);
  });

  test("K8 by somebody whose account is gone still shows", async () => {
    const scene = await newScene();
    const { t, ada, bob } = scene;
    const { activityId } = await log(scene, ada);
    await raise(bob, activityId);
    await t.run(async (ctx) => {
      const people = await ctx.db.query("people").collect();
      const person = people.find(({ userId }) => userId === bob.userId);
      if (person) await ctx.db.patch("people", person._id, { erasedAt: 1 });
    });
    expect(await queueOf(scene)).toMatchObject([{ flaggedBy: "Former participant" }]);
  });
});

describe("F9 the flagged person", () => {
  test("sees that it is under review, but neither who asked nor their words", async () => {
    const scene = await newScene();
    const { ada, bob, challengeId } = scene;
    const { activityId } = await log(scene, ada);
    await raise(bob, activityId);
    const review = await ada.as.query(api.queries.moderation.review, { activityId });
    expect(review).toMatchObject({ isUnderReview: true, flags: [{ reason: "IMPLAUSIBLE" }] });
    const { page } = await ada.as.query(api.queries.activities.history, {
      challengeId,
      paginationOpts,
    });
    expect(page.find((row) => row.activityId === activityId)).toMatchObject({
      isUnderReview: true,
    });
    const seen = JSON.stringify([review, page, await newsOf(ada)]);
    expect(seen).not.toContain("Really?");
    expect(seen).not.toContain(bob.userId);
  });

  test("sees no more of it in the queue when they are an organiser themselves", async () => {
    const scene = await newScene();
    const { admin, ada } = scene;
    const { activityId } = await log(scene, admin);
    await raise(ada, activityId);
    expect(await queueOf(scene)).toMatchObject([
      { flaggedBy: null, about: { reason: "IMPLAUSIBLE" } },
    ]);
    expect(JSON.stringify(await queueOf(scene))).not.toMatch(/Really|Ada/);
  });

  test("alone sees the figures of what came from Strava", async () => {
    const scene = await newScene();
    const { t, admin, ada } = scene;
    const metrics = { distance_m: 10_000, duration_s: 600, moving_s: 600 };
    const { activityId } = await log(scene, ada, { metrics });
    await t.run((ctx) => ctx.db.patch("activities", activityId, { source: "strava" }));
    const reviewBy = async ({ as }: Member) =>
      (await as.query(api.queries.moderation.review, { activityId })).flags;
    const [flag] = await queueOf(scene);
    expect(flag?.about).toEqual({ code: "FASTER_THAN_RECORD" });
    expect(await reviewBy(admin)).toEqual([{ code: "FASTER_THAN_RECORD" }]);
    expect(await reviewBy(ada)).toMatchObject([{ measured: expect.any(Number) }]);
  });
});

describe("organisers decide flags", () => {
  async function flagged() {
    const scene = await newScene();
    const { activityId } = await log(scene, scene.ada, { metrics: km(5) });
    await raise(scene.bob, activityId);
    return { scene, activityId };
  }
  const flaggerOf = async ({ t, bob }: Scene) =>
    (await t.run((ctx) => ctx.db.query("flaggers").collect())).find(
      ({ userId }) => userId === bob.userId,
    );

  test("as wrong: nothing changes for the activity, and the flagger is trusted less", async () => {
    const { scene, activityId } = await flagged();
    const before = await accountOf(scene, scene.ada);
    const closed = await scene.admin.as.mutation(decideFlags, { activityId, ...dismiss });
    expect(closed).toMatchObject({ closed: 1 });
    expect(await accountOf(scene, scene.ada)).toEqual(before);
    expect(await queueOf(scene)).toEqual([]);
    expect(await flaggerOf(scene)).toMatchObject({ upheld: 0, dismissed: 1 });
    expect(await newsOf(scene.ada)).toEqual([]);
  });

  test("as right: the activity is removed with the reason, its person told, the flagger trusted more", async () => {
    const { scene, activityId } = await flagged();
    const { admin, ada } = scene;
    const decision = { decision: { kind: "remove" as const }, reason: "Never happened" };
    await admin.as.mutation(decideFlags, { activityId, ...decision });
    expect((await rowOf(scene.t, activityId)).deletedAt).toBeDefined();
    expect(await flaggerOf(scene)).toMatchObject({ upheld: 1, dismissed: 0 });
    expect((await newsOf(ada)).map(({ news }) => news)).toEqual([
      { kind: "activityCorrected", activityId, change: "deleted" },
    ]);
    const [last] = await ada.as.query(api.queries.activities.changes, { activityId });
    expect(last).toMatchObject({
      kind: "deleted",
      note: "Never happened",
      by: { role: "challengeAdmin", displayName: "Olga Organiser" },
    });
  });

  test("by correcting it, which scores it again", async () => {
    const { scene, activityId } = await flagged();
    const correct = { kind: "correct" as const, metrics: km(0.5) };
    await scene.admin.as.mutation(decideFlags, { activityId, decision: correct, reason: "Typo" });
    expect(await rowOf(scene.t, activityId)).toMatchObject({ pointsEarned: 5, isSticky: true });
  });

  test("once; with a reason; and nothing is upheld about a removed activity", async () => {
    const { scene, activityId } = await flagged();
    const { t, admin, ada } = scene;
    const decide = (choice: object) => () =>
      admin.as.mutation(decideFlags, { activityId, ...dismiss, ...choice });
    await refusedUnchanged(t, "INVALID_INPUT", decide({ reason: "" }));
    await ada.as.mutation(remove, { activityId });
    for (const kind of ["remove", "correct"])
      await refusedUnchanged(t, "ACTIVITY_DELETED", decide({ decision: { kind } }));
    const first = decide({ requestId: uuid(1) });
    expect(await first()).toEqual(await first());
    await refusedUnchanged(t, "NOT_FOUND", decide({}));
  });
});

describe("D10 the system flags what cannot easily be true", () => {
  const long = { distance_m: 5000, duration_s: 45_000 };

  test("25 hours in a day, whose points stand, and tells its person once", async () => {
    const scene = await newScene();
    const { ada } = scene;
    const first = await log(scene, ada, { metrics: long });
    const second = await log(scene, ada, { metrics: long });
    expect(await queueOf(scene)).toMatchObject([
      {
        flaggedBy: null,
        about: { code: "DAY_OVER_24_HOURS", measured: 90_000, limit: 86_400 },
        activity: { activityId: second.activityId, pointsEarned: 50 },
      },
    ]);
    expect(second.totalPoints).toBe(101);
    expect((await newsOf(ada)).map(({ news }) => news)).toEqual([
      { kind: "activityFlagged", activityId: second.activityId },
    ]);
    // Another row of the day made it plausible.
    const shorter = { activityId: first.activityId, metrics: { ...long, duration_s: 1800 } };
    await ada.as.mutation(edit, shorter);
    expect(await queueOf(scene)).toEqual([]);
  });

  test.each(["log", "edit", "restore", "import"])("by the door of %s", async (door) => {
    const scene = await newScene();
    const { ada, challengeId } = scene;
    const fast = { distance_m: 10_000, duration_s: 600, moving_s: 600 };
    if (door === "log") await log(scene, ada, { metrics: fast });
    if (door === "edit") {
      const { activityId } = await log(scene, ada, { metrics: km(5) });
      await ada.as.mutation(edit, { activityId, metrics: fast });
    }
    if (door === "restore") {
      const { activityId } = await log(scene, ada, { metrics: fast });
      await ada.as.mutation(remove, { activityId });
      await ada.as.mutation(restore, { activityId });
    }
    if (door === "import") {
      const startedAt = Date.parse(`${TODAY}T08:00:00Z`);
      const row = { externalId: "1", sport: "Run", startedAt, loggedDate: TODAY, metrics: fast };
      const args = { challengeId, source: "archive" as const, rows: [row] };
      await ada.as.mutation(api.mutations.imports.importActivities, args);
    }
    expect(await codesOf(scene)).toEqual(["FASTER_THAN_RECORD"]);
  });

  test("and forgets it when an edit or a removal makes it plausible", async () => {
    const scene = await newScene();
    const { ada } = scene;
    const fast = { distance_m: 10_000, duration_s: 600 };
    const { activityId } = await log(scene, ada, { metrics: fast });
    await ada.as.mutation(edit, { activityId, metrics: { ...fast, duration_s: 3600 } });
    expect(await queueOf(scene)).toEqual([]);
    await ada.as.mutation(edit, { activityId, metrics: fast });
    expect(await codesOf(scene)).toEqual(["FASTER_THAN_RECORD"]);
    await ada.as.mutation(remove, { activityId });
    expect(await queueOf(scene)).toEqual([]);
  });

  test("and believes organisers who dismissed it, until it gets worse", async () => {
    const scene = await newScene();
    const { ada, admin } = scene;
    const fast = { distance_m: 10_000, duration_s: 600 };
    const { activityId } = await log(scene, ada, { metrics: fast });
    await admin.as.mutation(decideFlags, { activityId, ...dismiss });
    await ada.as.mutation(remove, { activityId });
    await ada.as.mutation(restore, { activityId });
    expect(await queueOf(scene)).toEqual([]);
    await ada.as.mutation(edit, { activityId, metrics: { ...fast, duration_s: 300 } });
    expect(await codesOf(scene)).toEqual(["FASTER_THAN_RECORD"]);
  });
});
