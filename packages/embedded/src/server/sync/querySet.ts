/** The queries one client watches, and what it has been told of them. */
import type { Caller } from "../auth/caller.ts";
import { ApiError } from "../http/errors.ts";
import { callOf, rightsOf } from "./calls.ts";
import { ProtocolError, type AddQuery } from "./messages.ts";
import {
  isSameResult,
  resultFragment,
  type LiveOwner,
  type QueryResult,
  type Snapshot,
  type Subscription,
  type WatchedCall,
} from "./queryEntry.ts";
import type { SyncServices } from "./services.ts";
import type { StateVersion, Transition } from "./transition.ts";

/** Far more than a page shows; each costs a run whenever what it reads changes. */
const MAX_QUERIES = 1_000;

/** A query and the first version of the set that may have it. */
interface Watched {
  subscription: Subscription;
  sinceVersion: number;
}

/** The client's state at one moment. */
interface Moment {
  querySet: number;
  identity: number;
  queries: Array<[queryId: number, Subscription]>;
  removed: number[];
}

export class QuerySet {
  readonly #services: SyncServices;
  readonly #owner: LiveOwner;
  readonly #send: (transition: Omit<Transition, "clientClockSkew">, ts: bigint) => void;
  readonly #queries = new Map<number, Watched>();
  readonly #removed = new Set<number>();
  /** The result each query was told last. */
  readonly #told = new Map<number, QueryResult>();
  /** The end of the transition sent last. */
  #sent: StateVersion = { querySet: 0, identity: 0, ts: 0n };
  /** Where the next transition leads. */
  #version = 0;
  #identity = 0;
  /** A transition up to here must follow: the client's mutations resolve with it. */
  #owed: bigint | null = null;
  #closed = false;

  /** `send` sends a transition whose results stand at `ts`. */
  constructor(
    services: SyncServices,
    owner: LiveOwner,
    send: (transition: Omit<Transition, "clientClockSkew">, ts: bigint) => void,
  ) {
    this.#services = services;
    this.#owner = owner;
    this.#send = send;
  }

  /** How often the client has become somebody. */
  get identity(): number {
    return this.#identity;
  }

  get owed(): boolean {
    return this.#owed !== null;
  }

  /** The client was told that it wrote at `ts`: a transition that shows it must follow, even an empty one. */
  owe(ts: bigint): void {
    if (this.#owed === null || this.#owed < ts) this.#owed = ts;
    this.#services.live.attend(this.#owner);
  }

  /** Refuses a version that does not follow the one before. */
  requireBase(baseVersion: number, newVersion: number): void {
    if (baseVersion !== this.#version || newVersion <= baseVersion) {
      throw new ProtocolError("ModifyQuerySet does not follow the version before it.");
    }
  }

  /** The modifications of this version have been made. */
  reach(version: number): void {
    this.#version = version;
    this.#services.live.attend(this.#owner);
  }

  add(query: AddQuery, caller: Caller): void {
    if (this.#queries.size >= MAX_QUERIES) {
      throw new ProtocolError(`A client can watch ${MAX_QUERIES} queries at most.`);
    }
    if (this.#queries.has(query.queryId)) {
      throw new ProtocolError(`Query ${query.queryId} was added twice.`);
    }
    const subscription = this.#subscribe(watchedCall(query, caller));
    this.#queries.set(query.queryId, { subscription, sinceVersion: this.#version + 1 });
  }

  remove(queryId: number): void {
    const watched = this.#queries.get(queryId);
    if (watched === undefined) throw new ProtocolError(`There is no query ${queryId}.`);
    this.#services.live.unsubscribe(watched.subscription);
    this.#queries.delete(queryId);
    this.#removed.add(queryId);
  }

  /** Every query belongs to `caller` from now on; pages go on where they ended. */
  become(caller: Caller, identity: number): void {
    this.#identity = identity;
    for (const watched of this.#queries.values()) {
      const { subscription: old } = watched;
      const journal = old.entry.call.journal ?? null;
      const call = { ...old.call, ...rightsOf(caller), journal };
      watched.subscription = this.#subscribe(call);
      this.#services.live.unsubscribe(old);
    }
    this.#services.live.attend(this.#owner);
  }

  snapshot(): Snapshot {
    const { querySet, identity } = this.#sent;
    const whole = this.#snapshotOf(this.#version, [...this.#removed]);
    // Who comes back has results of its last connection, and who becomes somebody those of another: all of them go at once.
    const mayHearPart = querySet > 0 && identity === this.#identity;
    if (!mayHearPart || querySet === this.#version) return { ...whole, known: null };
    const known = this.#snapshotOf(querySet, []);
    const isPart = known.subscriptions.length < whole.subscriptions.length;
    return { ...whole, known: isPart ? { ...known, known: null } : null };
  }

  /** The queries of a version that are still watched. */
  #snapshotOf(querySet: number, removed: number[]): Omit<Snapshot, "known"> {
    const queries: Moment["queries"] = [];
    for (const [queryId, { subscription, sinceVersion }] of this.#queries) {
      if (sinceVersion <= querySet) queries.push([queryId, subscription]);
    }
    const moment = { querySet, identity: this.#identity, queries, removed };
    return {
      subscriptions: queries.map(([, subscription]) => subscription),
      deliver: (ts) => this.#deliver(moment, ts),
    };
  }

  close(): void {
    this.#closed = true;
    this.#services.live.forget(this.#owner);
    for (const { subscription } of this.#queries.values()) {
      this.#services.live.unsubscribe(subscription);
    }
    this.#queries.clear();
  }

  #subscribe(call: WatchedCall): Subscription {
    return this.#services.live.subscribe(this.#owner, call);
  }

  /** Sends what changed since the last transition; nothing when nothing did and nothing is owed. */
  #deliver({ querySet, identity, queries, removed }: Moment, ts: bigint): void {
    // Results of whom the client was before are for nobody's eyes any more.
    if (this.#closed || identity !== this.#identity) return;
    const modifications: string[] = [];
    for (const queryId of removed) {
      this.#removed.delete(queryId);
      this.#told.delete(queryId);
      modifications.push(`{"type":"QueryRemoved","queryId":${queryId}}`);
    }
    for (const [queryId, { entry }] of queries) {
      const { result } = entry;
      if (result === null) throw new Error("A query is told before it has run");
      const told = this.#told.get(queryId);
      this.#told.set(queryId, result);
      if (isSameResult(told, result)) continue;
      modifications.push(`{"queryId":${queryId},${resultFragment(result)}}`);
    }
    const start = this.#sent;
    const moved = querySet > start.querySet || identity > start.identity;
    if (!moved && modifications.length === 0 && this.#owed === null) return;
    this.#sent = { querySet, identity, ts };
    if (this.#owed !== null && this.#owed <= ts) this.#owed = null;
    this.#send({ start, end: this.#sent, modifications }, ts);
    if (this.#owed !== null) this.#services.live.attend(this.#owner);
  }
}

/** Unusable arguments become a failed query: the client lives on. */
function watchedCall(query: AddQuery, caller: Caller): WatchedCall {
  const journal = query.journal ?? null;
  try {
    return { ...callOf(query, caller), journal };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const call = callOf({ ...query, args: [] }, caller);
    return { ...call, args: { $refused: error.message }, journal, refusal: error.message };
  }
}
