/** Checks sign-in tokens (JWTs) against the providers of the deployed auth.config. */
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, errors, jwtVerify } from "jose";
import type { JWTVerifyGetKey } from "jose";
import { z } from "zod";
import type { JsonObject, UserIdentity } from "../../types.ts";
import { identityFromClaims } from "./identity.ts";

/** Why a token is not accepted; the message may be shown to its owner. */
export class TokenError extends Error {
  override readonly name = "TokenError";
}

export interface VerifiedToken {
  identity: UserIdentity;
  /** End of the token's life, milliseconds since 1970. */
  expiresAtMs: number;
}

const oidcProvider = z.object({
  type: z.literal("oidc").optional(),
  domain: z.string(),
  applicationID: z.string(),
});
const customProvider = z.object({
  type: z.literal("customJwt"),
  issuer: z.string(),
  jwks: z.string(),
  algorithm: z.string(),
  applicationID: z.string().nullish(),
});
const provider = z.union([customProvider, oidcProvider]);
type Provider = z.output<typeof provider>;

const discoveryDocument = z.object({ issuer: z.string(), jwks_uri: z.string() });

/** Algorithms Convex accepts; each needs a public key, so neither `none` nor HMAC can pass. */
const ALGORITHMS = ["RS256", "ES256"];
const DISCOVERY_TIMEOUT_MS = 10_000;

export class TokenVerifier {
  readonly #providers: () => JsonObject[];
  /** Key sets by their URL, or by issuer while discovery is needed to learn the URL. */
  readonly #keys = new Map<string, Promise<JWTVerifyGetKey>>();

  /** `providers` answers the providers of the deployed auth.config at this moment. */
  constructor(providers: () => JsonObject[]) {
    this.#providers = providers;
  }

  /** Drops cached keys, for a deploy or a changed environment. */
  forgetKeys(): void {
    this.#keys.clear();
  }

  /**
   * Checks signature, issuer, audience and expiry. Refuses with `TokenError`. May fetch keys over the
   * network, from our own HTTP actions among others: never call it inside a transaction.
   */
  async verify(token: string): Promise<VerifiedToken> {
    const { issuer, audiences } = readUnverified(token);
    const candidates = this.#providers()
      .map((entry) => provider.parse(entry))
      .filter((entry) => sameIssuer(issuerOf(entry), issuer));
    if (candidates.length === 0) {
      throw new TokenError(`No auth provider is configured for the issuer "${issuer}".`);
    }
    const match = candidates.find(
      (entry) => entry.applicationID == null || audiences.includes(entry.applicationID),
    );
    if (match === undefined) {
      throw new TokenError(`No auth provider of "${issuer}" has the token's audience.`);
    }
    try {
      return await this.#verifyWith(match, token, issuer);
    } catch (error) {
      if (error instanceof TokenError) throw error;
      const reason = error instanceof errors.JOSEError ? error.message : "its keys are unreachable";
      throw new TokenError(`The token of "${issuer}" was refused: ${reason}.`);
    }
  }

  async #verifyWith(match: Provider, token: string, issuer: string): Promise<VerifiedToken> {
    const { payload } = await jwtVerify(token, await this.#keysOf(match), {
      issuer,
      ...(match.applicationID == null ? {} : { audience: match.applicationID }),
      algorithms: "jwks" in match ? [match.algorithm] : ALGORITHMS,
    });
    const { iss, sub, exp } = payload;
    if (typeof iss !== "string" || typeof sub !== "string" || typeof exp !== "number") {
      throw new TokenError("The token needs the claims iss, sub and exp.");
    }
    return { identity: identityFromClaims({ ...payload, iss, sub }), expiresAtMs: exp * 1000 };
  }

  #keysOf(match: Provider): Promise<JWTVerifyGetKey> {
    const source = "jwks" in match ? match.jwks : issuerOf(match);
    const cached = this.#keys.get(source);
    if (cached !== undefined) return cached;
    const keys =
      "jwks" in match ? Promise.resolve(keySet(match.jwks)) : discoverKeys(issuerOf(match));
    this.#keys.set(source, keys);
    // An unreachable issuer is asked again with the next token.
    keys.catch(() => {
      if (this.#keys.get(source) === keys) this.#keys.delete(source);
    });
    return keys;
  }
}

async function discoverKeys(issuer: string): Promise<JWTVerifyGetKey> {
  const base = issuer.endsWith("/") ? issuer : `${issuer}/`;
  const url = new URL(".well-known/openid-configuration", base);
  const response = await fetch(url, { signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_MS) });
  if (!response.ok) throw new TokenError(`${url.href} answered ${response.status}.`);
  const document = discoveryDocument.parse(await response.json());
  if (!sameIssuer(document.issuer, issuer)) {
    throw new TokenError(`${url.href} speaks for another issuer, "${document.issuer}".`);
  }
  return keySet(document.jwks_uri);
}

function keySet(url: string): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(url), { timeoutDuration: DISCOVERY_TIMEOUT_MS });
}

/** What a token says of itself, to find the provider whose keys must prove it. */
function readUnverified(token: string): { issuer: string; audiences: string[] } {
  try {
    const { alg } = decodeProtectedHeader(token);
    const { iss, aud } = decodeJwt(token);
    if (typeof alg !== "string" || typeof iss !== "string") throw new Error("incomplete");
    return { issuer: iss, audiences: aud === undefined ? [] : [aud].flat() };
  } catch {
    throw new TokenError("This is not a signed JWT with an issuer.");
  }
}

function issuerOf(entry: Provider): string {
  if ("jwks" in entry) return entry.issuer;
  return /^https?:\/\//.test(entry.domain) ? entry.domain : `https://${entry.domain}`;
}

/** Issuers differ in a final slash between providers and their documentation. */
function sameIssuer(left: string, right: string): boolean {
  return left.replace(/\/$/, "") === right.replace(/\/$/, "");
}
