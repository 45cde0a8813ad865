import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fieldsOfJson, readActivity } from "../lib/rules/stravaActivity";
import {
  budgetAt,
  exhausted,
  firstBudget,
  learn,
  readRateHeaders,
  roomAt,
  roomFor,
  spend,
} from "../lib/rules/stravaBudget";
import { readEvent } from "../lib/rules/stravaEvent";
import { isRevoked, readTokenGrant, retryDelay } from "../lib/rules/stravaRetry";
import { checkImportRow } from "../lib/rules/importRows";
import { checkMetrics } from "../lib/rules/metrics";

const NOON = Date.parse("2026-06-10T12:00:00Z");
const MINUTE = 60_000;

const ACTIVITY = {
  id: 12_345_678_901,
  athlete: { id: 5 },
  name: "Evening",
  type: "Run",
  sport_type: "TrailRun",
  start_date: "2026-06-10T03:30:00Z",
  start_date_local: "2026-06-09T20:30:00Z",
  distance: 5000.46,
  moving_time: 1800,
  elapsed_time: 200_000,
  total_elevation_gain: 12.3456,
};

test("an activity is read by sport_type, local day and canonical metrics", () => {
  expect(readActivity(ACTIVITY)).toEqual({
    athleteId: "5",
    row: {
      externalId: "12345678901",
      sport: "TrailRun",
      startedAt: Date.parse("2026-06-10T03:30:00Z"),
      loggedDate: "2026-06-09",
      metrics: { distance_m: 5000.46, moving_s: 1800, duration_s: 86_400, elevation_m: 12.346 },
      title: "Evening",
    },
  });
});

test("a hidden start time keeps its day, the older shape its type, and what is not measured is left out", () => {
  const hidden = "2026-06-09T00:00:01Z";
  const old = { ...ACTIVITY, sport_type: undefined, start_date: hidden, start_date_local: hidden };
  const read = readActivity({ ...old, distance: 0, total_elevation_gain: null, moving_time: 0 });
  expect(read?.row).toMatchObject({ sport: "Run", loggedDate: "2026-06-09" });
  expect(read?.row.metrics).toEqual({ moving_s: 86_400, duration_s: 86_400 });
});

test.each([
  ["no object", null],
  ["no id", { ...ACTIVITY, id: undefined }],
  ["a fractional id", { ...ACTIVITY, id: 1.5 }],
  ["no day", { ...ACTIVITY, start_date_local: "soon" }],
  ["no start", { ...ACTIVITY, start_date: undefined }],
  ["no sport", { ...ACTIVITY, sport_type: "", type: undefined }],
])("what has %s is no activity", (_, json) => expect(readActivity(json)).toBeNull());

const RECORDINGS = "../../../shared/data/strava_api";

/** Everything in a recording that has an activity's id and start. */
function activitiesIn(json: unknown): unknown[] {
  if (Array.isArray(json)) return json.flatMap(activitiesIn);
  const fields = fieldsOfJson(json);
  if (
    "start_date_local" in fields &&
    "elapsed_time" in fields &&
    "athlete" in fields &&
    "type" in fields
  )
    return [json];
  return Object.values(fields).flatMap(activitiesIn);
}

test("every recorded activity is read and may be imported", ({ skip }) => {
  if (!existsSync(RECORDINGS)) {
    console.info("skipped: no recorded answers of Strava in", RECORDINGS);
    return skip();
  }
  const names = readdirSync(RECORDINGS).filter((name) => !name.includes("swagger"));
  let read = 0;
  for (const name of names) {
    const json: unknown = JSON.parse(readFileSync(`${RECORDINGS}/${name}`, "utf8"));
    for (const recorded of activitiesIn(json)) {
      const activity = readActivity(recorded);
      if (activity === null) throw new Error(`${name}: not read`);
      expect([name, checkImportRow(activity.row).ok]).toEqual([name, true]);
      expect([name, checkMetrics(activity.row.metrics).ok]).toEqual([name, true]);
      expect(activity.row.loggedDate).toBe(
        String(fieldsOfJson(recorded)["start_date_local"]).slice(0, 10),
      );
      read += 1;
    }
  }
  console.info(`${read} recorded activities in ${names.length} files`);
  expect(read).toBeGreaterThan(10);
});

test("recorded rate limits are read, also with empty parts and blanks", () => {
  const read = (headers: Record<string, string>) =>
    readRateHeaders((name) => new Headers(headers).get(name));
  const headers = {
    "X-Ratelimit-Limit": "200,2000",
    "X-Ratelimit-Usage": "601, 602",
    "X-Readratelimit-Limit": "100,1000",
    "X-Readratelimit-Usage": ",",
  };
  expect(read(headers)).toEqual({
    limit: { quarter: 200, day: 2000 },
    usage: { quarter: 601, day: 602 },
    readLimit: { quarter: 100, day: 1000 },
    readUsage: { quarter: null, day: null },
  });
  expect(read({}).limit).toEqual({ quarter: null, day: null });
});

test("the budget follows the tighter family, keeps half for live work, and empties with its windows", () => {
  const first = firstBudget(NOON + MINUTE);
  expect([roomFor(first, true), roomFor(first, false)]).toEqual([100, 50]);
  const half = spend(first, 50);
  expect([roomFor(half, true), roomFor(half, false)]).toEqual([50, 0]);
  expect(roomAt(half, false)).toBe(NOON + 15 * MINUTE);
  expect(roomFor(budgetAt(half, NOON + 15 * MINUTE), true)).toBe(100);
  const full = exhausted(first);
  expect(roomFor(full, true)).toBe(0);
  const day = spend(first, 1_000);
  expect(roomAt(day, true)).toBe(Date.parse("2026-06-11T00:00:00Z"));
  expect(roomFor(budgetAt(day, NOON + 15 * MINUTE), true)).toBe(0);
  expect(roomFor(budgetAt(day, Date.parse("2026-06-11T00:00:00Z")), true)).toBe(100);
});

test("what an answer says raises what is used, and never lowers it", () => {
  const none = { quarter: null, day: null };
  const say = (used: number) => ({
    limit: none,
    usage: none,
    readLimit: { quarter: 300, day: 3_000 },
    readUsage: { quarter: used, day: used },
  });
  const spent = learn(spend(firstBudget(NOON), 10), say(40));
  expect(spent.readQuarter).toEqual({ limit: 300, used: 40 });
  expect(learn(spent, say(5)).readQuarter).toEqual({ limit: 300, used: 40 });
});

test("a refresh is refused for good only where its own token is", () => {
  const body = (resource: string) => ({ errors: [{ resource, field: "", code: "invalid" }] });
  expect(isRevoked(400, body("RefreshToken"))).toBe(true);
  expect(isRevoked(400, body("Application"))).toBe(false);
  expect(isRevoked(500, body("RefreshToken"))).toBe(false);
  expect(isRevoked(401, { errors: "Rate Limit Exceeded" })).toBe(false);
});

test("tokens of both generations are read, and nothing else", () => {
  const tokens = { access_token: "a", refresh_token: "r" };
  expect(readTokenGrant(tokens, NOON)?.expiresAt).toBe(NOON + 21_600_000);
  expect(readTokenGrant({ ...tokens, expires_in: 60 }, NOON)?.expiresAt).toBe(NOON + 60_000);
  expect(readTokenGrant({ ...tokens, expires_at: 5 }, NOON)?.expiresAt).toBe(5_000);
  expect(readTokenGrant({ access_token: "a" }, NOON)).toBeNull();
});

test("delays double up to an hour and a half", () => {
  expect([retryDelay(1, 0), retryDelay(2, 0), retryDelay(1, 1)]).toEqual([30_000, 60_000, 45_000]);
  expect(retryDelay(50, 1)).toBe(90 * MINUTE);
});

test("two deliveries are one event when all they say is the same, in any order and spelling", () => {
  const event = {
    aspect_type: "update",
    event_time: 5,
    object_id: 1,
    object_type: "activity",
    owner_id: 2,
    subscription_id: 3,
    updates: { title: "x", private: "true" },
  };
  const identity = (fields: object) => {
    const read = readEvent(JSON.stringify({ ...event, ...fields }));
    return read.ok ? read.event.identity : read.reason;
  };
  expect(identity({ updates: { private: "true", title: "x" }, object_id: "1" })).toBe(identity({}));
  expect(identity({ updates: { title: "y" } })).not.toBe(identity({}));
  expect(identity({ event_time: 6 })).not.toBe(identity({}));
});

test.each(["false", false])("a deauthorize is read with %j", (authorized) => {
  const event = {
    aspect_type: "update",
    event_time: 5,
    object_id: 2,
    object_type: "athlete",
    owner_id: 2,
    subscription_id: 3,
    updates: { authorized },
  };
  const read = readEvent(JSON.stringify(event));
  expect(read.ok && read.event.kind).toBe("deauthorize");
});
