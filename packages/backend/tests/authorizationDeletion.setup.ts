import { type Door, here, plus } from "./authorizationCases.setup";

/** Who may delete what for good. */
export const deletionDoors: Record<string, Door> = {
  "mutations/viewer:deleteAccount": {
    answers: "",
    cases: [
      ["accountOwners", "by name", (_, by) => ({ points: "keep", confirm: by })],
      ["accountOwners", "with the points", (_, by) => ({ points: "remove", confirm: by })],
    ],
  },
  "mutations/people:delete": {
    answers: "",
    cases: [
      [
        "platformAdmins",
        "of somebody",
        ({ userIds }) => ({ userId: userIds.bob, points: "keep", confirm: "bob@example.org" }),
      ],
    ],
  },
  "mutations/challenges:delete": {
    answers: "",
    cases: [["challengeErasers", "with others in it", plus(here, { confirm: "Summer" })]],
  },
};
