/** The URL behind the target of a request line. */
import { badRequest } from "./errors.ts";

/**
 * The URL of a request under `base` (an origin without a path). The host is always that of `base`,
 * whatever host an absolute target or one such as `//name/path` names. Refuses what is no target.
 */
export function targetUrl(target: string | undefined, base: string): URL {
  const { origin } = new URL(base);
  const absolute = target?.startsWith("/") ? origin + target : (target ?? "");
  if (!URL.canParse(absolute)) throw badRequest("BadTarget", "The request names no path.");
  const { pathname, search } = new URL(absolute);
  return new URL(origin + pathname + search);
}
