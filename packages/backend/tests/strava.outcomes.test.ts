import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { recordOutcome } from "../lib/stravaOutcomes";
import { sealCtx } from "../lib/tableOwners";
import { standAtNoon } from "./ledger.setup";
import {
  connect,
  deliver,
  drained,
  events,
  later,
  newStravaScene,
  run,
  type StravaScene,
  tasks,
} from "./strava.setup";

/** What became of events, which is kept long after the events are forgotten, and is about nobody. */

beforeEach(() => standAtNoon());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

const ATHLETE = "7700770077";
const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;

const outcomes = async ({ t }: StravaScene) =>
  await t.run(async (ctx) => await ctx.db.query("stravaOutcomes").collect());
const told = async (scene: StravaScene) =>
  (await outcomes(scene)).map(
    ({ kind, outcome, attempts, error }) => `${kind} ${outcome} ${attempts}${error ?? ""}`,
  );

async function connected(): Promise<StravaScene> {
  const scene = await newStravaScene();
  await connect(scene, scene.ada, ATHLETE);
  expect(await told(scene)).toEqual(["list listed 1"]);
  return scene;
}

async function says(scene: StravaScene, id: string, aspect: "create" | "delete" = "create") {
  await deliver(scene, scene.fake.event(ATHLETE, id, aspect));
  await drained(scene.t);
}

test("an event that was done is written down once, with its times and nothing of anybody", async () => {
  const scene = await connected();
  scene.fake.put(ATHLETE, run(880_088));
  const at = Date.now();
  const event = scene.fake.event(ATHLETE, "880088", "create");
  for (let times = 0; times < 3; times += 1) await deliver(scene, event);
  await drained(scene.t);
  expect(await told(scene)).toEqual(["list listed 1", "activity applied 1"]);
  const [, last] = await outcomes(scene);
  expect(Object.keys(last ?? {}).sort()).toEqual(
    ["_creationTime", "_id", "attempts", "endedAt", "kind", "outcome", "receivedAt"].sort(),
  );
  expect(last?.receivedAt).toBeGreaterThanOrEqual(at);
  expect(last?.endedAt).toBeGreaterThanOrEqual(last?.receivedAt ?? Infinity);
  const text = JSON.stringify(await outcomes(scene));
  expect(text).not.toMatch(/7700770077|880088/);
  expect(text).not.toContain(scene.ada.userId);
});

test("failures say how often it was tried and what was wrong last, given up or done in the end", async () => {
  const scene = await connected();
  scene.fake.put(ATHLETE, run(1));
  scene.fake.fail("server", 2);
  await says(scene, "1");
  await later(scene.t, HOUR);
  await later(scene.t, HOUR);
  expect((await told(scene)).slice(1)).toEqual(["activity applied 3SERVER_ERROR"]);
  scene.fake.put(ATHLETE, run(2));
  scene.fake.fail("server", 8);
  await says(scene, "2");
  for (let hour = 0; hour < 9; hour += 1) await later(scene.t, HOUR);
  expect((await told(scene)).slice(2)).toEqual(["activity dead 8SERVER_ERROR"]);
});

test("work of lost workers that is given up is written down", async () => {
  const scene = await connected();
  vi.stubGlobal("fetch", () => new Promise(() => undefined));
  await deliver(scene, scene.fake.event(ATHLETE, "1", "create"));
  for (let times = 0; times < 10; times += 1) {
    await scene.t.mutation(internal.mutations.stravaWebhook.pump, {});
    vi.setSystemTime(Date.now() + HOUR);
  }
  expect((await told(scene)).slice(1)).toEqual(["activity dead 8WORKER_LOST"]);
});

test("what was waiting when its person disconnected is written down too", async () => {
  const scene = await connected();
  scene.fake.put(ATHLETE, run(1));
  scene.fake.fail("server", 1);
  await deliver(scene, scene.fake.event(ATHLETE, "1", "create"));
  await drained(scene.t, 5_000);
  await scene.ada.as.mutation(api.mutations.strava.disconnect, { points: "keep" });
  await drained(scene.t);
  expect((await told(scene)).slice(1)).toEqual(["activity notConnected 1SERVER_ERROR"]);
  expect(await tasks(scene.t)).toEqual([]);
});

test("nightly work is not written down", async () => {
  const scene = await connected();
  await scene.t.mutation(internal.mutations.stravaWebhook.reconcile, { after: 0 });
  await drained(scene.t);
  expect(await told(scene)).toEqual(["list listed 1"]);
});

test("deliveries that are turned away are counted, one row a reason and hour", async () => {
  const scene = await connected();
  const stranger = (id: string) => ({ ...scene.fake.event(ATHLETE, id, "create"), owner_id: 4711 });
  for (const id of ["1", "2", "2"]) await deliver(scene, stranger(id));
  for (const body of ["{", "["]) await deliver(scene, body);
  expect((await told(scene)).slice(1)).toEqual(["rejected unknownAthlete 3", "rejected notJson 2"]);
  vi.setSystemTime(Date.now() + HOUR);
  await deliver(scene, "{");
  expect((await told(scene)).slice(3)).toEqual(["rejected notJson 1"]);
});

test("events are forgotten after a week, what became of them after 90 days, in batches", async () => {
  const scene = await connected();
  scene.fake.put(ATHLETE, run(1));
  await says(scene, "1");
  await scene.t.run(async (raw) => {
    const receivedAt = Date.now();
    const ended = { kind: "activity", outcome: "applied", receivedAt, attempts: 1 } as const;
    for (let copy = 0; copy < 250; copy += 1) await recordOutcome(sealCtx(raw), ended);
  });
  const prune = async () => {
    await scene.t.mutation(internal.mutations.stravaWebhook.prune, {});
    await drained(scene.t);
  };
  vi.setSystemTime(Date.now() + 8 * DAY);
  await prune();
  expect(await events(scene.t)).toEqual([]);
  expect(await outcomes(scene)).toHaveLength(252);
  vi.setSystemTime(Date.now() + 81 * DAY);
  await prune();
  expect(await outcomes(scene)).toHaveLength(252);
  vi.setSystemTime(Date.now() + 2 * DAY);
  await prune();
  expect(await outcomes(scene)).toEqual([]);
});

test("admins of the platform read it page by page, the last one first", async () => {
  const scene = await connected();
  const email = "chief@example.org";
  const wish = { displayName: "Chief", email };
  const { userId } = await scene.t.mutation(internal.mutations.admin.createPerson, wish);
  await scene.t.mutation(internal.mutations.admin.makePlatformAdmin, { email });
  scene.fake.put(ATHLETE, run(1));
  await says(scene, "1");
  const chief = scene.t.withIdentity({ subject: `${userId}|s` });
  const ask = (cursor: string | null) =>
    chief.query(api.queries.stravaOperations.outcomes, { paginationOpts: { numItems: 1, cursor } });
  const first = await ask(null);
  expect(first.page).toMatchObject([{ kind: "activity", outcome: "applied" }]);
  expect((await ask(first.continueCursor)).page).toMatchObject([{ kind: "list" }]);
});

test("in a storm of forgeries most write nothing, and the count is about right", async () => {
  const scene = await newStravaScene();
  const draw = vi.spyOn(Math, "random").mockReturnValue(0.5);
  for (let count = 0; count < 25; count += 1) await deliver(scene, "{");
  expect(await told(scene)).toEqual(["rejected notJson 20"]);
  draw.mockReturnValue(0);
  await deliver(scene, "{");
  draw.mockRestore();
  expect(await told(scene)).toEqual(["rejected notJson 40"]);
});
