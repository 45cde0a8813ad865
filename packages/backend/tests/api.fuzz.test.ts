import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { OPERATIONS } from "../routes/api/app";
import { refusalsOf } from "../routes/api/document";
import { MAX_BODY_BYTES } from "../routes/api/requests";
import { send, tablesBesideCalls } from "./api.setup";
import { addressOf, type ApiWorld, type Case, CASES, newApiWorld } from "./apiCases.setup";
import { standAtNoon } from "./ledger.setup";

/** Sends what no operation should take, with a key that may do everything: G12, D1, F3, F5, H2, H3. */

let world: ApiWorld;
let tables: string;
beforeAll(async () => {
  standAtNoon();
  world = await newApiWorld("public");
  vi.setSystemTime(Date.now() + 60_000);
  tables = await tablesNow();
});
afterAll(() => {
  vi.useRealTimers();
});

const tablesNow = async () => await tablesBesideCalls(world.t);

/** Values that are wrong for most fields; those that a field's schema takes are left out. */
const HOSTILE: unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  2 ** 53 + 1,
  "",
  "12",
  "x".repeat(100_000),
  "\ud800",
  "'; drop table people; --",
  {},
  [],
  [[[[]]]],
  { value: 1 },
  { $gt: 0 },
  ["a", 1],
];
/** Fields that a client would like to decide. */
const FORGED = { points: 1000, userId: "x", role: "admin", source: "strava", constructor: 1 };
/** Bodies that are no JSON object of ours. */
const TEXTS = [
  "",
  "{",
  "null",
  "[]",
  '"text"',
  "NaN",
  '{"metrics":{"distance_m":1e400}}',
  '{"__proto__":{"isAdmin":true}}',
  "[".repeat(50_000),
  `{"a":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
  "\u0000",
];
const IDS = ["x", "../..", "\u0000", "%00", "😀", "a".repeat(1000), "undefined"];
const QUERIES = [
  "limit=0",
  "limit=101",
  "limit=1e9",
  "limit=NaN",
  "limit=-1",
  "limit=1&limit=2",
  "cursor=bm9uc2Vuc2U",
  `cursor=${"a".repeat(5000)}`,
  "cursor=",
  "today=2026-02-30",
  "today=tomorrow",
  "board=month&key=1",
  "board=week&key=1e9",
  "key=1",
  "userId=x",
  "prefix=%ED%A0%80&unknown=1",
  "unknown=1",
  "points=1000",
  "__proto__=1",
];

interface Hostile {
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
}

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A body with one field replaced, at every depth. */
function* replaced(body: unknown, value: unknown): Generator<unknown> {
  if (Array.isArray(body)) {
    for (const [index, item] of body.entries()) {
      for (const other of replaced(item, value)) yield body.with(index, other);
    }
  } else if (isFields(body)) {
    for (const name of Object.keys(body)) {
      yield { ...body, [name]: value };
      for (const other of replaced(body[name], value)) yield { ...body, [name]: other };
    }
  }
}

function* hostileCalls(operation: (typeof OPERATIONS)[number], one: Case): Generator<Hostile> {
  const path = addressOf(operation.path, world, one);
  const withQuery = (query: string) => `${path}${path.includes("?") ? "&" : "?"}${query}`;
  for (const query of QUERIES) yield { path: withQuery(query), body: one.body };
  for (const name of Object.keys(operation.params.shape)) {
    for (const id of [...IDS, world.userIds.bob]) {
      const params = { ...one.params, [name]: id };
      yield { path: addressOf(operation.path, world, { ...one, params }), body: one.body };
    }
  }
  yield { path, body: one.body, headers: { "Idempotency-Key": "1" } };
  if (operation.body === null) return;
  for (const text of TEXTS) yield { path, body: text };
  for (const [name, value] of Object.entries(FORGED)) {
    if (name in operation.body.shape) continue;
    yield { path, body: { ...(isFields(one.body) ? one.body : {}), [name]: value } };
  }
  yield { path, body: one.body, headers: { "Content-Type": "text/plain" } };
  yield { path, body: " ".repeat(MAX_BODY_BYTES + 1) };
  for (const value of HOSTILE) {
    for (const body of replaced(one.body, value)) {
      if (!operation.body.safeParse(body).success) yield { path, body };
    }
  }
}

test.each(OPERATIONS.map((operation) => ({ name: operation.operationId, operation })))(
  "G12 D1 F5 H2 $name refuses what is hostile with problem details, and changes nothing",
  async ({ name, operation }) => {
    const [one] = CASES[name]?.(world) ?? [];
    if (one === undefined) throw new Error("not in the table");
    const method = operation.method.toUpperCase();
    let sent = 0;
    let refused = 0;
    for (const { path, body, headers } of hostileCalls(operation, one)) {
      if (sent % 50 === 0) vi.setSystemTime(Date.now() + 60_000);
      sent += 1;
      const answer = await send(world.t, method, path, { key: world.keys.admin, body, headers });
      const what = `${method} ${path.slice(0, 200)} ${(JSON.stringify(body) ?? "").slice(0, 200)}`;
      expect(answer.status, `${what}: ${JSON.stringify(answer.body)}`).toBeLessThan(500);
      // An empty cursor may be the beginning of a list.
      const isRefused = answer.status >= 400;
      expect(isRefused || path.endsWith("cursor="), `${what} is let through`).toBe(true);
      if (!isRefused) continue;
      refused += 1;
      expect([...refusalsOf(operation).keys()], what).toContain(answer.status);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      expect(answer.body).toMatchObject({ status: answer.status, code: expect.any(String) });
    }
    expect(refused).toBeGreaterThanOrEqual(QUERIES.length);
    expect(await tablesNow()).toBe(tables);
  },
);
