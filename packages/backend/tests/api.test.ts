import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import { writeApiKey } from "../lib/rules/apiKeys";
import { OPERATIONS } from "../routes/api/app";
import { makesChanges } from "../routes/api/operations";
import { problemResponse } from "../routes/api/problems";
import { keyOf, send } from "./api.setup";
import { addressOf, type ApiWorld, CASES, newApiWorld } from "./apiCases.setup";
import { refusedUnchanged } from "./backend.setup";
import { accountOf, newScene, type Scene, settled, standAtNoon, TODAY, uuid } from "./ledger.setup";

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

const logPath = ({ challengeId }: Scene) => `/challenges/${challengeId}/activities`;

describe("sending again", () => {
  test("B2 another request under the same Idempotency-Key is refused", async () => {
    const { t, ada } = scene;
    const { key } = await keyOf(scene, ada, "log");
    const headers = { "Idempotency-Key": uuid(1) };
    await send(t, "POST", logPath(scene), { key, body: run(scene), headers });
    const other = { key, body: run(scene, { notes: "Windy" }), headers };
    const { status, body } = await send(t, "POST", logPath(scene), other);
    expect([status, body.code, body.requestId]).toEqual([409, "IDEMPOTENCY_MISMATCH", uuid(1)]);
  });

  test("B3 the same Idempotency-Key of two people are two requests", async () => {
    const { t, ada, bob } = scene;
    const headers = { "Idempotency-Key": uuid(1) };
    for (const person of [ada, bob]) {
      const { key } = await keyOf(scene, person, "log");
      const { status } = await send(t, "POST", logPath(scene), { key, body: run(scene), headers });
      expect(status).toBe(201);
    }
  });

  test("B1 works where the door takes no requestId itself", async () => {
    const { t, challengeId, admin } = scene;
    const { key } = await keyOf(scene, admin, "admin");
    const settings = { kind: "prWeek" };
    const body = { name: "Records", startsOn: "2026-06-15", endsOn: "2026-06-21", settings };
    const sent = { key, body, headers: { "Idempotency-Key": uuid(1) } };
    const first = await send(t, "POST", `/challenges/${challengeId}/mini-games`, sent);
    const again = await send(t, "POST", `/challenges/${challengeId}/mini-games`, sent);
    expect(first.status).toBe(201);
    expect(again.body).toEqual(first.body);
    const games = await admin.as.query(api.queries.miniGames.list, { challengeId });
    expect(games).toHaveLength(1);
  });
});

describe("limits", () => {
  test("F10 F11 what is no key counts though it fails, and stops no valid one", async () => {
    const { t, ada } = scene;
    const { key, keyId } = await keyOf(scene, ada, "read");
    const wrong = writeApiKey({ keyId, secret: "A".repeat(26) });
    const statuses: number[] = [];
    for (let tries = 0; tries < 21; tries += 1) {
      statuses.push((await send(t, "GET", "/me", { key: tries % 2 ? wrong : "noise" })).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 401), 429]);
    const limited = await send(t, "GET", "/me", { key: "noise" });
    expect(Number(limited.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(limited.body).toMatchObject({ code: "RATE_LIMITED", retryAfterMs: expect.any(Number) });
    expect((await send(t, "GET", "/me", { key })).status).toBe(200);
  });

  test("a key makes 120 calls a minute, and another one of its person is not held up", async () => {
    const { t, ada } = scene;
    const { key } = await keyOf(scene, ada, "read");
    for (let calls = 0; calls < 120; calls += 1) await send(t, "GET", "/me", { key });
    for (const { method, path } of OPERATIONS) {
      const answer = await send(t, method.toUpperCase(), path.replaceAll(/[{}]/g, ""), { key });
      expect([answer.status, answer.body.code], path).toEqual([429, "RATE_LIMITED"]);
    }
    const other = await keyOf(scene, ada, "read");
    expect((await send(t, "GET", "/me", { key: other.key })).status).toBe(200);
  });

  test("the last use of a key is written once in five minutes", async () => {
    const { t, challengeId, ada } = scene;
    const { key } = await keyOf(scene, ada, "read");
    const lastUsedAt = async () =>
      (await ada.as.query(api.queries.apiKeys.list, { challengeId }))[0]?.lastUsedAt;
    const first = Date.now();
    await send(t, "GET", "/me", { key });
    vi.setSystemTime(first + 299_000);
    await send(t, "GET", "/me", { key });
    expect(await lastUsedAt()).toBe(first);
    vi.setSystemTime(first + 300_000);
    await send(t, "GET", "/me", { key });
    expect(await lastUsedAt()).toBe(first + 300_000);
    vi.setSystemTime(first);
  });
});

describe("keys", () => {
  const setRole = async (role: "admin" | "participant") => {
    const { challengeId, admin, ada } = scene;
    const change = { challengeId, userId: ada.userId, role };
    await admin.as.mutation(api.mutations.participants.setRole, change);
  };
  const ENDS = {
    leave: async ({ challengeId, ada }: Scene) =>
      await ada.as.mutation(api.mutations.challenges.leave, { challengeId }),
    remove: async ({ challengeId, admin, ada: { userId } }: Scene) => {
      const wish = { challengeId, userId, points: "keep" as const, reason: "They asked" };
      await admin.as.mutation(api.mutations.participants.remove, wish);
    },
    ban: async ({ challengeId, admin, ada: { userId } }: Scene) => {
      const wish = { challengeId, userId, points: "keep" as const, reason: "They asked" };
      await admin.as.mutation(api.mutations.participants.ban, wish);
    },
    erase: async ({ t, ada: { userId } }: Scene) =>
      await t.run(async (ctx) => {
        const people = ctx.db.query("people").withIndex("by_userId", (q) => q.eq("userId", userId));
        const person = await people.unique();
        if (person) await ctx.db.patch("people", person._id, { erasedAt: 1 });
      }),
  } as const;

  test.each([
    ["leave", 403, "NOT_PARTICIPANT"],
    ["remove", 403, "NOT_PARTICIPANT"],
    ["ban", 403, "NOT_PARTICIPANT"],
    ["erase", 401, "NOT_SIGNED_IN"],
  ] as const)("F6 of an admin end with: %s", async (end, status, code) => {
    const { t, challengeId, ada, bob } = scene;
    await setRole("admin");
    const { key } = await keyOf(scene, ada, "read", "log", "admin");
    await ENDS[end](scene);
    const forBob = run(scene, { onBehalfOf: bob.userId, reason: "They asked" });
    const job = { kind: "repair", dryRun: false };
    const calls = [
      await send(t, "GET", "/me", { key }),
      await send(t, "GET", `/challenges/${challengeId}/leaderboard`, { key }),
      await send(t, "POST", logPath(scene), { key, body: run(scene) }),
      await send(t, "POST", logPath(scene), { key, body: forBob }),
      await send(t, "POST", `/challenges/${challengeId}/maintenance/jobs`, { key, body: job }),
    ];
    expect(calls.map((answer) => [answer.status, answer.body.code])).toEqual(
      calls.map(() => [status, code]),
    );
  });

  test("F6 of somebody who is no admin any more get not even a first answer again", async () => {
    const { t, ada, bob } = scene;
    await setRole("admin");
    const { key } = await keyOf(scene, ada, "log", "admin");
    const body = run(scene, { onBehalfOf: bob.userId, reason: "They asked" });
    const sent = { key, body, headers: { "Idempotency-Key": uuid(1) } };
    expect((await send(t, "POST", logPath(scene), sent)).status).toBe(201);
    await setRole("participant");
    const again = await send(t, "POST", logPath(scene), sent);
    expect([again.status, again.body.code]).toEqual([403, "NOT_CHALLENGE_ADMIN"]);
  });

  test("F6 of an admin of the platform who left open nothing without the scope admin", async () => {
    const { t, challengeId, ada } = scene;
    await t.run(async (ctx) => {
      const people = await ctx.db.query("people").collect();
      const person = people.find(({ userId }) => userId === ada.userId);
      if (person) await ctx.db.patch("people", person._id, { isPlatformAdmin: true });
    });
    const reader = await keyOf(scene, ada, "read", "log");
    const all = await keyOf(scene, ada, "read", "admin");
    await ENDS.leave(scene);
    const path = `/challenges/${challengeId}/leaderboard`;
    const refused = await send(t, "GET", path, { key: reader.key });
    expect([refused.status, refused.body.code]).toEqual([403, "NOT_PARTICIPANT"]);
    expect((await send(t, "GET", path, { key: all.key })).status).toBe(200);
  });

  test("of a participant do not administrate, and a person has at most 20", async () => {
    const { t, challengeId, ada } = scene;
    const wish = { challengeId, name: "Watch", scopes: ["read" as const] };
    const create = async (more: { name?: string; scopes?: "admin"[]; expiresAt?: number }) =>
      await ada.as.mutation(api.mutations.apiKeys.create, { ...wish, ...more });
    await refusedUnchanged(t, "NOT_CHALLENGE_ADMIN", () => create({ scopes: ["admin"] }));
    await refusedUnchanged(t, "INVALID_INPUT", () => create({ scopes: [] }));
    await refusedUnchanged(t, "INVALID_INPUT", () => create({ expiresAt: Date.now() }));
    await refusedUnchanged(t, "INVALID_INPUT", () => create({ expiresAt: Date.now() + 1e12 }));
    await refusedUnchanged(t, "INVALID_INPUT", () => create({ name: " " }));
    const [first] = await Promise.all(Array.from({ length: 20 }, () => create({})));
    vi.setSystemTime(Date.now() + 3_600_000);
    await refusedUnchanged(t, "LIMIT_REACHED", () => create({}));
    if (first) await ada.as.mutation(api.mutations.apiKeys.revoke, { apiKeyId: first.apiKeyId });
    await create({});
    vi.setSystemTime(Date.now() - 3_600_000);
  });

  test("are made and listed however many were revoked before, of which 50 are kept", async () => {
    const { t, challengeId, ada } = scene;
    const oldest = await keyOf(scene, ada, "read");
    const rounds = 10;
    for (let round = 0; round < rounds; round += 1) {
      vi.setSystemTime(Date.now() + 3_600_000);
      for (let made = 0; made < 19; made += 1) {
        const { apiKeyId } = await keyOf(scene, ada, "read");
        await ada.as.mutation(api.mutations.apiKeys.revoke, { apiKeyId });
      }
    }
    const keys = await ada.as.query(api.queries.apiKeys.list, { challengeId });
    expect(keys.at(-1)).toMatchObject({ apiKeyId: oldest.apiKeyId });
    expect(keys.map(({ createdAt }) => createdAt)).toEqual(
      keys.map(({ createdAt }) => createdAt).sort((a, b) => b - a),
    );
    expect(keys).toHaveLength(51);
    const rows = await t.run(async (ctx) => await ctx.db.query("apiKeys").collect());
    // Beside the oldest one and the 50, one that was revoked after the last one was made.
    expect(rows.length).toBeLessThanOrEqual(52);
    vi.setSystemTime(Date.now() - rounds * 3_600_000);
  });

  test("are made however many expired before, of which 50 are kept, and the live ones are counted", async () => {
    const { t, challengeId, ada } = scene;
    const start = Date.now();
    const make = async (expiresAt?: number) =>
      await ada.as.mutation(api.mutations.apiKeys.create, {
        challengeId,
        name: "Brief",
        scopes: ["read"],
        expiresAt,
      });
    await make();
    for (let round = 0; round < 4; round += 1) {
      vi.setSystemTime(Date.now() + 3_600_000);
      await Promise.all(Array.from({ length: 19 }, () => make(Date.now() + 1)));
    }
    vi.setSystemTime(Date.now() + 3_600_000);
    await Promise.all(Array.from({ length: 19 }, () => make()));
    const limit = await refusedUnchanged(t, "LIMIT_REACHED", () => make());
    expect(limit).toMatchObject({ limit: "apiKeys", max: 20 });
    const keys = await ada.as.query(api.queries.apiKeys.list, { challengeId });
    expect(keys).toHaveLength(20 + 50);
    vi.setSystemTime(start);
  });

  test("are kept as a hash alone", async () => {
    const { t, ada } = scene;
    const { key } = await keyOf(scene, ada, "read");
    const rows = await t.run(async (ctx) => await ctx.db.query("apiKeys").collect());
    expect(JSON.stringify(rows)).not.toContain(key.split("_")[2]);
  });
});

describe("the transport", () => {
  test("F18 other origins get nothing unless the deployment names them", async () => {
    const { t } = scene;
    const headers = { Origin: "https://app.example", "Access-Control-Request-Method": "GET" };
    const preflight = async () => await send(t, "OPTIONS", "/me", { headers });
    expect((await preflight()).headers.get("access-control-allow-origin")).toBeNull();
    vi.stubEnv("MILEPOST_API_ORIGINS", "https://app.example, https://other.example");
    const allowed = await preflight();
    vi.unstubAllEnvs();
    expect(allowed.headers.get("access-control-allow-origin")).toBe("https://app.example");
    expect(allowed.headers.get("access-control-allow-credentials")).toBeNull();
  });

  test("tells browsers to keep nothing and to guess nothing, refusals included", async () => {
    const { t, ada } = scene;
    const { key } = await keyOf(scene, ada, "read");
    vi.stubEnv("MILEPOST_API_ORIGINS", "https://app.example");
    const headers = { Origin: "https://app.example" };
    for (const sent of [{ key, headers }, { headers }]) {
      const answer = await send(t, "GET", "/me", sent);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "access-control-allow-origin": "https://app.example",
        vary: expect.stringContaining("Origin"),
      });
    }
    vi.unstubAllEnvs();
  });

  test("H3 says that a cursor is wrong which the database cannot read", async () => {
    // As a deployment says it; scripts/checks/api.mjs meets the real one.
    const answer = problemResponse(new Error("InvalidCursor: Failed to parse cursor"));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: "INVALID_INPUT", path: "cursor" });
  });

  test("says which methods a path has, and which paths there are not", async () => {
    const { t } = scene;
    const { status, headers, body } = await send(t, "PUT", "/me");
    expect([status, headers.get("allow"), body.code]).toEqual([405, "GET", "INVALID_INPUT"]);
    const missing = await send(t, "GET", "/nothing");
    expect([missing.status, missing.body.what]).toEqual([404, "route"]);
  });

  test("takes a distance in two units for one", async () => {
    const { t, ada } = scene;
    const { key } = await keyOf(scene, ada, "log");
    const metrics = { distance_m: 5, distance: { value: 5, unit: "m" } };
    const body = run(scene, { metrics });
    const answer = await send(t, "POST", logPath(scene), { key, body });
    expect([answer.status, answer.body.path]).toEqual([400, "metrics.distance"]);
  });

  test("D9 refuses with the status of the rule", async () => {
    const { t, ada } = scene;
    const { key } = await keyOf(scene, ada, "log");
    const early = run(scene, { loggedDate: "2026-05-31" });
    const { status, body } = await send(t, "POST", logPath(scene), { key, body: early });
    expect({ status, ...body }).toMatchObject({
      status: 422,
      code: "OUTSIDE_CHALLENGE_DATES",
      earliest: expect.any(String),
      latest: expect.any(String),
    });
  });
});

test("boards of weeks and categories answer as the total does", async () => {
  const { t, challengeId, ada } = scene;
  const { key } = await keyOf(scene, ada, "read", "log");
  await send(t, "POST", logPath(scene), { key, body: run(scene) });
  await settled(t);
  for (const board of ["", "board=week&key=2", "board=category&key=Moving"]) {
    const path = `/challenges/${challengeId}/leaderboard?${board}`;
    const { items } = (await send(t, "GET", path, { key })).body;
    const first: unknown = Array.isArray(items) ? items[0] : null;
    const totalPoints = board === "" ? 13 : 12;
    expect(first, board).toMatchObject({ displayName: "Ada", rank: 1, totalPoints });
    const standing = await send(t, "GET", path.replace("leaderboard", "standing"), { key });
    expect(standing.body, board).toMatchObject({ rank: 1, totalPoints });
  }
  const wrong = await send(t, "GET", `/challenges/${challengeId}/leaderboard?board=week`, { key });
  expect([wrong.status, wrong.body.path]).toEqual([400, "key"]);
});

test("a rescore is started as the page does, and only tried with dryRun", async () => {
  const { t, challengeId, admin } = scene;
  const { key } = await keyOf(scene, admin, "admin");
  const path = `/challenges/${challengeId}/maintenance/jobs`;
  const { status, body } = await send(t, "POST", path, {
    key,
    body: { kind: "rescore", dryRun: true },
  });
  expect(status).toBe(201);
  const job = await send(t, "GET", `${path}/${String(body.jobId)}`, { key });
  expect(job.body).toMatchObject({ kind: "rescore", dryRun: true });
});

test("B2 every operation that writes refuses the Idempotency-Key of another request", async () => {
  const world: ApiWorld = await newApiWorld("public");
  const { t, keys, challengeId, activityTypeId } = world;
  const headers = { "Idempotency-Key": uuid(7) };
  const body = { activityTypeId, loggedDate: TODAY, metrics: { distance_m: 1000 } };
  const first = { key: keys.admin, body, headers };
  expect((await send(t, "POST", `/challenges/${challengeId}/activities`, first)).status).toBe(201);
  for (const operation of OPERATIONS.filter(makesChanges)) {
    const one = CASES[operation.operationId]?.(world).at(-1);
    if (one === undefined) throw new Error("not in the table");
    const path = addressOf(operation.path, world, one);
    const sent = { key: keys.admin, body: one.body, headers };
    const answer = await send(t, operation.method.toUpperCase(), path, sent);
    expect([answer.status, answer.body.code], path).toEqual([409, "IDEMPOTENCY_MISMATCH"]);
  }
});
