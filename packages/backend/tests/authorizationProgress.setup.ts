import { type Door, here, plus, sharedCases, under } from "./authorizationCases.setup";
import { TODAY } from "./ledger.setup";

/** What somebody's points come from. */
export const SOURCES = `totalPoints ${under("lines", "kind name category count points")}`;
const TOTAL = "key points activityCount";

/** Who may see how somebody gets on. */
export const progressDoors: Record<string, Door> = {
  "queries/progress:mine": {
    answers: [
      "totalPoints activityCount currentStreak longestStreak streakLastDay streakBonusPoints",
      under("days", "day points streakPoints activityCount streak streakBonusPoints"),
      under("weeks", TOTAL),
      under("categories", TOTAL),
      under("types", "activityTypeId name catalogueKey count"),
    ].join(" "),
    cases: [["participants", "of oneself", plus(here, { today: TODAY })]],
  },
  "queries/progress:sources": {
    answers: SOURCES,
    cases: [["participants", "of oneself", here]],
  },
  "queries/progress:day": {
    answers: [
      under("rows", "activityId activityTypeId typeName source pointsEarned"),
      under("rows.metrics", "distance_m duration_s moving_s elevation_m count steps units"),
      under("types", "activityTypeId"),
      under("types.room", "maxPerDay maxPerWeek maxPerChallenge points free"),
    ].join(" "),
    cases: [["participants", "of oneself", plus(here, { day: TODAY })]],
  },
  "queries/progress:spread": { answers: "count best median", cases: sharedCases() },
};
