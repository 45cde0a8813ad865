import type { Doc, Id } from "../../_generated/dataModel";
import type { AccountFinding, JobOptions } from "../../tables/jobs";
import { activityTypesOf } from "../activityTypes";
import { ledgerReads, rescoreAccount, standingOf } from "../pointLedger";
import { planRescore, type RescoreArgs } from "../pointLedger/rescore";
import type { ReadCtx } from "../tableOwners";
import { challengeOf, peopleAfter } from "./accounts";
import type { Job, Stage } from "./stage";

/** An account has at most 2,000 rows. */
const MAX_ROWS = 2_001;
/** Rows one item is about: each may replace an entry of the aggregate. */
const CHUNK = 25;

/** The version each type of a challenge has now: what a rescore that begins applies, whatever is saved meanwhile. */
export async function currentVersions(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
): Promise<JobOptions> {
  const types = await activityTypesOf(ctx, challengeId);
  return { versions: types.map(({ _id, version }) => ({ activityTypeId: _id, version })) };
}

/** All rows of a person in the order they were made, which later rows do not change. */
async function rowsOf(ctx: ReadCtx, challengeId: Id<"challenges">, userId: Id<"users">) {
  const rows = await ctx.db
    .query("activities")
    .withIndex("by_challengeId_and_userId_and_loggedDate", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId),
    )
    .take(MAX_ROWS);
  return rows.sort((a, b) => a._creationTime - b._creationTime || (a._id < b._id ? -1 : 1));
}

const keyOf = (userId: string, chunk: number) => `${userId} ${String(chunk).padStart(4, "0")}`;
const partsOf = (key: string) => {
  const [userId = "", chunk = "0"] = key.split(" ");
  return { userId: userId as Id<"users">, chunk: Number(chunk) };
};

/** The next chunks of somebody's rows: the rest of the last person's, else of the next who has rows. */
const chunks: Stage["keys"] = async (ctx, job, { after }) => {
  const challenge = await challengeOf(ctx, job);
  // Frozen standings change no more: a job that meets them ends.
  if (challenge.finalAt !== undefined) return [];
  const last = after === null ? null : partsOf(after);
  if (last !== null) {
    const rows = await rowsOf(ctx, challenge._id, last.userId);
    if (rows.length > (last.chunk + 1) * CHUNK) return [keyOf(last.userId, last.chunk + 1)];
  }
  const range = { after: last?.userId ?? null, limit: 1 };
  const people = await peopleAfter(ctx, challenge._id, range);
  return people.map((userId) => keyOf(userId, 0));
};

/**
 * What a change of one row is told as: points as they become and as they are. Of rows of Strava organisers are told that
 * they change: the points of one are its person's business.
 */
function findingsOf(
  userId: Id<"users">,
  { rows, skipped }: Awaited<ReturnType<typeof planRescore>>,
  all: ReadonlyArray<Doc<"activities">>,
) {
  const hidden = new Set(all.flatMap(({ _id, source }) => (source === "strava" ? [_id] : [])));
  const changed = rows.map(({ activityId, pointsAfter, pointsBefore }): AccountFinding => ({
    kind: "rescored",
    userId,
    about: activityId,
    expected: hidden.has(activityId) ? null : pointsAfter,
    actual: hidden.has(activityId) ? null : pointsBefore,
    cure: "repair",
  }));
  const left = skipped.map(({ activityId, reason }): AccountFinding => ({
    kind: "rescored.skipped",
    userId,
    about: activityId,
    expected: null,
    actual: reason,
    cure: "none",
  }));
  return [...changed, ...left];
}

function argsOf(
  job: Job,
  {
    challenge,
    userId,
    rows,
  }: Pick<RescoreArgs, "challenge" | "userId"> & { rows: Doc<"activities">[] },
): RescoreArgs {
  const versions = new Map(
    job.options.versions?.map(({ activityTypeId, version }) => [activityTypeId, version]),
  );
  // What was logged since by a newer version keeps it.
  const isOlder = ({ activityTypeId, ruleVersion }: Doc<"activities">) =>
    activityTypeId !== null && ruleVersion < (versions.get(activityTypeId) ?? 0);
  const { startedBy } = job;
  return {
    challenge,
    userId,
    actor: startedBy === null ? { kind: "system" } : { kind: "challengeAdmin", userId: startedBy },
    rows: rows.filter(isOlder),
    versions: Object.fromEntries(versions),
  };
}

/**
 * Scores the rows of everybody by the versions the job was given. A dry run is the impact preview: it names each row
 * whose points change.
 */
export const rescore: Stage = {
  batch: 1,
  keys: chunks,
  apply: async (ctx, job, key) => {
    const { userId, chunk } = partsOf(key);
    const challenge = await challengeOf(ctx, job);
    const all = await rowsOf(ctx, challenge._id, userId);
    const rows = all.slice(chunk * CHUNK, (chunk + 1) * CHUNK);
    const args = argsOf(job, { challenge, userId, rows });
    // An account without a standing is closed: its person is being deleted.
    if (
      args.rows.length === 0 ||
      (await standingOf(ctx, { challengeId: challenge._id, userId })) === null
    )
      return {};
    const done = job.dryRun
      ? await planRescore(ledgerReads(ctx), args, Date.now())
      : await rescoreAccount(ctx, args);
    return { findings: findingsOf(userId, done, all) };
  },
};
