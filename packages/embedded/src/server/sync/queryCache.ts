/**
 * The results that clients watch or may ask for again. A query whose function reads no identity has one result
 * for everybody, and a result is true until a commit meets what it has read.
 */
import { SubscriptionIndex } from "../../store/index.ts";
import type { Commit, Engine, QueryCall, QueryRun } from "../../types.ts";
import type { SystemQueries } from "../systemQueries.ts";
import { IdleResults } from "./idleResults.ts";
import {
  functionKey,
  QueryEntry,
  queryKey,
  type LiveOwner,
  type QueryResult,
  type RunMoment,
  type Subscription,
  type WatchedCall,
} from "./queryEntry.ts";

const IDLE_RESULT_BYTES = 32 * 1024 * 1024;

export class QueryCache {
  readonly #engine: Pick<Engine, "functionType">;
  readonly #system: Pick<SystemQueries, "handles">;
  readonly #onStale: (owner: LiveOwner) => void;
  readonly #entries = new Map<string, QueryEntry>();
  readonly #index = new SubscriptionIndex<QueryEntry>();
  readonly #idle = new IdleResults(IDLE_RESULT_BYTES);
  /** Whether a function has been seen to read the identity. */
  readonly #readsIdentity = new Map<string, boolean>();
  /** How many queries all clients watch. */
  subscriptions = 0;

  /** `onStale` is told whose results have to be run again. */
  constructor(
    engine: Pick<Engine, "functionType">,
    system: Pick<SystemQueries, "handles">,
    onStale: (owner: LiveOwner) => void,
  ) {
    this.#engine = engine;
    this.#system = system;
    this.#onStale = onStale;
  }

  /** Equal for calls that have the same result at the same moment, as far as is known. */
  keyOf(call: QueryCall): string {
    return queryKey(call, this.#isShared(call));
  }

  /** The result of a call by its key when it is known and true; null when it has to run. */
  find(key: string): QueryResult | null {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.stale || entry.outOfDate) return null;
    if (!this.#isCacheable(entry)) return null;
    if (this.#idle.has(entry)) this.#keepIdle(entry);
    return entry.result;
  }

  /** An entry for a call that has to run; nobody finds it before `keep`. */
  create(call: QueryCall): QueryEntry {
    return new QueryEntry(call, this.#isShared(call));
  }

  /** Keeps the result of a run nobody watches. False: it belongs to somebody else's identity, so ask again. */
  keep(entry: QueryEntry, run: QueryRun, moment: RunMoment): boolean {
    if (!this.#noteIdentity(entry, run)) return false;
    entry.accept(run, moment);
    if (entry.stale || !this.#isCacheable(entry)) return true;
    this.#place(entry);
    this.#index.add(entry, run.readSet);
    if (entry.subscriptions.size === 0) this.#keepIdle(entry);
    return true;
  }

  subscribe(owner: LiveOwner, call: WatchedCall): Subscription {
    const entry = this.#entryFor(call);
    const subscription = { owner, call, entry };
    entry.subscriptions.add(subscription);
    this.subscriptions++;
    return subscription;
  }

  unsubscribe(subscription: Subscription): void {
    this.subscriptions--;
    this.#leave(subscription);
  }

  /** Takes the result of a watched query's run. */
  accept(entry: QueryEntry, run: QueryRun, moment: RunMoment): void {
    if (!this.#noteIdentity(entry, run)) return this.#split(entry);
    if (entry.subscriptions.size === 0) return this.#drop(entry);
    this.#remove(entry);
    entry.accept(run, moment);
    this.#place(entry);
    this.#index.add(entry, run.readSet);
    if (entry.stale) this.#tellWatchers(entry);
  }

  /** Results that the commit has met have to be run again, or go when nobody watches them. */
  invalidate(commit: Commit): void {
    // Other code may read the identity where the old code did not, and the other way round.
    if (commit.everything) this.#readsIdentity.clear();
    for (const entry of this.#index.affected(commit)) {
      if (entry.subscriptions.size === 0) this.#drop(entry);
      else if (!entry.stale) this.#expire(entry, commit.ts);
    }
  }

  /** A private query of a function that turned out to read no identity joins the shared one. */
  moveToShared(subscription: Subscription): void {
    const { entry } = subscription;
    if (!entry.stale || entry.shared || !this.#isShared(entry.call)) return;
    this.#leave(subscription);
    subscription.entry = this.#entryFor(entry.call);
    subscription.entry.subscriptions.add(subscription);
  }

  #isShared(call: QueryCall): boolean {
    return this.#readsIdentity.get(functionKey(call)) === false;
  }

  /** The entry a call belongs to, found or new. */
  #entryFor(call: WatchedCall): QueryEntry {
    const created = new QueryEntry(call, this.#isShared(call));
    const known = this.#entries.get(created.key);
    if (known === undefined) {
      this.#place(created);
      return created;
    }
    this.#idle.remove(known);
    if (known.outOfDate && !known.stale) this.#expire(known, 0n);
    return known;
  }

  #leave(subscription: Subscription): void {
    const { entry } = subscription;
    entry.subscriptions.delete(subscription);
    if (entry.subscriptions.size > 0) return;
    if (entry.stale || !this.#isCacheable(entry)) this.#drop(entry);
    else this.#keepIdle(entry);
  }

  #keepIdle(entry: QueryEntry): void {
    for (const dropped of this.#idle.add(entry)) this.#drop(dropped);
  }

  #expire(entry: QueryEntry, ts: bigint): void {
    this.#remove(entry);
    entry.expire(ts);
    this.#place(entry);
    this.#tellWatchers(entry);
  }

  #tellWatchers(entry: QueryEntry): void {
    for (const { owner } of entry.subscriptions) this.#onStale(owner);
  }

  /** Has the entry found under its keys; who watched the same there watches this one from now on. */
  #place(entry: QueryEntry): void {
    for (const key of [entry.key, entry.firstKey]) {
      if (key === null) continue;
      const other = this.#entries.get(key);
      if (other !== undefined && other !== entry) this.#merge(other, entry);
      this.#entries.set(key, entry);
    }
  }

  #merge(other: QueryEntry, entry: QueryEntry): void {
    for (const subscription of other.subscriptions) {
      subscription.entry = entry;
      entry.subscriptions.add(subscription);
    }
    other.subscriptions.clear();
    this.#drop(other);
  }

  #remove(entry: QueryEntry): void {
    for (const key of [entry.key, entry.firstKey]) {
      if (key !== null && this.#entries.get(key) === entry) this.#entries.delete(key);
    }
  }

  #drop(entry: QueryEntry): void {
    this.#idle.remove(entry);
    this.#index.remove(entry);
    this.#remove(entry);
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
    this.#drop(entry);
    for (const subscription of entry.subscriptions) {
      subscription.entry = this.#entryFor({ ...subscription.call, journal: entry.call.journal });
      subscription.entry.subscriptions.add(subscription);
      this.#onStale(subscription.owner);
    }
    entry.subscriptions.clear();
  }

  /** System queries read more than their read set says, so only subscriptions keep their results. */
  #isCacheable(entry: QueryEntry): boolean {
    return entry.result?.outcome.success === true && !this.#system.handles(entry.call.path);
  }
}
