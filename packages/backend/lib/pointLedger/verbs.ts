import type { Id } from "../../_generated/dataModel";
import type { Actor, ReplacedFacts } from "../../tables/ledger";
import { need, refuse } from "../errors";
import {
  type ActivityRow,
  LedgerBook,
  livePoints,
  type PlannedRow,
  type RowChange,
  type StoredActivity,
  type StoredChallenge,
} from "../rules/ledger";
import {
  type Award,
  type Deed,
  decideAward,
  decideDelete,
  decideEdit,
  decideLog,
  decideRestore,
  decideRevoke,
  type Details,
  type OwnSource,
  type RowDecision,
  sameMetrics,
  type TypeRule,
} from "../rules/ledgerDecisions";
import { openDays } from "./openDays";
import type {
  ActivityReads,
  Ledger,
  LedgerReads,
  RuleReads,
  Settlement,
  WrittenRow,
} from "./ports";

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

/** A verb about one row of the account. */
export interface RowVerbArgs extends VerbArgs {
  activity: StoredActivity;
  expectedVersion?: number;
}

/** What a verb answers: the row as it is now, and the person's total. */
export interface Posted {
  activityId: Id<"activities">;
  /** What the row gives now; 0 when it is deleted. */
  pointsEarned: number;
  totalPoints: number;
  version: number;
}

/** Opens a person's account for changes; refuses NOT_FOUND when they never took part. */
export async function openBook(
  reads: LedgerReads,
  args: VerbArgs,
  at: number,
): Promise<LedgerBook> {
  const account =
    (await reads.participations.account(args.challenge, args.userId)) ??
    refuse({ code: "NOT_FOUND", what: "participant" });
  const { actor, requestId, zone } = args;
  const isAdmin = args.isAdmin ?? !["user", "import", "strava"].includes(actor.kind);
  return new LedgerBook(account, { actor, requestId, zone, at, isAdmin });
}

/** The current rule of a type of the challenge; refuses NOT_FOUND for any other id. */
export async function needType(
  rules: RuleReads,
  challengeId: Id<"challenges">,
  activityTypeId: Id<"activityTypes">,
): Promise<TypeRule> {
  return (
    (await rules.current(challengeId, activityTypeId)) ??
    refuse({ code: "NOT_FOUND", what: "activityType" })
  );
}

/** The rules an edit is decided by: the row's own version, or the current one of the type it changes to. */
export async function editTypes(
  rules: RuleReads,
  activity: StoredActivity,
  activityTypeId: Id<"activityTypes"> | undefined,
): Promise<{ before: TypeRule; after: TypeRule }> {
  if (activity.activityTypeId === null)
    return refuse({ code: "SYSTEM_ROW", activityId: activity._id });
  const before = await rules.version(activity.activityTypeId, activity.ruleVersion);
  const staysType = activityTypeId === undefined || activityTypeId === activity.activityTypeId;
  const after = staysType ? before : await needType(rules, activity.challengeId, activityTypeId);
  return { before, after };
}

/** Opens the days an edit takes a row from and to. */
export async function openEdit(
  reads: LedgerReads,
  book: LedgerBook,
  activity: StoredActivity,
  types: { before: TypeRule; after: TypeRule },
  loggedDate: string | undefined,
): Promise<void> {
  await openDays(reads, book, [
    { type: types.before, day: activity.loggedDate },
    { type: types.after, day: loggedDate ?? activity.loggedDate },
  ]);
}

/**
 * Writes what a book says: the posted rows and those of their days, what follows from them (awards), the streak row, the
 * totals. Answers the posted rows with their ids, in their order. Nothing posted, nothing written.
 */
export async function commit(ledger: Ledger, book: LedgerBook): Promise<WrittenRow[]> {
  const { account } = book;
  const written = await writeRows(ledger, book, book.takeRows());
  for (const { before, after } of book.takeDetails())
    await ledger.activities.editDetails(before, after);
  if (written.length === 0) return [];
  for (const change of await ledger.effects(book, written)) need(book.post(change));
  await writeRows(ledger, book, book.takeRows());
  const plan = need(book.close(await readStreakRow(ledger, book)));
  const [streak] = await writeRows(ledger, book, plan.rows);
  if (streak) plan.tally.streakActivityId = streak.activityId;
  await ledger.participations.saveDays(account, plan.days);
  await ledger.participations.saveBoards(account, plan.boards, book.posting.at);
  await ledger.participations.saveTally(account, plan.tally);
  return written;
}

/** The stored streak row, where its points change. */
export async function readStreakRow(
  reads: LedgerReads,
  book: LedgerBook,
): Promise<StoredActivity | null> {
  const { streakActivityId } = book.account.standing;
  const isNeeded = book.needsStreakRow() && streakActivityId !== null;
  return isNeeded ? await reads.activities.get(streakActivityId) : null;
}

/** Writes rows in their order, each with its event. */
async function writeRows(
  ledger: Ledger,
  { posting }: LedgerBook,
  rows: readonly PlannedRow[],
): Promise<WrittenRow[]> {
  const written: WrittenRow[] = [];
  for (const row of rows) {
    const { before, after, event, note } = row;
    const by = { actor: posting.actor, reason: event.reason };
    if (before) await ledger.activities.move(before, after, by);
    const activityId = before ? before._id : await ledger.activities.insert(after, by);
    await ledger.participations.appendEvent(
      { ...event, activityId },
      { note, before: replacedFacts(row) },
    );
    written.push({ ...row, activityId });
  }
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

/** How somebody logs: on the page, or with an API key. */
function ownSourceOf(actor: Actor): OwnSource {
  return "apiKeyId" in actor && actor.apiKeyId !== undefined ? "api" : "manual";
}

/** Logs something a person did. Refuses what `decideLog` refuses, and NOT_FOUND for a type of another challenge. */
export async function logActivity(
  ledger: Ledger,
  args: VerbArgs & Deed & Pick<Details, "notes"> & { activityTypeId: Id<"activityTypes"> },
): Promise<Posted> {
  const book = await openBook(ledger, args, ledger.now());
  const type = await needType(ledger.rules, args.challenge._id, args.activityTypeId);
  const { loggedDate, metrics, variant, notes, note } = args;
  await openDays(ledger, book, [{ type, day: loggedDate }]);
  const source = ownSourceOf(args.actor);
  const input = { loggedDate, metrics, variant, notes, note, source };
  return await write(ledger, book, need(decideLog(book, type, input)));
}

/** Changes facts of a row and scores it again. Refuses what `decideEdit` refuses, and NOT_FOUND for a foreign type. */
export async function editActivity(
  ledger: Ledger,
  args: RowVerbArgs &
    Partial<Deed> &
    Pick<Details, "notes"> & { activityTypeId?: Id<"activityTypes"> },
): Promise<Posted> {
  const types = await editTypes(ledger.rules, args.activity, args.activityTypeId);
  const book = await openBook(ledger, args, ledger.now());
  const { loggedDate, metrics, variant, notes, expectedVersion, note } = args;
  await openEdit(ledger, book, args.activity, types, loggedDate);
  const patch = { loggedDate, metrics, variant, expectedVersion, note };
  const given = notes === undefined ? patch : { ...patch, notes };
  const decision = need(decideEdit(book, args.activity, types, given));
  return await carryOut(ledger, book, args.activity, decision);
}

/** Takes a row out of the count; it stays as a tombstone. Refuses what `decideDelete` refuses. */
export async function softDeleteActivity(ledger: Ledger, args: RowVerbArgs): Promise<Posted> {
  const { activity } = args;
  const book = await openBook(ledger, args, ledger.now());
  const type = activity.activityTypeId
    ? await ledger.rules.version(activity.activityTypeId, activity.ruleVersion)
    : null;
  if (type) await openDays(ledger, book, [{ type, day: activity.loggedDate }]);
  const decision = need(decideDelete(book, activity, type, args));
  return await carryOut(ledger, book, activity, decision);
}

/** Counts a deleted row again. Refuses what `decideRestore` refuses. */
export async function restoreActivity(ledger: Ledger, args: RowVerbArgs): Promise<Posted> {
  const { activity } = args;
  if (activity.activityTypeId === null)
    return refuse({ code: "SYSTEM_ROW", activityId: activity._id });
  const book = await openBook(ledger, args, ledger.now());
  const types = {
    scored: await ledger.rules.version(activity.activityTypeId, activity.ruleVersion),
    current: await needType(ledger.rules, activity.challengeId, activity.activityTypeId),
  };
  await openDays(ledger, book, [{ type: types.scored, day: activity.loggedDate }]);
  const decision = need(decideRestore(book, activity, types, args));
  return await carryOut(ledger, book, activity, decision);
}

/** Gives points that no activity earned, once per award key. Refuses what `decideAward` refuses. */
export async function awardBonusActivity(ledger: Ledger, args: VerbArgs & Award): Promise<Posted> {
  const book = await openBook(ledger, args, ledger.now());
  const owner = { challengeId: args.challenge._id, userId: args.userId };
  const existing = await ledger.activities.ofAwardKey(owner, args.awardKey);
  const decision = need(decideAward(book, args, existing));
  if (existing) return await carryOut(ledger, book, existing, decision);
  if (decision.kind !== "change") throw new Error("a first award always writes");
  return await write(ledger, book, decision.change);
}

/** Takes an award back; the row stays as a tombstone. Refuses what `decideRevoke` refuses. */
export async function revokeBonusActivity(
  ledger: Ledger,
  args: VerbArgs & { activity: StoredActivity },
): Promise<Posted> {
  const book = await openBook(ledger, args, ledger.now());
  const decision = need(decideRevoke(book, args.activity, args.note));
  return await carryOut(ledger, book, args.activity, decision);
}

/** Posts what an evaluation says about an account's awards. Refuses NOT_FOUND for somebody who never took part. */
export async function settleAwards(
  ledger: Ledger,
  args: VerbArgs & {
    decide: (book: LedgerBook, activities: ActivityReads) => Promise<Settlement>;
  },
): Promise<Settlement> {
  const book = await openBook(ledger, args, ledger.now());
  const settlement = await args.decide(book, ledger.activities);
  for (const change of settlement.changes) need(book.post(change));
  await commit(ledger, book);
  return settlement;
}
