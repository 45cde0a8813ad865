/** Stands for this site while an address is read; no address of a real site begins with it. */
const HERE = "https://here.invalid";

/**
 * Where to go after signing in: a path of this site with its search, else home. Another site's address is never followed,
 * however it is written: it is read as a browser reads it, which drops tabs and takes a backslash for a slash.
 */
export function nextOf(text: string): string {
  if (!text.startsWith("/") || !URL.canParse(text, HERE)) return "/";
  const { origin, pathname, search, hash } = new URL(text, HERE);
  const isOwn = origin === HERE && !pathname.startsWith("//");
  return isOwn ? `${pathname}${search}${hash}` : "/";
}
