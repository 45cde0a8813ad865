import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { insertActivity, patchActivity } from "../lib/activityWrites";
import { fieldsOf } from "../lib/rules/ledger";
import { sealCtx } from "../lib/tableOwners";
import { snapshotTables } from "./backend.setup";
import { log, newScene, rowOf, standAtNoon } from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const by = {
  actor: { kind: "system" },
  reason: "awarded",
  challenge: { aggregateState: "ready" },
} as const;

describe("D1 the last gate before points are stored", () => {
  test.each([Number.NaN, Infinity, -Infinity, -0, 0.5, 1_000_001, -1_000_001, 2 ** 53])(
    "lets no %d through, neither with a new row nor with a changed one",
    async (pointsEarned) => {
      const scene = await newScene();
      const { activityId } = await log(scene, scene.ada);
      const row = await rowOf(scene.t, activityId);
      const before = await snapshotTables(scene.t);
      const after = { ...fieldsOf(row), pointsEarned };
      const inserted = scene.t.run(async (ctx) => {
        await insertActivity(sealCtx(ctx), { after, ...by });
      });
      await expect(inserted).rejects.toThrow("points must be a whole number");
      const patched = scene.t.run(async (ctx) => {
        await patchActivity(sealCtx(ctx), row, { after, ...by });
      });
      await expect(patched).rejects.toThrow("points must be a whole number");
      expect(await snapshotTables(scene.t)).toEqual(before);
    },
  );
});
