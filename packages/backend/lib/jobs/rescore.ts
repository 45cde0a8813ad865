import type { Doc, Id } from "../../_generated/dataModel";
import type { AccountFinding, JobOptions } from "../../tables/jobs";
import { activityTypesOf } from "../activityTypes";
import { refuse } from "../errors";
import { participationOf } from "../participations";
import { ledgerReads, rescoreAccount, standingOf } from "../pointLedger";
import type { LedgerReads, Owner } from "../pointLedger/ports";
import { planRescore, type Rescore, type RescoreArgs } from "../pointLedger/rescore";
import type { ReadCtx } from "../tableOwners";
import { challengeOf, peopleAfter } from "./accounts";
import type { Job, Stage } from "./stage";

/** An account has at most 2,000 rows. */
const MAX_ROWS = 2_001;
/** Rows one step writes: each may replace an entry of the aggregate. */
const CHUNK = 25;
/** Rows one step looks at, but for one person alone. */
const MAX_READ = 2_000;

/**
 * The version each type of a challenge has now: what a rescore that begins applies, whatever is saved meanwhile.
 *
 * @param only this type alone; refuses NOT_FOUND for one of another challenge
 */
export async function currentVersions(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  only?: Id<"activityTypes">,
): Promise<JobOptions> {
  const all = await activityTypesOf(ctx, challengeId);
  const types = only === undefined ? all : all.filter(({ _id }) => _id === only);
  if (only !== undefined && types.length === 0)
    return refuse({ code: "NOT_FOUND", what: "activityType" });
  return { versions: types.map(({ _id, version }) => ({ activityTypeId: _id, version })) };
}

type DatedRow = Doc<"activities"> & { loggedDate: string };

/** Some of a person's days; whole ones, because the rows of a day are priced together. */
interface Span {
  userId: Id<"users">;
  /** First and last day, `YYYY-MM-DD`; both empty where there is nothing but the streak to look at. */
  from: string;
  to: string;
}

const keyOf = ({ userId, from, to }: Span) => `${userId} ${from} ${to}`;
/** Before every day. A key of another form is one of older code, which says how far it came in another way. */
const BEGINNING = "0000-00-00";
function spanOf(key: string): Span {
  const [userId = "", from = "", to = BEGINNING] = key.split(" ");
  return { userId: userId as Id<"users">, from, to };
}

const versionsOf = ({ options }: Job) =>
  new Map(options.versions?.map(({ activityTypeId, version }) => [activityTypeId, version]));

/** All rows of a person by their days, and those the job has to score: what was logged since by a newer version keeps it. */
async function rowsOf(ctx: ReadCtx, job: Job, { challengeId, userId }: Owner) {
  const versions = versionsOf(job);
  const all = await ctx.db
    .query("activities")
    .withIndex("by_challengeId_and_userId_and_loggedDate", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId),
    )
    .take(MAX_ROWS);
  const older = all.filter((row): row is DatedRow => {
    const { activityTypeId, loggedDate, ruleVersion, deletedAt } = row;
    if (activityTypeId === null || loggedDate === null || deletedAt !== undefined) return false;
    return ruleVersion < (versions.get(activityTypeId) ?? 0);
  });
  return { all, older };
}

/** The next days of somebody, at most `CHUNK` rows or one day; a dry run writes nothing and takes them all. */
function nextDays(rows: readonly DatedRow[], { after, isAll }: { after: string; isAll: boolean }) {
  const open = rows.filter((row) => row.loggedDate > after);
  const [first] = open;
  if (first === undefined) return null;
  const taken = isAll ? open : open.slice(0, CHUNK);
  const last = taken.at(-1)?.loggedDate ?? first.loggedDate;
  const isCut = open[taken.length]?.loggedDate === last;
  const whole = isCut ? taken.findLast((row) => row.loggedDate < last) : undefined;
  return { from: first.loggedDate, to: whole?.loggedDate ?? last };
}

async function spanAfter(ctx: ReadCtx, job: Job, last: Span | null) {
  const { _id: challengeId } = await challengeOf(ctx, job);
  const isAll = job.dryRun;
  if (last !== null && last.to !== "") {
    const { all, older } = await rowsOf(ctx, job, { challengeId, userId: last.userId });
    const days = nextDays(older, { after: last.to, isAll });
    if (days !== null) return { span: { userId: last.userId, ...days }, all, older };
  }
  const range = { after: last?.userId ?? null, limit: 1 };
  const [person] = await peopleAfter(ctx, challengeId, range);
  if (person === undefined) return null;
  const userId = person as Id<"users">;
  const { all, older } = await rowsOf(ctx, job, { challengeId, userId });
  const days = nextDays(older, { after: "", isAll }) ?? { from: "", to: "" };
  return { span: { userId, ...days }, all, older };
}

/**
 * Rows that a preview of an unsaved rule may tell of. Nobody learns that one was asked for, so that with rule after rule what
 * Strava measured could be found out: the days with activities of Strava are left out, because their rows share limits.
 */
function toldRows(rows: readonly DatedRow[], all: ReadonlyArray<Doc<"activities">>): DatedRow[] {
  const live = all.filter(
    ({ source, deletedAt }) => source === "strava" && deletedAt === undefined,
  );
  const days = new Set(live.map(({ loggedDate }) => loggedDate));
  return rows.filter(({ loggedDate }) => !days.has(loggedDate));
}

/** The next days of people, as many as one step can take. */
const spans: Stage["keys"] = async (ctx, job, { after, limit }) => {
  const keys: string[] = [];
  let last = after === null ? null : spanOf(after);
  let [read, written] = [0, 0];
  while (keys.length < limit) {
    const next = await spanAfter(ctx, job, last);
    if (next === null) break;
    read += next.all.length;
    written += next.older.length;
    if (keys.length > 0 && (read > MAX_READ || written > CHUNK)) break;
    last = next.span;
    keys.push(keyOf(last));
  }
  return keys;
};

/**
 * What a change of one row is told as: points as they become and as they are. Of rows of Strava organisers are told that
 * they change: the points of one are its person's business.
 */
function findingsOf(
  userId: Id<"users">,
  { rows, skipped }: Rescore,
  hidden: ReadonlySet<string>,
): AccountFinding[] {
  const changed = rows
    .filter(({ pointsAfter, pointsBefore }) => pointsAfter !== pointsBefore)
    // By days, as the spans come one after the other.
    .sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
    .map((row): AccountFinding => ({
      kind: "rescored",
      userId,
      about: row.activityId,
      expected: hidden.has(row.activityId) ? null : row.pointsAfter,
      actual: hidden.has(row.activityId) ? null : row.pointsBefore,
      cure: "repair",
    }));
  const left = skipped.map(({ activityId, reason }) => skippedFinding(userId, activityId, reason));
  return [...changed, ...left];
}

const placeOf = ({ loggedDate, activityId }: Rescore["rows"][number]) =>
  `${loggedDate} ${activityId}`;

function skippedFinding(userId: Id<"users">, about: string, reason: string): AccountFinding {
  const why = { expected: null, actual: reason, cure: "none" } as const;
  return { kind: "rescored.skipped", userId, about, ...why };
}

/**
 * The ledger's reads of one account whose rows are known: a plan of a whole year reads no day again. Where the job has a
 * rule that nobody saved, that is the version it stands for.
 */
function readsOf(ctx: ReadCtx, job: Job, all: ReadonlyArray<Doc<"activities">>): LedgerReads {
  const reads = ledgerReads(ctx);
  const { proposed } = job.options;
  const known = new Map<string, ReturnType<LedgerReads["rules"]["version"]>>();
  const version: LedgerReads["rules"]["version"] = async (activityTypeId, number) => {
    const isProposed =
      activityTypeId === proposed?.activityTypeId &&
      number === versionsOf(job).get(proposed.activityTypeId);
    if (proposed && isProposed) {
      const { activityTypeId: _, ...rule } = proposed;
      return { activityTypeId, version: number, rule };
    }
    const key = `${activityTypeId} ${number}`;
    const found = known.get(key) ?? reads.rules.version(activityTypeId, number);
    known.set(key, found);
    return await found;
  };
  const liveOfType: LedgerReads["activities"]["liveOfType"] = async (_, activityTypeId, day) =>
    all.filter(
      (row) =>
        row.activityTypeId === activityTypeId &&
        row.loggedDate === day &&
        row.deletedAt === undefined,
    );
  return {
    ...reads,
    activities: { ...reads.activities, liveOfType },
    rules: { ...reads.rules, version },
  };
}

/**
 * Scores the rows of everybody by the versions the job was given, and settles streaks by the challenge's rules of now. A
 * dry run is the impact preview: it names each row whose points change.
 */
export const rescore: Stage = {
  name: "rescore",
  batch: 10,
  needsOpen: true,
  keys: spans,
  apply: async (ctx, job, key) => {
    const { userId, from, to } = spanOf(key);
    const challenge = await challengeOf(ctx, job);
    const owner = { challengeId: challenge._id, userId };
    const participation = await participationOf(ctx, challenge._id, userId);
    if (participation?.status === "erasing") return {};
    const { all, older } = await rowsOf(ctx, job, owner);
    if ((await standingOf(ctx, owner)) === null)
      return older.length === 0 ? {} : { findings: [skippedFinding(userId, userId, "NOT_FOUND")] };
    const { startedBy, options } = job;
    const spanned = older.filter(({ loggedDate }) => loggedDate >= from && loggedDate <= to);
    const args: RescoreArgs = {
      challenge,
      userId,
      actor:
        startedBy === null ? { kind: "system" } : { kind: "challengeAdmin", userId: startedBy },
      rows: options.proposed === undefined ? spanned : toldRows(spanned, all),
      versions: Object.fromEntries(versionsOf(job)),
    };
    const done = job.dryRun
      ? await planRescore(readsOf(ctx, job, all), args, Date.now())
      : await rescoreAccount(ctx, args);
    const hidden = new Set(all.flatMap(({ _id, source }) => (source === "strava" ? [_id] : [])));
    const findings = findingsOf(userId, done, hidden);
    const activities = findings.filter(({ kind }) => kind === "rescored").length;
    const untold = done.rows
      .filter(({ activityId }) => hidden.has(activityId))
      .reduce((sum, row) => sum + row.pointsAfter - row.pointsBefore, 0);
    const points = done.totalAfter - done.totalBefore - untold;
    return { findings, share: { userId, activities, points } };
  },
};
