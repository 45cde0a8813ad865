import { apiKeyDoors } from "./authorizationApiKeys.setup";
import { achievementDoors } from "./authorizationAchievements.setup";
import {
  type Door,
  LINES,
  PAGED,
  RULE,
  STREAK,
  about,
  archive,
  deed,
  forPerson,
  foreignType,
  here,
  ownRow,
  paginationOpts,
  plus,
  reason,
  removedRowOf,
  rowOf,
  sharedCases,
  under,
} from "./authorizationCases.setup";
import { deletionDoors } from "./authorizationDeletion.setup";
import { boardsDoors } from "./authorizationBoards.setup";
import { maintenanceDoors } from "./authorizationMaintenance.setup";
import { platformDoors } from "./authorizationPlatform.setup";
import { progressDoors } from "./authorizationProgress.setup";
import { stravaDoors } from "./authorizationStrava.setup";
import { organiseDoors } from "./authorizationOrganise.setup";
import { moderationDoors } from "./authorizationModeration.setup";
import { reviewDoors } from "./authorizationReview.setup";
import { gamesDoors } from "./authorizationGames.setup";
import { TYPES, km, TODAY } from "./ledger.setup";

/** Every public function, with who may call it: a new one that is missing here fails the tests. */
export const DOORS: Record<string, Door> = {
  ...maintenanceDoors,
  ...deletionDoors,
  ...platformDoors,
  ...stravaDoors,
  ...moderationDoors,
  ...reviewDoors,
  ...organiseDoors,
  "auth:isAuthenticated": { answers: "", cases: [["everybody", "at any time", () => ({})]] },
  "auth:signIn": {
    answers: "",
    cases: [
      [
        "badPassword",
        "with a password that is not theirs",
        (_, by) => ({
          provider: "password",
          params: { flow: "signIn", email: `no-${by}@example.org`, password: "wrong guess" },
        }),
      ],
    ],
  },
  "auth:signOut": { answers: "", cases: [["everybody", "at any time", () => ({})]] },
  "queries/viewer:get": {
    answers: "userId displayName timezone isPlatformAdmin isDemo",
    cases: [["oneself", "at any time", () => ({})]],
  },
  "queries/viewer:demoAccounts": {
    answers: `enabled ${under("accounts", "userId displayName note")}`,
    cases: [["everybody", "at any time", () => ({})]],
  },
  "queries/challenges:list": {
    answers: `${PAGED} ${under("page", "challengeId name description startsOn endsOn timezone")}`,
    cases: [["everybody", "at any time", () => ({ paginationOpts })]],
  },
  "queries/challenges:mine": {
    answers: "challengeId name startsOn endsOn timezone visibility role status",
    cases: [["signedIn", "at any time", () => ({})]],
  },
  "queries/challenges:invitation": {
    answers: "challengeId name description startsOn endsOn timezone isFinal people",
    cases: [
      ["everybody", "with the join code", ({ joinCode }) => ({ joinCode })],
      ["nobodysCode", "with a made-up code", () => ({ joinCode: "A".repeat(26) })],
    ],
  },
  "queries/challenges:get": {
    answers: [
      "challengeId name description startsOn endsOn timezone visibility isFinal viewKey joinCode",
      under("announcement", "text at"),
      "streakMinPoints streakBonus streakBonusDailyCap backdateDays graceHours finalDaysFrom",
      under("viewer", "userId role status"),
    ].join(" "),
    cases: [["viewers", "at any time", here]],
  },
  "queries/activityTypes:list": {
    answers: `activityTypeId name catalogueKey version isRetired ${RULE}`,
    cases: sharedCases(),
  },
  "queries/imports:mappings": { answers: "label activityTypeId", cases: sharedCases() },
  ...boardsDoors,
  ...progressDoors,
  "queries/profiles:get": {
    answers: `userId displayName totalPoints activityCount streakBonusPoints joinedAt ${STREAK}`,
    cases: [
      ...sharedCases(about("bob")),
      ["viewersOfNobody", "of somebody who left", about("former")],
      ["viewersOfNobody", "of somebody who never took part", about("outsider")],
    ],
  },
  "queries/activities:history": {
    answers: [
      PAGED,
      under(
        "page",
        "activityId activityTypeId typeName source loggedDate variant notes title pointsEarned",
      ),
      "page.version page.deletedAt page.isSystem page.isUnderReview page.isCorrected page.isHidden",
      under("page.metrics", "distance_m duration_s moving_s elevation_m count steps units"),
      under("page.breakdown", LINES),
    ].join(" "),
    cases: [
      ["participants", "of oneself", plus(here, { paginationOpts })],
      ["admins", "of another", plus(about("bob"), { paginationOpts })],
      ["admins", "of somebody who left", plus(about("former"), { paginationOpts })],
      [
        "participantsWithForeignType",
        "of another challenge's type",
        plus(here, (world) => ({ ...foreignType(world), paginationOpts })),
      ],
    ],
  },
  "queries/activities:underReview": {
    answers: [
      "activityId activityTypeId typeName source loggedDate variant notes title pointsEarned",
      "version deletedAt isSystem isUnderReview isCorrected isHidden",
      under("metrics", "distance_m duration_s moving_s elevation_m count steps units"),
      under("breakdown", LINES),
    ].join(" "),
    cases: [
      ["participants", "of oneself", here],
      ["admins", "of another", about("bob")],
    ],
  },
  "queries/activities:previewPoints": {
    answers: [
      "pointsEarned streakBonusChange awardsFollow",
      under("lines", LINES),
      under("others", "typeName pointsBefore pointsAfter"),
      under("awards", "name pointsBefore pointsAfter"),
    ].join(" "),
    cases: [
      ["participants", "of a log", plus(deed, { today: TODAY })],
      [
        "participantsWithForeignType",
        "with another challenge's type",
        plus(deed, (world) => ({ ...foreignType(world), today: TODAY })),
      ],
      [
        "rowOwners",
        "of an edit",
        (world, by) => ({ ...deed(world, by), ...ownRow(world, by), today: TODAY }),
      ],
      [
        "admins",
        "of an edit of another's row",
        plus(deed, ({ rows }) => ({ activityId: rows.bob, today: TODAY })),
      ],
      [
        "rowElsewhere",
        "of an edit of another challenge's row",
        plus(deed, ({ rows }) => ({ activityId: rows.otherAdmin, today: TODAY })),
      ],
    ],
  },
  "queries/imports:preview": {
    answers: under("results", "externalId status reason pointsEarned"),
    cases: [
      ["participants", "into one's own account", plus(archive, { today: TODAY })],
      ["admins", "into another's account", forPerson(archive, "bob", { reason, today: TODAY })],
      [
        "adminsForNobody",
        "into the account of somebody who left",
        forPerson(archive, "former", { reason, today: TODAY }),
      ],
    ],
  },
  "mutations/viewer:update": {
    answers: "",
    cases: [["signedIn", "at any time", () => ({ displayName: "Renamed" })]],
  },
  "mutations/challenges:create": {
    answers: "challengeId joinCode",
    cases: [
      [
        "signedIn",
        "at any time",
        () => ({
          name: "Autumn",
          startsOn: "2026-06-01",
          endsOn: "2026-06-30",
          timezone: "UTC",
          visibility: "private",
        }),
      ],
    ],
  },
  "mutations/challenges:join": {
    answers: "challengeId participationId",
    cases: [
      ["joiners", "by its id", here],
      ["signedIn", "by its code", ({ joinCode }) => ({ joinCode })],
      ["joinersByWrongCode", "by a made-up code", () => ({ joinCode: "A".repeat(26) })],
    ],
  },
  "mutations/challenges:leave": { answers: "", cases: [["leavers", "at any time", here]] },
  "mutations/challenges:finalize": {
    answers: "",
    cases: [["adminsTooEarly", "before the end of grace", here]],
  },
  "mutations/activityTypes:create": {
    answers: "activityTypeId",
    cases: [
      [
        "admins",
        "at any time",
        ({ challengeId }, by) => ({ ...TYPES.stretch, challengeId, name: by }),
      ],
    ],
  },
  "mutations/activityTypes:update": {
    answers: "version",
    cases: [
      [
        "admins",
        "at any time",
        ({ activityTypeId }) => ({ activityTypeId, scoring: { kind: "fixed", points: 1_000 } }),
      ],
    ],
  },
  "mutations/activities:log": {
    answers: "activityId pointsEarned totalPoints status",
    cases: [
      ["participants", "for oneself", deed],
      ["participantsWithForeignType", "with another challenge's type", plus(deed, foreignType)],
      ["adminsForThemselves", "for oneself, as an admin", plus(deed, { reason })],
      ["admins", "for another", forPerson(deed, "bob", { reason })],
      ["adminsWithoutReason", "for another without a reason", forPerson(deed, "bob")],
      ["adminsForNobody", "for somebody who left", forPerson(deed, "former", { reason })],
      ["adminsForNobody", "for an outsider", forPerson(deed, "outsider", { reason })],
    ],
  },
  "mutations/activities:edit": {
    answers: "pointsEarned totalPoints version",
    cases: [
      ["rowOwners", "of one's own", plus(ownRow, { metrics: km(4) })],
      ["rowOwnersWithForeignType", "to another challenge's type", plus(ownRow, foreignType)],
      ["admins", "of another's", plus(rowOf("bob"), { metrics: km(4), reason })],
      ["adminsWithoutReason", "of another's without a reason", plus(rowOf("bob"), { notes: "x" })],
      [
        "adminsWithForeignType",
        "of another's to another challenge's type",
        plus(rowOf("bob"), (world) => ({ ...foreignType(world), reason })),
      ],
      ["admins", "of somebody's who left", plus(rowOf("former"), { metrics: km(4), reason })],
    ],
  },
  "mutations/activities:remove": {
    answers: "pointsEarned totalPoints version",
    cases: [
      ["rowOwners", "of one's own", ownRow],
      ["admins", "of another's", plus(rowOf("bob"), { reason })],
      ["adminsWithoutReason", "of another's without a reason", rowOf("bob")],
      ["admins", "of somebody's who left", plus(rowOf("former"), { reason })],
    ],
  },
  "mutations/activities:restore": {
    answers: "pointsEarned totalPoints version",
    cases: [
      ["rowOwners", "of one's own", removedRowOf("own")],
      ["admins", "of another's", plus(removedRowOf("bob"), { reason })],
      ["adminsWithoutReason", "of another's without a reason", removedRowOf("bob")],
      ["admins", "of somebody's who left", plus(removedRowOf("former"), { reason })],
    ],
  },
  "mutations/imports:importActivities": {
    answers: under("results", "externalId status reason pointsEarned"),
    cases: [
      ["participants", "into one's own account", archive],
      ["admins", "into another's account", forPerson(archive, "bob", { reason })],
      ["adminsWithoutReason", "into another's without a reason", forPerson(archive, "bob")],
      [
        "adminsForNobody",
        "into the account of somebody who left",
        forPerson(archive, "former", { reason }),
      ],
    ],
  },
  "mutations/imports:setMapping": {
    answers: "",
    cases: [
      [
        "admins",
        "to a type of its own",
        ({ challengeId, activityTypeId }) => ({ challengeId, label: "Parkour", activityTypeId }),
      ],
      [
        "adminsWithForeignType",
        "to another challenge's type",
        plus(here, (world) => ({ label: "Parkour", ...foreignType(world) })),
      ],
    ],
  },
  ...apiKeyDoors,
  ...achievementDoors,
  ...gamesDoors,
};
