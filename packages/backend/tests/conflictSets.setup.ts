import { compareValues, type Value } from "convex/values";
import type { TableNames } from "../_generated/dataModel";
import type { DatabaseWriter, MutationCtx } from "../_generated/server";

type Row = Record<string, Value | undefined>;
type Bound = { field: string; op: "eq" | "gt" | "gte" | "lt" | "lte"; value: Value | undefined };

/** A part of a table a transaction has read: one row, or a range of an index. */
interface Read {
  table: string;
  what: string;
  holds: (row: Row) => boolean;
}

interface Write {
  table: string;
  /** The row before and after, where there is one. */
  rows: Row[];
}

/** What one transaction read and wrote of the app's own tables, and which functions of components it called. */
export class ConflictSet {
  readonly reads: Read[] = [];
  readonly writes: Write[] = [];
  readonly calls: Array<{ component: string; args: unknown }> = [];

  /** What of another transaction's writes this one has read, as texts: such a pair cannot commit at once. */
  meets(other: ConflictSet): string[] {
    return this.reads.flatMap(({ table, what, holds }) =>
      other.writes
        .filter((write) => write.table === table && write.rows.some(holds))
        .map(() => `${table}: ${what}`),
    );
  }
}

const COMPARE: Record<Bound["op"], (order: number) => boolean> = {
  eq: (order) => order === 0,
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
};

/** Notes what the range of an index is made of; hands every call on to the real builder. */
function notingRange(real: object, bounds: Bound[]): object {
  return new Proxy(real, {
    get(target, op: string) {
      const method: unknown = Reflect.get(target, op);
      if (typeof method !== "function" || !(op in COMPARE)) return method;
      return (field: string, value: Value | undefined) => {
        bounds.push({ field, op: op as Bound["op"], value });
        return notingRange(method.call(target, field, value) as object, bounds);
      };
    },
  });
}

/** A query of one table that notes what it reads. Without an index it reads the whole table. */
function notingQuery(real: object, table: string, set: ConflictSet): object {
  let bounds: Bound[] = [];
  const note = (index: string) => {
    const range = bounds;
    const holds = (row: Row) =>
      range.every(({ field, op, value }) => COMPARE[op](compareValues(row[field], value)));
    const text = range
      .map(({ field, op, value }) => `${field} ${op} ${JSON.stringify(value)}`)
      .join(", ");
    set.reads.push({ table, what: `${index} (${text})`, holds });
  };
  return new Proxy(real, {
    get(target, name: string) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      if (name !== "withIndex") {
        return (...args: unknown[]) => {
          note("whole table");
          return method.apply(target, args) as unknown;
        };
      }
      return (index: string, range?: (q: object) => object) => {
        bounds = [];
        const noted = range && ((q: object) => range(notingRange(q, bounds)));
        const query = method.call(target, index, noted) as unknown;
        note(index);
        return query;
      };
    },
  });
}

/** A mutation's ctx that notes in `set` what is read and written with it. */
export function notingCtx(raw: MutationCtx, set: ConflictSet): MutationCtx {
  const { db } = raw;
  const call = async <Result>(method: keyof DatabaseWriter, ...args: unknown[]) =>
    await (Reflect.get(db, method) as (...args: unknown[]) => Promise<Result>).apply(db, args);
  const stored = async (table: string, id: string) => await call<Row | null>("get", table, id);
  const write = async <Result>(table: string, id: string | null, run: () => Promise<Result>) => {
    const before = id === null ? null : await stored(table, id);
    const result = await run();
    const after = await stored(table, id ?? (result as string));
    set.writes.push({ table, rows: [before, after].filter((row) => row !== null) });
    return result;
  };
  const noting = {
    ...db,
    normalizeId: db.normalizeId.bind(db),
    get: async (table: string, id: string) => {
      set.reads.push({ table, what: id, holds: (row) => row._id === id });
      return await stored(table, id);
    },
    query: (table: string) => notingQuery(db.query(table as TableNames), table, set),
    insert: (table: string, row: Row) => write(table, null, () => call("insert", table, row)),
    patch: (table: string, id: string, row: Row) =>
      write(table, id, () => call("patch", table, id, row)),
    replace: (table: string, id: string, row: Row) =>
      write(table, id, () => call("replace", table, id, row)),
    delete: (table: string, id: string) => write(table, id, () => call("delete", table, id)),
  } as unknown as DatabaseWriter;
  const component =
    (name: "runQuery" | "runMutation") =>
    async (reference: unknown, ...args: unknown[]) => {
      set.calls.push({ component: componentOf(reference), args });
      const run = Reflect.get(raw, name) as (...args: unknown[]) => Promise<unknown>;
      return await run(reference, ...args);
    };
  return {
    ...raw,
    db: noting,
    runQuery: component("runQuery"),
    runMutation: component("runMutation"),
  } as MutationCtx;
}

/** The component a function belongs to, as convex.config.ts names it. */
function componentOf(reference: unknown): string {
  const path: unknown = Reflect.get(Object(reference), Symbol.for("toReferencePath"));
  if (typeof path !== "string") throw new Error("a call of something else than a component");
  return path.split("/")[2] ?? path;
}
