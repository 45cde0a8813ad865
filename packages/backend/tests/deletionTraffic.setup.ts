import { expect } from "vitest";
import { api } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { asNewPerson, newChallenge, refusedUnchanged, snapshotTables } from "./backend.setup";
import { textOf } from "./deletion.setup";
import type { Traffic } from "./interleavings.setup";
import { km, log, type Member, type Scene, uuid, YESTERDAY } from "./ledger.setup";

/**
 * What is taken or deleted while others go on. Each has a job that has just begun, and says what must be left when it
 * has ended.
 */
export interface Victim {
  jobId: Id<"jobs">;
  /** A call that is refused from the first moment on, and changes nothing. */
  refused(): Promise<unknown>;
  /** Asks for the same again. */
  startAgain(): Promise<unknown>;
  /** What is there still, or gone too much; null when all is well. */
  left(): Promise<string | null>;
}

/** A word that is in everything somebody writes, and in nothing else. */
const secretOf = (number: number) => `Zxq${number}q`;

/** Makes the organiser one of the platform, who may delete everything. */
export async function makePlatformAdmin({ t, admin }: Scene): Promise<void> {
  await t.run(async (ctx) => {
    const people = await ctx.db.query("people").collect();
    const olga = people.find(({ userId }) => userId === admin.userId);
    if (olga) await ctx.db.patch("people", olga._id, { isPlatformAdmin: true });
  });
}

/** The job of a kind that has not ended. */
async function openJob({ t }: Scene, kind: string): Promise<Id<"jobs">> {
  const jobs = await t.run(async (ctx) => await ctx.db.query("jobs").collect());
  const open = jobs.filter((job) => job.kind === kind && job.status === "running");
  const [job] = open;
  if (job === undefined || open.length > 1) throw new Error(`${open.length} jobs run`);
  return job._id;
}

/** Rows of any table, the aggregates' too, that hold a text; by table. */
async function tablesWith({ t }: Scene, text: string): Promise<string[]> {
  const tables = Object.entries(await snapshotTables(t));
  return tables
    .filter(([, rows]) => rows.some((row) => textOf(row).includes(text)))
    .map(([name]) => name);
}

/** Dee, who logged three times, with words, and was given 7 points by the organiser. */
async function newDee(scene: Scene, number: number): Promise<Member> {
  const { t, challengeId, admin } = scene;
  const secret = secretOf(number);
  const dee = await asNewPerson(t, `${secret} Dee`, { timezone: "UTC" });
  await dee.as.mutation(api.mutations.challenges.join, { challengeId });
  for (const length of [1, 2, 3])
    await log(scene, dee, { metrics: km(length), notes: secret, loggedDate: YESTERDAY });
  await admin.as.mutation(api.mutations.moderation.adjust, {
    challengeId,
    userId: dee.userId,
    points: 7,
    loggedDate: YESTERDAY,
    reason: secret,
    requestId: uuid(number),
  });
  return dee;
}

async function accountOfDee({ t, challengeId }: Scene, { userId }: Member) {
  return await t.run(async (ctx) => {
    const own = <Row extends { userId: string; challengeId: string }>(rows: Row[]) =>
      rows.filter((row) => row.userId === userId && row.challengeId === challengeId);
    return {
      rows: own(await ctx.db.query("activities").collect()),
      events: own(await ctx.db.query("pointEvents").collect()),
      standings: own(await ctx.db.query("standings").collect()),
      days: own(await ctx.db.query("dayTotals").collect()),
      boards: own(await ctx.db.query("boardTotals").collect()),
      parts: own(await ctx.db.query("participations").collect()),
    };
  });
}

/** Dee is removed with her points. */
export async function takePoints({ scene }: Traffic, number: number): Promise<Victim> {
  const { t, challengeId, admin } = scene;
  const dee = await newDee(scene, number);
  const wish = { challengeId, userId: dee.userId, points: "remove" as const, reason: "Made up" };
  const start = async () => await admin.as.mutation(api.mutations.participants.remove, wish);
  await start();
  const jobId = await openJob(scene, "takePoints");
  return {
    jobId,
    refused: async () =>
      await refusedUnchanged(t, "NOT_PARTICIPANT", async () => await log(scene, dee)),
    startAgain: async () => {
      const before = await accountOfDee(scene, dee);
      // The last step gave Dee back what she may: asked again, there is nothing to take and a job that says so.
      if (before.parts[0]?.isLosingPoints !== true) return;
      await start();
      expect(await openJob(scene, "takePoints")).toBe(jobId);
      expect(await accountOfDee(scene, dee)).toEqual(before);
    },
    left: async () => {
      const { rows, events, standings, days, parts } = await accountOfDee(scene, dee);
      const live = rows.filter(({ deletedAt }) => deletedAt === undefined);
      const moved = events.reduce((sum, one) => sum + one.pointsAfter - one.pointsBefore, 0);
      const sums = [standings[0]?.totalPoints, moved, ...days.map(({ points }) => points)];
      const isOut = standings[0]?.listed === false && parts[0]?.isLosingPoints === undefined;
      const given = live.filter(({ pointsEarned }) => pointsEarned !== 0);
      const isRight = given.length === 0 && isOut && sums.every((sum) => sum === 0);
      return isRight ? null : JSON.stringify({ live: live.length, sums, isOut });
    },
  };
}

/** Dee deletes her account. */
const deletePerson =
  (points: "keep" | "remove") =>
  async ({ scene }: Traffic, number: number): Promise<Victim> => {
    const { t, admin } = scene;
    const secret = secretOf(number);
    const dee = await newDee(scene, number);
    const before = await accountOfDee(scene, dee);
    const { deleteAccount } = api.mutations.viewer;
    await dee.as.mutation(deleteAccount, { points, confirm: `${secret} Dee` });
    const again = { userId: dee.userId, points, confirm: `${secret} Dee` };
    return {
      jobId: await openJob(scene, "deletePerson"),
      refused: async () =>
        await refusedUnchanged(t, "NOT_SIGNED_IN", async () => await log(scene, dee)),
      startAgain: async () =>
        await refusedUnchanged(
          t,
          "NOT_FOUND",
          async () => await admin.as.mutation(api.mutations.people.delete, again),
        ),
      left: async () => {
        const words = await tablesWith(scene, secret);
        if (words.length > 0) return `${secret} in ${words.join(", ")}`;
        const after = await accountOfDee(scene, dee);
        if (points === "remove") {
          const kept = Object.entries(after).filter(([, rows]) => rows.length > 0);
          return kept.length === 0 ? null : JSON.stringify(kept);
        }
        const counted = ({ standings, days, events }: typeof after) =>
          textOf([
            standings.map(({ totalPoints, activityCount, seq }) => [
              totalPoints,
              activityCount,
              seq,
            ]),
            days.map(({ day, points: given }) => [day, given]),
            events.map(({ seq, totalAfter }) => [seq, totalAfter]),
          ]);
        return counted(after) === counted(before) ? null : counted(after);
      },
    };
  };

/** Another challenge of the same people, with everything theirs in it, is deleted. */
async function deleteChallenge({ scene }: Traffic, number: number): Promise<Victim> {
  const { t, admin, bob } = scene;
  const secret = secretOf(number);
  const made = await newChallenge(admin.as, { name: secret });
  const { challengeId } = made;
  await bob.as.mutation(api.mutations.challenges.join, { joinCode: made.joinCode });
  const type = {
    challengeId,
    name: `${secret} run`,
    contributesToStreak: true,
    category: "Gone",
    scoring: { kind: "fixed", points: 20 } as const,
  };
  const { activityTypeId } = await admin.as.mutation(api.mutations.activityTypes.create, type);
  const logIt = async (loggedDate: string) =>
    await bob.as.mutation(api.mutations.activities.log, {
      challengeId,
      activityTypeId,
      loggedDate,
      metrics: {},
      notes: secret,
    });
  const { activityId } = await logIt(YESTERDAY);
  await logIt("2026-06-08");
  await admin.as.mutation(api.mutations.activities.remove, { activityId, reason: secret });
  const wish = { challengeId, confirm: secret };
  const { delete: erase } = api.mutations.challenges;
  await admin.as.mutation(erase, wish);
  return {
    jobId: await openJob(scene, "deleteChallenge"),
    refused: async () => await refusedUnchanged(t, "NOT_FOUND", async () => await logIt(YESTERDAY)),
    startAgain: async () =>
      await refusedUnchanged(t, "NOT_FOUND", async () => await admin.as.mutation(erase, wish)),
    left: async () => {
      const words = await tablesWith(scene, secret);
      const named = await tablesWith(scene, challengeId);
      // Empty trees of the ranks may stay; they name the challenge by their namespace.
      const left = [...words, ...named.filter((name) => !name.includes(":"))];
      return left.length === 0 ? null : left.join(", ");
    },
  };
}

/** By name, what makes one in the challenge of the traffic. */
export const VICTIMS: Record<string, (traffic: Traffic, number: number) => Promise<Victim>> = {
  takePoints,
  "deletePerson that keeps points": deletePerson("keep"),
  "deletePerson that removes points": deletePerson("remove"),
  deleteChallenge,
};
