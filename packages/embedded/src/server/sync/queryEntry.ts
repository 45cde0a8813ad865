/** One query that is being watched or kept: what was asked, and its newest result. */
import type { JSONValue } from "convex/values";
import type { Outcome, QueryCall, QueryRun } from "../../types.ts";

export interface QueryResult {
  outcome: Outcome;
  /** The body of the `QueryUpdated` or `QueryFailed` modification, without its queryId. */
  fragment: string;
}

/** What an owner watches at one moment. */
export interface Snapshot {
  readonly subscriptions: Subscription[];
  /** Called when the results of all of them stand at `ts`. */
  deliver(ts: bigint): void;
}

/** A connection, seen from here. */
export interface LiveOwner {
  /** False while it cannot take more; it asks for attention again when it can. */
  readonly ready: boolean;
  /** True while mutations of it run, whose answers must go out before a result that shows them. */
  readonly answering: boolean;
  /** Notes its versions and queries as of now. */
  snapshot(): Snapshot;
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

export class QueryEntry {
  /** True when the result belongs to everyone: it was run without an identity and read none. */
  readonly shared: boolean;
  readonly subscriptions = new Set<Subscription>();
  call: WatchedCall;
  /** Under which it is found again; null when another entry has that place. */
  key: string;
  result: QueryResult | null = null;
  /** True until a result stands that no commit has met since. */
  stale = true;
  timeDependent = false;
  ranAtMs = 0;
  /** How many documents and key ranges its result depends on. */
  dependencies = 0;

  constructor(call: WatchedCall, shared: boolean) {
    this.shared = shared;
    this.call = shared ? { ...call, identity: null } : call;
    this.key = queryKey(this.call, shared);
  }

  /** Takes a run's result. An equal result keeps the old object, so that nobody is told again. */
  accept(run: QueryRun, nowMs: number): void {
    const fragment = resultFragment(run);
    if (this.result?.fragment !== fragment) this.result = { outcome: run.outcome, fragment };
    this.timeDependent = run.timeDependent;
    this.dependencies = run.readSet.documentIds.size;
    for (const ranges of run.readSet.ranges.values()) this.dependencies += ranges.length;
    this.ranAtMs = nowMs;
    // The next run must end its pages where this one did.
    this.call = { ...this.call, journal: run.journal };
    this.key = queryKey(this.call, this.shared);
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

function resultFragment({ outcome, journal }: QueryRun): string {
  const common = { logLines: outcome.logLines, journal };
  const body = outcome.success
    ? { type: "QueryUpdated", value: outcome.value, ...common }
    : {
        type: "QueryFailed",
        errorMessage: outcome.errorMessage,
        ...(outcome.errorData === undefined ? {} : { errorData: outcome.errorData }),
        ...common,
      };
  return JSON.stringify(body).slice(1, -1);
}
