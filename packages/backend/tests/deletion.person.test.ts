import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import type { TableNames } from "../_generated/dataModel";
import { refusalOf } from "../lib/errors";
import { refusalFrom, refusedUnchanged } from "./backend.setup";
import {
  ATHLETE,
  type BusyScene,
  deleteZora,
  deletionJob,
  findingsIn,
  newBusyScene,
  SECRET,
  tablesOf,
  TABLES,
  textOf,
  ZORA,
} from "./deletion.setup";
import { stepOnce } from "./jobs.setup";
import { log, standAtNoon } from "./ledger.setup";
import { asHolder, signUp, stubSignInEnvironment } from "./signIn.setup";

beforeAll(stubSignInEnvironment);
beforeEach(async () => {
  standAtNoon();
  await stubSignInEnvironment();
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** What stays about a deleted person: without points, with kept points as well, or nothing. */
const LEFT: Record<TableNames, "always" | "withPoints" | "never"> = {
  // An empty user, a tombstone, and what others did or saw.
  users: "always",
  people: "always",
  jobs: "always",
  // How far an evaluation got: the id of the last one.
  achievementEvaluations: "always",
  snapshotRows: "always",
  miniGameResults: "always",
  moderationLog: "always",
  flags: "always",
  pointEvents: "always",
  participations: "withPoints",
  activities: "withPoints",
  standings: "withPoints",
  dayTotals: "withPoints",
  boardTotals: "withPoints",
  achievementProgress: "withPoints",
  // Who asked for the last one of a challenge.
  stravaRescores: "always",
  authSessions: "never",
  authAccounts: "never",
  authRefreshTokens: "never",
  authVerificationCodes: "never",
  authVerifiers: "never",
  authRateLimits: "never",
  challenges: "never",
  challengeKeys: "never",
  activityTypes: "never",
  activityTypeVersions: "never",
  sportMappings: "never",
  achievements: "never",
  eventNotes: "never",
  rankWalks: "never",
  idempotencyKeys: "never",
  apiKeys: "never",
  apiRequests: "never",
  apiKeyUses: "never",
  notifications: "never",
  jobFindings: "never",
  stravaConnections: "never",
  stravaLinks: "never",
  stravaGrants: "never",
  stravaSubscriptions: "never",
  stravaEvents: "never",
  stravaOutcomes: "never",
  stravaTasks: "never",
  stravaBudgets: "never",
  stravaSkips: "never",
  stravaLateActivities: "never",
  stravaRawRows: "never",
  stravaPurges: "never",
  flaggers: "never",
  heldActivities: "never",
  appeals: "never",
  comments: "never",
  miniGames: "never",
  miniGameWork: "never",
  snapshots: "never",
};
/** Tables the scene has to have something about Zora in, for the test to say anything. */
const FILLED: TableNames[] = [
  "users",
  "people",
  "snapshotRows",
  "miniGameResults",
  "moderationLog",
  "flags",
  "pointEvents",
  "participations",
  "activities",
  "standings",
  "dayTotals",
  "boardTotals",
  "achievementProgress",
  "authSessions",
  "authAccounts",
  "idempotencyKeys",
  "apiKeys",
  "apiRequests",
  "apiKeyUses",
  "notifications",
  "stravaConnections",
  "stravaLinks",
  "stravaGrants",
  "stravaLateActivities",
  "heldActivities",
  "appeals",
  "comments",
];

const mentions = async ({ t, zora }: BusyScene): Promise<string[]> => {
  const tables = await tablesOf(t);
  return TABLES.filter((table) =>
    tables[table]?.some((row) => textOf(row).includes(`"${zora.userId}"`)),
  ).sort();
};

/** Rows anywhere, of the components too, in which a word of Zora's is left. */
async function secretsIn({ t }: BusyScene): Promise<string[]> {
  const found = Object.entries(await tablesOf(t)).flatMap(([table, rows]) =>
    rows.map((row) => `${table} ${textOf(row)}`),
  );
  const words = [SECRET, SECRET.toLowerCase(), ATHLETE];
  return found.filter((row) => words.some((word) => row.includes(word)));
}

const account = async ({ t, challengeId, zora }: BusyScene) =>
  await t.run(async (ctx) => {
    const standings = await ctx.db.query("standings").collect();
    return standings.find((row) => row.challengeId === challengeId && row.userId === zora.userId);
  });

describe("K4 deleting one's account", () => {
  test("the scene has something about the person in every table that can", async () => {
    const scene = await newBusyScene();
    expect(await mentions(scene)).toEqual(expect.arrayContaining(FILLED));
    const secrets = await secretsIn(scene);
    const tables = new Set(secrets.map((row) => row.split(" ")[0]));
    expect([...tables]).toEqual(
      expect.arrayContaining(["users", "people", "activities", "eventNotes", "flags", "comments"]),
    );
  });

  test("keeps the points, without a name, and nothing else", async () => {
    const scene = await newBusyScene();
    const { t, challengeId } = scene;
    const before = await account(scene);
    await deleteZora(scene, "keep");
    expect(await secretsIn(scene)).toEqual([]);
    const left = TABLES.filter((table) => LEFT[table] !== "never");
    expect((await mentions(scene)).filter((table) => !left.includes(table as TableNames))).toEqual(
      [],
    );
    expect(await account(scene)).toMatchObject({ totalPoints: before?.totalPoints, listed: true });
    const board = await t.query(api.queries.leaderboards.page, { challengeId, cursor: null });
    expect(board.page[0]).toMatchObject({ displayName: "Former participant" });
    expect(await findingsIn(scene)).toEqual([]);
  });

  test("removes the points with everything they came from", async () => {
    const scene = await newBusyScene();
    const { t, challengeId } = scene;
    await deleteZora(scene, "remove");
    expect(await secretsIn(scene)).toEqual([]);
    const left = TABLES.filter((table) => LEFT[table] === "always");
    expect((await mentions(scene)).filter((table) => !left.includes(table as TableNames))).toEqual(
      [],
    );
    const board = await t.query(api.queries.leaderboards.page, { challengeId, cursor: null });
    expect(board.page.map(({ displayName }) => displayName).sort()).toEqual([
      "Ada",
      "Bob",
      "Olga Organiser",
    ]);
    expect(await findingsIn(scene)).toEqual([]);
  });

  test("F6 refuses the very next call, and the replay of the request", async () => {
    const scene = await newBusyScene();
    const { t, zora, challengeId } = scene;
    const args = { points: "keep" as const, confirm: ` ${ZORA.email.toUpperCase()} ` };
    await zora.as.mutation(api.mutations.viewer.deleteAccount, args);
    for (const call of [
      async () => await zora.as.mutation(api.mutations.viewer.deleteAccount, args),
      async () => await zora.as.query(api.queries.challenges.mine, {}),
      async () => await log(scene, zora),
    ])
      await refusedUnchanged(t, "NOT_SIGNED_IN", call);
    const tables = await tablesOf(t);
    for (const table of ["authSessions", "authAccounts", "authRefreshTokens", "apiKeys"])
      expect(tables[table]?.filter((row) => textOf(row).includes(zora.userId))).toEqual([]);
    expect(tables.stravaConnections).toEqual([]);
    const board = await t.query(api.queries.leaderboards.page, { challengeId, cursor: null });
    expect(textOf(board)).not.toContain(SECRET);
  });

  test("is refused for the only admin of a challenge, and for another name", async () => {
    const scene = await newBusyScene();
    const { t, zora, admin, challengeId } = scene;
    const { setRole } = api.mutations.participants;
    await admin.as.mutation(setRole, { challengeId, userId: zora.userId, role: "participant" });
    const { deleteAccount } = api.mutations.viewer;
    const own = { points: "keep" as const, confirm: "Olga Organiser" };
    const refusal = await refusedUnchanged(t, "LIMIT_REACHED", () =>
      admin.as.mutation(deleteAccount, own),
    );
    expect(refusal).toMatchObject({ limit: "lastAdmin", challengeId });
    await refusedUnchanged(t, "INVALID_INPUT", () =>
      zora.as.mutation(deleteAccount, { ...own, confirm: "Zora" }),
    );
  });

  test("K5 the same address signs up as somebody new, without any old right", async () => {
    const scene = await newBusyScene();
    const { t, challengeId, zora } = scene;
    await deleteZora(scene, "keep");
    const again = asHolder(t, await signUp(t, ZORA));
    const viewer = await again.query(api.queries.viewer.get, {});
    expect(viewer?.userId).not.toBe(zora.userId);
    expect(await again.query(api.queries.challenges.mine, {})).toEqual([]);
    const refusal = await refusalFrom(again.query(api.queries.maintenance.health, { challengeId }));
    expect(refusal.code).toBe("NOT_PARTICIPANT");
  });

  const AFTER = {
    keep: { shown: "Former participant", codes: ["ok", "ok"] },
    remove: { shown: "Deleted participant", codes: ["NOT_FOUND", "NOT_FOUND"] },
  };
  test.each(["keep", "remove"] as const)(
    "K8 every page renders afterwards (%s)",
    async (points) => {
      const scene = await newBusyScene();
      const { admin, challengeId, zora, zoraRow, t } = scene;
      await deleteZora(scene, points);
      const pages = textOf(await pagesOf(scene));
      expect(pages).not.toContain(SECRET);
      expect(pages).toContain(AFTER[points].shown);
      const codes = [
        await codeOf(admin.as.query(api.queries.moderation.review, { activityId: zoraRow })),
        await codeOf(t.query(api.queries.profiles.get, { challengeId, userId: zora.userId })),
      ];
      expect(codes).toEqual(AFTER[points].codes);
    },
  );
});

/** How a call ended: `ok`, or the code of its refusal. */
async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "ok";
  } catch (error) {
    return refusalOf(error)?.code ?? String(error);
  }
}

/** Every page that names people, as others see it. */
async function pagesOf({ t, admin, bob, challengeId }: BusyScene): Promise<unknown[]> {
  const { moderation, miniGames, leaderboards, participants } = api.queries;
  const paginationOpts = { numItems: 50, cursor: null };
  const games = await admin.as.query(miniGames.list, { challengeId });
  const results = games.map(
    async ({ gameId }) => await t.query(miniGames.results, { gameId, cursor: null }),
  );
  return [
    games,
    await Promise.all(results),
    await admin.as.query(moderation.flags, { challengeId, paginationOpts }),
    await admin.as.query(moderation.appeals, { challengeId, paginationOpts }),
    await admin.as.query(moderation.log, { challengeId, paginationOpts }),
    await admin.as.query(moderation.held, { challengeId }),
    await admin.as.query(leaderboards.page, { challengeId, cursor: null }),
    await t.query(participants.search, { challengeId, prefix: "z" }),
    await bob.as.query(api.queries.notifications.mine, { paginationOpts }),
  ];
}

describe("the job", () => {
  /** Everything but what tells when the job ran, and what is drawn by lot. */
  const outcome = async (scene: BusyScene) => {
    const tables = await tablesOf(scene.t);
    const compared = TABLES.filter((table) => !["jobs", "stravaSubscriptions"].includes(table));
    const chance = /"(joinCode|viewKey|erasedAt)":("\w+"|\d+)/g;
    const rows = (table: string) =>
      (tables[table] ?? []).map((row) => textOf(row).replaceAll(chance, ""));
    return Object.fromEntries(compared.map((table) => [table, rows(table)]));
  };

  test.each(["keep", "remove"] as const)(
    "ends the same, killed at every step (%s)",
    async (points) => {
      const calm = await newBusyScene();
      const { boundaries } = await deleteZora(calm, points);
      vi.useRealTimers();
      standAtNoon();
      const shaken = await newBusyScene();
      const { maintenance } = internal.mutations;
      await deleteZora(shaken, points, async (_, jobId) => {
        const { t } = shaken;
        const job = await t.run(async (ctx) => await ctx.db.get("jobs", jobId));
        await t.mutation(maintenance.pauseInternal, { jobId });
        await t.mutation(maintenance.step, { jobId, ticket: job?.ticket ?? 0 });
        await t.mutation(maintenance.resumeInternal, { jobId });
      });
      expect(boundaries).toBeGreaterThan(10);
      expect(await outcome(shaken)).toEqual(await outcome(calm));
    },
  );

  test.each(["keep", "remove"] as const)(
    "leaves others alone who go on meanwhile (%s)",
    async (points) => {
      const scene = await newBusyScene();
      const { bob, ada, admin, zora } = scene;
      await deleteZora(scene, points, async (boundary) => {
        await log(scene, boundary % 2 === 0 ? bob : ada, { type: "rest" }).catch(() => null);
        if (boundary % 5 === 0) {
          const forZora = log(scene, admin, { onBehalfOf: zora.userId, reason: "Late" });
          // Until the part is ended it is there; what is written then is erased as well.
          await forZora.catch(() => null);
        }
      });
      expect(await findingsIn(scene)).toEqual([]);
      const tables = await tablesOf(scene.t);
      const of = (table: string) =>
        (tables[table] ?? []).filter((row) => row["userId"] === zora.userId);
      const left = [
        of("activities").length > 0,
        of("standings").length,
        of("participations").length,
      ];
      expect(left).toEqual(points === "keep" ? [true, 1, 1] : [false, 0, 0]);
    },
  );

  test("tells the admin of the platform who asked for it", async () => {
    const scene = await newBusyScene();
    const { t, admin, zora } = scene;
    await t.run(async (ctx) => {
      const people = await ctx.db.query("people").collect();
      const olga = people.find(({ userId }) => userId === admin.userId);
      if (olga) await ctx.db.patch("people", olga._id, { isPlatformAdmin: true });
    });
    const wish = { userId: zora.userId, points: "keep" as const, confirm: ZORA.name };
    await admin.as.mutation(api.mutations.people.delete, wish);
    const missing = () => admin.as.mutation(api.mutations.people.delete, wish);
    expect(await refusedUnchanged(t, "NOT_FOUND", missing)).toMatchObject({ what: "person" });
    const jobId = await deletionJob(t);
    let job = await stepOnce(t, jobId);
    while (job.status === "running") job = await stepOnce(t, jobId);
    const paginationOpts = { numItems: 10, cursor: null };
    const news = await admin.as.query(api.queries.notifications.mine, { paginationOpts });
    expect(textOf(news)).toContain('"job":"deletePerson","kind":"jobEnded","status":"completed"');
  });
});
