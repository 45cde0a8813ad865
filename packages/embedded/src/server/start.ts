/** Puts the layers together: store, engine, the API port with the sync protocol, the site port. */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions as HttpServerOptions,
  type ServerResponse,
} from "node:http";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { version } from "convex";
import { createEngine } from "../runtime/index.ts";
import { dataFileOf, openStore } from "../store/index.ts";
import type { Engine, Log, Store } from "../types.ts";
import { loadAdminKey } from "./auth/adminKey.ts";
import { Gate } from "./auth/caller.ts";
import { TokenVerifier } from "./auth/verifier.ts";
import { Deployments } from "./deploy/deployments.ts";
import { serveApi } from "./http/api.ts";
import { FunctionEndpoints } from "./http/functions.ts";
import { adminHostCheck } from "./http/hosts.ts";
import { sendError } from "./http/respond.ts";
import { serveHttpAction } from "./http/site.ts";
import { listen } from "./listen.ts";
import { Metrics } from "./metrics.ts";
import { LiveQueries } from "./sync/liveQueries.ts";
import { SocketServer } from "./sync/socketServer.ts";
import { Imports } from "./transfer/imports.ts";
import { SystemQueries } from "./systemQueries.ts";

export interface ServerOptions {
  /** Folder of the data and the admin key; created when missing. One server at a time. */
  dataDir: string;
  /** Address to listen on. Default 127.0.0.1: this machine only. */
  host?: string;
  /** Port of the API and the sync protocol, 0 for any free one. Default 3210. */
  port?: number;
  /** Port of the HTTP actions, 0 for any free one. Default 3211. */
  sitePort?: number;
  /** Where clients reach the API port, when that is not its own address (behind a proxy). */
  cloudUrl?: string;
  /** Where clients reach the site port, likewise; it is also the issuer of Convex Auth's tokens. */
  siteUrl?: string;
  /** False skips fsync: data survives a crash of the process, not of the machine. Default true. */
  sync?: boolean;
  /** Gets one line at a time: what functions print, and defects of the server. Default: nobody. */
  log?: Log;
}

export interface RunningServer {
  /** Where clients and the official CLI talk to it. */
  url: string;
  /** Where its HTTP actions answer. */
  siteUrl: string;
  adminKey: string;
  engine: Engine;
  /** Refuses new work, answers what runs, closes every connection and the store, gives the folder free. */
  close(): Promise<void>;
}

const HTTP_SERVER: HttpServerOptions = {
  /** Longer than proxies keep idle connections: who closes first must not be in the middle of a request. */
  keepAliveTimeout: 75_000,
  /** How long a client may take to send the headers of a request, and the whole of it. */
  headersTimeout: 60_000,
  requestTimeout: 300_000,
};
/** A connection on which nothing moves for so long holds what nobody takes; an action may run for thirty minutes. */
const SILENT_MS = 31 * 60 * 1000;
/** How long running requests and jobs may take to finish when the server stops. */
const GRACE_MS = 3_000;
const FORGET_DEAD_READERS_EVERY_MS = 60_000;
/** In the data folder, which may be a folder that others have their files in too. */
const UPLOADS_FOLDER = "milepost-uploads";

/**
 * Starts a deployment. Refuses with `StartError` when a port is taken, with `StoreError` when the
 * data folder is in use or of a newer format; then nothing is left running.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const store = await openStore({ dir: options.dataDir, sync: options.sync ?? true });
  const apiServer = createServer(HTTP_SERVER).setTimeout(SILENT_MS);
  const siteServer = createServer(HTTP_SERVER).setTimeout(SILENT_MS);
  const starting = listenAndServe({ store, apiServer, siteServer, options });
  answerWhenReady(
    apiServer,
    siteServer,
    starting.then(({ handlers }) => handlers),
  );
  try {
    return (await starting).server;
  } catch (error) {
    apiServer.close();
    siteServer.close();
    await store.close();
    throw error;
  }
}

/** What answers whom. */
interface Handlers {
  api: (request: IncomingMessage, response: ServerResponse) => void;
  sync: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  site: (request: IncomingMessage, response: ServerResponse) => void;
}

/**
 * The ports are taken before the deployment is read, which needs its own URLs: who connects in between waits
 * for its handlers, and is sent away when there will be none.
 */
function answerWhenReady(apiServer: Server, siteServer: Server, ready: Promise<Handlers>): void {
  // Who started the server is told why it cannot start.
  ready.catch(() => undefined);
  const when = (socket: Duplex, answer: (handlers: Handlers) => void) =>
    void ready.then(
      (handlers) => !socket.destroyed && answer(handlers),
      () => socket.destroy(),
    );
  apiServer.on("request", (request, response) =>
    when(request.socket, ({ api }) => api(request, response)),
  );
  siteServer.on("request", (request, response) =>
    when(request.socket, ({ site }) => site(request, response)),
  );
  apiServer.on("upgrade", (request, socket, head) => {
    // Node has taken its own listener away, and a reset would otherwise end the process.
    socket.on("error", () => socket.destroy());
    when(socket, ({ sync }) => sync(request, socket, head));
  });
}

interface Parts {
  store: Store;
  apiServer: Server;
  siteServer: Server;
  options: ServerOptions;
}

interface Served {
  server: RunningServer;
  handlers: Handlers;
}

async function listenAndServe(parts: Parts): Promise<Served> {
  const { apiServer, siteServer, options } = parts;
  const adminKey = loadAdminKey(options.dataDir);
  const {
    host = "127.0.0.1",
    port = 3210,
    sitePort = 3211,
    cloudUrl,
    siteUrl,
    log = () => undefined,
  } = options;
  const apiPort = await listen(apiServer, host, port, "--port", log);
  const actionsPort = await listen(siteServer, host, sitePort, "--site-port", log);
  const urls = {
    cloudUrl: cloudUrl ?? urlOf(host, apiPort),
    siteUrl: siteUrl ?? urlOf(host, actionsPort),
  };
  return await serve({ ...parts, adminKey, host, urls });
}

interface ListeningParts extends Parts {
  adminKey: string;
  host: string;
  urls: { cloudUrl: string; siteUrl: string };
}

async function serve(parts: ListeningParts): Promise<Served> {
  const { store, apiServer, siteServer, adminKey, urls } = parts;
  const log = parts.options.log ?? (() => undefined);
  const metrics = new Metrics();
  const engine = await createEngine({
    store,
    ...urls,
    log,
    onExecution: (execution) => metrics.countExecution(execution),
  });
  const verifier = new TokenVerifier(() => engine.authProviders());
  store.onCommit(({ everything }) => {
    metrics.countCommit();
    if (everything) verifier.forgetKeys();
  });
  const gate = new Gate(adminKey, verifier);
  const deployments = new Deployments(engine, log);
  const system = new SystemQueries(engine, deployments, urls);
  const imports = new Imports(
    engine,
    deployments,
    join(parts.options.dataDir, UPLOADS_FOLDER),
    log,
  );
  await imports.restore();
  const live = new LiveQueries(engine, system, log);
  const sockets = new SocketServer({ engine, live, system, gate, verifier, log });
  const dataFile = dataFileOf(parts.options.dataDir);
  const readerCheck = setInterval(() => store.forgetDeadReaders(), FORGET_DEAD_READERS_EVERY_MS);
  readerCheck.unref();
  const mayUseAdminKey = adminHostCheck(parts.host, urls.cloudUrl);
  const api = {
    gate,
    functions: new FunctionEndpoints(engine, live, system),
    deploy: { engine, deployments, urls },
    transfers: { engine, imports, system },
    mayUseAdminKey,
    metrics: () => metrics.text({ engine, live, sockets, dataFile }),
    version,
    log,
  };
  const handlers: Handlers = {
    api: (request, response) => void serveApi(api, request, response),
    sync: (request, socket, head) =>
      sockets.accept(request, socket, head, mayUseAdminKey(request.headers.host)),
    site: (request, response) => {
      serveHttpAction({ engine, verifier, siteUrl: urls.siteUrl }, request, response).catch(
        (error: unknown) => sendError(response, error, log),
      );
    },
  };
  const server: RunningServer = {
    url: urls.cloudUrl,
    siteUrl: urls.siteUrl,
    adminKey,
    engine,
    close: once(async () => {
      clearInterval(readerCheck);
      await Promise.all([
        atMost(GRACE_MS, engine.stopJobs()),
        sockets.close(GRACE_MS),
        closeServer(apiServer),
        closeServer(siteServer),
      ]);
      live.close();
      await engine.close();
      await store.close();
    }),
  };
  return { server, handlers };
}

/** Stops listening and waits for running requests, but not for ever. */
async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const patience = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearTimeout(patience);
}

async function atMost(milliseconds: number, ending: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
  await Promise.race([ending, patience]);
  clearTimeout(timer);
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= action());
}

function urlOf(host: string, port: number): string {
  // Nobody can connect to "every address"; on this machine loopback is one of them.
  const reachable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}
