import {
  about,
  type Door,
  here,
  LINES,
  ownRow,
  PAGED,
  paginationOpts,
  plus,
  rowOf,
  under,
} from "./authorizationCases.setup";

const forScopes = (...scopes: string[]) => plus(here, { name: "Watch", scopes });

/** Who manages keys to the HTTP API, and the doors that its routes brought. */
export const apiKeyDoors: Record<string, Door> = {
  "queries/apiKeys:list": {
    answers: "apiKeyId keyId last4 name scopes createdAt expiresAt revokedAt lastUsedAt",
    cases: [["insiders", "of oneself", here]],
  },
  "queries/apiKeys:requests": {
    answers: "seq at method route status requestId",
    cases: [["nobodysObject", "of another", ({ apiKeyId }) => ({ apiKeyId })]],
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
  "queries/activities:get": {
    answers: [
      "activityId activityTypeId typeName source loggedDate notes title pointsEarned userId",
      "version deletedAt isSystem isUnderReview isCorrected isHidden variant",
      under("metrics", "distance_m duration_s moving_s elevation_m count steps units"),
      under("breakdown", LINES),
    ].join(" "),
    cases: [
      ["rowOwners", "of one's own", ownRow],
      ["admins", "of another", rowOf("bob")],
    ],
  },
  "queries/points:events": {
    answers: [
      PAGED,
      under("page", "seq kind activityId pointsBefore pointsAfter totalAfter actor reason"),
      "page.ruleVersion page.isHidden page.at page.name page.source page.loggedDate",
    ].join(" "),
    cases: [
      ["participants", "of oneself", plus(here, { paginationOpts })],
      ["admins", "of another", plus(about("bob"), { paginationOpts })],
    ],
  },
  "mutations/challenges:update": {
    answers: "jobId",
    cases: [["admins", "of their challenge", plus(here, { description: "Once around the lake" })]],
  },
};
