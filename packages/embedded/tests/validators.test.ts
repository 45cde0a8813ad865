import fc from "fast-check";
import {
  convexToJson,
  v,
  type GenericValidator,
  type ValidatorJSON,
  type Value,
} from "convex/values";
import { describe, expect, test } from "vitest";
import { showValidator, validate } from "../src/store/index.ts";
import { values } from "./arbitraries.ts";

const TABLES: Record<string, string> = { u1: "users", p1: "posts", s1: "_storage" };
const tableOfId = (id: string) => TABLES[id] ?? null;
const jsonOf = (validator: GenericValidator) =>
  (validator as unknown as { json: ValidatorJSON }).json;
const check = (validator: GenericValidator, value: Value) =>
  validate(jsonOf(validator), convexToJson(value), tableOfId);

const bytes = new ArrayBuffer(2);

describe("what matches", () => {
  test.each<[string, GenericValidator, Value[], Value[]]>([
    ["any", v.any(), [null, 1, 1n, "x", bytes, [], {}], []],
    ["null", v.null(), [null], [0, "", {}]],
    ["number", v.number(), [1, -0, Number.NaN, Infinity], [1n, "1", null]],
    ["int64", v.int64(), [1n, -(2n ** 63n)], [1, "1"]],
    ["commitTs", v.commitTs(), [1n], [1, null]],
    ["boolean", v.boolean(), [true, false], [0, null]],
    ["string", v.string(), ["", "x"], [1, null]],
    ["bytes", v.bytes(), [bytes], ["x", [1]]],
    ["string literal", v.literal("a"), ["a"], ["b", null]],
    ["number literal", v.literal(1), [1], [1n, 2, "1"]],
    ["bigint literal", v.literal(1n), [1n], [1, 2n]],
    ["id", v.id("users"), ["u1"], ["p1", "s1", "x", 1]],
    ["array", v.array(v.number()), [[], [1, 2]], [[1, "2"], {}, 1]],
    ["union", v.union(v.string(), v.null()), ["a", null], [1]],
    ["empty union", v.union(), [], [null]],
    ["record", v.record(v.string(), v.number()), [{}, { a: 1 }], [{ a: "1" }, [], 1n]],
    ["record of ids", v.record(v.id("users"), v.null()), [{ u1: null }], [{ p1: null }]],
    [
      "object",
      v.object({ a: v.number(), b: v.optional(v.string()) }),
      [{ a: 1 }, { a: 1, b: "x" }],
      [{}, { a: "1" }, { a: 1, b: null }, { a: 1, c: 1 }, [], 1n, bytes],
    ],
  ])("%s", (_, validator, good, bad) => {
    for (const value of good) expect(check(validator, value)).toBe(null);
    for (const value of bad) expect(check(validator, value)).toEqual(expect.any(String));
  });

  test("a pending commit timestamp is the int64 it will be", () => {
    for (const validator of [v.commitTs(), v.int64(), v.any()]) {
      expect(validate(jsonOf(validator), { $commitTs: null }, tableOfId)).toBe(null);
    }
    expect(validate(jsonOf(v.number()), { $commitTs: null }, tableOfId)).not.toBe(null);
  });

  test("fields named like parts of every object are missing until they are there", () => {
    expect(check(v.object({ toString: v.optional(v.string()) }), {})).toBe(null);
    expect(check(v.object({ constructor: v.string() }), {})).toMatch(/`constructor`/);
    expect(check(v.object({}), { toString: "x" })).toMatch(/extra field `toString`/);
  });
});

describe("messages", () => {
  const user = v.object({ name: v.string(), age: v.optional(v.number()) });

  test("name the missing field, the object and the validator", () => {
    expect(check(user, { age: 3 })).toBe(
      "Object is missing the required field `name`. Consider wrapping the field validator in `v.optional(...)` if this is expected.\n\n" +
        "Object: {age: 3.0}\nValidator: v.object({age: v.optional(v.float64()), name: v.string()})",
    );
  });

  test("name the extra field and the path", () => {
    expect(check(v.object({ users: v.array(user) }), { users: [{ name: "a", x: 1n }] })).toBe(
      "Object contains extra field `x` that is not in the validator.\nPath: .users[0]\n" +
        'Object: {name: "a", x: 1n}\nValidator: v.object({age: v.optional(v.float64()), name: v.string()})',
    );
  });

  test("show value and validator where they differ", () => {
    expect(check(user, { name: "a", age: "old" })).toBe(
      'Value does not match validator.\nPath: .age\nValue: "old"\nValidator: v.float64()',
    );
    expect(check(v.union(v.null(), v.literal("a")), 1.5)).toBe(
      'Value does not match validator.\n\nValue: 1.5\nValidator: v.union(v.null(), v.literal("a"))',
    );
  });

  test("of ids and literals", () => {
    expect(check(v.object({ user: v.id("users") }), { user: "p1" })).toBe(
      'Found ID "p1" from table `posts`, which does not match the table name in validator `v.id("users")`.\nPath: .user',
    );
    expect(check(v.id("users"), "s1")).toMatch(/from a system table/);
    expect(check(v.id("users"), "zzz")).toMatch(/^Value does not match validator/);
    expect(check(v.literal("a"), "b")).toBe(
      '`"b"` does not match literal validator `v.literal("a")`.',
    );
  });

  test("every validator can be shown", () => {
    const all = v.object({
      a: v.array(v.id("users")),
      b: v.record(v.string(), v.bytes()),
      c: v.union(v.int64(), v.boolean(), v.commitTs(), v.literal(1n), v.literal(false)),
    });
    expect(showValidator(jsonOf(all))).toBe(
      'v.object({a: v.array(v.id("users")), b: v.record(v.string(), v.bytes()), c: v.union(v.int64(), v.boolean(), v.commitTs(), v.literal(1n), v.literal(false))})',
    );
  });
});

describe("properties", () => {
  /** The narrowest validator of a value. */
  function validatorOf(value: Value): GenericValidator {
    if (value === null) return v.null();
    if (typeof value === "number") return v.number();
    if (typeof value === "bigint") return v.int64();
    if (typeof value === "boolean") return v.boolean();
    if (typeof value === "string") return v.string();
    if (value instanceof ArrayBuffer) return v.bytes();
    if (Array.isArray(value))
      return v.array(v.union(...value.map((item) => validatorOf(item) as never)));
    const fields = Object.entries(value).map(([name, field]) => [name, validatorOf(field!)]);
    return v.object(Object.fromEntries(fields) as never);
  }

  test("a value matches its own validator, and a message comes exactly when it does not match", () => {
    fc.assert(
      fc.property(values, values, (value, other) => {
        expect(check(validatorOf(value), value)).toBe(null);
        expect(check(v.union(v.null(), validatorOf(value) as never), value)).toBe(null);
        const message = check(validatorOf(value), other);
        expect(message === null || message.length > 20).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
