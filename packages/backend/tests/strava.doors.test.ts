import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Id } from "../_generated/dataModel";
import { refusalOf } from "../lib/errors";
import { applyRows } from "../lib/stravaApply";
import { sealCtx } from "../lib/tableOwners";
import { OPERATIONS } from "../routes/api/app";
import { keyOf, send } from "./api.setup";
import {
  type Caller,
  CALLERS,
  call,
  newWorld,
  publicFunctions,
  type World,
} from "./authorization.setup";
import { type Args, RIGHTS } from "./authorizationCases.setup";
import { DOORS } from "./authorizationTable.setup";
import { standAtNoon, TODAY } from "./ledger.setup";

/**
 * Asks every public query and every route that reads, and every function that changes an activity, about somebody's
 * activity of Strava, as everybody else: none answers its points, distance, times, title or speed.
 */

const STARTED_AT = Date.parse(`${TODAY}T06:07:08Z`);
const METRICS = { distance_m: 43_210, moving_s: 2_718, duration_s: 2_818, elevation_m: 4_321 };
const SECRETS = new RegExp(
  `\\b(432|${Object.values(METRICS).join("|")}|43\\.21|Dawn patrol|${STARTED_AT})\\b|\\b15\\.89`,
);
const OTHERS = ["anonymous", "outsider", "participant", "admin", "platformAdmin"] as const;

/** A world in which bob's activity is one of Strava, brought in as its worker brings it. */
async function newStravaWorld(): Promise<World> {
  const world = await newWorld("public");
  const { t, challengeId, userIds } = world;
  const activityId = await t.run(async (raw): Promise<Id<"activities">> => {
    const ctx = sealCtx(raw);
    const challenge = await ctx.db.get("challenges", challengeId);
    if (challenge === null) throw new Error("no challenge");
    const row = { externalId: "1", sport: "Run", startedAt: STARTED_AT, title: "Dawn patrol" };
    const account = { challenge, userId: userIds.bob, athleteId: "77" };
    await applyRows(ctx, account, [{ ...row, loggedDate: TODAY, metrics: METRICS }]);
    const stored = await ctx.db.query("activities").order("desc").collect();
    const [found] = stored.filter(({ source }) => source === "strava");
    if (found?.pointsEarned !== 432) throw new Error("not brought in");
    return found._id;
  });
  return { ...world, rows: { ...world.rows, bob: activityId } };
}

beforeAll(() => {
  vi.stubEnv("AUTH_LOG_LEVEL", "ERROR");
  standAtNoon();
});
afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** What an answer gives away; a refusal is an answer too. */
async function toldBy(asked: Promise<unknown>): Promise<string | undefined> {
  const answer = await asked.catch((error: unknown) => {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    return refusal;
  });
  return SECRETS.exec(JSON.stringify(answer) ?? "")?.[0];
}

test("what is looked for is there to be told", async () => {
  const world = await newStravaWorld();
  const rows = await world.t.run(async (ctx) => await ctx.db.query("activities").collect());
  expect(JSON.stringify(rows)).toMatch(SECRETS);
  const flags = await world.t.run(async (ctx) => await ctx.db.query("flags").collect());
  expect(JSON.stringify(flags)).toMatch(SECRETS);
});

test("no public query tells others anything of an activity of Strava", async () => {
  const world = await newStravaWorld();
  const leaks: string[] = [];
  let asked = 0;
  for (const fn of await publicFunctions()) {
    if (fn.kind !== "query") continue;
    for (const [right, situation, argsOf] of DOORS[fn.name]?.cases ?? []) {
      const outcomes = RIGHTS[right].public.split(/ +/);
      for (const caller of OTHERS) {
        // There is nothing of theirs to ask about.
        if (outcomes[CALLERS.indexOf(caller)] === "-") continue;
        const told = await toldBy(call(world.callers[caller], fn, argsOf(world, caller)));
        asked += 1;
        if (told !== undefined) leaks.push(`${fn.name} ${situation} told ${caller} ${told}`);
      }
    }
  }
  expect(leaks).toEqual([]);
  expect(asked).toBeGreaterThan(200);
});

test("an organiser who changes an activity of Strava is told nothing of it either", async () => {
  const leaks: string[] = [];
  for (const name of ["edit", "remove", "restore"]) {
    const world = await newStravaWorld();
    const fn = { name: `mutations/activities:${name}`, kind: "mutation" as const };
    const args: Args = { activityId: world.rows.bob, reason: "Looked at" };
    const caller: Caller = "admin";
    if (name === "edit") args["notes"] = "Seen";
    const told = await toldBy(call(world.callers[caller], fn, args));
    if (told !== undefined) leaks.push(`${name} told ${told}`);
  }
  expect(leaks).toEqual([]);
});

test("no route of the HTTP API tells others anything of an activity of Strava", async () => {
  const world = await newStravaWorld();
  const { t, userIds } = world;
  const leaks: string[] = [];
  let asked = 0;
  const ids: Record<string, string | undefined> = {
    challengeId: world.challengeId,
    activityId: world.rows.bob,
    gameId: world.games.active,
    jobId: world.jobId,
  };
  for (const name of ["participant", "admin"] as const) {
    const as = t.withIdentity({ subject: `${userIds[name]}|keys` });
    const scopes = name === "admin" ? (["read", "admin"] as const) : (["read"] as const);
    const { key } = await keyOf(world, { as }, ...scopes);
    for (const { method, path, query } of OPERATIONS) {
      if (method !== "get") continue;
      const at = path.replaceAll(/\{(\w+)\}/g, (_, id: string) => ids[id] ?? id);
      const about = "userId" in query.shape ? [`?userId=${userIds.bob}`, ""] : [""];
      for (const search of about) {
        asked += 1;
        const { body } = await send(t, "GET", at + search, { key });
        const told = SECRETS.exec(JSON.stringify(body))?.[0];
        if (told !== undefined) leaks.push(`${path}${search} told ${name} ${told}`);
      }
    }
  }
  expect(leaks).toEqual([]);
  expect(asked).toBeGreaterThan(20);
});
