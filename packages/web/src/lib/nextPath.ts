/** Where to go after signing in: a path of this site, else home. Another site's address is never followed. */
export function nextOf(text: string): string {
  const isOwnPath = text.startsWith("/") && !text.startsWith("//") && !text.includes("\\");
  return isOwnPath ? text : "/";
}
