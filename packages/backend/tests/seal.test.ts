import { v } from "convex/values";
import {
  type FunctionReference,
  type GenericDatabaseWriter,
  type GenericDatabaseWriterWithTable,
  makeFunctionReference,
} from "convex/server";
import { describe, expect, test } from "vitest";
import type { DataModel, Id, TableNames } from "../_generated/dataModel";
import { internalMutation, viewerMutation } from "../lib/functions";
import { openTable, sealDb, TABLE_OWNERS } from "../lib/tableOwners";
import { asNewPerson, setup, snapshotTables } from "./backend.setup";

type Unsealed = GenericDatabaseWriter<DataModel> & GenericDatabaseWriterWithTable<DataModel>;

/** A sealed database as code sees it that has defeated the types. */
const defeated = (db: unknown) => db as Unsealed;

type Write = (db: Unsealed, userId: Id<"users">) => unknown;

const WRITES: Record<string, Write> = {
  "insert(table, value)": (db, userId) =>
    db.insert("people", { userId, displayName: "X", isPlatformAdmin: true, isDemo: false }),
  "patch(id, value)": (db, userId) => db.patch(userId, { name: "X" }),
  "patch(table, id, value)": (db, userId) => db.patch("users", userId, { name: "X" }),
  "replace(id, value)": (db, userId) => db.replace(userId, { name: "X" }),
  "replace(table, id, value)": (db, userId) => db.replace("users", userId, { name: "X" }),
  "delete(id)": (db, userId) => db.delete(userId),
  "delete(table, id)": (db, userId) => db.delete("users", userId),
  "table(name).insert(value)": (db) => db.table("users").insert({ name: "X" }),
  "table(name).patch(id, value)": (db, userId) => db.table("users").patch(userId, { name: "X" }),
  "table(name).replace(id, value)": (db, userId) =>
    db.table("users").replace(userId, { name: "X" }),
  "table(name).delete(id)": (db, userId) => db.table("users").delete(userId),
};

const doors = {
  sneak: viewerMutation({
    args: { write: v.string() },
    returns: v.null(),
    handler: async (ctx, { write }) => {
      await WRITES[write]?.(defeated(ctx.db), ctx.userId);
      return null;
    },
  }),
  sneakInside: internalMutation({
    args: { write: v.string(), userId: v.id("users") },
    returns: v.null(),
    handler: async (ctx, { write, userId }) => {
      await WRITES[write]?.(defeated(ctx.db), userId);
      return null;
    },
  }),
  readAndOpen: internalMutation({
    args: { userId: v.id("users") },
    returns: v.array(v.union(v.string(), v.null())),
    handler: async (ctx, { userId }) => {
      const raw = defeated(ctx.db);
      await openTable(ctx, "users").patch(userId, { name: "Opened" });
      const byTable = await raw.table("users").get(userId);
      const byQuery = await ctx.db.query("users").first();
      const byId = await ctx.db.get("users", userId);
      const names = [byTable, byQuery, byId].map((user) => user?.name ?? null);
      return [...names, ctx.db.normalizeId("users", userId)];
    },
  }),
};

const door = <Type extends "mutation">(name: keyof typeof doors) =>
  makeFunctionReference<Type>(`doors:${name}`) as FunctionReference<Type>;

const start = async () => {
  const t = setup({ "../doors.ts": async () => doors });
  return { t, ...(await asNewPerson(t, "Ada")) };
};

describe("a sealed database", () => {
  for (const write of Object.keys(WRITES)) {
    const owner = write.startsWith("insert") ? "lib/people.ts" : "auth.ts";

    test(`refuses ${write} in a viewer's mutation and names ${owner}`, async () => {
      const { t, as } = await start();
      const before = await snapshotTables(t);
      await expect(as.mutation(door("sneak"), { write })).rejects.toThrow(
        `is written only by ${owner}`,
      );
      expect(await snapshotTables(t)).toEqual(before);
    });

    test(`refuses ${write} in an internal mutation`, async () => {
      const { t, userId } = await start();
      await expect(t.mutation(door("sneakInside"), { write, userId })).rejects.toThrow(
        `is written only by ${owner}`,
      );
    });
  }

  test("names the owner of every table", async () => {
    const { t } = await start();
    await t.run(async (ctx) => {
      const db = defeated(sealDb(ctx.db));
      for (const [table, owner] of Object.entries(TABLE_OWNERS)) {
        const insert = () => db.insert(table as TableNames, {} as never);
        expect(insert).toThrow(`table ${table} is written only by ${owner}`);
      }
    });
  });

  test("reads like the original, and lets the owner write", async () => {
    const { t, userId } = await start();
    const read = await t.mutation(door("readAndOpen"), { userId });
    expect(read).toEqual(["Opened", "Opened", "Opened", userId]);
  });

  test("cannot be opened when it was not sealed here", () => {
    const forged = { db: {} as Parameters<typeof openTable>[0]["db"] };
    expect(() => openTable(forged, "people")).toThrow("needs the sealed ctx");
  });
});
