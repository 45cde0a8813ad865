import type { Caller, Person, Visibility, World } from "./authorization.setup";
import { km, TODAY } from "./ledger.setup";

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
  NOT_PLATFORM_ADMIN: "platform",
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
  /** Viewers, of something there is nothing to tell about. */
  viewersOfNothing: {
    public: /*           */ "null      null     null    null       null        null  null",
    private: /*          */ "hidden    hidden   hidden  hidden     null        null  null",
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
  nobodysCode: {
    public: /*           */ "null      null     null    null       null        null  null",
    private: /*          */ "null      null     null    null       null        null  null",
  },
  participants: {
    public: /*           */ "signIn    outside  outside outside    ok          ok    outside",
    private: /*          */ "signIn    hidden   hidden  hidden     ok          ok    hidden",
  },
  /** Participants, and admins of the platform. */
  insiders: {
    public: /*           */ "signIn    outside  outside outside    ok          ok    ok",
    private: /*          */ "signIn    hidden   hidden  hidden     ok          ok    ok",
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
  /** A row of one's own, of which one may not ask this. */
  ownRowInvalid: {
    public: /*           */ "-         -        outside -          input       input -",
    private: /*          */ "-         -        hidden  -          input       input -",
  },
  admins: {
    public: /*           */ "signIn    outside  outside outside    role        ok    ok",
    private: /*          */ "signIn    hidden   hidden  hidden     role        ok    ok",
  },
  /** What can be done once: the second one finds it done. */
  adminsOnce: {
    public: /*           */ "signIn    outside  outside outside    role        ok    input",
    private: /*          */ "signIn    hidden   hidden  hidden     role        ok    input",
  },
  adminsOfNothing: {
    public: /*           */ "signIn    outside  outside outside    role        null  null",
    private: /*          */ "signIn    hidden   hidden  hidden     role        null  null",
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
  platformAdmins: {
    public: /*           */ "signIn    platform platform platform  platform    platform ok",
    private: /*          */ "signIn    platform platform platform  platform    platform ok",
  },
  /** Of one's own account, unless a challenge would be left without an admin. */
  accountOwners: {
    public: /*           */ "signIn    ok       ok      limit      ok          limit ok",
    private: /*          */ "signIn    ok       ok      limit      ok          limit ok",
  },
  /** Once other people logged in it, its own admins cannot. */
  challengeErasers: {
    public: /*           */ "signIn    outside  outside outside    role        platform ok",
    private: /*          */ "signIn    hidden   hidden  hidden     role        platform ok",
  },
  platformAdminsOfNothing: {
    public: /*           */ "signIn    platform platform platform  platform    platform hidden",
    private: /*          */ "signIn    platform platform platform  platform    platform hidden",
  },
  /** Something of one's own that one does not have. */
  nobodysObject: {
    public: /*           */ "signIn    hidden   hidden  hidden     hidden      hidden hidden",
    private: /*          */ "signIn    hidden   hidden  hidden     hidden      hidden hidden",
  },
  whereNotSetUp: {
    public: /*           */ "signIn    input    input   input      input       input input",
    private: /*          */ "signIn    input    input   input      input       input input",
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

export interface Door {
  /** Every field the answers may have, those of nested objects and lists with dots; "" for answers without fields. */
  answers: string;
  /** [who may, in which situation, the arguments in it] */
  cases: Array<[Right, string, ArgsOf]>;
}

export const paginationOpts = { numItems: 10, cursor: null };
export const here: ArgsOf = ({ challengeId }) => ({ challengeId });
export const about =
  (name: Person | "bob"): ArgsOf =>
  ({ challengeId, userIds }) => ({ challengeId, userId: userIds[name] });
/** The situations of a query that members share. */
export const sharedCases = (args: ArgsOf = here): Door["cases"] => [
  ["viewers", "without a key", args],
  ["everybody", "with the key", (world, by) => ({ ...args(world, by), viewKey: world.viewKey })],
  ["wrongKey", "with a made-up key", (world, by) => ({ ...args(world, by), viewKey: "MINE" })],
  [
    "wrongKey",
    "with the key of before",
    (world, by) => ({ ...args(world, by), viewKey: world.oldViewKey ?? "OLD" }),
  ],
];

export const deed: ArgsOf = ({ challengeId, activityTypeId }) => ({
  challengeId,
  activityTypeId,
  loggedDate: TODAY,
  metrics: km(2),
});
export const archive: ArgsOf = ({ challengeId }) => ({
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
export const reason = "They asked";
export const forPerson =
  (args: ArgsOf, name: Person | "bob", extra: Args = {}): ArgsOf =>
  (world, by) => ({ ...args(world, by), onBehalfOf: world.userIds[name], ...extra });
export const plus =
  (args: ArgsOf, extra: Args | ((world: World) => Args)): ArgsOf =>
  (world, by) => ({
    ...args(world, by),
    ...(typeof extra === "function" ? extra(world) : extra),
  });
export const ownRow: ArgsOf = ({ rows }, by) => ({ activityId: rows[by as Person] });
export const rowOf =
  (name: Person | "bob"): ArgsOf =>
  ({ rows }) => ({ activityId: rows[name] });
export const removedRowOf =
  (name: "own" | "bob" | "former"): ArgsOf =>
  ({ removedRows }, by) => ({ activityId: removedRows[name === "own" ? (by as Person) : name] });
export const foreignType = ({ otherTypeId }: World) => ({ activityTypeId: otherTypeId });

/** What pages of Convex answer with. */
export const PAGED = "continueCursor isDone pageStatus splitCursor";
export const STREAK = "currentStreak longestStreak";
export const LINES = "kind label points";
/** A field and the fields inside it. */
export const under = (path: string, names: string) =>
  [path, ...names.split(" ").map((name) => `${path}.${name}`)].join(" ");

const PLAIN_SCORING =
  "kind metric unit points pointsPerUnit base maxUnits tiers tiers.atMost tiers.points";
/** The fields of a rule. */
export const RULE = [
  "category contributesToStreak isNegative",
  under("scoring", `${PLAIN_SCORING} freePerDay default`),
  under("scoring.options", "key label"),
  under("scoring.options.scoring", PLAIN_SCORING),
  under("scoring.options.when", "metric unit op value"),
  under("bonuses", "kind metric unit atLeast points label"),
  under("limits", "maxPerDay maxPerWeek maxPerChallenge maxPointsPerDay validWeeks finalDaysOnly"),
].join(" ");
