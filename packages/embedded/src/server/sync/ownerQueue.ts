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
/** A turn looks no further when so many have newly asked something: it answers few of them. */
const MAX_ASKING = 512;
/** Telling takes time that the answers need: who waits for one is told of the rest once in so long. */
const KNOWN_EVERY_MS = 1_000;

/** What those a turn runs queries for are told when it is over; null for who needs another turn before. */
export type Batch = Map<LiveOwner, Snapshot | null>;

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
  /** How much was run so far for owners who need more than one turn, of everything and of what they have been told. */
  readonly #divided = {
    whole: new Map<LiveOwner, number>(),
    known: new Map<LiveOwner, number>(),
  };
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
    this.#divided.whole.delete(owner);
    this.#divided.known.delete(owner);
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
    const asking: LiveOwner[] = [];
    const endMs = startMs + lengthMs;
    yield* this.#serveAll(this.#usualNeeds(asking), turn, endMs);
    const shareMs = lengthMs * SHARE_OF_QUESTIONS;
    const questionsEndMs = Math.max(endMs, performance.now() + shareMs);
    yield* this.#serveAll(this.#questions(asking), turn, questionsEndMs);
  }

  /**
   * What the owners wait for, in their order, each looked at when it comes to be served: queries that run before it may
   * take several tasks. Who has newly asked something is noted in `asking`, and waits here for the rest.
   */
  *#usualNeeds(asking: LiveOwner[]): Generator<Need> {
    for (const owner of this.#nextOwners()) {
      const snapshot = owner.snapshot();
      if (snapshot === null) {
        this.remove(owner);
      } else if (!this.#isAsking(snapshot)) {
        yield { owner, snapshot, isWhole: true };
      } else {
        asking.push(owner);
        const { known } = snapshot;
        if (known !== null && this.#waitsForKnown(owner))
          yield { owner, snapshot: known, isWhole: false };
        if (asking.length >= MAX_ASKING) return;
      }
    }
  }

  /** Everything that those who have newly asked something wait for. */
  *#questions(asking: readonly LiveOwner[]): Generator<Need> {
    for (const owner of asking) {
      // Who was told the rest in this turn is told all of it instead.
      if (!this.#waiting.has(owner) || !owner.ready || this.#deferred.has(owner)) continue;
      const snapshot = owner.snapshot();
      if (snapshot === null) this.remove(owner);
      else yield { owner, snapshot, isWhole: true };
    }
  }

  /**
   * Serves one owner after the other until `endMs`, one at least. Afterwards it still takes those who need nothing
   * more run: what many watch is run for all of them.
   */
  *#serveAll(needs: Iterable<Need>, turn: Turn, endMs: number): Generator<QueryEntry> {
    let hasRun = false;
    let passedOver = 0;
    for (const need of needs) {
      const toRun = this.#toRun(need.snapshot, turn.chosen);
      if (toRun.size > 0 && hasRun && performance.now() >= endMs) {
        if (++passedOver >= MAX_PASSED_OVER) return;
        continue;
      }
      hasRun ||= toRun.size > 0;
      yield* this.#serve(need, toRun, turn);
    }
  }

  /** From here to the end of the round the owner has what it is told: whatever it asks meanwhile waits for another. */
  *#serve(need: Need, toRun: Set<QueryEntry>, turn: Turn): Generator<QueryEntry> {
    const { owner, snapshot, isWhole } = need;
    const wait = this.#waiting.get(owner);
    if (wait === undefined) return;
    const before = turn.batch.get(owner) ?? null;
    if (isWhole) this.#waiting.delete(owner);
    this.#inRound.add(owner);
    turn.batch.set(owner, snapshot);
    const isServed = yield* this.#runFor(need, toRun, turn);
    if (!this.#inRound.has(owner)) return;
    const added = this.#waiting.get(owner);
    if (!isServed) {
      // Others come first now, and it is told in this round what it was to be told before, if anything.
      turn.batch.set(owner, before);
      if (before === null) this.#inRound.delete(owner);
      this.#waiting.delete(owner);
      this.#waiting.set(owner, added ?? wait);
    } else if (!isWhole && added !== undefined) {
      added.knownToldMs = performance.now();
      if (added === wait) added.isToldKnown = true;
    }
  }

  /**
   * Runs what one owner needs. Who needs more than a turn gets it in several, and others come in between; but what
   * commits have met again by the time as much was run as the owner watches is run in one: they may come faster than
   * it can be told anything. False when more is to come.
   */
  *#runFor(
    { owner, snapshot, isWhole }: Need,
    toRun: Set<QueryEntry>,
    { chosen, lengthMs }: Turn,
  ): Generator<QueryEntry, boolean> {
    const divided = isWhole ? this.#divided.whole : this.#divided.known;
    const endMs = performance.now() + lengthMs;
    let runs = divided.get(owner) ?? 0;
    let left = toRun.size;
    for (const entry of toRun) {
      chosen.add(entry);
      yield entry;
      // Nobody needs the others of somebody who is gone.
      if (!this.#inRound.has(owner)) return true;
      runs++;
      left--;
      if (left > 0 && runs < snapshot.subscriptions.length && performance.now() >= endMs) {
        divided.set(owner, runs);
        return false;
      }
    }
    divided.delete(owner);
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
    // Who comes to wait meanwhile is not of this turn.
    const owners = [...this.#waiting.keys()];
    const writers = this.#writersFirst ? owners.filter(({ owed }) => owed) : [];
    for (const owner of new Set([...writers, ...owners])) if (this.takesPart(owner)) yield owner;
  }
}
