/**
 * Keeps every watched query's result true: runs again what a commit has met, once however many watch it, and
 * tells the owners. It works in rounds, each of them one turn of the engine, so that all results an owner is
 * told at once stand at the same moment.
 */
import type { Commit, Engine, QueryCall, QueryRun, Store } from "../../types.ts";
import { errorText } from "../http/respond.ts";
import { failedRun, type SystemQueries } from "../systemQueries.ts";
import { refusalOf } from "./calls.ts";
import { OwnerQueue, type Batch } from "./ownerQueue.ts";
import { QueryCache } from "./queryCache.ts";
import type {
  LiveOwner,
  QueryEntry,
  QueryResult,
  RunMoment,
  Snapshot,
  Subscription,
  WatchedCall,
} from "./queryEntry.ts";

/** Telling the owners takes its time as well: after so many others go on. */
const OWNERS_AT_ONCE = 128;

/** What live queries need of the engine. */
export interface LiveEngine extends Pick<Engine, "runQueries" | "functionType"> {
  readonly store: Pick<Store, "ts" | "onCommit" | "durable">;
}

/** A result and the moment it stands at. */
interface Answer {
  ts: bigint;
  result: QueryResult;
}

/** Queries that were run in one turn of the engine. */
interface Turn extends RunMoment {
  runs: Array<[entry: QueryEntry, run: QueryRun]>;
}

export class LiveQueries {
  readonly #engine: LiveEngine;
  readonly #system: Pick<SystemQueries, "handles" | "run">;
  readonly #log: (line: string) => void;
  readonly #cache: QueryCache;
  readonly #queue: OwnerQueue;
  /** Plain requests that run, by their keys. */
  readonly #asking = new Map<string, Promise<Answer | null>>();
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
    this.#cache = new QueryCache(engine, system, (owner) => this.#queue.add(owner));
    this.#queue = new OwnerQueue((subscription) => this.#cache.moveToShared(subscription));
    this.#stopListening = engine.store.onCommit((commit) => {
      for (const later of this.#turns) later.push(commit);
      this.#cache.invalidate(commit);
      this.#startRounds();
    });
  }

  /** How many queries all clients watch. */
  get subscriptions(): number {
    return this.#cache.subscriptions;
  }

  close(): void {
    this.#stopListening();
    this.#queue.clear();
  }

  /** Watches a query; call `attend` afterwards to have the owner told the result. */
  subscribe(owner: LiveOwner, call: WatchedCall): Subscription {
    return this.#cache.subscribe(owner, call);
  }

  unsubscribe(subscription: Subscription): void {
    this.#cache.unsubscribe(subscription);
  }

  /** Has the owner told its results: at once when all of them are true, else after a round. */
  attend(owner: LiveOwner): void {
    this.#queue.add(owner);
    // A mutation that has committed answers in microtasks, so in the next task all of them have.
    if (owner.answering) this.#queue.defer(owner, () => this.#deliverOrRun(owner));
    else this.#deliverOrRun(owner);
  }

  /** The owner is ready again after a while in which it was not. */
  resume(owner: LiveOwner): void {
    this.#deliverOrRun(owner);
  }

  /** The owner is gone. */
  forget(owner: LiveOwner): void {
    this.#queue.forget(owner);
  }

  /** One result for a plain request, from the cache when it is still true; with the ts it stands at. */
  async query(call: QueryCall): Promise<Answer> {
    let key = this.#cache.keyOf(call);
    const running = this.#asking.get(key);
    if (running !== undefined) {
      // Whoever asks the same at the same time waits for that run, and takes its result if it is true then.
      await running.catch(() => undefined);
      // The run may have shown that the function reads no identity.
      key = this.#cache.keyOf(call);
    }
    const cached = this.#cache.find(key);
    if (cached !== null) {
      this.counts.cacheHits++;
      return { ts: this.#engine.store.ts, result: cached };
    }
    this.counts.cacheMisses++;
    const asking = this.#ask(call);
    this.#asking.set(key, asking);
    try {
      return (await asking) ?? (await this.query(call));
    } finally {
      if (this.#asking.get(key) === asking) this.#asking.delete(key);
    }
  }

  /** Runs a plain request and keeps its result; null when it may be nobody's, so that it has to be asked again. */
  async #ask(call: QueryCall): Promise<Answer | null> {
    const asked = this.#cache.create(call);
    return await this.#turn(
      () => [asked],
      (turn) => {
        for (const [entry, run] of turn.runs) {
          if (!this.#cache.keep(entry, run, turn)) return null;
        }
        return asked.result === null ? null : { ts: turn.ts, result: asked.result };
      },
    );
  }

  /** Who needs no run does not wait for a round, which may be busy with the queries of others. */
  #deliverOrRun(owner: LiveOwner): void {
    if (!this.#queue.takesPart(owner)) return;
    const { ts } = this.#engine.store;
    const snapshot = owner.snapshot();
    if (snapshot === null) return this.#queue.remove(owner);
    if (standsAt(snapshot, ts)) {
      this.#queue.remove(owner);
      return this.#deliver(owner, snapshot, ts);
    }
    this.#startRounds();
    const { known } = snapshot;
    if (known === null || !standsAt(known, ts)) return;
    this.#queue.toldKnown(owner);
    this.#deliver(owner, known, ts);
  }

  /** A client that cannot be told ends alone. */
  #deliver(owner: LiveOwner, snapshot: Snapshot, ts: bigint): void {
    try {
      snapshot.deliver(ts);
    } catch (error) {
      this.#log(`A client cannot be told its results: ${errorText(error)}`);
      owner.fail();
    }
  }

  #startRounds(): void {
    if (this.#running || this.#queue.empty) return;
    this.#running = true;
    void this.#runRounds();
  }

  async #runRounds(): Promise<void> {
    try {
      // Lets the commit that woke us finish its own work.
      await Promise.resolve();
      while (this.#queue.someoneTakesPart()) {
        const sinceMs = performance.now();
        // Whoever wrote is answered first, and whoever sent something meanwhile is heard.
        await this.#engine.store.durable(this.#engine.store.ts);
        await nextTask();
        await this.#round(sinceMs);
      }
    } catch {
      // The disk has failed: nothing can be shown to anybody any more.
    } finally {
      this.#running = false;
    }
  }

  async #round(sinceMs: number): Promise<void> {
    const batch: Batch = new Map();
    try {
      const ts = await this.#turn(
        () => this.#queue.choose(batch, sinceMs),
        (turn) => {
          this.counts.reruns += turn.runs.length;
          for (const [entry, run] of turn.runs) this.#cache.accept(entry, run, turn);
          return turn.ts;
        },
      );
      // A mutation that committed before the turn answers in microtasks: after a task all have.
      if ([...batch.keys()].some((owner) => owner.answering)) await nextTask();
      let told = 0;
      for (const [owner, snapshot] of batch) {
        if (told > 0 && told % OWNERS_AT_ONCE === 0) await nextTask();
        told += 1;
        // Who is gone by now, or needs another turn, is not in the round any more.
        if (snapshot === null || !this.#queue.leaveRound(owner)) continue;
        // Results of what was split off in this round are missing, and of what was asked over HTTP since then they
        // are newer: the next round has all of one moment.
        if (standsAt(snapshot, ts)) this.#deliver(owner, snapshot, ts);
        else this.#queue.add(owner);
      }
    } catch (error) {
      this.#log(`A live query round failed: ${errorText(error)}`);
      for (const owner of batch.keys()) owner.fail();
    } finally {
      for (const owner of batch.keys()) this.#queue.leaveRound(owner);
    }
  }

  /**
   * Runs queries in one turn of the engine, system queries among them, and has `take` note their results while
   * commits are still collected: one that came in between would make nothing stale.
   */
  async #turn<Taken>(
    choose: () => Iterable<QueryEntry>,
    take: (turn: Turn) => Taken,
  ): Promise<Taken> {
    const later: Commit[] = [];
    const entries: QueryEntry[] = [];
    const ownRuns = new Map<QueryEntry, QueryRun>();
    try {
      const { ts, runs } = await this.#engine.runQueries(() => {
        this.#turns.add(later);
        return this.#callsOf(choose(), entries, ownRuns);
      });
      const engineRuns = runs.values();
      return take({
        ts,
        later,
        runs: entries.map((entry) => [entry, ownRuns.get(entry) ?? engineRuns.next().value!]),
      });
    } finally {
      this.#turns.delete(later);
    }
  }

  /** What the engine has to run; notes all entries, and the runs that the engine has nothing to do with. */
  *#callsOf(
    chosen: Iterable<QueryEntry>,
    entries: QueryEntry[],
    ownRuns: Map<QueryEntry, QueryRun>,
  ): Generator<QueryCall> {
    for (const entry of chosen) {
      entries.push(entry);
      const { call } = entry;
      const refusal = call.refusal ?? refusalOf(call);
      if (refusal !== undefined) ownRuns.set(entry, failedRun(refusal));
      else if (this.#system.handles(call.path)) ownRuns.set(entry, this.#system.run(call));
      else yield call;
    }
  }
}

function standsAt({ subscriptions }: Snapshot, ts: bigint): boolean {
  return subscriptions.every(({ entry }) => entry.standsAt(ts));
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
