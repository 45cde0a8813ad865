import { makeFunctionReference } from "convex/server";
import { api, internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { keepLate, lateOf } from "../lib/stravaLate";
import { recordSkip } from "../lib/stravaSkips";
import { askFor } from "../lib/stravaTasks";
import { sealCtx } from "../lib/tableOwners";
import {
  asNewPerson,
  modules,
  newChallenge,
  setup,
  type TestBackend,
  type TestPerson,
} from "./backend.setup";
import { km, TODAY, TYPES } from "./ledger.setup";

/** Everybody who may call a function, from the furthest outside to the furthest inside. */
export const CALLERS = [
  "anonymous",
  "outsider",
  "former",
  "otherAdmin",
  "participant",
  "admin",
  "platformAdmin",
] as const;
export type Caller = (typeof CALLERS)[number];
export type Person = Exclude<Caller, "anonymous">;
export type Visibility = "public" | "private";

/** One challenge with everybody in their place, and another one with an admin of its own. */
export interface World {
  t: TestBackend;
  callers: Record<Caller, TestPerson | TestBackend>;
  userIds: Record<Person | "bob", Id<"users">>;
  challengeId: Id<"challenges">;
  joinCode: string;
  viewKey: string | undefined;
  /** The view key until somebody left. */
  oldViewKey: string | undefined;
  activityTypeId: Id<"activityTypes">;
  /** An activity of everybody who has one in the challenge: `otherAdmin` has one in the other challenge. */
  rows: Partial<Record<Person | "bob", Id<"activities">>>;
  removedRows: Partial<Record<Person | "bob", Id<"activities">>>;
  /** A key of bob's. */
  apiKeyId: Id<"apiKeys">;
  /** A verification of the challenge that has just begun. */
  jobId: Id<"jobs">;
  achievementId: Id<"achievements">;
  held: Partial<Record<Person | "bob", Id<"heldActivities">>>;
  /** The row of each was found right once, is flagged again and commented on, and they appealed. */
  moderated: Record<"participant" | "bob", Awaited<ReturnType<typeof moderate>>>;
  /** A draft of a mini-game, and one that is played. */
  games: Record<"draft" | "active", Id<"miniGames">>;
  otherChallengeId: Id<"challenges">;
  otherTypeId: Id<"activityTypes">;
  /** Work about Strava that waits. */
  taskId: Id<"stravaTasks">;
  /** An activity of each that arrived late, as if the challenge were closed. */
  late: Record<"participant" | "bob", Id<"stravaLateActivities">>;
  /** An activity of bob's that does not count. */
  skipId: Id<"stravaSkips">;
}

/** Makes the world by the production write path; `former` took part, logged and left. */
export async function newWorld(visibility: Visibility): Promise<World> {
  const t = setup();
  const people = {
    outsider: await newcomer(t, "outsider"),
    former: await newcomer(t, "former"),
    otherAdmin: await newcomer(t, "otherAdmin"),
    participant: await newcomer(t, "participant"),
    bob: await newcomer(t, "bob"),
    admin: await newcomer(t, "admin"),
    platformAdmin: await newcomer(t, "platformAdmin"),
  };
  const email = emailOf("platformAdmin");
  await t.mutation(internal.mutations.admin.makePlatformAdmin, { email });
  const here = await placeOf(people.admin.as, "Summer", visibility);
  const there = await placeOf(people.otherAdmin.as, "Elsewhere", visibility);
  const rows: World["rows"] = {};
  const removedRows: World["rows"] = {};
  const held: World["held"] = {};
  for (const name of ["former", "participant", "bob", "admin"] as const) {
    const { as } = people[name];
    await as.mutation(api.mutations.challenges.join, { joinCode: here.joinCode });
    rows[name] = await logIn(as, here);
    const activityId = await logIn(as, here);
    removedRows[name] = activityId;
    await as.mutation(api.mutations.activities.remove, { activityId });
    held[name] = await holdIn(as, here);
  }
  const moderated = {
    participant: await moderate(people.admin.as, people.participant.as, rows.participant),
    bob: await moderate(people.admin.as, people.bob.as, rows.bob),
  };
  rows.otherAdmin = await logIn(people.otherAdmin.as, there);
  const { challengeId } = here;
  const keyNow = async () =>
    (await people.admin.as.query(api.queries.challenges.get, { challengeId })).viewKey;
  const oldViewKey = await keyNow();
  await people.former.as.mutation(api.mutations.challenges.leave, { challengeId });
  const wish = { challengeId, name: "Watch", scopes: ["read" as const] };
  const { apiKeyId } = await people.bob.as.mutation(api.mutations.apiKeys.create, wish);
  const verify = { challengeId, kind: "verify", dryRun: true } as const;
  const { jobId } = await t.mutation(internal.mutations.maintenance.startInternal, verify);
  const { bob, ...callers } = people;
  return {
    t,
    callers: { anonymous: t, ...mapValues(callers, ({ as }) => as) },
    userIds: mapValues({ bob, ...callers }, ({ userId }) => userId),
    ...here,
    viewKey: await keyNow(),
    oldViewKey,
    rows,
    removedRows,
    apiKeyId,
    jobId,
    achievementId: await achievementIn(people.admin.as, here),
    held,
    moderated,
    games: await gamesIn(t, people.admin.as, challengeId),
    otherChallengeId: there.challengeId,
    otherTypeId: there.activityTypeId,
    taskId: await waitingTask(t),
    late: {
      participant: await lateIn(t, here, people.participant.userId),
      bob: await lateIn(t, here, bob.userId),
    },
    skipId: await skipIn(t, challengeId, bob.userId),
  };
}

/** A world whose challenge, types and activities are missing, while everybody still knows their ids. */
export async function newWorldWithoutChallenge(visibility: Visibility): Promise<World> {
  const world = await newWorld(visibility);
  await world.t.run(async (ctx) => {
    for (const type of await ctx.db.query("activityTypes").collect()) {
      if (type.challengeId === world.challengeId) await ctx.db.delete("activityTypes", type._id);
    }
    for (const row of await ctx.db.query("activities").collect()) {
      if (row.challengeId === world.challengeId) await ctx.db.delete("activities", row._id);
    }
    await ctx.db.delete("apiKeys", world.apiKeyId);
    await ctx.db.delete("achievements", world.achievementId);
    const objects = [
      "heldActivities",
      "appeals",
      "comments",
      "moderationLog",
      "stravaLateActivities",
    ] as const;
    for (const table of objects) {
      for (const row of await ctx.db.query(table).collect()) await ctx.db.delete(table, row._id);
    }
    for (const gameId of Object.values(world.games)) await ctx.db.delete("miniGames", gameId);
    await ctx.db.delete("challenges", world.challengeId);
  });
  return world;
}

type FunctionKind = "query" | "mutation" | "action";

export interface PublicFunction {
  name: string;
  kind: FunctionKind;
  /** Its validators as the deployment gets them. */
  args: ValidatorJson;
  returns: ValidatorJson;
}

/** What of a validator's exported form is looked at; a function without a validator exports null or `any`. */
export type ValidatorJson =
  | { type: "object"; value: Record<string, { fieldType: ValidatorJson }> }
  | { type: "array"; value: ValidatorJson }
  | { type: "union"; value: ValidatorJson[] }
  | { type: "id"; tableName: string }
  | { type: "any" }
  | null;

/** Every function clients can call, read off the modules as they are deployed. */
export async function publicFunctions(): Promise<PublicFunction[]> {
  const found: PublicFunction[] = [];
  for (const [path, load] of Object.entries(modules)) {
    if (path.includes("_generated")) continue;
    const exported = (await load()) as Record<string, unknown>;
    for (const [name, value] of Object.entries(exported)) {
      if (!isPublicFunction(value)) continue;
      const kind = value.isQuery ? "query" : value.isMutation ? "mutation" : "action";
      found.push({
        name: `${path.slice("../".length, -".ts".length)}:${name}`,
        kind,
        args: JSON.parse(value.exportArgs()) as ValidatorJson,
        returns: JSON.parse(value.exportReturns()) as ValidatorJson,
      });
    }
  }
  return found;
}

interface Registered {
  isPublic: boolean;
  isQuery?: boolean;
  isMutation?: boolean;
  exportArgs: () => string;
  exportReturns: () => string;
}

function isPublicFunction(value: unknown): value is Registered {
  return typeof value === "function" && "isPublic" in value && value.isPublic === true;
}

/** Calls a function by its name, as a client does. */
export async function call(
  as: TestPerson | TestBackend,
  { name, kind }: Pick<PublicFunction, "name" | "kind">,
  args: Record<string, unknown>,
): Promise<unknown> {
  if (kind === "query") return await as.query(makeFunctionReference<"query">(name), args);
  if (kind === "action") return await as.action(makeFunctionReference<"action">(name), args);
  return await as.mutation(makeFunctionReference<"mutation">(name), args);
}

/** The names of all fields of a validator, those inside objects and lists after their path: `page`, `page.rank`. */
export function fieldsOf(validator: ValidatorJson, path = ""): string[] {
  switch (validator?.type) {
    case "object":
      return Object.entries(validator.value).flatMap(([name, { fieldType }]) => [
        `${path}${name}`,
        ...fieldsOf(fieldType, `${path}${name}.`),
      ]);
    case "array":
      return fieldsOf(validator.value, path);
    case "union":
      return validator.value.flatMap((member) => fieldsOf(member, path));
    default:
      return [];
  }
}

/** Work about Strava, asked for as an event would. */
async function waitingTask(t: TestBackend): Promise<Id<"stravaTasks">> {
  return await t.run(async (raw) => {
    const ctx = sealCtx(raw);
    await askFor(ctx, { athleteId: "1", kind: "list", objectId: "1", isLive: false });
    const task = await ctx.db.query("stravaTasks").first();
    if (task === null) throw new Error("nothing was asked for");
    return task._id;
  });
}

/** An activity that arrived late, as a worker lists it. */
async function lateIn(
  t: TestBackend,
  { challengeId, activityTypeId }: Place,
  userId: Id<"users">,
): Promise<Id<"stravaLateActivities">> {
  return await t.run(async (raw) => {
    const ctx = sealCtx(raw);
    const challenge = await ctx.db.get("challenges", challengeId);
    if (challenge === null) throw new Error("no challenge");
    const startedAt = Date.parse(`${TODAY}T08:00:00Z`);
    const row = { externalId: "6", sport: "Run", startedAt, loggedDate: TODAY, metrics: km(9) };
    const verb = { challenge, userId, actor: { kind: "strava" as const, userId } };
    await keepLate(ctx, verb, { row, activityTypeId });
    const late = await lateOf(ctx, { challengeId, userId, externalId: "6" });
    if (late === null) throw new Error("it is not late");
    return late._id;
  });
}

/** An activity that does not count, as a worker keeps it. */
async function skipIn(
  t: TestBackend,
  challengeId: Id<"challenges">,
  userId: Id<"users">,
): Promise<Id<"stravaSkips">> {
  return await t.run(async (raw) => {
    const ctx = sealCtx(raw);
    const startedAt = Date.parse(`${TODAY}T08:00:00Z`);
    const row = { externalId: "5", sport: "Curling", startedAt, loggedDate: TODAY, metrics: {} };
    const reason = "UNMAPPED_SPORT" as const;
    await recordSkip(ctx, { challengeId, userId, athleteId: "1", row, reason });
    const skip = await ctx.db.query("stravaSkips").first();
    if (skip === null) throw new Error("nothing was kept");
    return skip._id;
  });
}

const emailOf = (name: string) => `${name.toLowerCase()}@example.org`;

const newcomer = (t: TestBackend, name: string) =>
  asNewPerson(t, name, { timezone: "UTC", email: emailOf(name) });

type Place = Pick<World, "challengeId" | "joinCode" | "activityTypeId">;

async function placeOf(as: TestPerson, name: string, visibility: Visibility): Promise<Place> {
  const made = await newChallenge(as, { name, visibility });
  const args = { challengeId: made.challengeId, ...TYPES.run };
  const { activityTypeId } = await as.mutation(api.mutations.activityTypes.create, args);
  return { ...made, activityTypeId };
}

async function achievementIn(as: TestPerson, { challengeId, activityTypeId }: Place) {
  const criteria = { kind: "count" as const, activityTypeIds: [activityTypeId], times: 3 };
  const wish = { name: "Three runs", criteria, frequency: "oncePerChallenge" as const, points: 10 };
  const args = { challengeId, ...wish };
  return (await as.mutation(api.mutations.achievements.create, args)).achievementId;
}

async function gamesIn(t: TestBackend, as: TestPerson, challengeId: Id<"challenges">) {
  const wish = { challengeId, startsOn: "2026-06-08", endsOn: "2026-06-14" };
  const settings = { kind: "huntWeek" as const };
  const { create, start } = api.mutations.miniGames;
  const draft = await as.mutation(create, { ...wish, name: "Draft", settings });
  const active = await as.mutation(create, { ...wish, name: "Played", settings });
  await as.mutation(start, active);
  const game = await t.run(async (ctx) => await ctx.db.get("miniGames", active.gameId));
  const snapshotId = game?.startSnapshotId;
  if (!snapshotId) throw new Error("no snapshot");
  await t.action(internal.integrations.snapshots.take, { snapshotId, run: 1 });
  return { draft: draft.gameId, active: active.gameId };
}

async function logIn(as: TestPerson, { challengeId, activityTypeId }: Place) {
  const metrics = km(1);
  const deed = { challengeId, activityTypeId, loggedDate: TODAY, metrics };
  return (await as.mutation(api.mutations.activities.log, deed)).activityId;
}

/** Imports a row that looks like the one that is there. */
async function holdIn(as: TestPerson, { challengeId }: Place) {
  const startedAt = Date.parse(`${TODAY}T08:00:00Z`);
  const row = { externalId: "twin", sport: "Run", startedAt, loggedDate: TODAY, metrics: km(1) };
  const args = { challengeId, source: "archive" as const, rows: [row] };
  await as.mutation(api.mutations.imports.importActivities, args);
  const [held] = await as.query(api.queries.moderation.held, { challengeId });
  if (held === undefined) throw new Error("not held");
  return held.heldId;
}

/** Flags a row, decides that once, and comments on it; its person appeals. */
async function moderate(admin: TestPerson, owner: TestPerson, activityId?: Id<"activities">) {
  if (activityId === undefined) throw new Error("no row");
  const { flag, decideFlags, comment, appeal } = api.mutations.moderation;
  const doubt = { activityId, reason: "IMPLAUSIBLE" as const, text: "Hm" };
  await admin.mutation(flag, doubt);
  const decision = { activityId, decision: { kind: "dismiss" as const }, reason: "Seen it" };
  const { decisionId } = await admin.mutation(decideFlags, decision);
  await admin.mutation(flag, doubt);
  const text = "Between us";
  const { commentId } = await admin.mutation(comment, { activityId, audience: "admins", text });
  const { appealId } = await owner.mutation(appeal, { activityId, text: "It is true" });
  return { commentId, appealId, decisionId };
}

function mapValues<Key extends string, In, Out>(
  record: Record<Key, In>,
  map: (value: In) => Out,
): Record<Key, Out> {
  const entries = Object.entries<In>(record).map(([key, value]) => [key, map(value)]);
  return Object.fromEntries(entries) as Record<Key, Out>;
}
