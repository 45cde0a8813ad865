import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { asNewPerson, refusalFrom, refusedUnchanged } from "./backend.setup";
import {
  accountOf,
  km,
  log,
  type Member,
  newScene,
  type Scene,
  settled,
  standAtNoon,
  TODAY,
  YESTERDAY,
} from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const { setRole, remove, ban, unban } = api.mutations.participants;
const { join, leave } = api.mutations.challenges;

const keep = { points: "keep" as const, reason: "Not kind" };
const take = { points: "remove" as const, reason: "Made up" };

const expelled = async (
  scene: Scene,
  how: typeof remove,
  who: Member,
  choice: typeof keep | typeof take,
) =>
  await scene.admin.as.mutation(how, {
    challengeId: scene.challengeId,
    userId: who.userId,
    ...choice,
  });

async function board({ t, challengeId, admin }: Scene) {
  const { viewKey } = await admin.as.query(api.queries.challenges.get, { challengeId });
  const { page } = await t.query(api.queries.leaderboards.page, { challengeId, viewKey });
  return page.map(({ displayName, totalPoints }) => [displayName, totalPoints]);
}

describe("F7 the last admin", () => {
  test("cannot be demoted, leave, or be removed by the platform", async () => {
    const scene = await newScene();
    const { t, challengeId, admin } = scene;
    const owner = await asNewPerson(t, "Pat", { email: "pat@example.org" });
    await t.mutation(internal.mutations.admin.makePlatformAdmin, { email: "pat@example.org" });
    const { userId } = admin;
    const calls = [
      () => admin.as.mutation(setRole, { challengeId, userId, role: "participant" }),
      () => admin.as.mutation(leave, { challengeId }),
      () => owner.as.mutation(remove, { challengeId, userId, ...keep }),
    ];
    for (const call of calls) {
      const refusal = await refusedUnchanged(t, "LIMIT_REACHED", call);
      expect(refusal).toMatchObject({ limit: "lastAdmin" });
    }
  });

  test("is one as soon as the other was demoted, whoever asked first", async () => {
    const scene = await newScene();
    const { challengeId, admin, ada } = scene;
    await admin.as.mutation(setRole, { challengeId, userId: ada.userId, role: "admin" });
    const demote = (by: Member, of: Member) =>
      by.as.mutation(setRole, { challengeId, userId: of.userId, role: "participant" });
    const outcomes = await Promise.allSettled([demote(ada, admin), demote(admin, ada)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  test("may go once there is another, who was told", async () => {
    const scene = await newScene();
    const { challengeId, admin, ada } = scene;
    await admin.as.mutation(setRole, { challengeId, userId: ada.userId, role: "admin" });
    await admin.as.mutation(leave, { challengeId });
    const { page } = await ada.as.query(api.queries.notifications.mine, {
      paginationOpts: { numItems: 10, cursor: null },
    });
    expect(page[0]).toMatchObject({ news: { kind: "roleChanged", role: "admin" }, isRead: false });
  });
});

describe("F6 somebody who was removed", () => {
  test.each(["public", "private"] as const)(
    "has no right left at the next call in a %s challenge",
    async (visibility) => {
      const scene = await newScene({ visibility });
      const { t, challengeId, ada, types } = scene;
      const { activityId } = await log(scene, ada);
      const { viewKey } = await ada.as.query(api.queries.challenges.get, { challengeId });
      await expelled(scene, remove, ada, keep);
      const code = visibility === "public" ? "NOT_PARTICIPANT" : "NOT_FOUND";
      const paginationOpts = { numItems: 10, cursor: null };
      const calls = [
        () => log(scene, ada),
        () => ada.as.mutation(api.mutations.activities.edit, { activityId, metrics: km(3) }),
        () => ada.as.mutation(api.mutations.activities.remove, { activityId }),
        () => ada.as.query(api.queries.activities.history, { challengeId, paginationOpts }),
        () => ada.as.query(api.queries.activities.changes, { activityId }),
        () => ada.as.query(api.queries.moderation.review, { activityId }),
        () => ada.as.query(api.queries.moderation.held, { challengeId }),
        () => ada.as.mutation(api.mutations.moderation.appeal, { activityId, text: "But" }),
        () =>
          ada.as.query(api.queries.activities.previewPoints, {
            challengeId,
            activityTypeId: types.run,
            loggedDate: TODAY,
            metrics: km(1),
            today: TODAY,
          }),
      ];
      for (const call of calls) await refusedUnchanged(t, code, call);
      expect(await ada.as.query(api.queries.leaderboards.ownRow, { challengeId })).toBeNull();
      const after = await scene.admin.as.query(api.queries.challenges.get, { challengeId });
      expect(after.viewKey === viewKey).toBe(visibility === "public");
    },
  );

  test("sees nothing of a private board with the key they had", async () => {
    const scene = await newScene({ visibility: "private" });
    const { t, challengeId, ada } = scene;
    const { viewKey } = await ada.as.query(api.queries.challenges.get, { challengeId });
    await expelled(scene, remove, ada, keep);
    const { page } = api.queries.leaderboards;
    await refusedUnchanged(t, "NOT_FOUND", () => ada.as.query(page, { challengeId, viewKey }));
  });

  test("stays on the board without a name, and comes back with it", async () => {
    const scene = await newScene();
    const { challengeId, ada } = scene;
    await log(scene, ada);
    await expelled(scene, remove, ada, keep);
    expect((await board(scene))[0]).toEqual(["Former participant", 13]);
    await ada.as.mutation(join, { challengeId });
    expect((await board(scene))[0]).toEqual(["Ada", 13]);
  });

  test("loses all points, system rows included, step by step and for good", async () => {
    const scene = await newScene();
    const { t, challengeId, ada, admin } = scene;
    const days = ["2026-06-03", "2026-06-04", "2026-06-05", "2026-06-06", "2026-06-07"];
    for (const loggedDate of [...days, "2026-06-08", YESTERDAY, TODAY])
      for (let time = 0; time < 3; time += 1) {
        vi.setSystemTime(Date.now() + 5_000);
        await log(scene, admin, { loggedDate, onBehalfOf: ada.userId, reason: "Sent on paper" });
      }
    await expelled(scene, remove, ada, take);
    expect(await board(scene)).not.toContainEqual(expect.arrayContaining(["Ada"]));
    const refusal = await refusalFrom(ada.as.mutation(join, { challengeId }));
    expect(refusal).toMatchObject({ code: "RATE_LIMITED" });
    await settled(t);
    const { standing, rows, days: dayRows } = await accountOf(scene, ada);
    expect(standing).toMatchObject({ totalPoints: 0, activityCount: 0, listed: false });
    expect(dayRows.every(({ points }) => points === 0)).toBe(true);
    const verified = await t.query(internal.queries.maintenance.verifyPage, { challengeId });
    expect(verified.findings).toEqual([]);
    await ada.as.mutation(join, { challengeId });
    const deleted = rows.find((row) => row.activityTypeId !== null);
    if (deleted === undefined) throw new Error("no row");
    const restore = { activityId: deleted._id };
    const restored = ada.as.mutation(api.mutations.activities.restore, restore);
    expect(await refusalFrom(restored)).toMatchObject({ code: "NOT_CHALLENGE_ADMIN" });
  });

  test("was told that, and nothing more by a private challenge", async () => {
    const scene = await newScene({ visibility: "private" });
    const { ada, challengeId, admin } = scene;
    const { activityId } = await log(scene, ada);
    const edit = { activityId, metrics: km(1), reason: "Measured" };
    await admin.as.mutation(api.mutations.activities.edit, edit);
    await expelled(scene, ban, ada, keep);
    const mine = { paginationOpts: { numItems: 10, cursor: null } };
    const { page } = await ada.as.query(api.queries.notifications.mine, mine);
    expect(page.map(({ news }) => news)).toEqual([{ kind: "removed", isBanned: true }]);
    expect(JSON.stringify(page)).not.toContain(challengeId);
    const unread = await ada.as.query(api.queries.notifications.unread, {});
    expect(unread).toEqual({ count: 1, hasMore: false });
  });
});

describe("F8 somebody who was banned", () => {
  test.each([
    ["public", "NOT_PARTICIPANT"],
    ["private", "NOT_FOUND"],
  ] as const)("cannot join a %s challenge by its code", async (visibility, code) => {
    const scene = await newScene({ visibility });
    const { t, challengeId, admin, ada } = scene;
    const { joinCode } = await admin.as.query(api.queries.challenges.get, { challengeId });
    await expelled(scene, ban, ada, keep);
    await refusedUnchanged(t, code, () => ada.as.mutation(join, { joinCode }));
    await admin.as.mutation(unban, { challengeId, userId: ada.userId });
    await ada.as.mutation(join, { joinCode });
    await log(scene, ada);
  });

  test("is not unbanned by being removed once more", async () => {
    const scene = await newScene();
    const { challengeId, ada } = scene;
    await expelled(scene, ban, ada, keep);
    await expelled(scene, remove, ada, take);
    await settled(scene.t);
    const refusal = await refusalFrom(ada.as.mutation(join, { challengeId }));
    expect(refusal).toMatchObject({ code: "NOT_PARTICIPANT" });
  });
});

describe("removing somebody", () => {
  test("needs a reason, somebody else, and points that are not frozen", async () => {
    const scene = await newScene();
    const { t, challengeId, admin, ada } = scene;
    const call = (userId: Member["userId"], choice: object) => () =>
      admin.as.mutation(remove, { challengeId, userId, ...keep, ...choice });
    await refusedUnchanged(t, "INVALID_INPUT", call(ada.userId, { reason: " " }));
    await refusedUnchanged(t, "INVALID_INPUT", call(admin.userId, {}));
    await settled(t);
    vi.setSystemTime(new Date("2026-07-04T12:00:00Z"));
    await admin.as.mutation(api.mutations.challenges.finalize, { challengeId });
    await refusedUnchanged(t, "CHALLENGE_FINAL", call(ada.userId, take));
    await call(ada.userId, keep)();
  });

  test("is in the organisers' log, once", async () => {
    const scene = await newScene();
    const { challengeId, admin, ada } = scene;
    await expelled(scene, remove, ada, keep);
    await expelled(scene, remove, ada, keep);
    const paginationOpts = { numItems: 10, cursor: null };
    const { page } = await admin.as.query(api.queries.moderation.log, {
      challengeId,
      paginationOpts,
    });
    expect(page).toMatchObject([
      { action: "removed", actor: "Olga Organiser", displayName: "Ada", note: "Not kind" },
    ]);
  });
});
