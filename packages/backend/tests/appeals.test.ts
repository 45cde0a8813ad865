import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { notify } from "../lib/notifications";
import { sealCtx } from "../lib/tableOwners";
import { refusalFrom, refusedUnchanged, snapshotTables, type TestBackend } from "./backend.setup";
import {
  km,
  log,
  type Member,
  newScene,
  rowOf,
  type Scene,
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

const { edit, remove } = api.mutations.activities;
const { appeal, decideAppeal, comment, deleteComment, flag } = api.mutations.moderation;
const { changes } = api.queries.activities;
const { review, appeals } = api.queries.moderation;
const { mine, unread } = api.queries.notifications;
const { markRead } = api.mutations.notifications;
const paginationOpts = { numItems: 50, cursor: null };
const reason = "Looked at it";

/** What somebody was told, newest first. */
const newsOf = async ({ as }: Member) => (await as.query(mine, { paginationOpts })).page;

const object = async ({ as }: Member, activityId: Id<"activities">) =>
  (await as.mutation(appeal, { activityId, text: "It is true" })).appealId;

const decided = async ({ admin }: Scene, appealId: Id<"appeals">, isAccepted: boolean) =>
  await admin.as.mutation(decideAppeal, { appealId, isAccepted, reason });

describe("an appeal", () => {
  test("that is accepted restores what an organiser removed, and tells its person", async () => {
    const scene = await newScene();
    const { admin, ada, challengeId } = scene;
    const { activityId } = await log(scene, ada);
    await admin.as.mutation(remove, { activityId, reason: "Made up" });
    expect(await ada.as.query(review, { activityId })).toMatchObject({ mayAppeal: true });
    const appealId = await object(ada, activityId);
    const queue = await admin.as.query(appeals, { challengeId, paginationOpts });
    expect(queue.page).toMatchObject([{ appealId, displayName: "Ada", text: "It is true" }]);
    await decided(scene, appealId, true);
    expect(await rowOf(scene.t, activityId)).toMatchObject({ pointsEarned: 12 });
    expect((await rowOf(scene.t, activityId)).deletedAt).toBeUndefined();
    const news = (await newsOf(ada)).map((one) => one.news);
    expect(news).toContainEqual({ kind: "appealDecided", activityId, isAccepted: true });
    const after = await ada.as.query(review, { activityId });
    expect(after).toMatchObject({
      mayAppeal: false,
      appeal: { status: "accepted", answer: reason },
    });
  });

  test("that is accepted goes back to the default option, where an organiser chose another", async () => {
    const { t, admin, ada, challengeId } = await newScene();
    const option = (key: string, points: number) => {
      return { key, label: key, scoring: { kind: "fixed", points } as const };
    };
    const options = [option("road", 40), option("ebike", 5)];
    const { activityTypeId } = await admin.as.mutation(api.mutations.activityTypes.create, {
      challengeId,
      name: "Bike",
      contributesToStreak: true,
      scoring: { kind: "variants", default: "road", options },
    });
    const deed = { challengeId, activityTypeId, loggedDate: TODAY, metrics: {} };
    const { activityId } = await ada.as.mutation(api.mutations.activities.log, deed);
    await admin.as.mutation(edit, { activityId, variant: "ebike", reason: "Looks electric" });
    const appealId = await object(ada, activityId);
    const wish = { appealId, today: TODAY };
    expect(await admin.as.query(api.queries.review.acceptance, wish)).toMatchObject({ own: 35 });
    await admin.as.mutation(decideAppeal, { appealId, isAccepted: true, reason });
    const row = await rowOf(t, activityId);
    expect([row.pointsEarned, row.variant]).toEqual([40, undefined]);
  });

  test("that is accepted sets an organiser's edit back", async () => {
    const scene = await newScene();
    const { admin, ada } = scene;
    const { activityId } = await log(scene, ada, { metrics: km(5), loggedDate: YESTERDAY });
    const correction = { activityId, metrics: km(1), loggedDate: TODAY, reason: "Too far" };
    await admin.as.mutation(edit, correction);
    await decided(scene, await object(ada, activityId), true);
    expect(await rowOf(scene.t, activityId)).toMatchObject({
      metrics: km(5),
      loggedDate: YESTERDAY,
      pointsEarned: 50,
    });
  });

  test("against a review closes the flags as wrong", async () => {
    const scene = await newScene();
    const { ada, bob } = scene;
    const { activityId } = await log(scene, ada);
    await bob.as.mutation(flag, { activityId, reason: "IMPLAUSIBLE" });
    await decided(scene, await object(ada, activityId), true);
    expect(await ada.as.query(review, { activityId })).toMatchObject({ isUnderReview: false });
    expect(await rowOf(scene.t, activityId)).toMatchObject({ version: 1 });
  });

  test("that is rejected changes nothing of the activity", async () => {
    const scene = await newScene();
    const { admin, ada } = scene;
    const { activityId } = await log(scene, ada);
    await admin.as.mutation(remove, { activityId, reason: "Made up" });
    const before = await rowOf(scene.t, activityId);
    await decided(scene, await object(ada, activityId), false);
    expect(await rowOf(scene.t, activityId)).toEqual(before);
  });

  test("is made once, about one's own, and only where there is something to say", async () => {
    const scene = await newScene();
    const { t, admin, ada, bob } = scene;
    const { activityId } = await log(scene, ada);
    const call = (who: Member, text: string) => () => who.as.mutation(appeal, { activityId, text });
    await refusedUnchanged(t, "INVALID_INPUT", call(ada, "Just so"));
    await admin.as.mutation(edit, { activityId, metrics: km(1), reason });
    await refusedUnchanged(t, "INVALID_INPUT", call(ada, " "));
    await refusedUnchanged(t, "INVALID_INPUT", call(ada, "a\u202Eb"));
    await refusedUnchanged(t, "NOT_FOUND", call(bob, "For her"));
    await call(ada, "But")();
    const refusal = await refusedUnchanged(t, "LIMIT_REACHED", call(ada, "But again"));
    expect(refusal).toMatchObject({ limit: "appeals", max: 1 });
  });

  test("is decided once; the same request gets its answer again", async () => {
    const scene = await newScene();
    const { t, admin, ada } = scene;
    const { activityId } = await log(scene, ada);
    await admin.as.mutation(remove, { activityId, reason });
    const appealId = await object(ada, activityId);
    const decide = (choice: object) => () =>
      admin.as.mutation(decideAppeal, { appealId, isAccepted: true, reason, ...choice });
    await refusedUnchanged(t, "INVALID_INPUT", decide({ reason: "" }));
    const first = decide({ requestId: uuid(1) });
    await first();
    const before = await snapshotTables(t);
    await first();
    expect(await snapshotTables(t)).toEqual(before);
    for (const isAccepted of [true, false])
      await refusedUnchanged(t, "NOT_FOUND", decide({ isAccepted }));
  });

  test("that cannot be carried out stays open", async () => {
    const scene = await newScene();
    const { t, challengeId, admin, ada } = scene;
    const { activityId } = await log(scene, ada);
    await admin.as.mutation(remove, { activityId, reason });
    const appealId = await object(ada, activityId);
    await settled(t);
    vi.setSystemTime(new Date("2026-07-04T12:00:00Z"));
    await admin.as.mutation(api.mutations.challenges.finalize, { challengeId });
    await refusedUnchanged(t, "CHALLENGE_FINAL", () => decided(scene, appealId, true));
    await decided(scene, appealId, false);
  });
});

describe("comments of organisers", () => {
  test("are read by whom they are for", async () => {
    const scene = await newScene();
    const { admin, ada } = scene;
    const { activityId } = await log(scene, ada);
    const write = async (audience: "admins" | "participant", text: string) =>
      await admin.as.mutation(comment, { activityId, audience, text });
    await write("admins", "Watch this one");
    const { commentId } = await write("participant", "<b>Nice</b> e\u0301");
    const seen = await ada.as.query(review, { activityId });
    expect(seen.comments.map(({ text }) => text)).toEqual(["<b>Nice</b> \u00E9"]);
    expect((await admin.as.query(review, { activityId })).comments).toHaveLength(2);
    const told = await newsOf(ada);
    expect(told.map(({ news }) => news)).toEqual([{ kind: "adminComment", activityId }]);
    expect(JSON.stringify(told)).not.toContain("Nice");
    await admin.as.mutation(deleteComment, { commentId });
    expect((await ada.as.query(review, { activityId })).comments).toEqual([]);
  });

  test("F13 hold no text that hides or reorders other text", async () => {
    const scene = await newScene();
    const { t, admin, ada } = scene;
    const { activityId } = await log(scene, ada);
    for (const text of ["", " \n ", "a\u202Eb", "a\u0000b", "x".repeat(2_001)])
      await refusedUnchanged(t, "INVALID_INPUT", () =>
        admin.as.mutation(comment, { activityId, audience: "participant", text }),
      );
  });

  test("F16 are bounded", async () => {
    const scene = await newScene();
    const { admin, ada } = scene;
    const { activityId } = await log(scene, ada);
    const write = () => admin.as.mutation(comment, { activityId, audience: "admins", text: "Hm" });
    for (let index = 0; index < 50; index += 1) await write();
    expect(await refusalFrom(write())).toMatchObject({ code: "LIMIT_REACHED", limit: "comments" });
  });
});

describe("the history of an activity", () => {
  test("B7 shows who changed what, when and why, before and after", async () => {
    const scene = await newScene();
    const { admin, ada, types } = scene;
    const { activityId } = await log(scene, ada, { metrics: km(2) });
    await ada.as.mutation(edit, { activityId, metrics: km(3) });
    const { stretch } = types;
    await admin.as.mutation(edit, { activityId, activityTypeId: stretch, metrics: {}, reason });
    const history = await ada.as.query(changes, { activityId });
    expect(history).toMatchObject([
      {
        kind: "edited",
        by: { role: "challengeAdmin", displayName: "Olga Organiser" },
        note: reason,
        pointsBefore: 30,
        pointsAfter: 5,
        before: { typeName: "Run", metrics: km(3) },
        after: { typeName: "Stretch", metrics: {} },
      },
      {
        kind: "edited",
        by: { role: "user", displayName: "Ada" },
        before: { typeName: "Run", metrics: km(2) },
        after: { typeName: "Run", metrics: km(3) },
      },
      { kind: "created", pointsAfter: 20 },
    ]);
    expect(history[1]).not.toHaveProperty("note");
    expect(await admin.as.query(changes, { activityId })).toEqual(history);
  });

  test("K8 renders when the organiser's account is gone", async () => {
    const scene = await newScene();
    const { t, admin, ada } = scene;
    const { activityId } = await log(scene, ada);
    await admin.as.mutation(remove, { activityId, reason });
    await t.run(async (ctx) => {
      const people = await ctx.db.query("people").collect();
      const person = people.find(({ userId }) => userId === admin.userId);
      if (person) await ctx.db.patch("people", person._id, { erasedAt: 1 });
    });
    const [last] = await ada.as.query(changes, { activityId });
    expect(last?.by).toEqual({ role: "challengeAdmin", displayName: "Former participant" });
  });
});

describe("notifications", () => {
  /** Ada is told so many times that her activity was corrected. */
  async function told(times: number) {
    const scene = await newScene();
    const { activityId } = await log(scene, scene.ada);
    for (let index = 0; index < times; index += 1) {
      const correction = { activityId, metrics: km(index + 2), reason };
      await scene.admin.as.mutation(edit, correction);
      vi.setSystemTime(Date.now() + 1_000);
    }
    return scene;
  }

  /** Somebody is told so many things, of a challenge or of none. */
  const tell = async (
    t: TestBackend,
    times: number,
    { userId, challengeId }: { userId: Id<"users">; challengeId?: Id<"challenges"> },
  ) =>
    await t.run(async (raw) => {
      const to = Array.from({ length: times }, () => userId);
      await notify(sealCtx(raw), to, { challengeId, news: { kind: "stravaDisconnected" } });
    });

  test("are marked as read by their person only", async () => {
    const { ada, bob } = await told(3);
    expect(await ada.as.query(unread, {})).toEqual({ count: 3, hasMore: false });
    const [first] = await newsOf(ada);
    if (first === undefined) throw new Error("nothing told");
    const one = { notificationIds: [first.notificationId, first.notificationId] };
    expect(await bob.as.mutation(markRead, one)).toEqual({ marked: 0, hasMore: false });
    expect(await ada.as.mutation(markRead, one)).toEqual({ marked: 1, hasMore: false });
    expect(await ada.as.mutation(markRead, {})).toEqual({ marked: 2, hasMore: false });
    expect(await ada.as.query(unread, {})).toEqual({ count: 0, hasMore: false });
    expect((await newsOf(ada)).every(({ isRead }) => isRead)).toBe(true);
  });

  test("are counted up to 99", async () => {
    const { ada } = await told(60);
    expect(await ada.as.query(unread, {})).toEqual({ count: 60, hasMore: false });
    const scene = await told(0);
    const { activityId } = await log(scene, scene.ada);
    for (let index = 0; index < 100; index += 1) {
      vi.setSystemTime(Date.now() + 1_000);
      const text = { activityId, metrics: km(index + 2), reason };
      await scene.admin.as.mutation(edit, text);
    }
    expect(await scene.ada.as.query(unread, {})).toEqual({ count: 99, hasMore: true });
  });

  test("are marked 500 at once, and whoever marks all is told that there are more", async () => {
    const { t, ada, challengeId } = await newScene();
    await tell(t, 501, { userId: ada.userId, challengeId });
    expect(await ada.as.query(unread, {})).toEqual({ count: 99, hasMore: true });
    expect(await ada.as.mutation(markRead, {})).toEqual({ marked: 500, hasMore: true });
    expect(await ada.as.query(unread, {})).toEqual({ count: 1, hasMore: false });
    expect(await ada.as.mutation(markRead, {})).toEqual({ marked: 1, hasMore: false });
    expect(await ada.as.query(unread, {})).toEqual({ count: 0, hasMore: false });
  });

  test("say that there are more also where some are of a challenge that is closed to their person", async () => {
    const { t, admin, ada, challengeId } = await newScene({ visibility: "private" });
    await tell(t, 60, { userId: ada.userId, challengeId });
    await tell(t, 40, { userId: ada.userId });
    expect(await ada.as.query(unread, {})).toEqual({ count: 99, hasMore: true });
    const { remove } = api.mutations.participants;
    await admin.as.mutation(remove, { challengeId, userId: ada.userId, points: "keep", reason });
    const { count, hasMore } = await ada.as.query(unread, {});
    expect([count, hasMore]).toEqual([39, true]);
  });

  test("are forgotten after 90 days", async () => {
    const { t, ada } = await told(2);
    vi.setSystemTime(Date.now() + 90 * 24 * 60 * 60_000 - 1_500);
    await t.mutation(internal.mutations.cleanup.pruneNotifications, {});
    expect(await newsOf(ada)).toHaveLength(1);
  });

  test("tell nothing of what somebody did to their own activity", async () => {
    const scene = await newScene();
    const { activityId } = await log(scene, scene.admin);
    await scene.admin.as.mutation(edit, { activityId, metrics: km(3), reason });
    expect(await newsOf(scene.admin)).toEqual([]);
  });
});
