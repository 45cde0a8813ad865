import type { DocumentByName, WithOptionalSystemFields, WithoutSystemFields } from "convex/server";
import type { DataModel, Id, TableNames } from "../_generated/dataModel";
import type { DatabaseReader, DatabaseWriter, MutationCtx, QueryCtx } from "../_generated/server";

/**
 * The one file that writes each table. Types, the run-time guard, the tidy test and the README's table are
 * derived from it; a table without an owner does not compile.
 */
export const TABLE_OWNERS = {
  users: "auth.ts",
  authSessions: "auth.ts",
  authAccounts: "auth.ts",
  authRefreshTokens: "auth.ts",
  authVerificationCodes: "auth.ts",
  authVerifiers: "auth.ts",
  authRateLimits: "auth.ts",
  people: "lib/people.ts",
  challenges: "lib/challenges.ts",
  challengeKeys: "lib/challenges.ts",
  participations: "lib/participations.ts",
  activityTypes: "lib/activityTypes.ts",
  activityTypeVersions: "lib/activityTypes.ts",
  sportMappings: "lib/sportMappings.ts",
  activities: "lib/activityWrites.ts",
  achievements: "lib/achievements.ts",
  achievementProgress: "lib/achievements.ts",
  achievementEvaluations: "lib/achievements.ts",
  pointEvents: "lib/pointLedger.ts",
  eventNotes: "lib/pointLedger.ts",
  standings: "lib/pointLedger.ts",
  dayTotals: "lib/pointLedger.ts",
  boardTotals: "lib/pointLedger.ts",
  rankWalks: "lib/rankWalks.ts",
  idempotencyKeys: "lib/idempotency.ts",
  apiKeys: "lib/apiKeys.ts",
  apiRequests: "lib/apiRequests.ts",
  apiKeyUses: "lib/apiRequests.ts",
  notifications: "lib/notifications.ts",
  jobs: "lib/jobs.ts",
  jobFindings: "lib/jobs.ts",
  stravaConnections: "lib/stravaConnections.ts",
  stravaLinks: "lib/stravaConnections.ts",
  stravaGrants: "lib/stravaConnections.ts",
  stravaSubscriptions: "lib/stravaInbox.ts",
  stravaEvents: "lib/stravaInbox.ts",
  stravaOutcomes: "lib/stravaOutcomes.ts",
  stravaTasks: "lib/stravaTasks.ts",
  stravaBudgets: "lib/stravaBudget.ts",
  stravaSkips: "lib/stravaSkips.ts",
  stravaLateActivities: "lib/stravaLate.ts",
  stravaRawRows: "lib/stravaRaw.ts",
  stravaPurges: "lib/stravaPurge.ts",
  stravaRescores: "lib/stravaRescores.ts",
  flags: "lib/flags.ts",
  flaggers: "lib/flags.ts",
  heldActivities: "lib/heldActivities.ts",
  appeals: "lib/appeals.ts",
  comments: "lib/comments.ts",
  moderationLog: "lib/moderationLog.ts",
  miniGames: "lib/games.ts",
  miniGameWork: "lib/gameSteps.ts",
  miniGameResults: "lib/gameSteps.ts",
  snapshots: "lib/snapshots.ts",
  snapshotRows: "lib/snapshots.ts",
} as const satisfies Record<TableNames, string>;

declare const sealed: unique symbol;

/** The database a mutation's handler gets: reads only. Writes go through `openTable` in the table's owner file. */
export interface SealedDb extends DatabaseReader {
  readonly [sealed]: true;
}

/** What every function may read with: a query's ctx, or a mutation's. */
export type ReadCtx = QueryCtx;

/** A mutation's ctx whose database is sealed. */
export type WriteCtx = Omit<MutationCtx, "db"> & { db: SealedDb };

/** Writes one table and nothing else. */
export interface TableWriter<Table extends TableNames> {
  insert(value: WithoutSystemFields<DocumentByName<DataModel, Table>>): Promise<Id<Table>>;
  patch(id: Id<Table>, value: Partial<DocumentByName<DataModel, Table>>): Promise<void>;
  replace(
    id: Id<Table>,
    value: WithOptionalSystemFields<DocumentByName<DataModel, Table>>,
  ): Promise<void>;
  delete(id: Id<Table>): Promise<void>;
}

/** The raw writer behind each sealed database; private to this file, so that nobody else can unseal one. */
const rawWriters = new WeakMap<SealedDb, DatabaseWriter>();

function throwOwned(table: string): never {
  const owner = Object.hasOwn(TABLE_OWNERS, table)
    ? TABLE_OWNERS[table as TableNames]
    : "nobody: add it to TABLE_OWNERS";
  throw new Error(`table ${table} is written only by ${owner}`);
}

/** The table an id belongs to, for the forms of patch, replace and delete that name only the id. */
function tableOfId(raw: DatabaseWriter, id: string): string {
  const tables = Object.keys(TABLE_OWNERS) as TableNames[];
  return tables.find((table) => raw.normalizeId(table, id) !== null) ?? `of id ${id}`;
}

/**
 * Seals a database: reads are the originals, and every write throws with the file that owns the table, also where
 * the types were defeated.
 */
export function sealDb(raw: DatabaseWriter): SealedDb {
  const throwForId = (tableOrId: string) =>
    throwOwned(Object.hasOwn(TABLE_OWNERS, tableOrId) ? tableOrId : tableOfId(raw, tableOrId));
  const guarded = {
    get: raw.get.bind(raw),
    query: raw.query.bind(raw),
    normalizeId: raw.normalizeId.bind(raw),
    system: raw.system,
    insert: (table: string) => throwOwned(table),
    patch: throwForId,
    replace: throwForId,
    delete: throwForId,
    table: (table: TableNames) => ({
      get: (id: Id<TableNames>) => raw.get(table, id),
      query: () => raw.query(table),
      insert: () => throwOwned(table),
      patch: () => throwOwned(table),
      replace: () => throwOwned(table),
      delete: () => throwOwned(table),
    }),
  };
  // The brand exists in the types only.
  const db = guarded as unknown as SealedDb;
  rawWriters.set(db, raw);
  return db;
}

/** A mutation's ctx with its database sealed; everything else is the original. */
export function sealCtx(ctx: MutationCtx): WriteCtx {
  return { ...ctx, db: sealDb(ctx.db) };
}

/**
 * The writer of one table. Called with the table's name in its owner file only; the tidy test fails on any other
 * call, because a caller is not known at run time.
 */
export function openTable<Table extends TableNames>(
  ctx: { db: SealedDb },
  table: Table,
): TableWriter<Table> {
  const raw = rawWriters.get(ctx.db);
  if (raw === undefined)
    throw new Error(`openTable("${table}") needs the sealed ctx of a mutation`);
  return {
    insert: (value) => raw.insert(table, value),
    patch: (id, value) => raw.patch(table, id, value),
    replace: (id, value) => raw.replace(table, id, value),
    delete: (id) => raw.delete(table, id),
  };
}

/** Deletes rows through their table's writer, which the owner opens; answers how many. */
export async function eraseRows<Table extends TableNames>(
  table: TableWriter<Table>,
  rows: ReadonlyArray<{ _id: Id<Table> }>,
): Promise<number> {
  for (const { _id } of rows) await table.delete(_id);
  return rows.length;
}
