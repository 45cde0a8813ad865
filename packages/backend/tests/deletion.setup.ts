import { expect } from "vitest";
import { api, internal } from "../_generated/api";
import type { Id, TableNames } from "../_generated/dataModel";
import { keepLate, lateOf } from "../lib/stravaLate";
import { sealCtx, type WriteCtx } from "../lib/tableOwners";
import schema from "../schema";
import { send } from "./api.setup";
import { snapshotTables, type TestBackend } from "./backend.setup";
import { runJob } from "./jobs.setup";
import { km, log, type Member, TODAY, uuid, YESTERDAY } from "./ledger.setup";
import { asHolder, signUp } from "./signIn.setup";
import { connect, drained, newStravaScene, run, type StravaScene } from "./strava.setup";

/** Every word that is about Zora alone: none of them may be found after her account is deleted. */
export const SECRET = "Zxq";
export const ZORA = {
  name: `${SECRET} Zora`,
  email: `${SECRET.toLowerCase()}@example.org`,
  password: "a long enough password",
};
export const ATHLETE = "770077";
export const CHALLENGE_NAME = "Summer";

/** A challenge in which Zora did everything a person can, and others did everything to her. */
export interface BusyScene extends StravaScene {
  zora: Member;
  zoraRow: Id<"activities">;
}

type Tables = Record<string, Array<Record<string, unknown>>>;

/** Every row of every table, of the app and of the aggregates. */
export const tablesOf = async (t: TestBackend) => (await snapshotTables(t)) as Tables;

export const TABLES = Object.keys(schema.tables) as TableNames[];

/** A row as text, ids and words alike. */
export const textOf = (row: unknown) =>
  JSON.stringify(row, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));

/** Makes Zora, by a sign-up as people do, and fills every table there is about her. */
export async function newBusyScene(
  visibility: "public" | "private" = "public",
): Promise<BusyScene> {
  const scene = await newStravaScene({ visibility });
  const { t, challengeId, admin, bob } = scene;
  const { joinCode } = await admin.as.query(api.queries.challenges.get, { challengeId });
  const as = asHolder(t, await signUp(t, ZORA));
  const viewer = await as.query(api.queries.viewer.get, {});
  if (viewer === null) throw new Error("not signed in");
  const zora = { as, userId: viewer.userId };
  await as.mutation(api.mutations.challenges.join, { joinCode });
  await achievement(scene);
  const { activityId: zoraRow } = await log(scene, zora, {
    notes: `${SECRET} note`,
    requestId: uuid(1),
    metrics: km(5),
  });
  await log(scene, zora, { loggedDate: YESTERDAY, metrics: km(2) });
  await importTwin(scene, zora);
  await moderateBoth(scene, zora, zoraRow);
  const keyed = { challengeId, name: `${SECRET} key`, scopes: ["read" as const] };
  const { key } = await as.mutation(api.mutations.apiKeys.create, keyed);
  await send(t, "GET", "/me", { key });
  scene.fake.put(ATHLETE, run(9, { name: `${SECRET} run` }));
  await connect(scene, zora, ATHLETE);
  await as.mutation(api.mutations.strava.beginConnect, {});
  await playGame(scene, admin);
  await log(scene, bob, { metrics: km(3) });
  await drained(t);
  const busy = { ...scene, zora, zoraRow };
  await decideOneOfTwoLate(busy);
  return busy;
}

/** Lists an activity of Zora's as late, as a worker does once the challenge is closed. */
export async function listLate(
  ctx: WriteCtx,
  { challengeId, zora: { userId }, types }: BusyScene,
  externalId = "late-1",
): Promise<Id<"stravaLateActivities">> {
  const challenge = await ctx.db.get("challenges", challengeId);
  if (challenge === null) throw new Error("no challenge");
  const startedAt = Date.parse(`${YESTERDAY}T05:00:00Z`);
  const fields = { startedAt, loggedDate: YESTERDAY, metrics: km(1) };
  const row = { externalId: `${SECRET}-${externalId}`, sport: "Run", ...fields };
  const verb = { challenge, userId, actor: { kind: "strava" as const, userId } };
  await keepLate(ctx, verb, { row, activityTypeId: types.run });
  const late = await lateOf(ctx, { challengeId, userId, externalId: row.externalId });
  if (late === null) throw new Error("it is not late");
  return late._id;
}

async function decideOneOfTwoLate(scene: BusyScene): Promise<void> {
  const { t, admin } = scene;
  const [lateId] = await t.run(async (raw) => {
    const ctx = sealCtx(raw);
    return [await listLate(ctx, scene, "late-1"), await listLate(ctx, scene, "late-2")];
  });
  if (lateId === undefined) throw new Error("nothing is late");
  const wish = { lateId, isAccepted: true, reason: `${SECRET} words` };
  await admin.as.mutation(api.mutations.stravaLate.decide, wish);
}

async function achievement({ admin, challengeId, types }: StravaScene) {
  const criteria = { kind: "count" as const, activityTypeIds: [types.run], times: 1 };
  const wish = { name: "A run", criteria, frequency: "oncePerChallenge" as const, points: 10 };
  await admin.as.mutation(api.mutations.achievements.create, { challengeId, ...wish });
}

/** A row of an archive that counts, and one that looks like it and is held. */
async function importTwin({ challengeId }: StravaScene, { as }: Member) {
  const row = {
    externalId: `${SECRET}-1`,
    sport: "Run",
    startedAt: Date.parse(`${TODAY}T08:00:00Z`),
    loggedDate: TODAY,
    metrics: km(5),
    title: `${SECRET} title`,
  };
  const other = { ...row, externalId: `${SECRET}-2`, metrics: km(1.5) };
  const args = { challengeId, source: "archive" as const, rows: [row, other] };
  await as.mutation(api.mutations.imports.importActivities, args);
}

/** Flags, comments, an appeal, corrections and roles, by and about Zora. */
async function moderateBoth(
  scene: StravaScene,
  zora: Member,
  zoraRow: Id<"activities">,
): Promise<void> {
  const { admin, bob, challengeId } = scene;
  const { flag, comment, appeal, adjust } = api.mutations.moderation;
  const text = `${SECRET} words`;
  const { activityId: bobRow } = await log(scene, bob);
  await bob.as.mutation(flag, { activityId: zoraRow, reason: "OTHER", text });
  await zora.as.mutation(flag, { activityId: bobRow, reason: "OTHER", text });
  await admin.as.mutation(comment, { activityId: zoraRow, audience: "participant", text });
  await zora.as.mutation(appeal, { activityId: zoraRow, text });
  await admin.as.mutation(api.mutations.activities.edit, {
    activityId: zoraRow,
    activityTypeId: scene.types.run,
    loggedDate: TODAY,
    metrics: km(4),
    reason: text,
  });
  await admin.as.mutation(adjust, {
    challengeId,
    userId: zora.userId,
    points: 7,
    loggedDate: TODAY,
    reason: text,
    requestId: uuid(2),
  });
  const role = { challengeId, userId: zora.userId, role: "admin" as const };
  await admin.as.mutation(api.mutations.participants.setRole, role);
  await zora.as.mutation(comment, { activityId: bobRow, audience: "admins", text });
}

/** A hunt with everybody in it, played to its end. */
async function playGame({ t, challengeId }: StravaScene, admin: Member): Promise<void> {
  const { create, start, end } = api.mutations.miniGames;
  const { gameId } = await admin.as.mutation(create, {
    challengeId,
    name: "Hunt",
    startsOn: YESTERDAY,
    endsOn: "2026-06-14",
    settings: { kind: "huntWeek" },
  });
  await admin.as.mutation(start, { gameId });
  await drained(t);
  await admin.as.mutation(end, { gameId });
  await drained(t);
}

/** The job that is there of a kind. */
export async function deletionJob(t: TestBackend): Promise<Id<"jobs">> {
  const jobs = await t.run(async (ctx) => await ctx.db.query("jobs").collect());
  const job = jobs.find(({ kind }) => kind === "deletePerson" || kind === "deleteChallenge");
  if (job === undefined) throw new Error("nothing is deleted");
  return job._id;
}

/** Deletes Zora's account and runs the job, its steps and what they schedule, to its end. */
export async function deleteZora(
  { t, zora }: BusyScene,
  points: "keep" | "remove",
  between?: (boundary: number, jobId: Id<"jobs">) => Promise<unknown>,
) {
  await zora.as.mutation(api.mutations.viewer.deleteAccount, { points, confirm: ZORA.name });
  const jobId = await deletionJob(t);
  const { job, boundaries } = await runJob(
    t,
    jobId,
    async (boundary) => await between?.(boundary, jobId),
  );
  expect(job.error).toBeNull();
  await drained(t);
  return { job, boundaries };
}

/** Verifies the challenge as the nightly job does; answers what is not as it should be. */
export async function findingsIn({ t, challengeId }: BusyScene) {
  await drained(t);
  const page = await t.query(internal.queries.maintenance.verifyPage, { challengeId, limit: 50 });
  return page.findings;
}
