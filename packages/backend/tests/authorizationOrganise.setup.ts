import {
  type Door,
  here,
  PAGED,
  paginationOpts,
  plus,
  RULE,
  sharedCases,
  under,
} from "./authorizationCases.setup";

/** Who may see who takes part and organises, and renew the way in. */
export const organiseDoors: Record<string, Door> = {
  "queries/participants:summary": {
    answers: `ranked ${under("organisers", "userId displayName")}`,
    cases: sharedCases(),
  },
  "queries/activityTypes:versions": {
    answers: `version since ${RULE}`,
    cases: sharedCases(({ activityTypeId }) => ({ activityTypeId })),
  },
  "queries/participants:list": {
    answers: [
      PAGED,
      under("page", "userId displayName role joinedAt totalPoints isRanked isLosingPoints"),
    ].join(" "),
    cases: [["admins", "at any time", plus(here, { status: "active", paginationOpts })]],
  },
  "mutations/challenges:renewCode": {
    answers: "joinCode",
    cases: [["admins", "at any time", here]],
  },
};
