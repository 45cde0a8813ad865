import type { Id } from "../_generated/dataModel";
import type { Ledger, Owner } from "../lib/pointLedger/ports";
import { boardName, type BoardRow, boardRowAfter } from "../lib/rules/boards";
import {
  type ActivityRow,
  type DayRow,
  type EventRow,
  livePoints,
  type StandingRow,
  type Stored,
  type StoredActivity,
  type StoredChallenge,
} from "../lib/rules/ledger";
import type { TypeRule } from "../lib/rules/ledger";
import { type AccountFacts, verifyAccount } from "../lib/rules/verifyAccount";

/** A challenge of June 2026 (UTC). */
export const CHALLENGE: StoredChallenge = {
  _id: "challenge" as Id<"challenges">,
  _creationTime: 0,
  name: "June",
  description: "",
  startsOn: "2026-06-01",
  endsOn: "2026-06-30",
  timezone: "UTC",
  visibility: "public",
  joinCode: "",
  streakMinPoints: 10,
  streakBonus: "running",
  streakBonusDailyCap: 30,
  backdateDays: 7,
  graceHours: 48,
  finalDaysFrom: 29,
};

export const ADA = "ada" as Id<"users">;
const OWNER: Owner = { challengeId: CHALLENGE._id, userId: ADA };

/** The ledger of one person in maps, with a clock that is set by hand. */
export class MemoryLedger implements Ledger {
  nowMs = Date.parse("2026-06-10T12:00:00Z");
  readonly rows = new Map<string, StoredActivity>();
  readonly events: Array<Stored<EventRow, "pointEvents">> = [];
  readonly notes: string[] = [];
  readonly dayRows = new Map<string, Stored<DayRow, "dayTotals">>();
  standing: Stored<StandingRow, "standings">;
  readonly boards = new Map<string, BoardRow>();
  /** What the aggregate would hold, kept by differences as it is. */
  sum = 0;
  writes = 0;
  /** How often the days beyond the week of a change were asked for. */
  fullReads = 0;

  constructor(private readonly types: readonly TypeRule[]) {
    this.standing = {
      ...OWNER,
      _id: "standing" as Id<"standings">,
      _creationTime: 0,
      totalPoints: 0,
      negTotal: 0,
      listed: true,
      reachedAt: 0,
      seq: 0,
      activityCount: 0,
      rowCount: 0,
      streakLength: 0,
      streakLastDay: null,
      longestStreak: 0,
      streakBonusPoints: 0,
      streakActivityId: null,
    };
  }

  async effects() {
    return [];
  }

  async awards() {
    return [];
  }

  now(): number {
    return this.nowMs;
  }

  /** A stored row, as it is now. */
  row(id: string): StoredActivity {
    const row = this.rows.get(id);
    if (row === undefined) throw new Error(`no row ${id}`);
    return row;
  }

  /** What verify finds. */
  findings() {
    const rows = [...this.rows.values()];
    const facts: AccountFacts = {
      owner: { challengeId: this.standing.challengeId, userId: this.standing.userId },
      rows,
      events: this.events,
      hasAllEvents: true,
      days: [...this.dayRows.values()],
      standings: [this.standing],
      // The sum alone is kept, in step with each move.
      aggregate: {
        sum: this.sum,
        items: rows.map((row) => ({ activityId: row._id, points: livePoints(row) })),
      },
      isListed: true,
      joinedAt: this.standing._creationTime,
      isFinal: false,
      streakRules: { minPoints: 10, bonus: "running", dailyCap: 30 },
      boards: [...this.boards].map(([name, row]) => ({
        ...row,
        _id: name as Id<"boardTotals">,
        _creationTime: 0,
      })),
      startsOn: CHALLENGE.startsOn,
      ruleOf: ({ activityTypeId, ruleVersion }) =>
        this.types.find(
          (type) => type.activityTypeId === activityTypeId && type.version === ruleVersion,
        )?.rule ?? null,
    };
    return verifyAccount(facts).findings;
  }

  readonly activities: Ledger["activities"] = {
    get: async (id) => this.rows.get(id) ?? null,
    ofExternalId: async (_owner, source, externalId) =>
      this.find((row) => row.source === source && row.externalId === externalId),
    ofAwardKey: async (_owner, awardKey) => this.find((row) => row.awardKey === awardKey),
    ofDay: async (_owner, day) => [...this.rows.values()].filter((row) => row.loggedDate === day),
    liveOfType: async (_userId, activityTypeId, day) =>
      [...this.rows.values()].filter(
        (row) =>
          row.activityTypeId === activityTypeId &&
          row.loggedDate === day &&
          row.deletedAt === undefined,
      ),
    insert: async (row) => {
      const _id = `row${this.rows.size + 1}` as Id<"activities">;
      // Later rows have later times, as in the database.
      this.put({ ...row, _id, _creationTime: this.nowMs + this.rows.size / 1000 });
      return _id;
    },
    move: async (before, after) => this.replace(before, after),
    editDetails: async (before, after) => this.replace(before, after),
    seal: async (before, after) => this.replace(before, after),
  };

  readonly participations: Ledger["participations"] = {
    account: async (challenge, userId, wanted) => {
      if (userId !== ADA) return null;
      const all = this.allDays();
      const span = wanted ?? null;
      const days = span ? all.filter(({ day }) => span.from <= day && day <= span.to) : all;
      const ledgerTotal = this.events.at(-1)?.totalAfter ?? 0;
      return { challenge, standing: this.standing, days, span, ledgerTotal };
    },
    days: async () => {
      this.fullReads += 1;
      return this.allDays();
    },
    appendEvent: async (event, { note }) => {
      this.writes += 1;
      const _id = `event${event.seq}` as Id<"pointEvents">;
      this.events.push({ ...event, _id, _creationTime: this.nowMs });
      if (note !== undefined) this.notes.push(note);
    },
    saveDays: async (_account, days) => {
      for (const day of days) {
        this.writes += 1;
        const _id = `day${day.day}` as Id<"dayTotals">;
        this.dayRows.set(day.day, { ...day, _id, _creationTime: 0 });
      }
    },
    saveTotals: async (_account, { boards, tally }, at) => {
      for (const change of boards) {
        this.writes += 1;
        const name = boardName(change);
        const after = boardRowAfter(this.boards.get(name) ?? null, change, {
          ...OWNER,
          listed: this.standing.listed,
          at,
        });
        if (after) this.boards.set(name, after);
        else this.boards.delete(name);
      }
      if (tally === null) return;
      this.writes += 1;
      this.standing = { ...this.standing, ...tally };
    },
  };

  /** Nothing is ever held: no other source writes here. */
  readonly held: Ledger["held"] = {
    ofExternalId: async () => null,
    room: async () => 0,
    save: async () => {},
    release: async () => {},
    announce: async () => {},
  };

  readonly rules: Ledger["rules"] = {
    current: async (_challengeId, id) =>
      this.types.findLast(({ activityTypeId }) => activityTypeId === id) ?? null,
    version: async (id, version) => {
      const type = this.types.find((one) => one.activityTypeId === id && one.version === version);
      if (type === undefined) throw new Error(`no version ${version} of ${id}`);
      return type;
    },
    ofSport: async (_challengeId, sport) =>
      this.types.findLast(({ activityTypeId }) => activityTypeId === sport.toLowerCase()) ?? null,
  };

  private allDays() {
    return [...this.dayRows.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
  }

  private find(is: (row: ActivityRow) => boolean): StoredActivity | null {
    return [...this.rows.values()].find(is) ?? null;
  }

  private replace({ _id, _creationTime }: StoredActivity, after: ActivityRow): void {
    this.put({ ...after, _id, _creationTime });
  }

  private put(row: StoredActivity): void {
    this.writes += 1;
    this.sum += livePoints(row) - livePoints(this.rows.get(row._id) ?? null);
    this.rows.set(row._id, row);
  }
}
