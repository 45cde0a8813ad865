import {
  type Door,
  here,
  paginationOpts,
  PAGED,
  plus,
  rowOf,
  under,
} from "./authorizationCases.setup";
import { TODAY } from "./ledger.setup";

const METRICS = "distance_m duration_s moving_s elevation_m count steps units";
const FACTS = "activityId typeName source loggedDate title pointsEarned isDeleted";
const EFFECT = "total own others streakBonus";
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
