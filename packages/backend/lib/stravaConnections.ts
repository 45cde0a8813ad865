import { getAuthSessionId } from "@convex-dev/auth/server";
import type { Doc, Id } from "../_generated/dataModel";
import type { Sealed } from "../tables/strava";
import { refuse } from "./errors";
import { randomCode, sha256Hex } from "./secrets";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";

type Connection = Doc<"stravaConnections">;

/** How long somebody may take on Strava's page, and again to confirm. */
const GRANT_LIFETIME_MS = 10 * 60_000;
/**
 * A lost worker holds the others up so long. Longer than any request can take: a second worker that sent the same refresh
 * token would make Strava call it void.
 */
const REFRESH_LEASE_MS = 120_000;

/** Tokens as they are stored. */
export interface StoredTokens {
  tokens: Sealed;
  /** UTC ms. */
  accessExpiresAt: number;
}

/** A person's connection; null when there is none. */
export async function connectionOf(ctx: ReadCtx, userId: Id<"users">): Promise<Connection | null> {
  return await ctx.db
    .query("stravaConnections")
    .withIndex("by_userId", (q) => q.eq("userId", userId))
    .unique();
}

/** A person's connection; refuses NOT_FOUND (`strava`) when there is none. */
export async function needConnection(ctx: ReadCtx, userId: Id<"users">): Promise<Connection> {
  return (await connectionOf(ctx, userId)) ?? refuse({ code: "NOT_FOUND", what: "strava" });
}

/** The connection of an athlete; null when there is none. */
export async function connectionOfAthlete(
  ctx: ReadCtx,
  athleteId: string,
): Promise<Connection | null> {
  return await ctx.db
    .query("stravaConnections")
    .withIndex("by_athleteId", (q) => q.eq("athleteId", athleteId))
    .unique();
}

/** A page of all connections, oldest first, for work about everybody. */
export async function connectionsAfter(
  ctx: ReadCtx,
  after: number,
  limit: number,
): Promise<Connection[]> {
  return await ctx.db
    .query("stravaConnections")
    .withIndex("by_creation_time", (q) => q.gt("_creationTime", after))
    .take(limit);
}

/** Notes that an event came for an athlete; answers whether they are connected. */
export async function eventReceived(ctx: WriteCtx, athleteId: string): Promise<boolean> {
  const connection = await connectionOfAthlete(ctx, athleteId);
  if (connection === null) return false;
  const lastEventAt = Date.now();
  await openTable(ctx, "stravaConnections").patch(connection._id, { lastEventAt });
  return true;
}

/** Notes that an athlete's list was compared with what is stored: their tokens work. */
export async function listSynced(ctx: WriteCtx, connection: Connection): Promise<void> {
  const synced = { lastSyncAt: Date.now(), brokenAt: undefined };
  await openTable(ctx, "stravaConnections").patch(connection._id, synced);
}

/** Notes that work for an athlete was given up because Strava refuses their tokens. */
export async function tokensRefused(ctx: WriteCtx, athleteId: string): Promise<void> {
  const connection = await connectionOfAthlete(ctx, athleteId);
  if (connection === null) return;
  await openTable(ctx, "stravaConnections").patch(connection._id, { brokenAt: Date.now() });
}

async function sessionOf(ctx: ReadCtx): Promise<string> {
  return (await getAuthSessionId(ctx)) ?? refuse({ code: "NOT_SIGNED_IN" });
}

/** Starts a connection for this session; answers the state that Strava gives back, which is stored as a hash only. */
export async function openGrant(ctx: WriteCtx, userId: Id<"users">): Promise<string> {
  const state = randomCode();
  await openTable(ctx, "stravaGrants").insert({
    userId,
    sessionId: await sessionOf(ctx),
    expiresAt: Date.now() + GRANT_LIFETIME_MS,
    stateHash: await sha256Hex(state),
    ticketHash: "",
  });
  return state;
}

/** Uses up a state; null when it was used, expired or never given out. */
export async function takeState(ctx: WriteCtx, state: string): Promise<Id<"stravaGrants"> | null> {
  const stateHash = await sha256Hex(state);
  const grant = await ctx.db
    .query("stravaGrants")
    .withIndex("by_stateHash", (q) => q.eq("stateHash", stateHash))
    .unique();
  if (grant === null || grant.expiresAt <= Date.now()) return null;
  await openTable(ctx, "stravaGrants").patch(grant._id, { stateHash: "" });
  return grant._id;
}

/** Keeps what Strava granted until the person confirms it; answers the ticket to confirm with. */
export async function keepGranted(
  ctx: WriteCtx,
  grantId: Id<"stravaGrants">,
  granted: StoredTokens & { athleteId: string },
): Promise<string | null> {
  const grant = await ctx.db.get("stravaGrants", grantId);
  if (grant === null || grant.granted !== undefined) return null;
  const ticket = randomCode();
  const expiresAt = Date.now() + GRANT_LIFETIME_MS;
  const ticketHash = await sha256Hex(ticket);
  await openTable(ctx, "stravaGrants").patch(grantId, { granted, ticketHash, expiresAt });
  return ticket;
}

/** Deletes grants nobody confirmed in time, at most `limit`; answers how many. */
export async function pruneGrants(ctx: WriteCtx, limit: number): Promise<number> {
  const old = await ctx.db
    .query("stravaGrants")
    .withIndex("by_expiresAt", (q) => q.lte("expiresAt", Date.now()))
    .take(limit);
  for (const grant of old) await openTable(ctx, "stravaGrants").delete(grant._id);
  return old.length;
}

async function linkOf(ctx: ReadCtx, athleteId: string): Promise<Doc<"stravaLinks"> | null> {
  const fingerprint = await sha256Hex(`strava athlete ${athleteId}`);
  return await ctx.db
    .query("stravaLinks")
    .withIndex("by_fingerprint", (q) => q.eq("fingerprint", fingerprint))
    .unique();
}

/** Forgets whose points an athlete's activities are, once none are left. */
export async function forgetLink(
  ctx: WriteCtx,
  athleteId: string,
  userId: Id<"users">,
): Promise<void> {
  const link = await linkOf(ctx, athleteId);
  if (link?.userId === userId) await openTable(ctx, "stravaLinks").delete(link._id);
}

/**
 * Connects the person who confirms, in the session that pressed the button: whoever is sent a link to Strava by somebody
 * else cannot be connected to that person. Refuses NOT_FOUND (`stravaTicket`) for any other ticket, INVALID_INPUT (`move`) for an athlete
 * whose points belong to another account unless `move` says to take them over, and INVALID_INPUT (`athlete`) for somebody connected
 * to another athlete.
 *
 * @returns the athlete, and whose points of them must go before anything is counted here
 */
export async function confirmGrant(
  ctx: WriteCtx,
  confirmation: { userId: Id<"users">; ticket: string; move: boolean },
): Promise<{ athleteId: string; formerUserId: Id<"users"> | null }> {
  const { userId, ticket, move } = confirmation;
  const ticketHash = await sha256Hex(ticket);
  const grant = await ctx.db
    .query("stravaGrants")
    .withIndex("by_ticketHash", (q) => q.eq("ticketHash", ticketHash))
    .unique();
  const isTheirs = grant?.userId === userId && grant.sessionId === (await sessionOf(ctx));
  if (!isTheirs || grant.expiresAt <= Date.now() || grant.granted === undefined)
    return refuse({ code: "NOT_FOUND", what: "stravaTicket" });
  const { athleteId, ...tokens } = grant.granted;
  const own = await connectionOf(ctx, userId);
  if (own !== null && own.athleteId !== athleteId) {
    const problem = "you are connected to another Strava account: disconnect it first";
    return refuse({ code: "INVALID_INPUT", path: "athlete", problem });
  }
  const formerUserId = await takeLink(ctx, { athleteId, userId, move });
  await openTable(ctx, "stravaGrants").delete(grant._id);
  if (own !== null) await reconnect(ctx, own, tokens);
  else await connect(ctx, userId, athleteId, tokens);
  return { athleteId, formerUserId };
}

async function connect(
  ctx: WriteCtx,
  userId: Id<"users">,
  athleteId: string,
  tokens: StoredTokens,
): Promise<void> {
  const connectedAt = Date.now();
  const fields = { userId, athleteId, ...tokens, tokenVersion: 1, connectedAt };
  await openTable(ctx, "stravaConnections").insert(fields);
}

async function reconnect(ctx: WriteCtx, own: Connection, tokens: StoredTokens): Promise<void> {
  await storeTokens(ctx, own, tokens);
  await openTable(ctx, "stravaConnections").patch(own._id, { brokenAt: undefined });
}

/** Makes an athlete's points this person's; answers who had them, when somebody else did. */
async function takeLink(
  ctx: WriteCtx,
  link: { athleteId: string; userId: Id<"users">; move: boolean },
): Promise<Id<"users"> | null> {
  const { athleteId, userId, move } = link;
  const known = await linkOf(ctx, athleteId);
  const links = openTable(ctx, "stravaLinks");
  if (known === null) {
    const fingerprint = await sha256Hex(`strava athlete ${athleteId}`);
    await links.insert({ fingerprint, userId });
    return null;
  }
  if (known.userId === userId) return null;
  if (!move) {
    const problem = "this Strava account counts for another Milepost account: confirm to move it";
    return refuse({ code: "INVALID_INPUT", path: "move", problem });
  }
  const former = await connectionOf(ctx, known.userId);
  if (former?.athleteId === athleteId) await deleteConnection(ctx, former);
  await links.patch(known._id, { userId });
  return known.userId;
}

/** Ends a connection: its tokens are gone, and work under way for it is discarded. */
export async function deleteConnection(ctx: WriteCtx, connection: Connection): Promise<void> {
  await openTable(ctx, "stravaConnections").delete(connection._id);
}

async function storeTokens(
  ctx: WriteCtx,
  connection: Connection,
  { tokens, accessExpiresAt }: StoredTokens,
): Promise<void> {
  await openTable(ctx, "stravaConnections").patch(connection._id, {
    tokens,
    accessExpiresAt,
    tokenVersion: connection.tokenVersion + 1,
    refreshLeaseUntil: undefined,
  });
}

/**
 * Lets one worker refresh the tokens it saw; the others wait.
 *
 * @returns false when another worker refreshes, or has: read the connection again
 */
export async function claimRefresh(
  ctx: WriteCtx,
  connectionId: Id<"stravaConnections">,
  tokenVersion: number,
): Promise<boolean> {
  const connection = await ctx.db.get("stravaConnections", connectionId);
  const now = Date.now();
  const isTaken = (connection?.refreshLeaseUntil ?? 0) > now;
  if (connection === null || isTaken || connection.tokenVersion !== tokenVersion) return false;
  const refreshLeaseUntil = now + REFRESH_LEASE_MS;
  await openTable(ctx, "stravaConnections").patch(connectionId, { refreshLeaseUntil });
  return true;
}

/**
 * Ends a refresh: stores its tokens, or lets others try again when there are none. What is older than the stored ones is
 * dropped; a connection that ended meanwhile stays ended.
 */
export async function finishRefresh(
  ctx: WriteCtx,
  refresh: {
    connectionId: Id<"stravaConnections">;
    tokenVersion: number;
    tokens: StoredTokens | null;
  },
): Promise<void> {
  const connection = await ctx.db.get("stravaConnections", refresh.connectionId);
  if (connection?.tokenVersion !== refresh.tokenVersion) return;
  if (refresh.tokens !== null) return await storeTokens(ctx, connection, refresh.tokens);
  await openTable(ctx, "stravaConnections").patch(connection._id, { refreshLeaseUntil: undefined });
}

/** Deletes what a person began and was granted, and which athlete's points they have; answers how many rows. */
export async function eraseGrants(
  ctx: WriteCtx,
  userId: Id<"users">,
  limit: number,
): Promise<number> {
  const links = await ctx.db
    .query("stravaLinks")
    .withIndex("by_userId", (q) => q.eq("userId", userId))
    .take(limit);
  const grants = await ctx.db
    .query("stravaGrants")
    .withIndex("by_userId", (q) => q.eq("userId", userId))
    .take(limit);
  const erased = await eraseRows(openTable(ctx, "stravaLinks"), links);
  return erased + (await eraseRows(openTable(ctx, "stravaGrants"), grants));
}
