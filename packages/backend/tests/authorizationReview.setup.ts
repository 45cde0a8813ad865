import {
  type Door,
  here,
  paginationOpts,
  PAGED,
  plus,
  rowOf,
  under,
} from "./authorizationCases.setup";
import { heldOf } from "./authorizationModeration.setup";
import { TODAY } from "./ledger.setup";

const METRICS = "distance_m duration_s moving_s elevation_m count steps units";
const FACTS = "activityId typeName source loggedDate title pointsEarned isDeleted";
const POINTS = "pointsBefore pointsAfter";
const EFFECT = [
  "total own others streakBonus awards awardsFollow",
  "moved",
  under("moved.others", `typeName ${POINTS}`),
  under("moved.awards", `name ${POINTS}`),
].join(" ");
const today = { today: TODAY };

/** Who may see what waits for a decision, and what deciding would do. */
export const reviewDoors: Record<string, Door> = {
  "queries/review:held": {
    answers: [
      PAGED,
      under("page", "heldId userId displayName source at"),
      under("page.row", "sport startedAt loggedDate title"),
      under("page.row.metrics", METRICS),
      under("page.twin", FACTS),
      under("page.twin.metrics", METRICS),
    ].join(" "),
    cases: [["admins", "at any time", plus(here, { paginationOpts })]],
  },
  "queries/review:counting": {
    answers: EFFECT,
    cases: [
      ["rowOwners", "of oneself", plus(heldOf("own"), { decision: "keepBoth", ...today })],
      ["admins", "of another", plus(heldOf("bob"), { decision: "replace", ...today })],
      [
        "adminsForNobody",
        "of somebody who left",
        plus(heldOf("former"), { decision: "keepBoth", ...today }),
      ],
    ],
  },
  "queries/review:removal": {
    answers: EFFECT,
    cases: [["admins", "of another's activity", plus(rowOf("bob"), today)]],
  },
  "queries/review:acceptance": {
    answers: EFFECT,
    cases: [
      [
        "admins",
        "of another's appeal",
        ({ moderated }) => ({ appealId: moderated.bob.appealId, ...today }),
      ],
    ],
  },
};
