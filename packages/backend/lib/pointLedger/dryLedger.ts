import type { Id, TableNames } from "../../_generated/dataModel";
import type { Account, ActivityRow, RowChange, StoredActivity } from "../rules/ledger";
import type { LedgerBook } from "../rules/ledgerBook";
import type { AwardPlan, AwardProgress, AwardWish, Ledger, LedgerReads, WrittenRow } from "./ports";

/** A row that a verb would write, before and after all it does. */
export interface DryChange {
  /** null: the row would be new. */
  before: StoredActivity | null;
  after: StoredActivity;
}

/** What one looks up in a list of rows: those of the deployment as they would be, and new ones. */
type Wanted = (row: ActivityRow) => boolean;

/**
 * A ledger that remembers what verbs would write instead of writing it, and reads it back: whatever runs on it does what
 * it would do, at one instant, and changes nothing.
 */
export class DryLedger implements Ledger {
  private readonly rows = new Map<Id<"activities">, DryChange>();
  private readonly progress = new Map<Id<"achievements">, AwardProgress>();
  private account: Account | null = null;
  /** Whether awards are left to a transaction of their own. */
  awardsFollow = false;

  /** @param at when it would happen, UTC ms */
  constructor(
    private readonly reads: LedgerReads,
    private readonly at: number,
  ) {}

  now(): number {
    return this.at;
  }

  /** The rows that points move on, or that come and go, in the order they were first written. */
  get changes(): DryChange[] {
    return [...this.rows.values()];
  }

  get rules(): Ledger["rules"] {
    return this.reads.rules;
  }

  async awards(wish: AwardWish): Promise<AwardPlan[]> {
    return await this.reads.awards(wish);
  }

  async effects(book: LedgerBook, rows: readonly WrittenRow[]): Promise<RowChange[]> {
    const { activities, progress: known } = this;
    const plans = await this.awards({ activities, book, rows, known });
    for (const { achievement, entries, settlement } of plans) {
      this.progress.set(achievement._id, { entries, awards: settlement.awards });
      this.awardsFollow ||= !settlement.isComplete;
    }
    return plans.flatMap(({ settlement }) => settlement.changes);
  }

  readonly activities: Ledger["activities"] = {
    get: async (id) => this.rows.get(id)?.after ?? (await this.reads.activities.get(id)),
    ofExternalId: async (owner, source, externalId) =>
      this.one(
        await this.reads.activities.ofExternalId(owner, source, externalId),
        (row) => row.source === source && row.externalId === externalId,
      ),
    ofAwardKey: async (owner, awardKey) =>
      this.one(
        await this.reads.activities.ofAwardKey(owner, awardKey),
        (row) => row.awardKey === awardKey,
      ),
    ofDay: async (owner, day) =>
      this.all(await this.reads.activities.ofDay(owner, day), (row) => row.loggedDate === day),
    liveOfType: async (userId, activityTypeId, day) =>
      this.all(
        await this.reads.activities.liveOfType(userId, activityTypeId, day),
        (row) =>
          row.activityTypeId === activityTypeId &&
          row.loggedDate === day &&
          row.deletedAt === undefined,
      ),
    insert: async (row) => {
      const _id = madeUpId<"activities">(this.rows.size);
      // Rows of a day are priced in the order they were made, and this one is made last.
      const _creationTime = Number.MAX_SAFE_INTEGER;
      this.rows.set(_id, { before: null, after: { ...row, _id, _creationTime } });
      return _id;
    },
    move: async (before, after) => this.keep(before, after),
    editDetails: async (before, after) => this.keep(before, after),
    seal: async (before, after) => this.keep(before, after),
  };

  readonly participations: Ledger["participations"] = {
    // Read whole, so that nobody asks for the other days afterwards.
    account: async (challenge, userId) => {
      this.account ??= await this.reads.participations.account(challenge, userId);
      return this.account;
    },
    days: async (owner) => await this.reads.participations.days(owner),
    appendEvent: async ({ totalAfter }) => this.goOn({ ledgerTotal: totalAfter }),
    saveDays: async (account, days) => {
      const after = new Map(account.days.map((day) => [day.day, day]));
      for (const [index, day] of days.entries()) {
        const known = after.get(day.day);
        const _id = known?._id ?? madeUpId<"dayTotals">(index);
        after.set(day.day, { ...day, _id, _creationTime: known?._creationTime ?? this.at });
      }
      this.goOn({ days: [...after.values()] });
    },
    saveTotals: async ({ standing }, { tally }) =>
      this.goOn({ standing: { ...standing, ...tally } }),
  };

  readonly held: Ledger["held"] = {
    ofExternalId: async (...of) => await this.reads.held.ofExternalId(...of),
    room: async (owner) => await this.reads.held.room(owner),
    save: async () => {},
    release: async () => {},
    announce: async () => {},
  };

  private goOn(change: Partial<Account>): void {
    if (this.account) this.account = { ...this.account, ...change };
  }

  private keep(before: StoredActivity, after: ActivityRow): void {
    const { _id, _creationTime } = before;
    const first = this.rows.get(_id);
    const now = { ...after, _id, _creationTime };
    this.rows.set(_id, { before: first ? first.before : before, after: now });
  }

  private all(stored: readonly StoredActivity[], isWanted: Wanted): StoredActivity[] {
    const changed = this.changes.map(({ after }) => after);
    const rest = stored.filter(({ _id }) => !this.rows.has(_id));
    const wanted = [...rest, ...changed].filter(isWanted);
    return wanted.sort((one, other) => one._creationTime - other._creationTime);
  }

  private one(stored: StoredActivity | null, isWanted: Wanted): StoredActivity | null {
    return this.all(stored ? [stored] : [], isWanted)[0] ?? null;
  }
}

/** An id of a row that is not there; it goes nowhere near the database. */
function madeUpId<Table extends TableNames>(number: number): Id<Table> {
  return `preview${number}` as Id<Table>;
}
