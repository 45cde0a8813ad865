import {
  type ArgsOf,
  type Door,
  here,
  PAGED,
  paginationOpts,
  plus,
  reason,
  under,
} from "./authorizationCases.setup";

export const JOB = [
  "jobId kind dryRun isPreview status stage stages stageName processed total items batchSize counts",
  "startedBy startedByName error startedAt heartbeatAt endedAt",
].join(" ");
const FINDING = "kind userId displayName about expected actual cure";
const ofJob: ArgsOf = ({ challengeId, jobId }) => ({ challengeId, jobId });

/** The doors of maintenance: for admins of the challenge alone. */
export const maintenanceDoors: Record<string, Door> = {
  "queries/maintenance:health": {
    answers: `status lastVerifiedAt jobId counts ${under("findings", FINDING)}`,
    cases: [["admins", "at any time", here]],
  },
  "queries/maintenance:jobs": {
    answers: `${PAGED} ${under("page", JOB)}`,
    cases: [["admins", "at any time", plus(here, { paginationOpts })]],
  },
  "queries/maintenance:job": { answers: JOB, cases: [["admins", "of its own", ofJob]] },
  "queries/maintenance:findings": {
    answers: `${PAGED} ${under("page", FINDING)}`,
    cases: [["admins", "of its own job", plus(ofJob, { paginationOpts })]],
  },
  "queries/maintenance:impact": {
    answers: `status people activities points skipped ${under("largest", "userId activities points displayName")}`,
    cases: [["admins", "of its own", ofJob]],
  },
  "mutations/activityTypes:preview": {
    answers: "jobId",
    cases: [
      [
        "admins",
        "at any time",
        ({ activityTypeId }) => ({ activityTypeId, scoring: { kind: "fixed", points: 1_000 } }),
      ],
    ],
  },
  "mutations/maintenance:start": {
    answers: "jobId",
    cases: [
      ["admins", "of a verification", plus(here, { kind: "verify", dryRun: true })],
      ["admins", "of a repair", plus(here, { kind: "repair", dryRun: false })],
    ],
  },
  "mutations/maintenance:pause": { answers: "", cases: [["admins", "while it runs", ofJob]] },
  "mutations/maintenance:resume": {
    answers: "",
    cases: [["admins", "while it runs", ofJob]],
  },
  "mutations/maintenance:cancel": { answers: "", cases: [["admins", "while it runs", ofJob]] },
  "mutations/maintenance:explain": {
    answers: "",
    cases: [
      [
        "adminsTooEarly",
        "of damage nobody found",
        plus(here, ({ userIds }) => ({
          userId: userIds.bob,
          explains: [{ seq: 1, kind: "missing", points: 1 }],
          reason,
        })),
      ],
    ],
  },
};
