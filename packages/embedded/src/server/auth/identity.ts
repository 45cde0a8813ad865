/** Who somebody is, from the claims of a verified token or as an administrator says. */
import type { JWTPayload } from "jose";
import type { JSONValue } from "convex/values";
import { z } from "zod";
import type { JsonObject, UserIdentity } from "../../types.ts";

/** OpenID Connect claims and their names in Convex's `UserIdentity`. */
const CLAIM_NAMES: Readonly<Record<string, string>> = {
  name: "name",
  given_name: "givenName",
  family_name: "familyName",
  nickname: "nickname",
  preferred_username: "preferredUsername",
  profile: "profileUrl",
  picture: "pictureUrl",
  email: "email",
  email_verified: "emailVerified",
  gender: "gender",
  birthdate: "birthday",
  zoneinfo: "timezone",
  locale: "language",
  phone_number: "phoneNumber",
  phone_number_verified: "phoneNumberVerified",
  address: "address",
  updated_at: "updatedAt",
};

/** Claims about the token, not about the person. */
const TOKEN_CLAIMS = new Set(["iss", "sub", "aud", "exp", "nbf", "iat", "jti"]);

/** The identity of a token whose signature, issuer and expiry are already checked. */
export function identityFromClaims(
  claims: JWTPayload & { iss: string; sub: string },
): UserIdentity {
  const identity: JsonObject = {};
  for (const [claim, value] of Object.entries(claims)) {
    if (!TOKEN_CLAIMS.has(claim) && value !== undefined) {
      identity[CLAIM_NAMES[claim] ?? claim] = value as JSONValue;
    }
  }
  return {
    ...identity,
    tokenIdentifier: `${claims.iss}|${claims.sub}`,
    issuer: claims.iss,
    subject: claims.sub,
  };
}

/** The identity an administrator acts as: all three names must be given. */
export const actingIdentity = z
  .looseObject({
    tokenIdentifier: z.string().min(1),
    issuer: z.string().min(1),
    subject: z.string().min(1),
  })
  .transform((identity) => identity as UserIdentity);
