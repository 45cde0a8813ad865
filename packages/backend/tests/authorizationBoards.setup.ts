import {
  type Door,
  STREAK,
  about,
  here,
  plus,
  sharedCases,
  under,
} from "./authorizationCases.setup";
import { SOURCES } from "./authorizationProgress.setup";

const ROW =
  "differs rank rankYesterday pointsToday userId displayName totalPoints currentStreak streakLastDay";
/** About a participant, and about people who are none. */
const aboutPeople: Door["cases"] = [
  ...sharedCases(about("bob")),
  ["viewersOfNobody", "of somebody who left", about("former")],
  ["viewersOfNobody", "of somebody who never took part", about("outsider")],
];
const week = { board: "week", key: "2" };

/** Who may see boards, find people and leave the ranking. */
export const boardsDoors: Record<string, Door> = {
  "queries/leaderboards:page": {
    answers: `continueCursor isDone ${under("page", ROW)}`,
    cases: [...sharedCases(), ["viewers", "of a week", plus(here, week)]],
  },
  "queries/leaderboards:standing": {
    answers: `rank rankAsOf totalPoints activityCount streakLastDay ${STREAK}`,
    cases: [
      ...sharedCases(about("bob")),
      ["viewersOfNobody", "of somebody who left", about("former")],
      ["viewersOfNobody", "of somebody who never took part", about("outsider")],
      ["ownStanding", "of oneself", here],
      ["ownStanding", "of oneself in a week", plus(here, week)],
    ],
  },
  "queries/leaderboards:around": {
    answers: under("rows", ROW),
    cases: [
      ...sharedCases(about("bob")),
      ["viewersOfNobody", "of somebody who left", about("former")],
      ["ownStanding", "of oneself", here],
    ],
  },
  "queries/leaderboards:boards": { answers: "weeks categories", cases: sharedCases() },
  "queries/leaderboards:ownRow": {
    answers: `totalPoints activityCount streakLastDay isRanked ${STREAK}`,
    cases: [
      ["ownRow", "of oneself", here],
      ["ownRow", "of oneself in a week", plus(here, week)],
    ],
  },
  "queries/participants:search": {
    answers: "userId displayName isRanked",
    cases: sharedCases(plus(here, { prefix: "b" })),
  },
  "queries/profiles:points": {
    answers: [
      under("weeks", "week points"),
      under("categories", "category points"),
      under("days", "day points"),
    ].join(" "),
    cases: aboutPeople,
  },
  "queries/profiles:sources": { answers: SOURCES, cases: aboutPeople },
  "queries/profiles:recent": {
    answers: "activityId typeName loggedDate points",
    cases: aboutPeople,
  },
  "mutations/participations:setRanked": {
    answers: "",
    cases: [["participants", "at any time", plus(here, { ranked: false })]],
  },
};
