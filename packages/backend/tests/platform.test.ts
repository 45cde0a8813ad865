import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { asNewPerson, newChallenge } from "./backend.setup";
import { jobOf, runJob, runWhole } from "./jobs.setup";
import { log, newScene, type Scene, settled, standAtNoon } from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const { challenges, jobs, people } = api.queries.platform;
const { maintenance } = internal.mutations;
const paginationOpts = { numItems: 10, cursor: null };

/** A challenge of others, and an admin of the platform who has no part in it. */
async function platformScene() {
  const scene = await newScene();
  await log(scene, scene.bob);
  await settled(scene.t);
  const { t } = scene;
  const email = "root@example.org";
  const root = await asNewPerson(t, "Root", { timezone: "UTC", email });
  await t.mutation(internal.mutations.admin.makePlatformAdmin, { email });
  return { ...scene, root: root.as };
}

async function breakTotal({ t, bob }: Scene) {
  await t.run(async (ctx) => {
    const rows = await ctx.db.query("standings").collect();
    const standing = rows.find(({ userId }) => userId === bob.userId);
    if (standing === undefined) throw new Error("no standing");
    await ctx.db.patch("standings", standing._id, { totalPoints: 999, negTotal: -999 });
  });
}

describe("challenges", () => {
  test("tells how many people each has and what its last verification said", async () => {
    const scene = await platformScene();
    const { root, challengeId } = scene;
    await newChallenge(scene.ada.as, { name: "Hidden", visibility: "private" });
    await settled(scene.t);
    const all = async () => (await root.query(challenges, { paginationOpts })).page;
    expect(await all()).toMatchObject([
      { name: "Hidden", visibility: "private", people: 1, status: "unknown", isFinal: false },
      { challengeId, people: 3, status: "unknown", lastVerifiedAt: null },
    ]);
    await runWhole(scene, "verify");
    expect((await all())[1]).toMatchObject({ status: "ok", lastVerifiedAt: Date.now() });
    await breakTotal(scene);
    await runWhole(scene, "verify");
    expect((await all())[1]).toMatchObject({ status: "drift" });
  });
});

describe("people", () => {
  test("are found by the beginning of their name, with what they take part in", async () => {
    const { root, bob } = await platformScene();
    const found = async (search: string) =>
      (await root.query(people, { search, paginationOpts })).page;
    expect(await found("Bo")).toEqual([
      {
        userId: bob.userId,
        displayName: "Bob",
        isPlatformAdmin: false,
        isDemo: false,
        createdAt: expect.any(Number),
        challenges: 1,
        organises: 0,
      },
    ]);
    expect((await found("")).map(({ displayName }) => displayName)).toEqual([
      "Ada",
      "Bob",
      "Olga Organiser",
      "Root",
    ]);
    expect(await found("Zoe")).toEqual([]);
  });

  test("F10 are found by their whole e-mail address alone, which is never told", async () => {
    const { root } = await platformScene();
    const found = async (search: string) => await root.query(people, { search, paginationOpts });
    const { page } = await found(" ROOT@example.org ");
    expect(page).toMatchObject([{ displayName: "Root", isPlatformAdmin: true }]);
    expect(JSON.stringify(page)).not.toContain("example.org");
    expect((await found("root@example.or")).page).toEqual([]);
  });

  test("somebody who deleted their account is nobody", async () => {
    const { t, root, ada } = await platformScene();
    const points = "keep" as const;
    await ada.as.mutation(api.mutations.viewer.deleteAccount, { points, confirm: "Ada" });
    await settled(t);
    const { page } = await root.query(people, { search: "", paginationOpts });
    expect(page.map(({ displayName }) => displayName)).toEqual(["Bob", "Olga Organiser", "Root"]);
  });
});

describe("jobs", () => {
  test("of all challenges are listed by their state, with how much there is to do", async () => {
    const scene = await platformScene();
    const { t, root, challengeId } = scene;
    const wish = { challengeId, kind: "verify", dryRun: true } as const;
    const { jobId } = await t.mutation(maintenance.startInternal, wish);
    const page = async (status: "running" | "completed") =>
      (await root.query(jobs, { status, paginationOpts })).page;
    const name = (await t.run(async (ctx) => await ctx.db.get("challenges", challengeId)))?.name;
    expect(await page("running")).toMatchObject([
      {
        jobId,
        challengeId,
        challengeName: name,
        startedByName: null,
        stageName: "sums",
        stages: 5,
        total: 3,
        // Two stages of one item, and three of everybody.
        items: 11,
      },
    ]);
    const { job } = await runJob(t, jobId);
    expect(job.processed).toBe(11);
    expect(await page("running")).toEqual([]);
    expect(await page("completed")).toMatchObject([{ jobId, status: "completed" }]);
  });

  test("a deletion that failed goes on when an admin of the platform says so", async () => {
    const { t, root, ada } = await platformScene();
    const points = "keep" as const;
    await ada.as.mutation(api.mutations.viewer.deleteAccount, { points, confirm: "Ada" });
    const [deletion] = await t.run(async (ctx) => {
      const found = await ctx.db.query("jobs").collect();
      const failed = { status: "failed", error: "Out of luck" } as const;
      for (const { _id } of found) await ctx.db.patch("jobs", _id, failed);
      return found;
    });
    if (deletion === undefined) throw new Error("no deletion");
    const { page } = await root.query(jobs, { status: "failed", paginationOpts });
    expect(page).toMatchObject([{ kind: "deletePerson", challengeId: null, error: "Out of luck" }]);
    await root.mutation(api.mutations.platform.resumeJob, { jobId: deletion._id });
    await settled(t);
    expect((await jobOf(t, deletion._id)).status).toBe("completed");
  });
});
