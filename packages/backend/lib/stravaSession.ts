import { internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import type { Sealed } from "../tables/strava";
import type { ActionCtx } from "./functions";
import { fieldsOfJson } from "./rules/stravaActivity";
import type { TokenGrant } from "./rules/stravaRetry";
import { refreshTokens } from "./stravaApi";
import type { StravaConfig } from "./stravaConfig";
import type { StoredTokens } from "./stravaConnections";
import { openText, sealText } from "./tokenVault";

/** An access token is renewed when it has less than this left. */
const RENEW_BEFORE_MS = 5 * 60_000;

/** A token to read with, or why there is none: another worker refreshes, Strava did not answer, or it was taken back. */
export type Session =
  | { kind: "open"; accessToken: string }
  | { kind: "busy" }
  | { kind: "failed" }
  | { kind: "revoked" };

/** Seals what Strava granted, for this athlete. */
export async function sealTokens(
  { tokenKeys }: StravaConfig,
  athleteId: string,
  { accessToken, refreshToken, expiresAt }: TokenGrant,
): Promise<StoredTokens> {
  const text = JSON.stringify({ accessToken, refreshToken });
  return { tokens: await sealText(tokenKeys, athleteId, text), accessExpiresAt: expiresAt };
}

/** Opens an athlete's tokens; throws when their key is not in the environment. */
export async function openTokens(
  { tokenKeys }: StravaConfig,
  athleteId: string,
  tokens: Sealed,
): Promise<{ accessToken: string; refreshToken: string }> {
  const fields = fieldsOfJson(JSON.parse(await openText(tokenKeys, athleteId, tokens)));
  const { accessToken, refreshToken } = fields;
  if (typeof accessToken !== "string" || typeof refreshToken !== "string")
    throw new Error("sealed tokens hold no tokens");
  return { accessToken, refreshToken };
}

/**
 * A token to act for an athlete with, renewed when it is about to end. One worker renews at a time, and what it gets is
 * stored before it is used: the refresh token before it may be void from then on.
 *
 * @param isForced renew in any case
 */
export async function sessionFor(
  ctx: Pick<ActionCtx, "runMutation">,
  config: StravaConfig,
  connection: StoredTokens & {
    connectionId: Id<"stravaConnections">;
    athleteId: string;
    tokenVersion: number;
  },
  isForced: boolean,
): Promise<Session> {
  const { connectionId, athleteId, tokenVersion } = connection;
  const stored = await openTokens(config, athleteId, connection.tokens);
  const isFresh = connection.accessExpiresAt - RENEW_BEFORE_MS > Date.now();
  if (isFresh && !isForced) return { kind: "open", accessToken: stored.accessToken };
  const { claimRefresh, finishRefresh } = internal.mutations.stravaWork;
  if (!(await ctx.runMutation(claimRefresh, { connectionId, tokenVersion }))) {
    return { kind: "busy" };
  }
  const answer = await refreshTokens(config, stored.refreshToken);
  const isGranted = answer.kind === "granted";
  const tokens = isGranted ? await sealTokens(config, athleteId, answer.grant) : null;
  await ctx.runMutation(finishRefresh, { connectionId, tokenVersion, tokens });
  if (answer.kind !== "granted") return { kind: answer.kind };
  return { kind: "open", accessToken: answer.grant.accessToken };
}
