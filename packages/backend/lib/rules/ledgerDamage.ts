import type { EventRow, Stored, StoredActivity } from "./ledger";
import { livePoints } from "./ledger";

export type StoredEvent = Stored<EventRow, "pointEvents">;

/** One thing that is wrong with the events themselves; nobody but an admin can say what it means. */
export interface Damage {
  seq: number;
  kind: "missing" | "doubled" | "altered";
  /** Points the ledger says too much or too little there. */
  points: number;
}

export interface LedgerFacts {
  events: readonly StoredEvent[];
  hasAllEvents: boolean;
  rows: readonly StoredActivity[];
  /** Number of the last event, as the standing says. */
  seq: number;
  /** What the live rows give together. */
  totalPoints: number;
}

export interface LedgerReport {
  /** Not explained yet by an admin's restatement. */
  damages: Damage[];
  explained: Damage[];
  /** Rows no event tells of, although none is missing: they came in without a ledger. */
  unledgered: StoredActivity[];
  /** What the ledger says each row gives. */
  given: ReadonlyMap<string, number>;
}

/** Numbers of a gap that are named one by one. */
const MAX_NAMED = 100;

const deltaOf = ({ pointsBefore, pointsAfter }: EventRow) => pointsAfter - pointsBefore;

class Inspection {
  readonly damages: Damage[] = [];
  readonly given = new Map<string, number>();
  private readonly kept: StoredEvent[] = [];

  constructor(private readonly facts: LedgerFacts) {
    const ascending = [...facts.events].sort(
      (a, b) => a.seq - b.seq || a._creationTime - b._creationTime,
    );
    for (const event of ascending) {
      if (this.kept.at(-1)?.seq === event.seq)
        this.damages.push({ seq: event.seq, kind: "doubled", points: deltaOf(event) });
      else this.kept.push(event);
    }
  }

  /** Numbers without gaps, and each total the one before plus its own difference. */
  walkTotals(): void {
    const { hasAllEvents, seq, totalPoints } = this.facts;
    let wanted = hasAllEvents ? 1 : (this.kept[0]?.seq ?? 1);
    let total: number | null = hasAllEvents ? 0 : null;
    for (const [index, event] of this.kept.entries()) {
      const totalBefore = event.totalAfter - deltaOf(event);
      if (event.seq > wanted) {
        this.missing(wanted, event.seq - 1, total === null ? 0 : totalBefore - total);
        total = totalBefore;
      }
      wanted = event.seq + 1;
      const expected: number | null = total === null ? null : total + deltaOf(event);
      total = event.totalAfter;
      if (event.kind === "restatement") {
        this.checkRestatement(event, index);
        continue;
      }
      if (expected === null || expected === total) continue;
      this.damages.push({ seq: event.seq, kind: "altered", points: total - expected });
      if (!this.goesOnFrom(index, total)) total = expected;
    }
    if (seq >= wanted) this.missing(wanted, seq, totalPoints - (total ?? totalPoints));
  }

  /** A restatement moves nothing, and totals go on from it. */
  private checkRestatement(event: StoredEvent, index: number): void {
    const { seq, pointsBefore, pointsAfter, totalAfter } = event;
    const isLast = index === this.kept.length - 1 && seq >= this.facts.seq;
    const points = isLast ? totalAfter - this.facts.totalPoints : 0;
    if (pointsBefore !== 0 || pointsAfter !== 0 || points !== 0)
      this.damages.push({ seq, kind: "altered", points });
  }

  /** Whether the event after this one takes its total as it is: then the difference is wrong and not the total. */
  private goesOnFrom(index: number, total: number): boolean {
    const next = this.kept[index + 1];
    if (next === undefined) return total === this.facts.totalPoints;
    const isNext = next.seq === (this.kept[index]?.seq ?? 0) + 1;
    return !isNext || next.kind === "restatement" || next.totalAfter - deltaOf(next) === total;
  }

  private missing(from: number, to: number, points: number): void {
    const last = Math.min(to, from + MAX_NAMED - 1);
    for (let seq = from; seq <= last; seq += 1)
      this.damages.push({ seq, kind: "missing", points: seq === from ? points : 0 });
  }

  /** The events of each row lead from one to the next and end at what it gives. */
  walkRows(): StoredActivity[] {
    const last = new Map<string, number>();
    for (const event of this.kept) {
      const { activityId, seq, pointsBefore, pointsAfter } = event;
      if (activityId === undefined) continue;
      const before = this.given.get(activityId) ?? 0;
      this.given.set(activityId, pointsAfter);
      if (pointsBefore !== before && !this.isDamaged(last.get(activityId) ?? 1, seq))
        this.damages.push({ seq, kind: "altered", points: pointsBefore - before });
      last.set(activityId, seq);
    }
    const rows = new Map(this.facts.rows.map((row) => [String(row._id), row]));
    for (const [activityId, given] of this.given) {
      const points = livePoints(rows.get(activityId) ?? null) - given;
      const seq = last.get(activityId) ?? 0;
      if (points !== 0 && !this.isDamaged(seq, Infinity))
        this.damages.push({ seq, kind: "altered", points });
    }
    if (this.damages.some(({ kind }) => kind === "missing")) return [];
    return this.facts.rows.filter(({ _id }) => !last.has(_id));
  }

  /** Something that was found between two events explains why they do not meet. */
  private isDamaged(from: number, to: number): boolean {
    return this.damages.some(({ seq }) => seq >= from && seq <= to);
  }
}

/**
 * What is wrong with a person's events: lost, doubled or altered ones, by number. A cause is named once: totals and rows
 * that follow from it are not named again. What a restatement explains is listed apart.
 */
export function inspectLedger(facts: LedgerFacts): LedgerReport {
  const inspection = new Inspection(facts);
  inspection.walkTotals();
  const unledgered = facts.hasAllEvents ? inspection.walkRows() : [];
  const explanations = new Set(
    facts.events.flatMap(({ explains = [] }) => explains.map(({ seq, kind }) => `${kind} ${seq}`)),
  );
  const isExplained = ({ seq, kind }: Damage) => explanations.has(`${kind} ${seq}`);
  const damages = inspection.damages.filter((damage) => !isExplained(damage));
  const explained = inspection.damages.filter(isExplained);
  return { damages, explained, unledgered, given: inspection.given };
}
