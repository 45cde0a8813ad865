/** Scheduled functions and crons through restarts, kills, deploys and clocks that jump. */
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setImmediate, setTimeout } from "node:timers/promises";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { moveClock, startClock, stopClock } from "./conformance/clock.ts";
import {
  bundleFixture,
  error,
  TestDeployment,
  value,
  withoutModule,
} from "./fixtures/runtime/deployFixture.ts";
import { spawnCommand } from "./fixtures/server/harness.ts";
import { cronStates } from "../src/runtime/index.ts";
import type { JsonObject } from "../src/types.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let deployment: TestDeployment;
let push: JsonObject;
let withCrons: JsonObject;

beforeAll(async () => {
  withCrons = await bundleFixture("app");
  push = withoutModule(withCrons, "crons.js");
}, 60_000);

beforeEach(async () => {
  deployment = await TestDeployment.startWith(push);
});

afterEach(async () => {
  startClock();
  await deployment.dispose();
});

interface Row {
  name: string;
  state: { kind: string; error?: string };
}

const call = async (name: string, args: JsonObject = {}) =>
  value(await deployment.mutation(name, args));
const schedule = async (name: string, delayMs: number, args: JsonObject = {}) =>
  (await call("jobs:schedule", { name, delayMs, args })) as string;
const rows = async () => value(await deployment.query("jobs:list")) as unknown as Row[];
const states = async () => (await rows()).map(({ state }) => state.kind);
const notes = async () => (await deployment.notes()) as string[];
const unfinished = () => deployment.engine.store.begin("query").hostRange("job:").length;

/** Lets everything go on that waits for no timer until `condition` holds. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await setImmediate();
}

/** True when every cron job that was due has ended. */
function cronsIdle(): boolean {
  const crons = Object.values(cronStates(deployment.engine.store.begin("query")));
  return crons.every(
    ({ nextMs, lastRun }) => (nextMs ?? 0) > Date.now() && !/stopped/.test(lastRun?.error ?? ""),
  );
}

/** Moves the stopped clock on by `hours`, and lets what is due run after each. */
async function pass(hours: number): Promise<void> {
  for (let hour = 0; hour < hours; hour++) {
    moveClock(HOUR);
    await until(cronsIdle);
    // A run counts as under way until its end is on disk.
    await deployment.engine.store.durable(deployment.engine.store.ts);
    for (let turn = 0; turn < 5; turn++) await setImmediate();
  }
}

test("a mutation sees its own job in progress", async () => {
  await schedule("jobs:seesItself", 0);
  await until(async () => (await notes()).length === 1);
  expect(await notes()).toEqual(["inProgress"]);
  expect(await states()).toEqual(["success"]);
});

/** Writes and schedules `jobs:succeeds` at once, while no write comes to the disk before `write` is called. */
function scheduleUnwritten() {
  const { store } = deployment.engine;
  const commit = store.commit.bind(store);
  let write = (): void => undefined;
  const durable = new Promise<void>((resolve) => (write = resolve));
  const held = vi.spyOn(store, "commit").mockImplementation((...written) => ({
    ...commit(...written),
    durable,
  }));
  const args = { name: "jobs:succeeds", delayMs: 0, args: { text: "later" } };
  const run = deployment.mutation("jobs:schedule", args);
  return { run, write: () => (held.mockRestore(), write()) };
}

test("whoever wrote is answered before what is scheduled runs", async () => {
  const { run, write } = scheduleUnwritten();
  const unfinishedWhenAnswered = run.then(unfinished);
  await setTimeout(50);
  write();
  expect(await unfinishedWhenAnswered).toBe(1);
  await until(() => unfinished() === 0);
  expect(await notes()).toEqual(["later"]);
});

test("what still waits for answers of others when it stops is left for the next start", async () => {
  const { run, write } = scheduleUnwritten();
  await setTimeout(50);
  const stopped = deployment.engine.stopJobs();
  write();
  await Promise.all([run, stopped]);
  expect(unfinished()).toBe(1);
  await deployment.restart();
  await until(() => unfinished() === 0);
  expect(await notes()).toEqual(["later"]);
});

test("a thousand jobs that are due at the start run once each, in their order", async () => {
  const at = Date.now() + HOUR;
  const texts = Array.from({ length: 1000 }, (_, n) => `${n}`);
  await call("jobs:scheduleMany", { name: "jobs:succeeds", count: 1000, from: 0, at });
  vi.useFakeTimers({ toFake: ["Date"], now: at + HOUR });
  await deployment.restart();
  await until(() => unfinished() === 0);
  expect(await notes()).toEqual(texts);
  expect(new Set(await states())).toEqual(new Set(["success"]));
});

test("W14 killed while jobs run, each still ran once", async () => {
  const count = 600;
  // They come due while no process runs.
  const at = Date.now() + 3000;
  await call("jobs:scheduleMany", { name: "jobs:prints", count, from: 0, at });
  await deployment.shutDown();
  while (Date.now() < at) await setTimeout(100);
  for (const jobs of [1, 60, 150]) await runUntilKilled(jobs);
  await deployment.open();
  await until(() => unfinished() === 0);
  const ran = await notes();
  expect(ran).toHaveLength(count);
  expect(new Set(ran).size).toBe(count);
  expect(new Set(await states())).toEqual(new Set(["success"]));
});

/** Runs the command on the data of the test until it has told of so many jobs, and kills it. */
async function runUntilKilled(jobs: number): Promise<void> {
  const ports = ["--port", "0", "--site-port", "0"];
  const child = spawnCommand("--data-dir", deployment.dir, ...ports);
  const gone = once(child, "exit");
  let seen = 0;
  for await (const line of createInterface({ input: child.stderr! })) {
    if (line.includes("jobs:prints") && ++seen === jobs) break;
  }
  child.kill("SIGKILL");
  await gone;
  expect(seen).toBe(jobs);
}

test("what a canceled action still schedules is canceled, itself or through its mutations", async () => {
  const id = await schedule("jobs:waitsThenSchedules", 0);
  await until(async () => (await states())[0] === "inProgress");
  await call("jobs:cancel", { id });
  await call("functions:write", { text: "go" });
  await until(async () => (await notes()).includes("went on"));
  await until(() => unfinished() === 0);
  expect(await notes()).toEqual(["go", "went on"]);
  expect(await states()).toEqual(["canceled", "canceled", "canceled"]);
});

test("canceling what has ended changes nothing, even when it is long gone", async () => {
  const id = await schedule("jobs:succeeds", 0, { text: "done" });
  await until(() => unfinished() === 0);
  await call("jobs:cancel", { id });
  expect(await states()).toEqual(["success"]);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 8 * DAY });
  await deployment.restart();
  await until(async () => (await rows()).length === 0);
  expect(await call("jobs:cancel", { id })).toBeNull();
  const note = await call("functions:write", { text: "a note" });
  expect(error(await deployment.mutation("jobs:cancel", { id: note }))).toContain(
    "_scheduled_functions",
  );
});

test("a job whose function is gone, or became a query, fails and says why", async () => {
  await schedule("jobs:succeeds", HOUR, { text: "never" });
  await schedule("functions:write", HOUR, { text: "never" });
  const without = JSON.stringify(withoutModule(push, "jobs.js"));
  // The query `notes` takes the place of the mutation `write`.
  const changed = without.replace(" as write", " as written").replace(" as notes", " as write");
  expect(changed).not.toBe(without);
  await deployment.engine.activatePush(JSON.parse(changed) as JsonObject);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 2 * HOUR });
  await deployment.restart();
  await until(() => unfinished() === 0);
  await deployment.engine.activatePush(push);
  expect((await rows()).map(({ state }) => state)).toEqual([
    { kind: "failed", error: expect.stringContaining("Could not find function") },
    { kind: "failed", error: expect.stringContaining("defined as Query") },
  ]);
});

test("a component's jobs are its own, and run after a restart", async () => {
  await call("jobs:remindInside", { delayMs: HOUR });
  expect(await rows()).toEqual([]);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 2 * HOUR });
  await deployment.restart();
  await until(() => unfinished() === 0);
  const inside = await deployment.query("inside:jobs", {}, { component: "mounted" });
  expect(value(inside)).toEqual({ reminders: 1, states: ["success"] });
});

test("old jobs are deleted, however many younger ones were made before them", async () => {
  const at = Date.now() + 30 * DAY;
  const many = { name: "jobs:succeeds", count: 600, at };
  for (const from of [0, 600]) await call("jobs:scheduleMany", { ...many, from });
  await schedule("jobs:succeeds", 0, { text: "old" });
  await until(() => unfinished() === 1200);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 8 * DAY });
  await deployment.restart();
  await until(async () => (await rows()).length === 1200);
  expect(new Set(await states())).toEqual(new Set(["pending"]));
});

test("functions with large arguments end, and are deleted like the others", async () => {
  const text = "x".repeat(5.5 * 2 ** 20);
  await schedule("jobs:takesMuch", 0, { text });
  await schedule("jobs:actsOnMuch", 0, { text });
  await until(() => unfinished() === 0);
  expect(await states()).toEqual(["success", "success"]);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 8 * DAY });
  await deployment.restart();
  await until(async () => (await rows()).length === 0);
});

test("W20 a clock that is set forward is noticed within a minute", async () => {
  stopClock();
  await schedule("jobs:succeeds", HOUR, { text: "due" });
  vi.setSystemTime(Date.now() + 2 * HOUR);
  moveClock(60_000);
  await until(() => unfinished() === 0);
  expect(await notes()).toEqual(["due"]);
});

test("W19 a clock that is set back delays jobs, and runs none twice", async () => {
  stopClock();
  const start = Date.now();
  await schedule("jobs:succeeds", HOUR, { text: "later" });
  await schedule("jobs:succeeds", 1, { text: "now" });
  moveClock(1);
  await until(() => unfinished() === 1);
  vi.setSystemTime(start - 2 * HOUR);
  await pass(2);
  expect(await notes()).toEqual(["now"]);
  await pass(1);
  await until(() => unfinished() === 0);
  expect(await notes()).toEqual(["now", "later"]);
});

test("a job is not early because its delay is longer than a timer can be", async () => {
  stopClock();
  await schedule("jobs:succeeds", 30 * DAY, { text: "much later" });
  moveClock(29 * DAY);
  await pass(1);
  expect(await states()).toEqual(["pending"]);
  moveClock(DAY);
  await until(() => unfinished() === 0);
  expect(await notes()).toEqual(["much later"]);
});

/** How often the nightly cron ran. */
const nights = async () => (await notes()).filter((text) => text === "night").length;

/** Deploys the crons of the fixture, the frequent one slowed down. */
async function deployCrons(): Promise<void> {
  const text = JSON.stringify(withCrons);
  const slow = text.replace("seconds: 1 }", "hours: 12 }");
  expect(slow).not.toBe(text);
  await deployment.engine.activatePush(JSON.parse(slow) as JsonObject);
}

test("W21 crons keep their hours, catch up once, and outlive a clock that was far ahead", async () => {
  stopClock();
  const start = Date.UTC(2026, 0, 1, 2);
  vi.setSystemTime(start);
  await deployCrons();
  await pass(24);
  expect(await nights()).toBe(1);
  vi.setSystemTime(Date.now() + 5 * DAY);
  await pass(1);
  expect(await nights()).toBe(2);
  vi.setSystemTime(Date.UTC(2036, 5, 1));
  await pass(1);
  expect(await nights()).toBe(3);
  vi.setSystemTime(Date.UTC(2026, 0, 9, 4));
  await pass(22);
  expect(await nights()).toBe(3);
  await pass(2);
  expect(await nights()).toBe(4);
});

test("a cron job that comes due during a deploy runs once", async () => {
  stopClock();
  await deployCrons();
  const ticks = async () => (await notes()).filter((text) => text === "tick").length;
  await pass(1);
  expect(await ticks()).toBe(1);
  const change = deployment.engine.updateEnvironment([{ name: "SECRET", value: "other" }]);
  moveClock(12 * HOUR);
  await change;
  await pass(1);
  expect(await ticks()).toBe(2);
});
