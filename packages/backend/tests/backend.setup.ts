import aggregate from "@convex-dev/aggregate/test";
import batchWorker from "@convex-dev/batch-worker/test";
import rateLimiter from "@convex-dev/rate-limiter/test";
import workpool from "@convex-dev/workpool/test";
import { convexTest, type TestConvex } from "convex-test";
import type { FunctionArgs, GenericDataModel, GenericMutationCtx } from "convex/server";
import { expect } from "vitest";
import { api, internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { refusalOf, type ErrorCode, type Refusal } from "../lib/errors";
import schema from "../schema";

type Modules = Record<string, () => Promise<unknown>>;

export const modules: Modules = import.meta.glob([
  "../**/*.ts",
  "../_generated/*.js",
  "!../**/*.test.ts",
  "!../**/*.setup.ts",
  "!../**/*.config.ts",
  "!../node_modules/**",
]);

export type TestBackend = TestConvex<typeof schema>;

/** A signed-in person: the same backend, called with their identity. */
export type TestPerson = ReturnType<TestBackend["withIdentity"]>;

/** The aggregates, each with the worker behind its queued writes. */
const AGGREGATES = ["activityPointsAggregate", "standingsRank"];

/**
 * An empty backend with all components and with Convex's limits per transaction enforced.
 *
 * @param extra further modules by path (`../x.ts`), for tests that register functions of their own
 */
export function setup(extra: Modules = {}): TestBackend {
  const t = convexTest({ schema, modules: { ...modules, ...extra }, transactionLimits: true });
  for (const name of AGGREGATES) {
    aggregate.register(t, name);
    batchWorker.register(t, `${name}/batchWorker`);
  }
  rateLimiter.register(t);
  workpool.register(t);
  return t;
}

/** Makes a person the way the seed does, and the backend as that person calls it. */
export async function asNewPerson(
  t: TestBackend,
  displayName: string,
  options: { timezone?: string; isDemo?: boolean; email?: string } = {},
): Promise<{ as: TestPerson; userId: Id<"users"> }> {
  const { userId } = await t.mutation(internal.mutations.admin.createPerson, {
    displayName,
    ...options,
  });
  return { as: asUser(t, userId), userId };
}

/** The backend as this user calls it. */
export function asUser(t: TestBackend, userId: Id<"users">): TestPerson {
  return t.withIdentity({ subject: `${userId}|test-session` });
}

/** Makes a challenge of June 2026 whose caller is its admin; `fields` replace its settings. */
export async function newChallenge(
  as: TestPerson,
  fields: Partial<FunctionArgs<typeof api.mutations.challenges.create>> = {},
): Promise<{ challengeId: Id<"challenges">; joinCode: string }> {
  return await as.mutation(api.mutations.challenges.create, {
    name: "Summer",
    startsOn: "2026-06-01",
    endsOn: "2026-06-30",
    timezone: "UTC",
    visibility: "public",
    ...fields,
  });
}

type RunInComponent = (
  path: string,
  handler: (ctx: GenericMutationCtx<GenericDataModel>) => Promise<unknown[][]>,
) => Promise<unknown[][]>;

/** The tables of a snapshot, by the path of their component; the app's is empty. */
const SNAPSHOT: Record<string, string[]> = { "": Object.keys(schema.tables) };
for (const name of AGGREGATES) {
  SNAPSHOT[name] = Object.keys(aggregate.schema.tables);
  SNAPSHOT[`${name}/batchWorker`] = Object.keys(batchWorker.schema.tables);
}

/**
 * Every row of every table of the app and of the aggregates, for comparing before and after. Rate-limit counters are
 * left out: a refused call may have been counted.
 */
export async function snapshotTables(t: TestBackend): Promise<Record<string, unknown[]>> {
  // convex-test has it, its types do not.
  const { runInComponent } = t as unknown as { runInComponent: RunInComponent };
  const tables: Record<string, unknown[]> = {};
  for (const [path, names] of Object.entries(SNAPSHOT)) {
    // One transaction reads them all: starting one costs more than reading a table of a test.
    const all = await runInComponent(path, async ({ db }) => {
      const rows: unknown[][] = [];
      for (const name of names) rows.push(await db.query(name).collect());
      return rows;
    });
    for (const [index, name] of names.entries())
      tables[path === "" ? name : `${path}:${name}`] = all[index] ?? [];
  }
  return tables;
}

/** The refusal a call ended with; throws when the call succeeded or failed otherwise. */
export async function refusalFrom(call: Promise<unknown>): Promise<Refusal> {
  let result: unknown;
  try {
    result = await call;
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    return refusal;
  }
  throw new Error(`expected a refusal, got ${JSON.stringify(result)}`);
}

/**
 * The refusal a call ended with, after checking its code and that no table changed.
 *
 * @param call made inside, so that the tables are read before it
 */
export async function refusedUnchanged(
  t: TestBackend,
  code: ErrorCode,
  call: () => Promise<unknown>,
): Promise<Refusal> {
  const before = await snapshotTables(t);
  const refusal = await refusalFrom(call());
  expect(refusal).toMatchObject({ code });
  expect(await snapshotTables(t), `tables after a call refused with ${code}`).toEqual(before);
  return refusal;
}
