import { makeFunctionReference } from "convex/server";
import { v } from "convex/values";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { internal } from "../_generated/api";
import { refuse } from "../lib/errors";
import { internalMutation } from "../lib/functions";
import { remembered } from "../lib/idempotency";
import { asNewPerson, refusedUnchanged, setup, snapshotTables } from "./backend.setup";

const DAY_MS = 24 * 60 * 60 * 1000;
const ID = "0b1c2d3e-4f50-4a6b-8c7d-9e0f1a2b3c4d";

let runs = 0;
beforeEach(() => {
  runs = 0;
  vi.useFakeTimers({ toFake: ["Date", "setTimeout"], now: new Date("2026-06-10T12:00:00Z") });
});
afterEach(() => {
  vi.useRealTimers();
});

const call = internalMutation({
  args: {
    actorKey: v.string(),
    fn: v.string(),
    requestId: v.optional(v.string()),
    args: v.any(),
    fails: v.optional(v.boolean()),
  },
  returns: v.any(),
  handler: async (ctx, { fails, ...request }) =>
    await remembered(ctx, request, async () => {
      runs += 1;
      if (fails) return refuse({ code: "NOT_FOUND", what: "test" });
      return { run: runs, total: -0, big: 12n };
    }),
});

const start = () => {
  const t = setup({ "../doors.ts": async () => ({ call }) });
  const reference = makeFunctionReference<"mutation">("doors:call");
  const send = (request: object = {}) =>
    t.mutation(reference, { actorKey: "ada", fn: "log", requestId: ID, args: {}, ...request });
  return { t, send };
};

test("a second call gets the first answer without running", async () => {
  const { t, send } = start();
  const first = await send({ args: { a: 1, b: { x: [1, 2], y: null } } });
  expect(first).toEqual({ result: { run: 1, total: -0, big: 12n }, isReplay: false });
  const before = await snapshotTables(t);
  const again = await send({
    requestId: ID.toUpperCase(),
    args: { b: { y: null, x: [1, 2] }, a: 1, requestId: "not compared" },
  });
  expect(again).toEqual({ result: first.result, isReplay: true });
  expect(runs).toBe(1);
  expect(await snapshotTables(t)).toEqual(before);
});

test("another request, another actor and a call without requestId run", async () => {
  const { send } = start();
  await send();
  await send({ requestId: ID.replace("0b", "1b") });
  await send({ actorKey: "eve" });
  await send({ requestId: undefined });
  await send({ requestId: undefined });
  expect(runs).toBe(5);
});

test.each([
  ["other arguments", { args: { a: 1 } }],
  ["another function", { fn: "edit" }],
])("the same request with %s is refused", async (_, changed) => {
  const { t, send } = start();
  await send();
  const refusal = await refusedUnchanged(t, "IDEMPOTENCY_MISMATCH", () => send(changed));
  expect(refusal).toEqual({ code: "IDEMPOTENCY_MISMATCH", requestId: ID });
  expect(runs).toBe(1);
});

test.each(["", "1", "not-a-uuid", `${ID}0`, ` ${ID}`])("requestId %j is refused", async (id) => {
  const { t, send } = start();
  const refusal = await refusedUnchanged(t, "INVALID_INPUT", () => send({ requestId: id }));
  expect(refusal).toMatchObject({ path: "requestId" });
  expect(runs).toBe(0);
});

test("a call that failed is not remembered", async () => {
  const { t, send } = start();
  await refusedUnchanged(t, "NOT_FOUND", () => send({ fails: true }));
  expect(await send()).toMatchObject({ isReplay: false });
});

test("an answer is kept seven days, and its request can be used again after", async () => {
  const { send } = start();
  await send();
  vi.setSystemTime(Date.now() + 7 * DAY_MS - 1);
  expect(await send()).toMatchObject({ isReplay: true });
  vi.setSystemTime(Date.now() + 1);
  expect(await send({ args: { a: 1 } })).toMatchObject({ isReplay: false, result: { run: 2 } });
  expect(await send({ args: { a: 1 } })).toMatchObject({ isReplay: true });
});

test("expired answers are deleted in batches, and nothing else", async () => {
  const { t, send } = start();
  await asNewPerson(t, "Ada");
  for (let index = 0; index < 501; index += 1) {
    await send({ requestId: `${String(index).padStart(8, "0")}${ID.slice(8)}` });
  }
  vi.setSystemTime(Date.now() + DAY_MS);
  await send();
  const before = await snapshotTables(t);
  vi.setSystemTime(Date.now() + 6 * DAY_MS);
  await t.mutation(internal.mutations.cleanup.pruneIdempotencyKeys, {});
  await t.finishAllScheduledFunctions(vi.runAllTimers);
  const after = await snapshotTables(t);
  expect(after).toEqual({ ...before, idempotencyKeys: before["idempotencyKeys"]?.slice(-1) });
});
