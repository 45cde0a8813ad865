import type { GenericId } from "convex/values";
import type { AccountFinding } from "../../tables/jobs";
import type { Reason } from "../../tables/ledger";
import type { Rule } from "../../tables/scoring";
import { doubledAwards, doubledImports } from "./awards";
import { boardName, boardOrder, type BoardRow, expectedBoards } from "./boards";
import { type DayCounts, emptyDay } from "./dayTotals";
import {
  type ActivityRow,
  type DayRow,
  fieldsOf,
  livePoints,
  NO_TRAITS,
  type RowTraits,
  type StandingRow,
  type Stored,
  type StoredActivity,
} from "./ledger";
import { inspectLedger, type LedgerReport, type StoredEvent } from "./ledgerDamage";
import { rebuildAccount } from "./rebuildAccount";
import { type StreakRules, streakRulesText } from "./streak";
import { streakRow } from "./streakRow";
import { contentOf, mispricedRows } from "./verifyPricing";

/** Everything stored about one person in one challenge. */
export interface AccountFacts {
  owner: Pick<StandingRow, "challengeId" | "userId">;
  rows: readonly StoredActivity[];
  /** The last events in any order; all of them when `hasAllEvents`. */
  events: readonly StoredEvent[];
  hasAllEvents: boolean;
  days: ReadonlyArray<Stored<DayRow, "dayTotals">>;
  standings: ReadonlyArray<Stored<StandingRow, "standings">>;
  aggregate: { sum: number; items: ReadonlyArray<{ activityId: string; points: number }> };
  streakRules: StreakRules;
  /** The rule version a row is scored with; null where it is not stored. */
  ruleOf: (row: ActivityRow) => Rule | null;
  boards: ReadonlyArray<Stored<BoardRow, "boardTotals">>;
  /** The challenge's first day. */
  startsOn: string;
  /** Whether a standing that has to be made is shown. */
  isListed: boolean;
  /** UTC ms: stands for the last move of points where no event tells of one. */
  joinedAt: number;
  /** Frozen standings: what rows give is not changed any more. */
  isFinal: boolean;
}

export type Finding = Omit<AccountFinding, "userId">;

/** A row of the system that has to change, why, and what the ledger says it gives now. */
export interface RowFix {
  before: StoredActivity | null;
  after: ActivityRow;
  reason: Reason;
  /** null: no event tells of it. */
  ledgerPoints: number | null;
}

/** What repair writes so that an account agrees with its rows. */
export interface RepairPlan {
  /** Rows without a ledger, oldest first: each gets an `opening` event. */
  openings: StoredActivity[];
  fixes: RowFix[];
  aggregate: { put: StoredActivity[]; drop: string[] };
  /** As it must be before the events above are counted. */
  standing: StandingRow;
  isStandingWrong: boolean;
  dropStandings: Array<GenericId<"standings">>;
  days: DayRow[];
  dropDays: Array<GenericId<"dayTotals">>;
  boards: BoardRow[];
  dropBoards: Array<GenericId<"boardTotals">>;
}

export interface Verified {
  findings: Finding[];
  plan: RepairPlan;
}

type Value = Finding["expected"];

class Verification {
  readonly findings: Finding[] = [];
  readonly ledger: LedgerReport;
  readonly rebuilt;
  /** Rows that count once the doubled awards are taken back. */
  private readonly counted: readonly StoredActivity[];
  private readonly doubled: ReadonlySet<StoredActivity>;
  /** The one that is kept where there are several. */
  readonly standing: Stored<StandingRow, "standings"> | undefined;

  private readonly traitsOf = (row: ActivityRow): RowTraits => this.facts.ruleOf(row) ?? NO_TRAITS;

  constructor(readonly facts: AccountFacts) {
    [this.standing] = [...facts.standings].sort((a, b) => b.seq - a.seq);
    const { streakRules, isFinal } = facts;
    this.doubled = doubledAwards(facts.rows);
    this.counted = isFinal ? facts.rows : facts.rows.filter((row) => !this.doubled.has(row));
    this.rebuilt = rebuildAccount({
      rows: this.counted,
      streakRules,
      isFinal,
      traitsOf: this.traitsOf,
    });
    this.ledger = inspectLedger({
      events: facts.events,
      hasAllEvents: facts.hasAllEvents,
      rows: facts.rows,
      seq: this.standing?.seq ?? 0,
      totalPoints: facts.rows.reduce((sum, row) => sum + livePoints(row), 0),
    });
  }

  report(kind: string, values: [expected: Value, actual: Value], about?: string) {
    const [expected, actual] = values.map(finite) as [Value, Value];
    const movesPoints = kind.startsWith("streakRow") || kind.startsWith("award");
    const cure = movesPoints && this.facts.isFinal ? "none" : "repair";
    this.findings.push({ kind, about, expected, actual, cure });
  }

  compare(kind: string, expected: Value, actual: Value, about?: string): void {
    if (!Object.is(expected, actual)) this.report(kind, [expected, actual], about);
  }

  /** Rows that are not what their day says; they are the truth of all else, so nothing here changes them. */
  prices(): void {
    for (const { row, expected } of mispricedRows(this.facts.rows, this.facts.ruleOf)) {
      const isPoints = expected?.pointsEarned !== row.pointsEarned;
      const [kind, values] = isPoints
        ? (["activities.points", [expected?.pointsEarned ?? null, row.pointsEarned]] as const)
        : (["activities.breakdown", [contentOf(expected), contentOf(row)]] as const);
      const [wanted = null, actual = null] = values.map(finite);
      this.findings.push({ kind, about: row._id, expected: wanted, actual, cure: "none" });
    }
  }

  /** Imported rows that are there again: which one is meant is not for a repair to say. */
  imports(): void {
    for (const row of doubledImports(this.facts.rows)) {
      const actual = finite(livePoints(row));
      const named = { kind: "activities.doubled", about: row._id, expected: null, actual } as const;
      this.findings.push({ ...named, cure: "none" });
    }
  }

  /** Awards that are there again: they count no more, and give their key back so that it names one row again. */
  awardFixes(): RowFix[] {
    const fixes = [...this.doubled].map((row) => {
      this.report("award.doubled", [null, livePoints(row)], row._id);
      const { awardKey: _, ...fields } = fieldsOf(row);
      const version = row.version + 1;
      const after = { ...fields, version, deletedAt: row.deletedAt ?? row._creationTime };
      return this.fixOf(row, after, "revoked");
    });
    return this.facts.isFinal ? [] : fixes;
  }

  streakFixes(): { fixes: RowFix[]; keeper: StoredActivity | null } {
    const { rows } = this.facts;
    const { bonusPoints } = this.rebuilt.streak;
    const all = rows.filter((row) => row.source === "streak");
    const live = all.filter((row) => row.deletedAt === undefined);
    const candidates = live.length > 0 ? live : all;
    const known = candidates.find(({ _id }) => _id === this.standing?.streakActivityId);
    const keeper = known ?? candidates[0] ?? null;
    const fixes = live
      .filter((row) => row !== keeper)
      .map((row) => {
        this.report("streakRow.doubled", [null, row.pointsEarned], row._id);
        return this.fixOf(row, { ...fieldsOf(row), deletedAt: row._creationTime }, "streakChanged");
      });
    const given = livePoints(keeper);
    const isGone = keeper !== null && keeper.deletedAt !== undefined;
    if (given !== bonusPoints || isGone) {
      this.report("streakRow.points", [bonusPoints, isGone ? null : given], keeper?._id);
      const after = streakRow(this.facts.owner, keeper, bonusPoints);
      fixes.push(this.fixOf(keeper, after, "streakChanged"));
    }
    return { fixes: this.facts.isFinal ? [] : fixes, keeper };
  }

  private fixOf(before: StoredActivity | null, after: ActivityRow, reason: Reason): RowFix {
    const ledgerPoints = before === null ? null : (this.ledger.given.get(before._id) ?? null);
    return { before, after, reason, ledgerPoints };
  }

  aggregate(fixes: readonly RowFix[]): RepairPlan["aggregate"] {
    const { rows, aggregate } = this.facts;
    const fixed = new Map(fixes.map(({ before, after }) => [before?._id, after]));
    const stored = new Map(aggregate.items.map((item) => [item.activityId, item.points]));
    const sum = aggregate.items.reduce((total, { points }) => total + points, 0);
    if (!Object.is(sum, aggregate.sum)) this.report("aggregate.sum", [sum, aggregate.sum]);
    const put = rows.filter((row) => {
      const points = livePoints(fixed.get(row._id) ?? row);
      const counted = stored.get(row._id);
      stored.delete(row._id);
      if (counted === undefined) this.report("aggregate.missing", [points, null], row._id);
      // A row that is fixed takes its entry with it.
      else if (!fixed.has(row._id)) this.compare("aggregate.value", points, counted, row._id);
      return counted !== points;
    });
    for (const [id, points] of stored) this.report("aggregate.extra", [null, points], id);
    return { put, drop: [...stored.keys()] };
  }

  days(): Pick<RepairPlan, "days" | "dropDays"> {
    const stored = new Map<string, Stored<DayRow, "dayTotals">>();
    const dropDays: RepairPlan["dropDays"] = [];
    for (const day of this.facts.days) {
      if (!stored.has(day.day)) stored.set(day.day, day);
      else {
        this.report("dayTotals.doubled", [null, dayText(day)], day.day);
        dropDays.push(day._id);
      }
    }
    const days: DayRow[] = [];
    for (const day of new Set([...this.rebuilt.days.keys(), ...stored.keys()])) {
      const wanted = this.rebuilt.days.get(day) ?? emptyDay();
      const [expected, actual] = [dayText(wanted), dayText(stored.get(day) ?? emptyDay())];
      if (expected === actual) continue;
      this.report("dayTotals", [expected, actual], day);
      days.push({ ...this.facts.owner, day, ...wanted });
    }
    return { days, dropDays };
  }

  boards({ listed, reachedAt }: StandingRow): Pick<RepairPlan, "boards" | "dropBoards"> {
    const { startsOn, owner } = this.facts;
    const stored = new Map<string, Stored<BoardRow, "boardTotals">>();
    const dropBoards: RepairPlan["dropBoards"] = [];
    for (const row of this.facts.boards) {
      const name = boardName(row);
      if (!stored.has(name)) stored.set(name, row);
      else {
        this.report("boardTotals.doubled", [null, row.points], name);
        dropBoards.push(row._id);
      }
    }
    const expected = expectedBoards(this.counted, this.traitsOf, startsOn);
    const boards: BoardRow[] = [];
    for (const [name, row] of stored) {
      if (expected.has(name)) continue;
      this.report("boardTotals", [null, countText(row)], name);
      dropBoards.push(row._id);
    }
    for (const [name, count] of expected) {
      const row = stored.get(name);
      const wanted = { ...owner, ...count, listed, reachedAt: row?.reachedAt ?? reachedAt };
      const order = boardOrder(wanted);
      const before = this.findings.length;
      this.compare("boardTotals", countText(count), row ? countText(row) : null, name);
      if (row) {
        const orders = [JSON.stringify(order), JSON.stringify(row.order)] as const;
        this.compare("boardTotals.order", ...orders, name);
        this.compare("boardTotals.listed", String(listed), String(row.listed), name);
      }
      if (this.findings.length > before) boards.push({ ...wanted, order });
    }
    return { boards, dropBoards };
  }

  /** When points last moved and how many events there are, as the ledger says; what it says wrongly stays as it is. */
  private ledgerFields(): Pick<StandingRow, "seq" | "reachedAt"> {
    const { events, joinedAt } = this.facts;
    const ascending = [...events].sort((a, b) => a.seq - b.seq);
    const moved = ascending.findLast((event) => event.pointsAfter !== event.pointsBefore);
    // Never lowered: a number that was given away belongs to an event that is lost.
    const seq = Math.max(this.standing?.seq ?? 0, ascending.at(-1)?.seq ?? 0);
    const isWhole = this.ledger.damages.length + this.ledger.explained.length === 0;
    const stored = this.standing?.reachedAt;
    if (isWhole || stored === undefined) {
      const known = moved?.at ?? (events.length === 0 ? stored : undefined);
      return { seq, reachedAt: known ?? joinedAt };
    }
    return { seq, reachedAt: stored };
  }

  standingFields(keeper: StoredActivity | null): StandingRow {
    const { facts, rebuilt, standing } = this;
    const { streak, totalPoints, streakBonusPoints, activityCount } = rebuilt;
    const wanted: StandingRow = {
      ...facts.owner,
      totalPoints,
      negTotal: 0 - totalPoints,
      listed: standing?.listed ?? facts.isListed,
      ...this.ledgerFields(),
      activityCount,
      rowCount: facts.rows.length,
      streakLength: streak.length,
      streakLastDay: streak.lastDay,
      longestStreak: streak.longest,
      streakBonusPoints,
      streakActivityId: keeper?._id ?? null,
      streakRules: streakRulesText(facts.streakRules),
    };
    if (standing === undefined) this.report("standings.missing", [totalPoints, null]);
    else
      for (const field of STANDING_FIELDS)
        this.compare(`standings.${field}`, wanted[field], standing[field]);
    return wanted;
  }

  /** @returns rows that need an `opening` event, oldest first; a row that is fixed brings its own */
  ledgerFindings(fixes: readonly RowFix[]): StoredActivity[] {
    const { damages, explained } = this.ledger;
    const fixed = new Set(fixes.map(({ before }) => before?._id));
    const unledgered = this.ledger.unledgered.filter(({ _id }) => !fixed.has(_id));
    for (const { seq, kind, points } of damages)
      this.findings.push({ ...ledgerFinding(kind, seq, points), cure: "explain" });
    for (const { seq, kind, points } of explained)
      this.findings.push({ ...ledgerFinding(kind, seq, points), cure: "explained" });
    for (const row of unledgered)
      this.report("pointEvents.opening", [livePoints(row), null], row._id);
    // While an event is lost, a row without one may be the one it told of.
    return damages.length > 0 ? [] : unledgered.sort((a, b) => a._creationTime - b._creationTime);
  }
}

const STANDING_FIELDS = [
  "totalPoints",
  "negTotal",
  "reachedAt",
  "seq",
  "activityCount",
  "rowCount",
  "streakLength",
  "streakLastDay",
  "longestStreak",
  "streakBonusPoints",
  "streakActivityId",
] as const;

const ledgerFinding = (kind: string, seq: number, points: number) => ({
  kind: `pointEvents.${kind}`,
  about: String(seq),
  expected: null,
  actual: finite(points),
});

/** NaN and infinities as texts, so that they reach whoever reads a finding as JSON. */
function finite(value: Value): Value {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

/** A day's totals as one text, so that two can be compared and shown. */
function dayText({ points, streakPoints, activityCount, typeCounts }: DayCounts): string {
  const types = typeCounts.map(({ activityTypeId, count }) => `${activityTypeId}:${count}`);
  return JSON.stringify({ points, streakPoints, activityCount, types: types.sort() });
}

const countText = ({ points, activityCount }: Pick<BoardRow, "points" | "activityCount">) =>
  JSON.stringify({ points, activityCount });

/**
 * What disagrees with a person's activity rows (aggregate, standing, days, boards, streak row, doubled awards, events), and what a repair would
 * write. The rows are the truth; everything else is counted from them again. Events are never written anew: damage of
 * the ledger is named, for an admin to explain, and so are rows that are not what their rules say of their day, and
 * imported rows that are there twice.
 */
export function verifyAccount(facts: AccountFacts): Verified {
  const verification = new Verification(facts);
  verification.prices();
  verification.imports();
  const streak = verification.streakFixes();
  const fixes = [...verification.awardFixes(), ...streak.fixes];
  const aggregate = verification.aggregate(fixes);
  const days = verification.days();
  const before = verification.findings.length;
  for (const { _id } of facts.standings.filter((row) => row !== verification.standing))
    verification.report("standings.doubled", [null, _id]);
  const standing = verification.standingFields(streak.keeper);
  const isStandingWrong = verification.findings.length > before;
  const boards = verification.boards(standing);
  const openings = verification.ledgerFindings(fixes);
  const others = facts.standings.filter((row) => row !== verification.standing);
  const dropStandings = others.map(({ _id }) => _id);
  const plan = { openings, fixes, aggregate, standing, isStandingWrong, dropStandings };
  return { findings: verification.findings, plan: { ...plan, ...days, ...boards } };
}
