import type { Doc, Id } from "../../_generated/dataModel";
import type { Actor, EventKind } from "../../tables/ledger";
import { accountFacts } from "../accountFacts";
import { repairActivity, repairAggregate } from "../activityWrites";
import { rankedBoardTotal } from "../boardTotals";
import { refuse } from "../errors";
import { type RankMove, requeueRanks } from "../ranks";
import { boardName } from "../rules/boards";
import { type EventRow, livePoints } from "../rules/ledger";
import type { Damage } from "../rules/ledgerDamage";
import {
  type AccountFacts,
  type Finding,
  type RepairPlan,
  verifyAccount,
} from "../rules/verifyAccount";
import type { TableWriter, WriteCtx } from "../tableOwners";
import { rankedStanding } from "../totalBoard";

/** The ledger's tables, opened by lib/pointLedger. */
export interface RepairTables {
  pointEvents: TableWriter<"pointEvents">;
  eventNotes: TableWriter<"eventNotes">;
  standings: TableWriter<"standings">;
  dayTotals: TableWriter<"dayTotals">;
  boardTotals: TableWriter<"boardTotals">;
}

export interface RepairArgs {
  challenge: Doc<"challenges">;
  userId: Id<"users">;
  /** Finds what would change and writes nothing. */
  dryRun: boolean;
  /** UTC ms. */
  at: number;
}

/** What a repair of one account found, and whether another round is needed. */
export interface Repaired {
  findings: Finding[];
  isDone: boolean;
}

/** Entries of the aggregate one round writes: each costs about 12 index ranges. */
const MAX_ENTRIES = 25;

const SYSTEM: Actor = { kind: "system" };

/**
 * Makes everything derived about a person what their rows say: aggregate, standing, days, streak row, rank; an award that
 * is there twice is taken back once. Events are
 * appended for what moved, never rewritten: damage of the ledger is found and stays. A second repair finds nothing to
 * repair. Where very many entries of the aggregate are wrong it takes several rounds.
 */
export async function repairAccount(
  ctx: WriteCtx,
  tables: RepairTables,
  { challenge, userId, dryRun, at }: RepairArgs,
): Promise<Repaired> {
  const facts = await accountFacts(ctx, challenge, userId);
  if (facts === null) return { findings: [], isDone: true };
  const { findings, plan } = verifyAccount(facts);
  if (dryRun) return { findings, isDone: true };
  const { put, drop } = plan.aggregate;
  // The entry of a row that is fixed follows the row.
  const fixed = new Set(plan.fixes.map(({ before }) => before));
  const loose = put.filter((row) => !fixed.has(row));
  if (loose.length + drop.length > MAX_ENTRIES) {
    const ids = loose.slice(0, MAX_ENTRIES).map(({ _id }) => _id);
    const round = { put: ids, drop: drop.slice(0, MAX_ENTRIES - ids.length) };
    await repairAggregate(ctx, facts.owner, round);
    const written = new Set<string | undefined>([...round.put, ...round.drop]);
    const isWritten = ({ kind, about }: Finding) =>
      kind.startsWith("aggregate.") && written.has(about);
    return { findings: findings.filter(isWritten), isDone: false };
  }
  await carryOut(ctx, tables, plan, at);
  await repairAggregate(ctx, facts.owner, { put: put.map(({ _id }) => _id), drop });
  await saveDays(tables, facts, plan);
  await saveBoards(ctx, tables, facts, plan);
  return { findings, isDone: true };
}

async function saveDays(tables: RepairTables, facts: AccountFacts, plan: RepairPlan) {
  for (const _id of plan.dropDays) await tables.dayTotals.delete(_id);
  const days = new Map(facts.days.toReversed().map((day) => [day.day, day] as const));
  for (const { day, ...row } of plan.days) {
    const stored = days.get(day);
    if (stored === undefined) await tables.dayTotals.insert({ day, ...row });
    else await tables.dayTotals.patch(stored._id, row);
  }
}

async function saveBoards(
  ctx: WriteCtx,
  tables: RepairTables,
  facts: AccountFacts,
  { boards, dropBoards }: RepairPlan,
) {
  const kept = new Map(facts.boards.map((row) => [row._id, row]));
  const moves: RankMove[] = [];
  for (const _id of dropBoards) {
    const gone = kept.get(_id);
    if (gone) moves.push({ before: rankedBoardTotal(gone), after: null });
    kept.delete(_id);
    await tables.boardTotals.delete(_id);
  }
  const stored = new Map([...kept.values()].map((row) => [boardName(row), row]));
  for (const row of boards) {
    const before = stored.get(boardName(row)) ?? null;
    if (before) await tables.boardTotals.replace(before._id, row);
    const _id = before?._id ?? (await tables.boardTotals.insert(row));
    const after = rankedBoardTotal({ ...row, _id, _creationTime: 0 });
    moves.push({ before: before && rankedBoardTotal(before), after });
  }
  await requeueRanks(ctx, moves);
}

/** Writes the rows that are fixed, the events of what moved, and the standing that counts them. */
async function carryOut(ctx: WriteCtx, tables: RepairTables, plan: RepairPlan, at: number) {
  const { standing } = plan;
  const events = [];
  for (const row of plan.openings) {
    const pointsAfter = livePoints(row);
    const { _id: activityId, ruleVersion } = row;
    const what = { activityId, ruleVersion, pointsBefore: 0, pointsAfter };
    const opening = { kind: "opening", reason: "backfilled" } as const;
    events.push({ ...what, ...opening, at: Math.floor(row._creationTime) });
  }
  for (const { before, after, reason, ledgerPoints } of plan.fixes) {
    const activityId = await repairActivity(ctx, before, { after, actor: SYSTEM, reason });
    if (before === null) {
      standing.rowCount += 1;
      standing.streakActivityId = activityId;
      await repairAggregate(ctx, standing, { put: [activityId], drop: [] });
    }
    const pointsAfter = livePoints(after);
    if (ledgerPoints === pointsAfter) continue;
    const kind: EventKind =
      before === null ? "created" : after.deletedAt === undefined ? "repriced" : "deleted";
    const pointsBefore = ledgerPoints ?? 0;
    events.push({ kind, reason, activityId, ruleVersion: 0, pointsBefore, pointsAfter, at });
  }
  await append(tables, standing, events);
  const { isStandingWrong, dropStandings } = plan;
  if (events.length > 0 || isStandingWrong || dropStandings.length > 0)
    await saveStanding(ctx, tables, plan);
}

type NewEvent = Pick<
  EventRow,
  "activityId" | "ruleVersion" | "pointsBefore" | "pointsAfter" | "kind" | "reason" | "at"
>;

/** Appends events that end at the standing's total, and counts them in it. */
async function append(
  tables: RepairTables,
  standing: RepairPlan["standing"],
  events: readonly NewEvent[],
): Promise<void> {
  const moved = events.reduce((sum, event) => sum + event.pointsAfter - event.pointsBefore, 0);
  const { challengeId, userId, totalPoints } = standing;
  let totalAfter = totalPoints - moved;
  for (const event of events) {
    totalAfter += event.pointsAfter - event.pointsBefore;
    standing.seq += 1;
    if (event.pointsAfter !== event.pointsBefore) standing.reachedAt = event.at;
    const { seq } = standing;
    await tables.pointEvents.insert({
      challengeId,
      userId,
      ...event,
      seq,
      totalAfter,
      actor: SYSTEM,
    });
  }
}

async function saveStanding(ctx: WriteCtx, tables: RepairTables, plan: RepairPlan) {
  const { standing, dropStandings } = plan;
  const { challengeId, userId } = standing;
  const stored = await ctx.db
    .query("standings")
    .withIndex("by_challengeId_and_userId", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId),
    )
    .take(dropStandings.length + 1);
  const moves: RankMove[] = [];
  for (const _id of dropStandings) {
    await tables.standings.delete(_id);
    const gone = stored.find((row) => row._id === _id);
    if (gone) moves.push({ before: rankedStanding(gone), after: null });
  }
  const kept = stored.find(({ _id }) => !dropStandings.includes(_id));
  if (kept) await tables.standings.patch(kept._id, standing);
  const _id = kept?._id ?? (await tables.standings.insert(standing));
  const after = rankedStanding({ ...standing, _id, _creationTime: 0 });
  await requeueRanks(ctx, [...moves, { before: kept ? rankedStanding(kept) : null, after }]);
}

/**
 * Explains damage of a person's ledger by one `restatement` event, which moves no points. What it names is listed as
 * explained from then on, and totals go on from what the rows give. Refuses INVALID_INPUT (`explains`) unless every one
 * of them is named by verify now, and NOT_FOUND for somebody without a ledger.
 */
export async function explainDamage(
  ctx: WriteCtx,
  tables: RepairTables,
  args: Omit<RepairArgs, "dryRun"> & { explains: Damage[]; actor: Actor; note: string },
): Promise<void> {
  const { challenge, userId, explains, actor, at, note } = args;
  const facts = await accountFacts(ctx, challenge, userId);
  const standing = facts?.standings[0];
  if (facts === null || standing === undefined)
    return refuse({ code: "NOT_FOUND", what: "participant" });
  const { findings } = verifyAccount(facts);
  const keyOf = (damage: Damage) => JSON.stringify([damage.seq, damage.kind, damage.points]);
  const open = findings.filter(({ cure }) => cure === "explain");
  const named = new Set(
    open.map(({ kind, about, actual }) =>
      JSON.stringify([Number(about), kind.replace("pointEvents.", ""), actual]),
    ),
  );
  if (explains.length === 0 || !explains.every((damage) => named.has(keyOf(damage)))) {
    const problem = "must be damage that verify finds now, with its points";
    return refuse({ code: "INVALID_INPUT", path: "explains", problem });
  }
  const seq = Math.max(standing.seq, ...facts.events.map((event) => event.seq)) + 1;
  const totalAfter = facts.rows.reduce((sum, row) => sum + livePoints(row), 0);
  const nothing = { pointsBefore: 0, pointsAfter: 0, totalAfter, ruleVersion: 0 };
  const what = { kind: "restatement", reason: "restated", explains, actor, at } as const;
  const eventId = await tables.pointEvents.insert({ ...facts.owner, seq, ...nothing, ...what });
  await tables.eventNotes.insert({ eventId, text: note });
  await tables.standings.patch(standing._id, { seq });
}
