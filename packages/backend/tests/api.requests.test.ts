import { v } from "convex/values";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import type { MutationCtx } from "../_generated/server";
import type { Id } from "../_generated/dataModel";
import { internalMutation } from "../lib/functions";
import { writeApiKey } from "../lib/rules/apiKeys";
import { sha256Hex } from "../lib/secrets";
import { authenticate, correct } from "../mutations/apiRequests";
import { keyOf, send } from "./api.setup";
import { refusedUnchanged, setup } from "./backend.setup";
import { ConflictSet, notingCtx } from "./conflictSets.setup";
import { type Member, newScene, type Scene, standAtNoon, TODAY, uuid } from "./ledger.setup";

let scene: Scene;
beforeEach(async () => {
  standAtNoon();
  scene = await newScene();
});
afterEach(() => {
  vi.useRealTimers();
});

const requestsOf = async ({ as }: Member, apiKeyId: Id<"apiKeys">) =>
  await as.query(api.queries.apiKeys.requests, { apiKeyId });
/** The requests of a key, newest first, as `get /me 200`. */
const linesOf = async (who: Member, apiKeyId: Id<"apiKeys">) =>
  (await requestsOf(who, apiKeyId)).map((one) => `${one.method} ${one.route} ${one.status}`);

const run = () => ({
  activityTypeId: scene.types.run,
  loggedDate: TODAY,
  metrics: { distance: { value: 1, unit: "km" } },
});

describe("the requests of a key", () => {
  test("are shown to its owner with how they ended, and without what was sent", async () => {
    const { t, challengeId, ada } = scene;
    const { key, apiKeyId } = await keyOf(scene, ada, "log");
    const path = `/challenges/${challengeId}/activities`;
    const headers = { "Idempotency-Key": uuid(1).toUpperCase() };
    const body = { ...run(), notes: "Secret words" };
    await send(t, "POST", path, { key, body, headers });
    await send(t, "POST", path, { key, body, headers });
    await send(t, "POST", path, { key, body: { ...body, notes: "x" }, headers });
    await send(t, "GET", `${path}?limit=7`, { key });
    await send(t, "POST", path, { key, body: { loggedDate: TODAY } });
    await send(t, "DELETE", "/activities/nothing", { key });
    await send(t, "GET", "/me", { key, headers: { "Idempotency-Key": "Secret" } });
    const route = "/challenges/{challengeId}/activities";
    expect(await linesOf(ada, apiKeyId)).toEqual([
      "get /me 400",
      "delete /activities/{activityId} 400",
      `post ${route} 400`,
      `get ${route} 403`,
      `post ${route} 409`,
      `post ${route} 200`,
      `post ${route} 201`,
    ]);
    const requests = await requestsOf(ada, apiKeyId);
    expect(requests.at(-1)).toEqual({
      seq: 1,
      at: Date.now(),
      method: "post",
      route,
      status: 201,
      requestId: uuid(1),
    });
    expect(JSON.stringify(requests)).not.toMatch(/Secret|limit=7|2026-06-10/);
  });

  test("are the last hundred, in as many rows", async () => {
    const { t, ada } = scene;
    const { key, apiKeyId } = await keyOf(scene, ada, "read");
    for (let made = 0; made < 115; made += 1) await send(t, "GET", "/me", { key });
    const seqs = (await requestsOf(ada, apiKeyId)).map(({ seq }) => seq);
    expect(seqs).toEqual(Array.from({ length: 100 }, (_, index) => 115 - index));
    expect(await t.run(async (ctx) => await ctx.db.query("apiRequests").collect())).toHaveLength(
      100,
    );
  });

  test("F10 are noted after it ended, but not when somebody guesses", async () => {
    const { t, ada } = scene;
    const { key, apiKeyId, keyId } = await keyOf(scene, ada, "read");
    await send(t, "GET", "/me", { key: writeApiKey({ keyId, secret: "A".repeat(26) }) });
    expect(await linesOf(ada, apiKeyId)).toEqual([]);
    await ada.as.mutation(api.mutations.apiKeys.revoke, { apiKeyId });
    expect((await send(t, "GET", "/me", { key })).status).toBe(401);
    expect(await linesOf(ada, apiKeyId)).toEqual(["get /me 401"]);
    // What ended counts as a failure: where those are stopped, nothing is noted either.
    for (let tries = 0; tries < 30; tries += 1) await send(t, "GET", "/me", { key });
    expect((await linesOf(ada, apiKeyId)).length).toBeLessThanOrEqual(20);
  });

  test("over its limit are noted once a minute", async () => {
    const { t, ada } = scene;
    const { key, apiKeyId } = await keyOf(scene, ada, "read");
    for (let made = 0; made < 130; made += 1) await send(t, "GET", "/me", { key });
    const limited = (lines: string[]) => lines.filter((line) => line === "get /me 429");
    expect(limited(await linesOf(ada, apiKeyId))).toHaveLength(1);
    vi.setSystemTime(Date.now() + 60_000);
    for (let made = 0; made < 130; made += 1) await send(t, "GET", "/me", { key });
    expect((await linesOf(ada, apiKeyId))[0]).toBe("get /me 429");
    // The hundred before it are those of the second minute.
    expect(limited(await linesOf(ada, apiKeyId))).toHaveLength(1);
  });

  test("F1 are nobody else's, and not those of a challenge one left", async () => {
    const { t, challengeId, admin, ada } = scene;
    const { apiKeyId } = await keyOf(scene, ada, "read");
    await refusedUnchanged(t, "NOT_FOUND", () => requestsOf(admin, apiKeyId));
    await ada.as.mutation(api.mutations.challenges.leave, { challengeId });
    await refusedUnchanged(t, "NOT_PARTICIPANT", () => requestsOf(ada, apiKeyId));
  });

  test("are deleted with it", async () => {
    const { t, ada } = scene;
    const { key, apiKeyId } = await keyOf(scene, ada, "read");
    await send(t, "GET", "/me", { key });
    await ada.as.mutation(api.mutations.apiKeys.revoke, { apiKeyId });
    for (let made = 0; made < 52; made += 1) {
      vi.setSystemTime(Date.now() + 3_600_000);
      const other = await keyOf(scene, ada, "read");
      await ada.as.mutation(api.mutations.apiKeys.revoke, { apiKeyId: other.apiKeyId });
    }
    const left = await t.run(async (ctx) => [
      await ctx.db.get("apiKeys", apiKeyId),
      await ctx.db.query("apiRequests").collect(),
      await ctx.db.query("apiKeyUses").collect(),
    ]);
    expect(left).toEqual([null, [], []]);
  });
});

test("an answer stays what it was when how it ended cannot be noted", async () => {
  const broken = internalMutation({
    args: { noted: v.any(), status: v.number() },
    returns: v.null(),
    handler: () => {
      throw new Error("no room");
    },
  });
  const modules = {
    "../mutations/apiRequests.ts": async () => ({ authenticate, correct: broken }),
  };
  const t = setup(modules);
  const stage = await newScene({}, t);
  const { key, apiKeyId } = await keyOf(stage, stage.ada, "log");
  const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const { status, body } = await send(t, "GET", `/challenges/${stage.challengeId}`, { key });
  expect([status, body.code]).toEqual([403, "INSUFFICIENT_SCOPE"]);
  expect(logged).toHaveBeenCalledTimes(1);
  logged.mockRestore();
  expect(await linesOf(stage.ada, apiKeyId)).toHaveLength(1);
});

describe("noting a request", () => {
  /** Convex keeps the handler on a registered function, for tests; its types do not say so. */
  type Registered = {
    _handler: (ctx: MutationCtx, args: object) => Promise<{ noted?: object }>;
  };
  const request = { method: "get", route: "/me", status: 200 } as const;

  /** Runs one of the functions around a call: what it answers, and what it reads and writes. */
  async function noted(registered: object, args: object) {
    const set = new ConflictSet();
    const { _handler } = registered as Registered;
    const result = await scene.t.run(async (ctx) => await _handler(notingCtx(ctx, set), args));
    return { ...result, set };
  }
  const sentOf = async (key: string) => {
    const [, keyId = "", secret = ""] = key.split("_");
    return { keyId, secretHash: await sha256Hex(secret) };
  };

  test("costs two documents written beside the count of the limit, however many there are", async () => {
    const { t, ada } = scene;
    const { key } = await keyOf(scene, ada, "read");
    for (let made = 0; made < 101; made += 1) await send(t, "GET", "/me", { key });
    const args = { sent: await sentOf(key), request };
    const { read, written } = await t.run(async (ctx) => {
      await ctx.runMutation(internal.mutations.apiRequests.authenticate, args);
      const { documentsRead, documentsWritten } = await ctx.meta.getTransactionMetrics();
      return { read: documentsRead.used, written: documentsWritten.used };
    });
    console.log(`a call by key: ${read} documents read, ${written} written, before it is run`);
    // Convex counts what is patched as read once more.
    expect(read).toBeLessThanOrEqual(8);
    expect(written).toBe(3);
  });

  test("B10 makes requests of two keys meet in nothing, and a correction meet no other request", async () => {
    const { ada } = scene;
    const one = { sent: await sentOf((await keyOf(scene, ada, "read")).key), request };
    const other = { sent: await sentOf((await keyOf(scene, ada, "read")).key), request };
    const [first, second] = [await noted(authenticate, one), await noted(authenticate, other)];
    expect(first.set.meets(second.set)).toEqual([]);
    expect(second.set.meets(first.set)).toEqual([]);
    const { set: correction } = await noted(correct, {
      noted: first.noted,
      status: 403,
    });
    const { set: next } = await noted(authenticate, one);
    expect(next.meets(correction)).toEqual([]);
    expect(correction.meets(next)).toEqual([]);
    // Two requests of one key meet, in the limiter as well.
    expect(next.meets(first.set)).not.toEqual([]);
  });

  test("says nothing of a request that was replaced by a hundred later ones", async () => {
    const { t, ada } = scene;
    const { key, apiKeyId } = await keyOf(scene, ada, "read");
    const { noted: first } = await noted(authenticate, { sent: await sentOf(key), request });
    for (let made = 0; made < 100; made += 1) await send(t, "GET", "/me", { key });
    await noted(correct, { noted: first, status: 500 });
    expect((await requestsOf(ada, apiKeyId)).map(({ status }) => status)).toEqual(
      Array.from({ length: 100 }, () => 200),
    );
  });
});
