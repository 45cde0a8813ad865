import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { keyOf, send } from "./api.setup";
import { accountOf, newScene, type Scene, standAtNoon, TODAY, uuid } from "./ledger.setup";

beforeAll(() => standAtNoon());
afterAll(() => {
  vi.useRealTimers();
});

let scene: Scene;
beforeEach(async () => {
  scene = await newScene();
});

const run = ({ types }: Scene, more: object = {}) => ({
  activityTypeId: types.run,
  loggedDate: TODAY,
  metrics: { distance: { value: 1.2, unit: "km" } },
  ...more,
});

describe("logging by key", () => {
  test("scores as the page does, and the ledger names the key", async () => {
    const { t, challengeId, ada } = scene;
    const { key, apiKeyId } = await keyOf(scene, ada, "log");
    const path = `/challenges/${challengeId}/activities`;
    const { status, body } = await send(t, "POST", path, { key, body: run(scene) });
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        activityId: expect.any(String),
        pointsEarned: 12,
        totalPoints: 13,
        status: "created",
      },
    });
    const { rows, events } = await accountOf(scene, ada);
    expect(rows[0]).toMatchObject({ source: "api", metrics: { distance_m: 1200 } });
    expect(events[0]?.actor).toEqual({ kind: "user", userId: ada.userId, apiKeyId });
  });

  test("B1 the same Idempotency-Key answers the first result and happens once", async () => {
    const { t, challengeId, ada } = scene;
    const { key } = await keyOf(scene, ada, "log");
    const path = `/challenges/${challengeId}/activities`;
    const sent = { key, body: run(scene), headers: { "Idempotency-Key": uuid(1) } };
    const first = await send(t, "POST", path, sent);
    const again = await send(t, "POST", path, sent);
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toEqual({ ...first.body, status: "exists" });
    expect((await accountOf(scene, ada)).rows.filter((row) => row.source === "api")).toHaveLength(
      1,
    );
  });
});
