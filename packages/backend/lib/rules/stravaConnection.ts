import type { Infer } from "convex/values";
import type { connectionStateValidator, disconnectionCauseValidator } from "../../tables/strava";

/**
 * How a person stands with Strava, in one word. A connection that was taken back at Strava is `revoked` until they
 * connect again or disconnect themselves.
 *
 * @param facts.isSetUp the deployment has all it needs
 * @param facts.purge the receipt of their last disconnection
 */
export function connectionState(facts: {
  isSetUp: boolean;
  connection: { brokenAt?: number } | null;
  purge: { cause?: Infer<typeof disconnectionCauseValidator> } | null;
}): Infer<typeof connectionStateValidator> {
  const { isSetUp, connection, purge } = facts;
  if (!isSetUp) return "notSetUp";
  if (connection !== null)
    return connection.brokenAt === undefined ? "connected" : "needsReconnect";
  return purge?.cause === "revoked" ? "revoked" : "notConnected";
}
