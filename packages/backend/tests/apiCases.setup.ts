import { api } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { keyOf } from "./api.setup";
import { newWorld, type Visibility, type World } from "./authorization.setup";
import { km, TODAY } from "./ledger.setup";

/** Whom the API meets, from the furthest outside to the furthest inside. */
export const CALLERS = [
  /** No key, noise, a key that is cut off, a header of 1 MB, and keys that ended. */
  "anonymous",
  "garbage",
  "truncated",
  "giant",
  "revoked",
  "expired",
  /** A key of everything, of somebody who left. */
  "former",
  /** A key of everything in another challenge, by its admin. */
  "elsewhere",
  /** Keys of a participant: to read, and to log. */
  "reader",
  "logger",
  /** A key of everything, of somebody who is no admin any more. */
  "demoted",
  /** Keys of an admin: to read and log, of everything, and to administrate alone. */
  "organiser",
  "admin",
  "adminOnly",
] as const;
export type ApiCaller = (typeof CALLERS)[number];
type Insider = Exclude<ApiCaller, (typeof CALLERS)[0 | 1 | 2 | 3 | 4 | 5 | 6]>;

const EVERYTHING = ["read", "log", "admin"] as const;
/** How long the key lives that is expired when it is used. */
export const SHORT_LIFE_MS = 1000;

export interface ApiWorld extends World {
  keys: Record<ApiCaller, string | undefined>;
  /** An activity of the participant's that an organiser doubts. */
  doubtedId: Id<"activities">;
}

/** The world of the authorization tests, with keys. The clock has to go on by SHORT_LIFE_MS before they are used. */
export async function newApiWorld(visibility: Visibility): Promise<ApiWorld> {
  const world = await newWorld(visibility);
  const { challengeId, joinCode, otherChallengeId, userIds, t } = world;
  const as = (name: keyof typeof userIds) =>
    t.withIdentity({ subject: `${userIds[name]}|test-session` });
  const make = async (name: keyof typeof userIds, ...scopes: ("read" | "log" | "admin")[]) =>
    (await keyOf({ challengeId }, { as: as(name) }, ...scopes)).key;
  const reader = await make("participant", "read");
  const admin = await make("admin", ...EVERYTHING);
  const revoked = await keyOf({ challengeId }, { as: as("participant") }, "read", "log");
  await as("participant").mutation(api.mutations.apiKeys.revoke, { apiKeyId: revoked.apiKeyId });
  const brief = { challengeId, name: "Brief", scopes: ["read" as const] };
  const expiresAt = Date.now() + SHORT_LIFE_MS;
  const expired = await as("participant").mutation(api.mutations.apiKeys.create, {
    ...brief,
    expiresAt,
  });
  const setRole = async (name: "former" | "outsider", role: "admin" | "participant") =>
    await as("admin").mutation(api.mutations.participants.setRole, {
      challengeId,
      userId: userIds[name],
      role,
    });
  const formerAdmins: Partial<Record<"former" | "outsider", string>> = {};
  for (const name of ["former", "outsider"] as const) {
    await as(name).mutation(api.mutations.challenges.join, { joinCode });
    await setRole(name, "admin");
    formerAdmins[name] = await make(name, ...EVERYTHING);
    await setRole(name, "participant");
  }
  await as("former").mutation(api.mutations.challenges.leave, { challengeId });
  const there = { challengeId: otherChallengeId };
  const keys = {
    anonymous: undefined,
    garbage: "mp_nothing_of_the_kind",
    truncated: reader.slice(0, -1),
    giant: "x".repeat(1_000_000),
    revoked: revoked.key,
    expired: expired.key,
    former: formerAdmins.former,
    elsewhere: (await keyOf(there, { as: as("otherAdmin") }, ...EVERYTHING)).key,
    reader,
    logger: await make("participant", "log"),
    demoted: formerAdmins.outsider,
    organiser: await make("admin", "read", "log"),
    admin,
    adminOnly: await make("admin", "admin"),
  };
  const doubted = { challengeId, activityTypeId: world.activityTypeId, loggedDate: TODAY };
  const { activityId } = await as("participant").mutation(api.mutations.activities.log, {
    ...doubted,
    metrics: km(1),
  });
  const doubt = { activityId, reason: "IMPLAUSIBLE" as const };
  await as("admin").mutation(api.mutations.moderation.flag, doubt);
  return { ...world, keys, doubtedId: activityId };
}

/**
 * What each insider's call ends with: `ok`, `scope` (INSUFFICIENT_SCOPE), `role` (NOT_CHALLENGE_ADMIN), `hidden`
 * (NOT_FOUND), `input` (INVALID_INPUT). The callers before them are refused everywhere alike.
 */
const INSIDERS = CALLERS.slice(7) as Insider[];
const RIGHTS = {
  //           elsewhere reader logger demoted organiser admin adminOnly
  anyKey: /**/ "ok        ok     ok     ok      ok        ok    ok",
  ownList: /**/ "ok       ok     scope  ok      ok        ok    scope",
  readers: /**/ "scope    ok     scope  ok      ok        ok    scope",
  readersOfObject: "hidden ok    scope  ok      ok        ok    scope",
  /** What the participant made. */
  rowReaders: "hidden     ok     scope  role    scope     ok    scope",
  readersOfBob: "scope    role   scope  role    scope     ok    scope",
  loggers: /**/ "scope    scope  ok     ok      ok        ok    scope",
  loggersForBob: "scope   scope  role   role    scope     ok    ok",
  rowOwners: /**/ "hidden scope  ok     role    scope     input input",
  /** What is its person's alone. */
  ownRow: /**/ "hidden    scope  ok     hidden  hidden    hidden scope",
  rowAdmins: /**/ "hidden scope  role   role    scope     ok    ok",
  admins: /**/ "scope     scope  scope  role    scope     ok    ok",
  adminsOfObject: "hidden scope  scope  role    scope     ok    ok",
  /** Of a game that cannot be taken back yet. */
  adminsTooEarly: "hidden scope  scope  role    scope     input input",
  creators: /**/ "ok      scope  scope  role    scope     ok    ok",
} as const;

/** What everybody's call should end with. */
export function outcomesOf(
  right: keyof typeof RIGHTS,
  visibility: Visibility,
): Map<ApiCaller, string> {
  const inside = RIGHTS[right].split(/ +/);
  const outcomes = new Map<ApiCaller, string>(CALLERS.slice(0, 6).map((name) => [name, "key"]));
  outcomes.set("former", visibility === "private" ? "hidden" : "outside");
  for (const [index, name] of INSIDERS.entries()) outcomes.set(name, inside[index] ?? "");
  return outcomes;
}

/** One situation in which an operation is called. */
export interface Case {
  right: keyof typeof RIGHTS;
  params?: Record<string, string | undefined>;
  query?: Record<string, string | undefined>;
  body?: unknown;
}

const reason = "They asked";
const metrics = { distance: { value: 1, unit: "km" } };
const type = {
  scoring: { kind: "perUnit", metric: "distance_m", unit: "km", pointsPerUnit: 4 },
  bonuses: [{ kind: "oncePerDay", points: 5, label: "Out at all" }],
  limits: { maxPerDay: 2, validWeeks: [1, 2] },
  contributesToStreak: true,
};

/** Every operation by its id, with the situations that decide about it. */
export const CASES: Record<string, (world: ApiWorld) => Case[]> = {
  getMe: () => [{ right: "anyKey" }],
  listChallenges: () => [{ right: "ownList" }],
  getChallenge: () => [{ right: "readers" }],
  createChallenge: () => [
    {
      right: "creators",
      body: {
        name: "Autumn",
        startsOn: "2026-09-01",
        endsOn: "2026-09-30",
        timezone: "UTC",
        visibility: "private",
      },
    },
  ],
  updateChallenge: () => [
    { right: "admins", body: { description: "Once around the lake", announcement: "Hi" } },
  ],
  listParticipants: () => [{ right: "readers" }],
  listActivityTypes: () => [{ right: "readers" }],
  createActivityType: () => [{ right: "admins", body: { ...type, name: "Swim" } }],
  updateActivityType: ({ activityTypeId }) => [
    { right: "adminsOfObject", params: { activityTypeId }, body: { name: "Jog", limits: {} } },
  ],
  previewActivityType: ({ activityTypeId }) => [
    { right: "adminsOfObject", params: { activityTypeId }, body: { scoring: type.scoring } },
  ],
  listAchievements: () => [{ right: "readers" }],
  listOwnAchievements: () => [{ right: "readers", query: { today: TODAY } }],
  listActivities: ({ userIds }) => [
    { right: "readers" },
    { right: "readersOfBob", query: { userId: userIds.bob } },
  ],
  logActivity: ({ activityTypeId, userIds }) => {
    const body = { activityTypeId, loggedDate: TODAY, metrics };
    const forBob = { ...body, onBehalfOf: userIds.bob, reason };
    return [
      { right: "loggers", body },
      { right: "loggersForBob", body: forBob },
    ];
  },
  getActivity: ({ rows }) => [{ right: "rowReaders", params: { activityId: rows.participant } }],
  editActivity: ({ rows }) => {
    const params = { activityId: rows.participant };
    return [
      { right: "rowOwners", params, body: { metrics } },
      { right: "rowAdmins", params, body: { notes: "Again", reason } },
    ];
  },
  removeActivity: ({ rows }) => [
    { right: "rowOwners", params: { activityId: rows.participant } },
    { right: "rowAdmins", params: { activityId: rows.bob }, query: { reason } },
  ],
  restoreActivity: ({ removedRows }) => [
    { right: "rowOwners", params: { activityId: removedRows.participant }, body: {} },
    { right: "rowAdmins", params: { activityId: removedRows.bob }, body: { reason } },
  ],
  getLeaderboard: () => [
    { right: "readers" },
    { right: "readers", query: { board: "week", key: "1" } },
  ],
  getStanding: ({ userIds }) => [
    { right: "readers", query: { userId: userIds.bob } },
    { right: "readers", query: { userId: userIds.bob, board: "week", key: "1" } },
  ],
  listPointEvents: ({ userIds }) => [
    { right: "readers" },
    { right: "readersOfBob", query: { userId: userIds.bob } },
  ],
  importActivities: ({ userIds }) => {
    const body = { source: "archive", rows: [importRow] };
    return [
      { right: "loggers", body },
      { right: "loggersForBob", body: { ...body, onBehalfOf: userIds.bob, reason } },
    ];
  },
  previewImport: ({ userIds }) => {
    const body = { source: "archive", rows: [importRow], today: TODAY };
    return [
      { right: "loggers", body },
      { right: "loggersForBob", body: { ...body, onBehalfOf: userIds.bob, reason } },
    ];
  },
  listHeldActivities: ({ userIds }) => [
    { right: "readers" },
    { right: "readersOfBob", query: { userId: userIds.bob } },
  ],
  decideHeldActivity: ({ held }) => {
    const body = { decision: "discard" };
    return [
      { right: "rowOwners", params: { heldId: held.participant }, body },
      { right: "rowAdmins", params: { heldId: held.bob }, body: { ...body, reason } },
    ];
  },
  appealActivity: ({ doubtedId }) => [
    { right: "ownRow", params: { activityId: doubtedId }, body: { text: "It is true" } },
  ],
  listMiniGames: () => [{ right: "readers" }],
  createMiniGame: () => [
    {
      right: "admins",
      body: {
        name: "Another",
        startsOn: "2026-06-15",
        endsOn: "2026-06-21",
        settings: { kind: "prWeek" },
      },
    },
  ],
  getMiniGame: ({ games }) => [{ right: "readersOfObject", params: { gameId: games.draft } }],
  previewMiniGameStart: ({ games }) => [
    { right: "adminsOfObject", params: { gameId: games.draft } },
  ],
  previewMiniGameEnd: ({ games }) => [
    { right: "adminsOfObject", params: { gameId: games.active }, query: { today: TODAY } },
  ],
  startMiniGame: ({ games }) => [
    { right: "adminsOfObject", params: { gameId: games.draft }, body: {} },
  ],
  endMiniGame: ({ games }) => [
    { right: "adminsOfObject", params: { gameId: games.active }, body: {} },
  ],
  cancelMiniGame: ({ games }) => [
    { right: "adminsOfObject", params: { gameId: games.draft }, body: {} },
  ],
  reverseMiniGame: ({ games }) => [
    { right: "adminsTooEarly", params: { gameId: games.active }, body: {} },
  ],
  getHealth: () => [{ right: "admins" }],
  startJob: () => [{ right: "admins", body: { kind: "repair", dryRun: true } }],
  getJob: ({ jobId }) => [{ right: "admins", params: { jobId } }],
  getJobImpact: ({ jobId }) => [{ right: "admins", params: { jobId } }],
  pauseJob: ({ jobId }) => [{ right: "admins", params: { jobId }, body: {} }],
  resumeJob: ({ jobId }) => [{ right: "admins", params: { jobId }, body: {} }],
  cancelJob: ({ jobId }) => [{ right: "admins", params: { jobId }, body: {} }],
};

export const importRow = {
  externalId: "1",
  sport: "Run",
  startedAt: Date.UTC(2026, 5, 9, 8),
  loggedDate: "2026-06-09",
  metrics,
};

/** The address of a call. @param path of the document, with parameters in braces */
export function addressOf(path: string, { challengeId }: ApiWorld, one: Case): string {
  const params: Record<string, string | undefined> = { challengeId, ...one.params };
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ""),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(one.query ?? {})) if (value) query.set(name, value);
  return query.size === 0 ? filled : `${filled}?${query.toString()}`;
}
