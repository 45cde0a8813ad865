import { type Door, here, plus } from "./authorizationCases.setup";

const forScopes = (...scopes: string[]) => plus(here, { name: "Watch", scopes });

/** Who manages keys to the HTTP API. */
export const apiKeyDoors: Record<string, Door> = {
  "queries/apiKeys:list": {
    answers: "apiKeyId keyId last4 name scopes createdAt expiresAt revokedAt lastUsedAt",
    cases: [["insiders", "of oneself", here]],
  },
  "mutations/apiKeys:create": {
    answers: "apiKeyId keyId key last4",
    cases: [
      ["participants", "to read and log", forScopes("read", "log")],
      ["admins", "to administrate", forScopes("admin")],
    ],
  },
  "mutations/apiKeys:revoke": {
    answers: "",
    cases: [["admins", "of another", ({ apiKeyId }) => ({ apiKeyId })]],
  },
};
