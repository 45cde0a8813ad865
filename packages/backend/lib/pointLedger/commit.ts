import type { Id } from "../../_generated/dataModel";
import type { Actor, ReplacedFacts } from "../../tables/ledger";
import { need, refuse } from "../errors";
import { sameMetrics } from "../rules/deeds";
import {
  type Account,
  type ActivityRow,
  livePoints,
  type PlannedRow,
  type RowChange,
  type StoredActivity,
  type StoredChallenge,
  type Tally,
} from "../rules/ledger";
import { LedgerBook, type Taken } from "../rules/ledgerBook";
import { isDay } from "../rules/dates";
import { weekAround } from "../rules/weeks";
import { readAllDays } from "./openDays";
import type { RowDecision } from "../rules/rowDecisions";
import type { Ledger, LedgerReads, WrittenRow } from "./ports";

/** Whose account a verb writes, and on whose behalf. */
export interface VerbArgs {
  challenge: StoredChallenge;
  /** Whose points. */
  userId: Id<"users">;
  actor: Actor;
  /** IANA zone of that person, where it is known. */
  zone?: string;
  requestId?: string;
  /** An admin's words, kept beside the event. */
  note?: string;
  /** Backdating and grace do not bind; follows from the actor, save for imports and Strava. */
  isAdmin?: boolean;
}

/** What a verb answers: the row as it is now, and the person's total. */
export interface Posted {
  activityId: Id<"activities">;
  /** What the row gives now; 0 when it is deleted. */
  pointsEarned: number;
  totalPoints: number;
  version: number;
}

/**
 * Opens a person's account for changes; refuses NOT_FOUND when they never took part.
 *
 * @param day the day the changes are about, where it is one: only the days of its week are read at first
 */
export async function openBook(
  reads: LedgerReads,
  args: VerbArgs,
  at: number,
  day?: string | null,
): Promise<LedgerBook> {
  const { challenge, userId } = args;
  const span = day && isDay(day) ? weekAround(challenge.startsOn, day) : undefined;
  const account =
    (await reads.participations.account(challenge, userId, span)) ??
    refuse({ code: "NOT_FOUND", what: "participant" });
  const { actor, requestId, zone } = args;
  const isAdmin = args.isAdmin ?? !["user", "import", "strava"].includes(actor.kind);
  return new LedgerBook(account, { actor, requestId, zone, at, isAdmin });
}

/**
 * Writes what a book says: the posted rows and those of their days, what follows from them (awards), the streak row, the
 * totals. Answers the posted rows with their ids, in their order. Nothing posted, nothing written.
 */
export async function commit(ledger: Ledger, book: LedgerBook): Promise<WrittenRow[]> {
  const written = await writeTaken(ledger, book, book.take());
  if (written.length === 0) return [];
  const changes = await ledger.effects(book, written);
  const rows = changes.flatMap(({ before, after }) => [before, after]);
  if (rows.some((row) => row?.loggedDate && !book.knowsDays(row.loggedDate)))
    await readAllDays(ledger, book);
  for (const change of changes) need(book.post(change));
  await writeTaken(ledger, book, book.take());
  await close(ledger, book);
  return written;
}

/** Writes the streak row where the rules of the streak give something else, and the totals of what was written. */
export async function close(ledger: Ledger, book: LedgerBook): Promise<void> {
  if (book.needsAllDays()) await readAllDays(ledger, book);
  const plan = need(book.close(await readStreakRow(ledger, book)));
  const [streak] = await writeTaken(ledger, book, plan.taken);
  if (streak) plan.tally.streakActivityId = streak.activityId;
  const { account, posting } = book;
  await ledger.participations.saveDays(account, plan.days);
  const tally = isTallyChanged(account, plan.tally) ? plan.tally : null;
  await ledger.participations.saveTotals(account, { boards: plan.boards, tally }, posting.at);
}

const isTallyChanged = ({ standing }: Account, tally: Tally) =>
  (Object.keys(tally) as Array<keyof Tally>).some((field) => tally[field] !== standing[field]);

/** The stored streak row, where its points change. */
export async function readStreakRow(
  reads: LedgerReads,
  book: LedgerBook,
): Promise<StoredActivity | null> {
  const { streakActivityId } = book.account.standing;
  const isNeeded = book.needsStreakRow() && streakActivityId !== null;
  return isNeeded ? await reads.activities.get(streakActivityId) : null;
}

/** Writes rows in their order, each with its event, and then those of which only details change. */
async function writeTaken(
  ledger: Ledger,
  { account, posting }: LedgerBook,
  { rows, details }: Taken,
): Promise<WrittenRow[]> {
  const written: WrittenRow[] = [];
  for (const row of rows) {
    const { before, after, event, note } = row;
    const by = { actor: posting.actor, reason: event.reason, challenge: account.challenge };
    if (before) await ledger.activities.move(before, after, by);
    const activityId = before ? before._id : await ledger.activities.insert(after, by);
    await ledger.participations.appendEvent(
      { ...event, activityId },
      { note, before: replacedFacts(row) },
    );
    written.push({ ...row, activityId });
  }
  for (const { before, after } of details) await ledger.activities.editDetails(before, after);
  return written;
}

/** What an edit replaced, for the history its person sees; data of Strava is never kept beyond its row. */
function replacedFacts({ before, after, event }: PlannedRow): ReplacedFacts | undefined {
  if (before === null || event.kind !== "edited" || before.source === "strava") return undefined;
  const isSame =
    before.activityTypeId === after.activityTypeId &&
    before.loggedDate === after.loggedDate &&
    before.variant === after.variant &&
    sameMetrics(before.metrics, after.metrics);
  const { activityTypeId, loggedDate, metrics, variant } = before;
  return isSame ? undefined : { activityTypeId, loggedDate, metrics, variant };
}

/** Posts one change, writes it with all that follows from it, and answers the changed row. */
export async function write(ledger: Ledger, book: LedgerBook, change: RowChange): Promise<Posted> {
  need(book.post(change));
  const [written] = await commit(ledger, book);
  if (written === undefined) throw new Error("a posted change was not written");
  return posted(written.activityId, change.after, book);
}

/** Carries out what was decided about a row that exists. */
export async function carryOut(
  ledger: Ledger,
  book: LedgerBook,
  row: StoredActivity,
  decision: RowDecision,
): Promise<Posted> {
  switch (decision.kind) {
    case "none":
      return posted(row._id, row, book);
    case "details":
      await ledger.activities.editDetails(row, decision.after);
      return posted(row._id, decision.after, book);
    case "change":
      return await write(ledger, book, decision.change);
  }
}

function posted(activityId: Id<"activities">, row: ActivityRow, book: LedgerBook): Posted {
  const { totalPoints } = book;
  return { activityId, pointsEarned: livePoints(row), totalPoints, version: row.version };
}
