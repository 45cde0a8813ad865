import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { MutationCtx } from "../_generated/server";
import { edit, log as logDoor, remove, restore } from "../mutations/activities";
import { ConflictSet, notingCtx } from "./conflictSets.setup";
import {
  km,
  log,
  type Member,
  newScene,
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

/** Components whose rows two people's calls may both touch; the other ones keep rows per person. */
const SHARED_COMPONENTS = ["activityPointsAggregate", "standingsRank"];

const DOORS = { log: logDoor, edit, remove, restore };
/** Convex keeps the handler on a registered function, for tests; its types do not say so. */
type Registered = { _handler: (ctx: MutationCtx, args: object) => Promise<unknown> };

/** Calls a door as its client does, noting what its transaction reads and writes. */
async function noted(who: Member, door: keyof typeof DOORS, args: object): Promise<ConflictSet> {
  const set = new ConflictSet();
  await who.as.run(async (ctx) => {
    const { _handler } = DOORS[door] as unknown as Registered;
    await _handler(notingCtx(ctx, set), args);
  });
  return set;
}

/** Every call of a person that moves points, on rows of their own. */
async function callsOf(scene: Scene, who: Member, firstId: number): Promise<ConflictSet[]> {
  const deed = {
    challengeId: scene.challengeId,
    activityTypeId: scene.types.run,
    metrics: km(3),
  };
  const { activityId } = await log(scene, who);
  return [
    await noted(who, "log", { ...deed, loggedDate: YESTERDAY, requestId: uuid(firstId) }),
    await noted(who, "edit", { activityId, metrics: km(2), requestId: uuid(firstId + 1) }),
    await noted(who, "edit", { activityId, loggedDate: YESTERDAY }),
    await noted(who, "remove", { activityId, requestId: uuid(firstId + 2) }),
    await noted(who, "restore", { activityId }),
    await noted(who, "log", { ...deed, loggedDate: TODAY }),
  ];
}

describe("B10 two people who write in one challenge", () => {
  test("read nothing the other writes, outside the shared components", async () => {
    const scene = await newScene();
    const ada = await callsOf(scene, scene.ada, 1);
    const bob = await callsOf(scene, scene.bob, 101);
    let pairs = 0;
    for (const one of ada) {
      for (const other of bob) {
        expect(one.meets(other)).toEqual([]);
        expect(other.meets(one)).toEqual([]);
        pairs += 1;
      }
    }
    const counted = [...ada, ...bob];
    console.log(
      `${pairs} pairs of calls, ${counted.flatMap(({ reads }) => reads).length} reads against ` +
        `${counted.flatMap(({ writes }) => writes).length} writes: no overlap`,
    );
    for (const { reads, writes } of counted) {
      expect(reads.length).toBeGreaterThan(5);
      expect(writes.length).toBeGreaterThan(2);
    }
  });

  test("meet in the components that rank and sum, and in no other", async () => {
    const scene = await newScene();
    const people: Array<[Member, ConflictSet[]]> = [
      [scene.ada, await callsOf(scene, scene.ada, 1)],
      [scene.bob, await callsOf(scene, scene.bob, 101)],
    ];
    for (const [{ userId }, sets] of people) {
      const calls = sets.flatMap((set) => set.calls);
      const own = calls.filter(({ component }) => !SHARED_COMPONENTS.includes(component));
      expect(own.length).toBeGreaterThan(0);
      for (const { component, args } of own) {
        expect(JSON.stringify(args), component).toContain(userId);
      }
    }
  });

  test("would be caught: one person's calls meet each other", async () => {
    const scene = await newScene();
    const [first, second] = await callsOf(scene, scene.ada, 1);
    expect(first && second?.meets(first)).toEqual(
      expect.arrayContaining([expect.stringContaining("standings: by_challengeId_and_userId")]),
    );
  });
});
