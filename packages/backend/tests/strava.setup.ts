import { vi } from "vitest";
import {
  type FakeAnswer,
  type FakeActivity,
  FakeStrava,
} from "../../../scripts/fake-strava/core.mjs";
import { api, internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { TestBackend, TestPerson } from "./backend.setup";
import { type Member, newScene, type Scene } from "./ledger.setup";

/** A scene with a fake Strava behind `fetch`, the webhook subscribed, and nobody connected. */
export interface StravaScene extends Scene {
  fake: FakeStrava;
  /** Where the webhook delivers to. */
  hookPath: string;
}

const SITE = "https://milepost.test";
export const WEB = "https://web.test";
const CLIENT = { clientId: "4711", clientSecret: "client secret" };
const TOKEN_KEY = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/** Sets what Strava needs in the environment. */
export function stubStravaEnvironment(): void {
  vi.stubEnv("STRAVA_CLIENT_ID", CLIENT.clientId);
  vi.stubEnv("STRAVA_CLIENT_SECRET", CLIENT.clientSecret);
  vi.stubEnv("STRAVA_VERIFY_TOKEN", "verify me");
  vi.stubEnv("STRAVA_TOKEN_KEY", TOKEN_KEY);
  vi.stubEnv("STRAVA_API_BASE_URL", "https://strava.test");
  vi.stubEnv("CONVEX_SITE_URL", SITE);
  vi.stubEnv("SITE_URL", WEB);
}

function responseOf(answer: FakeAnswer): Response {
  if (answer.isLost) throw new TypeError("fetch failed");
  const hasBody = answer.status !== 204 && answer.body !== "";
  return new Response(hasBody ? answer.body : null, answer);
}

/** Lets `fetch` reach the fake, and nothing else. */
export function stubFetch(fake: FakeStrava): void {
  vi.stubGlobal("fetch", async (url: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    const authorization = headers.get("authorization") ?? undefined;
    const body = typeof init.body === "string" ? init.body : undefined;
    return responseOf(
      await fake.handle({ method: init.method ?? "GET", url, authorization, body }),
    );
  });
}

/** A scene with Strava; `fields` replace the challenge's settings. */
export async function newStravaScene(
  fields: Parameters<typeof newScene>[0] = {},
  limits: { readQuarter?: number; readDay?: number } = {},
): Promise<StravaScene> {
  stubStravaEnvironment();
  const scene = await newScene(fields);
  const call = async (url: string) => {
    const { pathname, search } = new URL(url);
    return await (await scene.t.fetch(pathname + search)).text();
  };
  const fake = new FakeStrava({ ...CLIENT, now: () => Date.now(), call, ...limits });
  stubFetch(fake);
  await scene.t.action(internal.integrations.strava.subscribe, {});
  const hookPath = new URL(fake.subscription?.callbackUrl ?? "").pathname;
  return { ...scene, fake, hookPath };
}

/** Goes to Strava's page and back as a browser does; answers where it ends. */
export async function consent(
  { t, fake }: StravaScene,
  as: TestPerson,
  athleteId: string,
  scope?: string,
): Promise<URL> {
  const { url } = await as.mutation(api.mutations.strava.beginConnect, {});
  const granted = fake.consent(athleteId, scope);
  const query = new URLSearchParams({
    state: new URL(url).searchParams.get("state") ?? "",
    ...granted,
  });
  const response = await t.fetch(`/strava/callback?${query}`);
  return new URL(response.headers.get("location") ?? "");
}

/** Connects somebody to an athlete, and lets the first list be fetched. */
export async function connect(scene: StravaScene, who: Member, athleteId: string): Promise<void> {
  const back = await consent(scene, who.as, athleteId);
  const ticket = back.searchParams.get("ticket") ?? "";
  await who.as.mutation(api.mutations.strava.confirmConnect, { ticket });
  await drained(scene.t);
}

/** Lets everything that is scheduled within the next half minute run. */
export async function drained(t: TestBackend, ms = 30_000): Promise<void> {
  const end = Date.now() + ms;
  while (Date.now() < end) {
    vi.advanceTimersByTime(Math.min(250, end - Date.now()));
    await t.finishInProgressScheduledFunctions();
  }
}

/** Lets so much time pass at once, and then everything run that is due. */
export async function later(t: TestBackend, ms: number): Promise<void> {
  vi.advanceTimersByTime(ms);
  await t.finishInProgressScheduledFunctions();
  await drained(t);
}

/** Delivers an event as Strava does; answers the status. */
export async function deliver({ t, hookPath }: StravaScene, event: unknown): Promise<number> {
  const body = typeof event === "string" ? event : JSON.stringify(event);
  return (await t.fetch(hookPath, { method: "POST", body })).status;
}

/** An activity of the fake: by default 5 km of running at noon of 9 June. */
export function run(id: number, fields: Partial<FakeActivity> = {}): FakeActivity {
  return {
    id,
    sport_type: "Run",
    name: `Run ${id}`,
    start_date: "2026-06-09T12:00:00Z",
    start_date_local: "2026-06-09T12:00:00Z",
    distance: 5000,
    moving_time: 1500,
    elapsed_time: 1600,
    ...fields,
  };
}

/** Somebody's rows of Strava in a challenge. */
export async function stravaRows(
  { t, challengeId }: Scene,
  { userId }: Member,
  inChallenge: Id<"challenges"> = challengeId,
): Promise<Array<Doc<"activities">>> {
  const rows = await t.run(async (ctx) => await ctx.db.query("activities").collect());
  return rows.filter(
    (row) => row.userId === userId && row.source === "strava" && row.challengeId === inChallenge,
  );
}

/** Live rows as [id, points], in order of the id. */
export async function counted(scene: Scene, who: Member): Promise<Array<[string, number]>> {
  const rows = await stravaRows(scene, who);
  return rows
    .filter(({ deletedAt }) => deletedAt === undefined)
    .map((row): [string, number] => [row.externalId ?? "", row.pointsEarned])
    .sort(([a], [b]) => Number(a) - Number(b));
}

/** All work there is about Strava. */
export async function tasks(t: TestBackend): Promise<Array<Doc<"stravaTasks">>> {
  return await t.run(async (ctx) => await ctx.db.query("stravaTasks").collect());
}

/** All events that were kept. */
export async function events(t: TestBackend): Promise<Array<Doc<"stravaEvents">>> {
  return await t.run(async (ctx) => await ctx.db.query("stravaEvents").collect());
}
