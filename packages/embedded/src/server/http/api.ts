/** The API port: routes, access, and errors as `{code, message}`. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError, badRequest } from "./errors.ts";
import type { Gate } from "../auth/caller.ts";
import { CALL_BODY_BYTES, PUSH_BODY_BYTES, readJson } from "./body.ts";
import { DEPLOY_ENDPOINTS, deployBody, type DeployContext, type DeployEndpoint } from "./deploy.ts";
import {
  functionRequest,
  runRequest,
  type FunctionAnswer,
  type FunctionEndpoints,
  type FunctionKind,
} from "./functions.ts";
import { allowEveryOrigin, answerPreflight, sendError, sendJson, sendJsonText } from "./respond.ts";
import { TRANSFER_ENDPOINTS, type Transfers } from "../transfer/transferApi.ts";
import { targetUrl } from "./target.ts";

export interface ApiServices {
  gate: Gate;
  functions: FunctionEndpoints;
  deploy: DeployContext;
  transfers: Transfers;
  /** Whether a request under this Host header may use the admin key. */
  mayUseAdminKey: (host: string | undefined) => boolean;
  /** What `GET /metrics` answers. */
  metrics: () => string;
  /** What `GET /version` answers. */
  version: string;
  log: (line: string) => void;
}

const FUNCTION_ENDPOINTS: Readonly<Record<string, FunctionKind | undefined>> = {
  "/api/query": "query",
  "/api/query_at_ts": "query",
  "/api/mutation": "mutation",
  "/api/action": "action",
  "/api/function": undefined,
};
const RUN = "/api/run/";
/** The text format of Prometheus. */
const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Parts of Convex's API that exist there and not here; a 404 would make the CLI retry for 30 s. */
const NOT_HERE = ["/api/run_test_function", "/api/shapes2", "/api/storage", "/api/v1/"];

/** What only the admin key opens. */
interface AdminEndpoint {
  method: "GET" | "POST";
  answer(
    services: ApiServices,
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void>;
}

/** Every admin endpoint by its path, one that ends in `/` by the beginning of its path. */
export const ADMIN_ENDPOINTS: Readonly<Record<string, AdminEndpoint>> = {
  ...Object.fromEntries(
    Object.entries(DEPLOY_ENDPOINTS).map(([path, endpoint]) => [path, forDeploys(path, endpoint)]),
  ),
  ...Object.fromEntries(
    Object.entries(TRANSFER_ENDPOINTS).map(([path, { method, answer }]) => [
      path,
      { method, answer: ({ transfers }, ...rest) => answer(transfers, ...rest) },
    ]),
  ),
  "/metrics": {
    method: "GET",
    answer: async ({ metrics }, _url, _request, response) =>
      void response.writeHead(200, { "Content-Type": METRICS_TYPE }).end(metrics()),
  },
};

function adminEndpoint(path: string): AdminEndpoint | undefined {
  if (Object.hasOwn(ADMIN_ENDPOINTS, path)) return ADMIN_ENDPOINTS[path];
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  return Object.hasOwn(ADMIN_ENDPOINTS, folder) ? ADMIN_ENDPOINTS[folder] : undefined;
}

function forDeploys(path: string, endpoint: DeployEndpoint): AdminEndpoint {
  const { method } = endpoint;
  const limit = path.startsWith("/api/deploy2/") ? PUSH_BODY_BYTES : CALL_BODY_BYTES;
  return {
    method,
    answer: async ({ deploy }, url, request, response) => {
      const body = method === "GET" ? {} : await readJson(request, deployBody, limit);
      sendJson(response, 200, await endpoint.answer(deploy, body, url.searchParams));
    },
  };
}

/** Answers one request of the API port. */
export async function serveApi(
  services: ApiServices,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    allowEveryOrigin(response);
    const target = request.url ?? "";
    if (request.method === "OPTIONS") answerPreflight(request, response);
    // Nearly all requests call a function: their target is its path and need not be taken apart.
    else if (isFunctionPath(target)) await callFunction(services, target, request, response);
    else await route(services, targetUrl(target, "http://api"), request, response);
  } catch (error) {
    sendError(response, error, services.log);
  }
}

async function route(
  services: ApiServices,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = url.pathname;
  if (isFunctionPath(path) || path.startsWith(RUN)) {
    return await callFunction(services, path, request, response);
  }
  const endpoint = adminEndpoint(path);
  if (endpoint !== undefined) {
    requireMethod(request, endpoint.method);
    await requireAdmin(services, request);
    return await endpoint.answer(services, url, request, response);
  }
  if (path === "/api/query_ts") {
    requireMethod(request, "POST");
    return sendJson(response, 200, await services.functions.timestamp());
  }
  if (path === "/version") {
    response.writeHead(200, { "Content-Type": "text/plain" }).end(services.version);
    return;
  }
  // Clients report long disconnects here; there is nobody to read them.
  if (path === "/api/debug_event") return sendJson(response, 200, null);
  if (NOT_HERE.some((prefix) => path.startsWith(prefix))) {
    throw new ApiError(
      400,
      "NotSupported",
      "The embedded deployment cannot do this. Use Convex cloud or self-hosted Convex for it.",
    );
  }
  throw new ApiError(404, "NotFound", `There is no ${path} here.`);
}

function isFunctionPath(path: string): boolean {
  return Object.hasOwn(FUNCTION_ENDPOINTS, path);
}

async function callFunction(
  services: ApiServices,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  requireMethod(request, "POST");
  const { status, text } = await runFunction(services, path, request);
  sendJsonText(response, status, text);
}

async function runFunction(
  services: ApiServices,
  path: string,
  request: IncomingMessage,
): Promise<FunctionAnswer> {
  const caller = await callerOf(services, request);
  if (path.startsWith(RUN)) {
    const steps = decoded(path.slice(RUN.length)).split("/");
    const name = steps.pop() ?? "";
    const body = await readJson(request, runRequest);
    const named = { ...body, path: `${steps.join("/")}:${name}`, componentPath: null };
    return services.functions.run(undefined, named, caller);
  }
  const body = await readJson(request, functionRequest);
  return services.functions.run(FUNCTION_ENDPOINTS[path], body, caller);
}

async function requireAdmin(services: ApiServices, request: IncomingMessage): Promise<void> {
  const caller = await callerOf(services, request);
  if (caller.isAdmin) return;
  throw new ApiError(403, "AdminKeyNeeded", "This needs the admin key of the deployment.");
}

function callerOf({ gate, mayUseAdminKey }: ApiServices, request: IncomingMessage) {
  return gate.callerOf(request.headers.authorization, () => mayUseAdminKey(request.headers.host));
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw badRequest("BadTarget", "The path is not valid percent-encoding.");
  }
}

function requireMethod(request: IncomingMessage, method: "GET" | "POST"): void {
  if (request.method !== method) {
    throw new ApiError(405, "MethodNotAllowed", `Use ${method} for this.`);
  }
}
