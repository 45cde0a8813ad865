/** One client of the sync protocol: takes its messages in their order, and ends the connection when it must. */
import { TokenError } from "../auth/verifier.ts";
import { ApiError } from "../http/errors.ts";
import { errorText } from "../http/respond.ts";
import { ClientIdentity } from "./clientIdentity.ts";
import {
  encodeTs,
  parseMessage,
  ProtocolError,
  type Authenticate,
  type ClientMessage,
  type Connect,
  type FunctionRequest,
  type ModifyQuerySet,
} from "./messages.ts";
import { Outbox, type Socket } from "./outbox.ts";
import type { LiveOwner, Snapshot } from "./queryEntry.ts";
import { QuerySet } from "./querySet.ts";
import { Requests } from "./requests.ts";
import type { SyncServices } from "./services.ts";
import { transitionMessages, type StateVersion } from "./transition.ts";

/** A client that lets this much pile up besides its results is cut off, in UTF-16 units. */
const MAX_BACKLOG = 64 * 1024 * 1024;
/** New results wait while so many transitions are on their way to the client; as many as on Convex. */
const MAX_UNSENT_TRANSITIONS = 2;
/** A client that takes nothing of what waits for it for so long is gone. */
const STALLED_MS = 60_000;

/** WebSocket close codes. */
const NORMAL = 1000;
const POLICY_VIOLATION = 1008;
const INTERNAL_ERROR = 1011;

/** How a client has come. */
export interface Entrance {
  /** False under a foreign host name. */
  adminAllowed: boolean;
  /** True when it puts transitions together that come in parts. */
  knowsChunks: boolean;
}

export class Connection implements LiveOwner {
  readonly #services: SyncServices;
  readonly #outbox: Outbox;
  readonly #knowsChunks: boolean;
  readonly #identity: ClientIdentity;
  readonly #queries: QuerySet;
  readonly #requests: Requests;
  /** Messages are handled one after the other, in the order they came. */
  #tail: Promise<void> = Promise.resolve();
  #closed = false;
  /** The server stops: what has begun is answered, nothing new begins. */
  #leaving = false;
  /** Nobody is told anything while it is not sure who it is. */
  #authenticating = false;
  #sessionId: string | null = null;
  #clientClockSkew: number | undefined;
  /**
   * How far the timestamps the client has seen are ahead, perhaps those of a database that is gone. It is told
   * all timestamps so much later: it never meets a lower one, and they keep their order.
   */
  #aheadNs = 0n;

  constructor(services: SyncServices, socket: Socket, { adminAllowed, knowsChunks }: Entrance) {
    this.#services = services;
    this.#knowsChunks = knowsChunks;
    this.#outbox = new Outbox(socket, MAX_BACKLOG, () => services.live.resume(this));
    this.#identity = new ClientIdentity(services.gate, services.verifier, adminAllowed);
    this.#queries = new QuerySet(services, this, ({ start, end, modifications }, ts) => {
      const transition = {
        start: this.#told(start),
        end: this.#told(end),
        modifications,
        clientClockSkew: this.#clientClockSkew,
      };
      const parts = transitionMessages(transition, this.#knowsChunks);
      this.#outbox.pushTransition(parts, services.engine.store.durable(ts));
    });
    this.#requests = new Requests(services, {
      timestamp: (ts) => encodeTs(ts + this.#aheadNs),
      send: (message, durable) => {
        if (!this.#closed) this.#outbox.push(JSON.stringify(message), durable);
      },
      wrote: (ts) => {
        if (!this.#closed) this.#queries.owe(ts);
      },
      fail: () => this.fail(),
    });
  }

  get ready(): boolean {
    return (
      !this.#closed && !this.#authenticating && this.#outbox.transitions < MAX_UNSENT_TRANSITIONS
    );
  }

  get answering(): boolean {
    return this.#requests.mutating;
  }

  get owed(): boolean {
    return this.#queries.owed;
  }

  /** Handles one message of the client, after those before it; resolves when that is done. */
  receive(text: string): Promise<void> {
    this.#tail = this.#tail.then(() => this.#receive(text));
    return this.#tail;
  }

  /** True while something waits for the client to take it. */
  get sending(): boolean {
    return this.#outbox.stalledMs(Date.now()) !== null;
  }

  /** Keeps the client from giving up, and gives up one that takes nothing. */
  ping(): void {
    const stalledMs = this.#outbox.stalledMs(Date.now()) ?? 0;
    if (stalledMs > STALLED_MS) this.#outbox.cutOff();
    else this.#outbox.push('{"type":"Ping"}');
  }

  /** Answers what runs, then closes the connection. What the client sends from now on it sends again later. */
  async leave(code: number, reason: string): Promise<void> {
    this.#leaving = true;
    await this.#tail;
    await this.#requests.settled();
    this.#outbox.end(code, reason);
  }

  /** The socket is gone, or will be when everything is sent. */
  close(): void {
    this.#closed = true;
    this.#queries.close();
  }

  /** An internal failure may pass, so the client may try again; after a FatalError it never does. */
  fail(): void {
    this.#end(INTERNAL_ERROR, "InternalServerError");
  }

  snapshot(): Snapshot | null {
    if (this.#identity.expired) {
      this.#endExpired();
      return null;
    }
    return this.#queries.snapshot();
  }

  async #receive(text: string): Promise<void> {
    if (this.#closed || this.#leaving) return;
    try {
      await this.#handle(parseMessage(text));
    } catch (error) {
      if (error instanceof ProtocolError) {
        this.#outbox.push(JSON.stringify({ type: "FatalError", error: error.message }));
        this.#end(POLICY_VIOLATION, "");
      } else {
        this.#services.log(`A sync message failed: ${errorText(error)}`);
        this.fail();
      }
    }
  }

  async #handle(message: ClientMessage): Promise<void> {
    if (message.type === "Event") return;
    if (message.type === "Connect") return this.#connect(message);
    const sessionId = this.#sessionId;
    if (sessionId === null) throw new ProtocolError("The first message must be Connect.");
    switch (message.type) {
      case "Authenticate":
        return this.#authenticate(message);
      case "ModifyQuerySet":
        return this.#modifyQuerySet(message);
      case "Mutation":
      case "Action":
        return this.#request(message, sessionId);
    }
  }

  #connect({ sessionId, maxObservedTimestamp, clientTs }: Connect): void {
    if (this.#sessionId !== null) throw new ProtocolError("Connect was sent twice.");
    this.#sessionId = sessionId;
    if (clientTs != null) this.#clientClockSkew = Math.round(clientTs - Date.now());
    const { ts } = this.#services.engine.store;
    if (maxObservedTimestamp != null && maxObservedTimestamp > ts) {
      this.#aheadNs = maxObservedTimestamp - ts;
    }
  }

  /** As on Convex a refused token ends the connection: the client comes again with another one or with none. */
  async #authenticate(message: Authenticate): Promise<void> {
    if (message.baseVersion < this.#queries.identity) {
      throw new ProtocolError("Authenticate carries an identity version from the past.");
    }
    this.#authenticating = true;
    try {
      await this.#identity.become(message);
    } catch (error) {
      if (!(error instanceof TokenError || error instanceof ApiError)) throw error;
      return this.#endUnauthenticated(error.message, message.baseVersion, true);
    } finally {
      this.#authenticating = false;
    }
    if (!this.#closed) this.#queries.become(this.#identity.caller, message.baseVersion + 1);
  }

  async #modifyQuerySet(message: ModifyQuerySet): Promise<void> {
    this.#queries.requireBase(message.baseVersion, message.newVersion);
    const { system } = this.#services;
    for (const modification of message.modifications) {
      if (modification.type === "Remove") {
        this.#queries.remove(modification.queryId);
        continue;
      }
      if (system.handles(modification.udfPath)) await system.prepare(modification.udfPath);
      if (this.#closed) return;
      this.#queries.add(modification, this.#identity.caller);
    }
    this.#queries.reach(message.newVersion);
  }

  async #request(request: FunctionRequest, sessionId: string): Promise<void> {
    await this.#requests.room(request.type);
    if (this.#closed || this.#leaving) return;
    if (this.#identity.expired) return this.#endExpired();
    this.#requests.start(request, this.#identity.caller, sessionId);
  }

  #told(version: StateVersion): StateVersion {
    const { ts } = version;
    return { ...version, ts: ts === 0n ? ts : ts + this.#aheadNs };
  }

  #endExpired(): void {
    this.#endUnauthenticated("The token has expired.", this.#queries.identity - 1, false);
  }

  #endUnauthenticated(error: string, baseVersion: number, authUpdateAttempted: boolean): void {
    this.#outbox.push(
      JSON.stringify({ type: "AuthError", error, baseVersion, authUpdateAttempted }),
    );
    this.#end(NORMAL, "");
  }

  #end(code: number, reason: string): void {
    if (this.#closed) return;
    this.#outbox.end(code, reason);
    this.close();
  }
}
