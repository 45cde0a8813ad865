import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { refusalFrom, refusedUnchanged, setup, asNewPerson } from "./backend.setup";
import { accountOf, standAtNoon } from "./ledger.setup";
import {
  connect,
  consent,
  counted,
  deliver,
  drained,
  later,
  newStravaScene,
  run,
  stravaRows,
  tasks,
  WEB,
} from "./strava.setup";

/** How a connection is made, kept and ended. */

beforeEach(() => standAtNoon());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

const ATHLETE = "77";
const HOUR = 60 * 60_000;

test("H6 without its variables Strava is off and says which are missing", async () => {
  const t = setup();
  const { as } = await asNewPerson(t, "Ada");
  const refusal = await refusalFrom(as.mutation(api.mutations.strava.beginConnect, {}));
  expect(refusal).toEqual({
    code: "INVALID_INPUT",
    path: "strava",
    problem: expect.stringMatching(/STRAVA_CLIENT_ID, .*STRAVA_TOKEN_KEY is missing/),
  });
  const { missing } = await as.query(api.queries.strava.status, {});
  expect(missing).toHaveLength(4);
});

test("the browser comes back to the settings with a ticket, and tokens are sealed and never told", async () => {
  const scene = await newStravaScene();
  const back = await consent(scene, scene.ada.as, ATHLETE);
  expect(back.origin + back.pathname).toBe(`${WEB}/settings`);
  expect(back.searchParams.get("strava")).toBe("confirm");
  const ticket = back.searchParams.get("ticket") ?? "";
  await scene.ada.as.mutation(api.mutations.strava.confirmConnect, { ticket });
  const stored = await scene.t.run(
    async (ctx) => await ctx.db.query("stravaConnections").collect(),
  );
  expect(JSON.stringify(stored)).not.toMatch(/access-|refresh-/);
  const status = await scene.ada.as.query(api.queries.strava.status, {});
  expect(JSON.stringify(status)).not.toMatch(/access-|refresh-|k1|"iv"/);
});

test("a state works once, for ten minutes, and only for what was granted whole", async () => {
  const scene = await newStravaScene();
  const { url } = await scene.ada.as.mutation(api.mutations.strava.beginConnect, {});
  const state = new URL(url).searchParams.get("state") ?? "";
  const visit = async (query: Record<string, string>) => {
    const response = await scene.t.fetch(`/strava/callback?${new URLSearchParams(query)}`);
    return new URL(response.headers.get("location") ?? "").searchParams.get("strava");
  };
  expect(await visit({ state: "A".repeat(26), ...scene.fake.consent(ATHLETE) })).toBe("expired");
  expect(await visit({ state, ...scene.fake.consent(ATHLETE, "read") })).toBe("scope");
  expect(await visit({ state, ...scene.fake.consent(ATHLETE) })).toBe("expired");
  const again = await scene.ada.as.mutation(api.mutations.strava.beginConnect, {});
  const other = new URL(again.url).searchParams.get("state") ?? "";
  vi.advanceTimersByTime(11 * 60_000);
  expect(await visit({ state: other, ...scene.fake.consent(ATHLETE) })).toBe("expired");
});

test("a ticket opens for the session that started only", async () => {
  const scene = await newStravaScene();
  const back = await consent(scene, scene.ada.as, ATHLETE);
  const ticket = back.searchParams.get("ticket") ?? "";
  const { confirmConnect } = api.mutations.strava;
  await refusedUnchanged(scene.t, "NOT_FOUND", () =>
    scene.bob.as.mutation(confirmConnect, { ticket }),
  );
  const elsewhere = scene.t.withIdentity({ subject: `${scene.ada.userId}|another-session` });
  await refusedUnchanged(scene.t, "NOT_FOUND", () =>
    elsewhere.mutation(confirmConnect, { ticket }),
  );
  await scene.ada.as.mutation(confirmConnect, { ticket });
  await refusedUnchanged(scene.t, "NOT_FOUND", () =>
    scene.ada.as.mutation(confirmConnect, { ticket }),
  );
});

test("A12 two workers with one expired token refresh once, and the newest refresh token is kept", async () => {
  const scene = await newStravaScene();
  await connect(scene, scene.ada, ATHLETE);
  scene.fake.put(ATHLETE, run(1));
  scene.fake.put(ATHLETE, run(2));
  vi.advanceTimersByTime(7 * HOUR);
  await deliver(scene, scene.fake.event(ATHLETE, "1", "create"));
  await deliver(scene, scene.fake.event(ATHLETE, "2", "create"));
  await drained(scene.t);
  expect(scene.fake.counts.refreshes).toBe(1);
  expect(await counted(scene, scene.ada)).toHaveLength(2);
  // The token that is stored still refreshes.
  await later(scene.t, 7 * HOUR);
  await deliver(scene, scene.fake.event(ATHLETE, "1", "update", { title: "x" }));
  await drained(scene.t);
  expect(scene.fake.counts.refreshes).toBe(2);
  expect((await tasks(scene.t)).every(({ status }) => status === "done")).toBe(true);
});

test("a new token key seals what is refreshed, and then the old one can be dropped", async () => {
  const scene = await newStravaScene();
  await connect(scene, scene.ada, ATHLETE);
  const newKey = `k2:${btoa("k".repeat(32))}`;
  vi.stubEnv("STRAVA_TOKEN_KEY", `${newKey},${process.env.STRAVA_TOKEN_KEY ?? ""}`);
  await later(scene.t, 7 * HOUR);
  scene.fake.put(ATHLETE, run(1));
  await deliver(scene, scene.fake.event(ATHLETE, "1", "create"));
  await drained(scene.t);
  vi.stubEnv("STRAVA_TOKEN_KEY", newKey);
  scene.fake.put(ATHLETE, run(2));
  await deliver(scene, scene.fake.event(ATHLETE, "2", "create"));
  await drained(scene.t);
  expect(await counted(scene, scene.ada)).toHaveLength(2);
  const [stored] = await scene.t.run(
    async (ctx) => await ctx.db.query("stravaConnections").collect(),
  );
  expect(stored?.tokens.keyId).toBe("k2");
});

test("A12 a late refresh never replaces a newer token", async () => {
  const scene = await newStravaScene();
  await connect(scene, scene.ada, ATHLETE);
  const only = async () => {
    const [connection] = await scene.t.run(
      async (ctx) => await ctx.db.query("stravaConnections").collect(),
    );
    if (connection === undefined) throw new Error("not connected");
    return connection;
  };
  const before = await only();
  const { claimRefresh, finishRefresh } = internal.mutations.stravaWork;
  const seen = { connectionId: before._id, tokenVersion: before.tokenVersion };
  expect(await scene.t.mutation(claimRefresh, seen)).toBe(true);
  expect(await scene.t.mutation(claimRefresh, seen)).toBe(false);
  const tokens = (data: string) => ({
    tokens: { keyId: "k1", iv: "", data },
    accessExpiresAt: 1,
  });
  await scene.t.mutation(finishRefresh, { ...seen, tokens: tokens("first") });
  await scene.t.mutation(finishRefresh, { ...seen, tokens: tokens("late") });
  expect((await only()).tokens.data).toBe("first");
});

test("a wrong client secret disconnects nobody", async () => {
  const scene = await newStravaScene();
  await connect(scene, scene.ada, ATHLETE);
  vi.stubEnv("STRAVA_CLIENT_SECRET", "mistyped");
  vi.advanceTimersByTime(7 * HOUR);
  await deliver(scene, scene.fake.event(ATHLETE, ATHLETE, "update", { authorized: "false" }));
  await drained(scene.t);
  const { connection } = await scene.ada.as.query(api.queries.strava.status, {});
  expect(connection).not.toBeNull();
  const open = (await tasks(scene.t)).find(({ kind }) => kind === "deauthorize");
  expect(open).toMatchObject({ status: "waiting", error: "REFRESH_FAILED" });
});

test("A13 what was fetched while its person disconnected is discarded", async () => {
  const scene = await newStravaScene();
  await connect(scene, scene.ada, ATHLETE);
  scene.fake.put(ATHLETE, run(1));
  const handle = scene.fake.handle.bind(scene.fake);
  vi.spyOn(scene.fake, "handle").mockImplementation(async (request) => {
    const answer = await handle(request);
    if (request.url.includes("/activities/1"))
      await scene.ada.as.mutation(api.mutations.strava.disconnect, { points: "keep" });
    return answer;
  });
  await deliver(scene, scene.fake.event(ATHLETE, "1", "create"));
  await drained(scene.t);
  expect(await stravaRows(scene, scene.ada)).toEqual([]);
  const { connection } = await scene.ada.as.query(api.queries.strava.status, {});
  expect(connection).toBeNull();
});

test("A14 a second account is refused an athlete, and moving one leaves no double points", async () => {
  const scene = await newStravaScene();
  scene.fake.put(ATHLETE, run(1));
  await connect(scene, scene.ada, ATHLETE);
  const back = await consent(scene, scene.bob.as, ATHLETE);
  const ticket = back.searchParams.get("ticket") ?? "";
  const { confirmConnect } = api.mutations.strava;
  const refusal = await refusedUnchanged(scene.t, "INVALID_INPUT", () =>
    scene.bob.as.mutation(confirmConnect, { ticket }),
  );
  expect(refusal).toMatchObject({ path: "move" });
  await scene.bob.as.mutation(confirmConnect, { ticket, move: true });
  await drained(scene.t);
  expect(await counted(scene, scene.ada)).toEqual([]);
  expect(await counted(scene, scene.bob)).toEqual([["1", 50]]);
  const { connection } = await scene.ada.as.query(api.queries.strava.status, {});
  expect(connection).toBeNull();
});

test("A14 points kept at a disconnection still belong to an athlete, so nobody else counts them too", async () => {
  const scene = await newStravaScene();
  scene.fake.put(ATHLETE, run(1));
  await connect(scene, scene.ada, ATHLETE);
  await scene.ada.as.mutation(api.mutations.strava.disconnect, { points: "keep" });
  await drained(scene.t);
  expect(await counted(scene, scene.ada)).toEqual([["1", 50]]);
  const back = await consent(scene, scene.bob.as, ATHLETE);
  const ticket = back.searchParams.get("ticket") ?? "";
  await refusedUnchanged(scene.t, "INVALID_INPUT", () =>
    scene.bob.as.mutation(api.mutations.strava.confirmConnect, { ticket }),
  );
});

test("K7 disconnecting erases what Strava told, removes points on request, and leaves a receipt", async () => {
  const scene = await newStravaScene();
  for (let id = 1; id <= 20; id++) scene.fake.put(ATHLETE, run(id, { distance: 1000 * id }));
  await connect(scene, scene.ada, ATHLETE);
  expect(await counted(scene, scene.ada)).toHaveLength(20);
  await scene.ada.as.mutation(api.mutations.strava.disconnect, { points: "remove" });
  await drained(scene.t);
  expect(await counted(scene, scene.ada)).toEqual([]);
  const rows = await stravaRows(scene, scene.ada);
  expect(rows.filter(({ title, startedAtMs }) => title ?? startedAtMs)).toEqual([]);
  const { standing } = await accountOf(scene, scene.ada);
  expect(standing.totalPoints).toBe(0);
  const { lastDisconnection } = await scene.ada.as.query(api.queries.strava.status, {});
  expect(lastDisconnection).toMatchObject({ points: "remove", erased: 20, removed: 20 });
  expect(lastDisconnection?.finishedAt).not.toBeNull();
  // Strava was told, so the refresh token is void there too.
  const back = await consent(scene, scene.ada.as, ATHLETE);
  expect(back.searchParams.get("strava")).toBe("confirm");
  await refusedUnchanged(scene.t, "NOT_FOUND", () =>
    scene.ada.as.mutation(api.mutations.strava.disconnect, { points: "keep" }),
  );
});
