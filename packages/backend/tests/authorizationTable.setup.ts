import type { Caller, Person, Visibility, World } from "./authorization.setup";
import { km, TODAY, TYPES } from "./ledger.setup";

/** Who may call what: every public function, in every situation that decides about it. */

/**
 * How the table spells what a call ended with. There are also `ok`, `null` (a query that knows nothing to tell),
 * `hidden` (NOT_FOUND, the very answer that missing ids get), and `-` where there is nothing to call with.
 */
export const REFUSALS: Record<string, string> = {
  NOT_SIGNED_IN: "signIn",
  NOT_PARTICIPANT: "outside",
  NOT_CHALLENGE_ADMIN: "role",
  "NOT_FOUND participant": "nobody",
  "NOT_FOUND activityType": "noType",
  INVALID_INPUT: "input",
  LIMIT_REACHED: "limit",
};

/** Rights that several functions share; the columns are CALLERS. */
export const RIGHTS = {
  //                        anonymous outsider former  otherAdmin participant admin platformAdmin
  everybody: {
    public: /*           */ "ok        ok       ok      ok         ok          ok    ok",
    private: /*          */ "ok        ok       ok      ok         ok          ok    ok",
  },
  signedIn: {
    public: /*           */ "signIn    ok       ok      ok         ok          ok    ok",
    private: /*          */ "signIn    ok       ok      ok         ok          ok    ok",
  },
  oneself: {
    public: /*           */ "null      ok       ok      ok         ok          ok    ok",
    private: /*          */ "null      ok       ok      ok         ok          ok    ok",
  },
  viewers: {
    public: /*           */ "ok        ok       ok      ok         ok          ok    ok",
    private: /*          */ "hidden    hidden   hidden  hidden     ok          ok    ok",
  },
  /** A key that opens nothing closes a private challenge for its members too. */
  wrongKey: {
    public: /*           */ "ok        ok       ok      ok         ok          ok    ok",
    private: /*          */ "hidden    hidden   hidden  hidden     hidden      hidden hidden",
  },
  /** Viewers, about somebody who does not take part (any more). */
  viewersOfNobody: {
    public: /*           */ "nobody    nobody   nobody  nobody     nobody      nobody nobody",
    private: /*          */ "hidden    hidden   hidden  hidden     nobody      nobody nobody",
  },
  ownStanding: {
    public: /*           */ "signIn    nobody   nobody  nobody     ok          ok    nobody",
    private: /*          */ "hidden    hidden   hidden  hidden     ok          ok    nobody",
  },
  ownRow: {
    public: /*           */ "signIn    null     null    null       ok          ok    null",
    private: /*          */ "signIn    null     null    null       ok          ok    null",
  },
  joiners: {
    public: /*           */ "signIn    ok       ok      ok         ok          ok    ok",
    private: /*          */ "signIn    hidden   hidden  hidden     ok          ok    hidden",
  },
  joinersByWrongCode: {
    public: /*           */ "signIn    hidden   hidden  hidden     hidden      hidden hidden",
    private: /*          */ "signIn    hidden   hidden  hidden     hidden      hidden hidden",
  },
  participants: {
    public: /*           */ "signIn    outside  outside outside    ok          ok    outside",
    private: /*          */ "signIn    hidden   hidden  hidden     ok          ok    hidden",
  },
  leavers: {
    public: /*           */ "signIn    outside  outside outside    ok          limit outside",
    private: /*          */ "signIn    hidden   hidden  hidden     ok          limit hidden",
  },
  participantsWithForeignType: {
    public: /*           */ "signIn    outside  outside outside    noType      noType outside",
    private: /*          */ "signIn    hidden   hidden  hidden     noType      noType hidden",
  },
  /** Of a row of one's own: `former` has one from before. */
  rowOwners: {
    public: /*           */ "-         -        outside -          ok          ok    -",
    private: /*          */ "-         -        hidden  -          ok          ok    -",
  },
  rowOwnersWithForeignType: {
    public: /*           */ "-         -        outside -          noType      noType -",
    private: /*          */ "-         -        hidden  -          noType      noType -",
  },
  admins: {
    public: /*           */ "signIn    outside  outside outside    role        ok    ok",
    private: /*          */ "signIn    hidden   hidden  hidden     role        ok    ok",
  },
  adminsTooEarly: {
    public: /*           */ "signIn    outside  outside outside    role        input input",
    private: /*          */ "signIn    hidden   hidden  hidden     role        input input",
  },
  /** An admin who gives no reason for changing another's row. */
  adminsWithoutReason: {
    public: /*           */ "signIn    outside  outside outside    role        input input",
    private: /*          */ "signIn    hidden   hidden  hidden     role        input input",
  },
  /** For an account whose person does not take part (any more). */
  adminsForNobody: {
    public: /*           */ "signIn    outside  outside outside    role        nobody nobody",
    private: /*          */ "signIn    hidden   hidden  hidden     role        nobody nobody",
  },
  /** On one's own account, as an admin: a platform admin has none. */
  adminsForThemselves: {
    public: /*           */ "signIn    outside  outside outside    role        ok    nobody",
    private: /*          */ "signIn    hidden   hidden  hidden     role        ok    nobody",
  },
  adminsWithForeignType: {
    public: /*           */ "signIn    outside  outside outside    role        noType noType",
    private: /*          */ "signIn    hidden   hidden  hidden     role        noType noType",
  },
  /** A row that is not in the challenge that is named. */
  rowElsewhere: {
    public: /*           */ "signIn    outside  outside hidden     outside     outside hidden",
    private: /*          */ "signIn    hidden   hidden  hidden     hidden      hidden hidden",
  },
  badPassword: {
    public: /*           */ "input     input    input   input      input       input input",
    private: /*          */ "input     input    input   input      input       input input",
  },
} as const satisfies Record<string, Record<Visibility, string>>;
export type Right = keyof typeof RIGHTS;

export type Args = Record<string, unknown>;
/** The arguments of one caller. */
export type ArgsOf = (world: World, caller: Caller) => Args;

interface Door {
  /** Every field the answers may have, those of nested objects and lists with dots; "" for answers without fields. */
  answers: string;
  /** [who may, in which situation, the arguments in it] */
  cases: Array<[Right, string, ArgsOf]>;
}

const paginationOpts = { numItems: 10, cursor: null };
const here: ArgsOf = ({ challengeId }) => ({ challengeId });
const about =
  (name: Person | "bob"): ArgsOf =>
  ({ challengeId, userIds }) => ({ challengeId, userId: userIds[name] });
/** The situations of a query that members share. */
const sharedCases = (args: ArgsOf = here): Door["cases"] => [
  ["viewers", "without a key", args],
  ["everybody", "with the key", (world, by) => ({ ...args(world, by), viewKey: world.viewKey })],
  ["wrongKey", "with a made-up key", (world, by) => ({ ...args(world, by), viewKey: "MINE" })],
  [
    "wrongKey",
    "with the key of before",
    (world, by) => ({ ...args(world, by), viewKey: world.oldViewKey ?? "OLD" }),
  ],
];

const deed: ArgsOf = ({ challengeId, activityTypeId }) => ({
  challengeId,
  activityTypeId,
  loggedDate: TODAY,
  metrics: km(2),
});
const archive: ArgsOf = ({ challengeId }) => ({
  challengeId,
  source: "archive",
  rows: [
    {
      externalId: "1",
      sport: "Run",
      startedAt: Date.UTC(2026, 5, 9, 8),
      loggedDate: "2026-06-09",
      metrics: km(3),
    },
  ],
});
const reason = "They asked";
const forPerson =
  (args: ArgsOf, name: Person | "bob", extra: Args = {}): ArgsOf =>
  (world, by) => ({ ...args(world, by), onBehalfOf: world.userIds[name], ...extra });
const plus =
  (args: ArgsOf, extra: Args | ((world: World) => Args)): ArgsOf =>
  (world, by) => ({
    ...args(world, by),
    ...(typeof extra === "function" ? extra(world) : extra),
  });
const ownRow: ArgsOf = ({ rows }, by) => ({ activityId: rows[by as Person] });
const rowOf =
  (name: Person | "bob"): ArgsOf =>
  ({ rows }) => ({ activityId: rows[name] });
const removedRowOf =
  (name: "own" | "bob" | "former"): ArgsOf =>
  ({ removedRows }, by) => ({ activityId: removedRows[name === "own" ? (by as Person) : name] });
const foreignType = ({ otherTypeId }: World) => ({ activityTypeId: otherTypeId });

/** What pages of Convex answer with. */
const PAGED = "continueCursor isDone pageStatus splitCursor";
const STREAK = "currentStreak longestStreak";
const LINES = "kind label points";
/** A field and the fields inside it. */
const under = (path: string, names: string) =>
  [path, ...names.split(" ").map((name) => `${path}.${name}`)].join(" ");

export const DOORS: Record<string, Door> = {
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
  "queries/challenges:get": {
    answers: [
      "challengeId name description startsOn endsOn timezone visibility isFinal viewKey joinCode",
      "streakMinPoints streakBonus streakBonusDailyCap backdateDays graceHours finalDaysFrom",
      under("viewer", "userId role status"),
    ].join(" "),
    cases: [["viewers", "at any time", here]],
  },
  "queries/activityTypes:list": {
    answers: [
      "activityTypeId name catalogueKey version category contributesToStreak isNegative",
      under("scoring", "kind metric unit points pointsPerUnit base maxUnits tiers"),
      "scoring.tiers.atMost scoring.tiers.points",
      under("bonuses", "kind metric unit atLeast points label"),
      under("limits", "maxPerDay maxPerWeek maxPerChallenge validWeeks finalDaysOnly"),
    ].join(" "),
    cases: sharedCases(),
  },
  "queries/imports:mappings": { answers: "label activityTypeId", cases: sharedCases() },
  "queries/leaderboards:page": {
    answers: `continueCursor isDone ${under("page", "differs rank userId displayName totalPoints currentStreak streakLastDay")}`,
    cases: sharedCases(),
  },
  "queries/leaderboards:standing": {
    answers: `rank rankAsOf totalPoints activityCount streakLastDay ${STREAK}`,
    cases: [
      ...sharedCases(about("bob")),
      ["viewersOfNobody", "of somebody who left", about("former")],
      ["viewersOfNobody", "of somebody who never took part", about("outsider")],
      ["ownStanding", "of oneself", here],
    ],
  },
  "queries/leaderboards:ownRow": {
    answers: `totalPoints activityCount streakLastDay ${STREAK}`,
    cases: [["ownRow", "of oneself", here]],
  },
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
        "activityId activityTypeId typeName source loggedDate notes title pointsEarned",
      ),
      "page.version page.deletedAt page.isSystem",
      under("page.metrics", "distance_m duration_s moving_s elevation_m count steps units"),
      under("page.breakdown", LINES),
    ].join(" "),
    cases: [
      ["participants", "of oneself", plus(here, { paginationOpts })],
      ["admins", "of another", plus(about("bob"), { paginationOpts })],
      ["admins", "of somebody who left", plus(about("former"), { paginationOpts })],
    ],
  },
  "queries/activities:previewPoints": {
    answers: `pointsEarned ${under("lines", LINES)}`,
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
};
