import { refuse } from "./errors";

/** What the deployment's environment says about Strava. */
export interface StravaConfig {
  clientId: string;
  clientSecret: string;
  /** What Strava proves with at the handshake that it was us who subscribed. */
  verifyToken: string;
  /** `keyId:base64`, the key to seal with first; older ones follow after commas. */
  tokenKeys: string;
  /** Where Strava is; another place for tests and the demo. */
  baseUrl: string;
}

const NEEDED = [
  "STRAVA_CLIENT_ID",
  "STRAVA_CLIENT_SECRET",
  "STRAVA_VERIFY_TOKEN",
  "STRAVA_TOKEN_KEY",
] as const;

/** The environment variables that Strava needs and that are not set; nothing is assumed in their place. */
export function missingStravaVariables(): string[] {
  const { env } = process;
  return NEEDED.filter((name) => (env[name] ?? "") === "");
}

/** The configuration; null while a variable is missing: then Strava is off. */
export function stravaConfig(): StravaConfig | null {
  if (missingStravaVariables().length > 0) return null;
  const { env } = process;
  return {
    clientId: env.STRAVA_CLIENT_ID ?? "",
    clientSecret: env.STRAVA_CLIENT_SECRET ?? "",
    verifyToken: env.STRAVA_VERIFY_TOKEN ?? "",
    tokenKeys: env.STRAVA_TOKEN_KEY ?? "",
    baseUrl: env.STRAVA_API_BASE_URL || "https://www.strava.com",
  };
}

/** The configuration; refuses INVALID_INPUT (`strava`) with what is missing. */
export function needStravaConfig(): StravaConfig {
  const missing = missingStravaVariables().join(", ");
  const problem = `is not set up on this deployment: ${missing} is missing`;
  return stravaConfig() ?? refuse({ code: "INVALID_INPUT", path: "strava", problem });
}
