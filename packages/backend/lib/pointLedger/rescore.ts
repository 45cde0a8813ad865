import type { Id } from "../../_generated/dataModel";
import { type Checked, type ErrorCode, need } from "../errors";
import { accept } from "../rules/checked";
import type { LedgerBook } from "../rules/ledgerBook";
import type { PlannedRow, StoredActivity } from "../rules/ledger";
import { checkNotFinal } from "../rules/rowDecisions";
import { decideRescore, type FetchedFacts } from "../rules/rescoring";
import { openDays } from "./openDays";
import type { Ledger, LedgerReads } from "./ports";
import { close, commit, openBook, readStreakRow, type VerbArgs } from "./commit";

export interface RescoreArgs extends VerbArgs {
  /** Rows of the account, as they are stored; at most 25 a call, because each may replace a row in the aggregate. */
  rows: readonly StoredActivity[];
  /** The version each type's rows are brought to, by the type's id; rows of other types stay. */
  versions: Readonly<Record<string, number>>;
  /** What the source of sealed rows says now, by the row's id: those are scored and sealed no more. */
  fetched?: Readonly<Record<string, FetchedFacts>>;
}

/** A row whose points are given anew, also one of the day that was not asked for. */
export interface RescoredRow {
  activityId: Id<"activities">;
  activityTypeId: Id<"activityTypes"> | null;
  loggedDate: string | null;
  pointsBefore: number;
  pointsAfter: number;
  versionBefore: number;
  versionAfter: number;
}

/** A row that stays with the version it has, and why: its metrics are gone, or the new rule refuses them. */
export interface SkippedRow {
  activityId: Id<"activities">;
  reason: "RAW_EXPIRED" | ErrorCode;
}

export interface Rescore {
  rows: RescoredRow[];
  skipped: SkippedRow[];
  totalBefore: number;
  /** With the streak bonus; awards that follow are in it once they are written, so not in a plan. */
  totalAfter: number;
}

/** Refusals of one row, which skip it; the others stand. */
const ROW_REFUSALS: readonly ErrorCode[] = ["INVALID_INPUT", "LIMIT_REACHED"];

async function postRow(
  reads: LedgerReads,
  book: LedgerBook,
  {
    row,
    version,
    ...options
  }: {
    row: StoredActivity;
    version: number;
    note: string | undefined;
    fetched: FetchedFacts | undefined;
  },
): Promise<Checked<unknown>> {
  const { activityTypeId, ruleVersion, loggedDate } = row;
  if (activityTypeId === null) return accept(null);
  const before = await reads.rules.version(activityTypeId, ruleVersion);
  const after = await reads.rules.version(activityTypeId, version);
  await openDays(
    reads,
    book,
    [before, after].map((type) => ({ type, day: loggedDate })),
  );
  const change = decideRescore(book, row, { before, after }, options);
  return change.ok ? book.post(change.value) : change;
}

/** Posts every row that is not at its version yet, in the order they were made; answers those that cannot be. */
async function postRows(
  reads: LedgerReads,
  book: LedgerBook,
  { rows, versions, note, fetched = {} }: RescoreArgs,
): Promise<SkippedRow[]> {
  need(checkNotFinal(book));
  const skipped: SkippedRow[] = [];
  // The admin's words are kept once, with the first event.
  let words = note;
  for (const row of [...rows].sort((a, b) => a._creationTime - b._creationTime)) {
    const { _id: activityId, activityTypeId, deletedAt, sealedAt } = row;
    if (activityTypeId === null || deletedAt !== undefined) continue;
    const version = versions[activityTypeId];
    if (version === undefined || version === row.ruleVersion) continue;
    const facts = sealedAt === undefined ? undefined : fetched[activityId];
    if (sealedAt !== undefined && facts === undefined) {
      skipped.push({ activityId, reason: "RAW_EXPIRED" });
      continue;
    }
    const posted = await postRow(reads, book, { row, version, note: words, fetched: facts });
    if (posted.ok) words = undefined;
    else if (ROW_REFUSALS.includes(posted.refusal.code))
      skipped.push({ activityId, reason: posted.refusal.code });
    else need(posted);
  }
  return skipped;
}

function rescoredRows(planned: readonly PlannedRow[]): RescoredRow[] {
  return planned.flatMap(({ before, after, event }) =>
    before === null
      ? []
      : {
          activityId: before._id,
          activityTypeId: after.activityTypeId,
          loggedDate: after.loggedDate,
          pointsBefore: event.pointsBefore,
          pointsAfter: event.pointsAfter,
          versionBefore: before.ruleVersion,
          versionAfter: after.ruleVersion,
        },
  );
}

/**
 * What `rescoreAccount` would do at an instant (UTC ms), by the same code; nothing is written. Refuses what it refuses.
 * Without a write there is no chunk: all rows of an account may be planned at once.
 */
export async function planRescore(
  reads: LedgerReads,
  args: RescoreArgs,
  at: number,
): Promise<Rescore> {
  const book = await openBook(reads, args, at);
  const totalBefore = book.totalPoints;
  const skipped = await postRows(reads, book, args);
  const rows = rescoredRows(book.take().rows);
  need(book.close(await readStreakRow(reads, book)));
  return { rows, skipped, totalBefore, totalAfter: book.totalPoints };
}

/**
 * Brings a chunk of a person's live rows to the given versions of their types as one change of the account: days,
 * streak and awards follow, so totals agree after every chunk. Limits and the log window do not bind; the rows are
 * there. A row that is at its version already is left alone, so a second run writes nothing; deleted rows keep
 * theirs. The streak is settled by the challenge's rules of now, also without a row. Sealed rows without facts of their source are skipped as RAW_EXPIRED, rows the new rule cannot score with its code. Refuses NOT_FOUND when
 * the person never took part and CHALLENGE_FINAL.
 */
export async function rescoreAccount(ledger: Ledger, args: RescoreArgs): Promise<Rescore> {
  const book = await openBook(ledger, args, ledger.now());
  const totalBefore = book.totalPoints;
  const skipped = await postRows(ledger, book, args);
  const written = await commit(ledger, book);
  if (written.length === 0) await close(ledger, book);
  const rows = rescoredRows(written);
  return { rows, skipped, totalBefore, totalAfter: book.totalPoints };
}
