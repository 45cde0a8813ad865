const RESULTS = ["confirm", "scope", "denied", "expired", "failed"] as const;

/** How a visit to Strava ended, as the deployment tells the page; `ticket` comes with `confirm`. */
export type StravaResult = (typeof RESULTS)[number];

export interface StravaReturn {
  strava?: StravaResult;
  ticket?: string;
}

/** The return from Strava in an address; anything else is none. A confirmation without its ticket has failed. */
export function readStravaReturn(search: Record<string, unknown>): StravaReturn {
  const strava = RESULTS.find((result) => result === search.strava);
  if (strava === undefined) return {};
  if (strava !== "confirm") return { strava };
  const { ticket } = search;
  return typeof ticket === "string" && ticket !== "" ? { strava, ticket } : { strava: "failed" };
}

/** What a visit to Strava that connected nothing means, in words. */
export const RETURN_WORDS: Record<Exclude<StravaResult, "confirm">, string> = {
  scope:
    "Nothing was connected: on Strava’s page, leave “View data about your private activities” ticked. Without it Strava calls your private activities deleted, and their points would go.",
  denied: "You said no on Strava’s page, so nothing was connected.",
  expired: "That took longer than ten minutes, or the page was opened twice. Connect once more.",
  failed: "Strava did not accept the connection. Connect once more in a moment.",
};
