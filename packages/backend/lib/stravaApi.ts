import { type RateHeaders, readRateHeaders } from "./rules/stravaBudget";
import { isRevoked, readTokenGrant, type TokenGrant } from "./rules/stravaRetry";
import type { StravaConfig } from "./stravaConfig";

/** Strava's HTTP API, for actions: each function sends one request and throws nothing that an answer can mean. */

const TIMEOUT_MS = 10_000;
/** The longest answer that is read, in UTF-16 units; a detailed activity has up to 200 KB. */
const MAX_ANSWER_LENGTH = 4_000_000;

/** What came back; `status` 0 when nothing did. `json` is undefined when it is none. */
export interface StravaAnswer {
  status: number;
  json: unknown;
  headers: RateHeaders | null;
}

async function send(url: string, init: RequestInit): Promise<StravaAnswer> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { ...init, signal, redirect: "error" });
    const headers = readRateHeaders((name) => response.headers.get(name));
    const text = await response.text();
    return { status: response.status, json: parse(text), headers };
  } catch {
    // Network errors, timeouts and bodies that break off: to be tried again.
    return { status: 0, json: undefined, headers: null };
  }
}

function parse(text: string): unknown {
  if (text.length > MAX_ANSWER_LENGTH) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads something with an athlete's access token. @param path under `/api/v3` */
export async function getFromStrava(
  { baseUrl }: StravaConfig,
  path: string,
  accessToken: string,
): Promise<StravaAnswer> {
  const headers = { Authorization: `Bearer ${accessToken}` };
  return await send(`${baseUrl}/api/v3${path}`, { headers });
}

/** What asking for tokens ended with; `revoked` only when Strava says that the refresh token is void. */
export type TokenAnswer =
  | { kind: "granted"; grant: TokenGrant }
  | { kind: "revoked" }
  | { kind: "failed"; status: number };

async function tokenRequest(
  { baseUrl, clientId, clientSecret }: StravaConfig,
  fields: Record<string, string>,
): Promise<TokenAnswer> {
  const body = new URLSearchParams({
    client_id: clientId,
    client_secret: clientSecret,
    ...fields,
  }).toString();
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const { status, json } = await send(`${baseUrl}/oauth/token`, { method: "POST", headers, body });
  const grant = status === 200 ? readTokenGrant(json, Date.now()) : null;
  if (grant !== null) return { kind: "granted", grant };
  return isRevoked(status, json) ? { kind: "revoked" } : { kind: "failed", status };
}

/** Exchanges the code a person came back with for tokens. */
export async function exchangeCode(config: StravaConfig, code: string): Promise<TokenAnswer> {
  return await tokenRequest(config, { grant_type: "authorization_code", code });
}

/** Exchanges a refresh token for new ones; the old one may be void afterwards. */
export async function refreshTokens(
  config: StravaConfig,
  refreshToken: string,
): Promise<TokenAnswer> {
  return await tokenRequest(config, { grant_type: "refresh_token", refresh_token: refreshToken });
}

/** Takes our own authorization back at Strava; answers whether it did. */
export async function deauthorize(
  { baseUrl }: StravaConfig,
  accessToken: string,
): Promise<boolean> {
  const headers = { Authorization: `Bearer ${accessToken}` };
  const { status } = await send(`${baseUrl}/oauth/deauthorize`, { method: "POST", headers });
  return status === 200;
}

function clientFields({ clientId, clientSecret }: StravaConfig): URLSearchParams {
  return new URLSearchParams({ client_id: clientId, client_secret: clientSecret });
}

/** The app's webhook subscriptions; Strava allows one. */
export async function listSubscriptions(config: StravaConfig): Promise<StravaAnswer> {
  return await send(`${config.baseUrl}/api/v3/push_subscriptions?${clientFields(config)}`, {});
}

/** Ends a subscription. */
export async function deleteSubscription(config: StravaConfig, id: string): Promise<StravaAnswer> {
  const url = `${config.baseUrl}/api/v3/push_subscriptions/${id}?${clientFields(config)}`;
  return await send(url, { method: "DELETE" });
}

/** Subscribes; Strava asks `callbackUrl` for the handshake before it answers. */
export async function createSubscription(
  config: StravaConfig,
  callbackUrl: string,
): Promise<StravaAnswer> {
  const body = clientFields(config);
  body.set("callback_url", callbackUrl);
  body.set("verify_token", config.verifyToken);
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const url = `${config.baseUrl}/api/v3/push_subscriptions`;
  return await send(url, { method: "POST", headers, body: body.toString() });
}
