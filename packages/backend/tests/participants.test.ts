import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { sealCtx } from "../lib/tableOwners";
import { renameParticipations } from "../lib/participations";
import { newChallenge, refusalFrom } from "./backend.setup";
import { joined, newScene, type Scene, settled, standAtNoon } from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const { search } = api.queries.participants;

async function found({ t, challengeId }: Scene, prefix: string, limit?: number) {
  const people = await t.query(search, { challengeId, prefix, limit });
  return people.map(({ displayName }) => displayName);
}

async function sceneWith(...names: string[]): Promise<Scene> {
  const scene = await newScene();
  const { challengeId } = scene;
  const { joinCode = "" } = await scene.admin.as.query(api.queries.challenges.get, { challengeId });
  for (const name of names) await joined(scene.t, joinCode, name);
  return scene;
}

describe("finding people by the beginning of their name", () => {
  test("takes no notice of capitals and accents", async () => {
    const scene = await sceneWith("Émile", "emma", "Edo 🏃", "Zoë");
    expect(await found(scene, "EM")).toEqual(["Émile", "emma"]);
    expect(await found(scene, "édo ")).toEqual(["Edo 🏃"]);
    expect(await found(scene, "zoe")).toEqual(["Zoë"]);
    expect(await found(scene, "mma")).toEqual([]);
  });

  test("lists by name, as many as asked for", async () => {
    const scene = await sceneWith("Cas");
    expect(await found(scene, "")).toEqual(["Ada", "Bob", "Cas", "Olga Organiser"]);
    expect(await found(scene, "", 2)).toEqual(["Ada", "Bob"]);
  });

  test("leaves out people who left, and not those who want no rank", async () => {
    const scene = await newScene();
    const { t, challengeId, ada, bob } = scene;
    await bob.as.mutation(api.mutations.participations.setRanked, { challengeId, ranked: false });
    const people = async () => await t.query(search, { challengeId, prefix: "b" });
    expect(await people()).toEqual([{ userId: bob.userId, displayName: "Bob", isRanked: false }]);
    await ada.as.mutation(api.mutations.challenges.leave, { challengeId });
    expect(await found(scene, "a")).toEqual([]);
    await ada.as.mutation(api.mutations.challenges.join, { challengeId });
    expect(await found(scene, "a")).toEqual(["Ada"]);
  });

  test("follows a new name, also of people who come back", async () => {
    const scene = await newScene();
    const { challengeId, ada, bob } = scene;
    const update = api.mutations.viewer.update;
    await ada.as.mutation(update, { displayName: "Xandra" });
    expect([await found(scene, "ad"), await found(scene, "xa")]).toEqual([[], ["Xandra"]]);
    await bob.as.mutation(api.mutations.challenges.leave, { challengeId });
    await bob.as.mutation(update, { displayName: "Yob" });
    await bob.as.mutation(api.mutations.challenges.join, { challengeId });
    expect([await found(scene, "b"), await found(scene, "y")]).toEqual([[], ["Yob"]]);
  });

  test("follows a new name in more challenges than one transaction takes", async () => {
    const scene = await newScene();
    const { t, ada } = scene;
    const challengeIds = [];
    for (let number = 0; number < 102; number += 1) {
      if (number % 10 === 0) vi.setSystemTime(Date.now() + 3_600_000);
      challengeIds.push((await newChallenge(ada.as)).challengeId);
    }
    await ada.as.mutation(api.mutations.viewer.update, { displayName: "Xandra" });
    await settled(t);
    for (const challengeId of [scene.challengeId, ...challengeIds]) {
      expect(await found({ ...scene, challengeId }, "xa")).toEqual(["Xandra"]);
    }
    const again = t.run(async (ctx) => await renameParticipations(sealCtx(ctx), ada.userId, null));
    expect(await again).not.toBeNull();
  });

  test("finds people who joined before there was a search, once the challenge is backfilled", async () => {
    const scene = await newScene();
    await scene.t.run(async (ctx) => {
      for (const { _id } of await ctx.db.query("participations").collect())
        await ctx.db.patch("participations", _id, { searchName: undefined });
    });
    expect(await found(scene, "ad")).toEqual([]);
    const { startInternal } = internal.mutations.maintenance;
    const { challengeId } = scene;
    await scene.t.mutation(startInternal, { challengeId, kind: "backfill", dryRun: false });
    await settled(scene.t);
    expect(await found(scene, "ad")).toEqual(["Ada"]);
  });

  test.each([
    ["limit", { prefix: "", limit: 51 }],
    ["limit", { prefix: "", limit: 0 }],
    ["prefix", { prefix: "x".repeat(161) }],
  ])("refuses a bad %s", async (path, args) => {
    const { t, challengeId } = await newScene();
    const refusal = await refusalFrom(t.query(search, { challengeId, ...args }));
    expect(refusal).toMatchObject({ code: "INVALID_INPUT", path });
  });
});
