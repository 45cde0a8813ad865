import { v } from "convex/values";
import { internal } from "../_generated/api";
import { type ActionCtx, internalAction } from "../lib/functions";
import { randomCode, sha256Hex } from "../lib/secrets";
import * as api from "../lib/stravaApi";
import { needStravaConfig, stravaConfig } from "../lib/stravaConfig";
import { fieldsOfJson, idOf } from "../lib/rules/stravaActivity";
import { openTokens, sealTokens, type Session, sessionFor } from "../lib/stravaSession";
import { type Ending, sealedValidator, type Started } from "../tables/strava";
import { type Holder, syncActivity, syncList, syncSealedRow, type Try } from "./stravaSync";

/** Everything that talks to Strava. What it learns is written by one internal mutation a person and challenge. */

/** How long a worker stays away while another refreshes the tokens it needs. */
const REFRESH_PAUSE_MS = 15_000;

const held = { taskId: v.id("stravaTasks"), lease: v.number() };

/** Does one task: fetches what it is about and makes every challenge agree with it, or says when to try again. */
export const work = internalAction({
  args: held,
  returns: v.null(),
  handler: async (ctx, lease): Promise<null> => {
    const started = await ctx.runMutation(internal.mutations.stravaWork.start, lease);
    if (started === null) return null;
    const { ending, spent, headers } = await attempt(ctx, lease, started);
    const result = { ending, spent, headers };
    await ctx.runMutation(internal.mutations.stravaWork.settle, { ...lease, ...result });
    return null;
  },
});

const SYNCS = { activity: syncActivity, list: syncList, rescore: syncSealedRow };

const unsent = (ending: Ending): Try => ({ ending, spent: 0, headers: null });

async function attempt(
  ctx: ActionCtx,
  lease: Pick<Holder, "taskId" | "lease">,
  started: Started,
): Promise<Try> {
  const { connection, kind, athleteId, objectId, challengeIds } = started;
  if (connection === null) return unsent({ kind: "done", outcome: "notConnected" });
  const config = stravaConfig();
  if (config === null) return unsent({ kind: "failed", error: "NOT_CONFIGURED" });
  const holder = { ...lease, connectionId: connection.connectionId };
  const session = await sessionFor(
    ctx,
    config,
    { ...connection, athleteId },
    kind === "deauthorize",
  );
  if (session.kind !== "open") return unsent(await endingWithout(ctx, holder, session));
  // The refresh token still works, so nobody took the authorization back.
  if (kind === "deauthorize") return unsent({ kind: "done", outcome: "unconfirmed" });
  const { accessToken } = session;
  const { userId } = connection;
  const job = { config, accessToken, holder, userId, athleteId, objectId, challengeIds };
  const tried = await SYNCS[kind](ctx, job);
  if (tried.ending.kind !== "failed" || tried.ending.error !== "UNAUTHORIZED") return tried;
  // The token is void before its time: a new one for the next try, or the authorization is gone.
  const renewed = await sessionFor(ctx, config, { ...connection, athleteId }, true);
  if (renewed.kind !== "revoked") return tried;
  return { ...tried, ending: await endingWithout(ctx, holder, renewed) };
}

/** How a try ends that got no token. A revoked authorization ends the connection first. */
async function endingWithout(
  ctx: ActionCtx,
  holder: Holder,
  session: Exclude<Session, { kind: "open" }>,
): Promise<Ending> {
  switch (session.kind) {
    case "busy":
      return { kind: "later", error: "REFRESH_FAILED", delayMs: REFRESH_PAUSE_MS };
    case "failed":
      return { kind: "failed", error: "REFRESH_FAILED" };
    case "revoked":
      await ctx.runMutation(internal.mutations.stravaWork.revoked, holder);
      return { kind: "done", outcome: "revoked" };
  }
}

/**
 * Exchanges the code a browser came back with, and keeps what was granted, sealed, until its person confirms it.
 *
 * @returns the ticket to confirm with; null when Strava refused the code or the grant is over
 */
export const exchange = internalAction({
  args: { grantId: v.id("stravaGrants"), code: v.string() },
  returns: v.union(v.string(), v.null()),
  handler: async (ctx, { grantId, code }): Promise<string | null> => {
    const config = needStravaConfig();
    const answer = await api.exchangeCode(config, code);
    if (answer.kind !== "granted") return null;
    const athleteId = idOf(fieldsOfJson(answer.grant.athlete)["id"]);
    if (athleteId === null) return null;
    const stored = await sealTokens(config, athleteId, answer.grant);
    const granted = { grantId, athleteId, ...stored };
    return await ctx.runMutation(internal.mutations.strava.keepGranted, granted);
  },
});

/** Takes the authorization of a connection that just ended back at Strava, once: it is void for us either way. */
export const revoke = internalAction({
  args: { athleteId: v.string(), tokens: sealedValidator },
  returns: v.boolean(),
  handler: async (_, { athleteId, tokens }): Promise<boolean> => {
    const config = stravaConfig();
    if (config === null) return false;
    const { accessToken, refreshToken } = await openTokens(config, athleteId, tokens);
    if (await api.deauthorize(config, accessToken)) return true;
    const renewed = await api.refreshTokens(config, refreshToken);
    if (renewed.kind !== "granted") return false;
    return await api.deauthorize(config, renewed.grant.accessToken);
  },
});

/**
 * Subscribes this deployment to Strava's events under a new secret path, in place of any earlier subscription; for
 * `npx convex run integrations/strava:subscribe`. Throws what Strava answered when it refuses.
 */
export const subscribe = internalAction({
  args: {},
  returns: v.object({ subscriptionId: v.string() }),
  handler: async (ctx): Promise<{ subscriptionId: string }> => {
    const config = needStravaConfig();
    const earlier = await api.listSubscriptions(config);
    for (const entry of Array.isArray(earlier.json) ? earlier.json : []) {
      const id = idOf(fieldsOfJson(entry)["id"]);
      if (id !== null) await api.deleteSubscription(config, id);
    }
    const secret = randomCode();
    const pathHash = await sha256Hex(secret);
    const { setSubscription } = internal.mutations.stravaWebhook;
    // Before Strava is asked: it calls the path for its handshake first.
    await ctx.runMutation(setSubscription, { pathHash, subscriptionId: "" });
    const callbackUrl = `${process.env.CONVEX_SITE_URL ?? ""}/strava/webhook/${secret}`;
    const { status, json } = await api.createSubscription(config, callbackUrl);
    const subscriptionId = idOf(fieldsOfJson(json)["id"]);
    if (subscriptionId === null) throw new Error(`Strava refused the subscription: ${status}`);
    await ctx.runMutation(setSubscription, { pathHash, subscriptionId });
    return { subscriptionId };
  },
});
