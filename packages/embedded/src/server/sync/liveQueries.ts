/**
 * Keeps every watched query's result true: finds the queries a commit has met, runs each of them once
 * however many watch it, and tells their owners. Queries that read no identity are shared by everyone.
 */
import { overlaps, SubscriptionIndex } from "../../store/index.ts";
import type { Commit, Engine, QueryCall, QueryRun, Store } from "../../types.ts";
import { failedRun, type SystemQueries } from "../systemQueries.ts";
import { IdleResults } from "./idleResults.ts";
import { errorText } from "../http/respond.ts";
import {
  functionKey,
  QueryEntry,
  queryKey,
  type LiveOwner,
  type QueryResult,
  type Snapshot,
  type Subscription,
  type WatchedCall,
} from "./queryEntry.ts";

/** A round runs at most about so many queries in one turn, so that mutations get theirs in between. */
const QUERIES_PER_ROUND = 64;
/** Convex serves a result that read the clock this long. */
const CLOCK_RESULT_MS = 5_000;
const IDLE_RESULT_BYTES = 32 * 1024 * 1024;

/** What live queries need of the engine. */
export interface LiveEngine extends Pick<Engine, "runQueries" | "functionType"> {
  readonly store: Pick<Store, "ts" | "onCommit">;
}

type Batch = Map<LiveOwner, Snapshot>;

/** Queries that were run in one turn of the engine. */
interface Turn {
  ts: bigint;
  entries: QueryEntry[];
  runs: QueryRun[];
  /** Commits after `ts`, up to the moment the results are taken. */
  later: Commit[];
}

export class LiveQueries {
  readonly #engine: LiveEngine;
  readonly #system: Pick<SystemQueries, "handles" | "run">;
  readonly #log: (line: string) => void;
  readonly #entries = new Map<string, QueryEntry>();
  readonly #index = new SubscriptionIndex<QueryEntry>();
  readonly #idle = new IdleResults(IDLE_RESULT_BYTES);
  /** Whether a function has been seen to read the identity. */
  readonly #readsIdentity = new Map<string, boolean>();
  /** Owners with something to be told. */
  readonly #waiting = new Set<LiveOwner>();
  readonly #inRound = new Set<LiveOwner>();
  /** Owners whose delivery waits for the next task. */
  readonly #deferred = new Set<LiveOwner>();
  /** Turns whose results have not come back yet: each collects the commits it cannot have seen. */
  readonly #turns = new Set<Commit[]>();
  readonly #stopListening: () => void;
  #running = false;
  /** Since the start: runs of watched queries, and how plain queries were answered. */
  readonly counts = { reruns: 0, cacheHits: 0, cacheMisses: 0 };

  constructor(
    engine: LiveEngine,
    system: Pick<SystemQueries, "handles" | "run">,
    log: (line: string) => void,
  ) {
    this.#engine = engine;
    this.#system = system;
    this.#log = log;
    this.#stopListening = engine.store.onCommit((commit) => this.#onCommit(commit));
  }

  /** How many queries all clients watch. */
  get subscriptions(): number {
    let sum = 0;
    for (const { subscriptions } of this.#entries.values()) sum += subscriptions.size;
    return sum;
  }

  close(): void {
    this.#stopListening();
    this.#waiting.clear();
  }

  /** Watches a query; call `attend` afterwards to have the owner told the result. */
  subscribe(owner: LiveOwner, call: WatchedCall): Subscription {
    const entry = this.#entryFor(call);
    const subscription = { owner, call, entry };
    entry.subscriptions.add(subscription);
    return subscription;
  }

  unsubscribe(subscription: Subscription): void {
    this.#leave(subscription.entry, subscription);
  }

  /** Has the owner told its results: at once when all of them are true, else after a round. */
  attend(owner: LiveOwner): void {
    this.#waiting.add(owner);
    if (!owner.answering) {
      this.#deliverOrRun(owner);
    } else if (!this.#deferred.has(owner)) {
      // A mutation that has committed answers in microtasks, so in the next task all of them have.
      this.#deferred.add(owner);
      setImmediate(() => {
        this.#deferred.delete(owner);
        this.#deliverOrRun(owner);
      });
    }
  }

  /** The owner is ready again after a while in which it was not. */
  resume(owner: LiveOwner): void {
    if (this.#waiting.has(owner)) this.#deliverOrRun(owner);
  }

  /** The owner is gone. */
  forget(owner: LiveOwner): void {
    this.#waiting.delete(owner);
  }

  /** One result for a plain request, from the cache when it is still true; with the ts it stands at. */
  async query(call: QueryCall): Promise<{ ts: bigint; result: QueryResult }> {
    const cached = this.#cached(call);
    if (cached !== null) {
      this.counts.cacheHits++;
      return { ts: this.#engine.store.ts, result: cached };
    }
    this.counts.cacheMisses++;
    const entry = new QueryEntry(call, this.#isShared(call));
    const answer = await this.#turn(
      () => [entry],
      (turn) => this.#answer(entry, turn),
    );
    return answer ?? (await this.query(call));
  }

  /** Takes the one result of a turn, and keeps it while it is true; null when it may be nobody's. */
  #answer(
    entry: QueryEntry,
    { ts, runs, later }: Turn,
  ): { ts: bigint; result: QueryResult } | null {
    const run = runs[0]!;
    if (!this.#noteIdentity(entry, run)) return null;
    entry.accept(run, Date.now());
    entry.stale = later.some((commit) => overlaps(run.readSet, commit));
    if (!entry.stale && this.#isCacheable(entry) && !this.#entries.has(entry.key)) {
      this.#entries.set(entry.key, entry);
      this.#index.add(entry, run.readSet);
      this.#keepIdle(entry);
    }
    return { ts, result: entry.result! };
  }

  #cached(call: QueryCall): QueryResult | null {
    const entry = this.#entries.get(queryKey(call, this.#isShared(call)));
    if (entry === undefined || entry.stale || entry.result === null) return null;
    if (isOutOfDate(entry)) return null;
    if (this.#idle.has(entry)) this.#keepIdle(entry);
    return entry.result;
  }

  #isShared(call: QueryCall): boolean {
    return this.#readsIdentity.get(functionKey(call)) === false;
  }

  /** The entry a call belongs to, found or new. */
  #entryFor(call: WatchedCall): QueryEntry {
    const shared = this.#isShared(call);
    const known = this.#entries.get(queryKey(call, shared));
    if (known !== undefined) {
      if (this.#idle.has(known)) {
        this.#idle.remove(known);
        known.stale ||= isOutOfDate(known);
      }
      return known;
    }
    const entry = new QueryEntry(call, shared);
    this.#entries.set(entry.key, entry);
    return entry;
  }

  #leave(entry: QueryEntry, subscription: Subscription): void {
    entry.subscriptions.delete(subscription);
    if (entry.subscriptions.size > 0) return;
    if (entry.stale || !this.#isCacheable(entry)) this.#drop(entry);
    else this.#keepIdle(entry);
  }

  #keepIdle(entry: QueryEntry): void {
    // An entry that lost its place to another cannot be found again.
    if (this.#entries.get(entry.key) !== entry) this.#drop(entry);
    else this.#idle.add(entry).forEach((dropped) => this.#drop(dropped));
  }

  #drop(entry: QueryEntry): void {
    this.#idle.remove(entry);
    this.#index.remove(entry);
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
  }

  #onCommit(commit: Commit): void {
    for (const later of this.#turns) later.push(commit);
    for (const entry of this.#index.affected(commit)) {
      if (entry.subscriptions.size === 0) {
        this.#drop(entry);
        continue;
      }
      entry.stale = true;
      for (const { owner } of entry.subscriptions) this.#waiting.add(owner);
    }
    this.#startRounds();
  }

  /** Who needs no run does not wait for a round, which may be busy with the queries of others. */
  #deliverOrRun(owner: LiveOwner): void {
    if (!this.#takesPart(owner)) return;
    const snapshot = owner.snapshot();
    if (snapshot.subscriptions.some(({ entry }) => entry.stale)) {
      this.#startRounds();
    } else {
      this.#waiting.delete(owner);
      snapshot.deliver(this.#engine.store.ts);
    }
  }

  /** True for an owner that the next round should serve. */
  #takesPart(owner: LiveOwner): boolean {
    return (
      this.#waiting.has(owner) &&
      owner.ready &&
      !this.#inRound.has(owner) &&
      !this.#deferred.has(owner)
    );
  }

  #startRounds(): void {
    if (this.#running || this.#waiting.size === 0) return;
    this.#running = true;
    void this.#runRounds();
  }

  async #runRounds(): Promise<void> {
    // Lets the commit that woke us finish its own work.
    await Promise.resolve();
    while ([...this.#waiting].some((owner) => this.#takesPart(owner))) await this.#round();
    this.#running = false;
  }

  async #round(): Promise<void> {
    const batch: Batch = new Map();
    try {
      const ts = await this.#turn(
        () => this.#choose(batch),
        (turn) => {
          this.#apply(turn);
          return turn.ts;
        },
      );
      // A mutation that committed before the turn answers in microtasks: after a task all have.
      if ([...batch.keys()].some((owner) => owner.answering)) await nextTask();
      this.#deliver(batch, ts);
    } catch (error) {
      this.#log(`A live query round failed: ${errorText(error)}`);
      for (const owner of batch.keys()) owner.fail();
    } finally {
      for (const owner of batch.keys()) this.#inRound.delete(owner);
    }
  }

  /** In the turn: the owners of this round, and the stale queries they watch. */
  #choose(batch: Batch): QueryEntry[] {
    const entries = new Set<QueryEntry>();
    for (const owner of this.#waiting) {
      if (entries.size >= QUERIES_PER_ROUND) break;
      if (!this.#takesPart(owner)) continue;
      const snapshot = owner.snapshot();
      for (const subscription of snapshot.subscriptions) {
        if (!subscription.entry.stale) continue;
        this.#moveToShared(subscription);
        if (subscription.entry.stale) entries.add(subscription.entry);
      }
      batch.set(owner, snapshot);
      this.#waiting.delete(owner);
      this.#inRound.add(owner);
    }
    return [...entries];
  }

  /** A private query of a function that turned out to read no identity joins the shared one. */
  #moveToShared(subscription: Subscription): void {
    const { entry } = subscription;
    if (entry.shared || !this.#isShared(entry.call)) return;
    const target = this.#entryFor(entry.call);
    target.subscriptions.add(subscription);
    subscription.entry = target;
    this.#leave(entry, subscription);
  }

  /**
   * Runs queries in one turn of the engine, system queries among them, and has `take` note their results while commits
   * are still collected: one that came in between would make nothing stale.
   */
  async #turn<Taken>(choose: () => QueryEntry[], take: (turn: Turn) => Taken): Promise<Taken> {
    const later: Commit[] = [];
    let entries: QueryEntry[] = [];
    const ownRuns = new Map<QueryEntry, QueryRun>();
    try {
      const { ts, runs } = await this.#engine.runQueries(() => {
        entries = choose();
        this.#turns.add(later);
        for (const entry of entries) {
          const run = this.#runHere(entry.call);
          if (run !== null) ownRuns.set(entry, run);
        }
        return entries.filter((entry) => !ownRuns.has(entry)).map(({ call }) => call);
      });
      const engineRuns = runs.values();
      return take({
        ts,
        entries,
        later,
        runs: entries.map((entry) => ownRuns.get(entry) ?? engineRuns.next().value!),
      });
    } finally {
      this.#turns.delete(later);
    }
  }

  /** The run of a query that the engine has nothing to do with, null for all others. */
  #runHere(call: WatchedCall): QueryRun | null {
    if (call.refusal !== undefined) return failedRun(call.refusal);
    return this.#system.handles(call.path) ? this.#system.run(call) : null;
  }

  #apply({ entries, runs, later }: Turn): void {
    this.counts.reruns += entries.length;
    const nowMs = Date.now();
    entries.forEach((entry, i) => {
      const run = runs[i]!;
      if (!this.#noteIdentity(entry, run)) return this.#split(entry);
      const oldKey = entry.key;
      entry.accept(run, nowMs);
      if (entry.key !== oldKey && this.#entries.get(oldKey) === entry) {
        this.#entries.delete(oldKey);
        if (!this.#entries.has(entry.key)) this.#entries.set(entry.key, entry);
      }
      entry.stale = later.some((commit) => overlaps(run.readSet, commit));
      if (entry.subscriptions.size === 0) return this.#drop(entry);
      this.#index.add(entry, run.readSet);
      if (entry.stale) for (const { owner } of entry.subscriptions) this.#waiting.add(owner);
    });
  }

  /** Learns whether a function reads the identity. False: a shared run did, so its result is nobody's. */
  #noteIdentity(entry: QueryEntry, run: QueryRun): boolean {
    const { component, path } = entry.call;
    const key = functionKey(entry.call);
    // Callers make up names without end; only functions that exist are remembered.
    if (this.#engine.functionType(component, path) === null) return true;
    if (run.readIdentity) this.#readsIdentity.set(key, true);
    else if (!this.#readsIdentity.has(key)) this.#readsIdentity.set(key, false);
    return !(entry.shared && run.readIdentity);
  }

  /** A shared query has read the identity for the first time: everyone gets a query of their own. */
  #split(entry: QueryEntry): void {
    for (const subscription of entry.subscriptions) {
      subscription.entry = this.#entryFor({ ...subscription.call, journal: entry.call.journal });
      subscription.entry.subscriptions.add(subscription);
      this.#waiting.add(subscription.owner);
    }
    entry.subscriptions.clear();
    entry.result = null;
    this.#drop(entry);
  }

  #deliver(batch: Batch, ts: bigint): void {
    for (const [owner, snapshot] of batch) {
      this.#inRound.delete(owner);
      // Missing results were split off in this round; the next one has them.
      const complete = snapshot.subscriptions.every(({ entry }) => entry.result !== null);
      if (complete) snapshot.deliver(ts);
      else this.#waiting.add(owner);
    }
  }

  /** System queries read more than their read set says, so only subscriptions keep their results. */
  #isCacheable(entry: QueryEntry): boolean {
    return entry.result?.outcome.success === true && !this.#system.handles(entry.call.path);
  }
}

/** True for a result that read the clock too long ago to be given to somebody new. */
function isOutOfDate(entry: QueryEntry): boolean {
  return entry.timeDependent && Date.now() - entry.ranAtMs > CLOCK_RESULT_MS;
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
