import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import { asNewPerson, refusalFrom, refusedUnchanged, snapshotTables } from "./backend.setup";
import { runJob } from "./jobs.setup";
import {
  accountOf,
  km,
  log,
  newScene,
  type Scene,
  settled,
  standAtNoon,
  TODAY,
} from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const { update, renewCode, join } = api.mutations.challenges;
const paginationOpts = { numItems: 20, cursor: null };

const challengeFor = async ({ challengeId, ada }: Scene) =>
  await ada.as.query(api.queries.challenges.get, { challengeId });

async function decisions({ challengeId, admin }: Scene) {
  const { page } = await admin.as.query(api.queries.moderation.log, {
    challengeId,
    paginationOpts,
  });
  return page.map(({ action, actor, note }) => ({ action, actor, note }));
}

describe("an announcement", () => {
  test("is read by everybody until it is taken away, and each change is written down", async () => {
    const scene = await newScene();
    const { challengeId, admin } = scene;
    await admin.as.mutation(update, { challengeId, announcement: "  Rest on Sunday!  " });
    const announcement = { text: "Rest on Sunday!", at: Date.now() };
    expect(await challengeFor(scene)).toMatchObject({ announcement });

    vi.setSystemTime(Date.now() + 60_000);
    await admin.as.mutation(update, { challengeId, announcement: "Rest on Sunday!" });
    await admin.as.mutation(update, { challengeId, description: "Once around" });
    expect(await challengeFor(scene)).toMatchObject({ announcement, description: "Once around" });

    await admin.as.mutation(update, { challengeId, announcement: " " });
    expect((await challengeFor(scene)).announcement).toBeUndefined();
    const by = { action: "settingsChanged", actor: "Olga Organiser" };
    expect(await decisions(scene)).toEqual([
      { ...by, note: "announcement" },
      { ...by, note: "description" },
      { ...by, note: "announcement" },
    ]);
  });

  test("has at most 500 characters", async () => {
    const { t, challengeId, admin } = await newScene();
    const call = () => admin.as.mutation(update, { challengeId, announcement: "x".repeat(501) });
    const refusal = await refusedUnchanged(t, "INVALID_INPUT", call);
    expect(refusal).toMatchObject({ path: "announcement" });
  });
});

test("a renewed join code lets people in, and the old one nobody", async () => {
  const scene = await newScene();
  const { t, challengeId, admin } = scene;
  const { joinCode: before } = await admin.as.query(api.queries.challenges.get, { challengeId });
  const { joinCode } = await admin.as.mutation(renewCode, { challengeId });
  const { as } = await asNewPerson(t, "Cas");
  const refused = await refusalFrom(as.mutation(join, { joinCode: before }));
  expect(refused).toMatchObject({ code: "NOT_FOUND" });
  expect(await as.mutation(join, { joinCode })).toMatchObject({ challengeId });
  expect(await decisions(scene)).toEqual([
    { action: "settingsChanged", actor: "Olga Organiser", note: "joinCode" },
  ]);
});

describe("an activity type that is retired", () => {
  const retire = async ({ admin, types }: Scene, isRetired: boolean) =>
    await admin.as.mutation(api.mutations.activityTypes.update, {
      activityTypeId: types.run,
      isRetired,
    });

  test("takes no new activities, and those it has stay and can be corrected", async () => {
    const scene = await newScene();
    const { t, challengeId, ada, types } = scene;
    const { activityId } = await log(scene, ada);
    const other = await log(scene, ada, { type: "stretch" });
    expect(await retire(scene, true)).toEqual({ version: 1 });

    const refusal = await refusedUnchanged(t, "INVALID_INPUT", () => log(scene, ada));
    expect(refusal).toMatchObject({ path: "activityTypeId" });
    const preview = ada.as.query(api.queries.activities.previewPoints, {
      challengeId,
      activityTypeId: types.run,
      loggedDate: TODAY,
      metrics: km(1),
      today: TODAY,
    });
    expect(await refusalFrom(preview)).toMatchObject({ path: "activityTypeId" });
    const { edit, remove, restore } = api.mutations.activities;
    const moved = { activityId: other.activityId, activityTypeId: types.run, metrics: km(2) };
    await refusedUnchanged(t, "INVALID_INPUT", () => ada.as.mutation(edit, moved));

    const corrected = await ada.as.mutation(edit, { activityId, metrics: km(2) });
    expect(corrected).toMatchObject({ pointsEarned: 20 });
    await ada.as.mutation(remove, { activityId });
    expect(await ada.as.mutation(restore, { activityId })).toMatchObject({ pointsEarned: 20 });

    await retire(scene, false);
    expect(await log(scene, ada)).toMatchObject({ pointsEarned: 12 });
  });

  test("is found by no sport of an import, mapped or not", async () => {
    const scene = await newScene();
    const { challengeId, admin, ada, types } = scene;
    const mapping = { challengeId, label: "Jog", activityTypeId: types.run };
    await admin.as.mutation(api.mutations.imports.setMapping, mapping);
    await retire(scene, true);
    const rowOf = (externalId: string, sport: string) => ({
      externalId,
      sport,
      startedAt: Date.parse("2026-06-10T06:00:00Z"),
      loggedDate: TODAY,
      metrics: km(5),
    });
    const { results } = await ada.as.mutation(api.mutations.imports.importActivities, {
      challengeId,
      source: "archive",
      rows: [rowOf("1", "Run"), rowOf("2", "Jog")],
    });
    expect(results.map(({ status, reason }) => [status, reason])).toEqual([
      ["skipped", "UNMAPPED_SPORT"],
      ["skipped", "UNMAPPED_SPORT"],
    ]);
  });

  test("is what no sport is mapped to", async () => {
    const scene = await newScene();
    const { t, challengeId, admin, types } = scene;
    await retire(scene, true);
    const mapping = { challengeId, label: "Jog", activityTypeId: types.run };
    const refusal = await refusedUnchanged(t, "INVALID_INPUT", () =>
      admin.as.mutation(api.mutations.imports.setMapping, mapping),
    );
    expect(refusal).toMatchObject({ path: "activityTypeId" });
    await retire(scene, false);
    await admin.as.mutation(api.mutations.imports.setMapping, mapping);
  });

  test("says so in the list, and the change is written down", async () => {
    const scene = await newScene();
    const { challengeId, ada } = scene;
    await retire(scene, true);
    const types = await ada.as.query(api.queries.activityTypes.list, { challengeId });
    expect(types.filter(({ isRetired }) => isRetired).map(({ name }) => name)).toEqual(["Run"]);
    expect(await decisions(scene)).toEqual([
      { action: "ruleChanged", actor: "Olga Organiser", note: "Run: version 1" },
    ]);
  });

  test("again is as it was, and nothing is written down", async () => {
    const scene = await newScene();
    const { t, admin, types } = scene;
    await retire(scene, true);
    const before = await snapshotTables(t);
    expect(await retire(scene, true)).toEqual({ version: 1 });
    const { update } = api.mutations.activityTypes;
    const activityTypeId = types.run;
    await admin.as.mutation(update, { activityTypeId });
    await admin.as.mutation(update, { activityTypeId, name: "Run", contributesToStreak: true });
    expect(await snapshotTables(t)).toEqual(before);
  });
});

test("every rule a type had is listed, newest first", async () => {
  const { t, admin, types } = await newScene();
  const activityTypeId = types.stretch;
  const scoring = { kind: "fixed", points: 7 } as const;
  await admin.as.mutation(api.mutations.activityTypes.update, { activityTypeId, scoring });
  const versions = await t.query(api.queries.activityTypes.versions, { activityTypeId });
  expect(
    versions.map(({ version, scoring: { kind }, ...rest }) => [version, kind, rest.since > 0]),
  ).toEqual([
    [2, "fixed", true],
    [1, "fixed", true],
  ]);
  expect(versions.map(({ scoring: one }) => "points" in one && one.points)).toEqual([7, 5]);
});

describe("the people of a challenge, for its organisers", () => {
  const list = api.queries.participants.list;

  test("are listed by name and status, with their points", async () => {
    const scene = await newScene();
    const { challengeId, admin, ada, bob } = scene;
    await log(scene, ada);
    const names = async (status: "active" | "left" | "banned", prefix?: string) => {
      const args = { challengeId, status, prefix, paginationOpts };
      const { page } = await admin.as.query(list, args);
      return page.map(({ displayName, role, totalPoints }) => [displayName, role, totalPoints]);
    };
    // 12 for the run and 1 for the first day of the streak.
    const [one, two] = [
      ["Ada", "participant", 13],
      ["Bob", "participant", 0],
    ];
    expect(await names("active")).toEqual([one, two, ["Olga Organiser", "admin", 0]]);
    expect(await names("active", "BO")).toEqual([two]);

    await ada.as.mutation(api.mutations.challenges.leave, { challengeId });
    const expulsion = { points: "keep", reason: "Not kind" } as const;
    const { ban } = api.mutations.participants;
    await admin.as.mutation(ban, { challengeId, userId: bob.userId, ...expulsion });
    expect(await names("active")).toEqual([["Olga Organiser", "admin", 0]]);
    expect(await names("left")).toEqual([one]);
    expect(await names("banned", "b")).toEqual([two]);
  });

  test("come in pages of at most 50", async () => {
    const { challengeId, admin } = await newScene();
    const args = { challengeId, status: "active" as const };
    const tooMany = admin.as.query(list, {
      ...args,
      paginationOpts: { numItems: 51, cursor: null },
    });
    expect(await refusalFrom(tooMany)).toMatchObject({ code: "INVALID_INPUT" });
    const first = await admin.as.query(list, {
      ...args,
      paginationOpts: { numItems: 2, cursor: null },
    });
    const cursor = first.continueCursor;
    const rest = await admin.as.query(list, { ...args, paginationOpts: { numItems: 2, cursor } });
    expect(rest.page.map(({ displayName }) => displayName)).toEqual(["Olga Organiser"]);
  });
});

test("a challenge says how many are on its board and who organises it", async () => {
  const scene = await newScene();
  const { t, challengeId, admin, bob } = scene;
  const { setRanked } = api.mutations.participations;
  await bob.as.mutation(setRanked, { challengeId, ranked: false });
  await settled(t);
  const { summary } = api.queries.participants;
  expect(await t.query(summary, { challengeId })).toEqual({
    ranked: 2,
    organisers: [{ userId: admin.userId, displayName: "Olga Organiser" }],
  });
});

describe("a rescore of one activity type", () => {
  const { start } = api.mutations.maintenance;
  const rescore = { kind: "rescore", dryRun: false } as const;

  test("does what its preview says, and leaves other changed rules alone", async () => {
    const scene = await newScene();
    const { t, challengeId, admin, ada, types } = scene;
    await log(scene, ada);
    await log(scene, ada, { type: "stretch" });
    const { update: change, preview } = api.mutations.activityTypes;
    const other = {
      activityTypeId: types.stretch,
      scoring: { kind: "fixed", points: 50 },
    } as const;
    await admin.as.mutation(change, other);
    const activityTypeId = types.run;
    const wish = { activityTypeId, scoring: { kind: "fixed", points: 30 } } as const;
    const foreseen = await admin.as.mutation(preview, wish);
    await runJob(t, foreseen.jobId);
    await admin.as.mutation(change, wish);
    const { jobId } = await admin.as.mutation(start, { challengeId, ...rescore, activityTypeId });
    await runJob(t, jobId);
    // 30 for the run, 5 for stretching by the rule of before, 1 for the first day of the streak.
    expect((await accountOf(scene, ada)).standing.totalPoints).toBe(36);
    const impact = async (id: typeof jobId) =>
      await admin.as.query(api.queries.maintenance.impact, { challengeId, jobId: id });
    expect(await impact(jobId)).toEqual(await impact(foreseen.jobId));
  });

  test("is refused for a type of another challenge, and for other work", async () => {
    const { t, challengeId, admin } = await newScene();
    const elsewhere = await newScene({}, t);
    const activityTypeId = elsewhere.types.run;
    const foreign = () => admin.as.mutation(start, { challengeId, ...rescore, activityTypeId });
    expect(await refusedUnchanged(t, "NOT_FOUND", foreign)).toMatchObject({ what: "activityType" });
    const wish = { challengeId, kind: "verify", dryRun: true, activityTypeId } as const;
    await refusedUnchanged(t, "INVALID_INPUT", () => admin.as.mutation(start, wish));
  });
});
