import type { FunctionArgs } from "convex/server";
import { vi } from "vitest";
import { api } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { Metrics } from "../tables/scoring";
import {
  asNewPerson,
  newChallenge,
  setup,
  type TestBackend,
  type TestPerson,
} from "./backend.setup";

type NewType = Omit<FunctionArgs<typeof api.mutations.activityTypes.create>, "challengeId">;

/** The types of a test challenge. */
export const TYPES = {
  /** 10 points a km. */
  run: {
    name: "Run",
    catalogueKey: "run",
    contributesToStreak: true,
    category: "Moving",
    scoring: { kind: "perUnit", metric: "distance_m", unit: "km", pointsPerUnit: 10 },
  },
  /** 5 points, alone too few for the streak; twice a day at most. */
  stretch: {
    name: "Stretch",
    contributesToStreak: true,
    scoring: { kind: "fixed", points: 5 },
    limits: { maxPerDay: 2 },
  },
  /** Takes 5 points a piece and does not touch the streak. */
  drink: {
    name: "Drink",
    contributesToStreak: false,
    category: "Treats",
    isNegative: true,
    scoring: { kind: "perUnit", metric: "count", unit: "each", pointsPerUnit: 5 },
  },
  /** 20 points, in the second week (8 to 14 June) only. */
  hike: {
    name: "Hike",
    contributesToStreak: true,
    category: "Moving",
    scoring: { kind: "fixed", points: 20 },
    limits: { validWeeks: [2] },
  },
  /** No points. */
  rest: {
    name: "Rest",
    contributesToStreak: false,
    scoring: { kind: "fixed", points: 0 },
  },
} satisfies Record<string, NewType>;
export type TypeName = keyof typeof TYPES;

/** Somebody of a test, signed in. */
export interface Member {
  as: TestPerson;
  userId: Id<"users">;
}

/** A challenge of June 2026 (UTC) with an organiser and two participants; it is noon of 10 June. */
export interface Scene {
  t: TestBackend;
  challengeId: Id<"challenges">;
  admin: Member;
  ada: Member;
  bob: Member;
  types: Record<TypeName, Id<"activityTypes">>;
}

export const TODAY = "2026-06-10";
export const YESTERDAY = "2026-06-09";

/**
 * Makes the clock stand at noon of 10 June 2026 (UTC). Timers stand too, so that the worker of the ranks runs in
 * `settled` only and never between two snapshots.
 */
export function standAtNoon(): void {
  vi.useFakeTimers({
    toFake: ["Date", "setTimeout", "clearTimeout"],
    now: new Date("2026-06-10T12:00:00Z"),
  });
}

/** A challenge with people and types; `fields` replace its settings. */
export async function newScene(
  fields: Partial<FunctionArgs<typeof api.mutations.challenges.create>> = {},
  t: TestBackend = setup(),
): Promise<Scene> {
  const admin = await asNewPerson(t, "Olga Organiser", { timezone: "UTC" });
  const { challengeId, joinCode } = await newChallenge(admin.as, fields);
  const ids: Array<[string, Id<"activityTypes">]> = [];
  for (const [name, type] of Object.entries<NewType>(TYPES)) {
    const args = { challengeId, ...type };
    const made = await admin.as.mutation(api.mutations.activityTypes.create, args);
    ids.push([name, made.activityTypeId]);
  }
  const ada = await joined(t, joinCode, "Ada");
  const bob = await joined(t, joinCode, "Bob");
  return { t, challengeId, admin, ada, bob, types: Object.fromEntries(ids) as Scene["types"] };
}

/** Somebody new who joins by the code. */
export async function joined(t: TestBackend, joinCode: string, name: string): Promise<Member> {
  const member = await asNewPerson(t, name, { timezone: "UTC" });
  await member.as.mutation(api.mutations.challenges.join, { joinCode });
  return member;
}

/** Logs for somebody, by default 1.2 km of running today: 12 points. */
export async function log(
  scene: Scene,
  who: Member,
  deed: {
    type?: TypeName;
    loggedDate?: string;
    metrics?: Metrics;
    notes?: string;
    requestId?: string;
    reason?: string;
    onBehalfOf?: Id<"users">;
  } = {},
) {
  const { type = "run", loggedDate = TODAY, metrics = km(1.2), ...rest } = deed;
  return await who.as.mutation(api.mutations.activities.log, {
    challengeId: scene.challengeId,
    activityTypeId: scene.types[type],
    loggedDate,
    metrics: type === "run" || deed.metrics ? metrics : {},
    ...rest,
  });
}

/** Metrics of so many kilometres. */
export function km(length: number): Metrics {
  return { distance_m: Math.round(length * 1000) };
}

/** A UUID that is different for every number. */
export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, "0")}`;
}

/** Lets the queued ranks be applied; the clock goes on a few seconds until their worker sleeps. */
export async function settled(t: TestBackend): Promise<void> {
  await t.finishAllScheduledFunctions(() => vi.advanceTimersByTime(250));
}

/** What the ledger holds about somebody. */
export async function accountOf({ t, challengeId }: Scene, { userId }: Member) {
  const owned = <Row extends { challengeId: string; userId: string }>(rows: Row[]) =>
    rows.filter((row) => row.challengeId === challengeId && row.userId === userId);
  return await t.run(async (ctx) => {
    const [standing] = owned(await ctx.db.query("standings").collect());
    if (standing === undefined) throw new Error("no standing");
    return {
      standing,
      rows: owned(await ctx.db.query("activities").collect()),
      days: owned(await ctx.db.query("dayTotals").collect()),
      boards: owned(await ctx.db.query("boardTotals").collect()),
      events: owned(await ctx.db.query("pointEvents").collect()).sort((a, b) => a.seq - b.seq),
      notes: await ctx.db.query("eventNotes").collect(),
    };
  });
}

/** One row as it is stored. */
export async function rowOf(
  t: TestBackend,
  activityId: Id<"activities">,
): Promise<Doc<"activities">> {
  const row = await t.run(async (ctx) => await ctx.db.get("activities", activityId));
  if (row === null) throw new Error("no such row");
  return row;
}
