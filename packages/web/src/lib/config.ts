/** What the page has to know before it can talk to the deployment. Served at run time, never secret. */
export interface AppConfig {
  convexUrl: string;
  /** Where the deployment answers the HTTP API and its page of documentation; null where nobody said. */
  siteUrl: string | null;
  /** The deployment offers made-up people to sign in as. */
  demo: boolean;
}

/** The configuration in a parsed `/config.json`, or null when it names no deployment. */
export function parseConfig(value: unknown): AppConfig | null {
  if (typeof value !== "object" || value === null || !("convexUrl" in value)) return null;
  if (typeof value.convexUrl !== "string" || !URL.canParse(value.convexUrl)) return null;
  const siteUrl = "siteUrl" in value ? urlOf(value.siteUrl) : null;
  return { convexUrl: value.convexUrl, siteUrl, demo: "demo" in value && value.demo === true };
}

function urlOf(value: unknown): string | null {
  return typeof value === "string" && URL.canParse(value) ? value : null;
}

/**
 * Asks the server that served this page where the deployment is. Vite's own servers know no `/config.json` and
 * answer with the page itself; there `VITE_CONVEX_URL` counts. Throws when neither names a deployment.
 */
export async function loadConfig(): Promise<AppConfig> {
  const response = await fetch("/config.json");
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  const config = response.ok && isJson ? parseConfig(await response.json()) : null;
  const { VITE_CONVEX_URL: convexUrl, VITE_CONVEX_SITE_URL: siteUrl } = import.meta.env;
  const fallback = parseConfig({ convexUrl, siteUrl, demo: true });
  const found = config ?? fallback;
  if (found === null)
    throw new Error("Neither /config.json nor VITE_CONVEX_URL names a deployment.");
  return found;
}
