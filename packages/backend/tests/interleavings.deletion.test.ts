import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import { makePlatformAdmin, type Victim, VICTIMS } from "./deletionTraffic.setup";
import { Traffic } from "./interleavings.setup";
import { FATES, meet } from "./jobs.setup";
import { standAtNoon } from "./ledger.setup";
import { drawFrom } from "./random.setup";
import { stubSignInEnvironment } from "./signIn.setup";

/** What others do meanwhile, and what is tried with what is being deleted. */
const OTHERS = ["log", "edit", "delete", "restore", "join", "rule change"];
const WHATS = [...OTHERS, "second start", "refused call"];
/** So many rounds meet every disturbance with every fate at every boundary; any quarter of them every one of both. */
const ALL_ROUNDS = WHATS.length * FATES.length;

const ROUNDS = Number(process.env.MILEPOST_ROUNDS ?? 1);
const SEED = Number(process.env.MILEPOST_SEED ?? 20_260_610);
const OWN_KINDS = Object.keys(VICTIMS).filter((kind) =>
  (process.env.MILEPOST_KINDS?.split(" ") ?? [kind]).some((name) => kind.startsWith(name)),
);
/** So many rounds share a challenge, so that nobody reaches a limit. */
const SHARED = 6;
const MINUTE_MS = 60_000;

let traffic: Traffic;
let rounds = 0;
let combinations = 0;
const boundaries = new Map<string, number>();

beforeAll(stubSignInEnvironment);
afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  const reached = [...boundaries].map(([kind, count]) => `${kind} ${count}`).join(", ");
  const which = `${ROUNDS} of ${ALL_ROUNDS} rounds each, from one drawn by seed ${SEED}`;
  console.log(`${combinations} combinations of job, fate, disturbance and boundary, ${which}`);
  console.log(`boundaries: ${reached}`);
});

async function jobNow(jobId: Id<"jobs">): Promise<Doc<"jobs"> | null> {
  return await traffic.scene.t.run(async (ctx) => {
    const job = await ctx.db.get("jobs", jobId);
    // One item a step: every place where a job can stop is a boundary.
    if (job?.status === "running") await ctx.db.patch("jobs", jobId, { batchSize: 1 });
    return job;
  });
}

async function disturb(what: string, victim: Victim): Promise<void> {
  if (what === "second start") await victim.startAgain();
  else if (what === "refused call") await victim.refused();
  else await traffic.disturbances[what]?.(victim.jobId);
}

/** One job with one disturbance and one fate at each of its boundaries, which ones depends on the round. */
async function play(kind: string, round: number): Promise<void> {
  if (rounds % SHARED === 0) {
    standAtNoon();
    traffic = await Traffic.begin();
    await makePlatformAdmin(traffic.scene);
  }
  rounds += 1;
  const { t } = traffic.scene;
  const victim = await VICTIMS[kind]?.(traffic, rounds);
  if (victim === undefined) throw new Error("nothing to delete");
  const { jobId } = victim;
  let boundary = 0;
  let job = await jobNow(jobId);
  for (; job?.status === "running"; boundary += 1) {
    const what = WHATS[(boundary + round) % WHATS.length] ?? "";
    const fate =
      FATES[(boundary + round + Math.floor(round / WHATS.length)) % FATES.length] ?? "goes on";
    const where = `${kind} that ${fate}, ${what} at boundary ${boundary} of round ${round}`;
    vi.setSystemTime(Date.now() + MINUTE_MS / 2);
    await disturb(what, victim);
    await meet(t, fate, jobId);
    // Each boundary in a fifth of the rounds: it reads everybody.
    const isLooked = (boundary + round) % 5 === 0;
    expect(isLooked ? await traffic.difference() : null, where).toBeNull();
    const { ticket = 0 } = (await jobNow(jobId)) ?? {};
    await t.mutation(internal.mutations.maintenance.step, { jobId, ticket });
    combinations += 1;
    if (boundary > 200) throw new Error(`no end of ${where}`);
    job = await jobNow(jobId);
  }
  const where = `${kind}, round ${round}`;
  expect(job?.status ?? "completed", where).toBe("completed");
  expect(await victim.left(), where).toBeNull();
  expect(await traffic.difference(), where).toBeNull();
  boundaries.set(kind, boundary);
}

test.each(OWN_KINDS)(
  "C1 C2 C3 C8 K2 K4 K6 %s leaves nothing of it, and all of everybody else, disturbed at every boundary",
  async (kind) => {
    const first = drawFrom(SEED)(ALL_ROUNDS);
    for (let index = 0; index < ROUNDS; index += 1) await play(kind, (first + index) % ALL_ROUNDS);
    expect(boundaries.get(kind)).toBeGreaterThan(5);
  },
  600_000,
);
