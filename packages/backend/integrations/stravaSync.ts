import { internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { type Refusal, refusalOf } from "../lib/errors";
import type { ActionCtx } from "../lib/functions";
import { addDays, dayOfInstant } from "../lib/rules/dates";
import type { ImportRow } from "../lib/rules/importRows";
import { readActivity } from "../lib/rules/stravaActivity";
import { getFromStrava, type StravaAnswer } from "../lib/stravaApi";
import type { StravaConfig } from "../lib/stravaConfig";
import type { SkipReason } from "../tables/imports";
import type { Ending, TaskOutcome } from "../tables/strava";

/** How a worker's try ended, with the reads it sent and the rate limits of the last answer. */
export interface Try extends Pick<StravaAnswer, "headers"> {
  ending: Ending;
  spent: number;
}

/** Who writes: checked again by every mutation. */
export interface Holder {
  taskId: Id<"stravaTasks">;
  lease: number;
  connectionId: Id<"stravaConnections">;
}

/** What a worker needs to bring one athlete's data in. */
export interface Job {
  config: StravaConfig;
  accessToken: string;
  holder: Holder;
  userId: Id<"users">;
  athleteId: string;
  objectId: string;
  /** Only these challenges, where the others are done. */
  challengeIds?: Array<Id<"challenges">>;
}

/** A list goes back so far; it is one page, since nobody does more in two weeks. */
const LIST_DAYS = 14;
const LIST_SIZE = 200;
/** Rows of one transaction. */
const CHUNK = 25;

const SKIPS = [
  "INVALID_INPUT",
  "OUTSIDE_CHALLENGE_DATES",
  "NOT_AVAILABLE_THIS_WEEK",
  "LIMIT_REACHED",
  "CHALLENGE_FINAL",
] as const satisfies SkipReason[];

/** How a try ends whose answer is of no use; null for an answer to read. */
function failureOf({ status, json }: StravaAnswer): Ending | null {
  if (status === 0) return { kind: "failed", error: "NO_ANSWER" };
  if (status === 401) return { kind: "failed", error: "UNAUTHORIZED" };
  if (status === 429) return { kind: "later", error: "RATE_LIMITED", delayMs: 0 };
  if (status >= 500) return { kind: "failed", error: "SERVER_ERROR" };
  if (status !== 200 || json === undefined) return { kind: "failed", error: "BAD_ANSWER" };
  return null;
}

/** Fetches one activity and makes every challenge agree: Strava's state now wins, whatever the event said. */
export async function syncActivity(ctx: ActionCtx, job: Job): Promise<Try> {
  return await fetched(job, job.objectId, async (row) => await spread(ctx, job, row));
}

/** Fetches what a sealed row is about and scores it again; one that Strava has no more keeps its points. */
export async function syncSealedRow(ctx: ActionCtx, job: Job): Promise<Try> {
  const { holder, objectId } = job;
  const externalId = await ctx.runQuery(internal.queries.stravaWork.sealedRow, { objectId });
  const { apply } = internal.mutations.rescoreStrava;
  const done = (outcome: TaskOutcome): Ending => ({ kind: "done", outcome });
  if (externalId === null) return { ending: done("kept"), spent: 0, headers: null };
  return await fetched(job, externalId, async (row) =>
    done(row === null ? "gone" : await ctx.runMutation(apply, { ...holder, row })),
  );
}

/** Fetches one activity and does something with it, or with null where Strava has it no more. */
async function fetched(
  { config, accessToken, athleteId }: Job,
  externalId: string,
  use: (row: ImportRow | null) => Promise<Ending>,
): Promise<Try> {
  const path = `/activities/${externalId}?include_all_efforts=false`;
  const answer = await getFromStrava(config, path, accessToken);
  const end = (ending: Ending): Try => ({ ending, spent: 1, headers: answer.headers });
  if (answer.status === 404) return end(await use(null));
  const failure = failureOf(answer);
  if (failure !== null) return end(failure);
  const activity = readActivity(answer.json);
  if (activity?.row.externalId !== externalId) return end({ kind: "failed", error: "BAD_ANSWER" });
  const isForeign = activity.athleteId !== null && activity.athleteId !== athleteId;
  return end(isForeign ? { kind: "done", outcome: "foreign" } : await use(activity.row));
}

/** Brings one activity, or that it is gone, to every challenge it concerns; those that fail are tried again alone. */
async function spread(ctx: ActionCtx, job: Job, row: ImportRow | null): Promise<Ending> {
  const about = { userId: job.userId, externalId: job.objectId, day: row?.loggedDate ?? null };
  const found = await ctx.runQuery(internal.queries.stravaWork.challengesFor, about);
  const failed: Array<Id<"challenges">> = [];
  for (const challengeId of job.challengeIds ?? found) {
    if (!(await bring(ctx, job, challengeId, row))) failed.push(challengeId);
  }
  if (failed.length > 0) {
    return { kind: "failed", error: "CHALLENGE_FAILED", challengeIds: failed };
  }
  return { kind: "done", outcome: row === null ? "gone" : "applied" };
}

/** Brings one activity to one challenge; a refusal is an answer, anything else thrown is a failure of this challenge. */
async function bring(
  ctx: ActionCtx,
  { holder, objectId }: Job,
  challengeId: Id<"challenges">,
  row: ImportRow | null,
): Promise<boolean> {
  const { apply, gone, refused } = internal.mutations.stravaWork;
  try {
    if (row === null) await ctx.runMutation(gone, { ...holder, challengeId, externalId: objectId });
    else await ctx.runMutation(apply, { ...holder, challengeId, rows: [row] });
    return true;
  } catch (error) {
    const reason = skipOf(refusalOf(error));
    if (row === null || reason === undefined) {
      console.error(`Strava: challenge ${challengeId} failed`, error);
      return false;
    }
    await ctx.runMutation(refused, { ...holder, challengeId, row, reason });
    return true;
  }
}

function skipOf(refusal: Refusal | null): SkipReason | undefined {
  return SKIPS.find((code) => code === refusal?.code);
}

/** Fetches the athlete's list of the last weeks, brings it in, and asks for what is stored and not in it. */
export async function syncList(ctx: ActionCtx, job: Job): Promise<Try> {
  const { config, accessToken, holder, userId, athleteId } = job;
  const now = Date.now();
  const today = dayOfInstant(now, "UTC");
  const first = addDays(today, -LIST_DAYS);
  const after = Math.floor(Date.parse(`${first}T00:00:00Z`) / 1000);
  const path = `/athlete/activities?after=${after}&per_page=${LIST_SIZE}`;
  const answer = await getFromStrava(config, path, accessToken);
  const end = (ending: Ending): Try => ({ ending, spent: 1, headers: answer.headers });
  const failure = failureOf(answer);
  if (failure !== null) return end(failure);
  if (!Array.isArray(answer.json)) return end({ kind: "failed", error: "BAD_ANSWER" });
  const activities = answer.json.map(readActivity).filter((activity) => activity !== null);
  const own = activities.filter((activity) => (activity.athleteId ?? athleteId) === athleteId);
  const rows = own.map(({ row }) => row);
  // Days at the edges may be in or out by the zone: they are not compared.
  const days = { first: addDays(first, 2), last: addDays(today, -1) };
  const about = { userId, first, last: addDays(today, 1), compared: days };
  const known = await ctx.runQuery(internal.queries.stravaWork.knownBetween, about);
  const failed = await bringAll(ctx, job, job.challengeIds ?? known.challengeIds, rows);
  if (failed.length > 0) {
    return end({ kind: "failed", error: "CHALLENGE_FAILED", challengeIds: failed });
  }
  const listed = new Set(rows.map(({ externalId }) => externalId));
  const isWhole = answer.json.length < LIST_SIZE;
  const missing = isWhole ? known.externalIds.filter((externalId) => !listed.has(externalId)) : [];
  await ctx.runMutation(internal.mutations.stravaWork.listed, { ...holder, missing });
  return end({ kind: "done", outcome: "listed" });
}

/** Brings rows to challenges in chunks; a chunk that is refused is brought row by row. Answers what failed. */
async function bringAll(
  ctx: ActionCtx,
  job: Job,
  challengeIds: ReadonlyArray<Id<"challenges">>,
  rows: readonly ImportRow[],
): Promise<Array<Id<"challenges">>> {
  const failed = new Set<Id<"challenges">>();
  for (const challengeId of challengeIds) {
    for (let at = 0; at < rows.length; at += CHUNK) {
      const chunk = rows.slice(at, at + CHUNK);
      try {
        const args = { ...job.holder, challengeId, rows: chunk };
        await ctx.runMutation(internal.mutations.stravaWork.apply, args);
      } catch {
        for (const row of chunk) {
          const isIn = await bring(ctx, { ...job, objectId: row.externalId }, challengeId, row);
          if (!isIn) failed.add(challengeId);
        }
      }
    }
  }
  return [...failed];
}
