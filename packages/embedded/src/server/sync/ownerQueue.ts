/** Who waits to be told results, and whose queries the next turn of the engine runs. */
import type { LiveOwner, QueryEntry, Snapshot, Subscription } from "./queryEntry.ts";

/**
 * A turn ends with the owner at whom it has taken so long: mutations go on then. It may take longer when it has
 * waited longer for them, or many mutations would leave nothing for the queries.
 */
const TURN_MS = 10;
const SHARE_OF_WAITING = 0.5;
/** Of a turn's time, what single owners' new questions get in addition when the others have taken all of it. */
const SHARE_OF_QUESTIONS = 0.5;
/** Once its time is over, a turn looks past so many owners who need more runs for others who need none. */
const MAX_PASSED_OVER = 512;

/** Telling takes time that the answers need: who waits for one is told of the rest once in so long. */
const KNOWN_EVERY_MS = 1_000;

/** What the owners in a round are told when its turn is over. */
export type Batch = Map<LiveOwner, Snapshot>;

/** What an owner waits for: everything it watches, or what it has been told of it before. */
interface Need {
  owner: LiveOwner;
  snapshot: Snapshot;
  isWhole: boolean;
}

/** A turn of the engine while it goes on. */
interface Turn {
  batch: Batch;
  lengthMs: number;
  /** What it has run. */
  readonly chosen: Set<QueryEntry>;
}

interface Wait {
  /** True when it waits for answers to new questions only. */
  isToldKnown: boolean;
  /** When a round told it what it has been told before, by `performance.now`. */
  knownToldMs: number;
}

export class OwnerQueue {
  readonly #moveToShared: (subscription: Subscription) => void;
  /** Who has waited longest first. */
  readonly #waiting = new Map<LiveOwner, Wait>();
  readonly #inRound = new Set<LiveOwner>();
  /** Who waits for the next task. */
  readonly #deferred = new Set<LiveOwner>();
  /** How much was run so far for owners who need more than one turn. */
  readonly #divided = new Map<LiveOwner, number>();
  #writersFirst = false;

  /** `moveToShared` may give a subscription another entry before its own is run. */
  constructor(moveToShared: (subscription: Subscription) => void) {
    this.#moveToShared = moveToShared;
  }

  get empty(): boolean {
    return this.#waiting.size === 0;
  }

  /** Has the owner told its results, after all who wait already. */
  add(owner: LiveOwner): void {
    const { knownToldMs = -Infinity } = this.#waiting.get(owner) ?? {};
    this.#waiting.set(owner, { isToldKnown: false, knownToldMs });
  }

  /** The owner is told the part it has been told before: until the next `add` it waits for the rest only. */
  toldKnown(owner: LiveOwner): void {
    const wait = this.#waiting.get(owner);
    if (wait !== undefined) wait.isToldKnown = true;
  }

  /** The owner waits for nothing any more. */
  remove(owner: LiveOwner): void {
    this.#waiting.delete(owner);
    this.#divided.delete(owner);
  }

  /** The owner is gone. */
  forget(owner: LiveOwner): void {
    this.remove(owner);
    this.#inRound.delete(owner);
  }

  clear(): void {
    this.#waiting.clear();
  }

  /** Keeps the owner out of all rounds until the next task, which begins with `then`. */
  defer(owner: LiveOwner, then: () => void): void {
    if (this.#deferred.has(owner)) return;
    this.#deferred.add(owner);
    setImmediate(() => {
      this.#deferred.delete(owner);
      then();
    });
  }

  /** True for an owner that the next round should serve. */
  takesPart(owner: LiveOwner): boolean {
    return (
      this.#waiting.has(owner) &&
      owner.ready &&
      !this.#inRound.has(owner) &&
      !this.#deferred.has(owner)
    );
  }

  someoneTakesPart(): boolean {
    for (const owner of this.#waiting.keys()) if (this.takesPart(owner)) return true;
    return false;
  }

  /** Ends the round for an owner; false when it was not in it any more. */
  leaveRound(owner: LiveOwner): boolean {
    return this.#inRound.delete(owner);
  }

  /**
   * In the turn: takes owners into `batch`, with the stale queries each needs run. First come those whom a commit has
   * met, and what several watch; then, in what is left of its time and never less than their share, what single
   * owners have newly asked. `sinceMs` is when the turn was asked for.
   */
  *choose(batch: Batch, sinceMs: number): Generator<QueryEntry> {
    const startMs = performance.now();
    const lengthMs = Math.max(TURN_MS, (startMs - sinceMs) * SHARE_OF_WAITING);
    const turn = { batch, lengthMs, chosen: new Set<QueryEntry>() };
    const { usual, questions } = this.#needs();
    const endMs = startMs + lengthMs;
    yield* this.#serve(usual, turn, endMs);
    const shareMs = lengthMs * SHARE_OF_QUESTIONS;
    yield* this.#serve(questions, turn, Math.max(endMs, performance.now() + shareMs));
  }

  /** What the owners wait for, in their order. Who has asked something new also waits to hear of the rest. */
  #needs(): { usual: Need[]; questions: Need[] } {
    const usual: Need[] = [];
    const questions: Need[] = [];
    for (const owner of this.#nextOwners()) {
      const snapshot = owner.snapshot();
      if (snapshot === null) {
        this.remove(owner);
      } else if (this.#isAsking(snapshot)) {
        const { known } = snapshot;
        if (known !== null && this.#waitsForKnown(owner))
          usual.push({ owner, snapshot: known, isWhole: false });
        questions.push({ owner, snapshot, isWhole: true });
      } else {
        usual.push({ owner, snapshot, isWhole: true });
      }
    }
    return { usual, questions };
  }

  /**
   * Serves one owner after the other until `endMs`, one at least. Afterwards it still takes those who need nothing
   * more run: what many watch is run for all of them.
   */
  *#serve(needs: Need[], turn: Turn, endMs: number): Generator<QueryEntry> {
    let hasRun = false;
    let passedOver = 0;
    for (const need of needs) {
      const { owner, snapshot, isWhole } = need;
      // It may have gone, or been told, since.
      if (!this.#waiting.has(owner)) continue;
      const toRun = this.#toRun(snapshot, turn.chosen);
      if (toRun.size > 0) {
        if (hasRun && performance.now() >= endMs) {
          if (++passedOver >= MAX_PASSED_OVER) return;
          continue;
        }
        hasRun = true;
        const isServed = yield* this.#runFor(need, toRun, turn);
        if (!isServed || !this.#waiting.has(owner)) continue;
      }
      if (isWhole) this.remove(owner);
      else this.#waiting.set(owner, { isToldKnown: true, knownToldMs: performance.now() });
      this.#inRound.add(owner);
      turn.batch.set(owner, snapshot);
    }
  }

  /**
   * Runs what one owner needs. Who needs more than a turn gets it in several, and others come in between; but what
   * commits have met again by the time as much was run as the owner watches is run in one: they may come faster than
   * it can be told anything. False when more is to come.
   */
  *#runFor(
    { owner, snapshot }: Need,
    toRun: Set<QueryEntry>,
    { chosen, lengthMs }: Turn,
  ): Generator<QueryEntry, boolean> {
    const endMs = performance.now() + lengthMs;
    let runs = this.#divided.get(owner) ?? 0;
    let left = toRun.size;
    for (const entry of toRun) {
      chosen.add(entry);
      yield entry;
      runs++;
      left--;
      if (left > 0 && runs < snapshot.subscriptions.length && performance.now() >= endMs) {
        this.#divided.set(owner, runs);
        const wait = this.#waiting.get(owner);
        if (this.#waiting.delete(owner) && wait !== undefined) this.#waiting.set(owner, wait);
        return false;
      }
    }
    return true;
  }

  #waitsForKnown(owner: LiveOwner): boolean {
    const wait = this.#waiting.get(owner);
    if (wait === undefined || wait.isToldKnown) return false;
    return owner.owed || performance.now() - wait.knownToldMs >= KNOWN_EVERY_MS;
  }

  /** True when it holds something that nobody has a result of yet, and nobody else waits for. */
  #isAsking({ subscriptions }: Snapshot): boolean {
    return subscriptions.some((subscription) => {
      this.#moveToShared(subscription);
      const { result, subscriptions: watchers } = subscription.entry;
      return result === null && watchers.size === 1;
    });
  }

  /** What an owner watches that is stale and not chosen yet. */
  #toRun({ subscriptions }: Snapshot, chosen: ReadonlySet<QueryEntry>): Set<QueryEntry> {
    const toRun = new Set<QueryEntry>();
    for (const subscription of subscriptions) {
      this.#moveToShared(subscription);
      const { entry } = subscription;
      if (entry.stale && !chosen.has(entry)) toRun.add(entry);
    }
    return toRun;
  }

  /** Who wrote and waits to see it comes first, but only every other time, so that all others come too. */
  *#nextOwners(): Generator<LiveOwner> {
    this.#writersFirst = !this.#writersFirst;
    const first = new Set<LiveOwner>();
    if (this.#writersFirst) {
      for (const owner of this.#waiting.keys())
        if (owner.owed && this.takesPart(owner)) first.add(owner);
    }
    yield* first;
    for (const owner of this.#waiting.keys())
      if (!first.has(owner) && this.takesPart(owner)) yield owner;
  }
}
