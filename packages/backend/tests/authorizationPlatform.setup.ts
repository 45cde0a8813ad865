import { type Door, paginationOpts, PAGED, under } from "./authorizationCases.setup";
import { JOB } from "./authorizationMaintenance.setup";

/** The doors of who administrates the whole platform. */
export const platformDoors: Record<string, Door> = {
  "queries/platform:challenges": {
    answers: `${PAGED} ${under(
      "page",
      "challengeId name startsOn endsOn timezone visibility isFinal people status lastVerifiedAt",
    )}`,
    cases: [["platformAdmins", "at any time", () => ({ paginationOpts })]],
  },
  "queries/platform:people": {
    answers: `${PAGED} ${under(
      "page",
      "userId displayName isPlatformAdmin isDemo createdAt challenges organises",
    )}`,
    cases: [
      ["platformAdmins", "by name", () => ({ search: "b", paginationOpts })],
      ["platformAdmins", "by address", () => ({ search: "bob@example.org", paginationOpts })],
    ],
  },
  "queries/platform:jobs": {
    answers: `${PAGED} ${under("page", `${JOB} challengeId challengeName`)}`,
    cases: [["platformAdmins", "that run", () => ({ status: "running", paginationOpts })]],
  },
  "mutations/platform:resumeJob": {
    answers: "",
    cases: [["platformAdmins", "while it runs", ({ jobId }) => ({ jobId })]],
  },
};
