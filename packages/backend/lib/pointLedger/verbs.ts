import type { Id } from "../../_generated/dataModel";
import type { Actor } from "../../tables/ledger";
import { need, refuse } from "../errors";
import type { Deed, Details, EditedDeed, OwnSource } from "../rules/deeds";
import type { StoredActivity, TypeRule } from "../rules/ledger";
import type { LedgerBook } from "../rules/ledgerBook";
import { decideDelete, decideEdit, decideLog, decideRestore } from "../rules/ledgerDecisions";
import { checkOffered } from "../rules/rule";
import { carryOut, openBook, type Posted, type VerbArgs, write } from "./commit";
import { openDays, openLimits } from "./openDays";
import type { Ledger, LedgerReads, RuleReads } from "./ports";

/** A verb about one row of the account. */
export interface RowVerbArgs extends VerbArgs {
  activity: StoredActivity;
  expectedVersion?: number;
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

/** The rule something new is scored by. Refuses NOT_FOUND, and INVALID_INPUT for a type that is retired. */
export async function needOfferedType(
  rules: RuleReads,
  challengeId: Id<"challenges">,
  activityTypeId: Id<"activityTypes">,
): Promise<TypeRule> {
  return need(checkOffered(await needType(rules, challengeId, activityTypeId)));
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
  const after = staysType
    ? before
    : await needOfferedType(rules, activity.challengeId, activityTypeId);
  return { before, after };
}

/** Opens the day a new row comes to, and the days its limits count. */
export async function openLog(
  reads: LedgerReads,
  book: LedgerBook,
  type: TypeRule,
  loggedDate: string,
): Promise<void> {
  await openDays(reads, book, [{ type, day: loggedDate }]);
  await openLimits(reads, book, type);
}

/** Opens the days an edit takes a row from and to, and those the limits it comes under count. */
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
  await openLimits(reads, book, types.after);
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
  const book = await openBook(ledger, args, ledger.now(), args.loggedDate);
  const type = await needOfferedType(ledger.rules, args.challenge._id, args.activityTypeId);
  const { loggedDate, metrics, variant, notes, note } = args;
  await openLog(ledger, book, type, loggedDate);
  const source = ownSourceOf(args.actor);
  const input = { loggedDate, metrics, variant, notes, note, source };
  return await write(ledger, book, need(decideLog(book, type, input)));
}

/** Changes facts of a row and scores it again. Refuses what `decideEdit` refuses, and NOT_FOUND for a foreign type. */
export async function editActivity(
  ledger: Ledger,
  args: RowVerbArgs &
    Partial<EditedDeed> &
    Pick<Details, "notes"> & { activityTypeId?: Id<"activityTypes"> },
): Promise<Posted> {
  const types = await editTypes(ledger.rules, args.activity, args.activityTypeId);
  const book = await openBook(ledger, args, ledger.now(), args.activity.loggedDate);
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
  const book = await openBook(ledger, args, ledger.now(), activity.loggedDate);
  const type = activity.activityTypeId
    ? await ledger.rules.version(activity.activityTypeId, activity.ruleVersion)
    : null;
  if (type) await openDays(ledger, book, [{ type, day: activity.loggedDate }]);
  return await carryOut(ledger, book, activity, need(decideDelete(book, activity, type, args)));
}

/** Counts a deleted row again. Refuses what `decideRestore` refuses. */
export async function restoreActivity(ledger: Ledger, args: RowVerbArgs): Promise<Posted> {
  const { activity } = args;
  if (activity.activityTypeId === null)
    return refuse({ code: "SYSTEM_ROW", activityId: activity._id });
  const book = await openBook(ledger, args, ledger.now(), activity.loggedDate);
  const types = {
    scored: await ledger.rules.version(activity.activityTypeId, activity.ruleVersion),
    current: await needType(ledger.rules, activity.challengeId, activity.activityTypeId),
  };
  await openDays(ledger, book, [{ type: types.scored, day: activity.loggedDate }]);
  await openLimits(ledger, book, types.current);
  return await carryOut(ledger, book, activity, need(decideRestore(book, activity, types, args)));
}
