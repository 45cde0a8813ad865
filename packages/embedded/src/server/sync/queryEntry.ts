/** One query that is being watched or kept: what was asked, and its newest result. */
import type { JSONValue } from "convex/values";
import { overlaps } from "../../store/index.ts";
import type { Commit, Outcome, QueryCall, QueryRun } from "../../types.ts";
import { outcomeFields } from "../outcomeFields.ts";

export interface QueryResult {
  outcome: Outcome;
  /** The outcome as text, written once for all who are told it: `outcomeFields`. */
  fields: string;
  journal: string | null;
}

/** True when whoever was told the one need not be told the other. */
export function isSameResult(left: QueryResult | null | undefined, right: QueryResult): boolean {
  return left === right || (left?.fields === right.fields && left.journal === right.journal);
}

/** The body of the `QueryUpdated` or `QueryFailed` modification that tells a result, without its queryId. */
export function resultFragment({ outcome, fields, journal }: QueryResult): string {
  const type = outcome.success ? "QueryUpdated" : "QueryFailed";
  return `"type":"${type}",${fields},"journal":${JSON.stringify(journal)}`;
}

/** What an owner watches at one moment. */
export interface Snapshot {
  readonly subscriptions: Subscription[];
  /** The part it has been told before, which can be told without the rest; null when there is no rest. */
  readonly known: Snapshot | null;
  /** Called when the results of all of them stand at `ts`. */
  deliver(ts: bigint): void;
}

/** A connection, seen from here. */
export interface LiveOwner {
  /** False while it cannot take more; it asks for attention again when it can. */
  readonly ready: boolean;
  /** True while mutations of it run, whose answers must go out before a result that shows them. */
  readonly answering: boolean;
  /** True while answered mutations of it wait for results that show them. */
  readonly owed: boolean;
  /** Notes its versions and queries as of now; null when nothing may run for it any more. */
  snapshot(): Snapshot | null;
  /** The engine failed in a way that says nothing about the queries. */
  fail(): void;
}

/** A query as its owner asked for it. */
export interface WatchedCall extends QueryCall {
  /** Why it cannot run at all: the query fails with this message. */
  refusal?: string;
}

/** Someone who watches a query. */
export interface Subscription {
  readonly owner: LiveOwner;
  /** As the owner asked; `entry.call` may be without identity and with a newer journal. */
  readonly call: WatchedCall;
  entry: QueryEntry;
}

/** When queries were run. */
export interface RunMoment {
  ts: bigint;
  /** Commits after `ts`, up to the moment the results are taken. */
  later: Commit[];
}

/** Convex serves a result that read the clock this long. */
const CLOCK_RESULT_MS = 5_000;

export class QueryEntry {
  /** True when the result belongs to everyone: it was run without an identity and read none. */
  readonly shared: boolean;
  readonly subscriptions = new Set<Subscription>();
  call: WatchedCall;
  /** Under which it is found again. */
  key: string;
  /**
   * The key of the call without the journal that its run made. As long as no commit has met the result,
   * whoever asks that way would get the same.
   */
  firstKey: string | null = null;
  result: QueryResult | null = null;
  /** How many documents and key ranges its result depends on. */
  dependencies = 0;
  /** The commit since which the result is untrue, 0 before there is one; null while it is true. */
  #staleSince: bigint | null = 0n;
  #ranTs = 0n;
  #timeDependent = false;
  #ranAtMs = 0;

  constructor(call: WatchedCall, shared: boolean) {
    this.shared = shared;
    this.call = shared ? { ...call, identity: null } : call;
    this.key = queryKey(this.call, shared);
  }

  /** True when it has to run again. */
  get stale(): boolean {
    return this.#staleSince !== null;
  }

  /** True for a result that read the clock too long ago to be given to somebody new. */
  get outOfDate(): boolean {
    return this.#timeDependent && Date.now() - this.#ranAtMs > CLOCK_RESULT_MS;
  }

  /** True when the result is that of the moment `ts`: it was run by then, and no commit has met it since. */
  standsAt(ts: bigint): boolean {
    if (this.result === null || this.#ranTs > ts) return false;
    return this.#staleSince === null || this.#staleSince > ts;
  }

  /** The result is untrue since the commit `ts`. */
  expire(ts: bigint): void {
    this.#staleSince ??= ts;
    this.firstKey = null;
  }

  /** Takes a run's result. An equal result keeps the old object, so that nobody is told again. */
  accept(run: QueryRun, { ts, later }: RunMoment): void {
    // The next run must end its pages where this one did, also when this one has failed.
    const journal = run.journal ?? (run.outcome.success ? null : (this.call.journal ?? null));
    const result = { outcome: run.outcome, fields: outcomeFields(run.outcome), journal };
    if (!isSameResult(this.result, result)) this.result = result;
    this.#timeDependent = run.timeDependent;
    this.#ranAtMs = Date.now();
    this.dependencies = run.readSet.documentIds.size;
    for (const ranges of run.readSet.ranges.values()) this.dependencies += ranges.length;
    const askedKey = this.key;
    this.call = { ...this.call, journal };
    this.key = queryKey(this.call, this.shared);
    this.firstKey = askedKey === this.key ? null : askedKey;
    this.#ranTs = ts;
    this.#staleSince = null;
    const untrue = later.find((commit) => overlaps(run.readSet, commit));
    if (untrue !== undefined) this.expire(untrue.ts);
  }
}

/** The name of a function for everything but its arguments. */
export function functionKey({ component, path, access }: QueryCall): string {
  return `${access}\0${component}\0${path}`;
}

/** Equal for calls that must have equal results at the same moment. */
export function queryKey(call: QueryCall, shared: boolean): string {
  const identity = shared ? "*" : canonicalJson(call.identity);
  return `${functionKey(call)}\0${identity}\0${call.journal ?? ""}\0${canonicalJson(call.args)}`;
}

/** JSON with sorted keys. */
function canonicalJson(value: JSONValue): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key]!)}`);
  return `{${fields.join(",")}}`;
}
