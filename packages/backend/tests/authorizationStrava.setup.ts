import {
  type ArgsOf,
  type Door,
  here,
  paginationOpts,
  PAGED,
  plus,
  reason,
  under,
} from "./authorizationCases.setup";

const LATE = "lateId loggedDate arrivedAt status answer decidedAt";
/** One each, because it is decided once. */
const lateFor: ArgsOf = ({ late }, by) => ({
  lateId: late[by === "admin" ? "participant" : "bob"],
});

/** Who may call what about Strava; the deployment of these tests has no Strava, and nobody is connected. */
export const stravaDoors: Record<string, Door> = {
  "queries/strava:status": {
    answers: [
      "state missing oldestWaitingAt failed",
      under("connection", "athleteId connectedAt lastEventAt lastSyncAt"),
      "budget",
      under("budget.quarter", "left endsAt"),
      under("budget.day", "left endsAt"),
      under("lastDisconnection", "points cause startedAt finishedAt erased removed"),
    ].join(" "),
    cases: [["signedIn", "at any time", () => ({})]],
  },
  "queries/strava:skipped": {
    answers: `${PAGED} ${under("page", "skipId challengeId externalId sport loggedDate reason")}`,
    cases: [["signedIn", "at any time", () => ({ paginationOpts })]],
  },
  "queries/strava:work": {
    answers: [
      PAGED,
      under("page", "taskId kind externalId askedAt dueAt attempts outcome error"),
    ].join(" "),
    cases: [["signedIn", "at any time", () => ({ status: "dead", paginationOpts })]],
  },
  "queries/stravaOperations:overview": {
    answers: [
      "missing isSubscribed unconfirmed budget",
      ...["quarter", "day", "readQuarter", "readDay"].map((name) =>
        under(`budget.${name}`, "limit used endsAt"),
      ),
      under("work", "status count"),
    ].join(" "),
    cases: [["platformAdmins", "at any time", () => ({})]],
  },
  "queries/stravaOperations:outcomes": {
    answers: `${PAGED} ${under("page", "kind outcome error receivedAt endedAt attempts")}`,
    cases: [["platformAdmins", "at any time", () => ({ paginationOpts })]],
  },
  "queries/stravaLate:list": {
    answers: [
      PAGED,
      under("page", `userId displayName activityTypeId typeName isLikelyDuplicate ${LATE}`),
    ].join(" "),
    cases: [["admins", "at any time", plus(here, { status: "open", paginationOpts })]],
  },
  "queries/stravaLate:mine": {
    answers: `${PAGED} ${under("page", `challengeId externalId sport points ${LATE}`)}`,
    cases: [["signedIn", "at any time", () => ({ paginationOpts })]],
  },
  "mutations/stravaLate:decide": {
    answers: "",
    cases: [
      ["admins", "to accept one", plus(lateFor, { isAccepted: true, reason })],
      ["admins", "to dismiss one", plus(lateFor, { isAccepted: false, reason })],
      ["adminsTooEarly", "without a reason", plus(lateFor, { isAccepted: true, reason: "" })],
    ],
  },
  "queries/strava:inbox": {
    answers: [
      PAGED,
      "unconfirmed",
      under("page", "taskId kind isLive askedAt dueAt attempts outcome error"),
    ].join(" "),
    cases: [["platformAdmins", "at any time", () => ({ status: "dead", paginationOpts })]],
  },
  "queries/strava:unmapped": {
    answers: `continueAfter ${under("sports", "sport waiting")}`,
    cases: [["admins", "at any time", here]],
  },
  "queries/strava:rescore": {
    answers: "startedAt endedAt isListed waiting rescored kept rawExpired left",
    cases: [["adminsOfNothing", "before the first", here]],
  },
  "mutations/rescoreStrava:start": {
    answers: "rescoreId",
    cases: [["adminsTooEarly", "without Strava", here]],
  },
  "mutations/strava:beginConnect": {
    answers: "url",
    cases: [["whereNotSetUp", "without Strava", () => ({})]],
  },
  "mutations/strava:confirmConnect": {
    answers: "",
    cases: [["nobodysObject", "with a made-up ticket", () => ({ ticket: "A".repeat(26) })]],
  },
  "mutations/strava:disconnect": {
    answers: "",
    cases: [["nobodysObject", "without a connection", () => ({ points: "keep" })]],
  },
  "mutations/strava:retry": {
    answers: "",
    cases: [["nobodysObject", "without a connection", ({ skipId }) => ({ skipId })]],
  },
  "mutations/strava:retryWork": {
    answers: "",
    cases: [["nobodysObject", "without a connection", ({ taskId }) => ({ taskId })]],
  },
  "mutations/stravaWebhook:replay": {
    answers: "",
    cases: [["platformAdminsOfNothing", "of a task that is gone", ({ taskId }) => ({ taskId })]],
  },
};
