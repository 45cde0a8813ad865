import fc from "fast-check";
import { compareValues, convexToJson, getConvexSize, jsonToConvex } from "convex/values";
import { describe, expect, test } from "vitest";
import { encodeId, idLength, newId, tableNumberOfId } from "../src/codec/ids.ts";
import {
  InvalidValueError,
  integerToJson,
  measure,
  resolveCommitTs,
  valueAt,
} from "../src/codec/json.ts";
import { afterPrefix, encodeKey, indexPrefix, lastText } from "../src/codec/keys.ts";
import { values } from "./arbitraries.ts";

const PREFIX = indexPrefix(16);
const optional = fc.option(values, { nil: undefined, freq: 10 });
const tuples = fc.array(optional, { minLength: 3, maxLength: 3 });
const toJson = (value: Parameters<typeof compareValues>[0]) =>
  value === undefined ? undefined : convexToJson(value);
const keyOf = (tuple: Array<Parameters<typeof compareValues>[0]>) =>
  encodeKey(PREFIX, tuple.map(toJson));

const isId = (id: string) => tableNumberOfId(id) !== null;

describe("document ids", () => {
  test("an id known from Convex's own tests is written and read alike", () => {
    const internal = new Uint8Array(16);
    internal[0] = 251;
    for (let i = 1; i < 16; i++) internal[i] = internal[i - 1]! * 251;
    const id = encodeId(1017, internal);
    expect(id).toBe("z43zp6c3e75gkmz1kfwj6mbbx5sw281h");
    expect(tableNumberOfId(id)).toBe(1017);
  });

  test("ids of every table number survive the round trip", () => {
    const numbers = fc.oneof(
      fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      fc.constantFrom(1, 127, 128, 10001, 16383, 16384, 2 ** 21, 2 ** 28, 2 ** 32 - 1),
    );
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(numbers, bytes, (number, internal) => {
        const id = encodeId(number, internal);
        expect(tableNumberOfId(id)).toBe(number);
        expect(id.length).toBe(idLength(number));
        expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{31,37}$/);
      }),
    );
  });

  test("a changed character, another alphabet or length is no id", () => {
    const id = newId(10001);
    expect(isId(id)).toBe(true);
    expect(isId(id.toUpperCase())).toBe(false);
    expect(isId(id + "0")).toBe(false);
    expect(isId(id.slice(1))).toBe(false);
    expect(isId("")).toBe(false);
    expect(isId("é".repeat(32))).toBe(false);
    for (let i = 0; i < id.length; i++) {
      const other = id[i] === "0" ? "1" : "0";
      expect(isId(id.slice(0, i) + other + id.slice(i + 1))).toBe(false);
    }
  });

  test("a thousand new ids differ", () => {
    const ids = new Set(Array.from({ length: 1000 }, () => newId(10001)));
    expect(ids.size).toBe(1000);
  });
});

describe("index keys", () => {
  test("the order of keys is the order of the values, field by field", () => {
    fc.assert(
      fc.property(tuples, tuples, (left, right) => {
        let expected = 0;
        for (let i = 0; i < 3 && expected === 0; i++) expected = compareValues(left[i], right[i]);
        expect(Math.sign(Buffer.compare(keyOf(left), keyOf(right)))).toBe(Math.sign(expected));
      }),
      { numRuns: 20_000 },
    );
  });

  test("a prefix range holds exactly the keys with these first values", () => {
    fc.assert(
      fc.property(optional, tuples, (first, tuple) => {
        const prefix = encodeKey(PREFIX, [toJson(first)]);
        const key = keyOf(tuple);
        const inside = key.compare(prefix) >= 0 && key.compare(afterPrefix(prefix)) < 0;
        expect(inside).toBe(compareValues(first, tuple[0]) === 0);
      }),
      { numRuns: 5000 },
    );
  });

  test("a pending commit timestamp sorts with the largest int64, above all others", () => {
    const pending = encodeKey(PREFIX, [{ $commitTs: null }]);
    const largest = encodeKey(PREFIX, [convexToJson(2n ** 63n - 1n)]);
    const below = encodeKey(PREFIX, [convexToJson(2n ** 63n - 2n)]);
    expect(pending.equals(largest)).toBe(true);
    expect(pending.compare(below)).toBe(1);
  });

  test("the id at the end of a key is found", () => {
    const id = newId(10001);
    expect(lastText(encodeKey(PREFIX, ["x\0y", 3, id]), id.length)).toBe(id);
  });

  test("very long values are encoded whole", () => {
    const long = "é\0".repeat(40_000);
    const key = encodeKey(PREFIX, [long]);
    expect(key.length).toBe(4 + 1 + 40_000 * 4 + 1);
    expect(key.compare(encodeKey(PREFIX, [long + "a"]))).toBe(-1);
  });
});

describe("JSON values", () => {
  test("the measured size is Convex's", () => {
    fc.assert(
      fc.property(values, (value) => {
        const size = getConvexSize(value);
        expect(measure(convexToJson(value))).toMatchObject({ size, pending: false });
      }),
    );
  });

  test.each([
    ["a lone surrogate", "a\ud800b", /surrogate/],
    ["65 levels", nested(65), /nested 65 levels deep > maximum nesting 64/],
    ["a long array", Array.from({ length: 8193 }, () => 0), /Array length is too long \(8193/],
    [
      "many fields",
      Object.fromEntries(Array.from({ length: 1025 }, (_, i) => [`f${i}`, 0])),
      /too many fields \(1025/,
    ],
    ["a field named $x", { a: { $x: 1 } }, /starts with a '\$'/],
    ["a field with umlaut", { ä: 1 }, /non-control ASCII/],
    ["an empty field name", { "": 1 }, /cannot be empty/],
    ["a long field name", { ["x".repeat(1025)]: 1 }, /maximum field name length 1024/],
    ["a short $integer", { $integer: "AAAA" }, /malformed \$integer/],
  ])("%s is refused", (_, value, message) => {
    expect(() => measure(value as never)).toThrow(InvalidValueError);
    expect(() => measure(value as never)).toThrow(message);
  });

  test("64 levels, 8192 elements, 1024 fields and surrogate pairs are fine", () => {
    measure(nested(64) as never);
    measure(Array.from({ length: 8192 }, () => 0));
    measure(Object.fromEntries(Array.from({ length: 1024 }, (_, i) => [`f${i}`, 0])));
    expect(measure("😀é").size).toBe(2 + 6);
  });

  test("pending timestamps are found and resolved at any depth", () => {
    const value = { a: [{ b: { $commitTs: null } }], c: { $commitTs: null }, d: { $integer: "x" } };
    expect(measure({ a: value.a }).pending).toBe(true);
    const resolved = resolveCommitTs(value, integerToJson(-5n));
    expect(jsonToConvex((resolved as typeof value).c)).toBe(-5n);
    expect(jsonToConvex((resolved as typeof value).a)).toEqual([{ b: -5n }]);
    expect((resolved as typeof value).d).toEqual({ $integer: "x" });
  });

  test("valueAt walks objects only", () => {
    const document = { a: { b: { c: 1 } }, n: { $integer: "AAAAAAAAAAA=" }, l: [1] };
    expect(valueAt(document, ["a", "b", "c"])).toBe(1);
    expect(valueAt(document, ["a", "x", "c"])).toBe(undefined);
    expect(valueAt(document, ["n", "$integer"])).toBe(undefined);
    expect(valueAt(document, ["l", "0"])).toBe(undefined);
    expect(valueAt(document, ["toString"])).toBe(undefined);
  });
});

function nested(levels: number): unknown {
  let value: unknown = 0;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}
