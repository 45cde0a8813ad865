import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { planStorm } from "../../../scripts/fake-strava/storm.mjs";
import { api, internal } from "../_generated/api";
import { type Member, joined, standAtNoon } from "./ledger.setup";
import {
  connect,
  counted,
  deliver,
  drained,
  events,
  later,
  newStravaScene,
  type StravaScene,
  tasks,
} from "./strava.setup";

/**
 * A storm of deliveries after an outage, against a fake Strava with its rate limits and a made-up clock. What is counted
 * in the end is compared with what Strava has, by arithmetic that shares nothing with the backend.
 */

/** The double of the database reads whole tables: many more take hours, and scripts/checks/strava-storm.mjs is for them. */
const EVENTS = Number(process.env["MILEPOST_STORM"] ?? 100);
/** Events between two quarter hours: what was fetched already changes again. */
const WAVE = Math.ceil(EVENTS / 4);
const COUNTED = ["events", "duplicated", "reordered", "forged", "lost"] as const;
const SEED = Number(process.env["MILEPOST_SEED"] ?? 20_260_610);
const LIMITS = { readQuarter: 100, readDay: 1_000 };
const QUARTER_MS = 15 * 60_000;
const DAYS = ["2026-06-04", "2026-06-05", "2026-06-06", "2026-06-07", "2026-06-08", "2026-06-09"];

beforeEach(() => standAtNoon());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** What Strava has, as points by 10 a kilometre: half a point up, and what nobody mapped not at all. */
function expectedOf({ fake }: StravaScene, athleteId: string): Array<[string, number]> {
  return [...fake.activitiesOf(athleteId).values()]
    .filter(({ sport_type }) => sport_type === "Run")
    .map(({ id, distance = 0 }): [string, number] => [String(id), Math.floor(distance / 100 + 0.5)])
    .sort(([a], [b]) => Number(a) - Number(b));
}

async function openTasks(scene: StravaScene): Promise<number> {
  const all = await tasks(scene.t);
  return all.filter(({ status }) => status !== "done").length;
}

/** Lets time pass until no work is left; answers how many quarter hours that took. */
async function settle(scene: StravaScene): Promise<number> {
  for (let quarters = 0; ; quarters++) {
    if ((await openTasks(scene)) === 0) return quarters;
    if (quarters > EVENTS) throw new Error("the storm does not end");
    await nextQuarter(scene);
  }
}

/** Lets time pass to the next window of the rate limits, and work be done that it allows. */
async function nextQuarter(scene: StravaScene): Promise<void> {
  const intoQuarter = Date.now() % QUARTER_MS;
  await later(scene.t, QUARTER_MS - intoQuarter + 21_000);
  await scene.t.mutation(internal.mutations.stravaWebhook.pump, {});
  await drained(scene.t, 90_000);
}

/** Sends deliveries, each again as long as it is turned away, as Strava does; answers the statuses seen. */
async function sent(scene: StravaScene, deliveries: unknown[]): Promise<Set<number>> {
  const answers = new Set<number>();
  for (const payload of deliveries) {
    for (let status = 429; status === 429; answers.add(status)) {
      status = await deliver(scene, payload);
      if (status === 429) vi.setSystemTime(Date.now() + 1_000);
    }
  }
  await drained(scene.t);
  return answers;
}

test(
  `A18 ${EVENTS} events with duplicates, disorder, forgeries and losses end as Strava has it`,
  async () => {
    const scene = await newStravaScene({ backdateDays: 30 }, LIMITS);
    const { joinCode } = await scene.admin.as.query(api.queries.challenges.get, {
      challengeId: scene.challengeId,
    });
    const people: Array<{ athleteId: string; member: Member }> = [];
    for (let number = 0; number < Math.max(10, EVENTS / 100); number++) {
      const member = await joined(scene.t, joinCode ?? "", `Athlete ${number}`);
      const athleteId = String(7_000 + number);
      people.push({ athleteId, member });
      await connect(scene, member, athleteId);
    }
    const athleteIds = people.map(({ athleteId }) => athleteId);
    const storm = { events: 0, duplicated: 0, reordered: 0, forged: 0, lost: 0, deliveries: 0 };
    const answers = new Set<number>();
    for (let before = 0; before < EVENTS; before += WAVE) {
      const options = { seed: SEED, athleteIds, days: DAYS, before };
      const size = Math.min(WAVE, EVENTS - before);
      const plan = planStorm(scene.fake, { ...options, events: size });
      for (const name of COUNTED) storm[name] += plan.counts[name];
      storm.deliveries += plan.deliveries.length;
      for (const status of await sent(scene, plan.deliveries)) answers.add(status);
      await nextQuarter(scene);
    }
    const quarters = await settle(scene);
    // What was lost is found by the night's lists.
    await scene.t.mutation(internal.mutations.stravaWebhook.reconcile, { after: 0 });
    await drained(scene.t);
    await settle(scene);

    let live = 0;
    for (const { athleteId, member } of people) {
      const rows = await counted(scene, member);
      live += rows.length;
      expect(rows, `athlete ${athleteId}, seed ${SEED}`).toEqual(expectedOf(scene, athleteId));
      const { connection } = await member.as.query(api.queries.strava.status, {});
      expect(connection, "no forged deauthorization is believed").not.toBeNull();
    }
    const { counts } = scene.fake;
    const report = { seed: SEED, ...storm, live, quarters };
    const kept = await events(scene.t);
    console.info("strava storm", JSON.stringify({ ...report, ...counts, kept: kept.length }));
    expect([...answers].filter((status) => status !== 429)).toEqual([200]);
    expect(counts.refused, "no request went over a limit").toBe(0);
    expect(counts.mostInQuarter).toBeLessThanOrEqual(LIMITS.readQuarter);
    expect(counts.mostInDay).toBeLessThanOrEqual(LIMITS.readDay);
    expect(new Set(kept.map(({ dedupeKey }) => dedupeKey)).size).toBe(kept.length);
  },
  EVENTS * 500 + 60_000,
);
