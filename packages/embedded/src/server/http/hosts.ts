/** Guards the admin key against DNS rebinding: a foreign name that resolves to this machine. */

const LOOPBACK_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** True for a bind address that only this machine can reach. */
export function isLoopback(address: string): boolean {
  return address === "localhost" || address === "::1" || address.startsWith("127.");
}

/**
 * Decides by the Host header whether a request may use the admin key. Bound to loopback, only
 * loopback names and the host of `cloudUrl` are ours; bound to more, any name may be.
 */
export function adminHostCheck(
  bindAddress: string,
  cloudUrl: string,
): (host: string | undefined) => boolean {
  if (!isLoopback(bindAddress)) return () => true;
  const own = new URL(cloudUrl).hostname;
  return (host) => {
    const name = hostName(host);
    return name !== null && (LOOPBACK_NAMES.has(name) || name === own);
  };
}

function hostName(host: string | undefined): string | null {
  try {
    return new URL(`http://${host ?? ""}`).hostname;
  } catch {
    return null;
  }
}
