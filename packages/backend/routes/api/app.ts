import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { cors } from "hono/cors";
import { internal } from "../../_generated/api";
import type { ActionCtx } from "../../lib/functions";
import { activityOperations } from "./activities";
import { activityTypeOperations } from "./activityTypes";
import { authenticate } from "./authentication";
import { boardOperations } from "./boards";
import { challengeOperations } from "./challenges";
import { listOf } from "./cursors";
import { docsPage } from "./docsPage";
import { describe, describeShared, documentOf } from "./document";
import { importOperations } from "./imports";
import { maintenanceOperations } from "./maintenance";
import { miniGameOperations } from "./miniGames";
import { moderationOperations } from "./moderation";
import type { Call, Operation } from "./operations";
import { HttpRefusal, problemResponse } from "./problems";
import {
  checked,
  readIdempotencyKey,
  readJsonBody,
  readQuery,
  shownIdempotencyKey,
} from "./requests";

type ApiContext = Context<{ Bindings: ActionCtx }>;

/** Every operation of the API. */
export const OPERATIONS: readonly Operation[] = [
  ...challengeOperations,
  ...activityTypeOperations,
  ...activityOperations,
  ...boardOperations,
  ...importOperations,
  ...moderationOperations,
  ...miniGameOperations,
  ...maintenanceOperations,
];

const BASE = "/api/v1";
/** Pages of these origins may call the API from a browser; none unless the deployment names them. */
const allowedOrigins = () =>
  (process.env.MILEPOST_API_ORIGINS ?? "").split(",").map((origin) => origin.trim());

/** Serves the API: parse, authenticate, call once, map. */
export function createApi(): OpenAPIHono<{ Bindings: ActionCtx }> {
  const app = new OpenAPIHono<{ Bindings: ActionCtx }>();
  app.use(
    cors({
      origin: (origin) => (allowedOrigins().includes(origin) ? origin : null),
      allowHeaders: ["Authorization", "Content-Type", "Idempotency-Key"],
      allowMethods: ["GET", "POST", "PATCH", "DELETE"],
      exposeHeaders: ["Retry-After"],
      maxAge: 3600,
    }),
  );
  app.use(async (c, next) => {
    await next();
    c.header("X-Content-Type-Options", "nosniff");
  });
  app.onError((error) => problemResponse(error));
  app.notFound(() => problemResponse(new HttpRefusal(404, { code: "NOT_FOUND", what: "route" })));
  const shared = new OpenAPIHono();
  describeShared(shared);
  for (const operation of OPERATIONS) {
    describe(shared, operation);
    app.on(operation.method.toUpperCase(), routeOf(operation.path), (c) => serve(c, operation));
  }
  const documentFor = (c: ApiContext) => documentOf(shared, new URL(c.req.url).origin);
  app.get(`${BASE}/openapi.json`, (c) => c.json(documentFor(c)));
  app.get(`${BASE}/docs`, (c) => docsPage(documentFor(c)));
  for (const [route, methods] of methodsByRoute()) {
    app.all(route, () => problemResponse(notAllowed(methods)));
  }
  return app;
}

/** A path of the document as Hono writes it: `/a/{b}` -> `/api/v1/a/:b`. */
function routeOf(path: string): string {
  return BASE + path.replaceAll(/\{(\w+)\}/g, ":$1");
}

function methodsByRoute(): Map<string, string[]> {
  const methods = new Map([
    [`${BASE}/openapi.json`, ["GET"]],
    [`${BASE}/docs`, ["GET"]],
  ]);
  for (const { path, method } of OPERATIONS) {
    const route = routeOf(path);
    methods.set(route, [...(methods.get(route) ?? []), method.toUpperCase()]);
  }
  return methods;
}

function notAllowed(methods: string[]): HttpRefusal {
  const problem = `must be ${methods.join(" or ")}`;
  const refusal = { code: "INVALID_INPUT", path: "method", problem } as const;
  return new HttpRefusal(405, refusal, { Allow: methods.join(", ") });
}

async function serve(c: ApiContext, operation: Operation): Promise<Response> {
  const { method, path: route, statuses = [200] } = operation;
  const { headers } = c.req.raw;
  const [status] = statuses;
  const request = { method, route, status, requestId: shownIdempotencyKey(headers) };
  const header = headers.get("authorization") ?? undefined;
  const { noted, ...caller } = await authenticate(c.env, header, request);
  const response = await answer(c, operation, caller).catch(problemResponse);
  if (response.status !== status) {
    const fn = internal.mutations.apiRequests.correct;
    // What the call did is done: its answer stays, also where it cannot be noted.
    await c.env.runMutation(fn, { noted, status: response.status }).catch(console.error);
  }
  return response;
}

async function answer(
  c: ApiContext,
  operation: Operation,
  caller: Pick<Call, "apiKeyId" | "challengeId">,
): Promise<Response> {
  const { params, query, body, run, statuses = [200], statusOf } = operation;
  const request = c.req.raw;
  const requestId = readIdempotencyKey(request.headers);
  const url = new URL(request.url);
  const input = {
    params: checked(params, c.req.param()),
    query: checked(query, readQuery(url)),
    body: body && checked(body, hasBody(request) ? await readJsonBody(request) : {}),
  };
  const call = { ctx: c.env, ...caller, requestId, list: listOf(url) };
  // Each part was read by the operation's own schema, which is what `run` was typed by.
  const result = await run(call, input as never);
  const status = statusOf?.(result) ?? statuses[0];
  return c.json(result, status, { "Cache-Control": "no-store" });
}

/** Bodies may be left out where every field may. */
function hasBody(request: Request): boolean {
  return request.body !== null && request.headers.get("content-length") !== "0";
}
