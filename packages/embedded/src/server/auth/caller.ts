/** Who sends a request, from its Authorization header. */
import type { UserIdentity } from "../../types.ts";
import { ApiError, badRequest } from "../http/errors.ts";
import { sameKey } from "./adminKey.ts";
import { actingIdentity } from "./identity.ts";
import { TokenError, type TokenVerifier } from "./verifier.ts";

export interface Caller {
  /** What `ctx.auth.getUserIdentity()` answers. */
  identity: UserIdentity | null;
  /** True with the admin key: internal functions, components and the deploy protocol are open. */
  isAdmin: boolean;
}

export const ANONYMOUS: Caller = { identity: null, isAdmin: false };

/** Opens the door: knows the admin key and the token verifier. */
export class Gate {
  readonly #adminKey: string;
  readonly #verifier: TokenVerifier;

  constructor(adminKey: string, verifier: TokenVerifier) {
    this.#adminKey = adminKey;
    this.#verifier = verifier;
  }

  /**
   * The caller behind `Bearer <jwt>`, `Convex <admin key>` or `Convex <admin key>:<base64 identity>`;
   * anonymous without a header. Refuses a bad token with 401 and a bad admin key with 403.
   * @param isAdminAllowed false when the request came under a foreign host name (DNS rebinding)
   */
  async callerOf(header: string | undefined, isAdminAllowed: () => boolean): Promise<Caller> {
    if (header === undefined || header === "") return ANONYMOUS;
    const space = header.indexOf(" ");
    const scheme = header.slice(0, space).toLowerCase();
    const credential = header.slice(space + 1).trim();
    if (scheme === "convex") return this.#adminWithIdentity(credential, isAdminAllowed());
    if (scheme !== "bearer") {
      throw new ApiError(401, "Unauthenticated", "Authorization must be a Bearer or Convex one.");
    }
    try {
      return { identity: (await this.#verifier.verify(credential)).identity, isAdmin: false };
    } catch (error) {
      if (error instanceof TokenError) throw new ApiError(401, "Unauthenticated", error.message);
      throw error;
    }
  }

  /** Refuses with 403 unless `key` is the admin key and the host name is one of ours. */
  requireAdminKey(key: string, adminAllowed: boolean): void {
    if (!adminAllowed) {
      throw new ApiError(
        403,
        "ForeignHost",
        "The admin key is only accepted under the server's own host name.",
      );
    }
    if (!sameKey(key, this.#adminKey)) {
      throw new ApiError(403, "BadDeployKey", "The admin key is not the one of this deployment.");
    }
  }

  #adminWithIdentity(credential: string, adminAllowed: boolean): Caller {
    const colon = credential.indexOf(":");
    const key = colon < 0 ? credential : credential.slice(0, colon);
    this.requireAdminKey(key, adminAllowed);
    if (colon < 0) return { identity: null, isAdmin: true };
    return { identity: decodeIdentity(credential.slice(colon + 1)), isAdmin: true };
  }
}

function decodeIdentity(encoded: string): UserIdentity {
  try {
    return actingIdentity.parse(JSON.parse(Buffer.from(encoded, "base64").toString("utf8")));
  } catch {
    throw badRequest(
      "BadIdentity",
      "The identity to act as needs tokenIdentifier, issuer, subject.",
    );
  }
}
