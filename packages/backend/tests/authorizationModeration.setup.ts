import type { Caller, Person } from "./authorization.setup";
import {
  type ArgsOf,
  type Door,
  about,
  here,
  ownRow,
  paginationOpts,
  PAGED,
  plus,
  reason,
  removedRowOf,
  rowOf,
  under,
} from "./authorizationCases.setup";
import { uuid } from "./ledger.setup";

const METRICS = "distance_m duration_s moving_s elevation_m count steps units";
const FACTS = "activityId typeName source loggedDate title pointsEarned isDeleted";
/** The facts of an activity that are under a path. */
const facts = (path: string) => [under(path, FACTS), under(`${path}.metrics`, METRICS)].join(" ");
export const heldOf =
  (name: "own" | "bob" | "former"): ArgsOf =>
  ({ held }, by) => ({ heldId: held[name === "own" ? (by as Person) : name] });
/** What can be decided once is another one for the second who may. */
const decidable = (by: Caller) => (by === "platformAdmin" ? "participant" : "bob");
const decidableRow: ArgsOf = ({ rows }, by) => ({ activityId: rows[decidable(by)] });
const paged = plus(here, { paginationOpts });
const keep = { points: "keep", reason };
const adjustment = { points: -5, reason, requestId: uuid(1) };
const discard = { decision: "discard" };
const dismissal = { decision: { kind: "dismiss" }, reason };

/** Who may moderate what, and be told what. */
export const moderationDoors: Record<string, Door> = {
  "queries/notifications:mine": {
    answers: [
      PAGED,
      under("page", "notificationId challengeId challengeName at isRead"),
      under(
        "page.news",
        "kind activityId change points count isAccepted role isBanned name rank loggedDate findings job status",
      ),
    ].join(" "),
    cases: [["signedIn", "at any time", () => ({ paginationOpts })]],
  },
  "queries/notifications:unread": {
    answers: "count hasMore",
    cases: [["signedIn", "at any time", () => ({})]],
  },
  "mutations/notifications:markRead": {
    answers: "marked hasMore",
    cases: [["signedIn", "at any time", () => ({})]],
  },
  "queries/activities:changes": {
    answers: [
      "seq kind reason pointsBefore pointsAfter at note",
      under("by", "role displayName"),
      ...["before", "after"].map((path) =>
        [under(path, "typeName loggedDate variant"), under(`${path}.metrics`, METRICS)].join(" "),
      ),
    ].join(" "),
    cases: [
      ["rowOwners", "of one's own", ownRow],
      ["admins", "of another's", rowOf("bob")],
    ],
  },
  "queries/moderation:review": {
    answers: [
      "isUnderReview mayAppeal",
      under("flags", "reason text code measured limit"),
      under("comments", "commentId author audience text at"),
      under("appeal", "text status answer"),
    ].join(" "),
    cases: [
      ["rowOwners", "of one's own", ownRow],
      ["admins", "of another's", rowOf("bob")],
    ],
  },
  "queries/moderation:flags": {
    answers: [
      PAGED,
      under("page", "flagId userId displayName flaggedBy at"),
      under("page.about", "reason text code measured limit"),
      facts("page.activity"),
    ].join(" "),
    cases: [["admins", "at any time", paged]],
  },
  "queries/moderation:appeals": {
    answers: `${PAGED} ${under("page", "appealId userId displayName text at")} ${facts("page.activity")}`,
    cases: [["admins", "at any time", paged]],
  },
  "queries/moderation:log": {
    answers: `${PAGED} ${under("page", "action actor userId displayName activityId note at")}`,
    cases: [["admins", "at any time", paged]],
  },
  "queries/moderation:held": {
    answers: [
      "heldId source at",
      under("row", "sport startedAt loggedDate title"),
      under("row.metrics", METRICS),
      facts("twin"),
    ].join(" "),
    cases: [
      ["participants", "of oneself", here],
      ["admins", "of another", about("bob")],
    ],
  },
  "mutations/moderation:flag": {
    answers: "status",
    cases: [
      ["participants", "of another's activity", plus(rowOf("bob"), { reason: "WRONG_DAY" })],
      ["ownRowInvalid", "of one's own", plus(ownRow, { reason: "OTHER" })],
    ],
  },
  "mutations/moderation:decideFlags": {
    answers: "closed decisionId",
    cases: [["admins", "of an activity", plus(decidableRow, dismissal)]],
  },
  "mutations/moderation:decideHeld": {
    answers: "pointsEarned",
    cases: [
      ["rowOwners", "of oneself", plus(heldOf("own"), discard)],
      [
        "admins",
        "of another",
        ({ held }, by) => ({ heldId: held[decidable(by)], ...discard, reason }),
      ],
      ["adminsWithoutReason", "of another without a reason", plus(heldOf("bob"), discard)],
      ["adminsForNobody", "of somebody who left", plus(heldOf("former"), { ...discard, reason })],
    ],
  },
  "mutations/moderation:appeal": {
    answers: "appealId",
    cases: [
      ["ownRowInvalid", "about a row nobody doubts", plus(removedRowOf("own"), { text: "But" })],
    ],
  },
  "mutations/moderation:undoDecision": {
    answers: "",
    cases: [
      [
        "admins",
        "at any time",
        ({ moderated }, by) => ({ decisionId: moderated[decidable(by)].decisionId }),
      ],
    ],
  },
  "mutations/moderation:decideAppeal": {
    answers: "decisionId",
    cases: [
      [
        "admins",
        "at any time",
        ({ moderated }, by) => ({
          appealId: moderated[decidable(by)].appealId,
          isAccepted: true,
          reason,
        }),
      ],
    ],
  },
  "mutations/moderation:comment": {
    answers: "commentId",
    cases: [
      ["admins", "on an activity", plus(rowOf("bob"), { audience: "participant", text: "Hello" })],
    ],
  },
  "mutations/moderation:deleteComment": {
    answers: "",
    cases: [
      [
        "admins",
        "at any time",
        ({ moderated }, by) => ({ commentId: moderated[decidable(by)].commentId }),
      ],
    ],
  },
  "mutations/moderation:adjust": {
    answers: "activityId pointsEarned totalPoints",
    cases: [
      ["admins", "of somebody who takes part", plus(about("bob"), adjustment)],
      ["admins", "of somebody who left", plus(about("former"), adjustment)],
      ["adminsForNobody", "of somebody who never took part", plus(about("outsider"), adjustment)],
    ],
  },
  "mutations/participants:setRole": {
    answers: "",
    cases: [
      ["admins", "of somebody who takes part", plus(about("bob"), { role: "admin" })],
      ["adminsForNobody", "of somebody who left", plus(about("former"), { role: "admin" })],
    ],
  },
  "mutations/participants:remove": {
    answers: "",
    cases: [
      ["admins", "of somebody who takes part", plus(about("bob"), keep)],
      ["adminsForNobody", "of somebody who never took part", plus(about("outsider"), keep)],
    ],
  },
  "mutations/participants:ban": {
    answers: "",
    cases: [["admins", "of somebody who left", plus(about("former"), keep)]],
  },
  "mutations/participants:unban": {
    answers: "",
    cases: [
      ["admins", "of somebody", about("former")],
      ["adminsForNobody", "of somebody who never took part", about("outsider")],
    ],
  },
};
