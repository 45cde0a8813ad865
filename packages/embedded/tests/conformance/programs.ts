/** Random programs for the interpreter of fixtures/runtime/conformance. */
import fc from "fast-check";
import type { Value } from "convex/values";
import { values } from "../arbitraries.ts";

/** A value of the program's pool, the id of a document, an object, a value, or nothing: a missing field. */
type Term =
  | { pool: number }
  | { doc: number }
  | { object: Field[] }
  | { value: Value }
  | Record<never, never>;

type Field = [name: string, term: Term];

type Expression = { op: string; args: Expression[] } | { field: string } | { term: Term };

interface Bound {
  bound: "eq" | "gt" | "gte" | "lt" | "lte";
  field: string;
  term: Term;
}

interface Query {
  table: string;
  index: string | null;
  range: Bound[];
  order: "asc" | "desc" | null;
  filters: Expression[];
}

type DocumentCall = "get" | "delete" | "patch" | "replace" | "normalize";

export type Op =
  | { kind: "insert"; table: string; fields: Field[] }
  | { kind: DocumentCall; doc: number; table?: string; fields: Field[] }
  | { kind: "count"; table: string }
  | { kind: "find"; query: Query; end: "collect" | "take" | "first" | "unique"; limit: number }
  | { kind: "pages"; query: Query; sizes: number[]; rows: number | null; between: Op[] }
  | { kind: "call"; type: "query" | "mutation"; site: "app" | "child"; ops: Op[] }
  | { kind: "schedule"; ops: Op[]; delayMs: number; at: boolean }
  | { kind: "cancel" | "job"; job: number }
  | { kind: "fail"; data: Term; plain: boolean };

/** A function the client calls. */
interface Step {
  type: "query" | "mutation";
  ops: Op[];
}

/** Values that come up again and again, and calls one after the other. */
export interface Program {
  pool: Value[];
  steps: Step[];
}

// Few of each, so that values meet each other.
const position = fc.nat({ max: 7 });
const noFields = fc.constant<Field[]>([]);
const pooled = fc.record({ pool: fc.nat({ max: 3 }) });
const missing = fc.constant({});
const document = fc.record({ doc: position });
const anything: fc.Arbitrary<Term> = fc.oneof(
  { weight: 6, arbitrary: pooled },
  { weight: 1, arbitrary: missing },
);
const literal = (value: fc.Arbitrary<Value>) => fc.record({ value });
const small = literal(fc.integer({ min: -2, max: 4 }));
const smallInt64 = literal(fc.bigInt({ min: -2n, max: 4n }));

const nested: fc.Arbitrary<Term> = fc.oneof(
  fc.record({
    object: fc.tuple(
      fc.tuple(fc.constant("x"), anything),
      fc.tuple(fc.constant("y"), fc.oneof(anything, document)),
    ),
  }),
  anything,
);

// A filter's `lt` on convex-test compares as JavaScript does, which is Convex's order for numbers only:
// `n` and `k` are always there, and always a small number and a small int64.
const numbers: fc.Arbitrary<Field[]> = fc.tuple(
  fc.tuple(fc.constant("n"), small),
  fc.tuple(fc.constant("k"), smallInt64),
);
const indexed: fc.Arbitrary<Field[]> = fc.tuple(
  fc.tuple(fc.constant("a"), anything),
  fc.tuple(fc.constant("b"), anything),
);

const freeField: fc.Arbitrary<Field> = fc.oneof(
  fc.tuple(fc.constant("a"), anything),
  fc.tuple(fc.constant("b"), anything),
  fc.tuple(fc.constant("o"), nested),
  fc.tuple(fc.constant("link"), fc.oneof(document, missing)),
);

const strings = literal(fc.constantFrom("", "a", "b", "\0", "é", "\uffff", "😀"));
const typedField: fc.Arbitrary<Field> = fc.oneof(
  fc.tuple(fc.constant("s"), fc.oneof({ weight: 4, arbitrary: strings }, anything)),
  fc.tuple(fc.constant("u"), fc.oneof(literal(fc.constant(null)), smallInt64, anything)),
  fc.tuple(fc.constant("link"), fc.oneof(document, anything)),
);

const tables = fc.oneof(
  { weight: 6, arbitrary: fc.constant("things") },
  { weight: 2, arbitrary: fc.constant("typed") },
  { weight: 1, arbitrary: fc.constant("loose") },
);

const extraFields = (field: fc.Arbitrary<Field>) =>
  fc.uniqueArray(field, { maxLength: 4, selector: ([name]) => name });

const wholeDocument = (
  always: fc.Arbitrary<Field[]>,
  field: fc.Arbitrary<Field>,
): fc.Arbitrary<Field[]> =>
  fc.tuple(numbers, always, extraFields(field)).map((parts) => parts.flat());

const insert: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("insert" as const),
      table: fc.constantFrom("things", "things", "things", "loose"),
      fields: wholeDocument(indexed, freeField),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("insert" as const),
      table: fc.constant("typed"),
      fields: wholeDocument(noFields, fc.oneof({ weight: 9, arbitrary: typedField }, freeField)),
    }),
  },
);

const named = fc.option(tables, { nil: undefined, freq: 3 });
const onDocument = (kind: DocumentCall, fields: fc.Arbitrary<Field[]>): fc.Arbitrary<Op> =>
  fc.record({ doc: position, table: named, fields }).map(({ doc, table, fields: given }) => ({
    kind,
    doc,
    fields: given,
    ...(table === undefined ? {} : { table }),
  }));

const eitherField = fc.oneof({ weight: 3, arbitrary: freeField }, typedField);
const edits = fc.oneof(
  onDocument("patch", extraFields(eitherField)),
  onDocument("replace", wholeDocument(noFields, eitherField)),
  onDocument("delete", noFields),
);

const comparison = fc.constantFrom("lt", "lte", "gt", "gte");
const equality = fc.constantFrom("eq", "neq");
const arithmetic = fc.constantFrom("add", "sub", "mul");
const field = (...names: string[]): fc.Arbitrary<Expression> =>
  fc.record({ field: fc.constantFrom(...names) });
const termOf = (term: fc.Arbitrary<Term>): fc.Arbitrary<Expression> => fc.record({ term });
const apply = (
  op: fc.Arbitrary<string>,
  ...args: [fc.Arbitrary<Expression>, ...fc.Arbitrary<Expression>[]]
): fc.Arbitrary<Expression> => fc.record({ op, args: fc.tuple(...args) });

// To a product 0 is added: -0 is below 0 in the order of indexes, and equal to it in JavaScript.
const zero = termOf(literal(fc.constant(0)));
const floats = fc.oneof(
  field("n"),
  termOf(small),
  apply(fc.constant("add"), apply(arithmetic, field("n"), termOf(small)), zero),
);
const int64s = fc.oneof(
  field("k"),
  termOf(smallInt64),
  apply(arithmetic, field("k"), termOf(smallInt64)),
);
const leaf = fc.oneof(
  apply(equality, field("a", "b", "o.x", "n", "u", "s", "o.y.z"), termOf(anything)),
  apply(equality, field("link", "_id"), termOf(document)),
  apply(equality, field("a"), field("b", "o.x")),
  apply(comparison, floats, floats),
  apply(comparison, int64s, int64s),
);
const condition = fc.letrec<{ condition: Expression }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    leaf,
    apply(fc.constant("not"), tie("condition")),
    apply(fc.constantFrom("and", "or"), tie("condition"), tie("condition")),
  ),
})).condition;
const filters = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Expression[]>([]) },
  { weight: 2, arbitrary: fc.array(condition, { minLength: 1, maxLength: 2 }) },
);

const INDEXES: Record<string, { fields: string[]; term: fc.Arbitrary<Term> }> = {
  "things.by_a": { fields: ["a"], term: anything },
  "things.by_a_b": { fields: ["a", "b"], term: anything },
  "things.by_x": { fields: ["o.x"], term: anything },
  "typed.by_s": { fields: ["s", "n"], term: fc.oneof(strings, small) },
};

const orders = fc.constantFrom(null, "asc" as const, "desc" as const);
const upper = fc.constantFrom("lt" as const, "lte" as const);
const lower = fc.constantFrom("gt" as const, "gte" as const);

/** `eq` on some of the fields, then at most one bound of each side on the next. */
function rangesOf(fields: string[], term: fc.Arbitrary<Term>): fc.Arbitrary<Bound[]> {
  const bound = (kind: fc.Arbitrary<Bound["bound"]>, name: string) =>
    fc.record({ bound: kind, field: fc.constant(name), term });
  const prefixes = fields.map((_, length) =>
    fc.tuple(...fields.slice(0, length).map((name) => bound(fc.constant("eq"), name))),
  );
  const open = prefixes.map((prefix, length) => {
    const name = fields[length] ?? "";
    const sides = fc.oneof(
      fc.constant<Bound[]>([]),
      fc.tuple(bound(lower, name)),
      fc.tuple(bound(upper, name)),
      fc.tuple(bound(lower, name), bound(upper, name)),
      fc.tuple(bound(fc.constant("eq"), name)),
      fc.tuple(bound(upper, name), bound(lower, name)),
    );
    return fc.tuple(prefix, sides).map(([equal, last]) => [...equal, ...last]);
  });
  return fc.oneof(...open);
}

const indexQuery = fc.constantFrom(...Object.entries(INDEXES)).chain(([name, { fields, term }]) => {
  const [table = "", index = ""] = name.split(".");
  // Now and then the fields of another index, which is refused.
  const ranges = fc.oneof(
    { weight: 30, arbitrary: rangesOf(fields, term) },
    { weight: 1, arbitrary: rangesOf(["b", "a"], term) },
  );
  return fc.record({
    table: fc.constant(table),
    index: fc.constant(index),
    range: ranges,
    order: orders,
    filters,
  });
});

const idQuery = fc
  .record({ system: fc.boolean(), term: document, order: orders, filters })
  .map(({ system, term, order, filters: given }): Query => {
    const range: Bound[] = [{ bound: "eq", field: system ? "_id" : "link", term }];
    const index = system ? "by_id" : "by_link";
    return { table: "things", index, range, order, filters: given };
  });

const scan = fc.record({
  table: tables,
  index: fc.constantFrom(null, "by_creation_time"),
  range: fc.constant<Bound[]>([]),
  order: orders,
  filters,
});

const queries: fc.Arbitrary<Query> = fc.oneof(
  { weight: 6, arbitrary: indexQuery },
  { weight: 1, arbitrary: idQuery },
  { weight: 3, arbitrary: scan },
);

const find: fc.Arbitrary<Op> = fc.record({
  kind: fc.constant("find" as const),
  query: queries,
  end: fc.constantFrom(
    "collect" as const,
    "collect" as const,
    "take" as const,
    "first" as const,
    "unique" as const,
  ),
  limit: fc.nat({ max: 3 }),
});

const look: fc.Arbitrary<Op> = fc.oneof(
  { weight: 6, arbitrary: find },
  { weight: 2, arbitrary: onDocument("get", noFields) },
  { weight: 1, arbitrary: onDocument("normalize", noFields) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("count" as const), table: tables }) },
);

const write = fc.oneof({ weight: 3, arbitrary: insert }, { weight: 2, arbitrary: edits });

const fail: fc.Arbitrary<Op> = fc.record({
  kind: fc.constant("fail" as const),
  data: anything,
  plain: fc.boolean(),
});

const pages: fc.Arbitrary<Op> = fc.record({
  kind: fc.constant("pages" as const),
  query: queries,
  sizes: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  rows: fc.option(fc.integer({ min: 1, max: 3 }), { nil: null, freq: 3 }),
  between: fc.array(write, { maxLength: 2 }),
});

const onJob: fc.Arbitrary<Op> = fc.record({
  kind: fc.constantFrom("cancel" as const, "job" as const),
  job: position,
});

const ops: fc.Arbitrary<Op[]> = fc.letrec<{ ops: Op[]; op: Op }>((tie) => ({
  ops: fc.array(tie("op"), { maxLength: 8, depthIdentifier: "program" }),
  op: fc.oneof(
    { maxDepth: 3, depthIdentifier: "program" },
    { weight: 9, arbitrary: write },
    { weight: 7, arbitrary: look },
    { weight: 2, arbitrary: pages },
    { weight: 1, arbitrary: onJob },
    { weight: 1, arbitrary: fail },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("call" as const),
        type: fc.constantFrom("mutation" as const, "mutation" as const, "query" as const),
        site: fc.constantFrom("app" as const, "app" as const, "child" as const),
        ops: fc.tuple(tie("ops"), fc.array(fail, { maxLength: 1 })).map((parts) => parts.flat()),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("schedule" as const),
        delayMs: fc.constant(0),
        at: fc.boolean(),
        ops: tie("ops"),
      }),
    },
  ),
})).ops;

const steps: fc.Arbitrary<Step> = fc.record({
  type: fc.constantFrom(
    "mutation" as const,
    "mutation" as const,
    "mutation" as const,
    "query" as const,
  ),
  ops,
});

/** Programs of one to three calls. */
export const programs: fc.Arbitrary<Program> = fc
  .record({
    pool: fc.array(values, { minLength: 2, maxLength: 4 }),
    steps: fc.array(steps, { minLength: 1, maxLength: 3, size: "max" }),
  })
  .map(withDelays);

/** How many jobs of a program run; the others have no time of their own left. */
const MAX_JOBS = 12;

/** Gives every job a time of its own, however they are nested, so that their order is known. */
function withDelays(program: Program): Program {
  let jobs = 0;
  const visit = (list: Op[]): Op[] =>
    list.flatMap((op): Op[] => {
      if (op.kind === "pages") return [{ ...op, between: visit(op.between) }];
      if (op.kind === "call") return [{ ...op, ops: visit(op.ops) }];
      if (op.kind !== "schedule") return [op];
      if (jobs === MAX_JOBS) return [];
      const delayMs = 2 ** jobs++;
      return [{ ...op, delayMs, ops: visit(op.ops) }];
    });
  return { ...program, steps: program.steps.map((step) => ({ ...step, ops: visit(step.ops) })) };
}
