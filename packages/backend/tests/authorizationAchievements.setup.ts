import type { World } from "./authorization.setup";
import {
  about,
  type ArgsOf,
  type Door,
  here,
  plus,
  sharedCases,
  under,
} from "./authorizationCases.setup";
import { TODAY } from "./ledger.setup";

const CRITERIA = [
  under("criteria", "kind metric unit atLeast times activityTypeIds"),
  under("criteria.measure", "metric unit atLeast"),
  under("criteria.types", "activityTypeId factor"),
  under("criteria.thresholds", "activityTypeId metric unit atLeast"),
].join(" ");

const definition = ({ activityTypeId }: World) => ({
  criteria: { kind: "count", activityTypeIds: [activityTypeId], times: 2 },
  frequency: "oncePerChallenge",
  points: 5,
});

const wish: ArgsOf = (world, by) => ({
  challengeId: world.challengeId,
  name: `By ${by}`,
  ...definition(world),
});
const named: ArgsOf = ({ achievementId }) => ({ achievementId });

/** Who may call what of achievements. */
export const achievementDoors: Record<string, Door> = {
  "queries/achievements:list": {
    answers: `achievementId name description ${CRITERIA} frequency points version isArchived isEvaluating`,
    cases: sharedCases(),
  },
  "queries/achievements:mine": {
    answers: `achievementId name isArchived value target ${under("awards", "awardKey loggedDate points")}`,
    cases: [["participants", "of oneself", plus(here, { today: TODAY })]],
  },
  "queries/achievements:ofPerson": {
    answers: "achievementId name times points",
    cases: [
      ...sharedCases(about("bob")),
      ["viewersOfNobody", "of somebody who left", about("former")],
      ["viewersOfNobody", "of somebody who never took part", about("outsider")],
    ],
  },
  "queries/achievements:preview": {
    answers: "processed people awards names continueCursor isDone",
    cases: [["admins", "at any time", plus(here, definition)]],
  },
  "queries/achievements:evaluations": {
    answers: "achievementId status processed changed startedAt endedAt",
    cases: [["admins", "at any time", here]],
  },
  "mutations/achievements:create": {
    answers: "achievementId",
    cases: [["admins", "at any time", wish]],
  },
  "mutations/achievements:update": {
    answers: "version",
    cases: [["admins", "at any time", plus(named, { description: "Changed" })]],
  },
  "mutations/achievements:archive": {
    answers: "",
    cases: [["admins", "at any time", named]],
  },
};
