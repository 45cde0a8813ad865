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
/** Messages of one client that wait to be handled; above, its socket is not read. */
const MAX_UNHANDLED = 100;
/** WebSocket close code of a server that stops; the client connects again. */
const GOING_AWAY = 1001;

export class SocketServer {
  readonly #services: SyncServices;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: CALL_BODY_BYTES,
    perMessageDeflate: false,
  });
  readonly #connections = new Map<WebSocket, Connection>();
  readonly #pinger: NodeJS.Timeout;

  constructor(services: SyncServices) {
    this.#services = services;
    this.#pinger = setInterval(() => {
      for (const [webSocket, connection] of this.#connections) {
        if (connection.ping()) webSocket.ping();
      }
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
    for (const connection of this.#connections.values()) {
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
    this.#connections.set(webSocket, connection);
    let unhandled = 0;
    webSocket.on("message", (data: Buffer) => {
      if (++unhandled === MAX_UNHANDLED) webSocket.pause();
      void connection.receive(data.toString("utf8")).then(() => {
        if (unhandled-- === MAX_UNHANDLED) webSocket.resume();
      });
    });
    webSocket.on("pong", () => connection.hear());
    // What went wrong with the connection is over when it closes; the client connects again.
    webSocket.on("error", () => webSocket.terminate());
    webSocket.on("close", () => {
      this.#connections.delete(webSocket);
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
