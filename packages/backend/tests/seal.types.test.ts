import { expectTypeOf, test } from "vitest";
import type { DatabaseReader, DatabaseWriter, MutationCtx } from "../_generated/server";
import type { TableNames } from "../_generated/dataModel";
import type {
  openTable,
  ReadCtx,
  SealedDb,
  TABLE_OWNERS,
  TableWriter,
  WriteCtx,
} from "../lib/tableOwners";

test("a sealed database is not a raw one, nor a raw one sealed", () => {
  expectTypeOf<SealedDb>().not.toExtend<DatabaseWriter>();
  expectTypeOf<DatabaseWriter>().not.toExtend<SealedDb>();
  expectTypeOf<WriteCtx>().not.toExtend<MutationCtx>();
  expectTypeOf<MutationCtx>().not.toExtend<WriteCtx>();
});

test("a sealed ctx reads everything and has no writer", () => {
  expectTypeOf<SealedDb>().toExtend<DatabaseReader>();
  expectTypeOf<WriteCtx>().toExtend<ReadCtx>();
  expectTypeOf<Extract<"insert" | "patch" | "replace" | "delete", keyof SealedDb>>().toBeNever();
});

test("a table is opened through a sealed ctx only, and its writer writes no other table", () => {
  expectTypeOf<MutationCtx>().not.toExtend<Parameters<typeof openTable>[0]>();
  expectTypeOf<TableWriter<"people">>().not.toExtend<TableWriter<"activities">>();
  expectTypeOf<TableWriter<"activities">>().not.toExtend<TableWriter<"people">>();
});

test("every table has an owner", () => {
  expectTypeOf<keyof typeof TABLE_OWNERS>().toEqualTypeOf<TableNames>();
});
