/** Scheduled functions, crons, actions and HTTP actions. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import {
  bundleFixture,
  error,
  eventually,
  TestDeployment,
  value,
  withoutModule,
} from "./fixtures/runtime/deployFixture.ts";
import type { JsonObject } from "../src/types.ts";

let withCrons: JsonObject;
let push: JsonObject;
let deployment: TestDeployment;

beforeAll(async () => {
  withCrons = await bundleFixture("app");
  push = withoutModule(withCrons, "crons.js");
}, 60_000);

beforeEach(async () => {
  deployment = await TestDeployment.startWith(push);
  return () => deployment.dispose();
});

afterEach(() => vi.useRealTimers());

interface JobDocument {
  _id: string;
  name: string;
  args: JsonObject[];
  scheduledTime: number;
  completedTime?: number;
  state: { kind: string; error?: string };
}

const jobs = async () => value(await deployment.query("jobs:list")) as unknown as JobDocument[];
const states = async () => (await jobs()).map(({ state }) => state.kind);
const schedule = async (name: string, delayMs: number, args: JsonObject = {}) =>
  value(await deployment.mutation("jobs:schedule", { name, delayMs, args })) as string;
const ended = () =>
  eventually(async () => (await states()).every((kind) => !/pending|inProgress/.test(kind)));

test("a scheduled mutation runs and shows how it ended", async () => {
  await schedule("jobs:succeeds", 0, { text: "done" });
  await schedule("jobs:fails", 0);
  await ended();
  expect(await jobs()).toMatchObject([
    { name: "jobs.js:succeeds", args: [{ text: "done" }], state: { kind: "success" } },
    {
      name: "jobs.js:fails",
      state: { kind: "failed", error: expect.stringContaining("job failed") },
    },
  ]);
  expect((await jobs()).every(({ completedTime }) => completedTime! > 0)).toBe(true);
  expect(await deployment.notes()).toEqual(["done"]);
});

test("jobs run in the order of their times", async () => {
  const texts = [
    { text: "third", delayMs: 3 },
    { text: "first", delayMs: 1 },
    { text: "second", delayMs: 2 },
  ];
  value(await deployment.mutation("jobs:scheduleAll", { texts }));
  await ended();
  expect(await deployment.notes()).toEqual(["first", "second", "third"]);
});

test("functions are scheduled up to five years ahead and back", async () => {
  const years = 5 * 366 * 24 * 3_600_000;
  const at = (time: number) =>
    deployment.mutation("jobs:scheduleMany", {
      name: "jobs:succeeds",
      count: 1,
      from: 0,
      at: time,
    });
  vi.useFakeTimers({ toFake: ["Date"], now: 10 * years });
  value(await at(11 * years));
  value(await at(9 * years));
  const ahead = error(await at(11 * years + 1));
  expect(ahead).toMatch(/^Uncaught Error: \S+Z is more than 5 years in the future/);
  expect(error(await at(9 * years - 1))).toContain("is more than 5 years in the past");
  expect(error(await at(1e300))).toContain("1e+300 ms is more than 5 years in the future");
});

test("a canceled job does not run", async () => {
  const now = Date.now();
  const id = await schedule("jobs:succeeds", 3_600_000, { text: "canceled" });
  value(await deployment.mutation("jobs:cancel", { id }));
  expect(await states()).toEqual(["canceled"]);
  vi.useFakeTimers({ toFake: ["Date"], now: now + 2 * 3_600_000 });
  await deployment.restart();
  await schedule("jobs:succeeds", 0, { text: "another" });
  await ended();
  expect(await states()).toEqual(["canceled", "success"]);
  expect(await deployment.notes()).toEqual(["another"]);
});

test("a job that came due while the deployment was down runs once", async () => {
  const now = Date.now();
  await schedule("jobs:succeeds", 3_600_000, { text: "later" });
  await schedule("jobs:succeeds", 30 * 24 * 3_600_000, { text: "much later" });
  await deployment.restart();
  expect(await states()).toEqual(["pending", "pending"]);
  vi.useFakeTimers({ toFake: ["Date"], now: now + 2 * 3_600_000 });
  await deployment.restart();
  await eventually(async () => (await states())[0] === "success");
  await deployment.restart();
  expect(await states()).toEqual(["success", "pending"]);
  expect(await deployment.notes()).toEqual(["later"]);
});

test("more jobs than a transaction may read are taken up after a restart", async () => {
  const texts = Array.from({ length: 700 }, (_, n) => ({ text: `${n}`, delayMs: 3_600_000 }));
  for (let i = 0; i < 6; i++) value(await deployment.mutation("jobs:scheduleAll", { texts }));
  await deployment.restart();
  expect(await states()).toEqual(Array.from({ length: 4200 }, () => "pending"));
});

test("an action that was running at a restart has failed and is not started again", async () => {
  await schedule("jobs:neverEnds", 0);
  await eventually(async () => (await states())[0] === "inProgress");
  await deployment.restart();
  expect((await jobs())[0]!.state).toEqual({
    kind: "failed",
    error: "The deployment was stopped while this action was running.",
  });
});

test("a scheduled action runs", async () => {
  await schedule("jobs:acts", 0, { text: "from an action" });
  await ended();
  expect(await states()).toEqual(["success"]);
  expect(await deployment.notes()).toEqual(["from an action"]);
});

test("finished jobs are deleted after a week", async () => {
  await schedule("jobs:succeeds", 0, { text: "old" });
  await schedule("jobs:succeeds", 30 * 24 * 3_600_000, { text: "far" });
  await eventually(async () => (await states())[0] === "success");
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 8 * 24 * 3_600_000 });
  await deployment.restart();
  await eventually(async () => (await jobs()).length === 1);
  expect(await states()).toEqual(["pending"]);
});

test("an interval cron runs at once and then keeps its rhythm", async () => {
  await deployment.engine.activatePush(withCrons);
  await eventually(async () => ((await deployment.notes()) as string[]).length >= 2);
  expect(new Set((await deployment.notes()) as string[])).toEqual(new Set(["tick"]));
  await deployment.engine.activatePush(push);
  const ticks = ((await deployment.notes()) as string[]).length;
  await new Promise((resolve) => setTimeout(resolve, 1100));
  expect(((await deployment.notes()) as string[]).length).toBe(ticks);
});

test("a cron that was due while the deployment was down runs once", async () => {
  const now = Date.UTC(2026, 0, 1, 2, 0);
  vi.useFakeTimers({ toFake: ["Date"], now });
  await deployment.engine.activatePush(withCrons);
  await eventually(async () => ((await deployment.notes()) as string[]).length === 1);
  vi.setSystemTime(now + 3 * 24 * 3_600_000);
  await deployment.restart();
  const nights = async () =>
    ((await deployment.notes()) as string[]).filter((text) => text === "night").length;
  await eventually(async () => (await nights()) === 1);
  await deployment.restart();
  expect(await nights()).toBe(1);
});

const ANN = { tokenIdentifier: "https://issuer|ann", issuer: "https://issuer", subject: "ann" };

test("an action calls queries, mutations and actions, schedules and cancels", async () => {
  const result = value(await deployment.action("jobs:everything", {}, { identity: ANN }));
  expect(result).toMatchObject({
    notes: ["from an action"],
    nested: { $integer: "BwAAAAAAAAA=" },
    subjects: ["ann", "ann"],
  });
  expect(await states()).toEqual(["canceled"]);
});

test("an action catches the data of a mutation's ConvexError", async () => {
  expect(value(await deployment.action("jobs:catches"))).toEqual({ code: "REFUSED" });
});

test("arguments and results of an action are validated", async () => {
  expect(error(await deployment.action("jobs:echo", { value: 7 }))).toContain(
    "ArgumentValidationError",
  );
});

test("an action may fetch", async () => {
  const server = createServer((_, response) => response.end("fetched")).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(value(await deployment.action("jobs:fetchesText", { url }))).toBe("fetched");
  server.close();
});

const fetchRoute = (path: string, init?: RequestInit) =>
  deployment.engine.runHttpAction(new Request(`http://127.0.0.1:3211${path}`, init), ANN);

test("http actions are found by path and by prefix", async () => {
  const body = JSON.stringify({ text: "posted" });
  const created = await fetchRoute("/notes", { method: "POST", body });
  expect(created.status).toBe(201);
  expect(await created.json()).toEqual({ text: "posted", subject: "ann" });
  expect(await deployment.notes()).toEqual(["posted"]);
  expect(await (await fetchRoute("/echo/a/b")).text()).toBe("/echo/a/b");
  expect((await fetchRoute("/notes")).status).toBe(404);
  expect((await fetchRoute("/nothing")).status).toBe(404);
});

test("a body that is still being written may call functions", async () => {
  const response = await fetchRoute("/stream");
  expect(response.headers.get("content-type")).toBe("text/plain");
  expect(await response.text()).toBe("one;two;");
  expect(await deployment.notes()).toEqual(["one", "two"]);
});

test("what an http action left behind does not go on in the next one", async () => {
  const post = (path: string, body: string) => fetchRoute(path, { method: "POST", body });
  expect((await post("/leaves", "left behind")).status).toBe(204);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect((await post("/notes", '{"text":"next"}')).status).toBe(201);
  expect(await deployment.notes()).toEqual(["next"]);
});

test("an http action whose response was read before fails, and has ended", async () => {
  const response = await fetchRoute("/read");
  expect(response.status).toBe(500);
  expect(await looks()).toEqual([]);
});

test("a closed deployment has no running actions", async () => {
  await schedule("jobs:neverEnds", 0);
  await eventually(async () => (await states())[0] === "inProgress");
  await deployment.shutDown();
  const left = await looks();
  await deployment.open();
  expect(left).toEqual([]);
  await eventually(async () => (await states())[0] === "failed");
});

/** The timers by which running actions look for progress, within 30 ms. */
async function looks(): Promise<unknown[]> {
  const timers = vi.spyOn(globalThis, "setTimeout");
  await new Promise((resolve) => setTimeout(resolve, 30));
  const tasks = timers.mock.calls.map(([task]) => String(task));
  timers.mockRestore();
  return tasks.filter((task) => task.includes("#look"));
}

test("a component's routes are below its prefix", async () => {
  expect(await (await fetchRoute("/mounted/hello")).text()).toBe("hello from mounted, nobody");
  expect((await fetchRoute("/hello")).status).toBe(404);
});

test("an http action that throws answers 500", async () => {
  const response = await fetchRoute("/broken");
  expect(response.status).toBe(500);
  expect(await response.json()).toMatchObject({ message: expect.stringContaining("broken route") });
});

test("an action that outlives a deploy calls the functions that are deployed now", async () => {
  let asked = (): void => {};
  const arrived = new Promise<void>((resolve) => (asked = resolve));
  let answer = (): void => {};
  const server = createServer((_, response) => {
    answer = () => response.end();
    asked();
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const outcome = deployment.action("jobs:readsLater", { url });
  await arrived;
  const redeployed = JSON.stringify(push).replace("as deployed", "as redeployed");
  await deployment.engine.activatePush(JSON.parse(redeployed) as JsonObject);
  answer();
  expect(value(await outcome)).toBe("as redeployed");
  server.close();
});
