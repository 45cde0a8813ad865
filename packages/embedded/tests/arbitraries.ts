import fc from "fast-check";
import type { Value } from "convex/values";

const strings = fc.oneof(
  fc.string({ unit: "binary", maxLength: 6 }),
  fc.string({ unit: fc.constantFrom("\0", "a", "b", "é", "\uffff", "😀", "\u{10ffff}") }),
);

const int64s = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -3n, max: 3n }),
);

const floats = fc.oneof(
  fc.double(),
  fc.constantFrom(-0, 0, Number.NaN, Infinity, -Infinity, Number.MIN_VALUE, -Number.MIN_VALUE),
  fc.integer({ min: -3, max: 3 }),
);

const bytes = fc
  .array(fc.constantFrom(0, 1, 127, 128, 254, 255), { maxLength: 4 })
  .map((list) => Uint8Array.from(list).buffer as ArrayBuffer);

const fieldNames = fc.constantFrom("a", "aa", "b", "B", "a b", "a_");

/** Every kind of Convex value, chosen so that equal and nearly equal ones are frequent. */
export const values: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constant(null),
    fc.boolean(),
    floats,
    int64s,
    strings,
    bytes,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fieldNames, tie("value"), { maxKeys: 3 }),
  ),
})).value;
