/** The WebSocket end of the sync protocol: `/api/sync` and `/api/<client version>/sync`. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { CALL_BODY_BYTES } from "../http/body.ts";
import { Connection, type Entrance } from "./connection.ts";
import type { SyncServices } from "./services.ts";

const SYNC_PATH = /^\/api\/(?:([^/]+)\/)?sync$/;
/** The first version of the npm client that puts transitions together which come in parts. */
const CHUNKS_SINCE = { major: 1, minor: 28 };
/** The client gives up after 60 s without a message. */
const PING_INTERVAL_MS = 15_000;
/** A client that answers none of so many pings in a row is gone, though its connection may not be. */
const MAX_UNANSWERED = 4;
/** Messages of one client that wait to be handled, and their bytes; above, its socket is not read. */
const MAX_UNHANDLED = { messages: 100, bytes: 2 * CALL_BODY_BYTES };
/** WebSocket close code of a server that stops; the client connects again. */
const GOING_AWAY = 1001;

interface Client {
  webSocket: WebSocket;
  /** Pings since something was last heard of it. */
  unanswered: number;
}

function ping(connection: Connection, client: Client): void {
  const { webSocket } = client;
  // An answer comes behind what waits for the client: that it takes some of it is sign enough.
  if (connection.sending) client.unanswered = 0;
  else if (client.unanswered >= MAX_UNANSWERED) return webSocket.terminate();
  connection.ping();
  // Its answer cannot be heard while its socket is not read.
  if (webSocket.isPaused || webSocket.readyState !== webSocket.OPEN) return;
  client.unanswered++;
  webSocket.ping();
}

export class SocketServer {
  readonly #services: SyncServices;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: CALL_BODY_BYTES,
    perMessageDeflate: false,
  });
  readonly #connections = new Map<Connection, Client>();
  readonly #pinger: NodeJS.Timeout;

  constructor(services: SyncServices) {
    this.#services = services;
    this.#pinger = setInterval(() => {
      for (const [connection, client] of this.#connections) ping(connection, client);
    }, PING_INTERVAL_MS);
    this.#pinger.unref();
  }

  /** Takes over an upgrade request; other paths than those of the sync protocol are refused. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, adminAllowed: boolean): void {
    const path = (request.url ?? "").split("?")[0]!;
    const [match, version] = SYNC_PATH.exec(path) ?? [];
    if (match === undefined) {
      socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      this.#serve(webSocket, { adminAllowed, knowsChunks: knowsChunks(version) });
    });
  }

  /** How many clients are connected. */
  get connections(): number {
    return this.#connections.size;
  }

  /**
   * Sends every client away once its running requests are answered; they connect again when a server is back.
   * Who is not gone after `graceMs` is cut off.
   */
  async close(graceMs: number): Promise<void> {
    clearInterval(this.#pinger);
    const closed = [...this.#server.clients].map(
      (webSocket) => new Promise((resolve) => webSocket.once("close", resolve)),
    );
    for (const connection of this.#connections.keys()) {
      void connection.leave(GOING_AWAY, "server stops");
    }
    const patience = setTimeout(() => {
      for (const webSocket of this.#server.clients) webSocket.terminate();
    }, graceMs);
    await Promise.all(closed);
    clearTimeout(patience);
    this.#server.close();
  }

  #serve(webSocket: WebSocket, entrance: Entrance): void {
    const connection = new Connection(
      this.#services,
      {
        send: (text, sent) => webSocket.send(text, sent),
        close: (code, reason) => webSocket.close(code, reason),
        terminate: () => webSocket.terminate(),
      },
      entrance,
    );
    const client: Client = { webSocket, unanswered: 0 };
    this.#connections.set(connection, client);
    const heard = () => (client.unanswered = 0);
    webSocket.on("pong", heard).on("message", heard);
    const unhandled = { messages: 0, bytes: 0 };
    const isTooMuch = () =>
      unhandled.messages >= MAX_UNHANDLED.messages || unhandled.bytes >= MAX_UNHANDLED.bytes;
    webSocket.on("message", (data: Buffer) => {
      unhandled.messages++;
      unhandled.bytes += data.length;
      if (isTooMuch()) webSocket.pause();
      void connection.receive(data.toString("utf8")).then(() => {
        unhandled.messages--;
        unhandled.bytes -= data.length;
        if (webSocket.isPaused && !isTooMuch()) webSocket.resume();
      });
    });
    // What went wrong with the connection is over when it closes; the client connects again.
    webSocket.on("error", () => webSocket.terminate());
    webSocket.on("close", () => {
      this.#connections.delete(connection);
      connection.close();
    });
  }
}

function knowsChunks(version = ""): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return (
    major > CHUNKS_SINCE.major || (major === CHUNKS_SINCE.major && minor >= CHUNKS_SINCE.minor)
  );
}
