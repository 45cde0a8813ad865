/** One client of the sync protocol: its identity, its queries, its requests and what it has been told. */
import type { FunctionCall, Outcome } from "../../types.ts";
import { ANONYMOUS, type Caller } from "../auth/caller.ts";
import { TokenError } from "../auth/verifier.ts";
import { ApiError } from "../http/errors.ts";
import { errorText } from "../http/respond.ts";
import { parseArgs } from "../http/values.ts";
import {
  encodeTs,
  parseMessage,
  ProtocolError,
  type AddQuery,
  type Authenticate,
  type ClientMessage,
  type Connect,
  type FunctionRequest,
  type ModifyQuerySet,
} from "./messages.ts";
import { Outbox, type Socket } from "./outbox.ts";
import type { LiveOwner, QueryResult, Snapshot, Subscription, WatchedCall } from "./queryEntry.ts";
import type { SyncServices } from "./services.ts";
import { highest, transitionMessages, type StateVersion } from "./transition.ts";

/** A client that lets this much pile up is cut off, in UTF-16 units. */
const MAX_BACKLOG = 64 * 1024 * 1024;
/** New results wait while this much is on its way to the client. */
const BUSY_BACKLOG = 4 * 1024 * 1024;
/** A client that takes nothing for so long is gone. */
const STALLED_MS = 60_000;
/** Mutations and actions of one client at a time; further ones wait. */
const MAX_RUNNING = 500;
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** WebSocket close codes. */
const POLICY_VIOLATION = 1008;
const INTERNAL_ERROR = 1011;

export class Connection implements LiveOwner {
  readonly #services: SyncServices;
  readonly #outbox: Outbox;
  /** False when the client came under a foreign host name. */
  readonly #adminAllowed: boolean;
  /** Messages are handled one after the other, in the order they came. */
  #tail: Promise<void> = Promise.resolve();
  #closed = false;
  /** The server stops: what has begun is answered, nothing new begins. */
  #leaving = false;

  #sessionId: string | null = null;
  #caller: Caller = ANONYMOUS;
  #expiry: NodeJS.Timeout | undefined;
  /** Requests that came after the token expired: they wait for the next Authenticate. */
  #held: ClientMessage[] | null = null;

  /** The end of the transition sent last. */
  #sent: StateVersion = { querySet: 0, identity: 0, ts: 0n };
  /** Where the next transition leads. */
  #querySet = 0;
  #identity = 0;
  readonly #queries = new Map<number, Subscription>();
  readonly #removed = new Set<number>();
  /** The result each query was told last. */
  readonly #told = new Map<number, QueryResult>();
  /** The client has seen this timestamp, perhaps of a database that is gone: it is never told a lower one. */
  #floor = 0n;
  /** A transition up to here must follow: the client's mutations resolve with it. */
  #owed: bigint | null = null;
  readonly #running = new Set<Promise<void>>();
  #runningMutations = 0;

  constructor(services: SyncServices, socket: Socket, adminAllowed: boolean) {
    this.#services = services;
    this.#adminAllowed = adminAllowed;
    this.#outbox = new Outbox(socket, MAX_BACKLOG, () => this.#onSent());
  }

  get ready(): boolean {
    return !this.#closed && this.#held === null && this.#outbox.backlog < BUSY_BACKLOG;
  }

  get answering(): boolean {
    return this.#runningMutations > 0;
  }

  /** Handles one message of the client, after those before it; resolves when that is done. */
  receive(text: string): Promise<void> {
    this.#tail = this.#tail.then(() => this.#receive(text));
    return this.#tail;
  }

  /** Keeps the client from giving up, and gives up one that takes nothing. */
  ping(): void {
    if (this.#outbox.stalledMs(Date.now()) > STALLED_MS) this.#outbox.cutOff();
    else this.#outbox.push('{"type":"Ping"}');
  }

  /** Answers what runs, then closes the connection. What the client sends from now on it sends again later. */
  async leave(code: number, reason: string): Promise<void> {
    this.#leaving = true;
    await this.#tail;
    await Promise.all(this.#running);
    this.#outbox.end(code, reason);
  }

  /** The socket is gone. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#expiry);
    this.#services.live.forget(this);
    for (const subscription of this.#queries.values()) {
      this.#services.live.unsubscribe(subscription);
    }
    this.#queries.clear();
  }

  /** An internal failure may pass, so the client may try again; after a FatalError it never does. */
  fail(): void {
    this.#outbox.end(INTERNAL_ERROR, "InternalServerError");
    this.close();
  }

  snapshot(): Snapshot {
    const end = { querySet: this.#querySet, identity: this.#identity };
    const queries = [...this.#queries];
    const removed = [...this.#removed];
    return {
      subscriptions: queries.map(([, subscription]) => subscription),
      deliver: (ts) => this.#deliver(end, queries, removed, ts),
    };
  }

  async #receive(text: string): Promise<void> {
    if (this.#closed || this.#leaving) return;
    try {
      await this.#handle(parseMessage(text));
    } catch (error) {
      if (error instanceof ProtocolError) {
        this.#endForGood(error.message);
      } else {
        this.#services.log(`A sync message failed: ${errorText(error)}`);
        this.fail();
      }
    }
  }

  async #handle(message: ClientMessage): Promise<void> {
    if (message.type === "Event") return;
    if (message.type === "Connect") return this.#connect(message);
    if (this.#sessionId === null) throw new ProtocolError("The first message must be Connect.");
    if (message.type === "Authenticate") return this.#authenticate(message);
    if (this.#held !== null && message.type !== "ModifyQuerySet") {
      this.#held.push(message);
      this.#sendAuthError("The token has expired.", this.#identity - 1, false);
      return;
    }
    switch (message.type) {
      case "ModifyQuerySet":
        return this.#modifyQuerySet(message);
      case "Mutation":
      case "Action":
        if (this.#running.size >= MAX_RUNNING) await Promise.race(this.#running);
        return this.#start(message, this.#sessionId);
    }
  }

  #connect({ sessionId, maxObservedTimestamp }: Connect): void {
    if (this.#sessionId !== null) throw new ProtocolError("Connect was sent twice.");
    this.#sessionId = sessionId;
    this.#floor = maxObservedTimestamp ?? 0n;
  }

  async #authenticate(message: Authenticate): Promise<void> {
    // After a refused token the client may have counted on, so only a version from the past is wrong.
    if (message.baseVersion < this.#identity) {
      throw new ProtocolError("Authenticate carries an identity version from the past.");
    }
    try {
      const expiresAtMs = await this.#takeIdentity(message);
      if (this.#closed) return;
      this.#watchExpiry(expiresAtMs);
    } catch (error) {
      if (!(error instanceof TokenError || error instanceof ApiError)) throw error;
      this.#sendAuthError(error.message, message.baseVersion, true);
      return;
    }
    this.#identity = message.baseVersion + 1;
    for (const [queryId, old] of this.#queries) {
      this.#queries.set(queryId, this.#subscribe({ ...old.call, ...this.#rights() }));
      this.#services.live.unsubscribe(old);
    }
    const held = this.#held ?? [];
    this.#held = null;
    this.#services.live.attend(this);
    for (const request of held) await this.#handle(request);
  }

  /** Becomes whoever the message proves; answers the end of that proof, null for none. */
  async #takeIdentity(message: Authenticate): Promise<number | null> {
    if (message.tokenType === "None") {
      this.#caller = ANONYMOUS;
      return null;
    }
    if (message.tokenType === "Admin") {
      this.#services.gate.requireAdminKey(message.value, this.#adminAllowed);
      this.#caller = { identity: message.impersonating ?? null, isAdmin: true };
      return null;
    }
    const { identity, expiresAtMs } = await this.#services.verifier.verify(message.value);
    this.#caller = { identity, isAdmin: false };
    return expiresAtMs;
  }

  #watchExpiry(expiresAtMs: number | null): void {
    clearTimeout(this.#expiry);
    if (expiresAtMs === null) return;
    const wait = Math.min(Math.max(0, expiresAtMs - Date.now()), MAX_TIMEOUT_MS);
    this.#expiry = setTimeout(() => {
      if (Date.now() < expiresAtMs) return this.#watchExpiry(expiresAtMs);
      // Nothing runs for an expired token: the client gets a new one and connects again.
      this.#held = [];
      this.#sendAuthError("The token has expired.", this.#identity - 1, false);
    }, wait);
    this.#expiry.unref();
  }

  async #modifyQuerySet(message: ModifyQuerySet): Promise<void> {
    if (message.baseVersion !== this.#querySet || message.newVersion <= message.baseVersion) {
      throw new ProtocolError("ModifyQuerySet does not follow the version before it.");
    }
    for (const modification of message.modifications) {
      if (modification.type === "Remove") this.#removeQuery(modification.queryId);
      else await this.#addQuery(modification);
    }
    if (this.#closed) return;
    this.#querySet = message.newVersion;
    this.#services.live.attend(this);
  }

  async #addQuery(query: AddQuery): Promise<void> {
    if (this.#queries.has(query.queryId)) {
      throw new ProtocolError(`Query ${query.queryId} was added twice.`);
    }
    const call = this.#watchedCall(query);
    if (this.#services.system.handles(call.path)) await this.#services.system.prepare(call.path);
    if (this.#closed) return;
    this.#queries.set(query.queryId, this.#subscribe(call));
  }

  /** Unusable arguments become a failed query: the client lives on. */
  #watchedCall(query: AddQuery): WatchedCall {
    const journal = query.journal ?? null;
    try {
      return { ...this.#call(query), journal };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const call = this.#call({ ...query, args: [] });
      return { ...call, args: { $refused: query.queryId }, journal, refusal: error.message };
    }
  }

  #removeQuery(queryId: number): void {
    const subscription = this.#queries.get(queryId);
    if (subscription === undefined) throw new ProtocolError(`There is no query ${queryId}.`);
    this.#services.live.unsubscribe(subscription);
    this.#queries.delete(queryId);
    this.#removed.add(queryId);
  }

  #subscribe(call: WatchedCall): Subscription {
    return this.#services.live.subscribe(this, call);
  }

  /** Runs beside later messages; the engine runs mutations in the order they were handed in. */
  #start(request: FunctionRequest, sessionId: string): void {
    const call = this.#requestCall(request);
    if (call === null) return;
    const run =
      request.type === "Mutation"
        ? this.#mutate(request, call, sessionId)
        : this.#act(request, call);
    const settled = run
      .catch((error: unknown) => {
        this.#services.log(`A function request failed: ${errorText(error)}`);
        if (!this.#closed) this.fail();
      })
      .finally(() => this.#running.delete(settled));
    this.#running.add(settled);
  }

  async #mutate(request: FunctionRequest, call: FunctionCall, sessionId: string): Promise<void> {
    const key = { sessionId, requestId: request.requestId };
    this.#runningMutations++;
    const run = this.#services.engine.runMutation(call, key);
    const { outcome, ts, durable } = await run.finally(() => this.#runningMutations--);
    if (this.#closed) return;
    this.#respond(request, outcome, durable, ts);
    if (ts === null) return;
    if (this.#owed === null || this.#owed < ts) this.#owed = ts;
    this.#services.live.attend(this);
  }

  async #act(request: FunctionRequest, call: FunctionCall): Promise<void> {
    const { engine } = this.#services;
    const outcome = await engine.runAction(call);
    if (!this.#closed) this.#respond(request, outcome, engine.store.durable(engine.store.ts));
  }

  /** The call of a request; null when it was refused, with the refusal as its answer. */
  #requestCall(request: FunctionRequest): FunctionCall | null {
    try {
      return this.#call(request);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const refusal: Outcome = { success: false, errorMessage: error.message, logLines: [] };
      this.#respond(request, refusal, Promise.resolve());
      return null;
    }
  }

  #call({ udfPath, args, componentPath }: FunctionRequest | AddQuery): FunctionCall {
    if (componentPath != null && !this.#caller.isAdmin) {
      throw new ProtocolError("Functions of components need the admin key.");
    }
    return {
      component: componentPath ?? "",
      path: udfPath,
      args: parseArgs(args),
      ...this.#rights(),
    };
  }

  #rights(): Pick<FunctionCall, "identity" | "access"> {
    return { identity: this.#caller.identity, access: this.#caller.isAdmin ? "any" : "public" };
  }

  #respond(
    { type, requestId }: FunctionRequest,
    outcome: Outcome,
    durable: Promise<void>,
    ts?: bigint | null,
  ): void {
    const { success, logLines } = outcome;
    const body = success
      ? { success, result: outcome.value, logLines, ...(ts == null ? {} : { ts: encodeTs(ts) }) }
      : { success, result: outcome.errorMessage, errorData: outcome.errorData, logLines };
    this.#outbox.push(JSON.stringify({ type: `${type}Response`, requestId, ...body }), durable);
  }

  /** Sends what changed since the last transition; nothing when nothing did and nothing is owed. */
  #deliver(
    versions: { querySet: number; identity: number },
    queries: Array<[number, Subscription]>,
    removed: number[],
    ts: bigint,
  ): void {
    if (this.#closed) return;
    const modifications: string[] = [];
    for (const queryId of removed) {
      this.#removed.delete(queryId);
      this.#told.delete(queryId);
      modifications.push(`{"type":"QueryRemoved","queryId":${queryId}}`);
    }
    for (const [queryId, { entry }] of queries) {
      const result = entry.result!;
      const told = this.#told.get(queryId);
      this.#told.set(queryId, result);
      if (told?.fragment === result.fragment) continue;
      modifications.push(`{"queryId":${queryId},${result.fragment}}`);
    }
    const start = this.#sent;
    const moved = versions.querySet > start.querySet || versions.identity > start.identity;
    if (!moved && modifications.length === 0 && this.#owed === null) return;
    const end = { ...versions, ts: highest(ts, this.#floor, start.ts) };
    this.#sent = end;
    if (this.#owed !== null && this.#owed <= end.ts) this.#owed = null;
    const { store } = this.#services.engine;
    for (const message of transitionMessages(start, end, modifications)) {
      this.#outbox.push(message, store.durable(ts));
    }
    if (this.#owed !== null) this.#services.live.attend(this);
  }

  #onSent(): void {
    if (this.#outbox.backlog < BUSY_BACKLOG) this.#services.live.resume(this);
  }

  #sendAuthError(error: string, baseVersion: number, authUpdateAttempted: boolean): void {
    this.#outbox.push(
      JSON.stringify({ type: "AuthError", error, baseVersion, authUpdateAttempted }),
    );
  }

  #endForGood(error: string): void {
    this.#outbox.push(JSON.stringify({ type: "FatalError", error }));
    this.#outbox.end(POLICY_VIOLATION, "");
    this.close();
  }
}
