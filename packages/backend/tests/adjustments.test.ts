import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { refusalFrom, refusedUnchanged } from "./backend.setup";
import {
  accountOf,
  log,
  newScene,
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

const { adjust } = api.mutations.moderation;
const paginationOpts = { numItems: 10, cursor: null };

describe("adjusting points", () => {
  test("is one entry of today with its reason, and its person is told", async () => {
    const scene = await newScene();
    const { t, challengeId, admin, ada } = scene;
    const args = { challengeId, userId: ada.userId, points: 40, reason: "Helped at the start" };
    const answer = await admin.as.mutation(adjust, { ...args, requestId: uuid(1) });
    expect(answer).toMatchObject({ pointsEarned: 40, totalPoints: 40 });
    expect(await admin.as.mutation(adjust, { ...args, requestId: uuid(1) })).toEqual(answer);
    const { rows, notes } = await accountOf(scene, ada);
    expect(rows).toMatchObject([{ source: "adjustment", loggedDate: TODAY, pointsEarned: 40 }]);
    expect(notes).toMatchObject([{ text: "Helped at the start" }]);
    const { page } = await ada.as.query(api.queries.notifications.mine, { paginationOpts });
    expect(page.map(({ news }) => news)).toEqual([{ kind: "pointsAdjusted", points: 40 }]);
    const verified = await t.query(internal.queries.maintenance.verifyPage, { challengeId });
    expect(verified.findings).toEqual([]);
  });

  test("refuses what is no entry, and its person cannot remove it", async () => {
    const scene = await newScene();
    const { t, challengeId, admin, ada } = scene;
    await log(scene, ada);
    const call = (choice: object) => () =>
      admin.as.mutation(adjust, {
        challengeId,
        userId: ada.userId,
        points: -5,
        reason: "Counted twice",
        requestId: uuid(1),
        ...choice,
      });
    const wrong = [{ points: 0 }, { points: 0.5 }, { reason: " " }, { loggedDate: "2026-07-01" }];
    for (const choice of wrong) await refusedUnchanged(t, "INVALID_INPUT", call(choice));
    const { activityId } = await call({ loggedDate: YESTERDAY })();
    const removal = ada.as.mutation(api.mutations.activities.remove, { activityId });
    expect(await refusalFrom(removal)).toMatchObject({ code: "SYSTEM_ROW" });
  });

  test("after the end makes the next version of the final standings", async () => {
    const scene = await newScene();
    const { t, challengeId, admin, ada } = scene;
    await log(scene, ada);
    await settled(t);
    vi.setSystemTime(new Date("2026-07-04T12:00:00Z"));
    await admin.as.mutation(api.mutations.challenges.finalize, { challengeId });
    await settled(t);
    const args = { challengeId, userId: ada.userId, points: 7, reason: "Late", requestId: uuid(1) };
    expect(await admin.as.mutation(adjust, args)).toMatchObject({ totalPoints: 20 });
    await settled(t);
    const versions = await t.run((ctx) => ctx.db.query("snapshots").collect());
    expect(versions.map(({ version }) => version)).toEqual([1, 2]);
    const { rows } = await accountOf(scene, ada);
    expect(rows.find(({ source }) => source === "adjustment")?.loggedDate).toBe("2026-06-30");
  });
});
