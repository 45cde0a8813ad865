import type { HttpRouter } from "convex/server";
import { internal } from "../_generated/api";
import { httpAction } from "../lib/functions";
import { MAX_EVENT_LENGTH } from "../lib/rules/stravaEvent";
import { stravaConfig } from "../lib/stravaConfig";

const WEBHOOK_PREFIX = "/strava/webhook/";
/** What must be granted, see `beginConnect`. */
const NEEDED_SCOPE = "activity:read_all";

/** How a connection goes on, told to the settings page as `?strava=`. */
type CallbackResult = "confirm" | "denied" | "scope" | "expired" | "failed";

function toSettings(result: CallbackResult, ticket?: string): Response {
  const url = new URL("/settings", process.env.SITE_URL ?? "");
  url.searchParams.set("strava", result);
  if (ticket !== undefined) url.searchParams.set("ticket", ticket);
  const headers = {
    Location: url.toString(),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
  };
  return new Response(null, { status: 302, headers });
}

/** Where Strava sends the browser back: exchanges the code, and leaves the rest to the session that started it. */
const callback = httpAction(async (ctx, request) => {
  const { searchParams } = new URL(request.url);
  const state = searchParams.get("state") ?? "";
  const grantId = await ctx.runMutation(internal.mutations.strava.takeState, { state });
  if (grantId === null) return toSettings("expired");
  const code = searchParams.get("code");
  if (code === null) return toSettings("denied");
  const scopes = (searchParams.get("scope") ?? "").split(/[ ,]/);
  if (!scopes.includes(NEEDED_SCOPE)) return toSettings("scope");
  const ticket = await ctx.runAction(internal.integrations.strava.exchange, { grantId, code });
  return ticket === null ? toSettings("failed") : toSettings("confirm", ticket);
});

const secretOf = (request: Request) => new URL(request.url).pathname.slice(WEBHOOK_PREFIX.length);

const notFound = () => new Response(null, { status: 404 });

/** Strava's question whether it was us who subscribed. */
const handshake = httpAction(async (ctx, request) => {
  const secret = secretOf(request);
  const isKnown = await ctx.runQuery(internal.queries.stravaWork.isCallback, { secret });
  const config = stravaConfig();
  if (!isKnown || config === null) return notFound();
  const { searchParams } = new URL(request.url);
  const isOurs =
    searchParams.get("hub.mode") === "subscribe" &&
    searchParams.get("hub.verify_token") === config.verifyToken;
  if (!isOurs) return new Response(null, { status: 403 });
  return Response.json({ "hub.challenge": searchParams.get("hub.challenge") ?? "" });
});

/**
 * One event. 200 when it is stored or dropped for good; 500 when storing failed and 429 when there are too many, so that
 * Strava sends it again.
 */
const delivery = httpAction(async (ctx, request) => {
  const secret = secretOf(request);
  const waitMs = await ctx.runMutation(internal.mutations.stravaWebhook.admit, { secret });
  if (waitMs === null) return notFound();
  if (waitMs > 0) {
    const headers = { "Retry-After": String(Math.ceil(waitMs / 1000)) };
    return new Response(null, { status: 429, headers });
  }
  const length = Number(request.headers.get("content-length") ?? 0);
  // One more than may be, so that it is rejected as too long without being read.
  const body = length > MAX_EVENT_LENGTH ? " ".repeat(MAX_EVENT_LENGTH + 1) : await request.text();
  try {
    const args = { secret, body: body.slice(0, MAX_EVENT_LENGTH + 1) };
    const result = await ctx.runMutation(internal.mutations.stravaWebhook.receive, args);
    return result === "unknownPath" ? notFound() : new Response(null, { status: 200 });
  } catch (error) {
    console.error("Strava: an event could not be stored", error);
    return new Response(null, { status: 500 });
  }
});

/** Adds the routes Strava calls: where it sends browsers back, and its webhook under a secret path. */
export function addStravaRoutes(http: HttpRouter): void {
  http.route({ path: "/strava/callback", method: "GET", handler: callback });
  http.route({ pathPrefix: WEBHOOK_PREFIX, method: "GET", handler: handshake });
  http.route({ pathPrefix: WEBHOOK_PREFIX, method: "POST", handler: delivery });
}
